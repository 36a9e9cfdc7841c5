import CLua

/// What reading arguments needs of a declaration, shared by all calls.
final class Signature {
    /// What errors call the function; a class gives its methods their full path.
    var path: String
    let parameters: [Parameter]
    /// The typed parameters, `Param<Value>` each.
    let typed: [AnyObject]
    /// Where the variadic parameter is, if there is one.
    let variadic: Int?

    init(_ declaration: Declaration, typed: [AnyObject]) {
        self.typed = typed
        path = declaration.path
        parameters = declaration.parameters
        variadic = parameters.firstIndex(where: \.isVariadic)
    }

    /// The parameter that gets the argument at a position from 0.
    func parameter(at position: Int) -> Parameter? {
        if let variadic, position >= variadic { return parameters[variadic] }
        return position < parameters.count ? parameters[position] : nil
    }
}

/// Hands a call's arguments to parameters, one after the other.
///
/// Arguments come by position, then by name out of a last table; what is left takes its default.
struct ArgumentReader {
    let call: Call
    let signature: Signature
    /// The next position to hand out, and the last one.
    private var position: Int32 = 1
    private var last: Int32
    /// Stack index of the table of options, 0 if there is none.
    private var options: Int32 = 0
    /// The parameter given by position and by name, told of when those before it are read; -1 if there is none.
    private var repeated = -1
    /// The number of parameters served.
    private var served = 0

    @inline(__always)
    init(_ call: Call, _ signature: Signature) throws {
        self.call = call
        self.signature = signature
        last = lua_gettop(call.state)
        if last > 0, lua_type(call.state, last) == LUA_TTABLE { try findOptions() }
        if last > signature.parameters.count, signature.variadic == nil { throw tooMany() }
    }

    /// The value of the next parameter.
    mutating func next<Value: LuaArgument>(_ type: Value.Type) throws -> Value {
        let number = served
        served += 1
        if options != 0, number == repeated {
            throw error("'\(signature.parameters[number].name)' is given twice, as \(place(number + 1)) and by name")
        }
        if position <= last {
            if Value.isVariadic { return try nextVariadic(number) }
            let index = position
            position += 1
            if lua_type(call.state, index) != LUA_TNIL || (Value.acceptsNil && options == 0) {
                do {
                    return try Value.read(call, at: index)
                } catch let mismatch as Mismatch {
                    throw wrong(mismatch, number, Int(index))
                }
            }
        }
        return try byName(number)
    }

    private mutating func nextVariadic<Value: LuaArgument>(_ number: Int) throws -> Value {
        let first = position
        position = last + 1
        do {
            return try Value.read(call, from: first, through: last)
        } catch let mismatch as Mismatch {
            throw wrong(mismatch, number, Int(first + mismatch.offset))
        }
    }

    private func byName<Value: LuaArgument>(_ number: Int) throws -> Value {
        if options != 0 {
            let parameter = signature.parameters[number]
            call.push(parameter.name)
            var type = lua_rawget(call.state, options)
            defer { njlua_pop(call.state, 1) }
            for name in parameter.otherNames where type == LUA_TNIL {
                njlua_pop(call.state, 1)
                call.push(name)
                type = lua_rawget(call.state, options)
            }
            if type != LUA_TNIL {
                do {
                    return try Value.read(call, at: lua_gettop(call.state))
                } catch let mismatch as Mismatch {
                    throw wrongOption(mismatch, parameter)
                }
            }
        }
        // The signature was made from the same parameters, in the same order.
        let parameter = unsafeDowncast(signature.typed[number], to: Param<Value>.self)
        if let value = parameter.defaultValue { return value }
        if let value = Value.missing { return value }
        throw missing(number)
    }

    // MARK: Options

    /// Decides whether the last argument, a table, is a value, holds options, or both.
    private mutating func findOptions() throws {
        let place = Int(last) - 1
        let parameter = signature.parameter(at: place)
        let isExtra = signature.variadic.map { place > $0 } ?? (parameter == nil)
        if parameter?.tables == .any, !isExtra { return }
        if lua_getmetatable(call.state, last) != 0 {
            njlua_pop(call.state, 1)
            return  // an object written in Lua, not options
        }
        let kind = njlua_table_kind(call.state, last)
        let (hasPositions, hasNames) = (kind & 1 != 0, kind & 2 != 0)
        let isValue = !isExtra && (parameter?.tables == .positions && (hasPositions || !hasNames) || parameter?.tables == .elements && hasPositions)
        if hasNames, isValue || !hasPositions {
            options = last
        } else if isValue || hasPositions {
            return
        }
        if !isValue { last -= 1 }
        if options != 0 { try checkOptions(isValue: isValue) }
    }

    /// Throws for an option that does not exist, and notes one that was given by position too.
    private mutating func checkOptions(isValue: Bool) throws {
        let state = call.state
        let given = isValue ? Int(last) - 1 : Int(last)
        lua_pushnil(state)
        while lua_next(state, options) != 0 {
            njlua_pop(state, 1)
            guard let name = call.text(at: -1) else {
                if isValue, call.isInteger(at: -1) { continue }
                throw error("options have names, got the key \(call.describe(at: -1))")
            }
            guard let number = signature.parameters.firstIndex(where: { $0.name == name || $0.otherNames.contains(name) }) else {
                throw unknownOption(name)
            }
            let isVariadic = signature.variadic.map { number >= $0 } ?? false
            if !isVariadic, number < given, !call.isNil(at: Int32(number) + 1) {
                repeated = number
            }
        }
    }
}
