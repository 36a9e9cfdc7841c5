import CLua
import Learning
import LuaKit
import Tensors

/// Fields of modules: `model[1]`, `layer.weight`, and everything of a module written in Lua.
enum ModuleFields {
    static func index(_ call: Call) throws -> Bool {
        let module = try Module.read(call, at: 1)
        if let own = module as? LuaModule, try own.index(call) { return true }
        if let raw = call.integer(at: 2) {
            let members = module.members
            if raw == members.count + 1 {
                call.pushNil()
                return true
            }
            let what = module is ParameterList ? "parameter" : "module"
            call.push(object: members[try Position(raw: raw, what).resolve(count: members.count, what)].value)
            return true
        }
        guard let name = call.text(at: 2) else { return false }
        if let tensor = module.ownParameters.first(where: { $0.name == name })?.tensor
            ?? module.ownBuffers.first(where: { $0.name == name })?.tensor {
            call.push(object: tensor)
            return true
        }
        if let child = module.children.first(where: { $0.name == name })?.module {
            call.push(object: child)
            return true
        }
        if let value = LayerSettings.value(of: module, name) {
            _ = try value.push(to: call)
            return true
        }
        // One that is computed, as weight_norm does, or was left out, as the bias of Linear(…, {bias=false}).
        if module.hasPlace(name) || name == "bias" || name == "weight" {
            if let tensor = module.tensor(named: name) { call.push(object: tensor) } else { call.pushNil() }
            return true
        }
        return false
    }

    static func newIndex(_ call: Call) throws -> Bool {
        let module = try Module.read(call, at: 1)
        if let own = module as? LuaModule { return try own.newIndex(call) }
        if let raw = call.integer(at: 2), let child = call.object(at: 3, as: Module.self) {
            let children = module.children
            let index = try Position(raw: raw, "module").resolve(count: children.count, "module")
            return try replace(call, module, children[index].name, with: child)
        }
        if let raw = call.integer(at: 2), module is ParameterList, let parameter = call.object(at: 3, as: Tensor.self), parameter.isParameter {
            let members = module.members
            return module.replace(members[try Position(raw: raw, "parameter").resolve(count: members.count, "parameter")].name, with: parameter)
        }
        guard let name = call.text(at: 2) else { return false }
        if call.isNil(at: 3) { return module.removeParameter(name) }
        if let child = call.object(at: 3, as: Module.self) {
            if let dictionary = module as? ModuleDict, !module.children.contains(where: { $0.name == name }) {
                try Containers.requireFree(name, module, call)
                try Containers.put(call, child, into: module, name) { try dictionary.set(name, child) }
                return true
            }
            guard module.children.contains(where: { $0.name == name }) else { return false }
            return try replace(call, module, name, with: child)
        }
        guard let tensor = call.object(at: 3, as: Tensor.self) else { return false }
        let isParameter = module.ownParameters.contains { $0.name == name }
        guard isParameter || module.ownBuffers.contains(where: { $0.name == name }) else { return false }
        if isParameter, !tensor.isParameter {
            throw LearningError.argument("field '\(name)'", "a parameter takes nn.Parameter(tensor)")
        }
        return module.replace(name, with: tensor)
    }

    private static func replace(_ call: Call, _ module: Module, _ name: String, with child: Module) throws -> Bool {
        try Containers.put(call, child, into: module, name) { _ = module.replace(name, with: child) }
        return true
    }
}

extension Position {
    /// A position from a Lua integer that may be 0.
    fileprivate init(raw: Int, _ what: String) throws {
        guard raw != 0 else { throw LearningError.argument(what, "position 0: positions start at 1, and -1 is the last") }
        self.init(offset: raw > 0 ? raw - 1 : raw)
    }
}

/// Calls of modules: tensors in, tensors out; labels of losses are counted from 1 in Lua.
enum ModuleCall {
    static func run(_ call: Call) throws -> Int32 {
        guard let module = call.object(at: 1, as: Module.self) else {
            throw LearningError.argument("forward", "the receiver \(call.mismatch(Module.luaType, at: 1).problem) (a method is called with a colon: model:forward(x), or model(x))")
        }
        if let own = module as? LuaModule { return try own.run(call) }
        do { return try run(module, call) } catch var error as LayerInputError {
            // The outermost module of one's own that is running knows the layer's name.
            for model in LuaModule.running.reversed() { error.locate(in: model) }
            throw error
        }
    }

    private static func run(_ module: Module, _ call: Call) throws -> Int32 {
        if let function = LayerCalls.function(of: module) { return try function.run(call) }
        if call.argumentCount == 2, let input = call.object(at: 2, as: Tensor.self), !(module is Loss) {
            call.push(new: try module(input))
            return 1
        }
        var inputs: [Tensor] = []
        for i in 1..<max(call.argumentCount, 1) {
            guard let tensor = call.object(at: i + 1, as: Tensor.self) else {
                throw LearningError.argument(module.luaBrief, "input \(i) \(call.mismatch(Tensor.luaType, at: i + 1).problem)")
            }
            inputs.append(tensor)
        }
        if let loss = module as? Loss, inputs.count == 2 { inputs[1] = try loss.targetFromLua(inputs[1], prediction: inputs[0]) }
        if inputs.isEmpty { throw LearningError.argument(module.luaBrief, "needs an input: model(x)") }
        let outputs = try module(inputs)
        try call.makeRoom(outputs.count + 4)
        for output in outputs { call.push(new: output) }
        return Int32(outputs.count)
    }
}

extension Loss {
    /// A target as the loss counts: classes from 0, everything else as it is.
    func targetFromLua(_ target: Tensor, prediction: Tensor) throws -> Tensor {
        guard takesClasses else { return target }
        return try target.classes(beside: prediction, kind)
    }
}
