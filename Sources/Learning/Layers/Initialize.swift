import Glibc
import Tensors

/// Ways to fill a new parameter (PyTorch's `nn.init`). Each returns the tensor it filled.
public enum Initialize {
    /// Uniform numbers in low..<high.
    @discardableResult
    public static func uniform(_ tensor: Tensor, _ low: Double = 0, _ high: Double = 1) throws -> Tensor {
        try Autograd.withoutGradients { try tensor.uniform_(low, high) }
    }

    /// Numbers of a normal distribution.
    @discardableResult
    public static func normal(_ tensor: Tensor, mean: Double = 0, std: Double = 1) throws -> Tensor {
        try Autograd.withoutGradients { try tensor.normal_(mean, std) }
    }

    /// One value.
    @discardableResult
    public static func constant(_ tensor: Tensor, _ value: Double) throws -> Tensor {
        try Autograd.withoutGradients { try tensor.fill_(.double(value)) }
    }

    /// Uniform numbers that keep the variance of signals through ReLU layers (He et al. 2015).
    ///
    /// - Parameter a: slope of the leaky ReLU that follows, when `nonlinearity` is "leaky_relu".
    @discardableResult
    public static func kaimingUniform(
        _ tensor: Tensor, a: Double = 0, mode: FanMode = .fanIn, nonlinearity: String = "leaky_relu"
    ) throws -> Tensor {
        let fans = try fans(of: tensor, "kaiming_uniform_")
        let std = try gain(nonlinearity, a) / Double(max(mode == .fanIn ? fans.in : fans.out, 1)).squareRoot()
        return try uniform(tensor, -3.0.squareRoot() * std, 3.0.squareRoot() * std)
    }

    /// Normal numbers that keep the variance of signals through ReLU layers (He et al. 2015).
    @discardableResult
    public static func kaimingNormal(
        _ tensor: Tensor, a: Double = 0, mode: FanMode = .fanIn, nonlinearity: String = "leaky_relu"
    ) throws -> Tensor {
        let fans = try fans(of: tensor, "kaiming_normal_")
        return try normal(tensor, std: gain(nonlinearity, a) / Double(max(mode == .fanIn ? fans.in : fans.out, 1)).squareRoot())
    }

    /// Uniform numbers that balance the variance forward and backward (Glorot and Bengio 2010).
    @discardableResult
    public static func xavierUniform(_ tensor: Tensor, gain: Double = 1) throws -> Tensor {
        let fans = try fans(of: tensor, "xavier_uniform_")
        let bound = gain * (6 / Double(max(fans.in + fans.out, 1))).squareRoot()
        return try uniform(tensor, -bound, bound)
    }

    /// Normal numbers that balance the variance forward and backward (Glorot and Bengio 2010).
    @discardableResult
    public static func xavierNormal(_ tensor: Tensor, gain: Double = 1) throws -> Tensor {
        let fans = try fans(of: tensor, "xavier_normal_")
        return try normal(tensor, std: gain * (2 / Double(max(fans.in + fans.out, 1))).squareRoot())
    }

    /// Normal numbers drawn anew where they fall outside of low...high.
    @discardableResult
    public static func truncatedNormal(
        _ tensor: Tensor, mean: Double = 0, std: Double = 1, _ low: Double = -2, _ high: Double = 2
    ) throws -> Tensor {
        guard std > 0, low < high else {
            throw LearningError.argument("trunc_normal_", "std must be positive and a less than b, got \(shortNumber(std)), \(shortNumber(low)) and \(shortNumber(high))")
        }
        // Uniform shares of the distribution between the bounds, turned back into numbers.
        func share(_ x: Double) -> Double { erf((x - mean) / (std * 2.0.squareRoot())) }
        let draws = try Autograd.withoutGradients { try Tensor.zeros(tensor.shape, .float64).uniform_(share(low), share(high)) }
        try draws.withElements(Double.self) { elements in
            for i in elements.indices {
                elements[i] = min(max(mean + std * 2.0.squareRoot() * inverseErf(elements[i]), low), high)
            }
        }
        return try Autograd.withoutGradients { try tensor.copy_(draws) }
    }

    /// Rows (or columns, where there are fewer of them) at right angles to each other, of length `gain`
    /// (Saxe et al. 2013); further dimensions count as one.
    @discardableResult
    public static func orthogonal(_ tensor: Tensor, gain: Double = 1) throws -> Tensor {
        guard tensor.rank >= 2 else {
            throw TensorError.shapes("orthogonal_", [tensor.shape], detail: "a weight needs at least 2 dimensions, [out, in]")
        }
        if tensor.count == 0 { return tensor }
        let rows = tensor.shape[0], columns = tensor.count / rows
        return try Autograd.withoutGradients {
            var flat = try Tensor.randn([rows, columns], tensor.dtype)
            if rows < columns { flat = try flat.t() }
            let (q, r) = try Linalg.qr(flat)
            var unique = try q.mul(r.diag().sign())
            if rows < columns { unique = try unique.t() }
            return try tensor.copy_(unique.mul(.double(gain)).reshape(tensor.shape))
        }
    }

    /// Ones on the diagonal, zeros elsewhere: a layer that returns its input.
    @discardableResult
    public static func eye(_ tensor: Tensor) throws -> Tensor {
        guard tensor.rank == 2 else { throw TensorError.shapes("eye_", [tensor.shape], detail: "the tensor must have 2 dimensions") }
        return try Autograd.withoutGradients { try tensor.copy_(Tensor.eye(tensor.shape[0], tensor.shape[1], tensor.dtype)) }
    }

    /// The number whose error function is y: a first guess (Winitzki 2008), then Halley's steps.
    private static func inverseErf(_ y: Double) -> Double {
        guard abs(y) < 1 else { return y * .infinity }
        let a = 0.147, l = log(1 - y * y), b = 2 / (.pi * a) + l / 2
        var x = ((b * b - l / a).squareRoot() - b).squareRoot() * (y < 0 ? -1 : 1)
        for _ in 0..<3 {
            let slope = 2 / Double.pi.squareRoot() * exp(-x * x)
            guard slope > 0 else { break }
            let step = (erf(x) - y) / slope
            x -= step / (1 + x * step)
        }
        return x
    }

    /// Which number of connections a variance is kept for.
    public enum FanMode: String, CaseIterable, Sendable { case fanIn = "fan_in", fanOut = "fan_out" }

    /// Connections into and out of one unit of a weight [out, in, …].
    static func fans(of tensor: Tensor, _ operation: String) throws -> (in: Int, out: Int) {
        guard tensor.rank >= 2 else {
            throw TensorError.shapes(operation, [tensor.shape], detail: "a weight needs at least 2 dimensions, [out, in]")
        }
        let field = tensor.shape[2...].reduce(1, *)
        return (tensor.shape[1] * field, tensor.shape[0] * field)
    }

    /// The factor that makes up for what an activation does to the variance.
    public static func gain(_ nonlinearity: String, _ parameter: Double = 0.01) throws -> Double {
        switch nonlinearity {
        case "linear", "sigmoid", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d": return 1
        case "tanh": return 5.0 / 3
        case "relu": return 2.0.squareRoot()
        case "leaky_relu": return (2 / (1 + parameter * parameter)).squareRoot()
        case "selu": return 0.75
        default:
            throw LearningError.argument("calculate_gain", "unknown nonlinearity \"\(nonlinearity)\"; there are "
                + "linear, sigmoid, tanh, relu, leaky_relu, selu")
        }
    }
}
