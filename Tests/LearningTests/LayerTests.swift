@testable import Learning
import Tensors
import Testing

/// A layer as PyTorch's reference cases have it.
struct LayerCase: CustomTestStringConvertible, Sendable {
    let name: String
    /// How far float64 results may differ; more where PyTorch itself uses float32 constants.
    let exactness: Double
    /// How the layer is called.
    let call: @Sendable (Module, [Tensor]) throws -> [Tensor]
    let make: @Sendable () throws -> Module
    var testDescription: String { name }

    init(
        _ name: String, exactness: Double = 1e-10, call: @escaping @Sendable (Module, [Tensor]) throws -> [Tensor] = { try $0($1) },
        _ make: @escaping @Sendable () throws -> Module
    ) {
        (self.name, self.exactness, self.call, self.make) = (name, exactness, call, make)
    }
}

// The tables are several, since one long literal takes the compiler long.
private let layerCases = plainCases + shapeCases + normCases + convolutionCases + recurrentCases + attentionCases + optionCases + laterCases

private let plainCases: [LayerCase] = [
    LayerCase("Linear") { try Linear(5, 3) },
    LayerCase("Linear.nobias") { try Linear(5, 3, bias: false) },
    LayerCase("Sequential") { try Sequential(Linear(5, 4), Activation("Tanh"), Linear(4, 2)) },
    LayerCase("ReLU") { try Activation("ReLU") },
    LayerCase("ReLU6") { try Activation("ReLU6") },
    LayerCase("LeakyReLU") { try Activation("LeakyReLU") },
    LayerCase("LeakyReLU.negative_slope") { try Activation("LeakyReLU", ["negative_slope": 0.2]) },
    LayerCase("ELU.alpha") { try Activation("ELU", ["alpha": 0.7]) },
    LayerCase("SELU") { try Activation("SELU") },
    LayerCase("GELU") { try Activation("GELU") },
    LayerCase("GELU.approximate") { try Activation("GELU", ["approximate": 1]) },
    LayerCase("SiLU") { try Activation("SiLU") },
    LayerCase("Mish") { try Activation("Mish") },
    LayerCase("Sigmoid") { try Activation("Sigmoid") },
    LayerCase("LogSigmoid") { try Activation("LogSigmoid") },
    LayerCase("Tanh") { try Activation("Tanh") },
    LayerCase("Hardtanh.min_val.max_val") { try Activation("Hardtanh", ["min_val": -0.5, "max_val": 2]) },
    LayerCase("Hardsigmoid", exactness: 1e-7) { try Activation("Hardsigmoid") },
    LayerCase("Hardswish") { try Activation("Hardswish") },
    LayerCase("Softplus") { try Activation("Softplus") },
    LayerCase("Softplus.beta.threshold") { try Activation("Softplus", ["beta": 2, "threshold": 3]) },
    LayerCase("Softsign") { try Activation("Softsign") },
    LayerCase("Softmax.dim") { try Activation("Softmax", ["dim": 1]) },
    LayerCase("LogSoftmax.dim") { try Activation("LogSoftmax", ["dim": 1]) },
    LayerCase("GLU.dim") { try Activation("GLU", ["dim": 1]) },
    LayerCase("PReLU") { try PReLU() },
    LayerCase("PReLU.channels") { try PReLU(3, start: 0.1) },
    LayerCase("Bilinear") { try Bilinear(3, 4, 2) },
    LayerCase("Embedding") { try Embedding(6, 3) },
    LayerCase("Embedding.padding_idx") { try Embedding(6, 3, paddingIndex: -1) },
    LayerCase("EmbeddingBag.sum") { try EmbeddingBag(6, 3, mode: .sum) },
    LayerCase("EmbeddingBag.mean") { try EmbeddingBag(6, 3) },
    LayerCase("EmbeddingBag.max") { try EmbeddingBag(6, 3, mode: .max) },
    LayerCase("EmbeddingBag.offsets") { try EmbeddingBag(6, 3, mode: .sum) },
]

private let shapeCases: [LayerCase] = [
    LayerCase("Flatten") { Flatten() },
    LayerCase("Unflatten") { Unflatten(1, [2, 3]) },
    LayerCase("Upsample") { try Upsample(scale: [2]) },
    LayerCase("Upsample.bilinear") { try Upsample(size: [5, 7], mode: .bilinear) },
    LayerCase("PixelShuffle") { try PixelShuffle(2) },
    LayerCase("ZeroPad2d") { try ZeroPad2d([1, 2, 0, 3]) },
    LayerCase("ReflectionPad2d") { try ReflectionPad2d([2]) },
    LayerCase("MaxPool1d") { try MaxPool1d(3, stride: 2, padding: 1) },
    LayerCase("MaxPool2d") { try MaxPool2d(2) },
    LayerCase("MaxPool2d.options") {
        var options = PoolOptions()
        (options.stride, options.padding, options.dilation, options.ceilMode) = ([2, 1], [1, 0], [1, 2], true)
        return try MaxPool2d([3, 2], options)
    },
    LayerCase("AvgPool1d") { try AvgPool1d(3, stride: 2, padding: 1) },
    LayerCase("AvgPool2d") {
        var options = PoolOptions()
        (options.stride, options.padding, options.countIncludePad) = ([2], [1], false)
        return try AvgPool2d([3], options)
    },
    LayerCase("AdaptiveAvgPool2d") { try AdaptiveAvgPool2d([3, nil]) },
    LayerCase("AdaptiveMaxPool2d") { try AdaptiveMaxPool2d([2, 2]) },
]

private let normCases: [LayerCase] = [
    LayerCase("LayerNorm") { try LayerNorm([6]) },
    LayerCase("LayerNorm.two") { try LayerNorm([3, 4], eps: 1e-3) },
    LayerCase("LayerNorm.plain") { try LayerNorm([6], affine: false) },
    LayerCase("RMSNorm") { try RMSNorm([6]) },
    LayerCase("GroupNorm") { try GroupNorm(2, 6) },
    LayerCase("BatchNorm1d") { try BatchNorm1d(4) },
    LayerCase("BatchNorm1d.long") { try BatchNorm1d(4, momentum: nil) },
    LayerCase("BatchNorm2d") { try BatchNorm2d(3, momentum: 0.3) },
    LayerCase("BatchNorm2d.plain") { try BatchNorm2d(3, affine: false, trackRunningStats: false) },
    LayerCase("InstanceNorm2d") { try InstanceNorm2d(3) },
    LayerCase("InstanceNorm2d.tracking") { try InstanceNorm2d(3, momentum: 0.1, affine: true, trackRunningStats: true) },
]

private let convolutionCases: [LayerCase] = [
    LayerCase("Conv1d") { try Conv1d(3, 4, 3, stride: 2, padding: 1) },
    LayerCase("Conv2d") { try Conv2d(3, 4, 3) },
    LayerCase("Conv2d.options") {
        var options = ConvolutionOptions()
        (options.stride, options.padding, options.dilation, options.groups, options.bias) = ([2, 1], [1, 0], [1, 2], 2, false)
        return try Conv2d(4, 6, [3, 2], options)
    },
    LayerCase("Conv2d.same") { try Conv2d(2, 3, 4, padding: .same) },
    LayerCase("Conv2d.reflect") {
        var options = ConvolutionOptions()
        (options.padding, options.paddingMode) = ([2, 1], .reflect)
        return try Conv2d(2, 3, [3], options)
    },
    LayerCase("Conv2d.circular") {
        var options = ConvolutionOptions()
        (options.padding, options.paddingMode) = (.same, .circular)
        return try Conv2d(2, 3, [4], options)
    },
    LayerCase("Conv3d") { try Conv3d(2, 3, 2, padding: 1) },
    LayerCase("ConvTranspose1d") { try ConvTranspose1d(3, 2, 4, stride: 2, padding: 1) },
    LayerCase("ConvTranspose2d") {
        var options = ConvolutionOptions()
        (options.stride, options.padding, options.outputPadding, options.groups) = ([2], [1], [1], 2)
        return try ConvTranspose2d(4, 6, [3], options)
    },
]

private let recurrentCases: [LayerCase] = [
    LayerCase("RNN") { try RNN(3, 4) },
    LayerCase("RNN.relu") { try RNN(3, 4, layers: 2, nonlinearity: "relu", batchFirst: true) },
    LayerCase("LSTM") { try LSTM(3, 4) },
    LayerCase("LSTM.states") { try LSTM(3, 4) },
    LayerCase("LSTM.deep") { try LSTM(3, 4, layers: 2, bias: false, batchFirst: true, bidirectional: true) },
    LayerCase("LSTM.single") { try LSTM(3, 4) },
    LayerCase("LSTM.packed", call: packed) { try LSTM(3, 4, bidirectional: true) },
    LayerCase("GRU") { try GRU(3, 4) },
    LayerCase("GRU.deep") { try GRU(3, 4, layers: 2, bidirectional: true) },
    LayerCase("GRU.packed", call: packed) { try GRU(3, 4, layers: 2) },
    LayerCase("RNNCell") { try RNNCell(3, 4) },
    LayerCase("LSTMCell") { try LSTMCell(3, 4) },
    LayerCase("GRUCell") { try GRUCell(3, 4) },
]

@Sendable private func packed(_ module: Module, _ inputs: [Tensor]) throws -> [Tensor] {
    try #require(module as? Recurrent).run(inputs[0], lengths: [5, 2, 3])
}

private let attentionCases: [LayerCase] = [
    LayerCase("MultiheadAttention") { try MultiheadAttention(6, 2) },
    LayerCase("MultiheadAttention.sizes") { try MultiheadAttention(6, 3, keyDimension: 4, valueDimension: 5, batchFirst: true) },
    LayerCase("MultiheadAttention.self", call: { [try $0($1[0])] }) { try MultiheadAttention(6, 2, batchFirst: true) },
    LayerCase("MultiheadAttention.causal", call: { module, x in
        [try attention(module).attend(x[0], x[0], x[0], isCausal: true, needsWeights: false).output]
    }) { try MultiheadAttention(6, 2, bias: false, batchFirst: true) },
    LayerCase("MultiheadAttention.masked", call: { module, x in
        let mask = try Tensor([0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0].map { $0 == 1 }, shape: [3, 4])
        let (output, weights) = try attention(module).attend(
            x[0], x[1], x[2], keyPaddingMask: padding(), attentionMask: mask, averagesWeights: false)
        return [output] + (weights.map { [$0] } ?? [])
    }) { try MultiheadAttention(6, 2) },
    LayerCase("MultiheadAttention.added", call: { module, x in
        [try attention(module).attend(x[0], x[1], x[2], attentionMask: x[3], needsWeights: false).output]
    }) { try MultiheadAttention(6, 2) },
    LayerCase("TransformerEncoderLayer") { try TransformerEncoderLayer(6, 2, transformer()) },
    LayerCase("TransformerEncoderLayer.options") {
        var options = transformer(batchFirst: true)
        (options.activation, options.normFirst, options.bias, options.eps) = ("gelu", true, false, 1e-3)
        return try TransformerEncoderLayer(6, 2, options)
    },
    LayerCase("TransformerEncoder", call: { module, x in
        [try #require(module as? TransformerEncoder).run(x[0], keyPaddingMask: padding(), isCausal: true)]
    }) { try TransformerEncoder(TransformerEncoderLayer(6, 2, transformer(batchFirst: true)), 2, norm: LayerNorm([6])) },
    LayerCase("TransformerDecoderLayer") { try TransformerDecoderLayer(6, 2, transformer()) },
    LayerCase("TransformerDecoderLayer.normFirst") {
        var options = transformer()
        options.normFirst = true
        return try TransformerDecoderLayer(6, 2, options)
    },
    LayerCase("TransformerDecoder", call: { module, x in
        var masks = TransformerDecoderLayer.Masks()
        (masks.isCausal, masks.memoryPadding) = (true, try padding())
        return [try #require(module as? TransformerDecoder).run(x[0], x[1], masks)]
    }) { try TransformerDecoder(TransformerDecoderLayer(6, 2, transformer(batchFirst: true)), 2, norm: LayerNorm([6])) },
]

private func attention(_ module: Module) throws -> MultiheadAttention { try #require(module as? MultiheadAttention) }

private func padding() throws -> Tensor {
    try Tensor([false, false, false, true, false, false, false, false], shape: [2, 4])
}

private func transformer(batchFirst: Bool = false) -> TransformerOptions {
    var options = TransformerOptions()
    (options.feedforward, options.dropout, options.batchFirst) = (8, 0, batchFirst)
    return options
}

@Suite struct LayerTests {
    /// Names and shapes, outputs in both modes, gradients of inputs and parameters, buffers
    /// afterwards; the same after cloning, saving and loading.
    @Test(arguments: layerCases, [DType.float64, .float32])
    func agreesWithPyTorch(_ test: LayerCase, _ dtype: DType) throws {
        let reference = try Reference("layers", test.name), close = dtype == .float64 ? test.exactness : tolerance(dtype)
        let original = try test.make().to(dtype)
        try original.loadStateDict(StateDict(reference.parts("state.")))
        #expect(original.stateDict().names == reference.order("state"))
        let module = try original.clone()
        let inputs = try reference.parts("x").filter { $0.name.allSatisfy(\.isNumber) }.map { part in
            let x = try reference.get("x" + part.name, dtype).clone()
            if x.dtype.isFloatingPoint { try x.setRequiresGrad(true) }
            return x
        }
        let outputs = try test.call(module, inputs)
        var total: Tensor?
        for (i, output) in outputs.enumerated() {
            try expectClose(output, reference.get("out\(i)"), close, "output \(i)")
            guard output.requiresGrad else { continue }
            let part = try (output * reference.get("slope\(i)", dtype)).sum()
            total = try total.map { try $0 + part } ?? part
        }
        try total?.backward()
        for (i, input) in inputs.enumerated() where reference["xgrad\(i)"] != nil {
            try expectClose(input.grad, reference.get("xgrad\(i)"), close, "gradient of input \(i)")
        }
        let parameters = module.namedParameters(), gradients = reference.parts("grad.")
        #expect(parameters.filter { $0.tensor.grad != nil }.map(\.name).sorted() == gradients.map(\.name).sorted())
        for (name, gradient) in gradients {
            try expectClose(parameters.first { $0.name == name }?.tensor.grad, gradient, close * 4, "gradient of \(name)")
        }
        let buffers = module.namedBuffers()
        for (name, value) in reference.parts("after.") {
            try expectClose(buffers.first { $0.name == name }?.tensor, value, close, "buffer \(name)")
        }
        module.eval()
        for (i, output) in try Autograd.withoutGradients({ try test.call(module, inputs) }).enumerated() where reference["eval\(i)"] != nil {
            try expectClose(output, reference.get("eval\(i)"), close, "evaluation output \(i)")
        }
    }

    @Test func everyActivationHasACase() {
        let tested = Set(layerCases.map { $0.name.prefix { $0 != "." } }.map(String.init))
        for kind in Activation.kinds { #expect(tested.contains(kind.name)) }
    }

    @Test func linearStartsAsInPyTorch() throws {
        let layer = try Linear(400, 300)
        let weight = try numbers(#require(layer.weight)), bias = try numbers(#require(layer.bias))
        #expect(weight.allSatisfy { abs($0) <= 0.05 } && bias.allSatisfy { abs($0) <= 0.05 })
        // The variance of uniform numbers in ±b is b²/3.
        let variance = weight.reduce(0) { $0 + $1 * $1 } / Double(weight.count)
        #expect(abs(variance / (0.05 * 0.05 / 3) - 1) < 0.02)
        #expect(abs(weight.reduce(0, +) / Double(weight.count)) < 0.001)
    }

    @Test func initializers() throws {
        let fans: [(name: String, std: Double, tensor: Tensor)] = try [
            ("kaimingUniform", 2.0.squareRoot() / 20, Initialize.kaimingUniform(Tensor.zeros([300, 400]), nonlinearity: "relu")),
            ("kaimingNormal", 2.0.squareRoot() / 300.0.squareRoot(),
                Initialize.kaimingNormal(Tensor.zeros([300, 400]), mode: .fanOut, nonlinearity: "relu")),
            ("xavierUniform", (2.0 / 700).squareRoot(), Initialize.xavierUniform(Tensor.zeros([300, 400]))),
            ("xavierNormal", 2 * (2.0 / 700).squareRoot(), Initialize.xavierNormal(Tensor.zeros([300, 400]), gain: 2)),
            ("field", (2.0 / 1800).squareRoot(), Initialize.xavierNormal(Tensor.zeros([100, 100, 3, 3]))),
        ]
        for (name, std, tensor) in fans {
            let values = try numbers(tensor)
            let measured = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
            #expect(abs(measured / std - 1) < 0.02, "\(name)")
        }
        #expect(throws: TensorError.self) { try Initialize.xavierNormal(Tensor.zeros([3])) }
        #expect(throws: LearningError.self) { try Initialize.kaimingNormal(Tensor.zeros([3, 3]), nonlinearity: "swish") }
    }

    @Test func dropout() throws {
        let layer = try Dropout(0.25), x = try Tensor.ones([100_000])
        try x.setRequiresGrad(true)
        let y = try layer(x), values = try numbers(y)
        #expect(Set(values) == [0, Double(Float(1) / 0.75)])
        #expect(abs(values.reduce(0, +) / 100_000 - 1) < 0.01)
        try y.sum().backward()
        #expect(try numbers(#require(x.grad)) == values)
        layer.eval()
        #expect(try layer(x) === x)
        #expect(throws: LearningError.self) { try Dropout(1.5) }
        #expect(try numbers(Dropout(1)(Tensor.ones([4]))) == [0, 0, 0, 0])
    }
}
