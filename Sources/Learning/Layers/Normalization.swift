import Tensors

/// The last dimensions brought to mean 0 and variance 1, then scaled and shifted (Ba et al. 2016).
///
/// Shapes: [*, *shape] → the same. Parameters: `weight`, `bias` of `shape`, ones and zeros at first.
public final class LayerNorm: Module {
    public let normalizedShape: [Int]
    public let eps: Double

    public init(_ normalizedShape: [Int], eps: Double = 1e-5, affine: Bool = true, bias: Bool = true) throws {
        (self.normalizedShape, self.eps) = (normalizedShape, eps)
        super.init()
        try register(parameter: affine ? Tensor.ones(normalizedShape) : nil, "weight")
        try register(parameter: affine && bias ? Tensor.zeros(normalizedShape) : nil, "bias")
    }

    public override func forward(_ input: Tensor) throws -> Tensor {
        try Tensor.layerNorm(input, normalizedShape, parameter(0), parameter(1), eps: eps)
    }

    public override func makeSimilar() throws -> Module {
        try LayerNorm(normalizedShape, eps: eps, affine: parameter(0) != nil, bias: parameter(1) != nil)
    }
    public override var details: String { normalizedShape.map(String.init).joined(separator: ", ") }
}

/// The last dimensions divided by the root of their mean square, then scaled (Zhang and Sennrich 2019).
public final class RMSNorm: Module {
    public let normalizedShape: [Int]
    /// Nil for the type's machine epsilon.
    public let eps: Double?

    public init(_ normalizedShape: [Int], eps: Double? = nil, affine: Bool = true) throws {
        (self.normalizedShape, self.eps) = (normalizedShape, eps)
        super.init()
        try register(parameter: affine ? Tensor.ones(normalizedShape) : nil, "weight")
    }

    public override func forward(_ input: Tensor) throws -> Tensor {
        try Tensor.rmsNorm(input, normalizedShape, parameter(0), eps: eps)
    }

    public override func makeSimilar() throws -> Module { try RMSNorm(normalizedShape, eps: eps, affine: parameter(0) != nil) }
    public override var details: String { normalizedShape.map(String.init).joined(separator: ", ") }
}

/// Groups of channels brought to mean 0 and variance 1 within each example (Wu and He 2018).
///
/// Shapes: [N, C, *] → the same. Parameters: `weight`, `bias` [C].
public final class GroupNorm: Module {
    public let groups: Int
    public let channels: Int
    public let eps: Double

    public init(_ groups: Int, _ channels: Int, eps: Double = 1e-5, affine: Bool = true, bias: Bool = true) throws {
        (self.groups, self.channels, self.eps) = (groups, channels, eps)
        super.init()
        try requirePositive("GroupNorm", ("num_groups", groups), ("num_channels", channels))
        guard channels % groups == 0 else {
            throw LearningError.argument("GroupNorm", "\(channels) channels cannot be split into \(groups) groups")
        }
        try register(parameter: affine ? Tensor.ones([channels]) : nil, "weight")
        try register(parameter: affine && bias ? Tensor.zeros([channels]) : nil, "bias")
    }

    public override func forward(_ input: Tensor) throws -> Tensor {
        try Tensor.groupNorm(input, groups, parameter(0), parameter(1), eps: eps)
    }

    public override func makeSimilar() throws -> Module { try GroupNorm(groups, channels, eps: eps, affine: parameter(0) != nil, bias: parameter(1) != nil) }
    public override var details: String { "\(groups), \(channels)" }
}
