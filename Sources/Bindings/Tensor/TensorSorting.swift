import LuaKit
import Tensors

extension TensorFunctions {
    /// Order: sorting, the largest, what occurs.
    @FunctionBuilder static var sorting: [Function] {
        Function("tensor.sort", "Elements in order along a dimension, and where they stood; equal ones keep their order.", Param("input", Tensor.self), Param("dim", Dimension.self, default: Dimension(offset: -1)), Param("descending", Bool.self, default: false), stable,
            returns: "values, positions", example: "local values, positions = tensor{3, 1, 2}:sort()\nprint(values, positions)", see: ["tensor.argsort", "tensor.topk"]) { (x: Tensor, dim: Dimension, descending: Bool, _: Bool) -> (Tensor, Positions) in
            let (values, indices) = try x.sort(dim.swift, descending: descending)
            return (values, Positions(indices))
        }
        Function("tensor.argsort", "Positions that put a dimension in order.", Param("input", Tensor.self), Param("dim", Dimension.self, default: Dimension(offset: -1)), Param("descending", Bool.self, default: false), stable,
            returns: "tensor of int64", example: "print(tensor{3, 1, 2}:argsort())", see: ["tensor.sort"]) { (x: Tensor, dim: Dimension, descending: Bool, _: Bool) in Positions(try x.argsort(dim.swift, descending: descending)) }
        Function("tensor.topk", "The k largest elements along a dimension, largest first, and their positions.", Param("input", Tensor.self), Param("k", Int.self), Param("dim", Dimension.self, default: Dimension(offset: -1)), Param("largest", Bool.self, default: true, "false: the smallest"), Param("sorted", Bool.self, default: true, "false: any order will do; they come in order all the same"),
            returns: "values, positions", example: "print(tensor{3, 1, 2}:topk(2))", see: ["tensor.sort", "tensor.max"]) { (x: Tensor, k: Int, dim: Dimension, largest: Bool, _: Bool) -> (Tensor, Positions) in
            let (values, indices) = try x.topk(k, dim.swift, largest: largest)
            return (values, Positions(indices))
        }
        Function("tensor.kthvalue", "The k-th smallest element along a dimension, and its position.", Param("input", Tensor.self), Param("k", Int.self, "from 1"), Param("dim", Dimension.self, default: Dimension(offset: -1)), Param("keepdim", Bool.self, default: false),
            returns: "values, positions", example: "print(tensor{3, 1, 2}:kthvalue(2))", see: ["tensor.sort"]) { (x: Tensor, k: Int, dim: Dimension, keepdim: Bool) -> (Tensor, Positions) in
            guard k >= 1 else { throw TensorError.argument("kthvalue", "k counts from 1, got \(k)") }
            let (values, indices) = try x.kthvalue(k - 1, dim.swift, keepdim: keepdim)
            return (values, Positions(indices))
        }
        Function("tensor.unique", "The different values in order, and on request where each element's value stands and how often it occurs.", Param("input", Tensor.self), Param("sorted", Bool.self, default: true, "false: any order will do; they come in order all the same"), Param("return_inverse", Bool.self, default: false), Param("return_counts", Bool.self, default: false), Param("dim", Dimension?.self, "the slices of a dimension are compared; all elements when left out"),
            returns: "values; then positions; then counts", example: "local values, counts = tensor{3, 1, 3}:unique{return_counts=true}\nprint(values, counts)", see: ["tensor.sort"]) { (x: Tensor, _: Bool, inverse: Bool, counts: Bool, dim: Dimension?) -> Results in
            let found = try dim.map { try x.unique($0.swift) } ?? x.unique()
            var results: [any LuaResult] = [found.values]
            if inverse { results.append(Positions(found.inverse)) }
            if counts { results.append(found.counts) }
            return Results(results)
        }
        Function("tensor.searchsorted", "For each value, the position in a sorted tensor before which it would be put: 1..n+1.", Param("sorted_sequence", Tensor.self, "a tensor in order"), Param("input", Operand.self, "values to look for"), Param("right", Bool.self, default: false, "behind equal elements instead of before them"),
            Param("side", Side?.self, "the same in words"), Param("sorter", Indices?.self, "positions that put the first tensor in order, as argsort gives them"),
            returns: "tensor of int64", example: "print(tensor{1, 3, 5}:searchsorted(tensor{3, 6}))") { (sorted: Tensor, values: Operand, right: Bool, side: Side?, sorter: Indices?) in
            if side == .left, right { throw TensorError.argument("searchsorted", "side=\"left\" and right=true contradict each other") }
            let sequence = try sorter.map { try sorted.gather(-1, $0.tensor) } ?? sorted
            return Positions(try sequence.searchsorted(values.tensor(beside: sorted), right: right || side == .right))
        }
    }

    /// Sorting always keeps the order of equal elements.
    private static var stable: Param<Bool> { Param("stable", Bool.self, default: true, "whether equal elements keep their order; they always do") }
}

/// On which side of equal elements `searchsorted` stays.
enum Side: String, CaseIterable, LuaOption { case left, right }
