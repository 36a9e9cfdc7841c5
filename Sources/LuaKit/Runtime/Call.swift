import CLua

/// Lua's stack as a binding sees it: arguments at 1, 2, …, results pushed on top.
///
/// Valid only while the binding runs. Nothing here raises a Lua error or runs a metamethod.
public struct Call {
    /// The state that made the call, main or coroutine.
    public let state: OpaquePointer
    /// The runtime the call happens in.
    public unowned(unsafe) let runtime: Runtime

    @inline(__always)
    init(state: OpaquePointer, runtime: Runtime) {
        self.state = state
        self.runtime = runtime
    }

    /// The number of arguments.
    public var argumentCount: Int32 { lua_gettop(state) }

    // MARK: Reading

    /// Lua's type of a value, such as LUA_TNUMBER; LUA_TNONE beyond the last.
    public func type(at index: Int32) -> Int32 { lua_type(state, index) }

    /// True for nil, and beyond the last argument.
    public func isNil(at index: Int32) -> Bool { lua_type(state, index) <= LUA_TNIL }

    /// The number at an index as a float; `nil` for other types, strings included.
    public func number(at index: Int32) -> Double? {
        lua_type(state, index) == LUA_TNUMBER ? lua_tonumberx(state, index, nil) : nil
    }

    /// The number at an index if it is an integer or a float without a fraction.
    public func integer(at index: Int32) -> Int? {
        guard lua_type(state, index) == LUA_TNUMBER else { return nil }
        var exact: Int32 = 0
        let value = lua_tointegerx(state, index, &exact)
        return exact != 0 ? Int(value) : nil
    }

    /// True if the number at an index is one of Lua's integers.
    public func isInteger(at index: Int32) -> Bool { lua_isinteger(state, index) != 0 }

    /// The bytes of the string at an index; `nil` for other types, numbers included.
    public func bytes(at index: Int32) -> [UInt8]? {
        withBytes(at: index) { Array($0) }
    }

    /// The text of the string at an index, with invalid UTF-8 repaired.
    public func text(at index: Int32) -> String? {
        withBytes(at: index) { String(decoding: $0, as: UTF8.self) }
    }

    /// What the calling script calls the value at an index: a variable that holds it, if there is one.
    public func variableName(at index: Int32) -> String? {
        njlua_variable_name(state, index).map { String(cString: $0) }
    }

    /// Lends the bytes of the string at an index; they must not outlive `body`.
    public func withBytes<Result>(
        at index: Int32, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result? {
        guard lua_type(state, index) == LUA_TSTRING else { return nil }
        var count = 0
        let start = lua_tolstring(state, index, &count)
        return body(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// The object at an index if it is an open instance of a class, else `nil`.
    @inline(__always)
    public func object<T: LuaObject>(at index: Int32, as type: T.Type = T.self) -> T? {
        guard let pointer = njlua_box_object(state, index) else { return nil }
        let object = Unmanaged<AnyObject>.fromOpaque(pointer).takeUnretainedValue()
        if Swift.type(of: object) == type { return unsafeDowncast(object, to: type) }
        return object as? T
    }

    /// Any value at an index; nil beyond the last.
    public func value(at index: Int32) -> LuaValue {
        switch lua_type(state, index) {
        case LUA_TBOOLEAN: return .boolean(lua_toboolean(state, index) != 0)
        case LUA_TNUMBER:
            return lua_isinteger(state, index) != 0
                ? .integer(Int(lua_tointegerx(state, index, nil)))
                : .number(lua_tonumberx(state, index, nil))
        case LUA_TSTRING: return .string(bytes(at: index) ?? [])
        case LUA_TTABLE: return .table(LuaTable(reference: reference(at: index)))
        case LUA_TFUNCTION: return .function(LuaFunction(reference: reference(at: index)))
        case LUA_TTHREAD: return .thread(reference(at: index))
        case LUA_TUSERDATA, LUA_TLIGHTUSERDATA:
            if let pointer = njlua_box_object(state, index) {
                return .object(Unmanaged<AnyObject>.fromOpaque(pointer).takeUnretainedValue())
            }
            return .userdata(reference(at: index))
        default: return .nil
        }
    }

    /// A reference to the value at an index.
    public func reference(at index: Int32) -> LuaReference {
        lua_pushvalue(state, index)
        return LuaReference(popping: self)
    }

    // MARK: Pushing

    /// Makes room for more values than the twenty that are always free.
    public func makeRoom(_ count: Int) throws(LuaError) {
        guard lua_checkstack(state, Int32(clamping: count)) != 0 else {
            throw LuaError(.runtime, "stack overflow (no room for \(count) more values)")
        }
    }

    public func push(_ value: Bool) { lua_pushboolean(state, value ? 1 : 0) }
    public func push(_ value: Int) { lua_pushinteger(state, lua_Integer(value)) }
    public func push(_ value: Double) { lua_pushnumber(state, value) }
    public func pushNil() { lua_pushnil(state) }

    public func push(_ text: String) {
        var text = text
        text.withUTF8 { push(bytes: UnsafeRawBufferPointer($0)) }
    }

    public func push(bytes: UnsafeRawBufferPointer) {
        let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        lua_pushlstring(state, start, bytes.count)
    }

    /// Pushes any value; references of another runtime become nil.
    public func push(_ value: LuaValue) {
        switch value {
        case .nil: lua_pushnil(state)
        case .boolean(let value): push(value)
        case .integer(let value): push(value)
        case .number(let value): push(value)
        case .string(let bytes): bytes.withUnsafeBytes { push(bytes: $0) }
        case .table(let table): table.reference.push(to: self)
        case .function(let function): function.reference.push(to: self)
        case .thread(let reference), .userdata(let reference): reference.push(to: self)
        case .object(let object): push(object: object)
        }
    }

    /// Pushes a new table, with room for some elements and fields.
    public func pushTable(elements: Int = 0, fields: Int = 0) {
        lua_createtable(state, Int32(clamping: elements), Int32(clamping: fields))
    }
}
