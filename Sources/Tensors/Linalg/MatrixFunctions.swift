import CKernels
import Glibc

// Functions of whole matrices.

extension Linalg {
    /// The pseudoinverse (Moore-Penrose), by singular values: those below `relative` times the largest, or
    /// below `absolute`, count as zero; by default below `max(m, n)` times the type's precision.
    public static func pinv(
        _ a: Tensor, relative: Double? = nil, absolute: Double? = nil
    ) throws(TensorError) -> Tensor {
        let name = "linalg.pinv"
        try checkMatrices(a, name)
        let m = a.shape[a.rank - 2], n = a.shape[a.rank - 1]
        if m == 0 || n == 0 { return try a.transpose(-1, -2).clone() }
        let (u, s, vh) = try svd(a.detach(), fullMatrices: false)
        let cutoff = try zeroLimit(s, a, relative, absolute)
        let inverted = try s.gt(cutoff).where(s.reciprocal(), 0)
        let result = try vh.transpose(-1, -2).mul(inverted.unsqueeze(-2)).matmul(u.transpose(-1, -2))
        return try result.finished(name, a, saving: [.input(0), .result]) { node, g in
            // Golub and Pereyra, "The differentiation of pseudo-inverses", 1973.
            let a = try node.saved(0), p = try node.saved(1)
            let pt = try p.transpose(-1, -2), gt = try g.transpose(-1, -2)
            if m <= n {
                let k = try gt.matmul(p), kpt = try k.matmul(pt)
                return [
                    try kpt.sub(p.matmul(k).transpose(-1, -2)).sub(a.matmul(p).matmul(kpt))
                        .add(pt.matmul(p).matmul(gt.sub(k.matmul(a))))
                ]
            }
            let k = try p.matmul(gt), ptk = try pt.matmul(k)
            return [
                try ptk.sub(k.matmul(p).transpose(-1, -2)).add(gt.sub(a.matmul(k)).matmul(p).matmul(pt))
                    .sub(ptk.matmul(p).matmul(a))
            ]
        }
    }

    /// What singular values must exceed to count, `[…, 1]`.
    private static func zeroLimit(
        _ s: Tensor, _ a: Tensor, _ relative: Double?, _ absolute: Double? = nil
    ) throws(TensorError) -> Tensor {
        let precision = Double(Swift.max(a.shape[a.rank - 2], a.shape[a.rank - 1])) * (a.dtype == .float64 ? 0x1p-52 : 0x1p-23)
        let share = relative ?? ((absolute ?? 0) > 0 ? 0 : precision)
        let limit = try s.amax([-1], keepdim: true).mul(.double(share))
        return try absolute.map { (least) throws(TensorError) in try limit.clamp(minimum: .double(least)) } ?? limit
    }

    /// The mean of square matrices and their transposes.
    public static func symmetrized(_ a: Tensor, _ name: String) throws(TensorError) -> Tensor {
        try checkMatrices(a, name, square: true)
        return try a.add(a.transpose(-1, -2)).mul(0.5)
    }

    /// The number of singular values above `absolute` and above `relative` times the largest; by default
    /// `max(m, n)` times the largest times the type's precision.
    public static func matrixRank(
        _ a: Tensor, relative: Double? = nil, absolute: Double? = nil
    ) throws(TensorError) -> Tensor {
        let name = "linalg.matrix_rank"
        try checkMatrices(a, name)
        if a.count == 0 { return try Tensor.zeros(Array(a.shape.dropLast(2)), .int64) }
        let s = try svdvals(a.detach())
        return try s.gt(zeroLimit(s, a, relative, absolute)).to(.int64).sum([-1])
    }

    /// The `x` with the least `‖a x - b‖`, and of those the shortest, by the pseudoinverse.
    ///
    /// - Returns: `x`; the sums of squares that remain, where `a` has full rank and more rows than
    ///   columns, else empty; the ranks; the singular values.
    public static func lstsq(_ a: Tensor, _ b: Tensor, rcond: Double? = nil) throws(TensorError) -> (
        solution: Tensor, residuals: Tensor, rank: Tensor, singularValues: Tensor
    ) {
        let name = "linalg.lstsq"
        try checkMatrices(a, name)
        guard a.dtype == b.dtype else { throw .dtypes(name, [a.dtype, b.dtype], expected: "both need the same type") }
        let m = a.shape[a.rank - 2], n = a.shape[a.rank - 1]
        let isVector = b.rank == 1 || (a.rank - 1 == b.rank && b.shape == Array(a.shape.dropLast()))
        let right = isVector ? try b.unsqueeze(-1) : b
        guard right.rank >= 2, right.shape[right.rank - 2] == m else {
            throw .shapes(name, [a.shape, b.shape], detail: "\(m) equations need as many rows on the right-hand side")
        }
        let solution = try pinv(a, relative: rcond).matmul(right)
        let s = try svdvals(a.detach())
        let rank = a.count == 0 ? try Tensor.zeros(Array(a.shape.dropLast(2)), .int64)
            : try s.gt(zeroLimit(s, a, rcond)).to(.int64).sum([-1])
        var residuals = try Tensor.zeros([0], a.dtype)
        if m > n, try rank.eq(.int(Int64(n))).all().scalar() == .bool(true) {
            residuals = try a.matmul(solution).sub(right).square().sum([-2])
        }
        return (isVector ? try solution.squeeze([-1]) : solution, residuals, rank, s)
    }

    /// A norm of matrices.
    public enum MatrixNorm: Equatable, Sendable {
        /// The root of the sum of squares.
        case frobenius
        /// The sum of the singular values.
        case nuclear
        /// The largest (2) or smallest (-2) singular value; the largest or smallest sum of
        /// magnitudes of a column (1, -1) or a row (±infinity).
        case p(Double)
    }

    /// A norm of the matrices in two dimensions.
    public static func matrixNorm(
        _ a: Tensor, _ norm: MatrixNorm = .frobenius, _ dims: (Int, Int) = (-2, -1), keepdim: Bool = false
    ) throws(TensorError) -> Tensor {
        let name = "linalg.norm"
        guard a.dtype.isFloatingPoint else { throw .dtypes(name, [a.dtype], expected: "expected floating point numbers") }
        guard a.rank >= 2 else { throw .shapes(name, [a.shape], detail: "expected a matrix or a batch of matrices") }
        let r = try a.resolve(dimension: dims.0, name), c = try a.resolve(dimension: dims.1, name)
        guard r != c else { throw .argument(name, "the two dimensions are the same") }
        func ofValues(_ reduce: (Tensor) throws(TensorError) -> Tensor) throws(TensorError) -> Tensor {
            let result = try reduce(svdvals(a.movedim([r, c], [-2, -1])))
            guard keepdim else { return result }
            return try result.unsqueeze(Swift.min(r, c)).unsqueeze(Swift.max(r, c))
        }
        /// The sums of magnitudes along one dimension, and of those the extreme along the other.
        func ofSums(_ along: Int, _ across: Int, largest: Bool) throws(TensorError) -> Tensor {
            let sums = try a.abs().sum([along], keepdim: true)
            let result = try largest ? sums.amax([across], keepdim: true) : sums.amin([across], keepdim: true)
            return keepdim ? result : try result.squeeze([along, across])
        }
        switch norm {
        case .frobenius: return try a.norm(2, [r, c], keepdim: keepdim)
        case .nuclear: return try ofValues { values throws(TensorError) in try values.sum([-1]) }
        case .p(2): return try ofValues { values throws(TensorError) in try values.amax([-1]) }
        case .p(-2): return try ofValues { values throws(TensorError) in try values.amin([-1]) }
        case .p(1): return try ofSums(r, c, largest: true)
        case .p(-1): return try ofSums(r, c, largest: false)
        case .p(.infinity): return try ofSums(c, r, largest: true)
        case .p(-.infinity): return try ofSums(c, r, largest: false)
        case .p(let p): throw .argument(name, "there is no matrix norm of order \(p): use 1, -1, 2, -2, inf, -inf, \"fro\" or \"nuc\"")
        }
    }

    /// The exponential of square matrices, by scaling and squaring with a Padé approximant (Higham,
    /// "The scaling and squaring method for the matrix exponential revisited", 2005).
    public static func matrixExp(_ a: Tensor) throws(TensorError) -> Tensor {
        let name = "linalg.matrix_exp"
        try checkMatrices(a, name, square: true)
        let n = a.shape[a.rank - 1]
        let result = try exponential(a.detach())
        return try result.finished(name, a, saving: [.input(0)]) { node, g in
            // The gradient stands in the corner of the exponential of [aᵀ g; 0 aᵀ].
            let at = try node.saved(0).transpose(-1, -2)
            let upper = try Tensor.cat([at, g], -1), lower = try Tensor.cat([Tensor.zeros(at.shape, at.dtype), at], -1)
            return [try matrixExp(Tensor.cat([upper, lower], -2)).narrow(-2, 0, n).narrow(-1, n, n)]
        }
    }

    private static func exponential(_ a: Tensor) throws(TensorError) -> Tensor {
        if a.count == 0 { return try a.clone() }
        let n = a.shape[a.rank - 1], one = try Tensor.eye(n, nil, a.dtype)
        let size = try matrixNorm(a, .p(1)).amax().scalar().doubleValue
        guard size.isFinite else { return try Tensor.full(a.shape, .double(.nan), a.dtype) }
        let squarings = size > 5.37 ? Int(log2(size / 5.37).rounded(.up)) : 0
        let x = try a.mul(.double(exp2(Double(-squarings))))
        let b: [Double] = [
            64_764_752_532_480_000, 32_382_376_266_240_000, 7_771_770_303_897_600, 1_187_353_796_428_800, 129_060_195_264_000,
            10_559_470_521_600, 670_442_572_800, 33_522_128_640, 1_323_241_920, 40_840_800, 960_960, 16_380, 182, 1,
        ]
        let x2 = try x.matmul(x), x4 = try x2.matmul(x2), x6 = try x4.matmul(x2)
        func sum(_ c6: Double, _ c4: Double, _ c2: Double, _ c0: Double) throws(TensorError) -> Tensor {
            try x6.mul(.double(c6)).add(x4.mul(.double(c4))).add(x2.mul(.double(c2))).add(one.mul(.double(c0)))
        }
        let odd = try x.matmul(x6.matmul(sum(b[13], b[11], b[9], 0)).add(sum(b[7], b[5], b[3], b[1])))
        let even = try x6.matmul(sum(b[12], b[10], b[8], 0)).add(sum(b[6], b[4], b[2], b[0]))
        var result = try solve(even.sub(odd), even.add(odd))
        for _ in 0..<squarings { result = try result.matmul(result) }
        return result
    }
}
