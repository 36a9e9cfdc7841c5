import Tensors

/// A parameter that is computed anew from others before each forward, such as a weight kept as a
/// direction and a length.
public class Parametrization {
    /// The parameter that is computed.
    public let name: String
    /// What is learnt in its place, in order.
    public internal(set) var parameters: [(name: String, tensor: Tensor)] = []
    /// What is kept beside it.
    public internal(set) var buffers: [(name: String, tensor: Tensor)] = []

    init(_ name: String) { self.name = name }

    /// The parameter's value.
    func compute(isTraining: Bool) throws -> Tensor { throw LearningError.argument(name, "has no value") }
    /// The same with tensors that are filled in afterwards.
    func makeSimilar() -> Parametrization { Parametrization(name) }

    /// Puts another tensor in the place of one; false when there is none of the name.
    public func replace(_ name: String, with tensor: Tensor) -> Bool {
        if let i = parameters.firstIndex(where: { $0.name == name }) {
            parameters[i].tensor = tensor
            return true
        }
        if let i = buffers.firstIndex(where: { $0.name == name }) {
            buffers[i].tensor = tensor
            return true
        }
        return false
    }
}

/// A weight as length times direction, w = g·v / ‖v‖ (Salimans and Kingma 2016).
final class WeightNorm: Parametrization {
    /// The dimension whose slices have lengths of their own; nil for one length.
    private let dim: Int?

    private init(_ name: String, dim: Int?) {
        self.dim = dim
        super.init(name)
    }

    convenience init(_ name: String, _ weight: Tensor, dim: Int?) throws {
        self.init(name, dim: dim)
        let v = try weight.detach().clone(), g = try lengths(v)
        parameters = [(name + "_g", g), (name + "_v", v)]
    }

    private func lengths(_ v: Tensor) throws -> Tensor {
        guard let dim else { return try v.norm(2) }
        let others = (0..<v.rank).filter { $0 != dim }
        return others.isEmpty ? try v.abs() : try v.norm(2, others, keepdim: true)
    }

    override func compute(isTraining: Bool) throws -> Tensor {
        let v = parameters[1].tensor
        return try v.mul(parameters[0].tensor.div(lengths(v)))
    }
    override func makeSimilar() -> Parametrization {
        let copy = WeightNorm(name, dim: dim)
        copy.parameters = parameters
        return copy
    }
}

/// A weight divided by its greatest singular value, which a step of the power method follows in each
/// training forward (Miyato et al. 2018).
final class SpectralNorm: Parametrization {
    private let dim: Int
    private let steps: Int
    private let eps: Double

    private init(_ name: String, dim: Int, steps: Int, eps: Double) {
        (self.dim, self.steps, self.eps) = (dim, steps, eps)
        super.init(name)
    }

    convenience init(_ name: String, _ weight: Tensor, dim: Int, steps: Int, eps: Double) throws {
        self.init(name, dim: dim, steps: steps, eps: eps)
        parameters = [(name + "_orig", try weight.detach().clone())]
        let matrix = try matrix(weight.detach())
        buffers = [(name + "_u", try unit(Tensor.randn([matrix.shape[0]], weight.dtype))), (name + "_v", try unit(Tensor.randn([matrix.shape[1]], weight.dtype)))]
    }

    /// The weight with `dim` first and the rest as columns.
    private func matrix(_ weight: Tensor) throws -> Tensor {
        let front = dim == 0 ? weight : try weight.movedim([dim], [0])
        return try front.reshape([front.shape[0], -1])
    }

    private func unit(_ x: Tensor) throws -> Tensor { try x.div(x.norm(2).clamp(minimum: .double(eps))) }

    override func compute(isTraining: Bool) throws -> Tensor {
        let weight = parameters[0].tensor, rows = try matrix(weight)
        var u = buffers[0].tensor, v = buffers[1].tensor
        if isTraining {
            try Autograd.withoutGradients {
                let fixed = rows.detach()
                for _ in 0..<steps {
                    v = try unit(fixed.t().mv(u))
                    u = try unit(fixed.mv(v))
                }
                try buffers[0].tensor.copy_(u)
                try buffers[1].tensor.copy_(v)
            }
        }
        return try weight.div(u.detach().clone().dot(rows.mv(v.detach().clone())))
    }
    override func makeSimilar() -> Parametrization {
        let copy = SpectralNorm(name, dim: dim, steps: steps, eps: eps)
        (copy.parameters, copy.buffers) = (parameters, buffers)
        return copy
    }
}

extension Module {
    /// Splits a parameter into a length `name_g` for each slice along a dimension (one for all where it is
    /// nil) and a direction `name_v`.
    public func addWeightNorm(_ name: String = "weight", dim: Int? = 0) throws {
        let weight = try free(name, "weight_norm")
        if let dim, dim < -weight.rank || dim >= weight.rank { throw TensorError.dimension("weight_norm", dim, rank: weight.rank) }
        try add(WeightNorm(name, weight, dim: dim.map { $0 < 0 ? $0 + weight.rank : $0 }))
    }

    /// Divides a parameter by its greatest singular value from then on; it is kept as `name_orig`.
    ///
    /// - Parameter dim: the dimension of the outputs; 1 for transposed convolutions, 0 for others, when nil.
    public func addSpectralNorm(_ name: String = "weight", steps: Int = 1, eps: Double = 1e-12, dim: Int? = nil) throws {
        let weight = try free(name, "spectral_norm"), dim = dim ?? (self is TransposedConvolution ? 1 : 0)
        try requirePositive("spectral_norm", ("n_power_iterations", steps), atMost: 1_000_000)
        guard weight.rank >= 2 else { throw TensorError.shapes("spectral_norm", [weight.shape], detail: "the parameter needs at least 2 dimensions") }
        guard dim >= -weight.rank, dim < weight.rank else { throw TensorError.dimension("spectral_norm", dim, rank: weight.rank) }
        try add(SpectralNorm(name, weight, dim: dim < 0 ? dim + weight.rank : dim, steps: steps, eps: eps))
    }

    /// Makes a computed parameter an ordinary one again, with the value it has.
    public func removeParametrization(_ name: String = "weight", _ operation: String) throws {
        guard let i = parametrizations.firstIndex(where: { $0.name == name }) else {
            throw LearningError.argument(operation, "\(kind) has no parameter '\(name)' that is computed")
        }
        let value = try Autograd.withoutGradients { try parametrizations[i].compute(isTraining: false).clone() }
        parametrizations.remove(at: i)
        value.isParameter = true
        try value.setRequiresGrad(true)
        _ = replace(name, with: value)
    }

    private func free(_ name: String, _ operation: String) throws -> Tensor {
        guard let parameter = ownParameters.first(where: { $0.name == name })?.tensor, hasPlace(name) else {
            let names = ownParameters.map { "'\($0.name)'" }.joined(separator: ", ")
            throw LearningError.argument(operation, "\(kind) is no layer with a parameter '\(name)'; it has \(names.isEmpty ? "none" : names)")
        }
        return parameter
    }

    private func add(_ parametrization: Parametrization) throws {
        for (_, tensor) in parametrization.parameters {
            tensor.isParameter = true
            try tensor.setRequiresGrad(true)
        }
        parametrizations.append(parametrization)
        // Whoever looks before the first forward finds the value, too.
        try prepare()
    }
}
