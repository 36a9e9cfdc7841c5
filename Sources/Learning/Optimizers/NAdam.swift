import CKernels
import Glibc

/// Adam with Nesterov's momentum (Dozat 2016).
public final class NAdam: Optimizer {
    public override class var name: String { "NAdam" }
    public override class var options: [OptimizerOption] {
        [
            OptimizerOption("lr", 2e-3, "learning rate"),
            OptimizerOption("beta1", 0.9, "memory of the gradient's average", .fraction, pair: "betas"),
            OptimizerOption("beta2", 0.999, "memory of the squares' average", .fraction, pair: "betas"),
            OptimizerOption("eps", 1e-8, "added to the root, against division by zero"),
            OptimizerOption("weight_decay", 0, "pull toward zero"),
            OptimizerOption("momentum_decay", 4e-3, "how fast the momentum approaches beta1"),
            OptimizerOption("decoupled_weight_decay", 0, "whether weight decay shrinks parameters directly", .flag),
            OptimizerOption("maximize", 0, "goes up instead of down", .flag),
        ]
    }
    public override class var stateNames: [String] { ["exp_avg", "exp_avg_sq"] }

    public override func update(_ group: ParameterGroup) throws {
        let lr = group.value("lr"), beta1 = group.value("beta1"), beta2 = group.value("beta2")
        let decay = group.value("momentum_decay")
        try run(NJ_UPDATE_NADAM, group, options: [
            lr, beta1, beta2, group.value("eps"), group.value("weight_decay"), group.value("decoupled_weight_decay"),
            group.value("maximize") != 0 ? -1 : 1,
        ]) { state in
            let t = Double(state.step)
            let now = beta1 * (1 - 0.5 * pow(0.96, t * decay)), next = beta1 * (1 - 0.5 * pow(0.96, (t + 1) * decay))
            let product = (state.numbers["mu_product"] ?? 1) * now
            state.numbers["mu_product"] = product
            return [lr * (1 - now) / (1 - product), lr * next / (1 - product * next), 1 / (1 - pow(beta2, t)).squareRoot()]
        }
    }
}
