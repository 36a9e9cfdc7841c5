/// How a tensor's elements lie in its storage: sizes and strides, in elements.
///
/// Layouts are immutable and shared: an operation whose result has its operand's layout takes the
/// same object, so that small tensors cost no extra allocation.
public final class Layout: Sendable {
    /// Size of each dimension; empty for a single number.
    public let shape: [Int]
    /// Distance between neighbours along each dimension, in elements.
    public let strides: [Int]
    /// Number of elements.
    public let count: Int
    /// Whether elements lie in row-major order without gaps.
    public let isContiguous: Bool
    /// Whether the elements fill a block of memory without gaps or overlap, in any order of dimensions.
    public let isDense: Bool

    /// The most dimensions a tensor can have.
    public static let maximumRank = 16

    init(shape: [Int], strides: [Int]) {
        self.shape = shape
        self.strides = strides
        var count = 1, contiguous = true
        for size in shape { count *= size }
        var expected = 1
        for d in shape.indices.reversed() where shape[d] != 1 {
            if strides[d] != expected { contiguous = false; break }
            expected *= shape[d]
        }
        self.count = count
        isContiguous = contiguous || count == 0
        isDense = isContiguous || Layout.fillsBlock(shape, strides)
    }

    /// Row-major layout of `shape`.
    ///
    /// - Throws: when a size is negative, there are too many dimensions, or the number of elements
    ///   overflows.
    convenience init(contiguous shape: [Int], operation: String) throws(TensorError) {
        try Layout.check(shape, operation: operation)
        self.init(shape: shape, strides: Layout.contiguousStrides(shape))
    }

    static func check(_ shape: [Int], operation: String) throws(TensorError) {
        guard shape.count <= maximumRank else {
            throw .argument(operation, "a tensor has at most \(maximumRank) dimensions, not \(shape.count)")
        }
        var count = 1, overflow = false
        for size in shape {
            if size < 0 { throw .argument(operation, "sizes cannot be negative: \(describe(shape))") }
            if size > 0 {
                let product = count.multipliedReportingOverflow(by: size)
                count = product.partialValue
                overflow = overflow || product.overflow || count > Int.max / 16
            }
        }
        // Also where another size is 0: strides are products of the others.
        if overflow { throw .outOfMemory(operation, shape: shape, bytes: nil) }
    }

    static func contiguousStrides(_ shape: [Int]) -> [Int] {
        var strides = shape
        var step = 1
        for d in shape.indices.reversed() {
            strides[d] = step
            step *= max(shape[d], 1)
        }
        return strides
    }

    private static func fillsBlock(_ shape: [Int], _ strides: [Int]) -> Bool {
        if shape.count == 2, shape[0] > 1, shape[1] > 1 { return strides[0] == 1 && strides[1] == shape[0] }
        let order = shape.indices.filter { shape[$0] != 1 }.sorted { strides[$0] < strides[$1] }
        var expected = 1
        for d in order {
            if strides[d] != expected { return false }
            expected *= shape[d]
        }
        return true
    }

    /// The layout of a single number.
    static let scalar = Layout(shape: [], strides: [])

    public var rank: Int { shape.count }

    /// A dense layout of the same shape whose dimensions are ordered in memory as here; row-major
    /// when this layout has gaps or repeats elements.
    var densest: Layout {
        isDense ? self : Layout(shape: shape, strides: Layout.contiguousStrides(shape))
    }

    static func == (a: Layout, b: Layout) -> Bool {
        a === b || (a.shape == b.shape && a.strides == b.strides)
    }
}

/// A shape as messages print it: `[64, 784]`.
public func describe(_ shape: [Int]) -> String {
    "[" + shape.map(String.init).joined(separator: ", ") + "]"
}
