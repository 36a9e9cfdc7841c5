import CKernels

// Scaled dot-product attention. The weights are never held as a whole: forward and backward work in
// blocks, so that memory grows with the context, not with its square ("FlashAttention", Dao et al. 2022).

extension Tensor {
    /// `softmax(q kᵀ · scale) v` for queries `[…, L, E]`, keys `[…, S, E]` and values `[…, S, V]`.
    ///
    /// A boolean mask, of a shape that broadcasts to `[…, L, S]`, says which keys take part; a floating one
    /// is added to the scores. With `causal`, query i sees the keys up to i. `scale` defaults to 1/√E;
    /// `dropout` is the probability that a weight is left out. Queries that see no key give 0. As PyTorch's
    /// `scaled_dot_product_attention`.
    public static func scaledDotProductAttention(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, mask: Tensor? = nil, dropout: Double = 0, causal: Bool = false,
        scale: Double? = nil
    ) throws(TensorError) -> Tensor {
        let name = "scaled_dot_product_attention"
        let lead = try checkAttention(name, q, k, v, mask, causal: causal)
        let factor = scale ?? 1 / Double(Swift.max(q.shape[q.rank - 1], 1)).squareRoot()
        // Rare wishes go the long way.
        if dropout > 0 || (mask?.requiresGrad ?? false) && Autograd.isEnabled {
            return try attentionByParts(q, k, v, mask, dropout, causal, factor).output
        }
        let shape = lead + [q.shape[q.rank - 2], v.shape[v.rank - 1]]
        let qs = try AttentionTokens(q, lead), ks = try AttentionTokens(k, lead), vs = try AttentionTokens(v, lead)
        let out = try Tensor(uninitialized: .attention(shape, like: q), q.dtype, operation: name)
        let marks = try mask.map { (m) throws(TensorError) in try AttentionMask(m, lead + [shape[lead.count], k.shape[k.rank - 2]]) }
        let call = AttentionCall(
            name: name, queries: shape[lead.count], keys: k.shape[k.rank - 2], width: q.shape[q.rank - 1],
            valueWidth: v.shape[v.rank - 1], scale: factor, causal: causal, mask: marks)
        let sums = try call.forward(qs, ks, vs, out: AttentionTokens(out, lead))
        guard Autograd.isRecording([q, k, v]) else { return out }
        let saved: [SavedValue] = [.input(0), .input(1), .input(2), .result, .tensor(sums)] + (mask.map { [.tensor($0)] } ?? [])
        let isMasked = mask != nil
        return try out.recorded(name, [q, k, v], saving: saved) { node, g in
            let q = try node.saved(0), k = try node.saved(1), v = try node.saved(2)
            let mask = isMasked ? try node.saved(5) : nil
            if node.isDifferentiatingTwice {
                return try node.recomputed([q, k, v], [g]) { all in
                    [try attentionByParts(all[0], all[1], all[2], mask, 0, causal, factor).output]
                }
            }
            let gradients = try [q, k, v].map { (t) throws(TensorError) in
                try Tensor(uninitialized: .attention(lead + t.shape.suffix(2), like: t), t.dtype, operation: name)
            }
            try call.backward(
                AttentionTokens(q, lead), AttentionTokens(k, lead), AttentionTokens(v, lead),
                out: AttentionTokens(node.saved(3), lead), sums: node.saved(4), g: AttentionTokens(g, lead),
                gq: AttentionTokens(gradients[0], lead), gk: AttentionTokens(gradients[1], lead), gv: AttentionTokens(gradients[2], lead))
            return gradients
        }
    }

    /// Attention of a sequence with itself, from queries, keys and values that lie side by side:
    /// `[B, T, 3 · heads · D]` gives `[B, T, heads · D]`.
    ///
    /// The same numbers as splitting, `scaledDotProductAttention` and joining, without the copies.
    public static func packedAttention(
        _ qkv: Tensor, heads: Int, causal: Bool = false, scale: Double? = nil
    ) throws(TensorError) -> Tensor {
        let name = "scaled_dot_product_attention"
        guard qkv.rank == 3, heads > 0, qkv.shape[2] % (3 * heads) == 0 else {
            throw .shapes(name, [qkv.shape], detail: "the input must be [B, T, 3 · heads · D] for \(heads) heads")
        }
        guard qkv.dtype.isFloatingPoint else { throw .dtypes(name, [qkv.dtype], expected: "expected a floating point input") }
        let (b, t, d) = (qkv.shape[0], qkv.shape[1], qkv.shape[2] / (3 * heads)), dtype = qkv.dtype
        let call = AttentionCall(
            name: name, queries: t, keys: t, width: d, valueWidth: d,
            scale: scale ?? 1 / Double(Swift.max(d, 1)).squareRoot(), causal: causal, mask: nil)
        let source = try qkv.contiguousIfNeeded(), out = try Tensor(uninitialized: [b, t, heads * d], dtype, operation: name)
        let parts = AttentionTokens.packed(source, heads, 3), joined = AttentionTokens.packed(out, heads, 1)[0]
        let sums = try call.forward(parts[0], parts[1], parts[2], out: joined)
        return try out.finished(name, qkv, saving: [.input(0), .result, .tensor(sums)]) { node, g in
            let qkv = try node.saved(0)
            if node.isDifferentiatingTwice {
                return try node.recomputed([qkv], [g]) { all in
                    let parts = try all[0].reshape([b, t, 3, heads, d]).permute([2, 0, 3, 1, 4])
                    let out = try attentionByParts(parts.select(0, 0), parts.select(0, 1), parts.select(0, 2), nil, 0, causal, call.scale).output
                    return [try out.transpose(1, 2).reshape([b, t, heads * d])]
                }
            }
            let gradient = try Tensor(uninitialized: qkv.shape, dtype, operation: name)
            let from = AttentionTokens.packed(try qkv.contiguousIfNeeded(), heads, 3), to = AttentionTokens.packed(gradient, heads, 3)
            try call.backward(
                from[0], from[1], from[2], out: .packed(node.saved(1), heads, 1)[0], sums: node.saved(2),
                g: .packed(g.contiguousIfNeeded(), heads, 1)[0], gq: to[0], gk: to[1], gv: to[2])
            return [gradient]
        }
    }

    /// Attention with its weights `[…, L, S]`, which are held as a whole.
    public static func attentionWithWeights(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, mask: Tensor? = nil, dropout: Double = 0, causal: Bool = false,
        scale: Double? = nil
    ) throws(TensorError) -> (output: Tensor, weights: Tensor) {
        _ = try checkAttention("scaled_dot_product_attention", q, k, v, mask, causal: causal)
        let factor = scale ?? 1 / Double(Swift.max(q.shape[q.rank - 1], 1)).squareRoot()
        return try attentionByParts(q, k, v, mask, dropout, causal, factor)
    }

    private static func attentionByParts(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, _ mask: Tensor?, _ dropout: Double, _ causal: Bool, _ scale: Double
    ) throws(TensorError) -> (output: Tensor, weights: Tensor) {
        var scores = try q.mul(.double(scale)).matmul(k.transpose(-2, -1))
        if causal {
            let hidden = try Tensor.ones(Array(scores.shape.suffix(2)), .bool).triu(1)
            scores = try scores.maskedFill(hidden, .double(-.infinity))
        }
        guard let mask else {
            let weights = try scores.softmax(-1)
            return (try (dropout > 0 ? weights.dropout(dropout, training: true) : weights).matmul(v), weights)
        }
        scores = try mask.dtype == .bool
            ? scores.maskedFill(mask.logicalNot().broadcast(to: scores.shape), .double(-.infinity)) : scores.add(mask)
        let blind = try scores.detach().amax([-1], keepdim: true).eq(.double(-.infinity)).broadcast(to: scores.shape)
        let weights = try scores.maskedFill(blind, 0).softmax(-1).maskedFill(blind, 0)
        return (try (dropout > 0 ? weights.dropout(dropout, training: true) : weights).matmul(v), weights)
    }

    /// The dimensions before the last two, which broadcast, after checking shapes and types.
    private static func checkAttention(
        _ name: String, _ q: Tensor, _ k: Tensor, _ v: Tensor, _ mask: Tensor?, causal: Bool
    ) throws(TensorError) -> [Int] {
        let shapes = [q.shape, k.shape, v.shape]
        guard q.rank >= 2, k.rank >= 2, v.rank >= 2 else {
            throw .shapes(name, shapes, detail: "queries, keys and values must be […, length, width]")
        }
        guard q.dtype.isFloatingPoint, q.dtype == k.dtype, q.dtype == v.dtype else {
            throw .dtypes(name, [q.dtype, k.dtype, v.dtype], expected: "queries, keys and values need the same floating point type")
        }
        guard q.shape[q.rank - 1] == k.shape[k.rank - 1] else {
            throw .shapes(name, shapes, detail: "queries are \(q.shape[q.rank - 1]) wide, keys \(k.shape[k.rank - 1])")
        }
        guard k.shape[k.rank - 2] == v.shape[v.rank - 2] else {
            throw .shapes(name, shapes, detail: "there are \(k.shape[k.rank - 2]) keys but \(v.shape[v.rank - 2]) values")
        }
        let lead = try broadcast(
            broadcast(Array(q.shape.dropLast(2)), Array(k.shape.dropLast(2)), name), Array(v.shape.dropLast(2)), name)
        guard let mask else { return lead }
        if causal { throw .argument(name, "give either a mask or causal, not both") }
        let full = lead + [q.shape[q.rank - 2], k.shape[k.rank - 2]]
        guard mask.dtype == .bool || mask.dtype == q.dtype else {
            throw .dtypes(name, [mask.dtype], expected: "the mask must be bool or the queries' type")
        }
        guard mask.rank <= full.count, try broadcast(full, mask.shape, name) == full else {
            throw .shapes(name, [full, mask.shape], detail: "the mask does not broadcast to the scores' shape")
        }
        return lead
    }
}

/// Where the tokens of an operand lie, for each pair of batch entry and head.
struct AttentionTokens {
    let tensor: Tensor
    let first: [Int64]
    let step: Int

    private init(_ tensor: Tensor, _ first: [Int64], _ step: Int) {
        self.tensor = tensor
        self.first = first
        self.step = step
    }

    /// An operand `[…, T, D]` whose leading dimensions broadcast to `lead`; copied when the elements of
    /// a token are apart.
    init(_ given: Tensor, _ lead: [Int]) throws(TensorError) {
        let tensor = given.strides[given.rank - 1] == 1 || given.shape[given.rank - 1] == 1 ? given : try given.contiguousCopy()
        self.init(tensor, AttentionTokens.offsets(tensor, lead), tensor.strides[tensor.rank - 2])
    }

    /// Offsets of the first token for all positions of the leading dimensions.
    static func offsets(_ tensor: Tensor, _ lead: [Int]) -> [Int64] {
        var offsets: [Int64] = [0]
        let shift = lead.count - (tensor.rank - 2)
        for d in lead.indices {
            let own = d - shift
            let stride = own >= 0 && tensor.shape[own] != 1 ? tensor.strides[own] : 0
            offsets = offsets.flatMap { offset in (0..<lead[d]).map { offset + Int64($0 * stride) } }
        }
        return offsets
    }

    /// The parts of a contiguous `[B, T, parts · heads · D]`.
    static func packed(_ tensor: Tensor, _ heads: Int, _ parts: Int) -> [AttentionTokens] {
        let (b, t, all) = (tensor.shape[0], tensor.shape[1], tensor.shape[2]), d = all / (parts * heads)
        return (0..<parts).map { part in
            let first = (0..<b * heads).map { Int64($0 / heads * t * all + (part * heads + $0 % heads) * d) }
            return AttentionTokens(tensor, first, all)
        }
    }
}

/// A mask with its strides, broadcast to the scores.
struct AttentionMask {
    let tensor: Tensor
    let first: [Int64]
    let row: Int, column: Int

    init(_ mask: Tensor, _ scores: [Int]) throws(TensorError) {
        let full = Tensor(sharing: mask, layout: mask.layout, offset: mask.offset)
        tensor = try full.broadcast(to: scores)
        first = AttentionTokens.offsets(tensor, Array(scores.dropLast(2)))
        row = tensor.strides[tensor.rank - 2]
        column = tensor.strides[tensor.rank - 1]
    }
}

/// The sizes of an attention, and the calls of its kernels.
struct AttentionCall {
    let name: String
    let queries: Int, keys: Int, width: Int, valueWidth: Int
    let scale: Double
    let causal: Bool
    let mask: AttentionMask?

    /// Writes `out`; returns the logarithms of the sums of each query's exponentials.
    func forward(
        _ q: AttentionTokens, _ k: AttentionTokens, _ v: AttentionTokens, out: AttentionTokens
    ) throws(TensorError) -> Tensor {
        let sums = try Tensor(uninitialized: [q.first.count, queries], q.tensor.dtype, operation: name)
        try call([q, k, v, out], sums) { nj_attention_forward(q.tensor.dtype.kernelType, &$0) }
        return sums
    }

    func backward(
        _ q: AttentionTokens, _ k: AttentionTokens, _ v: AttentionTokens, out: AttentionTokens, sums: Tensor,
        g: AttentionTokens, gq: AttentionTokens, gk: AttentionTokens, gv: AttentionTokens
    ) throws(TensorError) {
        try call([q, k, v, out, g, gq, gk, gv], sums) { nj_attention_backward(q.tensor.dtype.kernelType, &$0) }
    }

    private func call(
        _ operands: [AttentionTokens], _ sums: Tensor, _ kernel: (inout nj_attention) -> nj_outcome
    ) throws(TensorError) {
        let pairs = operands[0].first.count
        let firsts = operands.flatMap(\.first) + (mask?.first ?? [])
        let outcome = withExtendedLifetime((operands, mask, sums)) {
            firsts.withUnsafeBufferPointer { firsts in
                func tokens(_ i: Int) -> nj_tokens {
                    guard i < operands.count, let base = firsts.baseAddress else { return nj_tokens() }
                    return nj_tokens(data: operands[i].tensor.pointer, first: base + i * pairs, step: Int64(operands[i].step))
                }
                var a = nj_attention()
                a.pairs = Int64(pairs)
                (a.queries, a.keys) = (Int64(queries), Int64(keys))
                (a.width, a.value_width) = (Int64(width), Int64(valueWidth))
                a.scale = scale
                a.causal = causal
                a.logsumexp = sums.pointer
                (a.q, a.k, a.v, a.out) = (tokens(0), tokens(1), tokens(2), tokens(3))
                (a.grad_out, a.grad_q, a.grad_k, a.grad_v) = (tokens(4), tokens(5), tokens(6), tokens(7))
                if let mask, let base = firsts.baseAddress {
                    a.mask_kind = mask.tensor.dtype == .bool ? NJ_MASK_BOOL : NJ_MASK_ADDED
                    a.mask = nj_tokens(data: mask.tensor.pointer, first: base + operands.count * pairs, step: Int64(mask.row))
                    a.mask_column = Int64(mask.column)
                }
                return kernel(&a)
            }
        }
        try finish(outcome, name, [pairs, queries, keys])
    }
}

extension Layout {
    /// A layout for `[…, heads, T, D]` with the heads of a token side by side where the operand has them
    /// so, which makes joining the heads free; row-major otherwise.
    fileprivate static func attention(_ shape: [Int], like tensor: Tensor) -> Layout {
        var strides = Layout.contiguousStrides(shape)
        let r = shape.count
        if r >= 3, tensor.rank == r, tensor.strides[r - 3] < tensor.strides[r - 2] {
            strides[r - 3] = shape[r - 1]
            strides[r - 2] = shape[r - 1] * shape[r - 3]
        }
        return Layout(shape: shape, strides: strides)
    }
}
