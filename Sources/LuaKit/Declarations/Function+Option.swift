import CLua

extension Function {
    /// The same function with one more option, which goes by name only: it is taken out of the last table before the
    /// arguments are read, and `apply` gets it when the results are on top of the stack.
    public func taking<Value: LuaArgument>(_ option: Param<Value>, apply: @escaping (Call, Value) throws -> Void) -> Function {
        let name = option.erased.name, path = declaration.path
        var declaration = declaration
        declaration.parameters.append(option.erased)
        var result = Function(declaration) { [body] call in
            let last = lua_gettop(call.state)
            guard last > 0, lua_type(call.state, last) == LUA_TTABLE, case .table(let options) = call.value(at: last),
                case let given = options[raw: .text(name)], !given.isNil
            else { return try body(call) }
            call.push(given)
            let value: Value
            do { value = try Value.read(call, at: last + 1) } catch let mismatch as Mismatch {
                throw ArgumentError(luaMessage: "\(path): option '\(name)' \(mismatch.problem)")
            }
            let rest = call.runtime.makeTable(), others = options.pairs.filter { $0.key.text != name }
            for (key, value) in others { rest[raw: key] = value }
            lua_settop(call.state, last - 1)
            if !others.isEmpty { call.push(.table(rest)) }
            let count = try body(call)
            try apply(call, value)
            return count
        }
        result.signature = signature
        result.mayBeMethod = mayBeMethod
        return result
    }
}
