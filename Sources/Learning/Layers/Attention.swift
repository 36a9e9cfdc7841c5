import Tensors

/// Attention in several heads: each query gathers values by how well its key fits (Vaswani et al. 2017).
///
/// Shapes: query [L, N, E], key [S, N, kE], value [S, N, vE], or [N, L, E] … with `batchFirst` → [L, N, E] and
/// weights [N, L, S]. Parameters: `in_proj_weight` [3E, E] (`q_proj_weight`, `k_proj_weight`, `v_proj_weight`
/// where keys or values have sizes of their own), `in_proj_bias` [3E], `out_proj`, and `bias_k`, `bias_v` [1, 1, E] for a
/// key and a value more.
public final class MultiheadAttention: Module {
    public let dimension: Int
    public let heads: Int
    public let keyDimension: Int
    public let valueDimension: Int
    public let dropout: Double
    public let batchFirst: Bool
    /// Whether a learnt key and value join those given.
    public let addsBiasKeyValue: Bool
    /// Whether a key and a value of zeros join those given.
    public let addsZeroAttention: Bool
    private let isPacked: Bool

    public init(
        _ dimension: Int, _ heads: Int, dropout: Double = 0, bias: Bool = true, addBiasKV: Bool = false, addZeroAttention: Bool = false,
        keyDimension: Int? = nil, valueDimension: Int? = nil, batchFirst: Bool = false
    ) throws {
        (self.dimension, self.heads, self.dropout, self.batchFirst) = (dimension, heads, dropout, batchFirst)
        (addsBiasKeyValue, addsZeroAttention) = (addBiasKV, addZeroAttention)
        self.keyDimension = keyDimension ?? dimension
        self.valueDimension = valueDimension ?? dimension
        isPacked = self.keyDimension == dimension && self.valueDimension == dimension
        super.init()
        let name = "MultiheadAttention"
        try requirePositive(name, ("embed_dim", dimension), ("num_heads", heads), ("kdim", self.keyDimension), ("vdim", self.valueDimension))
        guard dimension % heads == 0 else {
            throw LearningError.argument(name, "embed_dim \(dimension) cannot be split into \(heads) heads")
        }
        try check(name, "dropout", dropout, (0...1).contains(dropout), "between 0 and 1")
        if isPacked {
            try register(parameter: Initialize.xavierUniform(Tensor.zeros([3 * dimension, dimension])), "in_proj_weight")
        } else {
            for (part, size) in [("q", dimension), ("k", self.keyDimension), ("v", self.valueDimension)] {
                try register(parameter: Initialize.xavierUniform(Tensor.zeros([dimension, size])), "\(part)_proj_weight")
            }
        }
        try register(parameter: bias ? Tensor.zeros([3 * dimension]) : nil, "in_proj_bias")
        for name in ["bias_k", "bias_v"] {
            // Xavier of [1, 1, E], which counts E connections in and out.
            let row = addBiasKV ? try Initialize.normal(Tensor.zeros([1, 1, dimension]), std: (1 / Double(dimension)).squareRoot()) : nil
            try register(parameter: row, name)
        }
        let output = try Linear(dimension, dimension, bias: bias)
        if let offset = output.bias { try Initialize.constant(offset, 0) }
        register(output, "out_proj")
    }

    private var bias: Tensor? { parameter(isPacked ? 1 : 3) }

    /// Attends.
    ///
    /// - Parameters:
    ///   - keyPaddingMask: [N, S]; true (or a number to add) for keys that do not count.
    ///   - attentionMask: [L, S] or [N·heads, L, S]; true blocks, numbers are added.
    ///   - isCausal: query i sees keys up to i.
    ///   - needsWeights: whether weights are returned; without them memory grows with L, not with L·S.
    ///   - averagesWeights: whether the weights are averaged over heads.
    public func attend(
        _ query: Tensor, _ key: Tensor, _ value: Tensor, keyPaddingMask: Tensor? = nil, attentionMask: Tensor? = nil,
        isCausal: Bool = false, needsWeights: Bool = true, averagesWeights: Bool = true
    ) throws -> (output: Tensor, weights: Tensor?) {
        let outputs = try observed([query, key, value]) {
            let (output, weights) = try compute(
                query, key, value, keyPaddingMask, attentionMask, isCausal, needsWeights, averagesWeights)
            return [output] + (weights.map { [$0] } ?? [])
        }
        guard let output = outputs.first else { throw LearningError.argument(kind, "a forward hook removed the output") }
        return (output, outputs.count > 1 ? outputs[1] : nil)
    }

    /// Query, key and value; one input is all three.
    public override func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        guard inputs.count == 3 || inputs.count == 1 else {
            throw LearningError.argument(kind, "takes query, key and value, got \(inputs.count) inputs")
        }
        let (output, weights) = try compute(
            inputs[0], inputs[inputs.count == 3 ? 1 : 0], inputs[inputs.count == 3 ? 2 : 0], nil, nil, false, true, true)
        return [output] + (weights.map { [$0] } ?? [])
    }

    public override func forward(_ input: Tensor) throws -> Tensor {
        try compute(input, input, input, nil, nil, false, false, true).output
    }

    private func compute(
        _ query: Tensor, _ key: Tensor, _ value: Tensor, _ keyPadding: Tensor?, _ mask: Tensor?, _ isCausal: Bool,
        _ needsWeights: Bool, _ averages: Bool
    ) throws -> (output: Tensor, weights: Tensor?) {
        guard query.rank == 3 || query.rank == 2, key.rank == query.rank, value.rank == query.rank,
            query.shape.last == dimension, key.shape.last == keyDimension, value.shape.last == valueDimension
        else {
            throw TensorError.shapes(
                kind, [query.shape, key.shape, value.shape],
                detail: "query, key and value must be \(batchFirst ? "[N, L, E]" : "[L, N, E]") with \(dimension), \(keyDimension) and \(valueDimension) features")
        }
        if query.rank == 2 {
            let (output, weights) = try compute(
                query.unsqueeze(batchFirst ? 0 : 1), key.unsqueeze(batchFirst ? 0 : 1), value.unsqueeze(batchFirst ? 0 : 1),
                keyPadding?.unsqueeze(0), mask, isCausal, needsWeights, averages)
            return (try output.squeeze([batchFirst ? 0 : 1]), try weights?.squeeze([0]))
        }
        let isSelf = query === key && key === value
        let q = batchFirst ? query : try query.transpose(0, 1), rate = isTraining ? dropout : 0
        let (n, l) = (q.shape[0], q.shape[1])
        let extra = (addsBiasKeyValue ? 1 : 0) + (addsZeroAttention ? 1 : 0)
        if isSelf, isPacked, keyPadding == nil, mask == nil, !needsWeights, rate == 0, extra == 0 {
            let packed = try Tensor.linear(q, required("in_proj_weight"), bias)
            return (try projected(Tensor.packedAttention(packed, heads: heads, causal: isCausal)), nil)
        }
        let k = isSelf ? q : batchFirst ? key : try key.transpose(0, 1), v = isSelf ? q : batchFirst ? value : try value.transpose(0, 1)
        var (qh, kh, vh) = try split(q, k, v, isSelf: isSelf)
        // The fused kernels take a mask or causal order; both together make one mask.
        let isOrdered = isCausal && (mask != nil || keyPadding != nil || extra > 0)
        let total = try masks(keyPadding, mask, isOrdered, n, l, k.shape[1], query.dtype, extra), isCausal = isCausal && !isOrdered
        if addsBiasKeyValue {
            (kh, vh) = (try joined(kh, required("bias_k")), try joined(vh, required("bias_v")))
        }
        if addsZeroAttention {
            let nothing = try Tensor.zeros([1, 1, dimension], query.dtype)
            (kh, vh) = (try joined(kh, nothing), try joined(vh, nothing))
        }
        let output: Tensor, weights: Tensor?
        if needsWeights {
            (output, weights) = try Tensor.attentionWithWeights(qh, kh, vh, mask: total, dropout: rate, causal: isCausal)
        } else {
            output = try Tensor.scaledDotProductAttention(qh, kh, vh, mask: total, dropout: rate, causal: isCausal)
            weights = nil
        }
        return (try projected(output.transpose(1, 2).reshape([n, l, dimension])), averages ? try weights?.mean([1]) : weights)
    }

    /// Keys or values [N, heads, S, D] with one more, [1, 1, E].
    private func joined(_ x: Tensor, _ row: Tensor) throws -> Tensor {
        try Tensor.cat([x, row.reshape([1, heads, 1, dimension / heads]).expand([x.shape[0], heads, 1, dimension / heads])], 2)
    }

    private func projected(_ joined: Tensor) throws -> Tensor {
        let output = try child(0)(joined)
        return batchFirst ? output : try output.transpose(0, 1)
    }

    /// Projections of query, key and value as [N, heads, *, E / heads].
    private func split(_ q: Tensor, _ k: Tensor, _ v: Tensor, isSelf: Bool) throws -> (Tensor, Tensor, Tensor) {
        func byHead(_ x: Tensor) throws -> Tensor {
            try x.reshape([x.shape[0], x.shape[1], heads, dimension / heads]).transpose(1, 2)
        }
        if isSelf, isPacked {
            let parts = try Tensor.linear(q, required("in_proj_weight"), bias).chunk(3, -1)
            return (try byHead(parts[0]), try byHead(parts[1]), try byHead(parts[2]))
        }
        func project(_ x: Tensor, _ part: Int) throws -> Tensor {
            let weight = isPacked
                ? try required("in_proj_weight").narrow(0, part * dimension, dimension) : try required(["q", "k", "v"][part] + "_proj_weight")
            return try byHead(Tensor.linear(x, weight, bias?.narrow(0, part * dimension, dimension)))
        }
        return (try project(q, 0), try project(k, 1), try project(v, 2))
    }

    /// Both masks as one: boolean, where true takes part, or numbers to add.
    private func masks(_ keyPadding: Tensor?, _ mask: Tensor?, _ isOrdered: Bool, _ n: Int, _ l: Int, _ s: Int, _ dtype: DType, _ extra: Int) throws -> Tensor? {
        var parts: [Tensor] = []
        if let mask {
            guard mask.shape == [l, s] || mask.shape == [n * heads, l, s] else {
                throw TensorError.shapes(kind, [mask.shape], detail: "attn_mask must be [\(l), \(s)] or [\(n * heads), \(l), \(s)]")
            }
            parts.append(mask.rank == 2 ? mask : try mask.reshape([n, heads, l, s]))
        }
        if let keyPadding {
            guard keyPadding.shape == [n, s] else {
                throw TensorError.shapes(kind, [keyPadding.shape], detail: "key_padding_mask must be [\(n), \(s)]")
            }
            parts.append(try keyPadding.reshape([n, 1, 1, s]))
        }
        if parts.isEmpty { return nil }
        if isOrdered { parts.append(try Tensor.ones([l, s], .bool).triu(1)) }
        // Keys and values that were added are open to all.
        if extra > 0 { parts = try parts.map { try $0.pad([0, extra]) } }
        if parts.allSatisfy({ $0.dtype == .bool }) {
            return try parts.dropFirst().reduce(parts[0]) { try $0.logicalOr($1) }.logicalNot()
        }
        let added = try parts.map { part in
            part.dtype == .bool ? try Tensor.zeros(part.shape, dtype).maskedFill(part, .double(-.infinity)) : try part.to(dtype)
        }
        return try added.dropFirst().reduce(added[0]) { try $0.add($1) }
    }

    public override func makeSimilar() throws -> Module {
        try MultiheadAttention(
            dimension, heads, dropout: dropout, bias: bias != nil, addBiasKV: addsBiasKeyValue, addZeroAttention: addsZeroAttention,
            keyDimension: keyDimension, valueDimension: valueDimension, batchFirst: batchFirst)
    }
    public override var details: String { "\(dimension), \(heads)" }
    public override func multiplyAdds(inputs: [Tensor], outputs: [Tensor]) -> Int {
        guard let q = inputs.first, q.rank == 3, let k = inputs.count > 1 ? inputs[1] : inputs.first else { return 0 }
        let (n, l) = batchFirst ? (q.shape[0], q.shape[1]) : (q.shape[1], q.shape[0]), s = batchFirst ? k.shape[1] : k.shape[0]
        return n * (l * dimension * dimension + s * dimension * (keyDimension + valueDimension)) + 2 * n * l * s * dimension
    }
}
