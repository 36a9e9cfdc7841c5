// Several tensors in one.

extension Tensor {
    /// Tensors behind one another along a dimension; the other sizes must agree. Types are promoted;
    /// empty vectors `[0]` are left out, as in PyTorch.
    public static func cat(_ tensors: [Tensor], _ dim: Int = 0) throws(TensorError) -> Tensor {
        try joined(tensors, dim, "cat")
    }

    /// Tensors of one shape along a new dimension.
    public static func stack(_ tensors: [Tensor], _ dim: Int = 0) throws(TensorError) -> Tensor {
        guard let first = tensors.first else { throw .argument("stack", "needs at least one tensor") }
        guard dim >= -first.rank - 1, dim <= first.rank else { throw .dimension("stack", dim, rank: first.rank + 1) }
        let d = dim < 0 ? dim + first.rank + 1 : dim
        for tensor in tensors where tensor.shape != first.shape {
            throw .shapes("stack", [first.shape, tensor.shape], detail: "all tensors must have the same shape")
        }
        var shape = first.shape
        shape.insert(tensors.count, at: d)
        let dtype = tensors.dropFirst().reduce(first.dtype) { DType.promoted($0, $1.dtype) }
        let result = try Tensor(uninitialized: shape, dtype, operation: "stack")
        for (i, tensor) in tensors.enumerated() { try result.select(d, i).copyElements(from: tensor) }
        guard dtype.isFloatingPoint, Autograd.isRecording(tensors) else { return result }
        return try result.recorded("stack", tensors) { node, g in
            try node.edges.indices.map { node.needs($0) ? try g.select(d, $0) : nil }
        }
    }

    /// Tensors beside one another: along the second dimension, or the first for vectors.
    public static func hstack(_ tensors: [Tensor]) throws(TensorError) -> Tensor {
        var parts: [Tensor] = []
        for tensor in tensors { parts.append(tensor.rank == 0 ? try tensor.reshape([1]) : tensor) }
        return try joined(parts, (parts.first?.rank ?? 1) > 1 ? 1 : 0, "hstack")
    }

    /// Tensors below one another; vectors count as rows.
    public static func vstack(_ tensors: [Tensor]) throws(TensorError) -> Tensor {
        var parts: [Tensor] = []
        for tensor in tensors { parts.append(tensor.rank < 2 ? try tensor.reshape([1, tensor.count]) : tensor) }
        return try joined(parts, 0, "vstack")
    }

    private static func joined(_ tensors: [Tensor], _ dim: Int, _ name: String) throws(TensorError) -> Tensor {
        guard let first = tensors.first else { throw .argument(name, "needs at least one tensor") }
        let parts = tensors.filter { $0.shape != [0] }
        guard let model = parts.first else { return try first.clone() }
        guard model.rank > 0 else { throw .shapes(name, [model.shape], detail: "single numbers cannot be joined", hint: .text("Use stack")) }
        let d = try model.resolve(dimension: dim, name)
        var shape = model.shape, ends: [Int] = [], total = 0
        for part in parts {
            guard part.rank == model.rank, part.shape.indices.allSatisfy({ $0 == d || part.shape[$0] == model.shape[$0] }) else {
                throw .shapes(name, [model.shape, part.shape], detail: "all sizes except the joined dimension's must agree")
            }
            total += part.shape[d]
            ends.append(total)
        }
        shape[d] = total
        let dtype = tensors.dropFirst().reduce(first.dtype) { DType.promoted($0, $1.dtype) }
        let result = try Tensor(uninitialized: shape, dtype, operation: name)
        for (part, end) in zip(parts, ends) {
            try result.narrow(d, end - part.shape[d], part.shape[d]).copyElements(from: part)
        }
        guard dtype.isFloatingPoint, Autograd.isRecording(parts) else { return result }
        return try result.recorded(name, parts) { node, g in
            try node.edges.indices.map { i in
                let start = i == 0 ? 0 : ends[i - 1]
                return node.needs(i) ? try g.narrow(d, start, ends[i] - start) : nil
            }
        }
    }

    /// One tensor for each vector, all of the shape that their sizes make: the coordinates of a
    /// grid. With `indexing: "xy"` the first two dimensions are exchanged.
    public static func meshgrid(_ vectors: [Tensor], indexing: String = "ij") throws(TensorError) -> [Tensor] {
        guard indexing == "ij" || indexing == "xy" else {
            throw .argument("meshgrid", "indexing must be \"ij\" or \"xy\", not \"\(indexing)\"")
        }
        for vector in vectors where vector.rank > 1 {
            throw .shapes("meshgrid", [vector.shape], detail: "expected vectors")
        }
        let shape = vectors.map(\.count)
        try Layout.check(shape, operation: "meshgrid")
        var results: [Tensor] = []
        for (i, vector) in vectors.enumerated() {
            var own = [Int](repeating: 1, count: shape.count)
            own[i] = vector.count
            let grid = try vector.reshape(own).expand(shape)
            results.append(indexing == "xy" && shape.count > 1 ? try grid.transpose(0, 1) : grid)
        }
        return results
    }
}
