import CKernels
import COneDNN

/// What Nightjar uses of oneDNN; everything that knows the library stands in this folder.
enum OneDNN {}

extension OneDNN {
    /// A float32 matrix whose rows, or columns when `isTransposed`, lie contiguously, `step`
    /// elements apart.
    struct Operand {
        let pointer: UnsafePointer<Float>
        let step: Int
        let isTransposed: Bool
    }

    /// Multiplications and additions between two looks at the interrupt flag.
    private static let stretch = 1 << 30
    private static let blockRows = 512, blockColumns = 1024, blockInner = 2048

    /// `c = alpha * a b + beta * c` for row-major `c`, in float32.
    ///
    /// Large products are cut into blocks of a fixed size, so that an interrupt is noticed soon
    /// and the result's bits do not depend on when it was looked for.
    static func product(
        _ m: Int, _ n: Int, _ k: Int, _ a: Operand, _ b: Operand, into c: UnsafeMutablePointer<Float>, step: Int,
        alpha: Float = 1, beta: Float = 0
    ) throws(TensorError) {
        if m == 0 || n == 0 { return }
        if m.multipliedReportingOverflow(by: n).partialValue <= stretch / max(k, 1) {
            return try block(m, n, k, a, b, into: c, step: step, alpha, beta)
        }
        for i in stride(from: 0, to: m, by: blockRows) {
            for j in stride(from: 0, to: n, by: blockColumns) {
                for p in stride(from: 0, to: k, by: blockInner) {
                    if nj_interrupted() { throw .interrupted }
                    try block(
                        min(blockRows, m - i), min(blockColumns, n - j), min(blockInner, k - p),
                        a.moved(i, p), b.moved(p, j), into: c + i * step + j, step: step, alpha, p == 0 ? beta : 1)
                }
            }
        }
    }

    private static func block(
        _ m: Int, _ n: Int, _ k: Int, _ a: Operand, _ b: Operand, into c: UnsafeMutablePointer<Float>, step: Int,
        _ alpha: Float, _ beta: Float
    ) throws(TensorError) {
        let status = dnnl_sgemm(
            a.flag, b.flag, dnnl_dim_t(m), dnnl_dim_t(n), dnnl_dim_t(k), alpha, a.pointer, dnnl_dim_t(a.step),
            b.pointer, dnnl_dim_t(b.step), beta, c, dnnl_dim_t(step))
        guard status == dnnl_success else { throw .library("matmul", "oneDNN failed with status \(status.rawValue)") }
    }
}

extension OneDNN.Operand {
    fileprivate var flag: CChar { isTransposed ? 84 : 78 }  // 'T', 'N'

    fileprivate func moved(_ row: Int, _ column: Int) -> Self {
        .init(
            pointer: pointer + (isTransposed ? column * step + row : row * step + column), step: step,
            isTransposed: isTransposed)
    }
}
