import LuaKit
import Tensors

/// `kl_div` has one way more than other losses to become one number.
enum DivergenceReduction: String, CaseIterable, LuaOption { case mean, sum, none, batchmean }

extension TensorFunctions {
    /// Losses: how far predictions are from targets.
    @FunctionBuilder static var losses: [Function] {
        Function("tensor.cross_entropy", "Cross-entropy of scores, before any softmax, and classes 1..C; or probabilities of the scores' shape.", Param("input", Tensor.self, shape: "[N, C, …]", "scores"), Param("target", Tensor.self, shape: "[N, …]", "classes, or probabilities [N, C, …]"),
            Param("weight", Tensor?.self, shape: "[C]", "weight of each class"), Param("ignore_index", Int.self, default: -100), Param("reduction", Reduction.self, default: .mean), Param("label_smoothing", Double.self, default: 0),
            returns: "one number, or [N, …] with reduction \"none\"", example: "print(tensor.cross_entropy(tensor{{2, 0, 0}}, tensor{1}))", see: ["nn.CrossEntropyLoss", "tensor.nll_loss"]
        ) { (x: Tensor, target: Tensor, weight: Tensor?, ignored: Int, reduction: Reduction, smoothing: Double) in
            try x.crossEntropy(target.classes(beside: x, "cross_entropy"), weight: weight, ignoreIndex: ignored &- 1, reduction: reduction, labelSmoothing: smoothing)
        }
        Function("tensor.nll_loss", "Minus the log-probability of each row's class 1..C; goes after log_softmax.", Param("input", Tensor.self, shape: "[N, C, …]", "log-probabilities"), Param("target", Tensor.self, shape: "[N, …]", "classes"),
            Param("weight", Tensor?.self, shape: "[C]", "weight of each class"), Param("ignore_index", Int.self, default: -100), Param("reduction", Reduction.self, default: .mean),
            returns: "one number, or [N, …] with reduction \"none\"", example: "print(tensor{{2, 0, 0}}:log_softmax(2):nll_loss(tensor{1}))", see: ["nn.NLLLoss", "tensor.cross_entropy"]
        ) { (x: Tensor, target: Tensor, weight: Tensor?, ignored: Int, reduction: Reduction) in
            try x.nllLoss(target.labels("nll_loss", "the targets"), weight: weight, ignoreIndex: ignored &- 1, reduction: reduction)
        }
        distance("mse_loss", "Mean of squared differences.", layer: "nn.MSELoss") { try $0.mseLoss($1, weight: $3, reduction: $2) }
        distance("l1_loss", "Mean of absolute differences.", layer: "nn.L1Loss") { try $0.l1Loss($1, weight: $3, reduction: $2) }
        Function("tensor.smooth_l1_loss", "Mean of squared differences below beta, absolute ones above.", Param("input", Tensor.self, "predictions"), Param("target", Tensor.self, "of the same shape"), Param("reduction", Reduction.self, default: .mean), Param("beta", Double.self, default: 1, "where it becomes linear"),
            returns: "one number, or a tensor with reduction \"none\"", example: "print(tensor{1, 2}:smooth_l1_loss(tensor{1, 4}))", see: ["nn.SmoothL1Loss", "tensor.huber_loss"]) { (x: Tensor, target: Tensor, reduction: Reduction, beta: Double) in
            try x.smoothL1Loss(target, beta: beta, reduction: reduction)
        }
        Function("tensor.huber_loss", "Mean of squared differences below delta, a straight line above.", Param("input", Tensor.self, "predictions"), Param("target", Tensor.self, "of the same shape"), Param("reduction", Reduction.self, default: .mean), Param("delta", Double.self, default: 1), Param("weight", Tensor?.self, "factors of the same shape"),
            returns: "one number, or a tensor with reduction \"none\"", example: "print(tensor{1, 2}:huber_loss(tensor{1, 4}))", see: ["nn.HuberLoss", "tensor.smooth_l1_loss"]) { (x: Tensor, target: Tensor, reduction: Reduction, delta: Double, weight: Tensor?) in
            try x.huberLoss(target, delta: delta, weight: weight, reduction: reduction)
        }
        Function("tensor.kl_div", "Kullback-Leibler divergence of target probabilities from predicted log-probabilities.", Param("input", Tensor.self, "log-probabilities"), Param("target", Tensor.self, "probabilities, or their logarithms with log_target"),
            Param("reduction", DivergenceReduction.self, default: .mean, "\"batchmean\" divides the sum by the rows, as the formula does; \"mean\" by all elements"), Param("log_target", Bool.self, default: false, "whether target holds logarithms"),
            returns: "one number, or a tensor with reduction \"none\"", example: "print(tensor{{0.5, 0.5}}:log():kl_div(tensor{{0.9, 0.1}}, {reduction=\"batchmean\"}))", see: ["tensor.cross_entropy"]
        ) { (x: Tensor, target: Tensor, reduction: DivergenceReduction, logTarget: Bool) in
            if let plain = Reduction(rawValue: reduction.rawValue) { return try x.klDiv(target, logTarget: logTarget, reduction: plain) }
            let sum = try x.klDiv(target, logTarget: logTarget, reduction: .sum)
            return try sum.div(.int(Int64(x.shape.first ?? 1)))
        }
        Function("tensor.binary_cross_entropy", "Binary cross-entropy of probabilities; goes after sigmoid.", Param("input", Tensor.self, "probabilities 0..1"), Param("target", Tensor.self, "0 or 1, or in between"), Param("weight", Tensor?.self, "factors, broadcast"), Param("reduction", Reduction.self, default: .mean),
            returns: "one number, or a tensor with reduction \"none\"", example: "print(tensor{0.9, 0.2}:binary_cross_entropy(tensor{1, 0}))", see: ["nn.BCELoss", "tensor.binary_cross_entropy_with_logits"]
        ) { (x: Tensor, target: Tensor, weight: Tensor?, reduction: Reduction) in
            try x.binaryCrossEntropy(target, weight: weight, reduction: reduction)
        }
        Function("tensor.binary_cross_entropy_with_logits", "Binary cross-entropy of scores, before any sigmoid.", Param("input", Tensor.self, "scores"), Param("target", Tensor.self, "0 or 1, or in between"), Param("weight", Tensor?.self, "factors, broadcast"), Param("reduction", Reduction.self, default: .mean), Param("pos_weight", Tensor?.self, "factor of positive targets, broadcast"),
            returns: "one number, or a tensor with reduction \"none\"", example: "print(tensor{2, -1}:binary_cross_entropy_with_logits(tensor{1, 0}))", see: ["nn.BCEWithLogitsLoss", "tensor.binary_cross_entropy"]
        ) { (x: Tensor, target: Tensor, weight: Tensor?, reduction: Reduction, positive: Tensor?) in
            try x.binaryCrossEntropyWithLogits(target, weight: weight, positiveWeight: positive, reduction: reduction)
        }
    }

    private static func distance(
        _ name: String, _ summary: String, layer: String, _ body: @escaping (Tensor, Tensor, Reduction, Tensor?) throws -> Tensor
    ) -> Function {
        Function("tensor.\(name)", summary, Param("input", Tensor.self, "predictions"), Param("target", Tensor.self, "of the same shape"), Param("reduction", Reduction.self, default: .mean), Param("weight", Tensor?.self, "factors of the same shape; the mean divides by their sum"),
            returns: "one number, or a tensor with reduction \"none\"", example: "print(tensor{1, 2}:\(name)(tensor{1, 4}))", see: [layer]) { (x: Tensor, target: Tensor, reduction: Reduction, weight: Tensor?) in
            try body(x, target, reduction, weight)
        }
    }
}

extension Tensor {
    /// Targets of scores as the library counts: classes from 0; probabilities of the scores' shape as they are.
    func classes(beside scores: Tensor, _ name: String) throws -> Tensor {
        if dtype.isFloatingPoint, shape == scores.shape { return self }
        if rank > scores.rank, dtype.isFloatingPoint {
            throw TensorError.value(name, "the scores \(scores.shape) come first and the targets \(shape) behind them; were they exchanged?")
        }
        return try labels(name, "the targets")
    }

    /// Class labels or token ids counted from 1 as counted from 0, for an operation that names them in its error.
    func labels(_ name: String, _ what: String = "the labels") throws -> Tensor {
        do {
            return try labelsFromZero()
        } catch let mismatch as Mismatch {
            throw TensorError.value(name, what + " " + mismatch.problem)
        }
    }
}
