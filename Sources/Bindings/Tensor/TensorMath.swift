import LuaKit
import Tensors

extension TensorFunctions {
    /// Arithmetic with tensors and numbers.
    @FunctionBuilder static var arithmetic: [Function] {
        scaledSum("add", "Elementwise sum; `alpha` scales the second operand.", { try $0.add($1, inPlace: $2) }, { try $0.add($1, inPlace: $2) })
        scaledSum("sub", "Elementwise difference; `alpha` scales the second operand.", { try $0.sub($1, inPlace: $2) }, { try $0.sub($1, inPlace: $2) })
        Family.binary("mul", "Elementwise product.", example: "print(tensor{1, 2}:mul(3))", see: ["tensor.matmul"],
            { try $0.mul($1, inPlace: $2) }, { try $0.mul($1, inPlace: $2) })
        division
        Family.binary("floor_divide", "Elementwise quotient, rounded down.", example: "print(tensor{7, -7}:floor_divide(2))", see: ["tensor.remainder"],
            { try $0.floorDivide($1, inPlace: $2) }, { try $0.floorDivide($1, inPlace: $2) })
        Family.binary("remainder", "Elementwise remainder, with the sign of the divisor.", example: "print(tensor{7, -7}:remainder(3))", see: ["tensor.fmod"],
            { try $0.remainder($1, inPlace: $2) }, { try $0.remainder($1, inPlace: $2) })
        Family.binary("fmod", "Elementwise remainder, with the sign of the dividend.", example: "print(tensor{7, -7}:fmod(3))", see: ["tensor.remainder"],
            { try $0.fmod($1, inPlace: $2) }, { try $0.fmod($1, inPlace: $2) })
        Family.binary("pow", "Elementwise power.", other: "exponent", example: "print(tensor{1, 2, 3}:pow(2))", see: ["tensor.square"],
            { try $0.pow($1, inPlace: $2) }, { try $0.pow($1, inPlace: $2) })
        Family.binary("minimum", "The smaller of two elements; NaN if either is NaN.", example: "print(tensor{1, 5}:minimum(3))", see: ["tensor.maximum", "tensor.min"],
            { try $0.minimum($1, inPlace: $2) })
        Family.binary("maximum", "The larger of two elements; NaN if either is NaN.", example: "print(tensor{1, 5}:maximum(3))", see: ["tensor.minimum", "tensor.max"],
            { try $0.maximum($1, inPlace: $2) })
        Family.binary("atan2", "Angle of the point (other, input) in radians, in -π..π.", example: "print(tensor{1, -1}:atan2(tensor{1, 1}))",
            { try $0.atan2($1, inPlace: $2) })
        Family.binary("logaddexp", "log(exp(a) + exp(b)) without overflow.", example: "print(tensor{1000, 0}:logaddexp(1000))", see: ["tensor.logsumexp"],
            { try $0.logaddexp($1, inPlace: $2) })
        lerp
        clamp
        Function("tensor.where", "Elements of one operand where a condition holds, of another elsewhere.", Param("condition", Tensor.self, "bool"), Param("input", Operand.self), Param("other", Operand.self),
            returns: "tensor", example: "local x = tensor{-1, 2}\nprint(tensor.where(x:gt(0), x, 0))", see: ["tensor.masked_fill", "tensor.nonzero"]) { (condition: Tensor, a: Operand, b: Operand) in
            switch (a, b) {
            case (.tensor(let a), .tensor(let b)): return try condition.where(a, b)
            case (.tensor(let a), .scalar(let b)): return try condition.where(a, b)
            case (.scalar(let a), .tensor(let b)): return try condition.where(a, b)
            case (.scalar(let a), .scalar(let b)): return try condition.where(a, b)
            }
        }
    }

    /// Functions of one tensor, element by element.
    @FunctionBuilder static var math: [Function] {
        Family.unary("neg", "The number with the other sign.", example: "print(tensor{1, -2}:neg())") { try $0.neg(inPlace: $1) }
        Family.unary("abs", "The size of a number without its sign.", example: "print(tensor{1, -2}:abs())") { try $0.abs(inPlace: $1) }
        Family.unary("sign", "-1, 0 or 1 after the sign.", example: "print(tensor{3, 0, -2}:sign())") { try $0.sign(inPlace: $1) }
        Family.unary("sqrt", "Square root.", example: "print(tensor{4, 9}:sqrt())") { try $0.sqrt(inPlace: $1) }
        Family.unary("rsqrt", "1 / square root.", example: "print(tensor{4, 16}:rsqrt())") { try $0.rsqrt(inPlace: $1) }
        Family.unary("square", "The number times itself.", example: "print(tensor{3, 4}:square())") { try $0.square(inPlace: $1) }
        Family.unary("reciprocal", "1 / x.", example: "print(tensor{2, 4}:reciprocal())") { try $0.reciprocal(inPlace: $1) }
        Family.unary("exp", "e to the power of x.", example: "print(tensor{0, 1}:exp())", see: ["tensor.log"]) { try $0.exp(inPlace: $1) }
        Family.unary("expm1", "exp(x) - 1, exact for small x.", example: "print(tensor{1e-8}:expm1())", see: ["tensor.log1p"]) { try $0.expm1(inPlace: $1) }
        Family.unary("log", "Natural logarithm.", example: "print(tensor{1, 2.71828}:log())", see: ["tensor.exp"]) { try $0.log(inPlace: $1) }
        Family.unary("log1p", "log(1 + x), exact for small x.", example: "print(tensor{1e-8}:log1p())", see: ["tensor.expm1"]) { try $0.log1p(inPlace: $1) }
        Family.unary("log2", "Logarithm to base 2.", example: "print(tensor{8}:log2())") { try $0.log2(inPlace: $1) }
        Family.unary("log10", "Logarithm to base 10.", example: "print(tensor{1000}:log10())") { try $0.log10(inPlace: $1) }
        Family.unary("sin", "Sine of an angle in radians.", example: "print(tensor{0, 1.5708}:sin())") { try $0.sin(inPlace: $1) }
        Family.unary("cos", "Cosine of an angle in radians.", example: "print(tensor{0, 1.5708}:cos())") { try $0.cos(inPlace: $1) }
        Family.unary("tan", "Tangent of an angle in radians.", example: "print(tensor{0, 0.7854}:tan())") { try $0.tan(inPlace: $1) }
        Family.unary("asin", "Angle whose sine is x, in radians.", example: "print(tensor{0, 1}:asin())") { try $0.asin(inPlace: $1) }
        Family.unary("acos", "Angle whose cosine is x, in radians.", example: "print(tensor{0, 1}:acos())") { try $0.acos(inPlace: $1) }
        Family.unary("atan", "Angle whose tangent is x, in radians.", example: "print(tensor{0, 1}:atan())", see: ["tensor.atan2"]) { try $0.atan(inPlace: $1) }
        Family.unary("sinh", "Hyperbolic sine.", example: "print(tensor{0, 1}:sinh())") { try $0.sinh(inPlace: $1) }
        Family.unary("cosh", "Hyperbolic cosine.", example: "print(tensor{0, 1}:cosh())") { try $0.cosh(inPlace: $1) }
        Family.unary("tanh", "Hyperbolic tangent, between -1 and 1.", example: "print(tensor{0, 1}:tanh())", see: ["nn.Tanh"]) { try $0.tanh(inPlace: $1) }
        Family.unary("erf", "Error function.", example: "print(tensor{0, 1}:erf())") { try $0.erf(inPlace: $1) }
        Family.unary("floor", "The next whole number below.", example: "print(tensor{1.5, -1.5}:floor())") { try $0.floor(inPlace: $1) }
        Family.unary("ceil", "The next whole number above.", example: "print(tensor{1.5, -1.5}:ceil())") { try $0.ceil(inPlace: $1) }
        Family.unary("trunc", "The whole number toward zero.", example: "print(tensor{1.5, -1.5}:trunc())") { try $0.trunc(inPlace: $1) }
        Family.unary("frac", "What trunc leaves.", example: "print(tensor{1.5, -1.5}:frac())") { try $0.frac(inPlace: $1) }
        rounding
        Family.unary("sigmoid", "1 / (1 + exp(-x)), between 0 and 1.", example: "print(tensor{-1, 0, 1}:sigmoid())", see: ["nn.Sigmoid"]) { try $0.sigmoid(inPlace: $1) }
        Family.unary("relu", "max(x, 0).", example: "print(tensor{-1, 0, 1}:relu())", see: ["nn.ReLU"]) { try $0.relu(inPlace: $1) }
        Family.unary("silu", "x · sigmoid(x).", example: "print(tensor{-1, 0, 1}:silu())", see: ["nn.SiLU"]) { try $0.silu(inPlace: $1) }
        Family.unary("mish", "x · tanh(softplus(x)).", example: "print(tensor{-1, 0, 1}:mish())") { try $0.mish(inPlace: $1) }
        Family.unary("log_sigmoid", "log(sigmoid(x)) without overflow.", example: "print(tensor{-100, 0}:log_sigmoid())") { try $0.logSigmoid(inPlace: $1) }
        optional
    }

    /// Functions of one tensor with options.
    @FunctionBuilder private static var optional: [Function] {
        Family.forms("gelu", "x · Φ(x), where Φ is the normal distribution.", example: "tensor{-1, 0, 1}", see: ["nn.GELU"]) { form in
            Function(form.path, form.summary, Param("input", Tensor.self), Param("approximate", GELUForm.self, default: GELUForm.none, "\"tanh\": the faster approximation"),
                returns: form.returns(), example: form.example, see: form.see) { (x: Tensor, approximate: GELUForm) in
                Outcome(try x.gelu(approximate: approximate == .tanh, inPlace: form.inPlace), form)
            }
        }
        Family.forms("elu", "x above zero, alpha · (exp(x) - 1) below.", example: "tensor{-1, 0, 1}", see: ["nn.ELU"]) { form in
            Function(form.path, form.summary, Param("input", Tensor.self), Param("alpha", Double.self, default: 1),
                returns: form.returns(), example: form.example, see: form.see) { (x: Tensor, alpha: Double) in
                Outcome(try x.elu(alpha: alpha, inPlace: form.inPlace), form)
            }
        }
        Family.forms("softplus", "log(1 + exp(beta · x)) / beta, a smooth relu.", example: "tensor{-1, 0, 1}", see: ["nn.Softplus"]) { form in
            Function(form.path, form.summary, Param("input", Tensor.self), Param("beta", Double.self, default: 1), Param("threshold", Double.self, default: 20, "above it, x itself"),
                returns: form.returns(), example: form.example, see: form.see) { (x: Tensor, beta: Double, threshold: Double) in
                Outcome(try x.softplus(beta: beta, threshold: threshold, inPlace: form.inPlace), form)
            }
        }
        Family.forms("leaky_relu", "x above zero, negative_slope · x below.", example: "tensor{-1, 0, 1}", "0.1", see: ["nn.LeakyReLU"]) { form in
            Function(form.path, form.summary, Param("input", Tensor.self), Param("negative_slope", Double.self, default: 0.01),
                returns: form.returns(), example: form.example, see: form.see) { (x: Tensor, slope: Double) in
                Outcome(try x.leakyRelu(slope: slope, inPlace: form.inPlace), form)
            }
        }
        Family.forms("hardtanh", "x cut off at both ends.", example: "tensor{-2, 0.5, 2}", see: ["nn.Hardtanh", "tensor.clamp"]) { form in
            Function(form.path, form.summary, Param("input", Tensor.self), Param("min_val", Double.self, default: -1), Param("max_val", Double.self, default: 1),
                returns: form.returns(), example: form.example, see: form.see) { (x: Tensor, low: Double, high: Double) in
                Outcome(try x.hardtanh(minimum: low, maximum: high, inPlace: form.inPlace), form)
            }
        }
        Family.forms("nan_to_num", "Numbers in place of NaN and infinities.", example: "tensor{1, 0/0, 1/0}", "0, 9", see: ["tensor.isnan"]) { form in
            Function(form.path, form.summary, Param("input", Tensor.self), Param("nan", Double.self, default: 0), Param("posinf", Double?.self, "largest number when left out"), Param("neginf", Double?.self, "lowest number when left out"),
                returns: form.returns(), example: form.example, see: form.see) { (x: Tensor, nan: Double, high: Double?, low: Double?) in
                Outcome(try x.nanToNum(nan: nan, positiveInfinity: high, negativeInfinity: low, inPlace: form.inPlace), form)
            }
        }
    }

    /// Comparisons and tests; the result is bool.
    @FunctionBuilder static var comparisons: [Function] {
        Family.comparison("eq", "Whether elements are equal.", example: "tensor{1, 2}", "2", { try $0.eq($1, inPlace: $2) }, { try $0.eq($1, inPlace: $2) })
        Family.comparison("ne", "Whether elements differ.", example: "tensor{1, 2}", "2", { try $0.ne($1, inPlace: $2) }, { try $0.ne($1, inPlace: $2) })
        Family.comparison("lt", "Whether elements are less.", example: "tensor{1, 2}", "2", { try $0.lt($1, inPlace: $2) }, { try $0.lt($1, inPlace: $2) })
        Family.comparison("le", "Whether elements are less or equal.", example: "tensor{1, 2}", "1", { try $0.le($1, inPlace: $2) }, { try $0.le($1, inPlace: $2) })
        Family.comparison("gt", "Whether elements are greater.", example: "tensor{1, 2}", "1", { try $0.gt($1, inPlace: $2) }, { try $0.gt($1, inPlace: $2) })
        Family.comparison("ge", "Whether elements are greater or equal.", example: "tensor{1, 2}", "2", { try $0.ge($1, inPlace: $2) }, { try $0.ge($1, inPlace: $2) })
        Family.comparison("logical_and", "Whether both are not zero.", example: "tensor{true, false}", "true", { try $0.logicalAnd($1, inPlace: $2) })
        Family.comparison("logical_or", "Whether any is not zero.", example: "tensor{true, false}", "true", { try $0.logicalOr($1, inPlace: $2) })
        Family.comparison("logical_xor", "Whether just one is not zero.", example: "tensor{true, false}", "true", { try $0.logicalXor($1, inPlace: $2) })
        Family.forms("logical_not", "Whether elements are zero.", example: "tensor{0, 1, 2}") { form in
            Function(form.path, form.summary, Param("input", Tensor.self), returns: form.returns("tensor of bool"), example: form.example, see: form.see) { (x: Tensor) in
                Outcome(try x.logicalNot(inPlace: form.inPlace), form)
            }
        }
        test("isnan", "Whether elements are NaN.") { try $0.isNaN() }
        test("isinf", "Whether elements are infinite.") { try $0.isInf() }
        test("isfinite", "Whether elements are neither NaN nor infinite.") { try $0.isFinite() }
        Function("tensor.isclose", "Whether elements differ by at most atol + rtol · |other|.", Param("input", Tensor.self), Param("other", Tensor.self), Param("rtol", Double.self, default: 1e-5), Param("atol", Double.self, default: 1e-8), Param("equal_nan", Bool.self, default: false),
            returns: "tensor of bool", example: "print(tensor{1, 2}:isclose(tensor{1.000001, 2.1}))", see: ["tensor.allclose"]) { (a: Tensor, b: Tensor, rtol: Double, atol: Double, nan: Bool) in
            try a.isClose(b, relative: rtol, absolute: atol, equalNaN: nan)
        }
        Function("tensor.allclose", "Whether all elements differ by at most atol + rtol · |other|.", Param("input", Tensor.self), Param("other", Tensor.self), Param("rtol", Double.self, default: 1e-5), Param("atol", Double.self, default: 1e-8), Param("equal_nan", Bool.self, default: false),
            returns: "boolean", example: "print(tensor{1, 2}:allclose(tensor{1.000001, 2}))", see: ["tensor.isclose", "tensor.equal"]) { (a: Tensor, b: Tensor, rtol: Double, atol: Double, nan: Bool) in
            try a.allClose(b, relative: rtol, absolute: atol, equalNaN: nan)
        }
        Function("tensor.equal", "Whether two tensors have the same shape and elements.", Param("input", Tensor.self), Param("other", Tensor.self),
            returns: "boolean", example: "print(tensor{1, 2}:equal(tensor{1, 2}))", see: ["tensor.eq", "tensor.allclose"]) { (a: Tensor, b: Tensor) in try a.equal(b) }
    }

    // MARK: Forms shared by a function and its twin in place

    private static func scaledSum(
        _ name: String, _ summary: String, _ tensors: @escaping (Tensor, Tensor, Bool) throws -> Tensor,
        _ numbers: @escaping (Tensor, Scalar, Bool) throws -> Tensor
    ) -> [Function] {
        func apply(_ a: Tensor, _ b: Operand, _ alpha: Scalar?, _ inPlace: Bool) throws -> Tensor {
            guard let alpha else {
                switch b {
                case .tensor(let b): return try tensors(a, b, inPlace)
                case .scalar(let b): return try numbers(a, b, inPlace)
                }
            }
            return try tensors(a, b.tensor(beside: a).mul(alpha), inPlace)
        }
        return [
            Function("tensor.\(name)", summary, Param("input", Operand.self), Param("other", Operand.self, "broadcast with input"), Param("alpha", Scalar?.self, shown: "1"),
                returns: "tensor", example: "print(tensor{1, 2}:\(name)(tensor{10, 20}))") { (a: Operand, b: Operand, alpha: Scalar?) in try apply(a.tensor(beside: b, name), b, alpha, false) },
            Function("tensor.\(name)_", "In place: " + summary.prefix(1).lowercased() + summary.dropFirst(), Param("input", Tensor.self), Param("other", Operand.self), Param("alpha", Scalar?.self, shown: "1"),
                returns: "the tensor itself", example: "local x = tensor{1, 2}\nx:\(name)_(5)\nprint(x)", see: ["tensor.\(name)"]) { (a: Tensor, b: Operand, alpha: Scalar?) -> Receiver in
                _ = try apply(a, b, alpha, true)
                return Receiver()
            },
        ]
    }

    private static var division: [Function] {
        Family.forms("div", "Elementwise quotient; integers become float32 unless it is rounded.", example: "tensor{7, -7}", "2", see: ["tensor.floor_divide"]) { form in
            Function(form.path, form.summary, Param("input", Operand.self), Param("other", Operand.self, "broadcast with input"), Param("rounding_mode", Tensor.QuotientRounding?.self, "\"trunc\": toward zero; \"floor\": down"),
                returns: form.returns(), example: form.example, see: form.see) { (a: Operand, b: Operand, rounding: Tensor.QuotientRounding?) -> Outcome in
                if form.inPlace, case .scalar = a { throw TensorError.argument("div_", "what is changed in place must be a tensor") }
                let a = try a.tensor(beside: b, "div")
                if let rounding { return Outcome(try a.div(b.tensor(beside: a), rounding: rounding, inPlace: form.inPlace), form) }
                switch b {
                case .tensor(let b): return Outcome(try a.div(b, inPlace: form.inPlace), form)
                case .scalar(let b): return Outcome(try a.div(b, inPlace: form.inPlace), form)
                }
            }
        }
    }

    private static var lerp: [Function] {
        Family.forms("lerp", "A way between two tensors: `input + weight · (end - input)`.", example: "tensor{0, 10}", "tensor{10, 20}, 0.5") { form in
            Function(form.path, form.summary, Param("input", Tensor.self), Param("end", Tensor.self), Param("weight", Operand.self, "0 gives input, 1 gives end"),
                returns: form.returns(), example: form.example, see: form.see) { (a: Tensor, end: Tensor, weight: Operand) -> Outcome in
                switch weight {
                case .tensor(let weight): Outcome(try a.lerp(end, weight, inPlace: form.inPlace), form)
                case .scalar(let weight): Outcome(try a.lerp(end, weight, inPlace: form.inPlace), form)
                }
            }
        }
    }

    private static var clamp: [Function] {
        func number(_ bound: Operand?) -> Scalar?? {
            switch bound {
            case nil: .some(nil)
            case .scalar(let value): .some(value)
            case .tensor: nil
            }
        }
        return Family.forms("clamp", "Elements cut off at one or both ends.", example: "tensor{-2, 0.5, 2}", "-1, 1", see: ["tensor.hardtanh"]) { form in
            Function(form.path, form.summary, Param("input", Tensor.self), Param("min", Operand?.self), Param("max", Operand?.self),
                returns: form.returns(), example: form.example, see: form.see) { (x: Tensor, low: Operand?, high: Operand?) -> Outcome in
                if let low = number(low), let high = number(high) {
                    return Outcome(try x.clamp(minimum: low, maximum: high, inPlace: form.inPlace), form)
                }
                return Outcome(try x.clamp(minimum: low?.tensor(beside: x), maximum: high?.tensor(beside: x), inPlace: form.inPlace), form)
            }
        }
    }

    private static var rounding: [Function] {
        Family.forms("round", "The nearest whole number, halves to the even one; with decimals, rounded there.", example: "tensor{0.5, 1.5, 2.4}") { form in
            Function(form.path, form.summary, Param("input", Tensor.self), Param("decimals", Int.self, default: 0),
                returns: form.returns(), example: form.example, see: form.see) { (x: Tensor, decimals: Int) in
                Outcome(try x.round(decimals: decimals, inPlace: form.inPlace), form)
            }
        }
    }

    private static func test(_ name: String, _ summary: String, _ body: @escaping (Tensor) throws -> Tensor) -> Function {
        Function("tensor.\(name)", summary, Param("input", Tensor.self), returns: "tensor of bool", example: "print(tensor{0, 1, 1/0}:\(name)())") { (x: Tensor) in try body(x) }
    }
}

extension Tensor.QuotientRounding: LuaOption {}

enum GELUForm: String, CaseIterable, LuaOption { case none, tanh }
