import CLua
import Learning
import LuaKit
import Tensors

/// Iterates over names, or positions, and tensors or modules: `for name, t in …`.
final class PairIterator: LuaObject {
    private var rest: ArraySlice<(key: LuaValue, value: AnyObject)>

    init(_ pairs: [(name: String, tensor: Tensor)]) { rest = pairs.map { (key: .text($0.name), value: $0.tensor) }[...] }

    /// Modules by the names they have in files.
    init(_ modules: [(name: String, module: Module)]) { rest = modules.map { (key: .text($0.name), value: $0.module) }[...] }

    /// Members of a container; those named by positions from 0 get positions from 1.
    init(members: [(name: String, value: AnyObject)]) {
        rest = members.map { (key: Int($0.name).map { .integer($0 + 1) } ?? .text($0.name), value: $0.value) }[...]
    }

    static var declaration: Class {
        Class(PairIterator.self, "nn.PairIterator", "Gives names and tensors one after the other, for `for … in`.", noun: "iterator",
            example: "for name, p in nn.Linear(2, 1):named_parameters() do print(name) end", members: {
                Function(raw: "__call", "The next name and what it names, or nil.", Param("self", PairIterator.self)) { call in
                    guard let (key, value) = try PairIterator.read(call, at: 1).rest.popFirst() else {
                        call.pushNil()
                        return 1
                    }
                    call.push(key)
                    call.push(object: value)
                    return 2
                }
            })
    }
}

/// Tensors by name, in order: behaves like a table whose `pairs` follows the order of definition.
final class OrderedTable: LuaObject {
    fileprivate(set) var entries: [(name: String, tensor: Tensor)]

    init(_ entries: [(name: String, tensor: Tensor)]) { self.entries = entries }

    static var declaration: Class {
        Class(OrderedTable.self, "nn.StateDict", "Tensors by name, in order; indexed and walked with pairs like a table.", noun: "state",
            example: "local state = nn.Linear(2, 1):state_dict()\nprint(state.weight.shape[2], state[\"bias\"].shape[1])",
            index: { call in
                let table = try OrderedTable.read(call, at: 1)
                guard let name = call.text(at: 2), let tensor = table.entries.first(where: { $0.name == name })?.tensor else {
                    call.pushNil()
                    return true
                }
                call.push(object: tensor)
                return true
            },
            newIndex: { call in
                let table = try OrderedTable.read(call, at: 1)
                guard let name = call.text(at: 2) else { return false }
                let place = table.entries.firstIndex { $0.name == name }
                if call.isNil(at: 3) {
                    if let place { table.entries.remove(at: place) }
                    return true
                }
                guard let tensor = call.object(at: 3, as: Tensor.self) else {
                    throw LearningError.argument("state['\(name)']", call.mismatch(Tensor.luaType, at: 3).problem)
                }
                if let place { table.entries[place].tensor = tensor } else { table.entries.append((name, tensor)) }
                return true
            },
            members: {
                Function(raw: "__pairs", "Walks names and tensors in order.", Param("self", OrderedTable.self)) { call in
                    call.push(object: PairIterator(try OrderedTable.read(call, at: 1).entries))
                    return 1
                }
                Function(raw: "__len", "Number of entries.", Param("self", OrderedTable.self), results: [.integer]) { call in
                    call.push(try OrderedTable.read(call, at: 1).entries.count)
                    return 1
                }
                Function(raw: "__tostring", "Names and shapes.", Param("self", OrderedTable.self), results: [.string]) { call in
                    let entries = try OrderedTable.read(call, at: 1).entries
                    let width = entries.map(\.name.count).max() ?? 0
                    call.push(entries.map { entry in
                        entry.name + String(repeating: " ", count: width - entry.name.count + 2) + describe(entry.tensor.shape) + " " + entry.tensor.dtype.name
                    }.joined(separator: "\n"))
                    return 1
                }
            })
    }
}

/// A table of tensors by name, or a state.
struct TensorTable: LuaArgument {
    let stateDict: StateDict

    static var luaType: LuaType { LuaType("table<string, tensor>", phrase: "a table of tensors by name", annotation: "table<string, tensor.Tensor>") }
    static var tables: TableUse { .any }

    static func read(_ call: Call, at index: Int32) throws -> TensorTable {
        if let state = call.object(at: index, as: OrderedTable.self) { return TensorTable(stateDict: StateDict(state.entries)) }
        guard case .table(let table) = call.value(at: index) else { throw call.mismatch(luaType, at: index) }
        var entries: [(name: String, tensor: Tensor)] = []
        for (key, value) in table.pairs {
            guard let name = key.text else { throw Mismatch("must hold tensors by name, got a key that is a \(key.typeName)") }
            guard case .object(let object) = value, let tensor = object as? Tensor else {
                throw Mismatch("must hold tensors by name, got a \(value.typeName) for '\(name)'")
            }
            entries.append((name, tensor))
        }
        return TensorTable(stateDict: StateDict(entries.sorted { $0.name < $1.name }))
    }
}
