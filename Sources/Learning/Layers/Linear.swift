import Tensors

/// `y = x·Wᵀ + b`: every output is a weighted sum of all inputs.
///
/// Shapes: [*, in] → [*, out]. Parameters: `weight` [out, in], `bias` [out], drawn uniformly from
/// ±1/√in (He et al. 2015 with a = √5, as PyTorch does).
public final class Linear: Module {
    public let inFeatures: Int
    public let outFeatures: Int

    public init(_ inFeatures: Int, _ outFeatures: Int, bias: Bool = true) throws {
        self.inFeatures = inFeatures
        self.outFeatures = outFeatures
        super.init()
        try requirePositive("Linear", ("in_features", inFeatures), ("out_features", outFeatures))
        let weight = try Tensor.zeros([outFeatures, inFeatures])
        try register(parameter: Initialize.kaimingUniform(weight, a: 5.0.squareRoot()), "weight")
        let bound = 1 / Double(inFeatures).squareRoot()
        let offsets = bias ? try Initialize.uniform(Tensor.zeros([outFeatures]), -bound, bound) : nil
        try register(parameter: offsets, "bias")
    }

    public var weight: Tensor? { parameter(0) }
    public var bias: Tensor? { parameter(1) }

    public override func forward(_ input: Tensor) throws -> Tensor {
        guard let weight else { throw LearningError.argument("Linear", "the weight was removed") }
        guard input.shape.last == inFeatures || weight.shape != [outFeatures, inFeatures] else { throw misfit(input.shape) }
        return try Tensor.linear(input, weight, bias)
    }

    private func misfit(_ shape: [Int]) -> LayerInputError {
        var text = "takes \(inFeatures) value\(inFeatures == 1 ? "" : "s") per example but got \(describe(shape))."
        let example = shape.dropFirst()
        if shape.count > 2, example.reduce(1, *) == inFeatures {
            text += " \(product(example)) = \(inFeatures): put nn.Flatten() before it."
        } else if shape.count > 1, shape.reduce(1, *) == inFeatures {
            text += " This is one example: x:reshape(1, \(inFeatures))."
        } else if shape.count == 2, shape[0] == inFeatures {
            text += " Did you mean x:t()?"
        }
        return LayerInputError(self, text)
    }

    public override func makeSimilar() throws -> Module { try Linear(inFeatures, outFeatures, bias: bias != nil) }
    public override var details: String { "\(inFeatures), \(outFeatures)" + (bias == nil ? ", bias=false" : "") }
    public override var expectedInputShape: [Int]? { [inFeatures] }
    public override func multiplyAdds(inputs: [Tensor], outputs: [Tensor]) -> Int {
        (outputs.first?.count ?? 0) * inFeatures
    }
}

/// Refuses sizes below 1, and those with which counting could overflow, naming the argument.
func requirePositive(_ operation: String, _ sizes: (String, Int)..., atMost limit: Int = 1 << 40) throws {
    for (name, size) in sizes where size < 1 || size > limit {
        throw LearningError.argument(operation, "\(name) must be at \(size < 1 ? "least 1" : "most \(limit)"), not \(size)")
    }
}

/// More layers than any model has.
let mostLayers = 10_000
