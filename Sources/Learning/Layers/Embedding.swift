import Tensors

/// What tables of vectors may do beside being looked up.
public struct EmbeddingOptions: Sendable {
    /// Rows longer than this are shortened when they are looked up.
    public var limit: Tensor.NormLimit?
    /// Whether a row's gradient is divided by how often it was looked up.
    public var averagesGradient = false

    public init() {}
}

/// A learnt vector for each of `count` numbers: positions […] → […, dim].
///
/// Parameter: `weight` [count, dim], drawn from a normal distribution; the row `paddingIndex` is zero
/// and gets no gradient.
open class Embedding: Module {
    public let count: Int
    public let dimension: Int
    public let paddingIndex: Int?
    public let options: EmbeddingOptions

    public init(_ count: Int, _ dimension: Int, paddingIndex: Int? = nil, _ options: EmbeddingOptions = EmbeddingOptions()) throws {
        (self.count, self.dimension, self.options) = (count, dimension, options)
        self.paddingIndex = try Embedding.position(paddingIndex, count, "Embedding")
        super.init()
        try requirePositive("Embedding", ("embedding_dim", dimension))
        try register(parameter: Embedding.table(count, dimension, self.paddingIndex), "weight")
    }

    open override func forward(_ input: Tensor) throws -> Tensor {
        try Tensor.embedding(
            input, required("weight"), paddingIndex: paddingIndex, limit: options.limit, averagesGradient: options.averagesGradient)
    }

    open override func makeSimilar() throws -> Module { try Embedding(count, dimension, paddingIndex: paddingIndex, options) }
    open override var details: String { "\(count), \(dimension)" + (paddingIndex.map { ", padding_idx=\($0)" } ?? "") }
    open override var inputDType: DType { .int64 }
    public override func formula(of shape: [Int]) -> String { product(shape) }

    /// A position from the start, from one that may count from the end.
    static func position(_ index: Int?, _ count: Int, _ operation: String) throws -> Int? {
        try requirePositive(operation, ("num_embeddings", count))
        guard let index else { return nil }
        guard index >= 0 ? index < count : -(index + 1) < count else { throw TensorError.index(operation, index, dimension: 0, shape: [count]) }
        return index < 0 ? index + count : index
    }

    static func table(_ count: Int, _ dimension: Int, _ paddingIndex: Int?) throws -> Tensor {
        let table = try Initialize.normal(Tensor.zeros([count, dimension]))
        if let paddingIndex { try table.select(0, paddingIndex).fill_(0) }
        return table
    }
}

/// Sums, means or maxima of learnt vectors: bags [B, n] → [B, dim]; or positions [n], cut into bags
/// at offsets [B], as a second input.
open class EmbeddingBag: Module {
    public let count: Int
    public let dimension: Int
    public let mode: Tensor.BagMode
    public let includeLastOffset: Bool
    public let paddingIndex: Int?
    public let options: EmbeddingOptions

    public init(
        _ count: Int, _ dimension: Int, mode: Tensor.BagMode = .mean, includeLastOffset: Bool = false, paddingIndex: Int? = nil,
        _ options: EmbeddingOptions = EmbeddingOptions()
    ) throws {
        (self.count, self.dimension, self.mode, self.includeLastOffset, self.options) = (count, dimension, mode, includeLastOffset, options)
        self.paddingIndex = try Embedding.position(paddingIndex, count, "EmbeddingBag")
        super.init()
        try requirePositive("EmbeddingBag", ("embedding_dim", dimension))
        try register(parameter: Embedding.table(count, dimension, self.paddingIndex), "weight")
    }

    /// Bags, or positions, offsets and, for sums, a weight for each position.
    open override func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        guard (1...3).contains(inputs.count) else {
            throw LearningError.argument("EmbeddingBag", "takes positions, offsets and weights, got \(inputs.count) inputs")
        }
        return [try compute(inputs[0], inputs.count > 1 ? inputs[1] : nil, inputs.count > 2 ? inputs[2] : nil)]
    }

    /// Bags, or positions with offsets; weights for each position of sums.
    public func run(_ input: Tensor, offsets: Tensor?, weights: Tensor?) throws -> Tensor {
        try observed([input]) { [try compute(input, offsets, weights)] }[0]
    }

    private func compute(_ input: Tensor, _ offsets: Tensor?, _ weights: Tensor?) throws -> Tensor {
        try Tensor.embeddingBag(
            input, required("weight"), offsets: offsets, mode: mode, perSampleWeights: weights, includeLastOffset: includeLastOffset,
            paddingIndex: paddingIndex, limit: options.limit, averagesGradient: options.averagesGradient)
    }

    open override func forward(_ input: Tensor) throws -> Tensor { try forward([input])[0] }
    open override func makeSimilar() throws -> Module {
        try EmbeddingBag(count, dimension, mode: mode, includeLastOffset: includeLastOffset, paddingIndex: paddingIndex, options)
    }
    open override var details: String { "\(count), \(dimension)" }
    open override var inputDType: DType { .int64 }
    public override func formula(of shape: [Int]) -> String { product(shape) }
}
