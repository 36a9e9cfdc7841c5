import CLua

/// A function of Lua's, or any value that can be called.
public struct LuaFunction {
    /// What keeps the function alive.
    public let reference: LuaReference

    /// Calls the function.
    ///
    /// Yielding inside is refused. Throws what the function raises, unchanged in
    /// `LuaError.value`; a binding that lets that error through raises it again as it was.
    @discardableResult
    public func call(_ arguments: [LuaValue] = []) throws(LuaError) -> [LuaValue] {
        let runtime = try reference.runtime()
        return try runtime.call(self, arguments)
    }

    /// The local variables outside of a Lua function that it uses, with their names.
    public var upvalues: [(name: String, value: LuaValue)] {
        (try? reference.runtime().withStack { call in
            reference.push(to: call)
            let function = lua_gettop(call.state)
            guard lua_type(call.state, function) == LUA_TFUNCTION else { return [] }
            var result: [(name: String, value: LuaValue)] = []
            while result.count < 255, let name = lua_getupvalue(call.state, function, Int32(result.count) + 1) {
                result.append((String(cString: name), call.value(at: -1)))
                njlua_pop(call.state, 1)
            }
            return result
        }) ?? []
    }

    /// Calls the function with values of any types that Lua knows.
    @discardableResult
    public func callAsFunction(_ arguments: any LuaResult...) throws -> [LuaValue] {
        try reference.runtime().call(self, pushing: arguments)
    }
}

extension LuaFunction: LuaArgument, LuaResult {
    public static var luaType: LuaType { .function }

    public static func read(_ call: Call, at index: Int32) throws -> LuaFunction {
        guard njlua_is_callable(call.state, index) else { throw call.mismatch(luaType, at: index) }
        return LuaFunction(reference: call.reference(at: index))
    }

    public func push(to call: Call) -> Int32 {
        reference.push(to: call)
        return 1
    }
}
