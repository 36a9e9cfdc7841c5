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
            Param("padding_idx", Position?.self, "an id whose vector is zero and learns nothing"),
            returns: "module: ids [...] → [..., embedding_dim]", example: "print(nn.Embedding(10, 3)(tensor{{1, 10}}).shape[3])", see: ["nn.EmbeddingBag", "tensor.embedding"]) { (count: Int, dimension: Int, padding: Position?) -> Module in
            try LuaEmbedding(count, dimension, paddingIndex: padding?.swift)
        }
        Function("nn.EmbeddingBag", "The mean, sum or maximum of the vectors of several token ids.", Param("num_embeddings", Int.self, "how many ids there are"), Param("embedding_dim", Int.self, "length of a vector"),
            Param("mode", BagChoice.self, default: .mean, "how vectors are put together"), Param("include_last_offset", Bool.self, default: false, "whether the last offset is the end of the last bag"), Param("padding_idx", Position?.self, "an id that does not count"),
            returns: "module: y = layer(ids [B, n]), or layer(ids [n], offsets [B][, weights [n]]) with the position, from 1, where each bag starts",
            example: "print(nn.EmbeddingBag(10, 3)(tensor{1, 2, 5}, tensor{1, 3}).shape[1])", see: ["nn.Embedding"]) { (count: Int, dimension: Int, mode: BagChoice, last: Bool, padding: Position?) -> Module in
            try LuaEmbeddingBag(count, dimension, mode: mode.mode, includeLastOffset: last, paddingIndex: padding?.swift)
        }
    }
}

/// An embedding whose ids count from 1, wherever in a model it is called.
final class LuaEmbedding: Embedding {
    override func forward(_ input: Tensor) throws -> Tensor { try super.forward(input.labels(kind, "the ids")) }
    override func makeSimilar() throws -> Module { try LuaEmbedding(count, dimension, paddingIndex: paddingIndex) }
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
        try LuaEmbeddingBag(count, dimension, mode: mode, includeLastOffset: includeLastOffset, paddingIndex: paddingIndex)
    }
    override var kind: String { "EmbeddingBag" }
    override var sampleValue: Scalar { .int(1) }
}
