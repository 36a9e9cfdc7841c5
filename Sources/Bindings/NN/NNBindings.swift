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
                LayerFunctions.typed(LayerFunctions.layers)
                LayerFunctions.typed(LayerFunctions.embeddings)
                LayerFunctions.shapes
                LayerFunctions.typed(LayerFunctions.convolutions)
                LayerFunctions.adaptivePools
                LayerFunctions.typed(LayerFunctions.normalizations)
                LayerFunctions.typed(LayerFunctions.recurrent)
                LayerFunctions.typed(LayerFunctions.attention)
                LayerFunctions.activations
                LossFunctions.all
                LossFunctions.pairs
                LossFunctions.distributions
                CheckpointFunctions.all
                DiagnosisFunctions.all
                moduleClass
                LuaModule.declaration
                LastFit.declaration
                TrainingState.declaration
                ModuleClass.declaration
                ForwardHandle.declaration
                SummaryView.declaration
                HistoryView.declaration
                SweepView.declaration
                CheckView.declaration
                HealthView.declaration
                PairIterator.declaration
                OrderedTable.declaration
            },
            callbacks, initializers, utilities,
        ]
    }

    /// Torch7's, Keras's and PyTorch's names, and ours.
    private static var foreignLayers: [String: String] {
        [
            "SpatialConvolution": "nn.Conv2d", "SpatialMaxPooling": "nn.MaxPool2d", "SpatialBatchNormalization": "nn.BatchNorm2d",
            "Dense": "nn.Linear", "Conv2D": "nn.Conv2d", "MaxPooling2D": "nn.MaxPool2d", "BatchNormalization": "nn.BatchNorm1d",
            "View": "nn.Reshape", "Upsampling2D": "nn.Upsample", "LookupTable": "nn.Embedding", "JoinTable": "nn.Parallel", "Concat": "nn.Parallel", "ConcatTable": "nn.Parallel", "ClassNLLCriterion": "nn.NLLLoss", "CrossEntropyCriterion": "nn.CrossEntropyLoss",
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

    /// Layers with parameters take the type of these as an option, as in PyTorch.
    static func typed(_ functions: [Function]) -> [Function] {
        let plain = ["Flatten", "Dropout", "Dropout2d", "AlphaDropout", "MaxPool1d", "MaxPool2d", "AvgPool1d", "AvgPool2d", "TransformerEncoder", "TransformerDecoder", "PositionalEncoding"]
        return functions.map { function in
            if plain.contains(function.declaration.name) { return function }
            return function.taking(Param("dtype", DType?.self, "type of the parameters; float32 when left out")) { call, dtype in
                if let dtype { try Module.read(call, at: -1).to(dtype) }
            }
        }
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
        Function("nn.Dropout", "In training, sets elements to zero with probability p and scales up the others; in evaluation, does nothing.", Param("p", Double.self, default: 0.5), inPlace,
            returns: "module", example: "print(nn.Dropout(0.5):eval()(tensor{1, 2}))") { (p: Double, place: Bool) -> Module in try Dropout(p, inPlace: place) }
        Function("nn.Dropout2d", "In training, sets whole channels to zero with probability p and scales up the others.", Param("p", Double.self, default: 0.5), inPlace,
            returns: "module [N, C, H, W]", example: "print(nn.Dropout2d(0.5):eval()(tensor.ones(1, 2, 1, 1)))", see: ["nn.Dropout"]) { (p: Double, place: Bool) -> Module in try Dropout2d(p, inPlace: place) }
        Function("nn.AlphaDropout", "Dropout that keeps the mean and variance of what SELU gives (Klambauer et al. 2017).", Param("p", Double.self, default: 0.5), inPlace,
            returns: "module", example: "print(nn.AlphaDropout(0.5):eval()(tensor{1, 2}))", see: ["nn.SELU", "nn.Dropout"]) { (p: Double, place: Bool) -> Module in try AlphaDropout(p, inPlace: place) }
        Function("nn.PReLU", "x for x > 0, else slope·x with a slope that is learnt: one for all, or one for each channel (He et al. 2015).", Param("num_parameters", Int.self, default: 1, "1, or the number of channels"), Param("init", Double.self, default: 0.25, "the slope at first"),
            returns: "module", example: "print(nn.PReLU()(tensor{-4, 4}))", see: ["nn.LeakyReLU"]) { (count: Int, start: Double) -> Module in try PReLU(count, start: start) }
        Function("nn.Bilinear", "Every output is a weighted sum of the products of two inputs' elements: x1ᵀ · weight · x2 + bias.", Param("in1_features", Int.self, "size of the first input's last dimension"), Param("in2_features", Int.self, "size of the second input's last dimension"), Param("out_features", Int.self), Param("bias", Bool.self, default: true),
            returns: "module: y = layer(x1 [..., in1], x2 [..., in2])", example: "print(nn.Bilinear(2, 3, 4)(tensor.rand(5, 2), tensor.rand(5, 3)).shape[2])", see: ["nn.Linear"]) { (first: Int, second: Int, outputs: Int, bias: Bool) -> Module in
            try Bilinear(first, second, outputs, bias: bias)
        }
    }

    private static var inPlace: Param<Bool> { Param("inplace", Bool.self, default: false, "whether results take the inputs' place") }

    /// One function for each row of the table of activations.
    static var activations: [Function] {
        Activation.kinds.map { kind in
            let (name, summary, example) = ("nn.\(kind.name)", "Applies \(kind.summary).", "print(nn.\(kind.name)()(tensor{{-1, 2}}))"), options = kind.options
            func number(_ option: Activation.Option) -> Param<Double> { Param(option.name, Double.self, default: option.value) }
            switch options.count {
            case 0 where kind.worksInPlace:
                return Function(name, summary, inPlace, returns: "module", example: example) { (place: Bool) -> Module in try Activation(kind.name, inPlace: place) }
            case 1 where kind.worksInPlace:
                return Function(name, summary, number(options[0]), inPlace, returns: "module", example: example) { (value: Double, place: Bool) -> Module in try Activation(kind.name, [options[0].name: value], inPlace: place) }
            case 2 where kind.worksInPlace:
                return Function(name, summary, number(options[0]), number(options[1]), inPlace, returns: "module", example: example) { (x: Double, y: Double, place: Bool) -> Module in
                    try Activation(kind.name, [options[0].name: x, options[1].name: y], inPlace: place)
                }
            case 0:
                return Function(name, summary, returns: "module", example: example) { () -> Module in try Activation(kind.name) }
            case 1 where options[0].isDimension:
                return Function(name, summary, Param(options[0].name, Dimension.self, default: Dimension(offset: Int(options[0].value))), returns: "module", example: example) { (dim: Dimension) -> Module in
                    try Activation(kind.name, [options[0].name: Double(dim.swift)])
                }
            case 1 where !options[0].choices.isEmpty:
                return Function(name, summary, Param(options[0].name, GELUForm.self, default: GELUForm.none), returns: "module", example: example) { (form: GELUForm) -> Module in
                    try Activation(kind.name, [options[0].name: Double(options[0].choices.firstIndex(of: form.rawValue) ?? 0)])
                }
            case 1:
                return Function(name, summary, number(options[0]), returns: "module", example: example) { (value: Double) -> Module in try Activation(kind.name, [options[0].name: value]) }
            default:
                return Function(name, summary, number(options[0]), number(options[1]), returns: "module", example: example) { (x: Double, y: Double) -> Module in
                    try Activation(kind.name, [options[0].name: x, options[1].name: y])
                }
            }
        }
    }
}

extension LuaModule {
    /// The class of modules written in Lua; its fields come before the methods that all modules have.
    static var declaration: Class {
        Class(LuaModule.self, "nn.LuaModule", "A module written in Lua; see nn.module.", noun: "module", parent: Module.self,
            example: "local M = nn.module(\"M\")\nfunction M:forward(x) return x end\nprint(M()(tensor{1}))", fieldsFirst: true,
            index: { call in try LuaModule.read(call, at: 1).index(call) },
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
