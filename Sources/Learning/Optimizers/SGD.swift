import CKernels
import Tensors

/// Stochastic gradient descent: `p -= lr·g`, or with momentum `m = momentum·m + (1 - dampening)·g`,
/// `p -= lr·m`; with Nesterov's form `p -= lr·(g + momentum·m)`.
///
/// Sutskever et al. 2013, in PyTorch's form.
public final class SGD: Optimizer {
    public override class var name: String { "SGD" }
    public override class var options: [OptimizerOption] {
        [
            OptimizerOption("lr", 1e-3, "learning rate"),
            OptimizerOption("momentum", 0, "share of the last step that is kept"),
            OptimizerOption("dampening", 0, "share of the gradient that is left out of the momentum", .any),
            OptimizerOption("weight_decay", 0, "adds weight_decay·p to the gradient"),
            OptimizerOption("nesterov", 0, "looks ahead along the momentum", .flag),
            OptimizerOption("l1", 0, "adds l1·sign(p) to the gradient"),
            OptimizerOption("maximize", 0, "goes up instead of down", .flag),
        ]
    }
    public override class var stateNames: [String] { ["momentum_buffer"] }

    public convenience init(
        _ parameters: [Tensor], lr: Double, momentum: Double = 0, dampening: Double = 0, weightDecay: Double = 0,
        nesterov: Bool = false, l1: Double = 0
    ) throws {
        try self.init(parameters, options: [
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weightDecay,
            "nesterov": nesterov ? 1 : 0, "l1": l1,
        ])
    }

    public override func check(_ group: ParameterGroup) throws {
        if group.value("nesterov") != 0, group.value("momentum") <= 0 || group.value("dampening") != 0 {
            throw LearningError.argument("SGD", "nesterov needs momentum above 0 and no dampening")
        }
    }

    public override func stateNames(_ group: ParameterGroup) -> [String] {
        group.value("momentum") == 0 ? [] : SGD.stateNames
    }

    public override func update(_ group: ParameterGroup) throws {
        let momentum = group.value("momentum")
        try run(NJ_UPDATE_SGD, group, options: [
            group.value("lr"), momentum, group.value("dampening"), group.value("weight_decay"),
            group.value("nesterov"), group.value("maximize") != 0 ? -1 : 1, group.value("l1"),
        ]) { state in
            defer { state.numbers["started"] = momentum == 0 ? nil : 1 }
            return [state.numbers["started"] == nil ? 1 : 0]
        }
    }
}
