import CKernels

// Triangles and diagonals of matrices.

extension Tensor {
    /// The lower triangle of each matrix, zeros above; `diagonal` columns to the right belong to it.
    public func tril(_ diagonal: Int = 0) throws(TensorError) -> Tensor { try triangle("tril", diagonal, upper: false) }

    /// The upper triangle of each matrix, zeros below, starting `diagonal` columns to the right.
    public func triu(_ diagonal: Int = 0) throws(TensorError) -> Tensor { try triangle("triu", diagonal, upper: true) }

    private func triangle(_ name: String, _ diagonal: Int, upper: Bool) throws(TensorError) -> Tensor {
        guard rank >= 2 else { throw .shapes(name, [shape], detail: "needs at least two dimensions") }
        let source = isContiguous ? self : try contiguousCopy()
        let result = try Tensor(uninitialized: shape, dtype, operation: name)
        let rows = shape[rank - 2], columns = shape[rank - 1]
        if count > 0 {
            nj_triangle(
                result.pointer, source.pointer, Int64(dtype.size), Int64(count / (rows * columns)),
                Int64(rows), Int64(columns), Int64(diagonal), upper)
        }
        return try result.finished(name, self) { _, g in [try g.triangle(name, diagonal, upper: upper)] }
    }

    /// A matrix with this vector on a diagonal, or the diagonal of this matrix as a copy.
    public func diag(_ diagonal: Int = 0) throws(TensorError) -> Tensor {
        switch rank {
        case 1:
            let (size, overflow) = count.addingReportingOverflow(Int(clamping: diagonal.magnitude))
            if overflow { throw .outOfMemory("diag", shape: shape, bytes: nil) }
            let result = try Tensor.full([size, size], 0, dtype, operation: "diag")
            try result.diagonal(diagonal).copyElements(from: self)
            return try result.finished("diag", self) { _, g in [try g.diagonal(diagonal)] }
        case 2:
            return try self.diagonal(diagonal).clone()
        default:
            throw .shapes("diag", [shape], detail: "expected a vector or a matrix")
        }
    }
}
