import Learning
import LuaKit
import Tensors

extension Initialize.FanMode: LuaOption {}

/// Activations that initialisers make up for.
enum GainName: String, CaseIterable, LuaOption {
    case linear, conv1d, conv2d, conv3d, conv_transpose1d, conv_transpose2d, conv_transpose3d, sigmoid, tanh, relu, leaky_relu, selu
}

extension Bindings {
    /// The module `nn.init`.
    static var initializers: Namespace {
        Namespace("nn.init", "Ways to fill parameters, in place and without recording; each returns the tensor.", foreignNames: [
            "zeros": "nn.init.zeros_", "ones": "nn.init.ones_", "uniform": "nn.init.uniform_", "normal": "nn.init.normal_", "he_uniform_": "nn.init.kaiming_uniform_",
            "he_normal_": "nn.init.kaiming_normal_", "glorot_uniform_": "nn.init.xavier_uniform_", "glorot_normal_": "nn.init.xavier_normal_",
        ]) {
            InitFunctions.plain
            InitFunctions.scaled
        }
    }
}

enum InitFunctions {
    private static var tensor: Param<Tensor> { Param("tensor", Tensor.self, "a parameter or any other tensor") }
    private static var gain: Param<Double> { Param("gain", Double.self, default: 1, "a factor") }
    private static func example(_ call: String) -> String { "local w = tensor.zeros(3, 4)\nnn.init.\(call)\nprint(w.shape[1])" }

    @FunctionBuilder static var plain: [Function] {
        Function("nn.init.zeros_", "Fills with zeros.", tensor, returns: "the tensor itself", example: example("zeros_(w)")) { (t: Tensor) -> Receiver in try done(Initialize.constant(t, 0)) }.notMethod()
        Function("nn.init.ones_", "Fills with ones.", tensor, returns: "the tensor itself", example: example("ones_(w)")) { (t: Tensor) -> Receiver in try done(Initialize.constant(t, 1)) }.notMethod()
        Function("nn.init.constant_", "Fills with a number.", tensor, Param("val", Double.self, "the number"), returns: "the tensor itself", example: example("constant_(w, 0.5)")) { (t: Tensor, value: Double) -> Receiver in try done(Initialize.constant(t, value)) }.notMethod()
        Function("nn.init.eye_", "Fills with ones on the diagonal and zeros elsewhere.", tensor, returns: "the tensor itself", example: example("eye_(w)")) { (t: Tensor) -> Receiver in try done(Initialize.eye(t)) }.notMethod()
        Function("nn.init.uniform_", "Draws evenly between two numbers.", tensor, Param("a", Double.self, default: 0, "lower end"), Param("b", Double.self, default: 1, "upper end"),
            returns: "the tensor itself", example: example("uniform_(w, -0.1, 0.1)")) { (t: Tensor, a: Double, b: Double) -> Receiver in try done(Initialize.uniform(t, a, b)) }.notMethod()
        Function("nn.init.normal_", "Draws from a normal distribution.", tensor, Param("mean", Double.self, default: 0), Param("std", Double.self, default: 1),
            returns: "the tensor itself", example: example("normal_(w, 0, 0.02)")) { (t: Tensor, mean: Double, std: Double) -> Receiver in try done(Initialize.normal(t, mean: mean, std: std)) }.notMethod()
        Function("nn.init.trunc_normal_", "Draws from a normal distribution between two bounds.", tensor, Param("mean", Double.self, default: 0), Param("std", Double.self, default: 1), Param("a", Double.self, default: -2, "lower bound"), Param("b", Double.self, default: 2, "upper bound"),
            returns: "the tensor itself", example: example("trunc_normal_(w, {std=0.02})")) { (t: Tensor, mean: Double, std: Double, a: Double, b: Double) -> Receiver in
            try done(Initialize.truncatedNormal(t, mean: mean, std: std, a, b))
        }.notMethod()
    }

    @FunctionBuilder static var scaled: [Function] {
        Function("nn.init.xavier_uniform_", "Draws evenly, with the variance that signals keep in both directions (Glorot and Bengio 2010).", tensor, gain, returns: "the tensor itself", example: example("xavier_uniform_(w)")) { (t: Tensor, gain: Double) -> Receiver in
            try done(Initialize.xavierUniform(t, gain: gain))
        }.notMethod()
        Function("nn.init.xavier_normal_", "Draws from a normal distribution, with the variance that signals keep in both directions (Glorot and Bengio 2010).", tensor, gain, returns: "the tensor itself", example: example("xavier_normal_(w)")) { (t: Tensor, gain: Double) -> Receiver in
            try done(Initialize.xavierNormal(t, gain: gain))
        }.notMethod()
        kaiming("uniform", "Draws evenly, with the variance that signals keep through ReLU layers (He et al. 2015).") { try Initialize.kaimingUniform($0, a: $1, mode: $2, nonlinearity: $3) }
        kaiming("normal", "Draws from a normal distribution, with the variance that signals keep through ReLU layers (He et al. 2015).") { try Initialize.kaimingNormal($0, a: $1, mode: $2, nonlinearity: $3) }
        Function("nn.init.orthogonal_", "Fills with rows, or columns where they are fewer, at right angles to each other (Saxe et al. 2013).", tensor, gain, returns: "the tensor itself", example: example("orthogonal_(w)")) { (t: Tensor, gain: Double) -> Receiver in
            try done(Initialize.orthogonal(t, gain: gain))
        }.notMethod()
        Function("nn.init.calculate_gain", "The factor that makes up for what an activation does to the variance.", Param("nonlinearity", GainName.self, "the activation"), Param("param", Double.self, default: 0.01, "slope of leaky_relu"),
            returns: "number", example: "print(nn.init.calculate_gain(\"relu\"))") { (name: GainName, parameter: Double) in try Initialize.gain(name.rawValue, parameter) }
    }

    private static func kaiming(
        _ name: String, _ summary: String, _ fill: @escaping (Tensor, Double, Initialize.FanMode, String) throws -> Tensor
    ) -> Function {
        Function("nn.init.kaiming_\(name)_", summary, tensor, Param("a", Double.self, default: 0, "slope of the leaky ReLU that follows"), Param("mode", Initialize.FanMode.self, default: .fanIn, "whether the variance is kept forward or backward"), Param("nonlinearity", GainName.self, default: .leaky_relu, "what follows"),
            returns: "the tensor itself", example: example("kaiming_\(name)_(w, {nonlinearity=\"relu\"})")) { (t: Tensor, a: Double, mode: Initialize.FanMode, nonlinearity: GainName) -> Receiver in
            try done(fill(t, a, mode, nonlinearity.rawValue))
        }.notMethod()
    }

    private static func done(_ tensor: Tensor) -> Receiver { Receiver() }
}
