import CKernels

// Matrices as products of simpler ones.

extension Linalg {
    /// The lower triangle `L` with `a = L Lᵀ` (or the upper, `a = Uᵀ U`) of symmetric positive
    /// definite matrices, of which only that triangle is read.
    public static func cholesky(_ a: Tensor, upper: Bool = false) throws(TensorError) -> Tensor {
        let name = "linalg.cholesky"
        try checkMatrices(a, name, square: true)
        let n = a.shape[a.rank - 1], type = a.dtype.kernelType, bytes = n * n * a.dtype.size
        let factor = try columnMajor(a)
        try forEach(batchCount(a), name, of: a.shape, work: Double(n) * Double(n) * Double(n) / 2, failure: {
            "is not positive definite: the leading part of size \($0) is not"
        }) { i in nj_cholesky(type, upper, Int32(n), factor.pointer + i * bytes) }
        let result = try upper ? rowMajor(factor).triu() : rowMajor(factor).tril()
        return try result.finished(name, a, saving: [.result]) { node, g in
            let lower = try upper ? node.saved(0).transpose(-1, -2) : node.saved(0)
            let gradient = upper ? try g.transpose(-1, -2) : g
            let product = try lower.transpose(-1, -2).matmul(gradient).tril()
            // The symmetric matrix with this lower triangle, its diagonal counted once, halved.
            let symmetric = try product.add(product.tril(-1).transpose(-1, -2)).mul(0.5)
            let half = try solveTriangular(lower.transpose(-1, -2), symmetric, upper: true)
            return [try solveTriangular(lower.transpose(-1, -2), half.transpose(-1, -2), upper: true).transpose(-1, -2)]
        }
    }

    /// `a = Q R` with orthogonal columns in `Q` and an upper triangle `R`. With `complete`, `Q` is
    /// square; gradients exist for the reduced form only.
    public static func qr(_ a: Tensor, complete: Bool = false) throws(TensorError) -> (q: Tensor, r: Tensor) {
        let name = "linalg.qr"
        try checkMatrices(a, name)
        let m = a.shape[a.rank - 2], n = a.shape[a.rank - 1], k = complete ? m : Swift.min(m, n)
        let factored = try columnMajor(a), batch = Array(a.shape.dropLast(2)), size = a.dtype.size, type = a.dtype.kernelType
        let columns = try Tensor(uninitialized: batch + [k, m], a.dtype, operation: name)
        try forEach(batchCount(a), name, of: a.shape, work: 2 * Double(m) * Double(n) * Double(k), failure: { _ in "failed" }) { i in
            nj_qr(type, Int32(m), Int32(n), Int32(k), factored.pointer + i * m * n * size, columns.pointer + i * m * k * size)
        }
        let q = rowMajor(columns), r = try rowMajor(factored).narrow(-2, 0, k).triu()
        guard Autograd.isRecording(a) else { return (q, r) }
        let isReduced = m >= n ? k == n : true
        try Tensor.record(name, [a], results: [q, r], saving: [.result(0), .result(1), .input(0)]) { node, g in
            guard isReduced else {
                throw TensorError.argument(name, "only the reduced form has a gradient")
            }
            let q = try node.saved(0), r = try node.saved(1)
            let gq = try g[0] ?? Tensor.zeros(q.shape, q.dtype), gr = try g[1] ?? Tensor.zeros(r.shape, r.dtype)
            if m >= n { return [try qrGradient(q, r, gq, gr)] }
            // A wide matrix [X Y] = Q [U V]: the left part as above, and Y = Q V.
            let a = try node.saved(2)
            let right = try a.narrow(-1, m, n - m), gv = try gr.narrow(-1, m, n - m)
            let inner = try gq.add(right.matmul(gv.transpose(-1, -2)))
            let gx = try qrGradient(q, r.narrow(-1, 0, m), inner, gr.narrow(-1, 0, m))
            return [try Tensor.cat([gx, q.matmul(gv)], -1)]
        }
        return (q, r)
    }

    private static func qrGradient(_ q: Tensor, _ r: Tensor, _ gq: Tensor, _ gr: Tensor) throws(TensorError) -> Tensor {
        let inner = try r.matmul(gr.transpose(-1, -2)).sub(gq.transpose(-1, -2).matmul(q))
        let symmetric = try inner.tril().add(inner.tril(-1).transpose(-1, -2))
        let right = try gq.add(q.matmul(symmetric))
        // right R⁻ᵀ = (R⁻¹ rightᵀ)ᵀ
        return try solveTriangular(r, right.transpose(-1, -2), upper: true).transpose(-1, -2)
    }

    /// `a = U diag(s) Vᵀ` with singular values in descending order. With `fullMatrices`, `U` and `V`
    /// are square; gradients of `U` and `V` exist for the reduced form only.
    public static func svd(_ a: Tensor, fullMatrices: Bool = true) throws(TensorError) -> (u: Tensor, s: Tensor, vh: Tensor) {
        let name = "linalg.svd"
        try checkMatrices(a, name)
        try checkFinite(a, name)
        let m = a.shape[a.rank - 2], n = a.shape[a.rank - 1], k = Swift.min(m, n)
        let uColumns = fullMatrices ? m : k, vRows = fullMatrices ? n : k
        let batch = Array(a.shape.dropLast(2)), size = a.dtype.size, type = a.dtype.kernelType
        let work = try columnMajor(a)
        let s = try Tensor(uninitialized: batch + [k], a.dtype, operation: name)
        let uFull = try identity(batch, uColumns, m, a.dtype, unless: k), vFull = try identity(batch, n, vRows, a.dtype, unless: k)
        try forEach(batchCount(a), name, of: a.shape, work: 20 * Double(m) * Double(n) * Double(k), failure: { _ in
            "has singular values that did not converge"
        }) { i in
            nj_svd(
                type, fullMatrices, Int32(m), Int32(n), work.pointer + i * m * n * size, s.pointer + i * k * size,
                uFull.pointer + i * m * uColumns * size, vFull.pointer + i * n * vRows * size)
        }
        let u = rowMajor(uFull), vh = rowMajor(vFull)
        guard Autograd.isRecording(a) else { return (u, s, vh) }
        let kept: [SavedValue] = [.result(0), .result(1), .result(2), .input(0)]
        try Tensor.record(name, [a], results: [u, s, vh], saving: kept) { node, g in
            if uColumns == k, vRows == k {
                return [try svdGradient(node.saved(0), node.saved(1), node.saved(2), g[0], g[1], g[2])]
            }
            guard g[0] == nil, g[2] == nil else {
                throw TensorError.argument(name, "the gradients of U and V need the reduced form: full_matrices=false")
            }
            if node.isDifferentiatingTwice {
                let (u, s, vh) = try svd(node.saved(3), fullMatrices: false)
                return [try svdGradient(u, s, vh, nil, g[1], nil)]
            }
            return [try svdGradient(node.saved(0).narrow(-1, 0, k), node.saved(1), node.saved(2).narrow(-2, 0, k), nil, g[1], nil)]
        }
        return (u, s, vh)
    }

    /// Square identity matrices where there is nothing to decompose, uninitialised memory otherwise.
    private static func identity(
        _ batch: [Int], _ rows: Int, _ columns: Int, _ dtype: DType, unless k: Int
    ) throws(TensorError) -> Tensor {
        if k > 0 { return try Tensor(uninitialized: batch + [rows, columns], dtype, operation: "linalg.svd") }
        return try Tensor.eye(rows, columns, dtype).expand(batch + [rows, columns]).contiguousCopy()
    }

    private static func svdGradient(
        _ u: Tensor, _ s: Tensor, _ vh: Tensor, _ gu: Tensor?, _ gs: Tensor?, _ gvh: Tensor?
    ) throws(TensorError) -> Tensor {
        let k = s.shape[s.rank - 1], m = u.shape[u.rank - 2], n = vh.shape[vh.rank - 1]
        if gu == nil, gvh == nil {
            guard let gs else { return try Tensor.zeros(s.shape.dropLast() + [m, n], s.dtype) }
            return try u.mul(gs.unsqueeze(-2)).matmul(vh)
        }
        let row = try s.unsqueeze(-2), column = try s.unsqueeze(-1)
        let one = try Tensor.eye(k, nil, s.dtype)
        // s_j² - s_i² outside of the diagonal, 1 on it.
        let gaps = try row.sub(column).mul(row.add(column)).add(one)
        var inner = try Tensor.zeros(s.shape + [k], s.dtype)
        if let gu {
            let product = try u.transpose(-1, -2).matmul(gu)
            inner = try product.sub(product.transpose(-1, -2)).div(gaps).mul(row)
        }
        if let gvh {
            let product = try vh.matmul(gvh.transpose(-1, -2))
            inner = try inner.add(column.mul(product.sub(product.transpose(-1, -2)).div(gaps)))
        }
        if let gs { inner = try inner.add(one.mul(gs.unsqueeze(-1))) }
        var result = try u.matmul(inner).matmul(vh)
        if let gu, m > k {
            let outside = try gu.sub(u.matmul(u.transpose(-1, -2).matmul(gu)))
            result = try result.add(outside.div(row).matmul(vh))
        }
        if let gvh, n > k {
            let outside = try gvh.sub(gvh.matmul(vh.transpose(-1, -2)).matmul(vh))
            result = try result.add(u.matmul(outside.div(column)))
        }
        return result
    }

    /// The singular values in descending order.
    public static func svdvals(_ a: Tensor) throws(TensorError) -> Tensor {
        if Autograd.isRecording(a) { return try svd(a, fullMatrices: false).s }
        let name = "linalg.svdvals"
        try checkMatrices(a, name)
        try checkFinite(a, name)
        let m = a.shape[a.rank - 2], n = a.shape[a.rank - 1], k = Swift.min(m, n)
        let work = try columnMajor(a), size = a.dtype.size, type = a.dtype.kernelType
        let s = try Tensor(uninitialized: a.shape.dropLast(2) + [k], a.dtype, operation: name)
        try forEach(batchCount(a), name, of: a.shape, work: 4 * Double(m) * Double(n) * Double(k), failure: { _ in
            "has singular values that did not converge"
        }) { i in
            nj_svd(type, false, Int32(m), Int32(n), work.pointer + i * m * n * size, s.pointer + i * k * size, nil, nil)
        }
        return s
    }
}
