import CKernels
import Glibc

/// Adam that waits with scaling until it knows the variance well enough (Liu et al. 2020).
public final class RAdam: Optimizer {
    public override class var name: String { "RAdam" }
    public override class var options: [OptimizerOption] {
        [
            OptimizerOption("lr", 1e-3, "learning rate"),
            OptimizerOption("beta1", 0.9, "memory of the gradient's average", .fraction, pair: "betas"),
            OptimizerOption("beta2", 0.999, "memory of the squares' average", .fraction, pair: "betas"),
            OptimizerOption("eps", 1e-8, "added to the root, against division by zero"),
            OptimizerOption("weight_decay", 0, "pull toward zero"),
            OptimizerOption("decoupled_weight_decay", 0, "whether weight decay shrinks parameters directly", .flag),
            OptimizerOption("maximize", 0, "goes up instead of down", .flag),
        ]
    }
    public override class var stateNames: [String] { ["exp_avg", "exp_avg_sq"] }

    public override func update(_ group: ParameterGroup) throws {
        let lr = group.value("lr"), beta1 = group.value("beta1"), beta2 = group.value("beta2")
        let longest = 2 / (1 - beta2) - 1
        try run(NJ_UPDATE_RADAM, group, options: [
            lr, beta1, beta2, group.value("eps"), group.value("weight_decay"), group.value("decoupled_weight_decay"),
            group.value("maximize") != 0 ? -1 : 1,
        ]) { state in
            let t = Double(state.step), rest = 1 - pow(beta2, t)
            let length = longest - 2 * t * pow(beta2, t) / rest
            var scale = 0.0
            if length > 5 {
                scale = ((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)).squareRoot()
                    * rest.squareRoot()
            }
            return [lr / (1 - pow(beta1, t)), scale]
        }
    }
}
