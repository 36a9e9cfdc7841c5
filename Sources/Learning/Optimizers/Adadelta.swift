import CKernels

/// Steps whose size follows from earlier steps and gradients (Zeiler 2012).
public final class Adadelta: Optimizer {
    public override class var name: String { "Adadelta" }
    public override class var options: [OptimizerOption] {
        [
            OptimizerOption("lr", 1, "factor of the steps"),
            OptimizerOption("rho", 0.9, "memory of squares", .fraction),
            OptimizerOption("eps", 1e-6, "added under the roots"),
            OptimizerOption("weight_decay", 0, "adds weight_decay·p to the gradient"),
            OptimizerOption("maximize", 0, "goes up instead of down", .flag),
        ]
    }
    public override class var stateNames: [String] { ["square_avg", "acc_delta"] }

    public override func update(_ group: ParameterGroup) throws {
        try run(NJ_UPDATE_ADADELTA, group, options: [
            group.value("lr"), group.value("rho"), group.value("eps"), group.value("weight_decay"),
            group.value("maximize") != 0 ? -1 : 1,
        ])
    }
}
