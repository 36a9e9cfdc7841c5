import CKernels

/// A block of memory that tensors share.
public final class Storage {
    public let pointer: UnsafeMutableRawPointer
    /// Bytes asked for; the block may be larger.
    public let byteCount: Int
    private let capacity: Int
    /// Counts changes in place, so that a gradient never uses values that were overwritten.
    var version: Int32 = 0
    /// Where the user's program last changed the elements in place.
    var lastChange = nj_position()
    /// The same numbers in the layout of a kernel that uses them again and again.
    var prepared: PreparedWeights?

    /// Uninitialised memory.
    init(byteCount: Int, operation: String, shape: [Int]) throws(TensorError) {
        var capacity = 0
        guard let pointer = nj_allocate(byteCount, &capacity) else {
            throw .outOfMemory(operation, shape: shape, bytes: byteCount)
        }
        self.pointer = pointer
        self.byteCount = byteCount
        self.capacity = capacity
    }

    deinit { nj_release(pointer, capacity) }
}

/// What tensors use of the machine's memory.
public enum Memory {
    /// Bytes in use, bytes kept for reuse, and the highest number in use so far.
    public static var statistics: (live: Int, cached: Int, peak: Int) {
        let s = nj_memory()
        return (Int(s.live), Int(s.cached), Int(s.peak))
    }

    public static func resetPeak() { nj_reset_peak_memory() }

    /// Tells a collector of bytes that are held elsewhere, and with a negative number that they are gone.
    public static func countForeign(_ bytes: Int) { nj_count_foreign_bytes(Int64(bytes)) }

    /// Gives memory kept for reuse back to the system.
    public static func releaseCache() { nj_release_cached_memory() }
}

/// The threads that kernels share.
public enum Threads {
    public static var count: Int {
        get { Int(nj_num_threads()) }
        set { nj_set_num_threads(Int32(clamping: newValue)) }
    }
}
