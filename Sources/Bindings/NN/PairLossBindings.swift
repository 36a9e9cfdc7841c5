import Learning
import LuaKit
import Tensors

extension LossFunctions {
    private static var reduction: Param<Reduction> { Param("reduction", Reduction.self, default: .mean) }

    /// Losses that compare two or three inputs.
    @FunctionBuilder static var pairs: [Function] {
        Function("nn.HingeEmbeddingLoss", "The distance itself where the target is 1, what it lacks to the margin where the target is -1.", Param("margin", Double.self, default: 1, "the least distance of what shall be apart"), reduction,
            returns: "loss(distance, target of 1 and -1)", example: "print(nn.HingeEmbeddingLoss()(tensor{0.5, 0.2}, tensor{1, -1}))", see: ["nn.CosineEmbeddingLoss"]) { (margin: Double, reduction: Reduction) -> Module in
            HingeEmbeddingLoss(margin: margin, reduction: reduction)
        }
        Function("nn.MarginRankingLoss", "max(0, -y·(x1 - x2) + margin): x1 shall be greater where y is 1, smaller where it is -1.", Param("margin", Double.self, default: 0, "by how much"), reduction,
            returns: "loss(x1, x2, target of 1 and -1)", example: "print(nn.MarginRankingLoss()(tensor{2, 1}, tensor{1, 2}, tensor{1, 1}))", see: ["nn.TripletMarginLoss"]) { (margin: Double, reduction: Reduction) -> Module in
            MarginRankingLoss(margin: margin, reduction: reduction)
        }
        Function("nn.CosineEmbeddingLoss", "1 - cos(x1, x2) where the target is 1, max(0, cos(x1, x2) - margin) where it is -1.", Param("margin", Double.self, default: 0, "the greatest cosine of what shall be apart"), reduction,
            returns: "loss(x1 [N, D], x2 [N, D], target [N] of 1 and -1)", example: "print(nn.CosineEmbeddingLoss()(tensor{{1, 0}}, tensor{{1, 1}}, tensor{1}))", see: ["tensor.cosine_similarity"]) { (margin: Double, reduction: Reduction) -> Module in
            CosineEmbeddingLoss(margin: margin, reduction: reduction)
        }
        Function("nn.TripletMarginLoss", "An anchor shall be closer to a positive than to a negative, by a margin (Balntas et al. 2016).", Param("margin", Double.self, default: 1, "by how much"), Param("p", Double.self, default: 2, "the power of the distance's norm"), Param("eps", Double.self, default: 1e-6, "added to differences"), Param("swap", Bool.self, default: false, "whether the negative's distance from the positive counts where it is smaller"), reduction,
            returns: "loss(anchor [N, D], positive [N, D], negative [N, D])", example: "print(nn.TripletMarginLoss()(tensor{{0, 0}}, tensor{{0, 1}}, tensor{{3, 0}}))", see: ["nn.MarginRankingLoss"]) { (margin: Double, power: Double, eps: Double, swap: Bool, reduction: Reduction) -> Module in
            try TripletMarginLoss(margin: margin, power: power, eps: eps, swap: swap, reduction: reduction)
        }
        Function("nn.MultiMarginLoss", "What the scores of other classes come closer to that of the class 1..C than a margin, over C.", Param("p", Int.self, default: 1, "1, or 2 for squares"), Param("margin", Double.self, default: 1, "by how much the class shall lead"), Param("weight", Tensor?.self, shape: "[C]", "weight of each class"), reduction,
            returns: "loss(scores [N, C], target [N])", example: "print(nn.MultiMarginLoss()(tensor{{0.1, 0.2, 0.4}}, tensor{3}))", see: ["nn.CrossEntropyLoss"]) { (power: Int, margin: Double, weight: Tensor?, reduction: Reduction) -> Module in
            try MultiMarginLoss(power: power, margin: margin, weight: weight, reduction: reduction)
        }
    }

    /// Losses of predicted distributions.
    @FunctionBuilder static var distributions: [Function] {
        Function("nn.KLDivLoss", "The Kullback-Leibler divergence of target probabilities from predicted log-probabilities.", Param("reduction", DivergenceReduction.self, default: .mean, "\"batchmean\" divides the sum by the rows, as the formula does; \"mean\" by all elements"), Param("log_target", Bool.self, default: false, "whether targets are logarithms too"),
            returns: "loss(log_probabilities, target)", example: "print(nn.KLDivLoss{reduction=\"batchmean\"}(tensor{{0.5, 0.5}}:log(), tensor{{0.9, 0.1}}))", see: ["tensor.kl_div"]) { (reduction: DivergenceReduction, logTarget: Bool) -> Module in
            KLDivLoss(reduction: Reduction(rawValue: reduction.rawValue) ?? .sum, averagesRows: reduction == .batchmean, logTarget: logTarget)
        }
        Function("nn.GaussianNLLLoss", "½·(log v + (x - t)² / v) for a predicted mean x and variance v (Nix and Weigend 1994).", Param("full", Bool.self, default: false, "whether the constant ½·log 2π is added"), Param("eps", Double.self, default: 1e-6, "the least variance"), reduction,
            returns: "loss(mean, target, variance)", example: "print(nn.GaussianNLLLoss()(tensor{1, 2}, tensor{1, 4}, tensor{1, 2}))", see: ["nn.MSELoss"]) { (full: Bool, eps: Double, reduction: Reduction) -> Module in
            GaussianNLLLoss(full: full, eps: eps, reduction: reduction)
        }
        Function("nn.PoissonNLLLoss", "Minus the log-likelihood of counts for a predicted rate, or its logarithm.", Param("log_input", Bool.self, default: true, "whether predictions are logarithms of rates"), Param("full", Bool.self, default: false, "whether Stirling's approximation of the constant is added"), Param("eps", Double.self, default: 1e-8, "added to rates under the logarithm"), reduction,
            returns: "loss(prediction, target)", example: "print(nn.PoissonNLLLoss()(tensor{0, 1}, tensor{1, 3}))", see: ["nn.GaussianNLLLoss"]) { (logInput: Bool, full: Bool, eps: Double, reduction: Reduction) -> Module in
            PoissonNLLLoss(logInput: logInput, full: full, eps: eps, reduction: reduction)
        }
        Function("nn.CTCLoss", "Minus the log-probability of label sequences shorter than their inputs, over all ways to align them (Graves et al. 2006).", Param("blank", Position.self, default: Position(offset: 0), "the class that stands for no label"), reduction, Param("zero_infinity", Bool.self, default: false, "whether impossible sequences count 0"),
            returns: "loss(log_probs [T, N, C], targets [N, S], input_lengths, target_lengths)", details: "Targets are classes 1..C without the blank, padded to [N, S] or one after the other; lengths are tables or tensors. The mean first divides each sequence's loss by its number of labels.",
            example: "local scores = tensor.randn(6, 1, 4):log_softmax(3)\nprint(nn.CTCLoss()(scores, tensor{{2, 3}}, {6}, {2}):item() > 0)", see: ["nn.CrossEntropyLoss"]) { (blank: Position, reduction: Reduction, zero: Bool) -> Module in
            guard blank.raw > 0 else { throw LearningError.argument("nn.CTCLoss", "blank must be a class from 1, got \(blank.raw)") }
            return CTCLoss(blank: blank.swift, reduction: reduction, zeroInfinity: zero)
        }
    }
}
