@testable import Learning
import Tensors
import Testing

// Options of layers that the tables in LayerTests leave out; the cases of one option set are one row each.

let optionCases = plainOptions + normOptions + convolutionOptions + poolOptions + recurrentOptions + attentionOptions + computedWeights

private let plainOptions: [LayerCase] = [
    LayerCase("Linear.vector") { try Linear(5, 3) },
    LayerCase("ELU") { try Activation("ELU") },
    LayerCase("Hardtanh") { try Activation("Hardtanh") },
    LayerCase("Softmax.first") { try Activation("Softmax", ["dim": 0]) },
    LayerCase("GLU.last") { try Activation("GLU") },
    LayerCase("Bilinear.nobias") { try Bilinear(3, 4, 2, bias: false) },
    LayerCase("EmbeddingBag.padding_idx") { try EmbeddingBag(6, 3, paddingIndex: 2) },
    LayerCase("EmbeddingBag.last") { try EmbeddingBag(6, 3, includeLastOffset: true) },
]

private let normOptions: [LayerCase] = [
    LayerCase("LayerNorm.nobias") { try LayerNorm([6], bias: false) },
    LayerCase("RMSNorm.two") { try RMSNorm([3, 4], eps: 1e-3) },
    LayerCase("RMSNorm.plain") { try RMSNorm([6], affine: false) },
    LayerCase("GroupNorm.plain") { try GroupNorm(3, 6, eps: 1e-3, affine: false) },
    LayerCase("BatchNorm2d.average") { try BatchNorm2d(3, eps: 1e-3, momentum: nil) },
    LayerCase("BatchNorm1d.plain") { try BatchNorm1d(4, affine: false) },
    LayerCase("InstanceNorm1d") { try InstanceNorm1d(3, affine: true, trackRunningStats: false) },
    LayerCase("InstanceNorm1d.single") { try InstanceNorm1d(3) },
    LayerCase("InstanceNorm2d.single") { try InstanceNorm2d(3, eps: 1e-3) },
]

/// A case of a convolution with options.
private func convolution(
    _ name: String, _ type: Convolution.Type, _ channels: (Int, Int), _ kernel: [Int], _ set: @escaping @Sendable (inout ConvolutionOptions) -> Void
) -> LayerCase {
    LayerCase(name) {
        var options = ConvolutionOptions()
        set(&options)
        return try type.init(channels.0, channels.1, kernel, options)
    }
}

private let convolutionOptions: [LayerCase] = [
    convolution("Conv1d.options", Conv1d.self, (4, 6), [3]) { ($0.padding, $0.dilation, $0.groups, $0.bias) = (2, [2], 2, false) },
    convolution("Conv1d.replicate", Conv1d.self, (2, 3), [3]) { ($0.padding, $0.paddingMode) = (2, .replicate) },
    convolution("Conv1d.same", Conv1d.self, (2, 3), [4]) { ($0.padding, $0.dilation) = (.same, [2]) },
    convolution("Conv2d.valid", Conv2d.self, (2, 3), [3]) { $0.padding = .valid },
    convolution("Conv2d.replicate", Conv2d.self, (2, 3), [3, 2]) { ($0.stride, $0.padding, $0.paddingMode) = ([2], 1, .replicate) },
    convolution("Conv2d.depthwise", Conv2d.self, (3, 6), [3]) { ($0.padding, $0.groups) = (1, 3) },
    convolution("Conv2d.single", Conv2d.self, (2, 3), [3]) { _ in },
    convolution("Conv2d.pointwise", Conv2d.self, (3, 4), [1]) { $0.stride = [2] },
    convolution("Conv3d.options", Conv3d.self, (4, 2), [1, 2, 3]) {
        ($0.stride, $0.padding, $0.dilation, $0.groups) = ([1, 2, 1], [0, 1, 1], [1, 1, 2], 2)
    },
    convolution("Conv3d.circular", Conv3d.self, (1, 2), [3]) { ($0.padding, $0.paddingMode) = (1, .circular) },
    convolution("ConvTranspose1d.options", ConvTranspose1d.self, (4, 2), [3]) {
        ($0.stride, $0.padding, $0.outputPadding, $0.groups, $0.dilation, $0.bias) = ([3], 1, [1], 2, [2], false)
    },
    convolution("ConvTranspose2d.dilation", ConvTranspose2d.self, (2, 3), [3, 2]) {
        ($0.stride, $0.padding, $0.dilation) = ([1, 2], [1, 0], [2, 1])
    },
]

private let poolOptions: [LayerCase] = [
    LayerCase("MaxPool1d.options") {
        var options = PoolOptions()
        (options.stride, options.dilation, options.ceilMode) = ([3], [2], true)
        return try MaxPool1d([2], options)
    },
    LayerCase("MaxPool2d.single") { try MaxPool2d([2, 3]) },
    LayerCase("AvgPool1d.options") {
        var options = PoolOptions()
        (options.stride, options.padding, options.ceilMode, options.countIncludePad) = ([2], [1], true, false)
        return try AvgPool1d([3], options)
    },
    LayerCase("AvgPool2d.ceil") {
        var options = PoolOptions()
        (options.stride, options.ceilMode) = ([2, 2], true)
        return try AvgPool2d([3, 2], options)
    },
    LayerCase("AdaptiveAvgPool1d") { try AdaptiveAvgPool1d([3]) },
    LayerCase("AdaptiveMaxPool1d") { try AdaptiveMaxPool1d([3]) },
    LayerCase("AdaptiveAvgPool2d.one") { try AdaptiveAvgPool2d([1]) },
    LayerCase("Upsample.linear") { try Upsample(scale: [1.5], mode: .linear) },
    LayerCase("Upsample.corners") { try Upsample(size: [5, 7], mode: .bilinear, alignCorners: true) },
    LayerCase("Upsample.bicubic") { try Upsample(scale: [2], mode: .bicubic) },
    LayerCase("Upsample.trilinear") { try Upsample(scale: [2, 1, 2], mode: .trilinear) },
    LayerCase("ReflectionPad2d.sides") { try ReflectionPad2d([1, 2, 0, 1]) },
]

@Sendable private func withLengths(_ module: Module, _ inputs: [Tensor]) throws -> [Tensor] {
    try #require(module as? Recurrent).run(
        inputs[0], hidden: inputs.count > 1 ? inputs[1] : nil, memory: inputs.count > 2 ? inputs[2] : nil, lengths: [5, 2, 3])
}

private let recurrentOptions: [LayerCase] = [
    LayerCase("RNN.nobias") { try RNN(3, 4, bias: false) },
    LayerCase("LSTM.nobias") { try LSTM(3, 4, bias: false) },
    LayerCase("GRU.nobias") { try GRU(3, 4, bias: false) },
    LayerCase("RNN.both") { try RNN(3, 4, batchFirst: true, bidirectional: true) },
    LayerCase("LSTM.both") { try LSTM(3, 4, batchFirst: true, bidirectional: true) },
    LayerCase("GRU.both") { try GRU(3, 4, batchFirst: true, bidirectional: true) },
    LayerCase("RNN.three") { try RNN(3, 2, layers: 3, bidirectional: true) },
    LayerCase("LSTM.three") { try LSTM(3, 2, layers: 3, bidirectional: true) },
    LayerCase("GRU.three") { try GRU(3, 2, layers: 3, bidirectional: true) },
    LayerCase("RNN.lengths", call: withLengths) { try RNN(3, 4, layers: 2, batchFirst: true, bidirectional: true) },
    LayerCase("LSTM.lengths", call: withLengths) { try LSTM(3, 4, layers: 2, batchFirst: true, bidirectional: true) },
    LayerCase("GRU.lengths", call: withLengths) { try GRU(3, 4, layers: 2, batchFirst: true, bidirectional: true) },
    LayerCase("RNN.packed", call: withLengths) { try RNN(3, 4, nonlinearity: "relu") },
    LayerCase("LSTM.packedStates", call: withLengths) { try LSTM(3, 4) },
    LayerCase("RNNCell.relu") { try RNNCell(3, 4, bias: false, nonlinearity: "relu") },
    LayerCase("LSTMCell.zero") { try LSTMCell(3, 4, bias: false) },
    LayerCase("GRUCell.single") { try GRUCell(3, 4) },
]

let laterCases: [LayerCase] = [
    LayerCase("CELU.alpha", exactness: 1e-7) { try Activation("CELU", ["alpha": 0.7]) },
    LayerCase("Hardshrink.lambd") { try Activation("Hardshrink", ["lambd": 0.3]) },
    LayerCase("Softshrink.lambd") { try Activation("Softshrink", ["lambd": 0.3]) },
    LayerCase("Tanhshrink") { try Activation("Tanhshrink") },
    LayerCase("Softmin.dim") { try Activation("Softmin", ["dim": 1]) },
    LayerCase("LSTM.projected") { try LSTM(3, 4, layers: 2, bidirectional: true, projected: 2) },
    LayerCase("LSTM.projectedPacked", call: withLengths) { try LSTM(3, 4, bias: false, bidirectional: true, projected: 2) },
    LayerCase("Embedding.scaled") {
        var options = EmbeddingOptions()
        options.averagesGradient = true
        return try Embedding(6, 3, options)
    },
    LayerCase("BatchNorm2d.nobias") { try BatchNorm2d(3, bias: false) },
    LayerCase("GroupNorm.nobias") { try GroupNorm(2, 4, bias: false) },
    LayerCase("AvgPool2d.divisor") {
        var options = PoolOptions()
        (options.padding, options.divisor) = ([1], 3)
        return try AvgPool2d([2], options)
    },
    LayerCase("ReLU.inplace") {
        try Sequential(Linear(4, 3), Activation("ReLU", inPlace: true), Linear(3, 3), Activation("Hardswish", inPlace: true))
    },
]

private func mask() throws -> Tensor { try Tensor([0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0].map { $0 == 1 }, shape: [3, 4]) }
private func padding() throws -> Tensor { try Tensor([false, false, false, true, false, false, false, false], shape: [2, 4]) }

private func transformer(_ set: (inout TransformerOptions) -> Void = { _ in }) -> TransformerOptions {
    var options = TransformerOptions()
    (options.feedforward, options.dropout) = (8, 0)
    set(&options)
    return options
}

private let attentionOptions: [LayerCase] = [
    LayerCase("MultiheadAttention.extra", call: { module, x in
        let (output, weights) = try #require(module as? MultiheadAttention).attend(x[0], x[1], x[2], keyPaddingMask: padding(), attentionMask: mask())
        return [output] + (weights.map { [$0] } ?? [])
    }) { try MultiheadAttention(6, 2, addBiasKV: true, addZeroAttention: true) },
    LayerCase("MultiheadAttention.causalPadding", call: { module, x in
        [try #require(module as? MultiheadAttention).attend(x[0], x[0], x[0], keyPaddingMask: padding(), isCausal: true, needsWeights: false).output]
    }) { try MultiheadAttention(6, 3, batchFirst: true) },
    LayerCase("MultiheadAttention.unbatched") { try MultiheadAttention(6, 2) },
    LayerCase("MultiheadAttention.kdim") { try MultiheadAttention(6, 2, bias: false, keyDimension: 4) },
    LayerCase("TransformerEncoderLayer.gelu") {
        try TransformerEncoderLayer(6, 2, transformer { ($0.activation, $0.batchFirst) = ("gelu", true) })
    },
    LayerCase("TransformerEncoderLayer.normFirst") { try TransformerEncoderLayer(6, 2, transformer { $0.normFirst = true }) },
    LayerCase("TransformerEncoderLayer.masked", call: { module, x in
        [try #require(module as? TransformerEncoderLayer).run(x[0], keyPaddingMask: padding())]
    }) { try TransformerEncoderLayer(6, 3, transformer { $0.batchFirst = true }) },
    LayerCase("TransformerDecoderLayer.options") {
        try TransformerDecoderLayer(6, 2, transformer { ($0.activation, $0.batchFirst, $0.bias, $0.eps) = ("gelu", true, false, 1e-3) })
    },
    LayerCase("TransformerEncoder.plain") { try TransformerEncoder(TransformerEncoderLayer(6, 2, transformer()), 2) },
]

/// A case of a layer one of whose weights is computed.
private func computed(_ name: String, _ make: @escaping @Sendable () throws -> Module, _ change: @escaping @Sendable (Module) throws -> Void) -> LayerCase {
    LayerCase(name) {
        let module = try make()
        try change(module)
        return module
    }
}

private let computedWeights: [LayerCase] = [
    computed("WeightNorm", { try Linear(5, 3) }) { try $0.addWeightNorm() },
    computed("WeightNorm.conv", { try Conv2d(2, 3, 3) }) { try $0.addWeightNorm(dim: 1) },
    computed("WeightNorm.whole", { try Linear(5, 3) }) { try $0.addWeightNorm(dim: nil) },
    computed("SpectralNorm", { try Linear(5, 3) }) { try $0.addSpectralNorm() },
    computed("SpectralNorm.conv", { try ConvTranspose2d(2, 3, [3]) }) { try $0.addSpectralNorm(steps: 3) },
]
