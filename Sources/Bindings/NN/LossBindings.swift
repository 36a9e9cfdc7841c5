import Learning
import LuaKit
import Tensors

extension Reduction: LuaOption {}

/// Functions of `nn` that make losses.
enum LossFunctions {
    @FunctionBuilder static var all: [Function] {
        Function("nn.CrossEntropyLoss", "Cross-entropy of scores, before any softmax, and classes 1..C; or probabilities of the scores' shape.",
            Param("weight", Tensor?.self, shape: "[C]", "weight of each class"), Param("ignore_index", Int.self, default: -100, "a label that does not count"),
            Param("reduction", Reduction.self, default: .mean), Param("label_smoothing", Double.self, default: 0, "share of the target spread over all classes"),
            returns: "loss(scores [N, C, ...], target [N, ...])", example: "print(nn.CrossEntropyLoss()(tensor{{2, 0, 0}}, tensor{1}))", see: ["nn.NLLLoss"]) { (weight: Tensor?, ignore: Int, reduction: Reduction, smoothing: Double) -> Module in
            CrossEntropyLoss(weight: weight, ignoreIndex: ignore &- 1, reduction: reduction, labelSmoothing: smoothing)
        }
        Function("nn.NLLLoss", "Minus the log-probability of each row's class 1..C; goes after LogSoftmax.",
            Param("weight", Tensor?.self, shape: "[C]"), Param("ignore_index", Int.self, default: -100), Param("reduction", Reduction.self, default: .mean),
            returns: "loss(log_probabilities [N, C, ...], target [N, ...])", example: "print(nn.NLLLoss()(tensor{{-0.1, -2.4}}, tensor{1}))", see: ["nn.CrossEntropyLoss"]) { (weight: Tensor?, ignore: Int, reduction: Reduction) -> Module in
            NLLLoss(weight: weight, ignoreIndex: ignore &- 1, reduction: reduction)
        }
        Function("nn.MSELoss", "Mean of squared differences.", Param("reduction", Reduction.self, default: .mean), returns: "loss(prediction, target)",
            example: "print(nn.MSELoss()(tensor{1, 2}, tensor{1, 4}))", see: ["nn.L1Loss"]) { (reduction: Reduction) -> Module in MSELoss(reduction: reduction) }
        Function("nn.L1Loss", "Mean of absolute differences.", Param("reduction", Reduction.self, default: .mean), returns: "loss(prediction, target)",
            example: "print(nn.L1Loss()(tensor{1, 2}, tensor{1, 4}))", see: ["nn.MSELoss"]) { (reduction: Reduction) -> Module in L1Loss(reduction: reduction) }
        Function("nn.SmoothL1Loss", "Squared differences below beta, absolute ones above.", Param("reduction", Reduction.self, default: .mean), Param("beta", Double.self, default: 1), returns: "loss(prediction, target)",
            example: "print(nn.SmoothL1Loss()(tensor{1, 2}, tensor{1, 4}))") { (reduction: Reduction, beta: Double) -> Module in SmoothL1Loss(reduction: reduction, beta: beta) }
        Function("nn.HuberLoss", "Squared differences below delta, a straight line above.", Param("reduction", Reduction.self, default: .mean), Param("delta", Double.self, default: 1), returns: "loss(prediction, target)",
            example: "print(nn.HuberLoss()(tensor{1, 2}, tensor{1, 4}))") { (reduction: Reduction, delta: Double) -> Module in HuberLoss(reduction: reduction, delta: delta) }
        Function("nn.BCELoss", "Binary cross-entropy of probabilities; goes after Sigmoid.", Param("weight", Tensor?.self), Param("reduction", Reduction.self, default: .mean), returns: "loss(prediction, target)",
            example: "print(nn.BCELoss()(tensor{0.9, 0.2}, tensor{1, 0}))", see: ["nn.BCEWithLogitsLoss"]) { (weight: Tensor?, reduction: Reduction) -> Module in BCELoss(weight: weight, reduction: reduction) }
        Function("nn.BCEWithLogitsLoss", "Binary cross-entropy of scores, before any sigmoid.", Param("weight", Tensor?.self), Param("reduction", Reduction.self, default: .mean), Param("pos_weight", Tensor?.self, "weight of positive targets"),
            returns: "loss(score, target)", example: "print(nn.BCEWithLogitsLoss()(tensor{2, -1}, tensor{1, 0}))", see: ["nn.BCELoss"]) { (weight: Tensor?, reduction: Reduction, positive: Tensor?) -> Module in
            BCEWithLogitsLoss(weight: weight, positiveWeight: positive, reduction: reduction)
        }
    }
}
