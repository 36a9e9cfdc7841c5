import CKernels

// Products of tensors other than the matrix product.

extension Tensor {
    /// The sum of the products over the last `count` dimensions of this tensor and the first of the
    /// other.
    public func tensordot(_ other: Tensor, _ count: Int) throws(TensorError) -> Tensor {
        guard count >= 0, count <= rank, count <= other.rank else {
            throw .argument("tensordot", "cannot sum over \(count) dimensions of \(describe(shape)) and \(describe(other.shape))")
        }
        return try tensordot(other, Array((rank - count)..<rank), Array(0..<count))
    }

    /// The sum of the products over pairs of dimensions of the two tensors.
    public func tensordot(_ other: Tensor, _ dims: [Int], _ otherDims: [Int]) throws(TensorError) -> Tensor {
        guard dims.count == otherDims.count else {
            throw .argument("tensordot", "\(dims.count) dimensions cannot be paired with \(otherDims.count)")
        }
        var left: [Int] = [], right: [Int] = []
        for (a, b) in zip(dims, otherDims) {
            let d = try resolve(dimension: a, "tensordot"), e = try other.resolve(dimension: b, "tensordot")
            guard !left.contains(d), !right.contains(e) else { throw .argument("tensordot", "a dimension is named twice") }
            guard shape[d] == other.shape[e] else {
                throw .shapes("tensordot", [shape, other.shape], detail: "the paired sizes \(shape[d]) and \(other.shape[e]) differ")
            }
            left.append(d)
            right.append(e)
        }
        let rows = shape.indices.filter { !left.contains($0) }, columns = other.shape.indices.filter { !right.contains($0) }
        let inner = left.reduce(1) { $0 * shape[$1] }
        let a = try permute(rows + left).reshape([rows.reduce(1) { $0 * shape[$1] }, inner])
        let b = try other.permute(right + columns).reshape([inner, columns.reduce(1) { $0 * other.shape[$1] }])
        return try a.matmul(b).reshape(rows.map { shape[$0] } + columns.map { other.shape[$0] })
    }

    /// The Kronecker product: each element of this tensor times the whole other one.
    public func kron(_ other: Tensor) throws(TensorError) -> Tensor {
        let rank = Swift.max(rank, other.rank)
        let a = [Int](repeating: 1, count: rank - self.rank) + shape
        let b = [Int](repeating: 1, count: rank - other.rank) + other.shape
        try Layout.check(a + b, operation: "kron")
        let left = try reshape(a.flatMap { [$0, 1] }), right = try other.reshape(b.flatMap { [1, $0] })
        return try left.mul(right).reshape(zip(a, b).map { $0 * $1 })
    }

    /// The sum of the diagonal of a matrix.
    public func trace() throws(TensorError) -> Tensor {
        guard rank == 2 else { throw .shapes("trace", [shape], detail: "expected a matrix") }
        return try diagonal().sum()
    }

    /// The cross product of vectors in three dimensions, along a dimension of size 3; the first of that
    /// size when left out.
    public func cross(_ other: Tensor, _ dim: Int? = nil) throws(TensorError) -> Tensor {
        let common = try Tensor.broadcast(shape, other.shape, "cross")
        let a = try expand(common), b = try other.expand(common)
        let d = try a.resolve(dimension: dim ?? common.firstIndex(of: 3) ?? -1, "cross")
        guard !common.isEmpty, common[d] == 3 else {
            throw .shapes("cross", [shape, other.shape], detail: "the dimension must have size 3")
        }
        let plus = try a.roll([-1], [d]).mul(b.roll([-2], [d]))
        return try plus.sub(a.roll([-2], [d]).mul(b.roll([-1], [d])))
    }

    /// The distances of all pairs of rows: `[…, p, m]` and `[…, r, m]` give `[…, p, r]`, in the
    /// `p`-norm.
    public func cdist(_ other: Tensor, _ p: Double = 2) throws(TensorError) -> Tensor {
        guard rank >= 2, other.rank >= 2, shape[rank - 1] == other.shape[other.rank - 1] else {
            throw .shapes("cdist", [shape, other.shape], detail: "expected matrices with rows of the same length")
        }
        guard dtype == other.dtype, dtype.isFloatingPoint else {
            throw .dtypes("cdist", [dtype, other.dtype], expected: "both need the same floating point type")
        }
        guard p >= 0 else { throw .argument("cdist", "the order of the norm must not be negative, not \(p)") }
        if p != 2 || rank > 2 || other.rank > 2 {
            return try unsqueeze(-2).sub(other.unsqueeze(-3)).norm(p, [-1])
        }
        let x = try values(as: dtype), y = try other.values(as: dtype)
        let result = try Tensor(uninitialized: [shape[0], other.shape[0]], dtype, operation: "cdist")
        let finished = withExtendedLifetime((x, y)) {
            nj_distances(
                dtype.kernelType, x.pointer, y.pointer, result.pointer, Int64(shape[0]), Int64(other.shape[0]), Int64(shape[1]))
        }
        guard finished else { throw .interrupted }
        return try result.finished("cdist", self, other, saving: [.input(0), .input(1), .result]) { node, g in
            let x = try node.saved(0), y = try node.saved(1), d = try node.saved(2)
            // Equal rows have no direction: their gradient is zero.
            let w = try g.div(d.maskedFill(d.detach().eq(0), .double(.infinity)))
            return [
                node.needs(0) ? try w.sum([1], keepdim: true).mul(x).sub(w.matmul(y)) : nil,
                node.needs(1) ? try w.sum([0]).unsqueeze(1).mul(y).sub(w.t().matmul(x)) : nil,
            ]
        }
    }
}
