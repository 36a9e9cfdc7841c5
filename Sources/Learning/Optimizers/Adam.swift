import CKernels
import Glibc
import Tensors

/// Steps scaled by running averages of the gradient and of its square:
/// `p -= lr·m̂ / (√v̂ + eps)` (Kingma and Ba 2015).
open class Adam: Optimizer {
    public override class var name: String { "Adam" }
    public override class var options: [OptimizerOption] {
        adamOptions(weightDecay: 0) + [OptimizerOption("decoupled_weight_decay", 0, "whether weight decay shrinks parameters directly, as in AdamW", .flag)]
    }
    public override class var stateNames: [String] { ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"] }
    /// Whether weight decay shrinks parameters directly instead of joining the gradient, in any case.
    class var isDecoupled: Bool { false }

    static func adamOptions(weightDecay: Double) -> [OptimizerOption] {
        [
            OptimizerOption("lr", 1e-3, "learning rate"),
            OptimizerOption("beta1", 0.9, "memory of the gradient's average", .fraction, pair: "betas"),
            OptimizerOption("beta2", 0.999, "memory of the squares' average", .fraction, pair: "betas"),
            OptimizerOption("eps", 1e-8, "added to the root, against division by zero"),
            OptimizerOption("weight_decay", weightDecay, "pull toward zero"),
            OptimizerOption("amsgrad", 0, "uses the largest average of squares so far (Reddi et al. 2018)", .flag),
            OptimizerOption("maximize", 0, "goes up instead of down", .flag),
        ]
    }

    public convenience init(
        _ parameters: [Tensor], lr: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), eps: Double = 1e-8,
        weightDecay: Double? = nil, amsgrad: Bool = false
    ) throws {
        var options = ["lr": lr, "beta1": betas.0, "beta2": betas.1, "eps": eps, "amsgrad": amsgrad ? 1 : 0]
        options["weight_decay"] = weightDecay
        try self.init(parameters, options: options)
    }

    public override func stateNames(_ group: ParameterGroup) -> [String] {
        Array(Adam.stateNames.prefix(group.value("amsgrad") != 0 ? 3 : 2))
    }

    public override func update(_ group: ParameterGroup) throws {
        let lr = group.value("lr"), beta1 = group.value("beta1"), beta2 = group.value("beta2")
        try run(NJ_UPDATE_ADAM, group, options: [
            lr, beta1, beta2, group.value("eps"), group.value("weight_decay"), type(of: self).isDecoupled ? 1 : group.value("decoupled_weight_decay"),
            group.value("maximize") != 0 ? -1 : 1, group.value("amsgrad"),
        ]) { state in
            let t = Double(state.step)
            return [lr / (1 - pow(beta1, t)), (1 - pow(beta2, t)).squareRoot()]
        }
    }
}

/// Adam whose weight decay shrinks parameters directly (Loshchilov and Hutter 2019).
public final class AdamW: Adam {
    public override class var name: String { "AdamW" }
    public override class var options: [OptimizerOption] { adamOptions(weightDecay: 0.01) }
    override class var isDecoupled: Bool { true }
}
