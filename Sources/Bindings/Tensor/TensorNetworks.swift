import LuaKit
import Tensors

extension Tensor.Interpolation: LuaOption {}

extension TensorFunctions {
    /// Further parts of networks: tables of vectors, attention, changing sizes, comparing vectors.
    @FunctionBuilder static var networks: [Function] {
        Function("tensor.embedding", "Rows of a table by number: a vector for each token id.", Param("input", Tensor.self, shape: "[…]", "token ids, from 1"), Param("weight", Tensor.self, shape: "[V, D]", "the table"), Param("padding_idx", Position?.self, "an id whose row gets no gradient"),
            Param("max_norm", Double?.self, "rows longer than this are shortened, in place, when they are looked up"), Param("norm_type", Double.self, default: 2, "the power of the norm for max_norm"), Param("scale_grad_by_freq", Bool.self, default: false, "whether an id's gradient is divided by how often it comes"), Param("sparse", AlwaysFalse.self, default: AlwaysFalse(), "only false is possible: gradients hold all rows"),
            returns: "tensor […, D]", example: "print(tensor.embedding(tensor{2, 1}, tensor{{1, 2}, {3, 4}}))", see: ["tensor.one_hot"]) { (ids: Tensor, weight: Tensor, padding: Position?, norm: Double?, power: Double, averages: Bool, _: AlwaysFalse) in
            try Tensor.embedding(
                ids.labels("embedding", "the ids"), weight, paddingIndex: padding?.swift, limit: norm.map { Tensor.NormLimit($0, power: power) }, averagesGradient: averages)
        }
        Function("tensor.one_hot", "1 at each label's place and 0 elsewhere, in a new last dimension.", Param("input", Tensor.self, shape: "[…]", "labels, from 1"), Param("num_classes", Int.self, default: -1, "size of the new dimension; -1: the largest label"),
            returns: "tensor […, C] of int64", example: "print(tensor{1, 3}:one_hot(3))", see: ["tensor.embedding"]) { (labels: Tensor, classes: Int) in
            guard classes >= -1 else { throw TensorError.argument("one_hot", "num_classes must not be negative, got \(classes)") }
            let places = try labels.labels("one_hot")
            if classes == -1, places.count > 0, try places.amin().scalar().intValue < 0 {
                throw TensorError.value("one_hot", "labels count from 1, got \(try places.amin().scalar().intValue &+ 1)")
            }
            return try places.oneHot(classes == -1 ? nil : classes)
        }
        Function("tensor.scaled_dot_product_attention", "softmax(query · keyᵀ · scale) · value: for each query, the values weighted by how well their keys fit.", Param("query", Tensor.self, shape: "[…, L, E]", "what is asked for"), Param("key", Tensor.self, shape: "[…, S, E]", "what it is compared with"), Param("value", Tensor.self, shape: "[…, S, V]", "what is returned"),
            Param("attn_mask", Tensor?.self, shape: "[…, L, S]", "bool: true takes part; or numbers added to the scores"), Param("dropout_p", Double.self, default: 0, "probability that a weight is left out"), Param("is_causal", Bool.self, default: false, "whether query i sees keys 1..i only"), Param("scale", Double?.self, "1 / √E when left out"), Param("enable_gqa", Bool.self, default: false, "whether several heads of queries, dimension -3, share one of keys and values"),
            returns: "tensor […, L, V]", details: "Memory grows with the context, not with its square.", example: "local q, k, v = tensor.rand(2, 4), tensor.rand(3, 4), tensor.rand(3, 5)\nprint(tensor.scaled_dot_product_attention(q, k, v).shape[2])"
        ) { (q: Tensor, k: Tensor, v: Tensor, mask: Tensor?, dropout: Double, causal: Bool, scale: Double?, grouped: Bool) in
            func shared(_ x: Tensor) throws -> Tensor {
                guard grouped, q.rank >= 3, x.rank == q.rank, x.shape[q.rank - 3] != q.shape[q.rank - 3] else { return x }
                let heads = q.shape[q.rank - 3], groups = x.shape[q.rank - 3]
                guard groups > 0, heads % groups == 0 else {
                    throw TensorError.shapes("scaled_dot_product_attention", [q.shape, x.shape], detail: "\(heads) heads of queries cannot share \(groups)")
                }
                return try x.repeatInterleave(heads / groups, -3)
            }
            return try Tensor.scaledDotProductAttention(q, shared(k), shared(v), mask: mask, dropout: dropout, causal: causal, scale: scale)
        }
        Function("tensor.interpolate", "Sequences, pictures or volumes brought to another size.", Param("input", Tensor.self, shape: "[N, C, …]"), Param("size", OneOrMany<Int>?.self, "sizes of the result"), Param("scale_factor", OneOrMany<Double>?.self, "or how many times larger"),
            Param("mode", Tensor.Interpolation.self, default: .nearest, "how values between positions are found"), Param("align_corners", Bool.self, default: false, "whether the first and last positions coincide, instead of the outer edges"),
            Param("recompute_scale_factor", Bool.self, default: false, "whether positions follow from the sizes, rounded down, instead of the given factor"), Param("antialias", Bool.self, default: false, "whether a smaller picture (bilinear, bicubic) averages over what it leaves out"),
            returns: "tensor [N, C, …]", example: "print(tensor{1, 2}:reshape(1, 1, 2):interpolate{scale_factor=2})"
        ) { (x: Tensor, size: OneOrMany<Int>?, scale: OneOrMany<Double>?, mode: Tensor.Interpolation, aligned: Bool, recomputed: Bool, smooth: Bool) in
            try x.interpolate(size: size?.values, scale: scale?.values, mode: mode, alignCorners: aligned, recomputesScale: recomputed, antialias: smooth)
        }
        Function("tensor.pixel_shuffle", "Channels turned into space: [N, C·r², H, W] gives [N, C, H·r, W·r].", Param("input", Tensor.self, shape: "[…, C·r², H, W]"), Param("upscale_factor", Int.self, "r"),
            returns: "tensor […, C, H·r, W·r]", example: "print(tensor.rand(1, 4, 2, 2):pixel_shuffle(2).shape[3])", see: ["tensor.pixel_unshuffle"]) { (x: Tensor, factor: Int) in try x.pixelShuffle(factor) }
        Function("tensor.pixel_unshuffle", "Space turned into channels: the inverse of pixel_shuffle.", Param("input", Tensor.self, shape: "[…, C, H·r, W·r]"), Param("downscale_factor", Int.self, "r"),
            returns: "tensor […, C·r², H, W]", example: "print(tensor.rand(1, 1, 4, 4):pixel_unshuffle(2).shape[2])", see: ["tensor.pixel_shuffle"]) { (x: Tensor, factor: Int) in try x.pixelUnshuffle(factor) }
        Function("tensor.cosine_similarity", "The cosine of the angle between vectors along a dimension.", Param("x1", Tensor.self, "vectors"), Param("x2", Tensor.self, "vectors, broadcast with x1"), Param("dim", Dimension.self, default: Dimension(offset: 1)), Param("eps", Double.self, default: 1e-8, "the least length of a vector"),
            returns: "tensor without that dimension", example: "print(tensor.cosine_similarity(tensor{{1, 0}}, tensor{{1, 1}}))", see: ["tensor.dot"]) { (a: Tensor, b: Tensor, dim: Dimension, eps: Double) in
            try Tensor.cosineSimilarity(a, b, dim.swift, eps: eps)
        }
    }
}
