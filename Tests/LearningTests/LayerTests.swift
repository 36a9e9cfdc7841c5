@testable import Learning
import Tensors
import Testing

/// A layer as PyTorch's reference cases have it.
struct LayerCase: CustomTestStringConvertible, Sendable {
    let name: String
    /// How far float64 results may differ; more where PyTorch itself uses float32 constants.
    let exactness: Double
    let make: @Sendable () throws -> Module
    var testDescription: String { name }

    init(_ name: String, exactness: Double = 1e-10, _ make: @escaping @Sendable () throws -> Module) {
        (self.name, self.exactness, self.make) = (name, exactness, make)
    }
}

private let layerCases: [LayerCase] = [
    LayerCase("Linear") { try Linear(5, 3) },
    LayerCase("Linear.nobias") { try Linear(5, 3, bias: false) },
    LayerCase("Flatten") { Flatten() },
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
]

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
        let outputs = try module(inputs)
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
        for (i, output) in try Autograd.withoutGradients({ try module(inputs) }).enumerated() where reference["eval\(i)"] != nil {
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
