import CLua
import Learning
import LuaKit
import Tensors

extension Module: LuaObject {
    public var luaBrief: String { kind.hasPrefix("nn.") ? kind : "nn.\(kind)" }
}

extension LearningError: LuaDescribableError {
    public var luaMessage: String { description }
}

extension Bindings {
    /// The class of all modules. Layers are functions of `nn` that make one.
    static var moduleClass: Class {
        Class(
            Module.self, "nn.Module", "A part of a model: a layer, a loss, or several of them together.", noun: "module",
            example: "local layer = nn.Linear(2, 1)\nprint(layer(tensor{1, 2}).shape[1], layer.weight.shape[2])",
            index: ModuleFields.index, newIndex: ModuleFields.newIndex, foreignNames: [
                "training_mode": "train", "evaluate_mode": "eval", "zeroGradParameters": "zero_grad", "getParameters": "parameters",
                "size": "parameters", "compile": "fit", "weights": "parameters", "training_": "training", "state": "state_dict",
            ],
            didPush: { module, anchors in
                for (name, child) in module.children { anchors.keep(child, name) }
            },
            members: {
                Property("training", "Whether the module is in training mode; train() and eval() set it for the modules inside as well.", of: Module.self, get: { $0.isTraining }, set: { module, value in
                    module.isTraining = value
                    module.modeChanged()
                })
                Property("typename", "What kind of module it is, such as \"Linear\", or the name given to nn.module.", of: Module.self) { $0.kind }
                moduleCalls
                moduleMembers
                moduleModes
                moduleState
                moduleTraining
            })
    }

    /// Calling and printing.
    @FunctionBuilder private static var moduleCalls: [Function] {
        Function(raw: "__call", "Computes the output: `model(x)`.", Param("self", Module.self), Param("…", Tensor.self), results: [Tensor.luaType]) { call in
            try ModuleCall.run(call)
        }
        Function(raw: "forward", "Computes the output; calling the module itself runs hooks as well.", Param("self", Module.self), Param("input", Tensor.self),
            returns: "tensor", example: "print(nn.ReLU():forward(tensor{-1, 2}))") { call in
            try ModuleCall.run(call)
        }
        Function(raw: "__tostring", "The modules as a tree.", Param("self", Module.self), results: [.string]) { call in
            call.push(try Module.read(call, at: 1).description)
            return 1
        }
        Function(raw: "__len", "Number of modules directly inside, or of the parameters of a ParameterList: `#model`.", Param("self", Module.self), results: [.integer]) { call in
            call.push(try Module.read(call, at: 1).members.count)
            return 1
        }
        Function(raw: "__pairs", "Walks the modules inside with their positions or names, or the parameters of a ParameterList.", Param("self", Module.self)) { call in
            call.push(object: PairIterator(members: try Module.read(call, at: 1).members))
            return 1
        }
        Function("add", "Appends a module to a Sequential or ModuleList.", Param("self", Module.self), Param("module", Module.self), returns: "the module itself",
            example: "local model = nn.Sequential{}\nmodel:add(nn.Linear(2, 1)):add(nn.ReLU())\nprint(#model)", see: ["nn.Module:append"]) { (call: Call, model: Module, child: Module) -> Receiver in
            try Containers.append(call, .module(child), to: model, "add")
        }
        Function("append", "Appends a module to a Sequential or ModuleList, or a parameter to a ParameterList.", Param("self", Module.self), Param("module", ListMember.self, "a module, or a parameter"), returns: "the module itself",
            example: "local list = nn.ModuleList{}\nlist:append(nn.Linear(2, 1))\nprint(#list)", see: ["nn.ModuleList", "nn.ParameterList"]) { (call: Call, model: Module, member: ListMember) -> Receiver in
            try Containers.append(call, member, to: model, "append")
        }
        Function("register_forward_hook", "Calls a function after each forward; what it returns, if anything, replaces the output.", Param("self", Module.self), Param("hook", LuaFunction.self, "function(module, input, output); several inputs or outputs are a table"),
            returns: "a handle with remove()", example: "local layer = nn.ReLU()\nlayer:register_forward_hook(function(m, x, y) print(y) end)\nlayer(tensor{-1, 1})") { (call: Call, module: Module, hook: LuaFunction) in
            ForwardHandle(module.addForwardHook { [unowned runtime = call.runtime] module, inputs, outputs in
                let results = try hook.call([.object(module), runtime.oneOrTable(inputs), runtime.oneOrTable(outputs)])
                guard let first = results.first, !first.isNil else { return nil }
                guard let tensors = Runtime.tensors(in: first) else {
                    throw LearningError.argument("register_forward_hook", "the hook must return a tensor, a table of tensors or nothing, it returned a \(first.typeName)")
                }
                return tensors
            })
        }
    }

    /// Parameters, buffers and modules inside.
    @FunctionBuilder private static var moduleMembers: [Function] {
        Function("parameters", "All parameters in order of definition.", Param("self", Module.self), returns: "table of tensors",
            example: "print(#nn.Linear(2, 3):parameters())", see: ["nn.Module:named_parameters"]) { (module: Module) in module.parameters.map(Kept.init) }
        Function("named_parameters", "Iterates over names and parameters in order of definition.", Param("self", Module.self), returns: "iterator of name, parameter",
            example: "for name, p in nn.Sequential{nn.Linear(2, 1)}:named_parameters() do print(name, p.shape[1]) end") { (module: Module) in
            PairIterator(module.namedParameters().map { ($0.name, $0.tensor) })
        }
        Function("buffers", "All tensors of the state that are not learnt, such as running averages.", Param("self", Module.self), returns: "table of tensors",
            example: "print(#nn.Linear(2, 3):buffers())") { (module: Module) in module.buffers.map(Kept.init) }
        Function("named_buffers", "Iterates over names and buffers.", Param("self", Module.self), returns: "iterator of name, buffer",
            example: "for name, b in nn.BatchNorm1d(2):named_buffers() do print(name) end", see: ["nn.Module:buffers"]) { (module: Module) in
            PairIterator(module.namedBuffers().map { ($0.name, $0.tensor) })
        }
        Function("named_children", "Iterates over names and modules directly inside; names are those of files, which count from 0.", Param("self", Module.self), returns: "iterator of name, module",
            example: "for name, m in nn.Sequential{nn.Linear(2, 1), nn.ReLU()}:named_children() do print(name, m) end", see: ["nn.Module:children"]) { (module: Module) in PairIterator(module.children) }
        Function("named_modules", "Iterates over names and modules, this one, named \"\", and all inside.", Param("self", Module.self), returns: "iterator of name, module",
            example: "for name, m in nn.Sequential{nn.Linear(2, 1), nn.ReLU()}:named_modules() do print(name, m) end", see: ["nn.Module:modules"]) { (module: Module) in PairIterator(module.namedModules()) }
        Function("children", "The modules directly inside.", Param("self", Module.self), returns: "table of modules",
            example: "print(#nn.Sequential{nn.Linear(2, 1), nn.ReLU()}:children())", see: ["nn.Module:modules"]) { (module: Module) in module.children.map(\.module) }
        Function("modules", "This module and all inside it.", Param("self", Module.self), returns: "table of modules",
            example: "print(#nn.Sequential{nn.Linear(2, 1), nn.ReLU()}:modules())", see: ["nn.Module:children"]) { (module: Module) in module.modules }
        Function("apply", "Calls a function with every module inside, innermost first, and with this one.", Param("self", Module.self), Param("fn", LuaFunction.self, "function(module)"), returns: "the module itself",
            example: "nn.Sequential{nn.Linear(2, 1), nn.ReLU()}:apply(function(m) if m.typename == \"Linear\" then nn.init.zeros_(m.bias) end end)") { (module: Module, fn: LuaFunction) -> Receiver in
            try module.apply { _ = try fn.call([.object($0)]) }
            return Receiver()
        }
    }

    /// Modes, gradients and types.
    @FunctionBuilder private static var moduleModes: [Function] {
        Function("train", "Sets training mode for this module and all inside.", Param("self", Module.self), Param("mode", Bool.self, default: true), returns: "the module itself",
            example: "print(nn.ReLU():train().training)", see: ["nn.Module:eval"]) { (module: Module, mode: Bool) -> Receiver in
            module.train(mode)
            return Receiver()
        }
        Function("eval", "Sets evaluation mode for this module and all inside: dropout off, running averages used.", Param("self", Module.self), returns: "the module itself",
            example: "print(nn.ReLU():eval().training)", see: ["nn.Module:train", "nn.Module:predict"]) { (module: Module) -> Receiver in
            module.eval()
            return Receiver()
        }
        Function("zero_grad", "Forgets the gradients of all parameters.", Param("self", Module.self), Param("set_to_none", Bool.self, default: true, "false to keep them as zeros"), example: "nn.Linear(2, 1):zero_grad()") { (module: Module, forgets: Bool) -> Void in
            if forgets { return module.zeroGrad() }
            for parameter in module.parameters { parameter.grad = try parameter.grad.map { try Tensor.zeros($0.shape, $0.dtype) } }
        }
        Function("to", "Converts parameters and buffers to a floating point type, in place.", Param("self", Module.self), Param("dtype", DType.self), returns: "the module itself",
            example: "print(nn.Linear(2, 1):to(\"float64\").weight.dtype)") { (module: Module, dtype: DType) -> Receiver in
            try module.to(dtype)
            return Receiver()
        }
        Function("float", "Converts parameters and buffers to float32, in place.", Param("self", Module.self), returns: "the module itself",
            example: "print(nn.Linear(2, 1):double():float().weight.dtype)", see: ["nn.Module:to"]) { (module: Module) -> Receiver in
            try module.to(.float32)
            return Receiver()
        }
        Function("double", "Converts parameters and buffers to float64, in place.", Param("self", Module.self), returns: "the module itself",
            example: "print(nn.Linear(2, 1):double().weight.dtype)", see: ["nn.Module:to"]) { (module: Module) -> Receiver in
            try module.to(.float64)
            return Receiver()
        }
        Function("requires_grad_", "Sets whether parameters learn.", Param("self", Module.self), Param("requires_grad", Bool.self, default: true), returns: "the module itself",
            example: "print(nn.Linear(2, 1):requires_grad_(false).weight.requires_grad)", see: ["nn.Module:freeze"]) { (module: Module, learns: Bool) -> Receiver in
            if learns { try module.unfreeze() } else { try module.freeze() }
            return Receiver()
        }
        Function("freeze", "Stops all parameters from learning.", Param("self", Module.self), returns: "the module itself",
            example: "print(nn.Linear(2, 1):freeze().weight.requires_grad)", see: ["nn.Module:unfreeze"]) { (module: Module) -> Receiver in
            try module.freeze()
            return Receiver()
        }
        Function("unfreeze", "Lets all parameters learn again.", Param("self", Module.self), returns: "the module itself",
            example: "print(nn.Linear(2, 1):freeze():unfreeze().weight.requires_grad)", see: ["nn.Module:freeze"]) { (module: Module) -> Receiver in
            try module.unfreeze()
            return Receiver()
        }
    }

    /// State: copying, saving and loading.
    @FunctionBuilder private static var moduleState: [Function] {
        Function("clone", "A copy with its own parameters.", Param("self", Module.self), returns: "module",
            example: "local a = nn.Linear(2, 1)\nlocal b = a:clone()\nprint(a.weight:equal(b.weight))") { (call: Call, module: Module) -> Module in
            // Lua fields of copied modules belong to nobody until the copy's userdata holds them.
            try call.runtime.withoutCollecting {
                let copy = try module.clone()
                call.push(object: copy)
                return copy
            }
        }
        Function("state_dict", "Parameters and buffers by PyTorch's names, sharing the module's memory; `pairs` follows the order of definition.", Param("self", Module.self), returns: "table",
            example: "for name, t in pairs(nn.Linear(2, 1):state_dict()) do print(name, t.shape[1]) end", see: ["nn.Module:load_state_dict"]) { (module: Module) in
            OrderedTable(module.stateDict().map { ($0.name, $0.tensor) })
        }
        Function("load_state_dict", "Copies values into parameters and buffers by name; an error before anything is changed when names or shapes do not fit.", Param("self", Module.self), Param("state", TensorTable.self, "name → tensor"),
            Param("strict", Bool.self, default: true, "whether missing and unexpected names are errors"), returns: "names that were missing, and names that were unexpected",
            example: "local a, b = nn.Linear(2, 1), nn.Linear(2, 1)\na:load_state_dict(b:state_dict())\nprint(a.weight:equal(b.weight))\nlocal missing, unexpected = a:load_state_dict({weight=tensor.ones(1, 2)}, {strict=false})\nprint(missing[1], #unexpected)") { (module: Module, state: TensorTable, strict: Bool) -> ([String], [String]) in
            let mismatch = try module.loadStateDict(state.stateDict, strict: strict)
            return (mismatch.missing, mismatch.unexpected)
        }
        Function("save", "Writes parameters and buffers to a safetensors file with PyTorch's names; the file is whole or untouched.", Param("self", Module.self), Param("path", String.self), Param("transform", Transform?.self, "what inputs go through before the model; data.load_transform reads it from the file"),
            example: "local path = os.tmpname()\nnn.Linear(2, 1):save(path)\nos.remove(path)", see: ["nn.Module:load", "data.load_transform"]) { (module: Module, path: String, transform: Transform?) -> Void in try module.save(path, transform: transform) }
        Function("load", "Reads parameters and buffers from a safetensors file; nothing changes when it does not fit.", Param("self", Module.self), Param("path", String.self), Param("strict", Bool.self, default: true), returns: "the module itself",
            example: "local path = os.tmpname()\nlocal a = nn.Linear(2, 1)\na:save(path)\nprint(a:load(path))\nos.remove(path)", see: ["nn.Module:save"]) { (module: Module, path: String, strict: Bool) -> Receiver in
            try module.load(path, strict: strict)
            return Receiver()
        }
        Function("summary", "A table of layers with output shapes, how many parameters each has and why, multiply-adds and bytes; changes nothing.", Param("self", Module.self), Param("input_shape", SummaryInput?.self, "shape of one example, or a batch itself, or a table of several inputs; found out when left out, where possible"),
            returns: "a summary that prints itself", example: "print(nn.Sequential{nn.Linear(784, 10)}:summary{784})\nprint(nn.LSTM(3, 4):summary(tensor.zeros(5, 1, 3)).multiply_adds)") { (module: Module, input: SummaryInput?) -> SummaryView in
            switch input {
            case .tensors(let inputs)?: return SummaryView(try module.summary(inputs: inputs))
            case .shape(let shape)?: return SummaryView(try module.summary(inputShape: shape))
            case nil: return SummaryView(try module.summary())
            }
        }
    }
}

extension Runtime {
    /// One tensor as it is, several as a table.
    fileprivate func oneOrTable(_ tensors: [Tensor]) -> LuaValue {
        if tensors.count == 1 { return .object(tensors[0]) }
        let table = makeTable()
        for (i, tensor) in tensors.enumerated() { table[i + 1] = .object(tensor) }
        return .table(table)
    }

    /// The tensors of a value that is one, or a table of some.
    fileprivate static func tensors(in value: LuaValue) -> [Tensor]? {
        let values: [LuaValue] = if case .table(let table) = value { table.elements } else { [value] }
        let tensors = values.compactMap { value -> Tensor? in
            if case .object(let object) = value { object as? Tensor } else { nil }
        }
        return tensors.isEmpty || tensors.count < values.count ? nil : tensors
    }
}

/// What `register_forward_hook` returns.
final class ForwardHandle: LuaObject {
    private let hook: ForwardHook
    init(_ hook: ForwardHook) { self.hook = hook }
    func remove() { hook.remove() }
}

/// A model's summary, with fields, that prints itself.
final class SummaryView: LuaObject {
    let summary: ModuleSummary
    init(_ summary: ModuleSummary) { self.summary = summary }
}
