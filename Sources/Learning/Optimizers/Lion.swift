import CKernels

/// Steps along the sign of a mixture of gradient and memory (Chen et al. 2023).
public final class Lion: Optimizer {
    public override class var name: String { "Lion" }
    public override class var options: [OptimizerOption] {
        [
            OptimizerOption("lr", 1e-4, "learning rate; about a tenth of Adam's"),
            OptimizerOption("beta1", 0.9, "share of the memory in the step", .fraction, pair: "betas"),
            OptimizerOption("beta2", 0.99, "memory of the gradient's average", .fraction, pair: "betas"),
            OptimizerOption("weight_decay", 0, "shrinks parameters by lr·weight_decay"),
            OptimizerOption("maximize", 0, "goes up instead of down", .flag),
        ]
    }
    public override class var stateNames: [String] { ["exp_avg"] }

    public override func update(_ group: ParameterGroup) throws {
        try run(NJ_UPDATE_LION, group, options: [
            group.value("lr"), group.value("beta1"), group.value("beta2"), group.value("weight_decay"),
            group.value("maximize") != 0 ? -1 : 1,
        ])
    }
}
