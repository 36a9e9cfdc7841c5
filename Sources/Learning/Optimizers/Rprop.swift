import CKernels

/// Steps of their own for each element, which grow while the gradient keeps its sign; for whole
/// data sets, not for batches (Riedmiller and Braun 1993).
public final class Rprop: Optimizer {
    public override class var name: String { "Rprop" }
    public override class var options: [OptimizerOption] {
        [
            OptimizerOption("lr", 1e-2, "first step"),
            OptimizerOption("eta_minus", 0.5, "factor when the sign changes", .fraction, pair: "etas"),
            OptimizerOption("eta_plus", 1.2, "factor while the sign stays", .positive, pair: "etas"),
            OptimizerOption("step_min", 1e-6, "smallest step", pair: "step_sizes"),
            OptimizerOption("step_max", 50, "largest step", pair: "step_sizes"),
            OptimizerOption("maximize", 0, "goes up instead of down", .flag),
        ]
    }
    public override class var stateNames: [String] { ["prev", "step_size"] }

    public override func initialValue(_ name: String, _ group: ParameterGroup) -> Double {
        name == "step_size" ? group.value("lr") : 0
    }

    public override func update(_ group: ParameterGroup) throws {
        try run(NJ_UPDATE_RPROP, group, options: [
            group.value("eta_minus"), group.value("eta_plus"), group.value("step_min"), group.value("step_max"),
            group.value("maximize") != 0 ? -1 : 1,
        ])
    }
}
