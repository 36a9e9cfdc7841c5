import CKernels
import Glibc
import Tensors

/// Adam whose step in each parameter is as long as the parameter itself times the rate, with bias
/// correction (You et al. 2020).
public final class Lamb: Optimizer {
    public override class var name: String { "Lamb" }
    public override class var options: [OptimizerOption] {
        [
            OptimizerOption("lr", 1e-3, "learning rate"),
            OptimizerOption("beta1", 0.9, "memory of the gradient's average", .fraction, pair: "betas"),
            OptimizerOption("beta2", 0.999, "memory of the squares' average", .fraction, pair: "betas"),
            OptimizerOption("eps", 1e-6, "added to the root, against division by zero"),
            OptimizerOption("weight_decay", 0.01, "adds weight_decay·p to the direction"),
            OptimizerOption("maximize", 0, "goes up instead of down", .flag),
        ]
    }
    /// The direction is computed anew in every step; it is kept to save memory traffic.
    public override class var stateNames: [String] { ["exp_avg", "exp_avg_sq", "direction"] }

    public override func update(_ group: ParameterGroup) throws {
        let lr = group.value("lr"), beta1 = group.value("beta1"), beta2 = group.value("beta2")
        try run(NJ_UPDATE_LAMB, group, options: [
            beta1, beta2, group.value("eps"), group.value("weight_decay"), group.value("maximize") != 0 ? -1 : 1,
        ]) { state in
            let t = Double(state.step)
            return [1 / (1 - pow(beta1, t)), 1 / (1 - pow(beta2, t)).squareRoot()]
        }
        for parameter in group.parameters where parameter.grad != nil {
            let direction = try state(of: parameter, group).arrays[2]
            let size = try Lamb.norm(parameter), length = try Lamb.norm(direction)
            let trust = size > 0 && length > 0 ? size / length : 1
            _ = try parameter.sub(direction.mul(.double(lr * trust)), inPlace: true)
        }
    }

    private static func norm(_ tensor: Tensor) throws -> Double {
        try tensor.square().sum().scalar().doubleValue.squareRoot()
    }
}
