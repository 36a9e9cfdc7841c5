import CLua
import Learning
import LuaKit
import Tensors

/// A module whose fields and forward are written in Lua.
///
/// Its fields live in the user table of its userdata, so that Lua's collector sees what they refer
/// to. Parameters and modules among them, also inside tables, are found by looking; the order is
/// that in which the fields were first set.
final class LuaModule: Module {
    let type: ModuleClass
    private unowned let runtime: Runtime
    private var order: [String] = []
    private var bufferNames: [String: Bool] = [:]
    private var name: String { type.name }

    init(_ type: ModuleClass, _ runtime: Runtime) {
        self.type = type
        self.runtime = runtime
        super.init()
    }

    override var kind: String { name }

    /// The table of fields.
    var fields: LuaTable? { runtime.userTable(of: self) }

    // MARK: Fields

    /// Pushes a field, or a method of the class in Lua; false when there is neither.
    func index(_ call: Call) throws -> Bool {
        if call.pushUserField(at: 1, key: 2) { return true }
        lua_settop(call.state, -2)
        if type.pushMember(call, key: 2) { return true }
        guard !parametrizations.isEmpty, let name = call.text(at: 2), let tensor = parametrizations.lazy.flatMap({ $0.parameters + $0.buffers }).first(where: { $0.name == name })?.tensor else { return false }
        call.push(object: tensor)
        return true
    }

    /// Sets a field.
    func newIndex(_ call: Call) throws -> Bool {
        let key = call.value(at: 2), value = call.value(at: 3)
        if key.text == nil, case .object(let object) = value, object is Module || (object as? Tensor)?.isParameter == true {
            throw LearningError.argument(name, "modules and parameters need names: self.layer1 = …, or a table of them: self.layers = {…}")
        }
        if let name = key.text {
            if case .object(let object) = value, let module = object as? Module, module.modules.contains(where: { $0 === self }) {
                throw LearningError.argument("field '\(name)'", "a module cannot be put inside itself")
            }
            if name == "training" { return false }
            if case .object(let old) = fields?[name], let parameter = old as? Tensor, parameter.isParameter,
                case .object(let new) = value, let tensor = new as? Tensor, !tensor.isParameter {
                throw LearningError.argument("field '\(name)'", "holds a parameter, which takes nn.Parameter(tensor), or nil to remove it")
            }
            if !value.isNil, !order.contains(name) { order.append(name) }
            if value.isNil { order.removeAll { $0 == name } }
        }
        call.setUserField(at: 1, key: key, value)
        return true
    }

    /// Declares a field as a buffer: part of the state, but not learnt.
    func registerBuffer(_ name: String, _ tensor: Tensor, isPersistent: Bool) throws {
        guard let fields else { throw LearningError.argument("register_buffer", "this module was closed") }
        bufferNames[name] = isPersistent
        if !order.contains(name) { order.append(name) }
        fields[name] = .object(tensor)
    }

    /// Sets a parameter as a field.
    func registerParameter(_ name: String, _ parameter: Tensor) throws {
        guard let fields else { throw LearningError.argument("register_parameter", "this module was closed") }
        parameter.isParameter = true
        try parameter.setRequiresGrad(true)
        if !order.contains(name) { order.append(name) }
        fields[name] = .object(parameter)
    }

    // MARK: What the library asks

    override var ownParameters: [(name: String, tensor: Tensor)] {
        collect { value in (value as? Tensor).flatMap { $0.isParameter ? $0 : nil } }
            .map { (name: $0.name, tensor: $0.value) } + parametrizations.flatMap(\.parameters)
    }

    override var ownBuffers: [(name: String, tensor: Tensor, isPersistent: Bool)] {
        guard let fields else { return [] }
        return order.compactMap { name in
            guard let isPersistent = bufferNames[name], case .object(let object) = fields[name], let tensor = object as? Tensor
            else { return nil }
            return (name, tensor, isPersistent)
        } + parametrizations.flatMap { $0.buffers.map { ($0.name, $0.tensor, true) } }
    }

    override func hasPlace(_ name: String) -> Bool { ownParameters.contains { $0.name == name } || super.hasPlace(name) }

    override var inputDType: DType { ownParameters.first?.tensor.dtype ?? firstLayer?.inputDType ?? .float32 }
    override var sampleValue: Scalar { firstLayer?.sampleValue ?? .int(0) }
    private var firstLayer: Module? { modules.first { !($0 is LuaModule) && $0.children.isEmpty } }

    override var children: [(name: String, module: Module)] {
        collect { $0 as? Module }.map { (name: $0.name, module: $0.value) }
    }

    override func replace(_ name: String, with tensor: Tensor) -> Bool {
        parametrizations.contains { $0.replace(name, with: tensor) } || replace(path: name, .object(tensor))
    }
    override func replace(_ name: String, with module: Module) -> Bool { replace(path: name, .object(module)) }

    override func forward(_ input: Tensor) throws -> Tensor {
        guard let first = try forward([input]).first else {
            throw LearningError.argument(name, "forward returned nothing: it must end with `return` and its output")
        }
        return first
    }

    override func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        try callForward(inputs.map { .object($0) }).map { value in
            guard case .object(let object) = value, let tensor = object as? Tensor else {
                throw LearningError.argument(name, "forward must return tensors here, it returned a \(value.typeName)")
            }
            return tensor
        }
    }

    override func makeSimilar() throws -> Module {
        let copy = LuaModule(type, runtime)
        copy.order = order
        copy.bufferNames = bufferNames
        guard let fields, let target = copy.fields else { throw LearningError.argument("clone", "this module was closed") }
        for (key, value) in fields.pairs { target[raw: key] = try copyTables(value, depth: 0) }
        return copy
    }

    // MARK: Calling

    /// `module(…)`: any Lua values in and out; hooks run when they are tensors.
    func run(_ call: Call) throws -> Int32 {
        var arguments: [LuaValue] = []
        for i in 1..<max(call.argumentCount, 1) { arguments.append(call.value(at: i + 1)) }
        var results: [LuaValue] = []
        let outputs = try observed(tensors(in: arguments)) {
            results = try callForward(arguments)
            return tensors(in: results)
        }
        // A hook may have put other tensors in the place of the outputs.
        var replaced = outputs.makeIterator()
        results = results.map { value in
            if case .object(let object) = value, object is Tensor, let tensor = replaced.next() { return .object(tensor) }
            return value
        }
        try call.makeRoom(results.count + 4)
        for result in results { call.push(result) }
        return Int32(results.count)
    }

    private func tensors(in values: [LuaValue]) -> [Tensor] {
        values.compactMap { value in
            if case .object(let object) = value { object as? Tensor } else { nil }
        }
    }

    /// The modules of one's own whose forwards are running, the outermost first.
    private(set) nonisolated(unsafe) static var running: [LuaModule] = []
    private var wasExamined = false

    private func callForward(_ arguments: [LuaValue]) throws -> [LuaValue] {
        guard case .function(let forward) = type.member("forward", in: runtime) else { throw LearningError.argument(name, "has no forward: define function \(name):forward(x)") }
        LuaModule.running.append(self)
        defer { LuaModule.running.removeLast() }
        let results = try forward.call([.object(self)] + arguments)
        if !wasExamined, isTraining, Autograd.isEnabled, LuaModule.running.count == 1 {
            wasExamined = true
            noteForgotten(arguments, results, forward)
        }
        return results
    }

    // MARK: Looking through fields

    /// The fields, in order, that `pick` takes; tables are looked through, their elements named by
    /// positions from 0 and by keys.
    private func collect<T>(_ pick: (AnyObject) -> T?) -> [(name: String, value: T)] {
        guard let fields else { return [] }
        var found: [(name: String, value: T)] = []
        func visit(_ name: String, _ value: LuaValue, _ depth: Int) {
            switch value {
            case .object(let object):
                if let item = pick(object) { found.append((name, item)) }
            case .table(let table) where depth < 8:
                for (key, element) in LuaModule.elements(of: table) { visit("\(name).\(key)", element, depth + 1) }
            default: break
            }
        }
        for name in order where bufferNames[name] == nil { visit(name, fields[name], 0) }
        return found
    }

    /// A table's elements by position from 0, then by name in alphabetical order.
    private static func elements(of table: LuaTable) -> [(key: String, value: LuaValue)] {
        let count = table.count
        var result = (0..<count).map { (key: String($0), value: table[$0 + 1]) }
        let named = table.pairs.compactMap { pair in pair.key.text.map { (key: $0, value: pair.value) } }
        result += named.sorted { $0.key < $1.key }
        return result
    }

    /// Sets the value that `collect` named by a path.
    private func replace(path: String, _ value: LuaValue) -> Bool {
        guard let fields else { return false }
        let parts = path.split(separator: ".").map(String.init)
        var table = fields
        for part in parts.dropLast() {
            guard case .table(let inner) = LuaModule.step(table, part, isRoot: table.isSame(as: fields)) else { return false }
            table = inner
        }
        guard let last = parts.last else { return false }
        if parts.count > 1, let position = Int(last), position < table.count {
            table[position + 1] = value
        } else {
            table[last] = value
        }
        return true
    }

    private static func step(_ table: LuaTable, _ part: String, isRoot: Bool) -> LuaValue {
        if !isRoot, let position = Int(part), position < table.count { return table[position + 1] }
        return table[part]
    }

    /// A field for a copy of this module: tables are copied, so that the modules in them can differ.
    private func copyTables(_ value: LuaValue, depth: Int) throws -> LuaValue {
        guard case .table(let table) = value, depth < 8 else { return value }
        let copy = runtime.makeTable()
        for (key, element) in table.pairs { copy[raw: key] = try copyTables(element, depth: depth + 1) }
        return .table(copy)
    }
}

/// A class of modules written in Lua; its methods live in its user table.
final class ModuleClass: LuaObject {
    let name: String
    let parent: ModuleClass?

    init(_ name: String, parent: ModuleClass?) {
        self.name = name
        self.parent = parent
    }

    var luaBrief: String { "the class \(name)" }

    /// A method or field of this class or of those it extends.
    func member(_ name: String, in runtime: Runtime) -> LuaValue {
        var type: ModuleClass? = self
        while let current = type {
            if let value = runtime.userTable(of: current)?[name], !value.isNil { return value }
            type = current.parent
        }
        return .nil
    }

    /// Pushes the member whose name is at a stack index; false when there is none.
    func pushMember(_ call: Call, key: Int32) -> Bool {
        guard let name = call.text(at: key) else { return false }
        let value = member(name, in: call.runtime)
        if value.isNil { return false }
        call.push(value)
        return true
    }

    /// Makes an instance and runs `init` with the arguments behind the class on the stack.
    func make(_ call: Call) throws -> LuaModule {
        let module = LuaModule(self, call.runtime)
        call.push(object: module)  // keeps its fields alive while init runs
        call.setUserField(at: lua_gettop(call.state), key: .text("__class"), .object(self))
        var arguments: [LuaValue] = [.object(module)]
        for i in 1..<max(call.argumentCount - 1, 1) { arguments.append(call.value(at: i + 1)) }
        if case .function(let initialize) = member("init", in: call.runtime) {
            try initialize.call(arguments)
        } else if case .function = member("__init", in: call.runtime) {
            throw LearningError.argument(name, "what makes a module is called init here: function \(name):init(…)")
        }
        return module
    }

    static var declaration: Class {
        Class(
            ModuleClass.self, "nn.ModuleClass", "A class of modules written in Lua, made by nn.module; call it to make a module.", noun: "module class",
            example: "local Double = nn.module(\"Double\")\nfunction Double:forward(x) return x * 2 end\nprint(Double()(tensor{1, 2}))",
            index: { call in
                let type = try ModuleClass.read(call, at: 1)
                if type.pushMember(call, key: 2) { return true }
                call.pushNil()
                return true
            },
            newIndex: { call in
                call.setUserField(at: 1, key: call.value(at: 2), call.value(at: 3))
                return true
            },
            didPush: { type, anchors in
                if let parent = type.parent { anchors.keep(parent, "__base") }
            },
            members: {
                Function(raw: "__call", "Makes a module and runs its init with the arguments.", Param("self", ModuleClass.self)) { call in
                    let module = try ModuleClass.read(call, at: 1).make(call)
                    call.push(object: module)
                    return 1
                }
                Function(raw: "__tostring", "The name of the class.", Param("self", ModuleClass.self), results: [.string]) { call in
                    call.push("nn.module: " + (try ModuleClass.read(call, at: 1).name))
                    return 1
                }
            })
    }
}
