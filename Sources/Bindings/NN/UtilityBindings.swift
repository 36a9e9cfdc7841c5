import Learning
import LuaKit
import Tensors

/// Parameters: a table of tensors, one tensor, or a module's.
struct Parameters: LuaArgument {
    let tensors: [Tensor]

    static var luaType: LuaType { LuaType("tensors", phrase: "a table of tensors, a tensor or a module", annotation: "tensor.Tensor[]|tensor.Tensor|nn.Module") }
    static var tables: TableUse { .positions }

    static func read(_ call: Call, at index: Int32) throws -> Parameters {
        if let tensor = call.object(at: index, as: Tensor.self) { return Parameters(tensors: [tensor]) }
        if let module = call.object(at: index, as: Module.self) { return Parameters(tensors: module.parameters) }
        do { return Parameters(tensors: try [Tensor].read(call, at: index)) } catch is Mismatch { throw call.mismatch(luaType, at: index) }
    }
}

extension Bindings {
    /// The module `nn.utils`.
    static var utilities: Namespace {
        Namespace("nn.utils", "Clipping gradients, parameters as one vector, and weights computed from others.") {
            UtilityFunctions.gradients
            UtilityFunctions.weights
        }
    }
}

enum UtilityFunctions {
    private static var parameters: Param<Parameters> { Param("parameters", Parameters.self, "a table of them, one, or a module") }
    private static let setting = "local layer = nn.Linear(3, 2)\nlayer(tensor.ones(1, 3)):sum():backward()\n"

    @FunctionBuilder static var gradients: [Function] {
        Function("nn.utils.clip_grad_norm_", "Scales gradients down so that the norm of all together is at most max_norm; call it between backward and step.", parameters, Param("max_norm", Double.self, "the greatest norm"), Param("norm_type", Double.self, default: 2, "power of the norm; math.huge for the largest element"), Param("error_if_nonfinite", Bool.self, default: false, "whether a norm that is NaN or infinite is an error"),
            returns: "the norm before", example: setting + "print(nn.utils.clip_grad_norm_(layer:parameters(), 1))", see: ["nn.utils.clip_grad_value_"]) { (p: Parameters, limit: Double, power: Double, refuses: Bool) in
            try Gradients.clipNorm(p.tensors, limit, power: power, refusesNonfinite: refuses)
        }.notMethod()
        Function("nn.utils.clip_grad_value_", "Brings every element of the gradients between -clip_value and clip_value.", parameters, Param("clip_value", Double.self, "the greatest magnitude"),
            example: setting + "nn.utils.clip_grad_value_(layer:parameters(), 0.5)\nprint(layer.bias.grad)", see: ["nn.utils.clip_grad_norm_"]) { (p: Parameters, limit: Double) -> Void in
            try Gradients.clipValue(p.tensors, limit)
        }.notMethod()
        Function("nn.utils.parameters_to_vector", "All elements of parameters, one after the other.", parameters,
            returns: "tensor [n]", example: "print(nn.utils.parameters_to_vector(nn.Linear(3, 2):parameters()).shape[1])", see: ["nn.utils.vector_to_parameters"]) { (p: Parameters) in try parametersToVector(p.tensors) }.notMethod()
        Function("nn.utils.vector_to_parameters", "Fills parameters with the elements of a vector, in order.", Param("vec", Tensor.self, shape: "[n]", "as parameters_to_vector gives it"), parameters,
            example: "local layer = nn.Linear(3, 2)\nnn.utils.vector_to_parameters(tensor.zeros(8), layer:parameters())\nprint(layer.bias)", see: ["nn.utils.parameters_to_vector"]) { (vector: Tensor, p: Parameters) -> Void in
            try vectorToParameters(vector, p.tensors)
        }.notMethod()
    }

    private static var name: Param<String> { Param("name", String.self, default: "weight", "which of the layer's parameters") }

    @FunctionBuilder static var weights: [Function] {
        Function("nn.utils.weight_norm", "Learns a weight as length name_g times direction name_v (Salimans and Kingma 2016).", Param("module", Module.self), name, Param("dim", WeightDimension.self, default: WeightDimension(dim: 0), "the dimension whose slices have lengths of their own; false for one length"),
            returns: "the module itself", example: "local layer = nn.utils.weight_norm(nn.Linear(3, 2))\nprint(layer.weight_g.shape[1], layer(tensor.ones(1, 3)).shape[2])", see: ["nn.utils.remove_weight_norm"]) { (module: Module, name: String, dim: WeightDimension) -> Receiver in
            try module.addWeightNorm(name, dim: dim.dim)
            return Receiver()
        }.notMethod()
        Function("nn.utils.spectral_norm", "Divides a weight by its greatest singular value, which each training forward follows (Miyato et al. 2018).", Param("module", Module.self), name, Param("n_power_iterations", Int.self, default: 1, "steps of the power method in each forward"), Param("eps", Double.self, default: 1e-12, "the least norm"), Param("dim", Dimension?.self, "the dimension of the outputs; found out when left out"),
            returns: "the module itself", example: "local layer = nn.utils.spectral_norm(nn.Linear(3, 2))\nprint(layer.weight_orig.shape[1], layer(tensor.ones(1, 3)).shape[2])", see: ["nn.utils.remove_spectral_norm"]) { (module: Module, name: String, steps: Int, eps: Double, dim: Dimension?) -> Receiver in
            try module.addSpectralNorm(name, steps: steps, eps: eps, dim: dim?.swift)
            return Receiver()
        }.notMethod()
        Function("nn.utils.remove_weight_norm", "Makes a weight that weight_norm computes an ordinary parameter again.", Param("module", Module.self), name,
            returns: "the module itself", example: "print(nn.utils.remove_weight_norm(nn.utils.weight_norm(nn.Linear(3, 2))).weight.shape[1])", see: ["nn.utils.weight_norm"]) { (module: Module, name: String) -> Receiver in
            try module.removeParametrization(name, "remove_weight_norm")
            return Receiver()
        }.notMethod()
        Function("nn.utils.remove_spectral_norm", "Makes a weight that spectral_norm computes an ordinary parameter again.", Param("module", Module.self), name,
            returns: "the module itself", example: "print(nn.utils.remove_spectral_norm(nn.utils.spectral_norm(nn.Linear(3, 2))).weight.shape[1])", see: ["nn.utils.spectral_norm"]) { (module: Module, name: String) -> Receiver in
            try module.removeParametrization(name, "remove_spectral_norm")
            return Receiver()
        }.notMethod()
    }
}

/// A dimension, or false for none.
struct WeightDimension: LuaArgument {
    let dim: Int?

    static var luaType: LuaType { LuaType("integer|false", phrase: "a dimension or false", annotation: "integer|false") }

    static func read(_ call: Call, at index: Int32) throws -> WeightDimension {
        if case .boolean(false) = call.value(at: index) { return WeightDimension(dim: nil) }
        do { return WeightDimension(dim: try Dimension.read(call, at: index).swift) } catch let mismatch as Mismatch {
            throw call.integer(at: index) == nil ? call.mismatch(luaType, at: index) : mismatch
        }
    }

    static func literal(_ value: WeightDimension) -> String { value.dim.map { String($0 + 1) } ?? "false" }
}
