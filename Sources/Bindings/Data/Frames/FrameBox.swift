import Learning
import LuaKit
import Tensors

/// A frame, as Lua holds it.
final class FrameBox: LuaObject {
    private(set) var frame: Frame {
        didSet { Memory.countForeign(frame.byteCount - oldValue.byteCount) }
    }

    init(_ frame: Frame) {
        self.frame = frame
        // Lua's collector must feel what it holds.
        Memory.countForeign(frame.byteCount)
    }

    deinit { Memory.countForeign(-frame.byteCount) }

    var luaBrief: String { "a frame of \(frame.rowCount) rows and \(frame.columns.count) columns" }

    static let example = "local frame = data.Frame({name = {\"Ann\", \"Bob\", \"Cy\"}, age = {31, 25, nil}}, {columns = {\"name\", \"age\"}})\n"

    static var declaration: Class {
        Class(
            FrameBox.self, "data.Frame", "A table of named columns of numbers, booleans or text, any of which may be missing.", noun: "frame",
            details: "frame.age or frame[\"age\"] is the list of a column, where missing numbers are NaN and missing text is \"\"; frame.age = list sets it. "
                + "frame[i] is a row as a table by name, without what is missing. All other functions return a new frame.",
            constructor: Function("data.Frame", "A table of named columns of numbers, booleans or text, any of which may be missing.", Param("data", LuaTable.self, "lists of values, or tensors [N], by column name"), Param("columns", [String]?.self, "names in order; alphabetical when left out"),
                returns: "frame", example: example + "print(frame)\nprint(frame.age[1], frame[2].name, #frame)") { (table: LuaTable, names: [String]?) in FrameBox(try FrameBox.make(table, names)) },
            index: { call in try FrameBox.read(call, at: 1).index(call) },
            newIndex: { call in try FrameBox.read(call, at: 1).newIndex(call) },
            foreignNames: [
                "groupby": "group_by", "dropna": "drop_missing", "fillna": "impute", "sort_values": "sort_by", "merge": "join", "to_csv": "write_csv",
                "get_dummies": "one_hot", "query": "filter", "where": "filter", "map": "apply", "append": "concat", "to_numpy": "to_tensor", "size": "shape",
            ],
            members: {
                Property("shape", "Numbers of rows and columns.", of: FrameBox.self) { $0.frame.shape }
                Property("columns", "Names of the columns.", of: FrameBox.self) { $0.frame.names }
                FrameBox.looking
                FrameBox.cleaning
                FrameBox.combining
                FrameBox.leaving
                Function(raw: "__len", "Number of rows: `#frame`.", Param("self", FrameBox.self), results: [.integer]) { call in
                    call.push(try FrameBox.read(call, at: 1).frame.rowCount)
                    return 1
                }
                Function(raw: "__tostring", "The frame as a table fitted to the width.", Param("self", FrameBox.self), results: [.string]) { call in
                    let presentation = Presentation.of(call.runtime)
                    call.push(try FrameBox.read(call, at: 1).frame.text(width: presentation.fixedWidth ?? presentation.width(), firstRow: 1))
                    return 1
                }
                Function(raw: "__eq", "Whether names, kinds and values are the same.", Param("a", FrameBox.self), Param("b", FrameBox.self), results: [.boolean]) { call in
                    call.push(call.object(at: 1, as: FrameBox.self)?.frame == call.object(at: 2, as: FrameBox.self)?.frame)
                    return 1
                }
            })
    }

    private static func make(_ table: LuaTable, _ names: [String]?) throws -> Frame {
        var given: [String: LuaValue] = [:]
        for (key, value) in table.pairs {
            guard let name = key.text else { throw LearningError.argument("data.Frame", "columns have names, got a key that is a \(key.typeName)") }
            given[name] = value
        }
        let order = names ?? given.keys.sorted()
        if let extra = given.keys.sorted().first(where: { !order.contains($0) }) { throw LearningError.argument("data.Frame", "'columns' does not name \"\(extra)\"") }
        // Lists that end in nil are as long as the longest.
        var rows = 0
        for value in given.values {
            if case .table(let list) = value { rows = max(rows, list.count) }
            if case .object(let tensor as Tensor) = value, tensor.rank == 1 { rows = max(rows, tensor.shape[0]) }
        }
        return try Frame(order.map { name in
            guard let value = given[name] else { throw LearningError.argument("data.Frame", "there is no column \"\(name)\" in the data") }
            return try Column(name, value, rows: rows)
        })
    }

    /// A column by name, or a row by position.
    private func index(_ call: Call) throws -> Bool {
        if let name = call.text(at: 2) {
            if let column = frame[name] {
                _ = try column.list.push(to: call)
                return true
            }
            if nearest(to: name, in: frame.names) != nil { _ = try frame.column(name, operation: "frame") }
            return false
        }
        guard let position = call.integer(at: 2) else { return false }
        if position == frame.rowCount + 1 {
            call.pushNil()  // the end, for ipairs
            return true
        }
        let row = try Position.read(call, at: 2).resolve(count: frame.rowCount, "row")
        call.push(.table(try frame.row(row).table(in: call.runtime, whole: frame.columns.map(\.isWhole))))
        return true
    }

    /// Sets, adds or (with nil) removes a column.
    private func newIndex(_ call: Call) throws -> Bool {
        guard let name = call.text(at: 2) else { return false }
        let value = call.value(at: 3)
        if value.isNil {
            frame = try frame.drop([name])
        } else {
            frame = try frame.setting(Column(name, value, rows: frame.columns.isEmpty ? nil : frame.rowCount))
        }
        return true
    }
}
