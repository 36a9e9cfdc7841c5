import LuaKit

/// Turns Lua values into layouts for reading: strings quoted, tables with their items, cut where
/// they are long or deep. Objects and tables that have `__tostring` describe themselves.
struct Inspector {
    /// How many items of a table are shown, by the depth it lies at; deeper tables are `{…}`.
    private static let itemLimits = [100, 30, 12, 6]
    /// How many characters of a string are shown that stands alone; within a table less than a line.
    private static let textLimit = 2000
    /// How many values are shown in all.
    private static let valueLimit = 1000

    private let lua: LuaFunctions
    private var enclosing: [LuaTable] = []
    private var remaining = Inspector.valueLimit
    private let nestedTextLimit: Int

    init(_ lua: LuaFunctions, columns: Int) {
        self.lua = lua
        nestedTextLimit = max(20, columns - 40)
    }

    /// The lines that show the results of an expression.
    static func lines(
        _ values: [LuaValue], lua: LuaFunctions, terminal: Terminal
    ) throws(LuaError) -> [String] {
        var lines: [[String]] = []
        var width = 0
        for value in values {
            var inspector = Inspector(lua, columns: terminal.columns)
            let layout = try inspector.layout(value)
            lines.append(cut(layout, layout.render(on: terminal), terminal))
            width += (layout.width ?? terminal.columns) + 8
        }
        let fitsOneLine = lines.allSatisfy { $0.count == 1 } && width <= terminal.columns
        return fitsOneLine && !lines.isEmpty ? [lines.joined().joined(separator: "\t")] : Array(lines.joined())
    }

    /// The lines of a table, cut so that they fit the terminal; what describes itself stays whole.
    private static func cut(_ layout: Layout, _ lines: [String], _ terminal: Terminal) -> [String] {
        let most = max(20, terminal.rows - 2)
        guard case .table = layout, lines.count > most else { return lines }
        return lines.prefix(most) + [terminal.styled("… \(lines.count - most) more lines", .dim)]
    }

    /// The layout of one value.
    mutating func layout(_ value: LuaValue) throws(LuaError) -> Layout {
        remaining -= 1
        switch value {
        case .nil, .boolean: return .text(try lua.runtime.text(value), .keyword)
        case .integer, .number: return .text(try lua.runtime.text(value), .number)
        case .string(let bytes):
            return .text(quoted(bytes, limit: enclosing.isEmpty ? Self.textLimit : nestedTextLimit), .string)
        case .table(let table): return try layout(table)
        case .function(let function): return .text(lua.describe(function), .dim)
        case .object, .thread, .userdata: return .text(try lua.runtime.text(value), .plain)
        }
    }

    private mutating func layout(_ table: LuaTable) throws(LuaError) -> Layout {
        if lua.hasOwnText(table) { return .text(try lua.runtime.text(.table(table)), .plain) }
        for (depth, outer) in enclosing.reversed().enumerated() where lua.areSame(outer, table) {
            return .text(depth == 0 ? "<itself>" : "<\(depth + 1) levels up>", .dim)
        }
        lua.runtime.open(table)
        let pairs = table.pairs
        if pairs.isEmpty { return .table([]) }
        guard enclosing.count < Self.itemLimits.count, remaining > 0 else { return .text("{…}", .dim) }
        let limit = Self.itemLimits[enclosing.count]
        enclosing.append(table)
        defer { enclosing.removeLast() }

        let count = table.count
        var items: [Layout.Item] = []
        for position in 0..<min(count, limit) where remaining > 0 {
            items.append(.init(try layout(table[position + 1])))
        }
        items += more(count - items.count)
        let fields = pairs.filter { !isElement($0.key, count) }.map { (label($0.key), $0.value) }
            .sorted { $0.0 < $1.0 }
        var shown = 0
        for (label, value) in fields.prefix(limit) where remaining > 0 {
            items.append(.init(try layout(value), key: label.text))
            shown += 1
        }
        return .table(items + more(fields.count - shown))
    }

    /// What stands for the items that are left out, if there are any.
    private func more(_ count: Int) -> [Layout.Item] {
        count > 0 ? [.init(.text("… \(count) more", .dim))] : []
    }

    private func isElement(_ key: LuaValue, _ count: Int) -> Bool {
        if case .integer(let position) = key { position >= 1 && position <= count } else { false }
    }

    private func label(_ key: LuaValue) -> KeyLabel {
        switch key {
        case .integer, .number:
            return KeyLabel(rank: 0, number: key.double ?? 0, text: "[\((try? lua.runtime.text(key)) ?? "?")]")
        case .string(let bytes):
            let text = String(decoding: bytes, as: UTF8.self)
            return KeyLabel(rank: 1, number: 0, text: text.isLuaName ? text : "[\(quoted(bytes, limit: 60))]")
        default:
            return KeyLabel(rank: 2, number: 0, text: "[\((try? lua.runtime.text(key)) ?? "?")]")
        }
    }
}

/// What stands before `=`, in the order in which fields are shown: numbers, names, the rest.
private struct KeyLabel: Comparable {
    let rank: Int
    let number: Double
    let text: String

    static func < (a: KeyLabel, b: KeyLabel) -> Bool {
        (a.rank, a.number, a.text) < (b.rank, b.number, b.text)
    }
}
