import CKernels

/// A grid of numbers with any number of dimensions, which can be differentiated through.
///
/// A tensor is a reference to storage with a layout and an offset; views share storage. It is not
/// safe to change a tensor on one thread while another uses it.
public final class Tensor {
    /// Changes only where a module converts its parameters.
    public internal(set) var dtype: DType
    public internal(set) var layout: Layout
    public internal(set) var storage: Storage
    /// Position of the first element in the storage, in elements.
    public internal(set) var offset: Int

    /// What computed this tensor, or the leaf that collects its gradient; nil when it needs none.
    /// Out of date for a view whose base was changed in place: see `currentNode`.
    var node: Node?
    /// Which of the node's results this is.
    var outputIndex = 0
    /// The tensor this is a view of.
    var base: Tensor?
    /// How often the history was replaced by changes in place; for a view, its base's number when
    /// the view's own history was written.
    var generation: Int32 = 0
    /// Marks a learnable parameter, which modules register.
    public var isParameter = false
    /// Where `retainGradient` keeps the gradient of a tensor that is not a leaf.
    var retained: RetainedGradient?

    /// Uninitialised elements in a given layout.
    init(uninitialized layout: Layout, _ dtype: DType, operation: String) throws(TensorError) {
        self.dtype = dtype
        self.layout = layout
        storage = try Storage(byteCount: layout.count * dtype.size, operation: operation, shape: layout.shape)
        offset = 0
    }

    /// Uninitialised elements in row-major order.
    convenience init(uninitialized shape: [Int], _ dtype: DType, operation: String) throws(TensorError) {
        try self.init(uninitialized: Layout(contiguous: shape, operation: operation), dtype, operation: operation)
    }

    /// Another look at the same storage; records nothing.
    init(sharing tensor: Tensor, layout: Layout, offset: Int) {
        dtype = tensor.dtype
        self.layout = layout
        storage = tensor.storage
        self.offset = offset
    }

    // MARK: Asking

    @inlinable public var shape: [Int] { layout.shape }
    @inlinable public var strides: [Int] { layout.strides }
    /// Number of dimensions.
    @inlinable public var rank: Int { layout.shape.count }
    /// Number of elements.
    @inlinable public var count: Int { layout.count }
    @inlinable public var isContiguous: Bool { layout.isContiguous }

    /// The first element's address.
    @inlinable public var pointer: UnsafeMutableRawPointer { storage.pointer + offset * dtype.size }

    /// The elements of a contiguous tensor. Valid while the tensor lives.
    ///
    /// - Throws: when the tensor is not contiguous or of another type.
    public func withElements<T: TensorElement, R>(
        _ type: T.Type, _ body: (UnsafeMutableBufferPointer<T>) throws -> R
    ) throws -> R {
        guard dtype == T.dtype else {
            throw TensorError.dtypes("elements", [dtype], expected: "expected \(T.dtype.name)")
        }
        guard isContiguous else { throw TensorError.argument("elements", "the tensor is not contiguous") }
        return try body(.init(start: pointer.assumingMemoryBound(to: T.self), count: count))
    }

    /// The same values without history; shares storage.
    public func detach() -> Tensor {
        let result = Tensor(sharing: self, layout: layout, offset: offset)
        return result
    }

    /// Resolves a dimension, negative ones counting from the end.
    func resolve(dimension: Int, _ operation: String) throws(TensorError) -> Int {
        // A single number accepts 0 and -1, as it would with one dimension.
        let limit = Swift.max(rank, 1)
        guard dimension >= -limit, dimension < limit else { throw .dimension(operation, dimension, rank: rank) }
        return dimension < 0 ? dimension + limit : dimension
    }
}

/// A Swift type that tensors hold.
public protocol TensorElement: Sendable {
    static var dtype: DType { get }
}

extension Bool: TensorElement { public static var dtype: DType { .bool } }
extension UInt8: TensorElement { public static var dtype: DType { .uint8 } }
extension Int32: TensorElement { public static var dtype: DType { .int32 } }
extension Int64: TensorElement { public static var dtype: DType { .int64 } }
extension Float: TensorElement { public static var dtype: DType { .float32 } }
extension Double: TensorElement { public static var dtype: DType { .float64 } }
