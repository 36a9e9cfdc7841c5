import CKernels
import Glibc

/// Adam scaled by the largest gradient instead of the mean of squares (Kingma and Ba 2015).
public final class Adamax: Optimizer {
    public override class var name: String { "Adamax" }
    public override class var options: [OptimizerOption] {
        [
            OptimizerOption("lr", 2e-3, "learning rate"),
            OptimizerOption("beta1", 0.9, "memory of the gradient's average", .fraction, pair: "betas"),
            OptimizerOption("beta2", 0.999, "memory of the largest gradient", .fraction, pair: "betas"),
            OptimizerOption("eps", 1e-8, "added to gradients, against division by zero"),
            OptimizerOption("weight_decay", 0, "adds weight_decay·p to the gradient"),
            OptimizerOption("maximize", 0, "goes up instead of down", .flag),
        ]
    }
    public override class var stateNames: [String] { ["exp_avg", "exp_inf"] }

    public override func update(_ group: ParameterGroup) throws {
        let lr = group.value("lr"), beta1 = group.value("beta1")
        try run(NJ_UPDATE_ADAMAX, group, options: [
            beta1, group.value("beta2"), group.value("eps"), group.value("weight_decay"),
            group.value("maximize") != 0 ? -1 : 1,
        ]) { [lr / (1 - pow(beta1, Double($0.step)))] }
    }
}
