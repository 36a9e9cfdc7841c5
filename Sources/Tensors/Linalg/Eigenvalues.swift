import CKernels

extension Linalg {
    /// The eigenvalues, ascending, and orthonormal eigenvectors (in columns) of symmetric matrices,
    /// of which one triangle is read.
    public static func eigh(_ a: Tensor, upper: Bool = false) throws(TensorError) -> (values: Tensor, vectors: Tensor) {
        let name = "linalg.eigh"
        try checkMatrices(a, name, square: true)
        try checkFinite(a, name)
        let n = a.shape[a.rank - 1], size = a.dtype.size, type = a.dtype.kernelType
        let columns = try columnMajor(a)
        let values = try Tensor(uninitialized: Array(a.shape.dropLast()), a.dtype, operation: name)
        try forEach(batchCount(a), name, of: a.shape, work: 9 * Double(n) * Double(n) * Double(n), failure: { _ in
            "has eigenvalues that did not converge"
        }) { i in
            nj_eigh(type, true, upper, Int32(n), columns.pointer + i * n * n * size, values.pointer + i * n * size)
        }
        let vectors = rowMajor(columns)
        guard Autograd.isRecording(a) else { return (values, vectors) }
        try Tensor.record(name, [a], results: [values, vectors], saving: [.result(0), .result(1)]) { node, g in
            let l = try node.saved(0), v = try node.saved(1)
            let transposed = try v.transpose(-1, -2), one = try Tensor.eye(n, nil, l.dtype)
            var inner = try Tensor.zeros(l.shape + [n], l.dtype)
            if let gv = g[1] {
                // Differences outside of the diagonal; what stands on it does not count.
                let gaps = try l.unsqueeze(-2).sub(l.unsqueeze(-1)).add(one)
                inner = try transposed.matmul(gv).div(gaps).mul(one.neg().add(1))
            }
            if let gl = g[0] { inner = try inner.add(one.mul(gl.unsqueeze(-1))) }
            return [try v.matmul(inner).matmul(transposed)]
        }
        return (values, vectors)
    }

    /// The eigenvalues and eigenvectors (in columns, of length 1) of any square matrices, as real
    /// and imaginary parts.
    ///
    /// Has no gradient: `backward` through it is an error.
    public static func eig(_ a: Tensor) throws(TensorError) -> (
        real: Tensor, imaginary: Tensor, vectorsReal: Tensor, vectorsImaginary: Tensor
    ) {
        let name = "linalg.eig"
        try checkMatrices(a, name, square: true)
        try checkFinite(a, name)
        let n = a.shape[a.rank - 1], size = a.dtype.size, type = a.dtype.kernelType
        let work = try columnMajor(a), shape = Array(a.shape.dropLast())
        let real = try Tensor(uninitialized: shape, a.dtype, operation: name)
        let imaginary = try Tensor(uninitialized: shape, a.dtype, operation: name)
        let packed = try Tensor(uninitialized: a.shape, a.dtype, operation: name)
        try forEach(batchCount(a), name, of: a.shape, work: 25 * Double(n) * Double(n) * Double(n), failure: { _ in
            "has eigenvalues that did not converge"
        }) { i in
            nj_eig(
                type, Int32(n), work.pointer + i * n * n * size, real.pointer + i * n * size,
                imaginary.pointer + i * n * size, packed.pointer + i * n * n * size)
        }
        // The columns of a complex pair hold the real and the imaginary part: v and its conjugate.
        let isFirst = try imaginary.gt(0).unsqueeze(-1), isSecond = try imaginary.lt(0).unsqueeze(-1)
        let next = try packed.roll([-1], [-2]), previous = try packed.roll([1], [-2])
        let vectorsReal = rowMajor(try isSecond.where(previous, packed))
        let vectorsImaginary = rowMajor(try isFirst.where(next, isSecond.where(packed.neg(), 0)))
        guard Autograd.isRecording(a) else { return (real, imaginary, vectorsReal, vectorsImaginary) }
        try Tensor.record(name, [a], results: [real, imaginary, vectorsReal, vectorsImaginary]) { _, _ in
            throw TensorError.argument(name, "has no gradient. For symmetric matrices use eigh")
        }
        return (real, imaginary, vectorsReal, vectorsImaginary)
    }
}
