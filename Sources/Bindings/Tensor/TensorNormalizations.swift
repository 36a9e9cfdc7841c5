import LuaKit
import Tensors

extension TensorFunctions {
    /// Bringing numbers to mean 0 and variance 1, and leaving some out by chance.
    @FunctionBuilder static var normalizations: [Function] {
        Function("tensor.batch_norm", "Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts it.", Param("input", Tensor.self, shape: "[N, C, …]"),
            Param("running_mean", Tensor?.self, shape: "[C]", "moves towards the batch's means in training; used instead of them otherwise"), Param("running_var", Tensor?.self, shape: "[C]", "the same for variances"),
            Param("weight", Tensor?.self, shape: "[C]", "factor of each channel"), Param("bias", Tensor?.self, shape: "[C]", "shift of each channel"), Param("training", Bool.self, default: false, "whether the batch's own statistics count"),
            Param("momentum", Double.self, default: 0.1, "share of this batch in the running statistics"), Param("eps", Double.self, default: 1e-5, "added to the variance"),
            returns: "tensor of input's shape", example: "print(tensor.rand(4, 2):batch_norm({training=true}):mean(1))", see: ["nn.BatchNorm1d", "nn.BatchNorm2d"]
        ) { (x: Tensor, mean: Tensor?, variance: Tensor?, weight: Tensor?, bias: Tensor?, training: Bool, momentum: Double, eps: Double) in
            guard training || (mean != nil && variance != nil) else {
                throw TensorError.argument("batch_norm", "needs running_mean and running_var, or {training=true}")
            }
            return try Tensor.batchNorm(x, runningMean: mean, runningVar: variance, weight: weight, bias: bias, training: training, momentum: momentum, eps: eps)
        }
        Function("tensor.layer_norm", "Brings the last dimensions to mean 0 and variance 1, then scales and shifts them.", Param("input", Tensor.self, shape: "[…, normalized_shape]"), Param("normalized_shape", OneOrMany<Int>.self, "sizes of the last dimensions"),
            Param("weight", Tensor?.self, "factors, of normalized_shape"), Param("bias", Tensor?.self, "shifts, of normalized_shape"), Param("eps", Double.self, default: 1e-5, "added to the variance"),
            returns: "tensor of input's shape", example: "print(tensor{{1, 2, 3}}:layer_norm(3))", see: ["nn.LayerNorm"]) { (x: Tensor, sizes: OneOrMany<Int>, weight: Tensor?, bias: Tensor?, eps: Double) in
            try Tensor.layerNorm(x, sizes.values, weight, bias, eps: eps)
        }
        Function("tensor.rms_norm", "Divides the last dimensions by the root of their mean square, then scales them.", Param("input", Tensor.self, shape: "[…, normalized_shape]"), Param("normalized_shape", OneOrMany<Int>.self, "sizes of the last dimensions"),
            Param("weight", Tensor?.self, "factors, of normalized_shape"), Param("eps", Double?.self, "added to the mean of squares; the type's precision when left out"),
            returns: "tensor of input's shape", example: "print(tensor{{1, 2, 3}}:rms_norm(3))", see: ["nn.RMSNorm"]) { (x: Tensor, sizes: OneOrMany<Int>, weight: Tensor?, eps: Double?) in
            try Tensor.rmsNorm(x, sizes.values, weight, eps: eps)
        }
        Function("tensor.group_norm", "Brings groups of channels of each example to mean 0 and variance 1, then scales and shifts each channel.", Param("input", Tensor.self, shape: "[N, C, …]"), Param("num_groups", Int.self, "how many groups"),
            Param("weight", Tensor?.self, shape: "[C]", "factor of each channel"), Param("bias", Tensor?.self, shape: "[C]", "shift of each channel"), Param("eps", Double.self, default: 1e-5, "added to the variance"),
            returns: "tensor of input's shape", example: "print(tensor.rand(1, 4, 3):group_norm(2).shape[2])", see: ["nn.GroupNorm"]) { (x: Tensor, groups: Int, weight: Tensor?, bias: Tensor?, eps: Double) in
            try Tensor.groupNorm(x, groups, weight, bias, eps: eps)
        }
        Function("tensor.instance_norm", "Brings each channel of each example to mean 0 and variance 1, then scales and shifts it.", Param("input", Tensor.self, shape: "[N, C, …]"),
            Param("running_mean", Tensor?.self, shape: "[C]", "moves towards the means"), Param("running_var", Tensor?.self, shape: "[C]", "moves towards the variances"),
            Param("weight", Tensor?.self, shape: "[C]", "factor of each channel"), Param("bias", Tensor?.self, shape: "[C]", "shift of each channel"), Param("use_input_stats", Bool.self, default: true, "false: the running statistics count"),
            Param("momentum", Double.self, default: 0.1, "share of this batch in the running statistics"), Param("eps", Double.self, default: 1e-5, "added to the variance"),
            returns: "tensor of input's shape", example: "print(tensor.rand(1, 2, 4):instance_norm().shape[3])", see: ["tensor.batch_norm"]
        ) { (x: Tensor, mean: Tensor?, variance: Tensor?, weight: Tensor?, bias: Tensor?, own: Bool, momentum: Double, eps: Double) in
            try Tensor.instanceNorm(x, runningMean: mean, runningVar: variance, weight: weight, bias: bias, useInputStats: own, momentum: momentum, eps: eps)
        }
        leftOut("dropout", "Sets elements to 0 with probability p and divides the others by 1 - p.", see: ["nn.Dropout"]) { try $0.dropout($1, training: $2) }
        leftOut("dropout2d", "Sets whole channels of [N, C, H, W] to 0 with probability p and divides the others by 1 - p.", input: "tensor.ones(1, 2, 2, 2)", see: ["nn.Dropout"]) { try $0.dropout2d($1, training: $2) }
        leftOut("alpha_dropout", "Sets elements to the value that SELU tends to with probability p, such that mean and variance stay.", see: ["nn.Dropout"]) { try $0.alphaDropout($1, training: $2) }
    }

    private static func leftOut(
        _ name: String, _ summary: String, input: String = "tensor.ones(8)", see: [String],
        _ body: @escaping (Tensor, Double, Bool) throws -> Tensor
    ) -> Function {
        Function("tensor.\(name)", summary, Param("input", Tensor.self), Param("p", Double.self, default: 0.5, "probability to be left out"), Param("training", Bool.self, default: true, "false: nothing changes"),
            returns: "tensor of input's shape", example: "tensor.manual_seed(1)\nprint(\(input):\(name)(0.5))", see: see) { (x: Tensor, p: Double, training: Bool) in try body(x, p, training) }
    }
}
