import Learning
import LuaKit
import Tensors

extension Bindings {
    /// The module `nn` and what is inside it.
    static var nn: [Namespace] {
        [
            Namespace("nn", "Neural networks: layers, losses, training, and modules of one's own.", foreignNames: foreignLayers) {
                LayerFunctions.own
                LayerFunctions.containers
                LayerFunctions.layers
                LayerFunctions.convolutions
                LayerFunctions.normalizations
                LayerFunctions.activations
                LossFunctions.all
                CheckpointFunctions.all
                moduleClass
                LuaModule.declaration
                LastFit.declaration
                TrainingState.declaration
                ModuleClass.declaration
                ForwardHandle.declaration
                SummaryView.declaration
                HistoryView.declaration
                PairIterator.declaration
                OrderedTable.declaration
            },
            callbacks,
        ]
    }

    /// Torch7's, Keras's and PyTorch's names, and ours.
    private static var foreignLayers: [String: String] {
        [
            "SpatialConvolution": "nn.Conv2d", "SpatialMaxPooling": "nn.MaxPool2d", "SpatialBatchNormalization": "nn.BatchNorm2d",
            "Dense": "nn.Linear", "Conv2D": "nn.Conv2d", "MaxPooling2D": "nn.MaxPool2d", "BatchNormalization": "nn.BatchNorm1d",
            "Reshape": "nn.Flatten", "View": "nn.Flatten", "ClassNLLCriterion": "nn.NLLLoss", "CrossEntropyCriterion": "nn.CrossEntropyLoss",
            "MSECriterion": "nn.MSELoss", "BCECriterion": "nn.BCELoss", "AbsCriterion": "nn.L1Loss", "CrossEntropy": "nn.CrossEntropyLoss",
            "MSE": "nn.MSELoss", "Relu": "nn.ReLU", "relu": "nn.ReLU", "Module_": "nn.Module", "Container": "nn.Sequential", "Swish": "nn.SiLU",
        ]
    }
}

/// Functions of `nn` that make layers.
enum LayerFunctions {
    /// Modules and parameters of one's own.
    @FunctionBuilder static var own: [Function] {
        Function("nn.module", "Starts a class of modules written in Lua: define `init` and `forward`, then call the class.", Param("name", String.self), Param("base", ModuleClass?.self, "a class to extend"),
            returns: "a class", details: "Fields of an instance that are modules or parameters, also inside tables, belong to it: they are trained, saved, counted and shown.",
            example: "local Block = nn.module(\"Block\")\nfunction Block:init(dim) self.fc = nn.Linear(dim, dim) end\nfunction Block:forward(x) return x + self.fc(x) end\nprint(#Block(4):parameters())", see: ["nn.Parameter"]) { (name: String, base: ModuleClass?) in
            ModuleClass(name, parent: base)
        }
        Function("nn.Parameter", "A tensor that a module learns: it collects a gradient and registers itself when set as a field.", Param("data", Tensor.self), Param("requires_grad", Bool.self, default: true),
            returns: "tensor", example: "print(nn.Parameter(tensor.zeros(3)).requires_grad)") { (data: Tensor, wanted: Bool) in
            let parameter = data.detach()
            parameter.isParameter = true
            try parameter.setRequiresGrad(wanted)
            return parameter
        }
    }

    @FunctionBuilder static var containers: [Function] {
        Function("nn.Sequential", "Modules applied one after the other.", Param("modules", Variadic<Module>.self, "modules, or one table of them"),
            returns: "module", example: "local model = nn.Sequential{nn.Linear(2, 3), nn.ReLU()}\nprint(model(tensor{1, 2}).shape[1], model[1].weight.shape[1])") { (modules: Variadic<Module>) -> Module in
            Sequential(modules.values)
        }
        Function("nn.Identity", "Returns its input.", returns: "module", example: "print(nn.Identity()(tensor{1}))") { () -> Module in Identity() }
    }

    @FunctionBuilder static var layers: [Function] {
        Function("nn.Linear", "Every output is a weighted sum of all inputs: x · weightᵀ + bias.", Param("in_features", Int.self, "size of the last dimension of the input"), Param("out_features", Int.self),
            Param("bias", Bool.self, default: true), returns: "module [..., in] → [..., out]",
            details: "Weights and biases are drawn evenly from ±1/√in_features, as in PyTorch.",
            example: "local layer = nn.Linear(3, 2)\nprint(layer(tensor.ones(4, 3)).shape[2], layer.weight.shape[2])", see: ["tensor.linear"]) { (inputs: Int, outputs: Int, bias: Bool) -> Module in
            try Linear(inputs, outputs, bias: bias)
        }
        Function("nn.Flatten", "Several dimensions as one; by default all but the first, which counts examples.", Param("start_dim", Dimension.self, default: Dimension(offset: 1)), Param("end_dim", Dimension.self, default: Dimension(offset: -1)),
            returns: "module [N, ...] → [N, features]", example: "print(nn.Flatten()(tensor.zeros(5, 28, 28)).shape[2])") { (first: Dimension, last: Dimension) -> Module in
            Flatten(start: first.swift, end: last.swift)
        }
        Function("nn.Dropout", "In training, sets elements to zero with probability p and scales up the others; in evaluation, does nothing.", Param("p", Double.self, default: 0.5),
            returns: "module", example: "print(nn.Dropout(0.5):eval()(tensor{1, 2}))") { (p: Double) -> Module in try Dropout(p) }
        Function("nn.Residual", "Adds the input to the output of a module: x + f(x).", Param("module", Module.self), returns: "module", example: "print(nn.Residual(nn.Identity())(tensor{1, 2}))") { (module: Module) -> Module in Residual(module) }
    }

    /// One function for each row of the table of activations.
    static var activations: [Function] {
        Activation.kinds.map { kind in
            switch kind.options.count {
            case 0:
                return Function("nn.\(kind.name)", "Applies \(kind.summary).", returns: "module", example: "print(nn.\(kind.name)()(tensor{{-1, 2}}))") { () -> Module in try Activation(kind.name) }
            case 1 where kind.options[0].isDimension:
                let option = kind.options[0]
                return Function("nn.\(kind.name)", "Applies \(kind.summary).", Param(option.name, Dimension.self, default: Dimension(offset: Int(option.value))),
                    returns: "module", example: "print(nn.\(kind.name)()(tensor{{-1, 2}}))") { (dim: Dimension) -> Module in try Activation(kind.name, [option.name: Double(dim.swift)]) }
            case 1 where !kind.options[0].choices.isEmpty:
                let option = kind.options[0]
                return Function("nn.\(kind.name)", "Applies \(kind.summary).", Param(option.name, GELUForm.self, default: GELUForm.none),
                    returns: "module", example: "print(nn.\(kind.name)()(tensor{{-1, 2}}))") { (form: GELUForm) -> Module in
                    try Activation(kind.name, [option.name: Double(option.choices.firstIndex(of: form.rawValue) ?? 0)])
                }
            case 1:
                let option = kind.options[0]
                return Function("nn.\(kind.name)", "Applies \(kind.summary).", Param(option.name, Double.self, default: option.value),
                    returns: "module", example: "print(nn.\(kind.name)()(tensor{{-1, 2}}))") { (value: Double) -> Module in try Activation(kind.name, [option.name: value]) }
            default:
                let (a, b) = (kind.options[0], kind.options[1])
                return Function("nn.\(kind.name)", "Applies \(kind.summary).", Param(a.name, Double.self, default: a.value), Param(b.name, Double.self, default: b.value),
                    returns: "module", example: "print(nn.\(kind.name)()(tensor{{-1, 2}}))") { (x: Double, y: Double) -> Module in try Activation(kind.name, [a.name: x, b.name: y]) }
            }
        }
    }
}

extension LuaModule {
    /// The class of modules written in Lua; its fields come before the methods that all modules have.
    static var declaration: Class {
        Class(LuaModule.self, "nn.LuaModule", "A module written in Lua; see nn.module.", noun: "module", parent: Module.self,
            example: "local M = nn.module(\"M\")\nfunction M:forward(x) return x end\nprint(M()(tensor{1}))", fieldsFirst: true,
            index: { call in
                let module = try LuaModule.read(call, at: 1)
                if try module.index(call) { return true }
                if call.type(at: 2) == 3 { return false }
                // An unset field is nil, as in any Lua table, unless it is one of a module's own.
                return false
            },
            members: {
                Function("register_buffer", "Makes a tensor part of the module's state without learning it.", Param("self", LuaModule.self), Param("name", String.self), Param("tensor", Tensor.self), Param("persistent", Bool.self, default: true, "whether it is saved"),
                    example: "local M = nn.module(\"M\")\nfunction M:init() self:register_buffer(\"mean\", tensor.zeros(2)) end\nprint(#M():buffers())") { (module: LuaModule, name: String, tensor: Tensor, persistent: Bool) -> Void in
                    try module.registerBuffer(name, tensor, isPersistent: persistent)
                }
                Function("register_parameter", "Sets a parameter as a field of the module.", Param("self", LuaModule.self), Param("name", String.self), Param("parameter", Tensor.self),
                    example: "local M = nn.module(\"M\")\nfunction M:init() self:register_parameter(\"w\", nn.Parameter(tensor.zeros(2))) end\nprint(#M():parameters())") { (module: LuaModule, name: String, parameter: Tensor) -> Void in
                    try module.registerParameter(name, parameter)
                }
            })
    }
}

extension ForwardHandle {
    static var declaration: Class {
        Class(ForwardHandle.self, "nn.Hook", "A function that watches a module's forward.", noun: "hook",
            example: "local layer = nn.ReLU()\nlayer:register_forward_hook(print):remove()", members: {
                Function("remove", "Takes the function off again.", Param("self", ForwardHandle.self), example: "local layer = nn.ReLU()\nlayer:register_forward_hook(print):remove()") { (hook: ForwardHandle) -> Void in hook.remove() }
            })
    }
}
