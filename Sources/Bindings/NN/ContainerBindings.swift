import CLua
import Learning
import LuaKit
import Tensors

extension LayerFunctions {
    @FunctionBuilder static var containers: [Function] {
        Function("nn.Sequential", "Modules applied one after the other.", Param("modules", Variadic<Module>.self, default: [], "modules, or one table of them"),
            returns: "module", example: "local model = nn.Sequential{nn.Linear(2, 3), nn.ReLU()}\nprint(model(tensor{1, 2}).shape[1], model[1].weight.shape[1])", see: ["nn.Parallel"]) { (modules: Variadic<Module>) -> Module in
            Sequential(modules.values)
        }
        Function("nn.ModuleList", "A list of modules for a module of one's own to use as it likes; #, [], ipairs and append work.", Param("modules", Variadic<Module>.self, default: [], "modules, or one table of them"),
            returns: "module", example: "local list = nn.ModuleList{nn.Linear(2, 3), nn.Linear(3, 1)}\nlocal x = tensor{1, 2}\nfor _, layer in ipairs(list) do x = layer(x) end\nprint(x.shape[1], #list)", see: ["nn.module", "nn.Module:append"]) { (modules: Variadic<Module>) -> Module in
            ModuleList(modules.values)
        }
        Function("nn.ModuleDict", "Modules by name for a module of one's own to use as it likes; dict.name, assignment and pairs work.", Param("modules", ModuleTable.self, default: ModuleTable(modules: []), "name → module, kept in alphabetical order; or {name, module} pairs, kept in theirs"),
            returns: "module", example: "local heads = nn.ModuleDict{age=nn.Linear(4, 1), kind=nn.Linear(4, 3)}\nprint(heads.kind(tensor.ones(4)).shape[1])\nfor name, head in pairs(heads) do print(name, head) end", see: ["nn.ModuleList"]) { (call: Call, table: ModuleTable) -> Module in
            let dictionary = try ModuleDict(table.modules)
            for (name, _) in table.modules { try Containers.requireFree(name, dictionary, call) }
            return dictionary
        }
        Function("nn.ParameterList", "A list of parameters for a module of one's own; #, [], ipairs and append work.", Param("parameters", Variadic<Tensor>.self, default: [], "tensors, or one table of them; they become parameters"),
            returns: "module", example: "local list = nn.ParameterList{nn.Parameter(tensor.zeros(2)), nn.Parameter(tensor.ones(3))}\nprint(#list, list[2].shape[1], #list:parameters())", see: ["nn.Parameter", "nn.ModuleList"]) { (parameters: Variadic<Tensor>) -> Module in
            try ParameterList(parameters.values)
        }
        Function("nn.Parallel", "Applies each module to the same input and joins the results along dimension 2.", Param("modules", Variadic<Module>.self, "modules, or one table of them"),
            returns: "module", example: "local both = nn.Parallel{nn.Linear(2, 3), nn.Linear(2, 4)}\nprint(both(tensor.ones(1, 2)).shape[2])", see: ["nn.Sequential"]) { (modules: Variadic<Module>) -> Module in
            Parallel(modules.values)
        }
        Function("nn.Residual", "Adds the input to the output of a module: x + f(x).", Param("module", Module.self), returns: "module", example: "print(nn.Residual(nn.Identity())(tensor{1, 2}))") { (module: Module) -> Module in Residual(module) }
        Function("nn.Lambda", "A function as a module, for use inside Sequential.", Param("fn", LuaFunction.self, "function(x, …) that returns tensors"),
            returns: "module", example: "local model = nn.Sequential{nn.Linear(2, 3), nn.Lambda(function(x) return x * 2 end)}\nprint(model(tensor{1, 2}).shape[1])", see: ["nn.module"]) { (call: Call, function: LuaFunction) -> Module in
            let module = LuaLambda(call.runtime)
            call.push(object: module)  // keeps its function alive until it is returned
            call.setUserField(at: lua_gettop(call.state), key: .text(LuaLambda.key), .function(function))
            return module
        }
        Function("nn.Identity", "Returns its input.", returns: "module", example: "print(nn.Identity()(tensor{1}))") { () -> Module in Identity() }
    }
}

/// What containers have in common in Lua.
enum Containers {
    /// Puts a module inside another one and keeps its userdata alive with the outer one's, at 1 on the stack.
    static func put(_ call: Call, _ child: Module, into module: Module, _ name: String, _ body: () throws -> Void) throws {
        guard !child.modules.contains(where: { $0 === module }) else {
            throw LearningError.argument("field '\(name)'", "a module cannot be put inside itself")
        }
        try body()
        call.setUserField(at: 1, key: .text(name), .object(child))
    }

    /// Refuses the name of a method, under which a module could not be reached.
    static func requireFree(_ name: String, _ module: Module, _ call: Call) throws {
        guard let type = call.runtime.declaredClass(of: module) else { return }
        let taken = type.methods.map(\.declaration.name) + type.properties.map(\.declaration.name)
        if taken.contains(name) { throw LearningError.argument(module.kind, "'\(name)' is a method of modules; choose another name") }
    }

    static func append(_ call: Call, _ member: ListMember, to model: Module, _ operation: String) throws -> Receiver {
        switch (model, member) {
        case (let list as ParameterList, .parameter(let parameter)): try list.append(parameter)
        case (let sequential as Sequential, .module(let child)):
            try put(call, child, into: model, String(sequential.count)) { sequential.add(child) }
        case (let list as ModuleList, .module(let child)):
            try put(call, child, into: model, String(list.count)) { list.append(child) }
        default:
            let wanted = model is ParameterList ? "it takes parameters" : "only nn.Sequential and nn.ModuleList take modules one by one"
            throw LearningError.argument(operation, "\(wanted), this is \(model.luaBrief)")
        }
        return Receiver()
    }
}

extension Module {
    /// What `[]`, `#` and `pairs` see: the modules directly inside, or the parameters of a list.
    var members: [(name: String, value: AnyObject)] {
        self is ParameterList ? ownParameters.map { ($0.name, $0.tensor) } : children.map { ($0.name, $0.module) }
    }
}

/// What lists take.
enum ListMember: LuaArgument {
    case module(Module)
    case parameter(Tensor)

    static var luaType: LuaType { LuaType("module|tensor", phrase: "a module or a parameter", annotation: "nn.Module|tensor.Tensor") }

    static func read(_ call: Call, at index: Int32) throws -> ListMember {
        if let module = call.object(at: index, as: Module.self) { return .module(module) }
        if let tensor = call.object(at: index, as: Tensor.self) { return .parameter(tensor) }
        throw call.mismatch(luaType, at: index)
    }
}

/// Modules by name: a table of names, in alphabetical order, or of {name, module} pairs.
struct ModuleTable: LuaArgument {
    let modules: [(name: String, module: Module)]

    static var luaType: LuaType { LuaType("table<string, module>", phrase: "a table of modules by name", annotation: "table<string, nn.Module>") }
    static var tables: TableUse { .any }

    static func read(_ call: Call, at index: Int32) throws -> ModuleTable {
        guard case .table(let table) = call.value(at: index) else { throw call.mismatch(luaType, at: index) }
        var modules: [(name: String, module: Module)] = []
        func add(_ key: LuaValue, _ value: LuaValue) throws {
            guard let name = key.text else { throw Mismatch("must hold modules by name, got a key that is a \(key.typeName)") }
            guard case .object(let object) = value, let module = object as? Module else {
                throw Mismatch("must hold modules by name, got a \(value.typeName) for '\(name)'")
            }
            modules.append((name, module))
        }
        if table.count > 0 {
            for element in table.elements {
                guard case .table(let pair) = element else { throw Mismatch("must hold modules by name, got a \(element.typeName) without one") }
                try add(pair[1], pair[2])
            }
        } else {
            for (key, value) in table.pairs { try add(key, value) }
            modules.sort { $0.name < $1.name }
        }
        return ModuleTable(modules: modules)
    }

    static func literal(_ value: ModuleTable) -> String { "{}" }
}

/// A Lua function as a module; the function lives in the user table of its userdata.
final class LuaLambda: Module {
    static let key = "__function"
    private unowned let runtime: Runtime

    init(_ runtime: Runtime) { self.runtime = runtime }

    override var kind: String { "Lambda" }

    override func forward(_ input: Tensor) throws -> Tensor {
        guard let first = try forward([input]).first else { throw LearningError.argument(kind, "the function returned nothing") }
        return first
    }

    override func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        guard let table = runtime.userTable(of: self), case .function(let function) = table[LuaLambda.key] else {
            throw LearningError.argument(kind, "the function is gone: this module was closed")
        }
        return try function.call(inputs.map { .object($0) }).map { value in
            guard case .object(let object) = value, let tensor = object as? Tensor else {
                throw LearningError.argument(kind, "the function must return tensors, it returned a \(value.typeName)")
            }
            return tensor
        }
    }

    override func makeSimilar() throws -> Module {
        let copy = LuaLambda(runtime)
        if let table = runtime.userTable(of: self) { runtime.userTable(of: copy)?[LuaLambda.key] = table[LuaLambda.key] }
        return copy
    }
}
