import CKernels

/// Steps divided by the root of the sum of all squared gradients (Duchi et al. 2011).
public final class Adagrad: Optimizer {
    public override class var name: String { "Adagrad" }
    public override class var options: [OptimizerOption] {
        [
            OptimizerOption("lr", 1e-2, "learning rate"),
            OptimizerOption("lr_decay", 0, "divides the rate by 1 + lr_decay·(steps before)"),
            OptimizerOption("weight_decay", 0, "adds weight_decay·p to the gradient"),
            OptimizerOption("initial_accumulator_value", 0, "what the sum of squares starts with"),
            OptimizerOption("eps", 1e-10, "added to the root, against division by zero"),
            OptimizerOption("maximize", 0, "goes up instead of down", .flag),
        ]
    }
    public override class var stateNames: [String] { ["sum"] }

    public override func initialValue(_ name: String, _ group: ParameterGroup) -> Double {
        group.value("initial_accumulator_value")
    }

    public override func update(_ group: ParameterGroup) throws {
        let lr = group.value("lr"), decay = group.value("lr_decay")
        try run(NJ_UPDATE_ADAGRAD, group, options: [
            group.value("eps"), group.value("weight_decay"), group.value("maximize") != 0 ? -1 : 1,
        ]) { [lr / (1 + Double($0.step - 1) * decay)] }
    }
}
