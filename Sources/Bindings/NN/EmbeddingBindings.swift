import Learning
import LuaKit
import Tensors

/// How `nn.EmbeddingBag` puts rows together.
enum BagChoice: String, CaseIterable, LuaOption {
    case sum, mean, max
    var mode: Tensor.BagMode { self == .sum ? .sum : self == .mean ? .mean : .max }
}

extension LayerFunctions {
    /// Vectors for token ids.
    @FunctionBuilder static var embeddings: [Function] {
        Function("nn.Embedding", "A learnt vector for each token id 1..num_embeddings.", Param("num_embeddings", Int.self, "how many ids there are"), Param("embedding_dim", Int.self, "length of a vector"),
            Param("padding_idx", Position?.self, "an id whose vector is zero and learns nothing"), maxNorm, normType, scaleGrad, sparse,
            returns: "module: ids [...] → [..., embedding_dim]", example: "print(nn.Embedding(10, 3)(tensor{{1, 10}}).shape[3])", see: ["nn.EmbeddingBag", "tensor.embedding"]) { (count: Int, dimension: Int, padding: Position?, norm: Double?, power: Double, scales: Bool, _: AlwaysFalse) -> Module in
            try LuaEmbedding(count, dimension, paddingIndex: padding?.swift, EmbeddingOptions(norm, power, scales))
        }
        Function("nn.EmbeddingBag", "The mean, sum or maximum of the vectors of several token ids.", Param("num_embeddings", Int.self, "how many ids there are"), Param("embedding_dim", Int.self, "length of a vector"),
            maxNorm, normType, scaleGrad, Param("mode", BagChoice.self, default: .mean, "how vectors are put together"), sparse, Param("include_last_offset", Bool.self, default: false, "whether the last offset is the end of the last bag"), Param("padding_idx", Position?.self, "an id that does not count"),
            returns: "module: y = layer(ids [B, n]), or layer(ids [n], offsets [B][, {per_sample_weights=}]) with the position, from 1, where each bag starts",
            example: "print(nn.EmbeddingBag(10, 3)(tensor{1, 2, 5}, tensor{1, 3}).shape[1])", see: ["nn.Embedding"]) { (count: Int, dimension: Int, norm: Double?, power: Double, scales: Bool, mode: BagChoice, _: AlwaysFalse, last: Bool, padding: Position?) -> Module in
            try LuaEmbeddingBag(count, dimension, mode: mode.mode, includeLastOffset: last, paddingIndex: padding?.swift, EmbeddingOptions(norm, power, scales))
        }
    }

    private static var maxNorm: Param<Double?> { Param("max_norm", Double?.self, "vectors longer than this are shortened, in place, when they are looked up") }
    private static var normType: Param<Double> { Param("norm_type", Double.self, default: 2, "the power of the norm for max_norm") }
    private static var scaleGrad: Param<Bool> { Param("scale_grad_by_freq", Bool.self, default: false, "whether an id's gradient is divided by how often it comes") }
    private static var sparse: Param<AlwaysFalse> { Param("sparse", AlwaysFalse.self, default: AlwaysFalse(), "only false is possible: gradients hold all rows") }
}

/// An option of PyTorch's that can only be false here.
struct AlwaysFalse: LuaArgument {
    static var luaType: LuaType { LuaType("false", phrase: "false") }
    static func read(_ call: Call, at index: Int32) throws -> AlwaysFalse {
        guard case .boolean(false) = call.value(at: index) else { throw call.mismatch(luaType, at: index) }
        return AlwaysFalse()
    }
    static func literal(_ value: AlwaysFalse) -> String { "false" }
}

extension EmbeddingOptions {
    init(_ norm: Double?, _ power: Double, _ averages: Bool) {
        self.init()
        limit = norm.map { Tensor.NormLimit($0, power: power) }
        averagesGradient = averages
    }
}

/// An embedding whose ids count from 1, wherever in a model it is called.
final class LuaEmbedding: Embedding {
    override func forward(_ input: Tensor) throws -> Tensor { try super.forward(input.labels(kind, "the ids")) }
    override func makeSimilar() throws -> Module { try LuaEmbedding(count, dimension, paddingIndex: paddingIndex, options) }
    override var kind: String { "Embedding" }
    override var details: String { "\(count), \(dimension)" + (paddingIndex.map { ", padding_idx=\($0 + 1)" } ?? "") }
    override var sampleValue: Scalar { .int(1) }
}

/// Bags of embeddings whose ids and offsets count from 1.
final class LuaEmbeddingBag: EmbeddingBag {
    override func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        var inputs = inputs
        for i in inputs.indices.prefix(2) { inputs[i] = try inputs[i].labels(kind, "the ids") }
        return try super.forward(inputs)
    }
    override func makeSimilar() throws -> Module {
        try LuaEmbeddingBag(count, dimension, mode: mode, includeLastOffset: includeLastOffset, paddingIndex: paddingIndex, options)
    }
    override var kind: String { "EmbeddingBag" }
    override var sampleValue: Scalar { .int(1) }
}
