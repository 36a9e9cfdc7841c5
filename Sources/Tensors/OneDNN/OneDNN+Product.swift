import CKernels
import COneDNN

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

    /// `c = alpha * a b + beta * c` for row-major `c`, in float32; with a bias, `c = a b + bias`.
    ///
    /// Large products are cut into blocks of a fixed size, so that an interrupt is noticed soon
    /// and the result's bits do not depend on when it was looked for.
    static func product(
        _ m: Int, _ n: Int, _ k: Int, _ a: Operand, _ b: Operand, into c: UnsafeMutablePointer<Float>, step: Int,
        alpha: Float = 1, beta: Float = 0, bias: UnsafePointer<Float>? = nil
    ) throws(TensorError) {
        if m == 0 || n == 0 { return }
        // Saturates where the product of three sizes would overflow.
        let work = m.multipliedReportingOverflow(by: n).partialValue > stretch / max(k, 1) ? Int.max : m * n * k
        // Measured: with a transposed second operand the primitive is up to 1.5 times as fast as
        // sgemm from 16 rows on; everywhere else sgemm is at least as fast, and needs no compiling.
        if b.isTransposed, !a.isTransposed, m >= 16, n >= 8, work >= 1 << 16, work <= stretch, alpha == 1, beta == 0 {
            return try compiled(m, n, k, a, b, into: c, step: step, bias: bias)
        }
        var beta = beta
        if let bias {
            nj_repeat_row(c, bias, Int64(m), Int64(n), Int64(step), 4)
            beta = 1
        }
        if work <= stretch { return try block(m, n, k, a, b, into: c, step: step, alpha, beta) }
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
        try check(dnnl_sgemm(
            a.flag, b.flag, dnnl_dim_t(m), dnnl_dim_t(n), dnnl_dim_t(k), alpha, a.pointer, dnnl_dim_t(a.step),
            b.pointer, dnnl_dim_t(b.step), beta, c, dnnl_dim_t(step)))
    }

    // MARK: The matmul primitive

    /// `c = a bᵀ (+ bias)`.
    private static func compiled(
        _ m: Int, _ n: Int, _ k: Int, _ a: Operand, _ b: Operand, into c: UnsafeMutablePointer<Float>, step: Int,
        bias: UnsafePointer<Float>?
    ) throws(TensorError) {
        let key = [m, n, k, a.step, b.step, step, bias == nil ? 0 : 1]
        let primitive = try Context.current().cached(productKind, key) { () throws(TensorError) in
            var left = try strided([m, k], [a.step, 1]), right = try strided([k, n], [1, b.step])
            var row = try strided([1, n], [n, 1]), out = try strided([m, n], [step, 1])
            var operation = dnnl_matmul_desc_t()
            if bias == nil {
                try check(dnnl_matmul_desc_init(&operation, &left, &right, nil, &out))
            } else {
                try check(dnnl_matmul_desc_init(&operation, &left, &right, &row, &out))
            }
            let engine = try Context.current().engine
            return try withAttributes { attributes throws(TensorError) in
                var description: dnnl_primitive_desc_t?
                try check(dnnl_primitive_desc_create(&description, &operation, attributes, engine, nil))
                guard let description else { throw .library("oneDNN", "no product") }
                defer { dnnl_primitive_desc_destroy(description) }
                let arguments = [(DNNL_ARG_SRC, left), (DNNL_ARG_WEIGHTS, right), (DNNL_ARG_DST, out)]
                return try Primitive(description, bias == nil ? arguments : arguments + [(DNNL_ARG_BIAS, row)])
            }
        }
        let x = UnsafeMutableRawPointer(mutating: a.pointer), w = UnsafeMutableRawPointer(mutating: b.pointer)
        if let bias {
            try primitive.run(x, w, c, UnsafeMutableRawPointer(mutating: bias))
        } else {
            try primitive.run(x, w, c)
        }
    }

    /// Marks products in a thread's cache; convolutions have smaller numbers.
    private static let productKind = 1 << 10

    /// A float32 array with any strides.
    private static func strided(_ shape: [Int], _ strides: [Int]) throws(TensorError) -> dnnl_memory_desc_t {
        var result = dnnl_memory_desc_t()
        try check(dnnl_memory_desc_init_by_strides(
            &result, Int32(shape.count), shape.map(Int64.init), dnnl_f32, strides.map(Int64.init)))
        return result
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
