import CKernels
import Glibc

/// Linear algebra on matrices and batches of them: the last two dimensions are the matrices.
///
/// Factorizations are LAPACK's; the gradients follow PyTorch's `torch.linalg` and, for most,
/// M. Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
/// differentiation" (2008).
public enum Linalg {}

extension Linalg {
    /// Checks that a tensor holds floating point matrices.
    static func checkMatrices(_ a: Tensor, _ name: String, square: Bool = false) throws(TensorError) {
        guard a.dtype.isFloatingPoint else {
            throw .dtypes(name, [a.dtype], expected: "expected floating point numbers", hint: .text("Convert first: x:float()"))
        }
        guard a.rank >= 2 else { throw .shapes(name, [a.shape], detail: "expected a matrix or a batch of matrices") }
        let rows = a.shape[a.rank - 2], columns = a.shape[a.rank - 1]
        guard rows <= Int(Int32.max), columns <= Int(Int32.max) else {
            throw .shapes(name, [a.shape], detail: "the matrix is too large")
        }
        if square, rows != columns { throw .shapes(name, [a.shape], detail: "the matrix must be square") }
    }

    static func checkFinite(_ a: Tensor, _ name: String) throws(TensorError) {
        let elements = try a.values(as: a.dtype)
        guard nj_first_not_finite(elements.dtype.kernelType, elements.pointer, Int64(elements.count)) < 0 else {
            throw .value(name, "the matrix holds NaN or infinity")
        }
    }

    /// A copy in column-major order, for LAPACK to work on; its own shape is that of the transpose.
    static func columnMajor(_ a: Tensor) throws(TensorError) -> Tensor {
        try a.detach().transpose(-1, -2).contiguousCopy()
    }

    /// The matrices that a column-major tensor holds: a look at the same memory.
    static func rowMajor(_ columns: Tensor) -> Tensor {
        var shape = columns.shape, strides = columns.strides
        shape.swapAt(shape.count - 1, shape.count - 2)
        strides.swapAt(strides.count - 1, strides.count - 2)
        return Tensor(sharing: columns, layout: Layout(shape: shape, strides: strides), offset: columns.offset)
    }

    /// Calls LAPACK for each matrix of a batch. `body` gets the number of the matrix and returns
    /// LAPACK's `info`; a positive one is an error worded by `failure`, unless `whenSingular` takes
    /// the matrix's number.
    ///
    /// - Parameter work: the rough number of operations for one matrix. Long ones run on a thread
    ///   of their own, which an interrupt leaves behind to finish in the background.
    static func forEach(
        _ count: Int, _ name: String, of shape: [Int], work: Double, failure: (Int32) -> String,
        whenSingular: ((Int) -> Void)? = nil, _ body: @escaping (Int) -> Int32
    ) throws(TensorError) {
        for i in 0..<count {
            if nj_interrupted() { throw .interrupted }
            let info = try work < 2e7 ? body(i) : Detached.run { body(i) }
            if info == 0 { continue }
            if info == NJ_LAPACK_MISSING {
                throw .library(name, "needs LAPACK, which is not installed. On Debian: apt install libopenblas0")
            }
            if info == NJ_LAPACK_NO_MEMORY { throw .outOfMemory(name, shape: shape, bytes: nil) }
            guard info > 0 else { throw .library(name, "LAPACK refused argument \(-info)") }
            if let whenSingular {
                whenSingular(i)
                continue
            }
            let which = count == 1 ? "the matrix \(describe(shape))" : "matrix number \(i + 1) of \(describe(shape))"
            throw .singular(name, "\(which) \(failure(info))")
        }
    }

    /// The number of matrices in a batch.
    static func batchCount(_ a: Tensor) -> Int { a.shape.dropLast(2).reduce(1, *) }
}

/// A computation on a thread of its own.
private final class Detached: @unchecked Sendable {
    private let body: () -> Int32
    private var result: Int32?
    private var mutex = pthread_mutex_t()
    private var condition = pthread_cond_t()

    private init(_ body: @escaping () -> Int32) {
        self.body = body
        pthread_mutex_init(&mutex, nil)
        pthread_cond_init(&condition, nil)
    }

    deinit {
        pthread_mutex_destroy(&mutex)
        pthread_cond_destroy(&condition)
    }

    /// Runs `body`, which must keep everything it works on alive, and looks for interrupts.
    static func run(_ body: @escaping () -> Int32) throws(TensorError) -> Int32 {
        let job = Detached(body)
        var thread = pthread_t()
        let started = pthread_create(
            &thread, nil,
            { raw in
                guard let raw else { return nil }
                let job = Unmanaged<Detached>.fromOpaque(raw).takeRetainedValue()
                let result = job.body()
                pthread_mutex_lock(&job.mutex)
                job.result = result
                pthread_cond_signal(&job.condition)
                pthread_mutex_unlock(&job.mutex)
                return nil
            }, Unmanaged.passRetained(job).toOpaque())
        guard started == 0 else {
            Unmanaged.passUnretained(job).release()
            return body()
        }
        pthread_detach(thread)
        pthread_mutex_lock(&job.mutex)
        defer { pthread_mutex_unlock(&job.mutex) }
        while job.result == nil {
            if nj_interrupted() { throw .interrupted }
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            time.tv_nsec += 10_000_000
            if time.tv_nsec >= 1_000_000_000 {
                time.tv_nsec -= 1_000_000_000
                time.tv_sec += 1
            }
            pthread_cond_timedwait(&job.condition, &job.mutex, &time)
        }
        return job.result ?? 0
    }
}
