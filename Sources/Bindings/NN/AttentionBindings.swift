import Learning
import LuaKit
import Tensors

/// What transformer layers apply between their two linear layers: a name, a function or a module.
struct FeedForward: LuaArgument {
    let activation: FeedForwardActivation

    static var luaType: LuaType { LuaType("\"relu\"|\"gelu\"|function|module", phrase: "\"relu\", \"gelu\", a function or a module", annotation: "\"relu\"|\"gelu\"|function|nn.Module") }

    static func read(_ call: Call, at index: Int32) throws -> FeedForward {
        if let name = call.text(at: index), name == "relu" || name == "gelu" { return FeedForward(activation: .named(name)) }
        if let module = call.object(at: index, as: Module.self) { return FeedForward(activation: .module(module)) }
        guard case .function(let function) = call.value(at: index) else { throw call.mismatch(luaType, at: index) }
        return FeedForward(activation: .function { try AutogradFunctions.tensorResult(of: function, [.object($0)], "activation") })
    }

    static func literal(_ value: FeedForward) -> String { "\"relu\"" }
}

extension LayerFunctions {
    /// Attention and transformers.
    @FunctionBuilder static var attention: [Function] {
        Function("nn.MultiheadAttention", "Each query gathers values by how well their keys fit, in several heads (Vaswani et al. 2017).",
            Param("embed_dim", Int.self, "features of queries and of the output"), Param("num_heads", Int.self, "heads that share the features"), Param("dropout", Double.self, default: 0, "probability that a weight is left out in training"), Param("bias", Bool.self, default: true),
            Param("add_bias_kv", Bool.self, default: false, "whether a learnt key and value join those given"), Param("add_zero_attn", Bool.self, default: false, "whether a key and value of zeros join those given"),
            Param("kdim", Int?.self, "features of keys; embed_dim when left out"), Param("vdim", Int?.self, "features of values; embed_dim when left out"), batchFirst,
            returns: "module: y, weights = attn(q, k, v[, {key_padding_mask=, need_weights=, attn_mask=, average_attn_weights=, is_causal=}])",
            details: "q is [L, N, E], k and v [S, N, E], or batch first; y is as q, weights are [N, L, S]. Masks: true blocks, numbers are added to the scores; key_padding_mask is [N, S], attn_mask [L, S] or [N·heads, L, S]. "
                + "With need_weights=false memory grows with the length, not with its square.",
            example: "local attn = nn.MultiheadAttention(8, 2, {batch_first=true})\nlocal x = tensor.rand(1, 5, 8)\nlocal y, weights = attn(x, x, x, {is_causal=true})\nprint(y.shape[3], weights.shape[2])", see: ["tensor.scaled_dot_product_attention", "nn.TransformerEncoderLayer"]
        ) { (dimension: Int, heads: Int, dropout: Double, bias: Bool, biasKV: Bool, zero: Bool, keys: Int?, values: Int?, first: Bool) -> Module in
            try MultiheadAttention(dimension, heads, dropout: dropout, bias: bias, addBiasKV: biasKV, addZeroAttention: zero, keyDimension: keys, valueDimension: values, batchFirst: first)
        }
        transformer("TransformerEncoderLayer", "Self-attention and two linear layers, each with a residual and a normalisation (Vaswani et al. 2017).",
            "module: y = layer(x[, {src_mask=, src_key_padding_mask=, is_causal=}])", call: "layer(x, {is_causal=true})") { try TransformerEncoderLayer($0, $1, $2) }
        transformer("TransformerDecoderLayer", "Self-attention, attention over an encoder's output and two linear layers, each with a residual and a normalisation (Vaswani et al. 2017).",
            "module: y = layer(x, memory[, {tgt_mask=, memory_mask=, tgt_key_padding_mask=, memory_key_padding_mask=, tgt_is_causal=, memory_is_causal=}])", call: "layer(x, x, {tgt_is_causal=true})") { try TransformerDecoderLayer($0, $1, $2) }
        Function("nn.TransformerEncoder", "Copies of an encoder layer, one after the other.", Param("encoder_layer", Module.self, "an nn.TransformerEncoderLayer, which is copied"), Param("num_layers", Int.self, "how many"), Param("norm", Module?.self, "a normalisation at the end"),
            returns: "module: y = encoder(x[, {mask=, src_key_padding_mask=, is_causal=}])", example: "local encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 2)\nprint(encoder(tensor.rand(5, 1, 8)).shape[3])", see: ["nn.TransformerEncoderLayer"]
        ) { (layer: Module, count: Int, norm: Module?) -> Module in
            guard let layer = layer as? TransformerEncoderLayer else { throw LearningError.argument("nn.TransformerEncoder", "encoder_layer must be an nn.TransformerEncoderLayer, got \(layer.luaBrief)") }
            return try TransformerEncoder(layer, count, norm: norm)
        }
        Function("nn.TransformerDecoder", "Copies of a decoder layer, one after the other.", Param("decoder_layer", Module.self, "an nn.TransformerDecoderLayer, which is copied"), Param("num_layers", Int.self, "how many"), Param("norm", Module?.self, "a normalisation at the end"),
            returns: "module: y = decoder(x, memory[, options as nn.TransformerDecoderLayer])", example: "local decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(8, 2, 16), 2)\nlocal x, memory = tensor.rand(5, 1, 8), tensor.rand(6, 1, 8)\nprint(decoder(x, memory, {tgt_is_causal=true}).shape[1])", see: ["nn.TransformerDecoderLayer"]
        ) { (layer: Module, count: Int, norm: Module?) -> Module in
            guard let layer = layer as? TransformerDecoderLayer else { throw LearningError.argument("nn.TransformerDecoder", "decoder_layer must be an nn.TransformerDecoderLayer, got \(layer.luaBrief)") }
            return try TransformerDecoder(layer, count, norm: norm)
        }
        Function("nn.PositionalEncoding", "Adds sines and cosines that tell positions apart (Vaswani et al. 2017).", Param("dim", Int.self, "features of each position"), Param("max_len", Int.self, default: 5000, "the longest sequence"), Param("dropout", Double.self, default: 0, "probability in training"), batchFirst,
            returns: "module [T, N, dim] → the same", example: "print(nn.PositionalEncoding(4)(tensor.zeros(3, 1, 4)).shape[3])", see: ["nn.TransformerEncoder", "nn.Embedding"]
        ) { (dimension: Int, longest: Int, dropout: Double, first: Bool) -> Module in
            try PositionalEncoding(dimension, maxLength: longest, dropout: dropout, batchFirst: first)
        }
    }

    private static var batchFirst: Param<Bool> { Param("batch_first", Bool.self, default: false, "whether inputs are [N, T, E] instead of [T, N, E]") }

    private static func transformer(
        _ name: String, _ summary: String, _ returns: String, call: String, _ make: @escaping (Int, Int, TransformerOptions) throws -> Module
    ) -> Function {
        Function("nn.\(name)", summary, Param("d_model", Int.self, "features of each position"), Param("nhead", Int.self, "heads of the attention"), Param("dim_feedforward", Int.self, default: 2048, "features between the linear layers"), Param("dropout", Double.self, default: 0.1, "probability in training"),
            Param("activation", FeedForward.self, default: FeedForward(activation: .named("relu")), "between the linear layers"), Param("layer_norm_eps", Double.self, default: 1e-5, "added to variances"), batchFirst, Param("norm_first", Bool.self, default: false, "whether parts are normalised before they are applied"), Param("bias", Bool.self, default: true),
            returns: returns, details: "Masks are those of nn.MultiheadAttention: true blocks.", example: "local layer = nn.\(name)(8, 2, 16)\nlocal x = tensor.rand(5, 1, 8)\nprint(\(call).shape[3])", see: ["nn.MultiheadAttention"]
        ) { (dimension: Int, heads: Int, width: Int, dropout: Double, activation: FeedForward, eps: Double, first: Bool, normFirst: Bool, bias: Bool) -> Module in
            var options = TransformerOptions()
            (options.feedforward, options.dropout, options.activation, options.eps) = (width, dropout, activation.activation, eps)
            (options.batchFirst, options.normFirst, options.bias) = (first, normFirst, bias)
            return try make(dimension, heads, options)
        }
    }
}
