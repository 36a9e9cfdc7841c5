import LuaKit
import Tensors

extension TensorFunctions {
    /// Functions that make one number of many.
    @FunctionBuilder static var reductions: [Function] {
        overDims("sum", typed: true, "Sum of elements; integers add up as int64.", see: ["tensor.mean"]) { try $0.sum($1, keepdim: $2) }
        overDims("mean", typed: true, "Mean of elements.", see: ["tensor.sum", "tensor.std"]) { try $0.mean($1, keepdim: $2) }
        overDims("prod", typed: true, "Product of elements.") { try $0.prod($1, keepdim: $2) }
        overDims("amax", "Largest element; equal ones share the gradient.", see: ["tensor.max"]) { try $0.amax($1, keepdim: $2) }
        overDims("amin", "Smallest element; equal ones share the gradient.", see: ["tensor.min"]) { try $0.amin($1, keepdim: $2) }
        overDims("any", "Whether any element is not zero.", see: ["tensor.all"]) { try $0.any($1, keepdim: $2) }
        overDims("all", "Whether no element is zero.", see: ["tensor.any"]) { try $0.all($1, keepdim: $2) }
        overDims("nansum", typed: true, "Sum of elements that are not NaN.") { try $0.nansum($1, keepdim: $2) }
        overDims("nanmean", typed: true, "Mean of elements that are not NaN.") { try $0.nanmean($1, keepdim: $2) }
        overDims("logsumexp", "log of the sum of exp, without overflow.", see: ["tensor.softmax"]) { try $0.logsumexp($1, keepdim: $2) }
        overDims("count_nonzero", "Number of elements that are not zero.") { try $0.countNonzero($1, keepdim: $2) }
        spread("var", "Variance of elements.") { try $0.var($1, correction: $2, keepdim: $3) }
        spread("std", "Standard deviation of elements.") { try $0.std($1, correction: $2, keepdim: $3) }
        Function("tensor.norm", "Norm of elements: the p-th root of the sum of p-th powers.", Param("input", Tensor.self), Param("p", NormOrder.self, default: .p(2), shown: "2", "a number; \"fro\", which is 2; of matrices \"nuc\", the sum of singular values"), Param("dim", OneOrMany<Dimension>?.self), Param("keepdim", Bool.self, default: false),
            returns: "tensor", example: "print(tensor{3, 4}:norm())", see: ["tensor.linalg.norm"]) { (x: Tensor, order: NormOrder, dims: OneOrMany<Dimension>?, keepdim: Bool) in
            switch order {
            case .p(let p): return try x.norm(p, dims?.swift, keepdim: keepdim)
            case .frobenius: return try x.norm(2, dims?.swift, keepdim: keepdim)
            case .nuclear:
                let pair = dims?.swift ?? Array(0..<x.rank)
                guard pair.count == 2 else { throw TensorError.shapes("norm", [x.shape], detail: "\"nuc\" is a norm of matrices: name two dimensions") }
                return try Linalg.matrixNorm(x, .nuclear, (pair[0], pair[1]), keepdim: keepdim)
            }
        }
        extreme("max", "Largest element; along a dimension also its positions.", see: ["tensor.argmax", "tensor.amax", "tensor.maximum"], all: { try $0.max() }, along: { try $0.max(dim: $1, keepdim: $2) }, pair: { try $0.maximum($1) })
        extreme("min", "Smallest element; along a dimension also its positions.", see: ["tensor.argmin", "tensor.amin", "tensor.minimum"], all: { try $0.min() }, along: { try $0.min(dim: $1, keepdim: $2) }, pair: { try $0.minimum($1) })
        place("argmax", "Position of the largest element, the first of equal ones; of the flattened tensor without `dim`.", see: ["tensor.max"]) { try $0.argmax(dim: $1, keepdim: $2) }
        place("argmin", "Position of the smallest element, the first of equal ones; of the flattened tensor without `dim`.", see: ["tensor.min"]) { try $0.argmin(dim: $1, keepdim: $2) }
        Function("tensor.softmax", "exp(x) / Σ exp(x) along a dimension: numbers that add up to 1.", Param("input", Tensor.self), Param("dim", Dimension.self), converted, returns: "tensor",
            example: "print(tensor{1, 2, 3}:softmax(1))", see: ["tensor.log_softmax"]) { (x: Tensor, dim: Dimension, dtype: DType?) in try x.typed(dtype).softmax(dim.swift) }
        Function("tensor.log_softmax", "Logarithm of softmax, without overflow.", Param("input", Tensor.self), Param("dim", Dimension.self), converted, returns: "tensor",
            example: "print(tensor{1, 2, 3}:log_softmax(1))", see: ["tensor.softmax"]) { (x: Tensor, dim: Dimension, dtype: DType?) in try x.typed(dtype).logSoftmax(dim.swift) }
    }

    private static func overDims(
        _ name: String, typed: Bool = false, _ summary: String, see: [String] = [], _ body: @escaping (Tensor, [Int]?, Bool) throws -> Tensor
    ) -> Function {
        let dim = Param("dim", OneOrMany<Dimension>?.self, "one dimension or a table of them; all when left out"), keepdim = Param("keepdim", Bool.self, default: false, "whether reduced dimensions stay with size 1")
        let example = "print(tensor{{1, 2}, {3, 4}}:\(name)())\nprint(tensor{{1, 2}, {3, 4}}:\(name)(2, {keepdim=true}))"
        guard typed else {
            return Function("tensor.\(name)", summary, Param("input", Tensor.self), dim, keepdim, returns: "tensor", example: example, see: see) { (x: Tensor, dims: OneOrMany<Dimension>?, keepdim: Bool) in try body(x, dims?.swift, keepdim) }
        }
        return Function("tensor.\(name)", summary, Param("input", Tensor.self), dim, keepdim, converted, returns: "tensor", example: example, see: see) { (x: Tensor, dims: OneOrMany<Dimension>?, keepdim: Bool, dtype: DType?) in try body(x.typed(dtype), dims?.swift, keepdim).typed(dtype) }
    }

    /// The type an operation computes in.
    static var converted: Param<DType?> { Param("dtype", DType?.self, "what the input is converted to first, and of which the result is") }

    private static func spread(
        _ name: String, _ summary: String, _ body: @escaping (Tensor, [Int]?, Double, Bool) throws -> Tensor
    ) -> Function {
        Function("tensor.\(name)", summary, Param("input", Tensor.self), Param("dim", OneOrMany<Dimension>?.self), Param("correction", Correction?.self, shown: "1", "the sum is divided by n - correction; true and false are 1 and 0"), Param("keepdim", Bool.self, default: false),
            Param("unbiased", Bool?.self, "false: correction 0"),
            returns: "tensor", example: "print(tensor{1, 2, 3, 4}:\(name)())\nprint(tensor{1, 2, 3, 4}:\(name){correction=0})") { (x: Tensor, dims: OneOrMany<Dimension>?, correction: Correction?, keepdim: Bool, unbiased: Bool?) in
            try body(x, dims?.swift, correction?.value ?? (unbiased == false ? 0 : 1), keepdim)
        }
    }

    private static func extreme(
        _ name: String, _ summary: String, see: [String], all: @escaping (Tensor) throws -> Tensor,
        along: @escaping (Tensor, Int, Bool) throws -> (values: Tensor, indices: Tensor), pair: @escaping (Tensor, Tensor) throws -> Tensor
    ) -> Function {
        Function("tensor.\(name)", summary, Param("input", Tensor.self), Param("dim", DimensionOrTensor?.self, "a dimension; or a tensor to compare with, as \(name)imum does"), Param("keepdim", Bool.self, default: false),
            returns: "tensor, or values and positions", example: "print(tensor{3, 1, 2}:\(name)())\nlocal values, positions = tensor{{3, 1}, {2, 4}}:\(name)(2)\nprint(positions)", see: see) { (x: Tensor, dim: DimensionOrTensor?, keepdim: Bool) -> Results in
            switch dim {
            case nil: return Results(try all(x))
            case .tensor(let other): return Results(try pair(x, other))
            case .dimension(let dim):
                let (values, indices) = try along(x, dim.swift, keepdim)
                return Results(values, Positions(indices))
            }
        }
    }

    private static func place(
        _ name: String, _ summary: String, see: [String], _ body: @escaping (Tensor, Int?, Bool) throws -> Tensor
    ) -> Function {
        Function("tensor.\(name)", summary, Param("input", Tensor.self), Param("dim", Dimension?.self), Param("keepdim", Bool.self, default: false),
            returns: "tensor of int64", example: "print(tensor{{3, 1}, {2, 4}}:\(name)(2))", see: see) { (x: Tensor, dim: Dimension?, keepdim: Bool) in Positions(try body(x, dim?.swift, keepdim)) }
    }
}

/// What `var` and `std` subtract from the count: a number, or whether they are unbiased.
struct Correction: LuaArgument {
    let value: Double
    static var luaType: LuaType { LuaType("number|boolean", phrase: "a number or a boolean") }

    static func read(_ call: Call, at index: Int32) throws -> Correction {
        guard let scalar = call.scalar(at: index) else { throw call.mismatch(luaType, at: index) }
        return Correction(value: scalar.doubleValue)
    }
}

/// The second argument of `max` and `min`.
enum DimensionOrTensor: LuaArgument {
    case dimension(Dimension)
    case tensor(Tensor)

    static var luaType: LuaType { LuaType("integer|tensor", phrase: "a dimension or a tensor", annotation: "integer|tensor.Tensor") }

    static func read(_ call: Call, at index: Int32) throws -> DimensionOrTensor {
        if let tensor = call.object(at: index, as: Tensor.self) { return .tensor(tensor) }
        return .dimension(try Dimension.read(call, at: index))
    }
}

extension Tensor {
    /// The tensor in a type, if one is wanted.
    func typed(_ dtype: DType?) throws -> Tensor { try dtype.map { try to($0) } ?? self }
}
