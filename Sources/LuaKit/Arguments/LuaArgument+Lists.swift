import CLua

extension Array: LuaConvertible where Element: LuaConvertible {
    public static var luaType: LuaType { Element.luaType.list }
}

extension Array: LuaArgument where Element: LuaArgument {
    public static var tables: TableUse { .positions }

    public static func read(_ call: Call, at index: Int32) throws -> [Element] {
        guard lua_type(call.state, index) == LUA_TTABLE else {
            let isElement = Element.self is any LuaObject.Type && (try? Element.read(call, at: index)) != nil
            throw Mismatch(call.mismatch(luaType, at: index).problem + (isElement ? "; a list is written in braces, as {a, b}" : ""))
        }
        try call.makeRoom(4)
        let index = lua_absindex(call.state, index)
        let count = lua_rawlen(call.state, index)
        let place = lua_gettop(call.state) + 1
        var result: [Element] = []
        result.reserveCapacity(Int(count))
        for position in 0..<count {
            lua_rawgeti(call.state, index, lua_Integer(position) + 1)
            do {
                result.append(try Element.read(call, at: place))
            } catch let mismatch as Mismatch {
                let isNested = Element.tables == .positions && call.type(at: place) == LUA_TTABLE || !mismatch.isAboutType
                throw Mismatch(
                    isNested
                        ? "has a wrong element \(position + 1): it \(mismatch.problem)"
                        : "must be \(luaType.phrase), got \(call.describe(at: place)) "
                            + "at position \(position + 1)")
            }
            lua_settop(call.state, place - 1)
        }
        return result
    }

    public static func literal(_ value: [Element]) -> String {
        "{" + value.map(Element.literal).joined(separator: ", ") + "}"
    }
}

extension Array: LuaResult where Element: LuaResult {
    public func push(to call: Call) throws -> Int32 {
        try call.makeRoom(4)
        call.pushTable(elements: count)
        let table = lua_gettop(call.state)
        for (offset, element) in enumerated() {
            _ = try element.push(to: call)
            lua_settop(call.state, table + 1)
            lua_rawseti(call.state, table, lua_Integer(offset) + 1)
        }
        return 1
    }
}

extension Dictionary: LuaConvertible where Key == String, Value: LuaConvertible {
    public static var luaType: LuaType {
        LuaType("table", annotation: "table<string, \(Value.luaType.annotation)>")
    }
}

extension Dictionary: LuaResult where Key == String, Value: LuaResult {
    public func push(to call: Call) throws -> Int32 {
        try call.makeRoom(4)
        call.pushTable(fields: count)
        let table = lua_gettop(call.state)
        for (key, value) in self {
            call.push(key)
            _ = try value.push(to: call)
            lua_settop(call.state, table + 2)
            lua_rawset(call.state, table)
        }
        return 1
    }
}

/// An argument that takes all positions that follow, or one table of them: `zeros(2, 3)` is
/// `zeros{2, 3}` is `zeros{2, 3, dtype="float32"}`.
///
/// Parameters declared after it are given by name.
public struct Variadic<Element: LuaArgument>: LuaArgument, ExpressibleByArrayLiteral {
    public var values: [Element]

    public init(_ values: [Element]) { self.values = values }
    public init(arrayLiteral elements: Element...) { values = elements }

    public static var luaType: LuaType {
        var type = Element.luaType
        type.name += "…"
        return type
    }
    public static var tables: TableUse { .positions }
    public static var isVariadic: Bool { true }

    /// Reads what stands under a name: one value or a table.
    public static func read(_ call: Call, at index: Int32) throws -> Variadic {
        try read(call, from: index, through: index)
    }

    public static func read(
        _ call: Call, from first: Int32, through last: Int32
    ) throws -> Variadic {
        if first == last, lua_type(call.state, first) == LUA_TTABLE, Element.tables == .none {
            return Variadic(try [Element].read(call, at: first))
        }
        var values: [Element] = []
        for index in first...max(first, last) {
            do {
                values.append(try Element.read(call, at: index))
            } catch var mismatch as Mismatch {
                mismatch.offset = index - first
                throw mismatch
            }
        }
        return Variadic(values)
    }

    public static func literal(_ value: Variadic) -> String { [Element].literal(value.values) }
}

/// One value or a table of values: `sum(2)` and `sum{1, 2}`.
public struct OneOrMany<Element: LuaArgument>: LuaArgument, ExpressibleByArrayLiteral {
    public var values: [Element]

    public init(_ values: [Element]) { self.values = values }
    public init(arrayLiteral elements: Element...) { values = elements }

    public static var luaType: LuaType {
        let one = Element.luaType, many = Element.luaType.list
        return LuaType(
            "\(one.name) or \(many.name)", phrase: "\(one.phrase) or \(many.phrase)",
            annotation: "\(one.annotation)|\(many.annotation)")
    }
    public static var tables: TableUse { .positions }

    public static func read(_ call: Call, at index: Int32) throws -> OneOrMany {
        if lua_type(call.state, index) == LUA_TTABLE {
            return OneOrMany(try [Element].read(call, at: index))
        }
        do {
            return OneOrMany([try Element.read(call, at: index)])
        } catch let mismatch as Mismatch {
            throw mismatch.isAboutType ? call.mismatch(luaType, at: index) : mismatch
        }
    }

    public static func literal(_ value: OneOrMany) -> String {
        value.values.count == 1
            ? Element.literal(value.values[0]) : [Element].literal(value.values)
    }
}

/// Several results, of any types and number.
public struct Results: LuaResult {
    public var values: [any LuaResult]

    public init(_ values: any LuaResult...) { self.values = values }
    public init(_ values: [any LuaResult]) { self.values = values }

    public static var luaType: LuaType { LuaType("any…", annotation: "any") }

    public func push(to call: Call) throws -> Int32 {
        try call.makeRoom(values.count + 8)
        var count: Int32 = 0
        for value in values { count += try value.push(to: call) }
        return count
    }
}
