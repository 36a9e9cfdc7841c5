import Learning
import LuaKit
import Tensors

/// How layers are called whose calls take more than tensors: one function for each type, with the layer as
/// its first argument.
enum LayerCalls {
    /// The function that a call of this module runs; nil where it takes tensors only.
    static func function(of module: Module) -> Function? { table[ObjectIdentifier(type(of: module))] }

    // Made once and never changed.
    private nonisolated(unsafe) static let table: [ObjectIdentifier: Function] = [
        ObjectIdentifier(RNN.self): walk("RNN"), ObjectIdentifier(GRU.self): walk("GRU"), ObjectIdentifier(LSTM.self): lstm,
        ObjectIdentifier(RNNCell.self): step("RNNCell"), ObjectIdentifier(GRUCell.self): step("GRUCell"), ObjectIdentifier(LSTMCell.self): lstmCell,
        ObjectIdentifier(MultiheadAttention.self): attention,
        ObjectIdentifier(TransformerEncoderLayer.self): encoder("TransformerEncoderLayer", "src_mask") { (x: TransformerEncoderLayer) in x.run },
        ObjectIdentifier(TransformerEncoder.self): encoder("TransformerEncoder", "mask") { (x: TransformerEncoder) in x.run },
        ObjectIdentifier(TransformerDecoderLayer.self): decoder("TransformerDecoderLayer") { (x: TransformerDecoderLayer) in x.run },
        ObjectIdentifier(TransformerDecoder.self): decoder("TransformerDecoder") { (x: TransformerDecoder) in x.run },
        ObjectIdentifier(MaxPool1d.self): pool("MaxPool1d"), ObjectIdentifier(MaxPool2d.self): pool("MaxPool2d"),
        ObjectIdentifier(AdaptiveMaxPool1d.self): pool("AdaptiveMaxPool1d"), ObjectIdentifier(AdaptiveMaxPool2d.self): pool("AdaptiveMaxPool2d"),
        ObjectIdentifier(ConvTranspose1d.self): transposed("ConvTranspose1d"), ObjectIdentifier(ConvTranspose2d.self): transposed("ConvTranspose2d"),
        ObjectIdentifier(LuaEmbeddingBag.self): bag,
        ObjectIdentifier(CTCLoss.self): ctc, ObjectIdentifier(GaussianNLLLoss.self): gaussian,
    ]

    /// Several tensors as several results.
    private static func tensors(_ all: [Tensor]) -> Results { Results(all.map { $0 as any LuaResult }) }

    // MARK: Plain layers

    private static func pool(_ name: String) -> Function {
        Function(name, "", Param("self", Module.self), Param("input", Tensor.self)) { (layer: Module, x: Tensor) -> Results in
            let outputs = try layer([x])
            return outputs.count > 1 ? Results(outputs[0], Positions(outputs[1])) : Results(outputs[0])
        }
    }

    private static func transposed(_ name: String) -> Function {
        Function(name, "", Param("self", TransposedConvolution.self), Param("input", Tensor.self), Param("output_size", OneOrMany<Int>?.self)) {
            (layer: TransposedConvolution, x: Tensor, size: OneOrMany<Int>?) -> Tensor in
            try size.map { try layer.run(x, outputSize: $0.values) } ?? layer(x)
        }
    }

    private static var bag: Function {
        Function("EmbeddingBag", "", Param("self", LuaEmbeddingBag.self), Param("input", Tensor.self), Param("offsets", Tensor?.self), Param("per_sample_weights", Tensor?.self)) {
            (layer: LuaEmbeddingBag, ids: Tensor, offsets: Tensor?, weights: Tensor?) -> Tensor in
            try layer.run(ids.labels("EmbeddingBag", "the ids"), offsets: offsets?.labels("EmbeddingBag", "the offsets"), weights: weights)
        }
    }

    // MARK: Recurrent layers

    private static func walk(_ name: String) -> Function {
        Function(name, "", Param("self", Recurrent.self), Param("input", Tensor.self), Param("h", Tensor?.self), Param("lengths", Lengths?.self)) {
            (layer: Recurrent, x: Tensor, h: Tensor?, lengths: Lengths?) in
            tensors(try layer.run(x, hidden: h, lengths: lengths?.values))
        }
    }

    private static var lstm: Function {
        Function("LSTM", "", Param("self", Recurrent.self), Param("input", Tensor.self), Param("states", StatePair?.self), Param("lengths", Lengths?.self)) {
            (layer: Recurrent, x: Tensor, states: StatePair?, lengths: Lengths?) in
            tensors(try layer.run(x, hidden: states?.h, memory: states?.c, lengths: lengths?.values))
        }
    }

    private static func step(_ name: String) -> Function {
        Function(name, "", Param("self", RecurrentStep.self), Param("input", Tensor.self), Param("h", Tensor?.self)) {
            (cell: RecurrentStep, x: Tensor, h: Tensor?) in
            tensors(try cell([x] + (h.map { [$0] } ?? [])))
        }
    }

    private static var lstmCell: Function {
        Function("LSTMCell", "", Param("self", RecurrentStep.self), Param("input", Tensor.self), Param("states", StatePair?.self)) {
            (cell: RecurrentStep, x: Tensor, states: StatePair?) in
            tensors(try cell([x] + (states.map { [$0.h, $0.c] } ?? [])))
        }
    }

    // MARK: Attention

    private static var attention: Function {
        Function("MultiheadAttention", "", Param("self", MultiheadAttention.self), Param("query", Tensor.self), Param("key", Tensor.self), Param("value", Tensor.self),
            Param("key_padding_mask", Tensor?.self), Param("need_weights", Bool.self, default: true), Param("attn_mask", Tensor?.self),
            Param("average_attn_weights", Bool.self, default: true), Param("is_causal", Bool.self, default: false)
        ) { (layer: MultiheadAttention, q: Tensor, k: Tensor, v: Tensor, padding: Tensor?, needs: Bool, mask: Tensor?, averages: Bool, causal: Bool) -> Results in
            let (output, weights) = try layer.attend(
                q, k, v, keyPaddingMask: padding, attentionMask: mask, isCausal: causal, needsWeights: needs, averagesWeights: averages)
            return Results(output, weights)
        }
    }

    private static func encoder<Layer: Module>(
        _ name: String, _ mask: String, _ run: @escaping (Layer) -> (Tensor, Tensor?, Tensor?, Bool) throws -> Tensor
    ) -> Function {
        Function(name, "", Param("self", Layer.self), Param("src", Tensor.self), Param(mask, Tensor?.self), Param("src_key_padding_mask", Tensor?.self), Param("is_causal", Bool.self, default: false)) {
            (layer: Layer, x: Tensor, mask: Tensor?, padding: Tensor?, causal: Bool) -> Tensor in
            try run(layer)(x, mask, padding, causal)
        }
    }

    private static func decoder<Layer: Module>(
        _ name: String, _ run: @escaping (Layer) -> (Tensor, Tensor, TransformerDecoderLayer.Masks) throws -> Tensor
    ) -> Function {
        Function(name, "", Param("self", Layer.self), Param("tgt", Tensor.self), Param("memory", Tensor.self), Param("tgt_mask", Tensor?.self), Param("memory_mask", Tensor?.self),
            Param("tgt_key_padding_mask", Tensor?.self), Param("memory_key_padding_mask", Tensor?.self), Param("tgt_is_causal", Bool.self, default: false), Param("memory_is_causal", Bool.self, default: false)
        ) { (layer: Layer, x: Tensor, memory: Tensor, mask: Tensor?, memoryMask: Tensor?, padding: Tensor?, memoryPadding: Tensor?, causal: Bool, memoryCausal: Bool) -> Tensor in
            var masks = TransformerDecoderLayer.Masks()
            (masks.target, masks.memory, masks.targetPadding, masks.memoryPadding) = (mask, memoryMask, padding, memoryPadding)
            (masks.isCausal, masks.memoryIsCausal) = (causal, memoryCausal)
            return try run(layer)(x, memory, masks)
        }
    }

    // MARK: Losses

    private static var ctc: Function {
        Function("CTCLoss", "", Param("self", CTCLoss.self), Param("log_probs", Tensor.self), Param("targets", Tensor.self), Param("input_lengths", OneLengthOrMany.self), Param("target_lengths", OneLengthOrMany.self)) {
            (loss: CTCLoss, x: Tensor, targets: Tensor, inputs: OneLengthOrMany, lengths: OneLengthOrMany) -> Tensor in
            try loss.run(x, targets.labels("CTCLoss", "the targets"), inputLengths: inputs.values, targetLengths: lengths.values)
        }
    }

    private static var gaussian: Function {
        Function("GaussianNLLLoss", "", Param("self", GaussianNLLLoss.self), Param("input", Tensor.self), Param("target", Tensor.self), Param("var", Operand.self)) {
            (loss: GaussianNLLLoss, mean: Tensor, target: Tensor, variance: Operand) -> Tensor in
            try loss([mean, target, variance.tensor(beside: mean)])[0]
        }
    }
}

/// The two states of an LSTM: `{h, c}`.
struct StatePair: LuaArgument {
    let h: Tensor
    let c: Tensor

    static var luaType: LuaType { LuaType("{h, c}", phrase: "a table {h, c} of two tensors", annotation: "tensor.Tensor[]") }
    static var tables: TableUse { .positions }

    static func read(_ call: Call, at index: Int32) throws -> StatePair {
        guard let states = try? [Tensor].read(call, at: index), states.count == 2 else { throw call.mismatch(luaType, at: index) }
        return StatePair(h: states[0], c: states[1])
    }
}

/// The length of one sequence, or those of several.
struct OneLengthOrMany: LuaArgument {
    let values: [Int]

    static var luaType: LuaType { Lengths.luaType }
    static var tables: TableUse { .positions }

    static func read(_ call: Call, at index: Int32) throws -> OneLengthOrMany {
        if let length = call.integer(at: index) { return OneLengthOrMany(values: [length]) }
        return OneLengthOrMany(values: try Lengths.read(call, at: index).values)
    }
}
