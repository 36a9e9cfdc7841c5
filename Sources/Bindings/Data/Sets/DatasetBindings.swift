import Learning
import LuaKit
import Tensors

/// Any data set, as Lua holds it. Class labels in it are counted from 1.
final class DatasetBox: LuaObject {
    let set: any Dataset
    init(_ set: any Dataset) { self.set = set }

    var luaBrief: String { "a data set of \(set.count)" }
}

/// A data set argument: an object, or a table with functions `get(i)` and `size()`.
struct AnyDataset: LuaArgument {
    let dataset: any Dataset

    static var luaType: LuaType { LuaType("dataset", phrase: "a data set (or a table with get(i) and size())", annotation: "data.Dataset|table") }
    static var tables: TableUse { .any }

    static func read(_ call: Call, at index: Int32) throws -> AnyDataset {
        if let box = call.object(at: index, as: DatasetBox.self) { return AnyDataset(dataset: box.set) }
        if call.object(at: index, as: Tensor.self) != nil {
            throw Mismatch("\(call.mismatch(luaType, at: index).problem); data.TensorDataset(x, y) makes one of tensors")
        }
        guard case .table(let table) = call.value(at: index) else { throw call.mismatch(luaType, at: index) }
        return AnyDataset(dataset: try LuaDataset(table))
    }
}

/// A data set written in Lua.
final class LuaDataset: Dataset {
    private let table: LuaTable
    private let fetch: LuaFunction
    private let size: LuaFunction
    let classes: [String]?

    init(_ table: LuaTable) throws {
        guard case .function(let fetch) = try table.get("get"), case .function(let size) = try table.get("size") else {
            throw Mismatch("must be a data set: a table of one's own needs the functions get(i) and size(); data.TensorDataset(x, y) makes one of tensors")
        }
        self.table = table
        self.fetch = fetch
        self.size = size
        if case .table(let names) = table["classes"] { classes = names.elements.compactMap(\.text) } else { classes = nil }
        guard let count = try size.call([.table(table)]).first?.int, count >= 0 else {
            throw Mismatch("must have a size() that returns a whole number")
        }
    }

    var count: Int { (try? size.call([.table(table)]).first?.int) ?? 0 }

    func get(_ index: Int) throws -> [Tensor] {
        try check(index)
        return try LuaDataset.tensors(fetch.call([.table(table), .integer(index + 1)]), "get(\(index + 1))")
    }

    /// What a function returned for an example: tensors and numbers.
    static func tensors(_ results: [LuaValue], _ what: String) throws -> [Tensor] {
        guard !results.isEmpty else { throw LearningError.argument("dataset", "\(what) must return tensors or numbers, it returned nothing") }
        return try results.map { result in
            switch result {
            case .object(let object):
                if let tensor = object as? Tensor { return tensor }
            case .integer(let value): return try Tensor(.int(Int64(value)), .int64)
            case .number(let value): return try Tensor(.double(value))
            default: break
            }
            throw LearningError.argument("dataset", "\(what) must return tensors or numbers, it returned a \(result.typeName)")
        }
    }
}

/// A set whose examples go through a function of Lua's. It stays on Lua's thread.
final class LuaMappedDataset: Dataset {
    private let base: any Dataset
    private let function: LuaFunction

    init(_ base: any Dataset, _ function: LuaFunction) {
        self.base = base
        self.function = function
    }

    var count: Int { base.count }
    var classes: [String]? { base.classes }
    var isRandom: Bool { base.isRandom }

    func get(_ index: Int) throws -> [Tensor] {
        let example = try base.get(index)
        let results = try LuaDataset.tensors(function.call(example.map { .object($0) }), "the function of map")
        // What it does not return stays.
        return results + example.dropFirst(results.count)
    }
}
