import Tensors

// Losses of scores or log-probabilities and classes.

/// Cross-entropy of scores before softmax and classes, or probabilities; see `Tensor.crossEntropy`.
public final class CrossEntropyLoss: Loss {
    public let ignoreIndex: Int
    public let labelSmoothing: Double

    public init(
        weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: Reduction = .mean, labelSmoothing: Double = 0
    ) {
        self.ignoreIndex = ignoreIndex
        self.labelSmoothing = labelSmoothing
        super.init(reduction: reduction)
        register(buffer: weight, "weight")
    }

    /// Whether a softmax before this loss was hinted at.
    private var hasHinted = false

    public override func forward(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
        if !hasHinted, prediction.operation?.name == "softmax" {
            hasHinted = true
            Hint.say("N04", "cross_entropy applies log-softmax itself; the model already ends in Softmax. Remove that layer.")
        }
        return try prediction.crossEntropy(
            target, weight: buffer(0), ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing)
    }

    public override var takesClasses: Bool { true }
    public override func makeSimilar() throws -> Module {
        CrossEntropyLoss(weight: buffer(0), ignoreIndex: ignoreIndex, reduction: reduction, labelSmoothing: labelSmoothing)
    }
}

/// Minus the log-probability of each row's class; see `Tensor.nllLoss`.
public final class NLLLoss: Loss {
    public let ignoreIndex: Int

    public init(weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: Reduction = .mean) {
        self.ignoreIndex = ignoreIndex
        super.init(reduction: reduction)
        register(buffer: weight, "weight")
    }

    public override func forward(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
        try prediction.nllLoss(target, weight: buffer(0), ignoreIndex: ignoreIndex, reduction: reduction)
    }

    public override var takesClasses: Bool { true }
    public override func makeSimilar() throws -> Module {
        NLLLoss(weight: buffer(0), ignoreIndex: ignoreIndex, reduction: reduction)
    }
}

/// Binary cross-entropy of probabilities; see `Tensor.binaryCrossEntropy`.
public final class BCELoss: Loss {
    public init(weight: Tensor? = nil, reduction: Reduction = .mean) {
        super.init(reduction: reduction)
        register(buffer: weight, "weight")
    }

    public override func forward(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
        try prediction.binaryCrossEntropy(target, weight: buffer(0), reduction: reduction)
    }

    public override func makeSimilar() throws -> Module { BCELoss(weight: buffer(0), reduction: reduction) }
}

/// Binary cross-entropy of scores before sigmoid; see `Tensor.binaryCrossEntropyWithLogits`.
public final class BCEWithLogitsLoss: Loss {
    public init(weight: Tensor? = nil, positiveWeight: Tensor? = nil, reduction: Reduction = .mean) {
        super.init(reduction: reduction)
        register(buffer: weight, "weight")
        register(buffer: positiveWeight, "pos_weight")
    }

    public override func forward(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
        try prediction.binaryCrossEntropyWithLogits(
            target, weight: buffer(0), positiveWeight: buffer(1), reduction: reduction)
    }

    public override func makeSimilar() throws -> Module {
        BCEWithLogitsLoss(weight: buffer(0), positiveWeight: buffer(1), reduction: reduction)
    }
}
