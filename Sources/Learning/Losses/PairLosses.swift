import Tensors

// Losses that compare two or three inputs with each other.

extension Loss {
    /// Three inputs of a call, in words for the error.
    func three(_ inputs: [Tensor], _ names: String) throws -> (Tensor, Tensor, Tensor) {
        guard inputs.count == 3 else { throw LearningError.argument(kind, "takes \(names), got \(inputs.count) input\(inputs.count == 1 ? "" : "s")") }
        return (inputs[0], inputs[1], inputs[2])
    }

    /// Refuses inputs of different shapes: broadcasting them would compare the wrong pairs.
    func requireSameShape(_ tensors: Tensor..., detail: String) throws {
        guard tensors.dropFirst().allSatisfy({ $0.shape == tensors[0].shape }) else {
            throw TensorError.shapes(kind, tensors.map(\.shape), detail: detail)
        }
    }
}

/// x where the target is 1, max(0, margin - x) where it is -1.
public final class HingeEmbeddingLoss: Loss {
    public let margin: Double

    public init(margin: Double = 1, reduction: Reduction = .mean) {
        self.margin = margin
        super.init(reduction: reduction)
    }

    public override func forward(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
        try requireSameShape(prediction, target, detail: "distances and targets must have the same shape")
        let far = try prediction.neg().add(.double(margin)).relu()
        return try reduce(target.eq(1).where(0, far).add(target.eq(-1).where(0, prediction)))
    }
    public override func makeSimilar() throws -> Module { HingeEmbeddingLoss(margin: margin, reduction: reduction) }
}

/// max(0, -y·(x₁ - x₂) + margin): x₁ shall be greater where y is 1, smaller where it is -1.
public final class MarginRankingLoss: Loss {
    public let margin: Double

    public init(margin: Double = 0, reduction: Reduction = .mean) {
        self.margin = margin
        super.init(reduction: reduction)
    }

    public override func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        let (a, b, y) = try three(inputs, "two inputs and a target of 1 and -1")
        try requireSameShape(a, b, y, detail: "both inputs and the target must have the same shape")
        return [try reduce(a.sub(b).mul(y.to(a.dtype)).neg().add(.double(margin)).relu())]
    }
    public override func makeSimilar() throws -> Module { MarginRankingLoss(margin: margin, reduction: reduction) }
}

/// 1 - cos(x₁, x₂) where y is 1, max(0, cos(x₁, x₂) - margin) where it is -1.
///
/// Shapes: [N, D], [N, D], [N] → [N], or [D], [D], [] → [].
public final class CosineEmbeddingLoss: Loss {
    public let margin: Double

    public init(margin: Double = 0, reduction: Reduction = .mean) {
        self.margin = margin
        super.init(reduction: reduction)
    }

    public override func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        let (a, b, y) = try three(inputs, "two inputs and a target of 1 and -1")
        guard a.shape == b.shape, a.rank == 1 || a.rank == 2, y.shape == Array(a.shape.dropLast()) else {
            throw TensorError.shapes(kind, [a.shape, b.shape, y.shape], detail: "the inputs must be [N, D] and the target [N]")
        }
        // PyTorch's guard against vectors of length 0.
        let tiny = Scalar.double(1e-12)
        let lengths = try a.square().sum([-1]).add(tiny).mul(b.square().sum([-1]).add(tiny)).sqrt()
        let cosine = try a.mul(b).sum([-1]).div(lengths)
        let alike = try y.eq(1).where(cosine.neg().add(1), 0), apart = try y.eq(-1).where(cosine.sub(.double(margin)).relu(), 0)
        return [try reduce(alike.add(apart))]
    }
    public override func makeSimilar() throws -> Module { CosineEmbeddingLoss(margin: margin, reduction: reduction) }
}

/// max(0, d(anchor, positive) - d(anchor, negative) + margin) for distances of the p-norm (Balntas et al. 2016).
///
/// Shapes: three times [N, D] → [N], or [D] → [].
public final class TripletMarginLoss: Loss {
    public let margin: Double
    public let power: Double
    public let eps: Double
    /// Whether the distance of positive and negative counts when it is the smaller one.
    public let swap: Bool

    public init(margin: Double = 1, power: Double = 2, eps: Double = 1e-6, swap: Bool = false, reduction: Reduction = .mean) throws {
        (self.margin, self.power, self.eps, self.swap) = (margin, power, eps, swap)
        super.init(reduction: reduction)
        try check(kind, "margin", margin, margin > 0, "positive")
    }

    public override func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        let (anchor, positive, negative) = try three(inputs, "an anchor, a positive and a negative")
        try requireSameShape(anchor, positive, negative, detail: "anchor, positive and negative must have the same shape")
        guard anchor.rank > 0 else { throw TensorError.shapes(kind, [anchor.shape], detail: "the inputs must be [N, D]") }
        func distance(_ a: Tensor, _ b: Tensor) throws -> Tensor { try a.sub(b).add(.double(eps)).norm(power, [-1]) }
        var far = try distance(anchor, negative)
        if swap { far = try far.minimum(distance(positive, negative)) }
        return [try reduce(distance(anchor, positive).sub(far).add(.double(margin)).relu())]
    }
    public override func makeSimilar() throws -> Module {
        try TripletMarginLoss(margin: margin, power: power, eps: eps, swap: swap, reduction: reduction)
    }
}

/// Σ max(0, margin - x[y] + x[j])ᵖ / C over the classes j other than the target y.
///
/// Shapes: scores [N, C], classes [N] → [N], or [C], [] → [].
public final class MultiMarginLoss: Loss {
    public let power: Int
    public let margin: Double

    public init(power: Int = 1, margin: Double = 1, weight: Tensor? = nil, reduction: Reduction = .mean) throws {
        (self.power, self.margin) = (power, margin)
        super.init(reduction: reduction)
        guard power == 1 || power == 2 else { throw LearningError.argument(kind, "p must be 1 or 2, not \(power)") }
        register(buffer: weight, "weight")
    }

    public override var takesClasses: Bool { true }

    public override func forward(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
        guard prediction.rank == 1 || prediction.rank == 2, target.shape == Array(prediction.shape.dropLast()),
            let classes = prediction.shape.last, classes > 0
        else { throw TensorError.shapes(kind, [prediction.shape, target.shape], detail: "scores must be [N, C] and classes [N]") }
        let labels = try target.labels(kind, classes: classes, ignoreIndex: .min), own = try labels.unsqueeze(-1)
        var terms = try prediction.sub(prediction.gather(-1, own)).add(.double(margin)).relu()
        if power == 2 { terms = try terms.square() }
        if let weight = buffer(0) {
            guard weight.shape == [classes] else {
                throw TensorError.shapes(kind, [weight.shape], detail: "weight needs one number for each of the \(classes) classes")
            }
            let factors = try weight.to(prediction.dtype).gather(0, labels.reshape([labels.count])).reshape(own.shape)
            terms = try terms.mul(factors)
        }
        // The target's own term does not count.
        let others = try Tensor.ones(terms.shape, terms.dtype).scatter(-1, own, .int(0))
        return try reduce(terms.mul(others).sum([-1]).div(.int(Int64(classes))))
    }
    public override func makeSimilar() throws -> Module {
        try MultiMarginLoss(power: power, margin: margin, weight: buffer(0), reduction: reduction)
    }
}
