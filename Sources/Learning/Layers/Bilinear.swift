import Tensors

/// `y = x₁ᵀ·W·x₂ + b` for two inputs.
///
/// Shapes: [*, in1], [*, in2] → [*, out]. Parameters: `weight` [out, in1, in2], `bias` [out], uniform in
/// ±1/√in1.
public final class Bilinear: Module {
    public let first: Int
    public let second: Int
    public let outFeatures: Int

    public init(_ first: Int, _ second: Int, _ outFeatures: Int, bias: Bool = true) throws {
        (self.first, self.second, self.outFeatures) = (first, second, outFeatures)
        super.init()
        try requirePositive("Bilinear", ("in1_features", first), ("in2_features", second), ("out_features", outFeatures))
        let bound = 1 / Double(first).squareRoot()
        try register(parameter: Initialize.uniform(Tensor.zeros([outFeatures, first, second]), -bound, bound), "weight")
        try register(parameter: bias ? Initialize.uniform(Tensor.zeros([outFeatures]), -bound, bound) : nil, "bias")
    }

    public override func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        guard inputs.count == 2 else { throw LearningError.argument("Bilinear", "takes 2 inputs, got \(inputs.count)") }
        let (a, b) = (inputs[0], inputs[1])
        guard a.rank > 0, a.shape.dropLast() == b.shape.dropLast(), a.shape.last == first, b.shape.last == second else {
            throw TensorError.shapes("Bilinear", [a.shape, b.shape], detail: "the inputs must be [*, \(first)] and [*, \(second)]")
        }
        // (x₁·W) as [*, out, in2], then weighted by x₂.
        let rows = a.count / first
        let weight = try required("weight").permute([1, 0, 2]).reshape([first, outFeatures * second])
        let left = try a.reshape([rows, first]).matmul(weight).reshape([rows, outFeatures, second])
        var result = try left.matmul(b.reshape([rows, second, 1])).squeeze([2])
        if let bias = parameter(1) { result = try result.add(bias) }
        return [try result.reshape(a.shape.dropLast() + [outFeatures])]
    }

    public override func makeSimilar() throws -> Module { try Bilinear(first, second, outFeatures, bias: parameter(1) != nil) }
    public override var details: String { "\(first), \(second), \(outFeatures)" }
    public override func multiplyAdds(inputs: [Tensor], outputs: [Tensor]) -> Int {
        (outputs.first?.count ?? 0) * (first + 1) * second
    }
}
