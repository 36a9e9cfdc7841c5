import Testing
@testable import Tensors

/// Compares the gradients of a function of float64 tensors with central differences, and, when it
/// is smooth, the gradients of those gradients as well.
func checkGradients(
    _ name: String, _ shapes: [[Int]], second: Bool = true, positive: Bool = false,
    _ function: ([Tensor]) throws -> Tensor
) throws {
    var seed: UInt64 = 42
    func number() -> Double {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let x = Double(seed >> 11) / Double(1 << 53)
        return positive ? 0.5 + x : 2 * x - 1
    }
    func random(_ shape: [Int]) throws -> Tensor {
        try Tensor((0..<shape.reduce(1, *)).map { _ in number() }, shape: shape)
    }
    for strided in [false, true] {
        let inputs = try shapes.map { shape in
            // A transposed look at memory, so that strides are exercised as well.
            strided && shape.count > 1
                ? try random(shape.reversed()).permute(Array(shape.indices.reversed())) : try random(shape)
        }
        let outputShape = try function(inputs).shape
        let weights = try random(outputShape)
        func loss(_ inputs: [Tensor]) throws -> Tensor { try (function(inputs) * weights).sum() }
        try compare(name + (strided ? " (strided)" : ""), inputs, loss)
        guard second else { continue }
        let directions = try shapes.map(random)
        try compare(name + " (second)", inputs) { inputs in
            let gradients = try Tensor.gradients(of: [loss(inputs)], withRespectTo: inputs, createGraph: true)
            var sum = try Tensor(0, .float64)
            for (gradient, direction) in zip(gradients, directions) {
                if let gradient { sum = try sum + (gradient * gradient * direction).sum() }
            }
            return sum
        }
    }
}

private func compare(_ name: String, _ inputs: [Tensor], _ loss: ([Tensor]) throws -> Tensor) throws {
    let leaves = try inputs.map { input in
        let leaf = try input.clone()
        try leaf.setRequiresGrad(true)
        return leaf
    }
    let start = try loss(leaves)
    guard start.requiresGrad else { return }
    let gradients = try Tensor.gradients(of: [start], withRespectTo: leaves)
    let step = 1e-5
    for (which, input) in inputs.enumerated() {
        let analytic = try (gradients[which] ?? Tensor.zeros(input.shape, .float64)).doubles()
        for i in 0..<input.count {
            func shifted(_ by: Double) throws -> Double {
                var copies = try inputs.map { try $0.clone() }
                copies[which] = try copies[which].contiguousCopy()
                try copies[which].withElements(Double.self) { $0[i] += by }
                try copies.forEach { try $0.setRequiresGrad(true) }
                return try loss(copies).doubles()[0]
            }
            let numeric = try (shifted(step) - shifted(-step)) / (2 * step)
            let difference = abs(numeric - analytic[i])
            #expect(difference <= 1e-5 * max(1, abs(numeric)), "\(name): input \(which), element \(i): \(analytic[i]), numerically \(numeric)")
        }
    }
}

extension Tensor {
    /// The elements in row-major order.
    func doubles() throws -> [Double] { try to(.float64).contiguousCopy().withElements(Double.self) { Array($0) } }

    /// 0, 1, 2, … in a shape.
    static func counting(_ shape: [Int], _ dtype: DType = .float32) throws -> Tensor {
        try Tensor((0..<shape.reduce(1, *)).map { Double($0) }, shape: shape).to(dtype)
    }
}
