import TestSupport
import Testing
@testable import Tensors

/// Checks the gradients of a function, and their gradients, for inputs of the given shapes.
func checkGradients(
    _ name: String, _ shapes: [[Int]], second: Bool = true, _ function: @escaping ([Tensor]) throws -> Tensor
) throws {
    let inputs = try shapes.enumerated().map { try scattered($1, seed: $0 + 1) }
    let wrong = try gradientCheck(inputs, order: second ? 2 : 1, function)
    #expect(wrong == nil, "\(name)")
}

extension Tensor {
    /// The elements in row-major order.
    func doubles() throws -> [Double] { try TestSupport.doubles(self) }

    /// 0, 1, 2, … in a shape.
    static func counting(_ shape: [Int], _ dtype: DType = .float32) throws -> Tensor {
        try Tensor((0..<shape.reduce(1, *)).map { Double($0) }, shape: shape).to(dtype)
    }
}
