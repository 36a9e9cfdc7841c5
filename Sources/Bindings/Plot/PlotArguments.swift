import Learning
import LuaKit
import Plotting
import Tensors

extension PlotError: LuaDescribableError {
    public var luaMessage: String {
        switch self {
        case .lengths, .empty, .argument: "plot.\(description)"
        default: "plot: \(description)"
        }
    }
}

/// The arguments of a plot: values by position, then named options, which may also stand in a table
/// together with the values.
struct PlotArguments {
    let call: Call
    /// What errors call the function.
    let path: String
    var values: [LuaValue]
    var options: [String: LuaValue] = [:]

    /// Reads a call's arguments from a stack index on; `names` are the options there are.
    init(_ call: Call, _ path: String, from first: Int32 = 1, names: [String]) throws {
        self.call = call
        self.path = path
        values = first <= call.argumentCount ? (first...call.argumentCount).map { call.value(at: $0) } : []
        while values.last?.isNil == true { values.removeLast() }
        if case .table(let table)? = values.last, table.count == 0, values.count > 1 || !table.pairs.isEmpty {
            values.removeLast()
            options = try namedFields(table)
        } else if values.count == 1, case .table(let table) = values[0] {
            options = try namedFields(table)
        }
        try check(options, names)
    }

    private init(_ call: Call, _ path: String, _ values: [LuaValue], _ options: [String: LuaValue]) {
        (self.call, self.path, self.values, self.options) = (call, path, values, options)
    }

    /// The parts of a table that describes one of several series.
    func part(_ table: LuaTable, names: [String]) throws -> PlotArguments {
        let fields = try namedFields(table)
        try check(fields, names)
        return PlotArguments(call, path, table.elements, fields)
    }

    private func namedFields(_ table: LuaTable) throws -> [String: LuaValue] {
        let count = table.count
        var fields: [String: LuaValue] = [:]
        for (key, value) in table.pairs {
            if let name = key.text { fields[name] = value; continue }
            if let position = key.int, position >= 1, position <= count { continue }
            throw error("options have names, got a key that is \(describe(key))")
        }
        return fields
    }

    private func check(_ options: [String: LuaValue], _ names: [String]) throws {
        for name in options.keys.sorted() where !names.contains(name) {
            let isNumber = options[name]?.double != nil && names.contains("names") && names.contains("values")
            let near = (Self.foreignNames[name] ?? nearest(to: name, in: names)).map { " Did you mean '\($0)'?" }
                ?? (isNumber ? " Names and values go in two lists: \(path)({\"\(name)\", …}, {\(options[name]?.double.map(TextTable.number) ?? "1"), …})." : "")
            throw error("unknown option '\(name)'.\(near) Options: " + names.joined(separator: ", "))
        }
    }

    private static let foreignNames = [
        "cmap": "colormap", "c": "color", "names": "labels", "legend_label": "label", "normed": "density", "xscale": "log", "yscale": "log",
        "linewidth": "width", "lw": "width", "figsize": "size", "class_names": "classes", "nbins": "bins", "ncols": "columns",
    ]

    // MARK: Errors

    func error(_ problem: String) -> LearningError { .argument(path, problem) }

    func describe(_ value: LuaValue) -> String {
        switch value {
        case .nil: "nil"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string: "the string \"\(value.text ?? "")\""
        case .object(let object as any LuaObject): object.luaBrief
        default: "a \(value.typeName)"
        }
    }

    private func wrong(_ name: String, _ expected: String, _ value: LuaValue) -> LearningError {
        error("option '\(name)' must be \(expected), got \(describe(value))")
    }

    // MARK: Options

    private func option<T>(_ name: String, _ expected: String, _ read: (LuaValue) -> T?) throws -> T? {
        guard let value = options[name], !value.isNil else { return nil }
        guard let result = read(value) else { throw wrong(name, expected, value) }
        return result
    }

    func text(_ name: String) throws -> String? { try option(name, "a string", \.text) }
    func flag(_ name: String) throws -> Bool? {
        try option(name, "true or false") { if case .boolean(let value) = $0 { value } else { nil } }
    }
    func number(_ name: String) throws -> Double? { try option(name, "a finite number") { $0.double.flatMap { $0.isFinite ? $0 : nil } } }
    func integer(_ name: String, _ range: ClosedRange<Int>) throws -> Int? {
        try option(name, "a whole number in \(range.lowerBound)..\(range.upperBound)") { $0.int.flatMap { range.contains($0) ? $0 : nil } }
    }
    func color(_ name: String = "color") throws -> Color? {
        try option(name, "a colour such as \"#0072B2\" or one of " + (Color.paletteNames + ["black", "white", "red"]).joined(separator: ", ")) { $0.text.flatMap { Color($0) } }
    }
    func colorMap() throws -> ColorMap? {
        try option("colormap", "one of " + ColorMap.all.map { "\"\($0.name)\"" }.joined(separator: ", ")) { value in ColorMap.all.first { $0.name == value.text } }
    }
    /// Names, which may be numbers.
    func names(_ name: String) throws -> [String]? {
        try option(name, "a list of names") { value in
            guard case .table(let table) = value else { return nil }
            let names = table.elements.compactMap { $0.text ?? $0.int.map { String($0) } ?? $0.double.map { TextTable.number($0) } }
            return names.count == table.count ? names : nil
        }
    }
    /// Two ends `{low, high}`, either of which may be missing.
    func limits(_ name: String) throws -> Limits? {
        try option(name, "two numbers {low, high}") { value in
            guard case .table(let table) = value, !table.pairs.isEmpty else { return nil }
            let ends = [table[1], table[2]].map { $0.isNil ? .some(nil) : $0.double.map { Double?.some($0) } }
            guard table.count <= 2, let low = ends[0], let high = ends[1] else { return nil }
            return Limits(low, high)
        }
    }
    func list(_ name: String) throws -> [Double]? {
        guard let value = options[name], !value.isNil else { return nil }
        return try numbers(value, name)
    }

    // MARK: Values

    /// The value at a position from 0; throws when it is missing.
    func value(_ position: Int, _ name: String, _ expected: String) throws -> LuaValue {
        guard position < values.count, !values[position].isNil else { throw error("argument \(position + 1) '\(name)' is missing, it must be \(expected)") }
        return values[position]
    }

    func noMore(than count: Int) throws {
        if values.count > count { throw error("takes at most \(count) value\(count == 1 ? "" : "s") and options, got \(values.count) values") }
    }

    /// A list of numbers: a table or a tensor with one dimension.
    func numbers(_ value: LuaValue, _ name: String) throws -> [Double] {
        switch value {
        case .object(let tensor as Tensor):
            guard tensor.count == tensor.shape.max() ?? 1 else { throw error("'\(name)' must be a list of numbers, got \(tensor.luaBrief)") }
            return try tensor.doubles()
        case .table(let table):
            return try table.elements.enumerated().map { i, element in
                if let number = element.double { return number }
                if case .object(let tensor as Tensor) = element, let number = tensor.luaNumber?.double { return number }
                throw error("'\(name)' must hold numbers, got \(describe(element)) at position \(i + 1)")
            }
        default: throw error("'\(name)' must be a tensor or a list of numbers, got \(describe(value))")
        }
    }

    /// Rows of numbers: a tensor with two dimensions or a table of lists.
    func grid(_ value: LuaValue, _ name: String) throws -> Grid {
        switch value {
        case .object(let tensor as Tensor):
            guard tensor.rank == 2 else { throw error("'\(name)' must have two dimensions, got \(tensor.luaBrief)") }
            return try Grid(rows: tensor.shape[0], columns: tensor.shape[1], values: tensor.doubles())
        case .table(let table):
            let rows = try table.elements.map { try numbers($0, name) }
            guard let columns = rows.first?.count, rows.allSatisfy({ $0.count == columns }) else { throw error("'\(name)' must be rows of equal length") }
            return try Grid(rows: rows.count, columns: columns, values: rows.flatMap { $0 })
        default: throw error("'\(name)' must be a tensor [rows, columns] or a table of rows, got \(describe(value))")
        }
    }

    /// Class labels, counted from 0.
    func labels(_ value: LuaValue, _ name: String) throws -> [Int] {
        if case .object(let tensor as Tensor) = value, tensor.dtype == .bool { return try tensor.doubles().map { Int($0) } }
        return try numbers(value, name).map { label in
            guard let whole = Int(exactly: label), whole >= 1, whole <= 1_000_000 else { throw error("'\(name)' must hold class labels (1, 2, …), got \(TextTable.number(label))") }
            return whole - 1
        }
    }

    /// Whether a value holds several lists: a table whose first element is a list itself.
    func holdsLists(_ value: LuaValue) -> Bool {
        guard case .table(let table) = value else { return false }
        switch table[1] {
        case .table: return true
        case .object(let tensor as Tensor): return tensor.count > 1
        default: return false
        }
    }
}

extension Tensor {
    /// All elements in order.
    func doubles() throws -> [Double] {
        try detach().to(.float64).contiguous().withElements(Double.self) { Array($0) }
    }
}
