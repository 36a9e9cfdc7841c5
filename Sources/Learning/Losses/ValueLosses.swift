import Tensors

// Losses of predicted and true values.

/// Mean of squared differences.
public final class MSELoss: Loss {
    public override func forward(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
        try prediction.mseLoss(target, reduction: reduction)
    }
    public override func makeSimilar() throws -> Module { MSELoss(reduction: reduction) }
}

/// Mean of absolute differences.
public final class L1Loss: Loss {
    public override func forward(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
        try prediction.l1Loss(target, reduction: reduction)
    }
    public override func makeSimilar() throws -> Module { L1Loss(reduction: reduction) }
}

/// Squares below `beta`, absolute values above; see `Tensor.smoothL1Loss`.
public final class SmoothL1Loss: Loss {
    public let beta: Double

    public init(reduction: Reduction = .mean, beta: Double = 1) {
        self.beta = beta
        super.init(reduction: reduction)
    }

    public override func forward(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
        try prediction.smoothL1Loss(target, beta: beta, reduction: reduction)
    }
    public override func makeSimilar() throws -> Module { SmoothL1Loss(reduction: reduction, beta: beta) }
}

/// Squares below `delta`, a line above; see `Tensor.huberLoss`.
public final class HuberLoss: Loss {
    public let delta: Double

    public init(reduction: Reduction = .mean, delta: Double = 1) {
        self.delta = delta
        super.init(reduction: reduction)
    }

    public override func forward(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
        try prediction.huberLoss(target, delta: delta, reduction: reduction)
    }
    public override func makeSimilar() throws -> Module { HuberLoss(reduction: reduction, delta: delta) }
}
