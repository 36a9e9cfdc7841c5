import CLua

/// A table of Lua's.
///
/// Plain access is raw and runs no metamethod, so it cannot fail; `get` and `set` are what Lua's
/// own `t[k]` does.
public struct LuaTable {
    /// What keeps the table alive.
    public let reference: LuaReference

    /// The number of elements, as Lua's `#` without metamethods.
    public var count: Int {
        (try? reference.runtime().withStack { call in
            reference.push(to: call)
            return Int(njlua_raw_count(call.state, -1))
        }) ?? 0
    }

    /// The field under a name.
    public subscript(name: String) -> LuaValue {
        get { self[raw: .text(name)] }
        nonmutating set { self[raw: .text(name)] = newValue }
    }

    /// The element at a position, from 1.
    public subscript(position: Int) -> LuaValue {
        get { self[raw: .integer(position)] }
        nonmutating set { self[raw: .integer(position)] = newValue }
    }

    /// The value under any key; keys Lua refuses (nil, NaN) are never present and never stored.
    public subscript(raw key: LuaValue) -> LuaValue {
        get {
            (try? reference.runtime().withStack { call in
                reference.push(to: call)
                call.push(key)
                lua_rawget(call.state, -2)
                return call.value(at: -1)
            }) ?? .nil
        }
        nonmutating set {
            if key.isNil { return }
            if case .number(let number) = key, number.isNaN { return }
            try? reference.runtime().withStack { call in
                reference.push(to: call)
                call.push(key)
                call.push(newValue)
                lua_rawset(call.state, -3)
            }
        }
    }

    /// `t[key]` with metamethods.
    public func get(_ key: LuaValue) throws(LuaError) -> LuaValue {
        try reference.runtime().operate([.table(self), key]) { njlua_get($0) }
    }

    /// `t[key] = value` with metamethods.
    public func set(_ key: LuaValue, _ value: LuaValue) throws(LuaError) {
        _ = try reference.runtime().operate([.table(self), key, value]) { njlua_set($0) }
    }

    /// Whether this is the very same table as another.
    public func isSame(as other: LuaTable) -> Bool {
        (try? reference.runtime().withStack { call in
            reference.push(to: call)
            other.reference.push(to: call)
            return lua_rawequal(call.state, -1, -2) != 0
        }) ?? false
    }

    /// The elements 1, 2, … up to the first nil.
    public var elements: [LuaValue] { (0..<count).map { self[$0 + 1] } }

    /// All keys and values, in Lua's order.
    public var pairs: [(key: LuaValue, value: LuaValue)] {
        (try? reference.runtime().withStack { call in
            var result: [(key: LuaValue, value: LuaValue)] = []
            reference.push(to: call)
            let table = lua_gettop(call.state)
            lua_pushnil(call.state)
            while lua_next(call.state, table) != 0 {
                result.append((call.value(at: -2), call.value(at: -1)))
                njlua_pop(call.state, 1)
            }
            return result
        }) ?? []
    }
}

extension LuaTable: LuaArgument, LuaResult {
    public static var luaType: LuaType { .table }
    public static var tables: TableUse { .any }

    public static func read(_ call: Call, at index: Int32) throws -> LuaTable {
        guard lua_type(call.state, index) == LUA_TTABLE else {
            throw call.mismatch(luaType, at: index)
        }
        return LuaTable(reference: call.reference(at: index))
    }

    public func push(to call: Call) -> Int32 {
        reference.push(to: call)
        return 1
    }
}
