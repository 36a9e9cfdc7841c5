import Tensors

/// A module that compares predictions with targets.
open class Loss: Module {
    public let reduction: Reduction

    public init(reduction: Reduction = .mean) { self.reduction = reduction }

    /// The loss of a batch.
    open func forward(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
        throw LearningError.argument(kind, "this loss does not take a prediction and a target")
    }

    open override func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        guard inputs.count == 2 else {
            throw LearningError.argument(kind, "takes a prediction and a target, got \(inputs.count) inputs")
        }
        return [try forward(inputs[0], inputs[1])]
    }

    open override func forward(_ input: Tensor) throws -> Tensor {
        throw LearningError.argument(kind, "takes a prediction and a target, got 1 input")
    }

    public final func callAsFunction(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
        if isPlain { return try forward(prediction, target) }
        return try self([prediction, target])[0]
    }

    /// The losses of all rows or elements, reduced.
    public final func reduce(_ losses: Tensor) throws -> Tensor {
        switch reduction {
        case .mean: try losses.mean()
        case .sum: try losses.sum()
        case .none: losses
        }
    }

    /// Whether targets are class numbers.
    open var takesClasses: Bool { false }
    /// The number of the first class in targets.
    open var firstClass: Int { 0 }

    open override var details: String { reduction == .mean ? "" : "reduction=\(reduction.rawValue)" }
}

extension Loss {
    /// A loss by the name that `fit` takes.
    public static func named(_ name: String) throws -> Loss {
        guard let entry = names.first(where: { $0.name == name }) else {
            throw LearningError.argument("loss", "there is no loss named \"\(name)\"; there are "
                + names.map { "\"\($0.name)\"" }.joined(separator: ", "))
        }
        return try entry.make()
    }

    /// The losses that have names.
    public static let names: [(name: String, make: @Sendable () throws -> Loss)] = [
        ("cross_entropy", { CrossEntropyLoss() }),
        ("nll", { NLLLoss() }),
        ("mse", { MSELoss() }),
        ("l1", { L1Loss() }),
        ("smooth_l1", { SmoothL1Loss() }),
        ("huber", { HuberLoss() }),
        ("bce", { BCELoss() }),
        ("bce_with_logits", { BCEWithLogitsLoss() }),
        ("kl_div", { KLDivLoss() }),
        ("hinge_embedding", { HingeEmbeddingLoss() }),
        ("multi_margin", { try MultiMarginLoss() }),
        ("poisson_nll", { PoissonNLLLoss() }),
    ]
}
