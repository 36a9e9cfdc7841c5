import Learning
import LuaKit
import Tensors

/// What layers were made with, as fields under PyTorch's names: `layer.in_features`.
enum LayerSettings {
    /// The value of a field; nil where the layer has none of the name.
    static func value(of module: Module, _ name: String) -> (any LuaResult)? {
        guard let read = readers[ObjectIdentifier(type(of: module))] ?? readers[ObjectIdentifier(family(of: module))] else { return nil }
        return read(module).first { $0.0 == name }?.1
    }

    private typealias Fields = [(String, any LuaResult)]

    // Made once and never changed.
    private nonisolated(unsafe) static let readers: [ObjectIdentifier: (Module) -> Fields] = [
        row { (m: Linear) in [("in_features", m.inFeatures), ("out_features", m.outFeatures)] },
        row { (m: Bilinear) in [("in1_features", m.first), ("in2_features", m.second), ("out_features", m.outFeatures)] },
        row { (m: Convolution) in
            let o = m.options, sides = m.kernel.count
            func each(_ values: [Int]) -> [Int] { values.count == 1 ? [Int](repeating: values[0], count: sides) : values }
            let padding: any LuaResult = switch o.padding {
            case .same: "same"
            case .valid: "valid"
            case .amounts(let amounts): each(amounts)
            case .sides(let before, let after): before + after
            }
            return [
                ("in_channels", m.inChannels), ("out_channels", m.outChannels), ("kernel_size", m.kernel), ("stride", each(o.stride)), ("padding", padding),
                ("dilation", each(o.dilation)), ("groups", o.groups), ("output_padding", each(o.outputPadding)),
                ("padding_mode", o.paddingMode == .constant ? "zeros" : o.paddingMode.rawValue),
            ]
        },
        row { (m: Pool) in
            func one(_ values: [Int]) -> any LuaResult { values.count == 1 ? values[0] : values }
            return [
                ("kernel_size", one(m.kernel)), ("stride", one(m.options.stride ?? m.kernel)), ("padding", one(m.options.padding)), ("dilation", one(m.options.dilation)),
                ("ceil_mode", m.options.ceilMode), ("count_include_pad", m.options.countIncludePad), ("return_indices", m.options.returnsIndices),
            ]
        },
        row { (m: BatchNorm) in
            [("num_features", m.channels), ("eps", m.eps), ("momentum", m.momentum), ("affine", m.affine), ("track_running_stats", m.tracksStatistics)]
        },
        row { (m: LayerNorm) in [("normalized_shape", m.normalizedShape), ("eps", m.eps)] },
        row { (m: RMSNorm) in [("normalized_shape", m.normalizedShape), ("eps", m.eps)] },
        row { (m: GroupNorm) in [("num_groups", m.groups), ("num_channels", m.channels), ("eps", m.eps)] },
        row { (m: DropoutLayer) in [("p", m.probability), ("inplace", m.inPlace)] },
        row { (m: LuaEmbedding) in [("num_embeddings", m.count), ("embedding_dim", m.dimension), ("padding_idx", m.paddingIndex.map { $0 + 1 })] },
        row { (m: LuaEmbeddingBag) in [("num_embeddings", m.count), ("embedding_dim", m.dimension), ("padding_idx", m.paddingIndex.map { $0 + 1 })] },
        row { (m: Recurrent) in
            [
                ("input_size", m.inputSize), ("hidden_size", m.hiddenSize), ("num_layers", m.layers), ("bias", m.hasBias), ("batch_first", m.batchFirst),
                ("dropout", m.dropout), ("bidirectional", m.bidirectional), ("proj_size", m.projected),
            ]
        },
        row { (m: RecurrentStep) in [("input_size", m.inputSize), ("hidden_size", m.hiddenSize), ("bias", m.hasBias)] },
        row { (m: MultiheadAttention) in
            [("embed_dim", m.dimension), ("num_heads", m.heads), ("head_dim", m.dimension / max(m.heads, 1)), ("dropout", m.dropout), ("batch_first", m.batchFirst), ("kdim", m.keyDimension), ("vdim", m.valueDimension)]
        },
        row { (m: PReLU) in [("num_parameters", m.count), ("init", m.start)] },
        row { (m: Upsample) in [("size", m.size), ("scale_factor", m.scale), ("mode", m.mode.rawValue), ("align_corners", m.alignCorners)] },
        row { (m: PixelShuffle) in [("upscale_factor", m.factor)] },
        row { (m: Activation) in
            zip(m.activation.options, m.values).map { option, value in
                if option.isDimension { return (option.name, Int(value) + (value < 0 ? 0 : 1)) }
                return (option.name, option.choices.isEmpty ? value : option.choices[Int(value)])
            } + (m.activation.worksInPlace ? [("inplace", m.inPlace)] : [])
        },
        row { (m: Loss) in [("reduction", m.reduction.rawValue)] },
    ].reduce(into: [:]) { $0[$1.0] = $1.1 }

    private static func row<Layer: Module>(_ fields: @escaping (Layer) -> Fields) -> (ObjectIdentifier, (Module) -> Fields) {
        (ObjectIdentifier(Layer.self), { ($0 as? Layer).map(fields) ?? [] })
    }

    /// The class that layers of a kind have in common.
    private static func family(of module: Module) -> Module.Type {
        switch module {
        case is Convolution: Convolution.self
        case is Pool: Pool.self
        case is BatchNorm: BatchNorm.self
        case is DropoutLayer: DropoutLayer.self
        case is Recurrent: Recurrent.self
        case is RecurrentStep: RecurrentStep.self
        case is Loss: Loss.self
        default: Module.self
        }
    }
}
