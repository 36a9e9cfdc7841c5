import CKernels

/// Steps divided by the root of a running average of squared gradients (Hinton 2012).
public final class RMSprop: Optimizer {
    public override class var name: String { "RMSprop" }
    public override class var options: [OptimizerOption] {
        [
            OptimizerOption("lr", 1e-2, "learning rate"),
            OptimizerOption("alpha", 0.99, "memory of squares", .fraction),
            OptimizerOption("eps", 1e-8, "added to the root, against division by zero"),
            OptimizerOption("weight_decay", 0, "adds weight_decay·p to the gradient"),
            OptimizerOption("momentum", 0, "share of the last step that is kept"),
            OptimizerOption("centered", 0, "divides by the deviation instead", .flag),
            OptimizerOption("maximize", 0, "goes up instead of down", .flag),
        ]
    }
    public override class var stateNames: [String] { ["square_avg", "momentum_buffer", "grad_avg"] }

    public override func stateNames(_ group: ParameterGroup) -> [String] {
        ["square_avg"] + (group.value("momentum") != 0 ? ["momentum_buffer"] : [])
            + (group.value("centered") != 0 ? ["grad_avg"] : [])
    }

    public override func update(_ group: ParameterGroup) throws {
        try run(NJ_UPDATE_RMSPROP, group, options: [
            group.value("lr"), group.value("alpha"), group.value("eps"), group.value("weight_decay"),
            group.value("momentum"), group.value("centered"), group.value("maximize") != 0 ? -1 : 1,
        ])
    }
}
