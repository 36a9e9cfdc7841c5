import Glibc
import CKernels
import Tensors

/// The eigenvalues of a symmetric matrix in falling order, and its eigenvectors as rows.
///
/// Householder's reduction to three diagonals, then the QL method with implicit shifts (Bowdler,
/// Martin, Reinsch & Wilkinson 1968; the form of EISPACK's tred2 and tql2).
func symmetricEigen(_ matrix: [Double], _ n: Int) throws -> (values: [Double], vectors: [[Double]]) {
    guard n > 0 else { return ([], []) }
    var v = matrix, d = [Double](repeating: 0, count: n), e = d
    try v.withUnsafeMutableBufferPointer { v in
        try d.withUnsafeMutableBufferPointer { d in
            try e.withUnsafeMutableBufferPointer { e in
                try reduce(v, d, e, n)
                try diagonalize(v, d, e, n)
            }
        }
    }
    let order = d.indices.sorted { d[$0] > d[$1] }
    return (order.map { d[$0] }, order.map { column in (0..<n).map { v[$0 * n + column] } })
}

private typealias Numbers = UnsafeMutableBufferPointer<Double>

/// Three diagonals: d, and e beside it; v collects the reflections.
private func reduce(_ v: Numbers, _ d: Numbers, _ e: Numbers, _ n: Int) throws {
    for j in 0..<n { d[j] = v[(n - 1) * n + j] }
    for i in stride(from: n - 1, to: 0, by: -1) {
        try checkInterrupt()
        var scale = 0.0, h = 0.0
        for k in 0..<i { scale += abs(d[k]) }
        if scale == 0 {
            e[i] = d[i - 1]
            for j in 0..<i {
                d[j] = v[(i - 1) * n + j]
                v[i * n + j] = 0
                v[j * n + i] = 0
            }
        } else {
            for k in 0..<i {
                d[k] /= scale
                h += d[k] * d[k]
            }
            let f = d[i - 1], g = f > 0 ? -h.squareRoot() : h.squareRoot()
            e[i] = scale * g
            h -= f * g
            d[i - 1] = f - g
            for j in 0..<i { e[j] = 0 }
            for j in 0..<i {
                let f = d[j]
                v[j * n + i] = f
                var g = e[j] + v[j * n + j] * f
                for k in stride(from: j + 1, to: i, by: 1) {
                    g += v[k * n + j] * d[k]
                    e[k] += v[k * n + j] * f
                }
                e[j] = g
            }
            var sum = 0.0
            for j in 0..<i {
                e[j] /= h
                sum += e[j] * d[j]
            }
            let half = sum / (h + h)
            for j in 0..<i { e[j] -= half * d[j] }
            for j in 0..<i {
                let f = d[j], g = e[j]
                for k in j..<i { v[k * n + j] -= f * e[k] + g * d[k] }
                d[j] = v[(i - 1) * n + j]
                v[i * n + j] = 0
            }
        }
        d[i] = h
    }
    for i in 0..<n - 1 {
        try checkInterrupt()
        v[(n - 1) * n + i] = v[i * n + i]
        v[i * n + i] = 1
        let h = d[i + 1]
        if h != 0 {
            for k in 0...i { d[k] = v[k * n + i + 1] / h }
            for j in 0...i {
                var g = 0.0
                for k in 0...i { g += v[k * n + i + 1] * v[k * n + j] }
                for k in 0...i { v[k * n + j] -= g * d[k] }
            }
        }
        for k in 0...i { v[k * n + i + 1] = 0 }
    }
    for j in 0..<n {
        d[j] = v[(n - 1) * n + j]
        v[(n - 1) * n + j] = 0
    }
    v[n * n - 1] = 1
    e[0] = 0
}

/// One diagonal: d; v becomes the eigenvectors, as columns.
private func diagonalize(_ v: Numbers, _ d: Numbers, _ e: Numbers, _ n: Int) throws {
    for i in 1..<max(n, 1) { e[i - 1] = e[i] }
    e[n - 1] = 0
    var shift = 0.0, largest = 0.0
    for l in 0..<n {
        try checkInterrupt()
        largest = max(largest, abs(d[l]) + abs(e[l]))
        var m = l
        while m < n - 1, abs(e[m]) > .ulpOfOne * largest { m += 1 }
        var rounds = 0
        while m > l {
            rounds += 1
            guard rounds <= 100 else { throw TensorError.singular("PCA", "the eigenvalues did not converge") }
            var g = d[l], p = (d[l + 1] - g) / (2 * e[l]), r = hypot(p, 1)
            if p < 0 { r = -r }
            d[l] = e[l] / (p + r)
            d[l + 1] = e[l] * (p + r)
            let next = d[l + 1]
            var h = g - d[l]
            for i in stride(from: l + 2, to: n, by: 1) { d[i] -= h }
            shift += h
            p = d[m]
            var c = 1.0, c2 = 1.0, c3 = 1.0, s = 0.0, s2 = 0.0
            let following = e[l + 1]
            for i in stride(from: m - 1, through: l, by: -1) {
                c3 = c2
                c2 = c
                s2 = s
                g = c * e[i]
                h = c * p
                r = hypot(p, e[i])
                e[i + 1] = s * r
                s = e[i] / r
                c = p / r
                p = c * d[i] - s * g
                d[i + 1] = h + s * (c * g + s * d[i])
                for k in 0..<n {
                    let a = v[k * n + i], b = v[k * n + i + 1]
                    v[k * n + i + 1] = s * a + c * b
                    v[k * n + i] = c * a - s * b
                }
            }
            p = -s * s2 * c3 * following * e[l] / next
            e[l] = s * p
            d[l] = c * p
            if abs(e[l]) <= .ulpOfOne * largest { break }
        }
        d[l] += shift
        e[l] = 0
    }
}
