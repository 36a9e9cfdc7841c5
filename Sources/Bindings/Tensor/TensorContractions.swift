import LuaKit
import Tensors

/// Which dimensions `tensordot` sums over: how many, or a table of two lists.
private enum Contraction: LuaArgument {
    case count(Int)
    case pairs([Int], [Int])

    static var luaType: LuaType { LuaType("integer|table", phrase: "a number of dimensions or {dimensions, other's dimensions}", annotation: "integer|integer[][]") }
    static var tables: TableUse { .positions }

    static func read(_ call: Call, at index: Int32) throws -> Contraction {
        if let count = call.integer(at: index) { return .count(count) }
        guard case .table = call.value(at: index) else { throw call.mismatch(luaType, at: index) }
        let lists = try [OneOrMany<Dimension>].read(call, at: index)
        guard lists.count == 2 else { throw call.mismatch(luaType, at: index) }
        return .pairs(lists[0].swift, lists[1].swift)
    }

    static func literal(_ value: Contraction) -> String {
        if case .count(let count) = value { "\(count)" } else { "…" }
    }
}

extension TensorFunctions {
    /// Products and sums over dimensions other than a matrix product's, and distances.
    @FunctionBuilder static var contractions: [Function] {
        Function("tensor.einsum", "Sums of products over named dimensions: each letter is a dimension, and letters that the result does not name are summed over.", Param("equation", String.self, "such as \"bij,bjk->bik\"; \"...\" stands for further dimensions"), Param("operands", Variadic<Tensor>.self, "one tensor for each term"),
            returns: "tensor", details: "Without \"->\" the result has the letters that come once, in alphabetical order. A letter twice in one term takes the diagonal.",
            example: "local a, b = tensor.ones(2, 3), tensor.ones(3, 4)\nprint(tensor.einsum(\"ij,jk->ik\", a, b))", see: ["tensor.matmul", "tensor.tensordot"]) { (equation: String, operands: Variadic<Tensor>) in
            try Tensor.einsum(equation, operands.values)
        }
        Function("tensor.tensordot", "Sum of products over dimensions of two tensors.", Param("input", Tensor.self), Param("other", Tensor.self, "the second tensor"), Param("dims", Contraction.self, default: .count(2), "how many: the last of input with the first of other; or which: {{1, 2}, {2, 1}}"),
            returns: "tensor", example: "print(tensor.ones(2, 3):tensordot(tensor.ones(3, 4), 1))", see: ["tensor.einsum"]) { (a: Tensor, b: Tensor, dims: Contraction) -> Tensor in
            switch dims {
            case .count(let count): try a.tensordot(b, count)
            case .pairs(let own, let other): try a.tensordot(b, own, other)
            }
        }
        Function("tensor.kron", "Kronecker product: every element of the first times the whole second.", Param("input", Tensor.self), Param("other", Tensor.self, "the second tensor"),
            returns: "tensor", example: "print(tensor{{1, 2}}:kron(tensor{{1, 0}, {0, 1}}))", see: ["tensor.outer"]) { (a: Tensor, b: Tensor) in try a.kron(b) }
        Function("tensor.trace", "Sum of a matrix's diagonal.", Param("input", Tensor.self, shape: "[n, m]"), returns: "tensor, one number",
            example: "print(tensor{{1, 2}, {3, 4}}:trace())", see: ["tensor.diagonal"]) { (x: Tensor) in try x.trace() }
        Function("tensor.cross", "Cross product of vectors with three elements.", Param("input", Tensor.self), Param("other", Tensor.self, "broadcast with input"), Param("dim", Dimension?.self, "the first dimension of size 3 when left out"),
            returns: "tensor", example: "print(tensor{1, 0, 0}:cross(tensor{0, 1, 0}))", see: ["tensor.dot"]) { (a: Tensor, b: Tensor, dim: Dimension?) in
            try a.cross(b, dim?.swift)
        }
        Function("tensor.cdist", "Distances of all pairs of rows.", Param("x1", Tensor.self, shape: "[…, n, d]", "rows"), Param("x2", Tensor.self, shape: "[…, m, d]", "rows"), Param("p", Double.self, default: 2, "power of the norm"),
            returns: "tensor […, n, m]", example: "print(tensor{{0, 0}}:cdist(tensor{{3, 4}, {1, 0}}))", see: ["tensor.norm"]) { (a: Tensor, b: Tensor, p: Double) in try a.cdist(b, p) }
    }
}
