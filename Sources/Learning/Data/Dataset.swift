import CKernels
import Tensors

/// Examples that can be asked for by position.
///
/// An example is a list of tensors, the target last: `[x, y]`.
public protocol Dataset: AnyObject {
    var count: Int { get }
    /// The names of the classes in order, for sets of classes.
    var classes: [String]? { get }
    /// One example, without a dimension for the batch.
    func get(_ index: Int) throws -> [Tensor]
    /// Several examples at once, stacked along a new first dimension.
    func batch(_ indices: [Int]) throws -> [Tensor]
    /// The same in one pass over the data, whose chance decides how random changes of examples turn out.
    func batch(_ indices: [Int], _ chance: Chance) throws -> [Tensor]
    /// Whether batches may be made on any thread.
    var isThreadSafe: Bool { get }
    /// Whether an example comes out differently each time.
    var isRandom: Bool { get }
    /// The last tensor of every example as a whole number, for splitting by class; nil where that
    /// would take reading everything.
    func labels() throws -> [Int]?
}

extension Dataset {
    public var classes: [String]? { nil }

    public func batch(_ indices: [Int]) throws -> [Tensor] {
        try collate(indices.map { index in
            try checkInterrupt()
            return try get(index)
        })
    }

    public func batch(_ indices: [Int], _ chance: Chance) throws -> [Tensor] { try batch(indices) }
    public var isThreadSafe: Bool { false }
    public var isRandom: Bool { false }
    public func labels() throws -> [Int]? { nil }

    /// Refuses a position outside of the set.
    public func check(_ index: Int) throws {
        guard index >= 0, index < count else {
            throw TensorError.index("dataset", index, dimension: 0, shape: [count])
        }
    }
}

/// Stacks examples into a batch.
///
/// - Throws: when examples differ in their number of tensors or in their shapes.
public func collate(_ examples: [[Tensor]]) throws -> [Tensor] {
    guard let first = examples.first else { return [] }
    return try first.indices.map { part in
        let tensors = try examples.enumerated().map { i, example in
            guard example.count == first.count else {
                throw LearningError.argument("DataLoader", "example \(i) of the batch has \(example.count) parts, the first has \(first.count)")
            }
            return example[part]
        }
        return try Tensor.stack(tensors, 0)
    }
}

/// Throws when the user asked to stop.
public func checkInterrupt() throws {
    if nj_interrupted() { throw TensorError.interrupted }
}

/// Examples that are the rows of tensors.
///
/// Bytes may stand for numbers: with `scale`, the first tensor's uint8 elements are delivered as
/// float32 `value / scale`, which keeps pictures at a quarter of the memory.
public final class TensorDataset: Dataset {
    public let tensors: [Tensor]
    public let classes: [String]?
    public let scale: Float?
    private let table: [Float]

    /// - Throws: when there are no tensors, one is a single number, or their first dimensions differ.
    public init(_ tensors: [Tensor], classes: [String]? = nil, scale: Float? = nil) throws {
        guard let first = tensors.first else {
            throw LearningError.argument("TensorDataset", "there are no tensors")
        }
        for tensor in tensors where tensor.rank == 0 || tensor.shape[0] != first.shape.first {
            throw TensorError.shapes(
                "TensorDataset", tensors.map(\.shape), detail: "all tensors must have the same number of rows")
        }
        if scale != nil, first.dtype != .uint8 {
            throw TensorError.dtypes("TensorDataset", [first.dtype], expected: "scaled elements are uint8")
        }
        self.tensors = try tensors.map { try $0.detach().contiguous() }
        self.classes = classes
        self.scale = scale
        table = scale.map { scale in (0..<256).map { Float($0) / scale } } ?? []
    }

    public convenience init(_ x: Tensor, _ y: Tensor, classes: [String]? = nil) throws {
        try self.init([x, y], classes: classes)
    }

    public var count: Int { tensors[0].shape[0] }
    public var isThreadSafe: Bool { true }

    public func get(_ index: Int) throws -> [Tensor] {
        try check(index)
        return try batch([index]).map { try $0.select(0, 0) }
    }

    public func batch(_ indices: [Int]) throws -> [Tensor] {
        let bad = indices.withUnsafeBufferPointer { nj_find_bad_index(TensorDataset.int64($0), Int64($0.count), Int64(count)) }
        if bad >= 0 { try check(indices[Int(bad)]) }
        return try tensors.enumerated().map { i, tensor in
            let isScaled = i == 0 && scale != nil
            let rows = try Tensor.empty([indices.count] + tensor.shape[1...], isScaled ? .float32 : tensor.dtype)
            let rowCount = tensor.shape[1...].reduce(1, *)
            indices.withUnsafeBufferPointer { indices in
                let positions = TensorDataset.int64(indices), n = Int64(indices.count)
                if isScaled {
                    nj_gather_bytes(
                        rows.pointer.assumingMemoryBound(to: Float.self),
                        tensor.pointer.assumingMemoryBound(to: UInt8.self), Int64(rowCount), positions, n, table)
                } else {
                    nj_gather_rows(rows.pointer, tensor.pointer, Int64(rowCount * tensor.dtype.size), positions, n)
                }
            }
            return rows
        }
    }

    public func labels() throws -> [Int]? {
        guard tensors.count > 1, let target = tensors.last, target.rank == 1 else { return nil }
        let whole = try target.wholeNumbers("labels", "labels")
        return try whole.withElements(Int64.self) { $0.map { Int($0) } }
    }

    /// Swift's Int is C's int64_t on every platform this runs on.
    private static func int64(_ buffer: UnsafeBufferPointer<Int>) -> UnsafePointer<Int64>? {
        UnsafeRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: Int64.self)
    }
}

/// Some of another set's examples, in an order of its own.
public final class Subset: Dataset {
    public let base: any Dataset
    public let indices: [Int]

    /// - Throws: for a position outside of the set.
    public init(_ base: any Dataset, _ indices: [Int]) throws {
        for index in indices { try base.check(index) }
        if let subset = base as? Subset {
            self.base = subset.base
            self.indices = indices.map { subset.indices[$0] }
        } else {
            self.base = base
            self.indices = indices
        }
    }

    public var count: Int { indices.count }
    public var classes: [String]? { base.classes }
    public var isThreadSafe: Bool { base.isThreadSafe }
    public var isRandom: Bool { base.isRandom }

    public func get(_ index: Int) throws -> [Tensor] {
        try check(index)
        return try base.get(indices[index])
    }

    public func batch(_ positions: [Int]) throws -> [Tensor] {
        for position in positions { try check(position) }
        return try base.batch(positions.map { indices[$0] })
    }

    public func batch(_ positions: [Int], _ chance: Chance) throws -> [Tensor] {
        for position in positions { try check(position) }
        return try base.batch(positions.map { indices[$0] }, chance)
    }

    public func labels() throws -> [Int]? {
        guard let all = try base.labels() else { return nil }
        return indices.map { all[$0] }
    }
}
