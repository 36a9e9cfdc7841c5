import Tensors

// Losses of predicted distributions.

/// How far target probabilities are from predicted log-probabilities: t·(log t - x) (Kullback and Leibler 1951).
///
/// Shapes: [N, *] twice → [N, *].
public final class KLDivLoss: Loss {
    /// Whether targets are logarithms too.
    public let logTarget: Bool
    /// Whether the sum is divided by the rows, which is the divergence's average; `mean` divides by all elements.
    public let averagesRows: Bool

    public init(reduction: Reduction = .mean, averagesRows: Bool = false, logTarget: Bool = false) {
        (self.averagesRows, self.logTarget) = (averagesRows, logTarget)
        super.init(reduction: averagesRows ? .sum : reduction)
    }

    public override func forward(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
        let result = try prediction.klDiv(target, logTarget: logTarget, reduction: reduction)
        return averagesRows ? try result.div(.int(Int64(prediction.shape.first ?? 1))) : result
    }
    public override func makeSimilar() throws -> Module {
        KLDivLoss(reduction: reduction, averagesRows: averagesRows, logTarget: logTarget)
    }
}

/// ½·(log v + (x - t)² / v) for a predicted mean x and variance v (Nix and Weigend 1994).
///
/// The variance has the input's shape, or one number for each row: [*] or [*, 1].
public final class GaussianNLLLoss: Loss {
    /// Whether the constant ½·log 2π is added.
    public let full: Bool
    /// The least variance.
    public let eps: Double

    public init(full: Bool = false, eps: Double = 1e-6, reduction: Reduction = .mean) {
        (self.full, self.eps) = (full, eps)
        super.init(reduction: reduction)
    }

    public override func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        let (mean, target, given) = try three(inputs, "a mean, a target and a variance")
        try requireSameShape(mean, target, detail: "mean and target must have the same shape")
        let rows = Array(mean.shape.dropLast())
        var variance = given
        if given.shape != mean.shape {
            guard given.shape == rows || given.shape == rows + [1] || given.rank == 0 else {
                throw TensorError.shapes(kind, [mean.shape, given.shape], detail: "the variance must be \(describe(mean.shape)), \(describe(rows)) or \(describe(rows + [1]))")
            }
            if given.shape == rows { variance = try given.unsqueeze(-1) }
        }
        guard try given.detach().lt(0).any().scalar().doubleValue == 0 else { throw TensorError.value(kind, "the variance holds a negative number") }
        // Raised to eps without cutting off its gradient, as PyTorch does.
        variance = try variance.add(variance.detach().clamp(minimum: .double(eps)).sub(variance.detach()))
        var losses = try mean.sub(target).square().div(variance).add(variance.log()).mul(0.5)
        if full { losses = try losses.add(.double(0.9189385332046727)) }
        return [try reduce(losses)]
    }
    public override func makeSimilar() throws -> Module { GaussianNLLLoss(full: full, eps: eps, reduction: reduction) }
}

/// eˣ - t·x for a predicted logarithm x of a rate, or x - t·log(x + eps) for the rate itself.
public final class PoissonNLLLoss: Loss {
    public let logInput: Bool
    /// Whether Stirling's t·log t - t + ½·log 2πt is added where t > 1.
    public let full: Bool
    public let eps: Double

    public init(logInput: Bool = true, full: Bool = false, eps: Double = 1e-8, reduction: Reduction = .mean) {
        (self.logInput, self.full, self.eps) = (logInput, full, eps)
        super.init(reduction: reduction)
    }

    public override func forward(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
        try requireSameShape(prediction, target, detail: "prediction and target must have the same shape")
        let t = try target.to(prediction.dtype)
        var losses = logInput
            ? try prediction.exp().sub(t.mul(prediction)) : try prediction.sub(t.mul(prediction.add(.double(eps)).log()))
        if full {
            let counts = try t.gt(1), safe = try counts.where(t, 1)
            let stirling = try safe.mul(safe.log()).sub(safe).add(safe.mul(.double(2 * .pi)).log().mul(0.5))
            losses = try losses.add(counts.where(stirling, 0))
        }
        return try reduce(losses)
    }
    public override func makeSimilar() throws -> Module {
        PoissonNLLLoss(logInput: logInput, full: full, eps: eps, reduction: reduction)
    }
}
