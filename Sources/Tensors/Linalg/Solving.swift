import CKernels

// Systems of equations, inverses and determinants, all by LU factorization.

extension Linalg {
    private static func singular(_: Int32) -> String {
        "is singular: its rows depend on one another. Try pinv or lstsq"
    }

    /// LU factors of matrices as they lie in memory: those of the transposes.
    private struct Factors {
        let lu: Tensor, pivots: Tensor

        /// - Parameter allowSingular: leave a zero on the diagonal of U instead of throwing.
        init(_ a: Tensor, _ name: String, allowSingular: Bool = false) throws(TensorError) {
            let lu = try a.detach().contiguousCopy(), n = a.shape[a.rank - 1], count = Linalg.batchCount(a)
            let pivots = try Tensor(uninitialized: [count, n], .int32, operation: name)
            let type = a.dtype.kernelType, bytes = n * n * a.dtype.size
            try Linalg.forEach(
                count, name, of: a.shape, work: Double(n) * Double(n) * Double(n), failure: singular,
                whenSingular: allowSingular ? { _ in } : nil
            ) { i in
                nj_lu(type, Int32(n), lu.pointer + i * bytes, pivots.pointer.assumingMemoryBound(to: Int32.self) + i * n)
            }
            self.lu = lu
            self.pivots = pivots
        }
    }

    /// The solution `x` of `a x = b`, for matrices `b` or, when its shape says so, vectors.
    ///
    /// - Throws: when a matrix is singular.
    public static func solve(_ a: Tensor, _ b: Tensor) throws(TensorError) -> Tensor {
        let name = "linalg.solve"
        try checkMatrices(a, name, square: true)
        guard a.dtype == b.dtype else { throw .dtypes(name, [a.dtype, b.dtype], expected: "both need the same type") }
        // As in PyTorch: a vector, or a batch of vectors that matches the batch of matrices.
        if b.rank == 1 || (a.rank - 1 == b.rank && b.shape == Array(a.shape.dropLast())) {
            guard b.shape.last == a.shape.last else {
                throw .shapes(name, [a.shape, b.shape], detail: "\(a.shape[a.rank - 1]) equations need as many right-hand sides")
            }
            return try solve(a, b.unsqueeze(-1)).squeeze([-1])
        }
        guard b.rank >= 2, b.shape[b.rank - 2] == a.shape[a.rank - 1] else {
            throw .shapes(name, [a.shape, b.shape], detail: "\(a.shape[a.rank - 1]) equations need as many rows on the right-hand side")
        }
        let batch = try Tensor.broadcast(Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)), name)
        let left = try a.expand(batch + a.shape.suffix(2)), right = try b.expand(batch + b.shape.suffix(2))
        return try solved(left, right, name)
    }

    /// Solves systems whose batches agree.
    private static func solved(_ a: Tensor, _ b: Tensor, _ name: String) throws(TensorError) -> Tensor {
        let factors = try Factors(a, name)
        let x = try columnMajor(b), n = a.shape[a.rank - 1], k = b.shape[b.rank - 1]
        let type = a.dtype.kernelType, square = n * n * a.dtype.size, wide = n * k * a.dtype.size
        try forEach(batchCount(a), name, of: a.shape, work: Double(n) * Double(n) * Double(k), failure: singular) { i in
            // The factors are those of the transpose.
            nj_lu_solve(
                type, true, Int32(n), Int32(k), factors.lu.pointer + i * square,
                factors.pivots.pointer.assumingMemoryBound(to: Int32.self) + i * n, x.pointer + i * wide)
        }
        return try rowMajor(x).finished(name, a, b, saving: [.input(0), .result]) { node, g in
            let gb = try solved(node.saved(0).transpose(-1, -2), g, name)
            return [node.needs(0) ? try gb.matmul(node.saved(1).transpose(-1, -2)).neg() : nil, gb]
        }
    }

    /// The solution `x` of `a x = b` for triangular matrices; the other triangle is not read.
    public static func solveTriangular(
        _ a: Tensor, _ b: Tensor, upper: Bool, unit: Bool = false
    ) throws(TensorError) -> Tensor {
        let name = "linalg.solve_triangular"
        try checkMatrices(a, name, square: true)
        guard a.dtype == b.dtype else { throw .dtypes(name, [a.dtype, b.dtype], expected: "both need the same type") }
        guard b.rank >= 2, b.shape[b.rank - 2] == a.shape[a.rank - 1] else {
            throw .shapes(name, [a.shape, b.shape], detail: "\(a.shape[a.rank - 1]) equations need as many rows on the right-hand side")
        }
        let batch = try Tensor.broadcast(Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)), name)
        let left = try a.expand(batch + a.shape.suffix(2)), right = try b.expand(batch + b.shape.suffix(2))
        let rows = try left.detach().contiguousCopy(), x = try columnMajor(right)
        let n = a.shape[a.rank - 1], k = b.shape[b.rank - 1]
        let type = a.dtype.kernelType, square = n * n * a.dtype.size, wide = n * k * a.dtype.size
        try forEach(batchCount(left), name, of: left.shape, work: Double(n) * Double(n) * Double(k), failure: singular) { i in
            // In column-major order the rows are the transpose.
            nj_triangular_solve(type, !upper, true, unit, Int32(n), Int32(k), rows.pointer + i * square, x.pointer + i * wide)
        }
        return try rowMajor(x).finished(name, left, right, saving: [.input(0), .result]) { node, g in
            let gb = try solveTriangular(node.saved(0).transpose(-1, -2), g, upper: !upper, unit: unit)
            guard node.needs(0) else { return [nil, gb] }
            let ga = try gb.matmul(node.saved(1).transpose(-1, -2)).neg()
            let kept = unit ? 1 : 0
            return [upper ? try ga.triu(kept) : try ga.tril(-kept), gb]
        }
    }

    /// The inverse.
    ///
    /// - Throws: when a matrix is singular.
    public static func inv(_ a: Tensor) throws(TensorError) -> Tensor {
        let name = "linalg.inv"
        try checkMatrices(a, name, square: true)
        let n = a.shape[a.rank - 1]
        let identity = try Tensor.eye(n, nil, a.dtype).expand(a.shape)
        let result = try solved(a.detach(), identity, name)
        return try result.finished(name, a, saving: [.result]) { node, g in
            let inverse = try node.saved(0).transpose(-1, -2)
            return [try inverse.matmul(g).matmul(inverse).neg()]
        }
    }

    /// The determinant.
    public static func det(_ a: Tensor) throws(TensorError) -> Tensor {
        let name = "linalg.det"
        try checkMatrices(a, name, square: true)
        let (diagonal, parity) = try diagonalAndParity(a, name)
        let result = try diagonal.prod([-1]).mul(parity)
        return try result.finished(name, a, saving: [.input(0), .result]) { node, g in
            let a = try node.saved(0), d = try node.saved(1)
            let scaled = try g.unsqueeze(-1).unsqueeze(-1)
            if try d.detach().ne(0).all().scalar() == .bool(true) {
                return [try scaled.mul(d.unsqueeze(-1).unsqueeze(-1)).mul(inv(a).transpose(-1, -2))]
            }
            return [try scaled.mul(cofactors(a.detach()))]
        }
    }

    /// The sign of the determinant (0 when singular) and the logarithm of its magnitude.
    public static func slogdet(_ a: Tensor) throws(TensorError) -> (sign: Tensor, logabsdet: Tensor) {
        let name = "linalg.slogdet"
        try checkMatrices(a, name, square: true)
        let (diagonal, parity) = try diagonalAndParity(a, name)
        let sign = try diagonal.sign().prod([-1]).mul(parity)
        let result = try diagonal.abs().log().sum([-1]).finished(name, a, saving: [.input(0)]) { node, g in
            [try g.unsqueeze(-1).unsqueeze(-1).mul(inv(node.saved(0)).transpose(-1, -2))]
        }
        return (sign, result)
    }

    /// The diagonal of U, and whether rows were exchanged an odd number of times (-1) or not (1).
    private static func diagonalAndParity(_ a: Tensor, _ name: String) throws(TensorError) -> (Tensor, Tensor) {
        let factors = try Factors(a, name, allowSingular: true), n = a.shape[a.rank - 1]
        // LAPACK counts rows from 1.
        let swaps = try factors.pivots.ne(.range(n).add(1)).to(.int64).sum([-1])
        let parity = try swaps.remainder(2).mul(-2).add(1).to(a.dtype).reshape(Array(a.shape.dropLast(2)))
        return (try factors.lu.diagonal(0, -2, -1), parity)
    }

    /// The gradient of the determinant, also of singular matrices: the transposed adjugates, by
    /// singular values.
    private static func cofactors(_ a: Tensor) throws(TensorError) -> Tensor {
        let (u, s, vh) = try svd(a, fullMatrices: false), n = a.shape[a.rank - 1]
        var others: [Tensor] = []
        for i in 0..<n {
            let rest = try Tensor.cat([s.narrow(-1, 0, i), s.narrow(-1, i + 1, n - 1 - i)], -1)
            others.append(try rest.prod([-1]))
        }
        guard n > 0 else { return try a.clone() }
        let products = try Tensor.stack(others, -1).unsqueeze(-2)
        let sign = try det(u).mul(det(vh)).unsqueeze(-1).unsqueeze(-1)
        return try u.mul(products).matmul(vh).mul(sign)
    }
}
