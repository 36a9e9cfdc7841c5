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
            throw Mismatch("must be a data set: a table of one's own needs the functions get(i) and size()")
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
        let results = try fetch.call([.table(table), .integer(index + 1)])
        return try results.map { result in
            switch result {
            case .object(let object):
                if let tensor = object as? Tensor { return tensor }
            case .integer(let value): return try Tensor(.int(Int64(value)), .int64)
            case .number(let value): return try Tensor(.double(value))
            default: break
            }
            throw LearningError.argument("get", "get(\(index + 1)) must return tensors or numbers, it returned a \(result.typeName)")
        }
    }
}

extension DatasetBox {
    static var declaration: Class {
        Class(
            DatasetBox.self, "data.Dataset", "Examples that can be asked for by position: inputs and, last, a target.", noun: "dataset",
            example: "local set = data.TensorDataset(tensor{{1, 2}, {3, 4}}, tensor{1, 2})\nlocal x, y = set:get(2)\nprint(x, y)",
            members: {
                Property("classes", "Names of the classes in order; label 1 is the first.", of: DatasetBox.self) { $0.set.classes }
                Function("get", "One example: its inputs and its target.", Param("self", DatasetBox.self), Param("i", Position.self), returns: "x, y",
                    example: "local set = data.TensorDataset(tensor{{1, 2}, {3, 4}}, tensor{1, 2})\nprint(set:get(1))") { (box: DatasetBox, i: Position) -> Results in
                    Results(try box.set.get(i.resolve(count: box.set.count, "example")).map { $0 as any LuaResult })
                }
                Function("size", "Number of examples.", Param("self", DatasetBox.self), returns: "integer", example: "print(data.TensorDataset(tensor{{1}, {2}}):size())") { (box: DatasetBox) in box.set.count }
                Function(raw: "__len", "Number of examples: `#set`.", Param("self", DatasetBox.self), results: [.integer]) { call in
                    call.push(try DatasetBox.read(call, at: 1).set.count)
                    return 1
                }
                Function(raw: "__tostring", "Size and classes.", Param("self", DatasetBox.self), results: [.string]) { call in
                    let set = try DatasetBox.read(call, at: 1).set
                    var text = "data set of \(TextTable.grouped(set.count)) examples"
                    if let classes = set.classes { text += ", \(classes.count) classes: " + classes.joined(separator: ", ") }
                    call.push(text)
                    return 1
                }
                Function("take", "The first n examples.", Param("self", DatasetBox.self), Param("n", Int.self), returns: "dataset", example: "print(#data.TensorDataset(tensor{{1}, {2}}):take(1))") { (box: DatasetBox, n: Int) in DatasetBox(try box.set.take(n)) }
                Function("shuffle", "All examples in random order.", Param("self", DatasetBox.self), Param("seed", Int?.self, "the shared generator decides when left out"), returns: "dataset",
                    example: "print(#data.TensorDataset(tensor{{1}, {2}}):shuffle(1))") { (box: DatasetBox, seed: Int?) in DatasetBox(try box.set.shuffled(seed: seed.map { UInt64(bitPattern: Int64($0)) })) }
                Function("split", "Parts of the given shares, in random order.", Param("self", DatasetBox.self), Param("shares", [Double].self, "they add up to at most 1"), Param("stratify", Bool.self, default: false, "gives each part the classes in the whole's proportions"), Param("seed", Int?.self),
                    returns: "one dataset for each share", example: "local set = data.TensorDataset(tensor.zeros(10, 1), tensor.zeros(10))\nlocal train, test = set:split({0.8, 0.2}, {seed=1})\nprint(#train, #test)") { (box: DatasetBox, shares: [Double], stratify: Bool, seed: Int?) -> Results in
                    Results(try box.set.split(shares, stratify: stratify, seed: seed.map { UInt64(bitPattern: Int64($0)) }).map { DatasetBox($0) })
                }
            })
    }
}

/// A loader, as Lua holds it.
final class LoaderBox: LuaObject {
    let loader: DataLoader
    init(_ loader: DataLoader) { self.loader = loader }

    static var declaration: Class {
        Class(
            LoaderBox.self, "data.Loader", "Delivers a data set in batches.", noun: "loader",
            example: "local loader = data.DataLoader(data.TensorDataset(tensor.zeros(5, 2), tensor.zeros(5)), {batch_size=2})\nfor x, y in loader:iter() do print(#x, #y) end",
            members: {
                Function("iter", "Starts a pass: `for x, y in loader:iter() do … end`.", Param("self", LoaderBox.self), returns: "iterator of x, y",
                    example: "local loader = data.DataLoader(data.TensorDataset(tensor{{1}, {2}}, tensor{1, 2}))\nfor x, y in loader:iter() do print(#x) end") { (box: LoaderBox) in PassBox(try box.loader.makePass()) }
                Function(raw: "__len", "Number of batches in a pass: `#loader`.", Param("self", LoaderBox.self), results: [.integer]) { call in
                    call.push(try LoaderBox.read(call, at: 1).loader.count)
                    return 1
                }
            })
    }
}

/// One pass over a set: an iterator.
final class PassBox: LuaObject {
    private let pass: DataLoader.Pass
    init(_ pass: DataLoader.Pass) { self.pass = pass }

    static var declaration: Class {
        Class(PassBox.self, "data.Pass", "One pass over a data set, for `for … in`.", noun: "iterator",
            example: "for x in data.DataLoader(data.TensorDataset(tensor{{1}, {2}})):iter() do print(#x) end", members: {
                Function(raw: "__call", "The next batch, or nil.", Param("self", PassBox.self)) { call in
                    guard let batch = try PassBox.read(call, at: 1).pass.next() else {
                        call.pushNil()
                        return 1
                    }
                    try call.makeRoom(batch.count + 4)
                    for tensor in batch { call.push(new: tensor) }
                    return Int32(batch.count)
                }
            })
    }
}
