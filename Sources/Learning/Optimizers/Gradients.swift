import Tensors

/// What is done to the gradients of parameters between `backward` and a step.
public enum Gradients {
    /// Scales all gradients down so that the norm of all together is at most `limit`.
    ///
    /// - Parameter power: of the norm; infinity for the largest magnitude.
    /// - Returns: the norm before.
    /// - Throws: when the norm is not finite and `refusesNonfinite`.
    @discardableResult
    public static func clipNorm(
        _ parameters: [Tensor], _ limit: Double, power: Double = 2, refusesNonfinite: Bool = false
    ) throws -> Tensor {
        let gradients = parameters.compactMap(\.grad)
        guard let first = gradients.first else { return try Tensor(.double(0)) }
        return try Autograd.withoutGradients {
            let norms = try gradients.map { try $0.norm(power).to(first.dtype) }
            let total = norms.count == 1 ? norms[0] : try Tensor.stack(norms).norm(power)
            let value = try total.scalar().doubleValue
            guard value.isFinite || !refusesNonfinite else {
                throw TensorError.value("clip_grad_norm_", "the gradients' norm is \(value), so they cannot be clipped")
            }
            let factor = limit / (value + 1e-6)
            if !(factor >= 1) { for gradient in gradients { _ = try gradient.mul(.double(factor), inPlace: true) } }
            return total
        }
    }

    /// Brings every element of all gradients into -limit...limit.
    public static func clipValue(_ parameters: [Tensor], _ limit: Double) throws {
        try Autograd.withoutGradients {
            for gradient in parameters.compactMap(\.grad) {
                _ = try gradient.clamp(minimum: .double(-limit), maximum: .double(limit), inPlace: true)
            }
        }
    }
}

/// All elements of parameters, one after the other.
public func parametersToVector(_ parameters: [Tensor]) throws -> Tensor {
    guard !parameters.isEmpty else { throw LearningError.argument("parameters_to_vector", "there are no parameters") }
    return try Tensor.cat(parameters.map { try $0.reshape([$0.count]) })
}

/// Fills parameters with the elements of a vector, in order.
public func vectorToParameters(_ vector: Tensor, _ parameters: [Tensor]) throws {
    let needed = parameters.reduce(0) { $0 + $1.count }
    guard vector.shape == [needed] else {
        throw TensorError.shapes("vector_to_parameters", [vector.shape], detail: "the parameters need a vector of \(needed) elements")
    }
    try Autograd.withoutGradients {
        var start = 0
        for parameter in parameters {
            _ = try parameter.copy_(vector.detach().narrow(0, start, parameter.count).reshape(parameter.shape))
            start += parameter.count
        }
    }
}
