import LuaKit

/// The functions of Lua's that the prompt needs to look into values, taken before any script could
/// change them.
struct LuaFunctions {
    let runtime: Runtime
    private let getMetatable: LuaFunction?
    private let rawEqual: LuaFunction?
    private let getInfo: LuaFunction?
    private let getLocal: LuaFunction?
    let package: LuaTable?
    let searchPath: LuaFunction?

    init(_ runtime: Runtime) {
        self.runtime = runtime
        package = runtime[global: "package"].table
        searchPath = package?["searchpath"].function
        let debug = runtime[global: "debug"].table
        getMetatable = runtime[global: "getmetatable"].function
        rawEqual = runtime[global: "rawequal"].function
        getInfo = debug?["getinfo"].function
        getLocal = debug?["getlocal"].function
    }

    /// The metatable of a value, or what its `__metatable` shows instead.
    func metatable(of value: LuaValue) -> LuaTable? {
        (try? getMetatable?.call([value]))?.first?.table
    }

    /// Whether a table has a text of its own.
    func hasOwnText(_ table: LuaTable) -> Bool {
        guard let metatable = metatable(of: .table(table)) else { return false }
        return !metatable["__tostring"].isNil
    }

    /// Whether both are one and the same table.
    func areSame(_ a: LuaTable, _ b: LuaTable) -> Bool {
        (try? rawEqual?.call([.table(a), .table(b)]))?.first?.isTrue == true
    }

    /// Where a function of Lua's was defined: the name of its chunk and its lines, nil for others.
    func definition(of function: LuaFunction) -> (name: String, lines: ClosedRange<Int>)? {
        guard let info = (try? getInfo?.call([.function(function), "S"]))?.first?.table,
            let name = info["short_src"].text, let first = info["linedefined"].int,
            let last = info["lastlinedefined"].int, first > 0, last >= first
        else { return nil }
        return (name, first...last)
    }

    /// The names of a Lua function's parameters.
    func parameters(of function: LuaFunction) -> [String] {
        guard let info = (try? getInfo?.call([.function(function), "u"]))?.first?.table else { return [] }
        var names: [String] = []
        for position in 0..<(info["nparams"].int ?? 0) {
            let name = (try? getLocal?.call([.function(function), .integer(position + 1)]))?.first?.text
            names.append(name ?? "?")
        }
        return info["isvararg"].isTrue ? names + ["..."] : names
    }

    /// A function in a few words: "function(a, b) train.lua:12".
    func describe(_ function: LuaFunction) -> String {
        guard let (name, lines) = definition(of: function) else { return "function (built in)" }
        return "function(\(parameters(of: function).joined(separator: ", "))) \(name):\(lines.lowerBound)"
    }
}

extension LuaValue {
    /// The table, if it is one.
    var table: LuaTable? {
        if case .table(let table) = self { table } else { nil }
    }

    /// The function, if it is one.
    var function: LuaFunction? {
        if case .function(let function) = self { function } else { nil }
    }
}
