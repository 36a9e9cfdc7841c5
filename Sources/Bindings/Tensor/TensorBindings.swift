import CLua
import LuaKit
import Tensors

extension Bindings {
    /// The module `tensor`: calling it makes a tensor, and every function whose first parameter is
    /// a tensor is a method too.
    static var tensor: Namespace {
        Namespace(
            "tensor", "Tensors: grids of numbers with any number of dimensions.",
            call: TensorFunctions.literal, foreignNames: TensorFunctions.foreignNames
        ) {
            TensorFunctions.creation
            TensorFunctions.random
            TensorFunctions.asking
            TensorFunctions.conversion
            TensorFunctions.arithmetic
            TensorFunctions.math
            TensorFunctions.comparisons
            TensorFunctions.reductions
            TensorFunctions.statistics
            TensorFunctions.scans
            TensorFunctions.shapes
            TensorFunctions.joining
            TensorFunctions.picking
            TensorFunctions.sorting
            TensorFunctions.products
            TensorFunctions.contractions
            TensorFunctions.convolutions
            TensorFunctions.pooling
            TensorFunctions.normalizations
            TensorFunctions.losses
            TensorFunctions.networks
            TensorFunctions.printing
            TensorFunctions.gradients
            TensorFunctions.tensorClass
        }
    }
}

/// The functions of the module `tensor`, by family.
enum TensorFunctions {
    /// The class of tensors: fields, operators and indexing.
    static var tensorClass: Class {
        Class(
            Tensor.self, "tensor.Tensor", "A grid of numbers with any number of dimensions.", noun: "tensor",
            example: "local x = tensor{{1, 2}, {3, 4}}\nprint(x.shape[1], x[2][1]:item(), (x + x):sum():item())",
            methodsFrom: ["tensor"], index: TensorIndexing.index, newIndex: TensorIndexing.newIndex,
            foreignNames: foreignNames.merging(foreignMethods) { $1 }, members: {
            Property("shape", "Size of each dimension.", of: Tensor.self) { $0.shape }
            Property("dtype", "Type of the elements.", of: Tensor.self) { $0.dtype }
            Property("grad", "The gradient collected by backward, nil before.", of: Tensor.self,
                get: { $0.grad.map(Kept.init) }, set: { x, value in try x.assignGradient(value?.tensor) })
            Property("requires_grad", "Whether a gradient flows to or through this tensor.", of: Tensor.self,
                get: { $0.requiresGrad }, set: { try $0.setRequiresGrad($1) })
            Property("is_leaf", "Whether the tensor was made by the user rather than computed.", of: Tensor.self) { $0.isLeaf }
            operators
        })
    }
}

// MARK: - Operators

extension TensorFunctions {
    /// Lua's operators, read by hand for speed: one load each for the operands, no allocation beside
    /// the result.
    @FunctionBuilder static var operators: [Function] {
        arithmeticOperator("__add", "Elementwise sum: `a + b`.", { try $0.add($1) }, { try $0.add($1) }) { try $1.add($0) }
        arithmeticOperator("__sub", "Elementwise difference: `a - b`.", { try $0.sub($1) }, { try $0.sub($1) }) {
            try $1.sub($0, reversed: true)
        }
        arithmeticOperator("__mul", "Elementwise product: `a * b`.", { try $0.mul($1) }, { try $0.mul($1) }) { try $1.mul($0) }
        arithmeticOperator("__div", "Elementwise quotient: `a / b`.", { try $0.div($1) }, { try $0.div($1) }) {
            try $1.div($0, reversed: true)
        }
        arithmeticOperator(
            "__idiv", "Elementwise quotient rounded down: `a // b`.", { try $0.floorDivide($1) }, { try $0.floorDivide($1) }
        ) { try $1.floorDivide($0, reversed: true) }
        arithmeticOperator(
            "__mod", "Elementwise remainder with the sign of the divisor: `a % b`.", { try $0.remainder($1) }, { try $0.remainder($1) }
        ) { try $1.remainder($0, reversed: true) }
        arithmeticOperator("__pow", "Elementwise power: `a ^ b`.", { try $0.pow($1) }, { try $0.pow($1) }) {
            try Tensor.pow($0, $1)
        }
        Function(raw: "__unm", "Elementwise negation: `-a`.", Param("a", Tensor.self), results: [Tensor.luaType]) { call in
            try call.tensor(at: 1).neg().push(to: call)
        }
        Function(raw: "__len", "Size of the first dimension: `#a`.", Param("a", Tensor.self), results: [.integer]) { call in
            let x = try call.tensor(at: 1)
            guard let size = x.shape.first else {
                throw TensorError.argument("#", "a single number has no length; x:item() gives its value")
            }
            call.push(size)
            return 1
        }
        Function(raw: "__eq", "Whether two one-element tensors hold the same value: `a == b`.",
            Param("a", Tensor.self), Param("b", Tensor.self), results: [.boolean]) { call in
            guard let a = call.object(at: 1, as: Tensor.self), let b = call.object(at: 2, as: Tensor.self) else {
                call.push(false)
                return 1
            }
            if a === b { call.push(true); return 1 }
            guard a.count == 1, b.count == 1 else {
                throw TensorError.shapes("==", [a.shape, b.shape], detail: "compares single numbers only",
                    hint: .text("a:eq(b) compares element by element, a:equal(b) compares all"))
            }
            call.push(try a.scalar().doubleValue == b.scalar().doubleValue)
            return 1
        }
        ordering("__lt", "Whether one number is less than another: `a < b`.", "<", "lt") { $0 < $1 }
        ordering("__le", "Whether one number is at most another: `a <= b`.", "<=", "le") { $0 <= $1 }
        Function(raw: "__concat", "Refused: `..` joins strings.", Param("a", LuaValue.self), Param("b", LuaValue.self)) { call in
            throw TensorError.argument("..", "joins strings, not tensors. tensor.cat{a, b} joins tensors; tostring(x) gives text")
        }
        Function(raw: "__call", "Refused: a tensor is no function.", Param("a", Tensor.self)) { call in
            throw TensorError.argument("call", "a tensor cannot be called. If the line before begins an expression, "
                + "end it with ';' before a line that starts with '('")
        }
        Function(raw: "__tostring", "The tensor as text.", Param("a", Tensor.self), results: [.string]) { call in
            call.push(Presentation.of(call.runtime).text(try call.tensor(at: 1)))
            return 1
        }
        Function(raw: "__number", "The number of a one-element tensor, for functions of Lua's own that want numbers.", Param("a", Tensor.self), results: [.number]) { call in
            let x = try call.tensor(at: 1)
            if x.count == 1 { return try x.scalar().push(to: call) }
            return 0
        }
        Function(raw: "__close", "Gives the memory back at once.", Param("a", Tensor.self)) { call in
            call.close(at: 1)
            return 0
        }
    }

    private static func arithmeticOperator(
        _ name: String, _ summary: String,
        _ tensors: @escaping (Tensor, Tensor) throws -> Tensor,
        _ withNumber: @escaping (Tensor, Scalar) throws -> Tensor,
        _ numberFirst: @escaping (Scalar, Tensor) throws -> Tensor
    ) -> Function {
        Function(raw: name, summary, Param("a", Operand.self), Param("b", Operand.self), results: [Tensor.luaType]) { call in
            let result: Tensor
            if let a = call.object(at: 1, as: Tensor.self) {
                if let b = call.object(at: 2, as: Tensor.self) {
                    result = try tensors(a, b)
                } else if let b = call.scalar(at: 2) {
                    result = try withNumber(a, b)
                } else {
                    throw call.unusable(name, 2)
                }
            } else if let a = call.scalar(at: 1), let b = call.object(at: 2, as: Tensor.self) {
                result = try numberFirst(a, b)
            } else {
                throw call.unusable(name, 1)
            }
            call.push(new: result)
            return 1
        }
    }

    private static func ordering(
        _ name: String, _ summary: String, _ symbol: String, _ function: String,
        _ compare: @escaping (Double, Double) -> Bool
    ) -> Function {
        Function(raw: name, summary, Param("a", Operand.self), Param("b", Operand.self), results: [.boolean]) { call in
            var values = [0.0, 0.0]
            for i in 0..<2 {
                if let x = call.object(at: Int32(i) + 1, as: Tensor.self) {
                    guard x.count == 1 else {
                        throw TensorError.argument(symbol, "compares single numbers, this is \(describe(x.shape)). "
                            + "a:\(function)(b) compares element by element")
                    }
                    values[i] = try x.scalar().doubleValue
                } else if let number = call.scalar(at: Int32(i) + 1) {
                    values[i] = number.doubleValue
                } else {
                    throw call.unusable(name, Int32(i) + 1)
                }
            }
            call.push(compare(values[0], values[1]))
            return 1
        }
    }
}

extension Call {
    /// The tensor at an index.
    @inline(__always)
    func tensor(at index: Int32) throws -> Tensor {
        if let tensor = object(at: index, as: Tensor.self) { return tensor }
        throw mismatch(Tensor.luaType, at: index)
    }

    /// The error of an operator with an operand that is neither tensor nor number.
    func unusable(_ metamethod: String, _ index: Int32) -> TensorError {
        let symbols = [
            "__add": "+", "__sub": "-", "__mul": "*", "__div": "/", "__idiv": "//", "__mod": "%", "__pow": "^",
            "__lt": "<", "__le": "<=",
        ]
        let other: Int32 = index == 1 ? 2 : 1
        return .argument(
            symbols[metamethod] ?? metamethod, "cannot combine \(describe(at: other)) with \(describe(at: index))")
    }
}

extension Tensor {
    /// Sets the collected gradient, or clears it with nil.
    func assignGradient(_ value: Tensor?) throws {
        guard let value else {
            grad = nil
            return
        }
        guard requiresGrad, isLeaf else {
            throw TensorError.argument("grad", "only tensors that collect a gradient (requires_grad) have one to set")
        }
        guard value.shape == shape, value.dtype == dtype else {
            throw TensorError.shapes("grad", [value.shape, shape], detail: "the gradient must have the tensor's shape and dtype")
        }
        grad = value
    }
}
