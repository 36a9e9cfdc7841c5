import CLua

extension Runtime {
    /// Compiles a chunk.
    ///
    /// The name is Lua's: "@file.lua" for a file, "=stdin" to be shown as it is. A first line that
    /// begins with "#" is skipped. Throws `.syntax` errors; precompiled chunks are refused.
    public func load(_ source: [UInt8], name: String) throws(LuaError) -> LuaFunction {
        try withStack { call throws(LuaError) in
            let status = source.withUnsafeBytes { bytes in
                let text = UnsafeRawBufferPointer(rebasing: bytes[textStart(bytes)...])
                return njlua_load(
                    call.state, text.baseAddress?.assumingMemoryBound(to: CChar.self), text.count,
                    name)
            }
            guard status == LUA_OK else { throw takeError(call, status) }
            return LuaFunction(reference: call.reference(at: -1))
        }
    }

    /// Compiles Swift text.
    public func load(_ source: String, name: String = "=string") throws(LuaError) -> LuaFunction {
        try load(Array(source.utf8), name: name)
    }

    /// Compiles and runs Swift text.
    @discardableResult
    public func run(_ source: String, name: String = "=string") throws(LuaError) -> [LuaValue] {
        try call(load(source, name: name))
    }

    /// Calls a function.
    @discardableResult
    public func call(
        _ function: LuaFunction, _ arguments: [LuaValue] = []
    ) throws(LuaError) -> [LuaValue] {
        try withStack { call throws(LuaError) in
            try call.makeRoom(arguments.count + 20)
            function.reference.push(to: call)
            for argument in arguments { call.push(argument) }
            return try results(call, arguments: Int32(arguments.count))
        }
    }

    /// Calls a function with values of any types that Lua knows.
    func call(_ function: LuaFunction, pushing arguments: [any LuaResult]) throws -> [LuaValue] {
        let call = current
        let top = lua_gettop(call.state)
        defer { lua_settop(call.state, top) }
        try call.makeRoom(arguments.count + 20)
        function.reference.push(to: call)
        var count: Int32 = 0
        for argument in arguments { count += try argument.push(to: call) }
        return try results(call, arguments: count)
    }

    /// Calls the function below `arguments` values on the stack, and takes all its results.
    private func results(_ call: Call, arguments: Int32) throws(LuaError) -> [LuaValue] {
        let state = call.state
        let base = lua_gettop(state) - arguments
        pool.drain(state)
        try protectedCall(call, arguments: arguments, results: LUA_MULTRET)
        try call.makeRoom(20)
        let top = lua_gettop(state)
        return top >= base ? (base...top).map { call.value(at: $0) } : []
    }

    /// Calls the function below `arguments` values on the stack.
    func protectedCall(_ call: Call, arguments: Int32, results: Int32) throws(LuaError) {
        let status = njlua_pcall(call.state, arguments, results)
        guard status == LUA_OK else { throw takeError(call, status) }
    }

    /// Runs a protected operation of the bridge on some values: its result, if it has one.
    func operate(
        _ operands: [LuaValue], _ operation: (OpaquePointer) -> Int32
    ) throws(LuaError) -> LuaValue {
        try withStack { call throws(LuaError) in
            let base = lua_gettop(call.state)
            for operand in operands { call.push(operand) }
            let status = operation(call.state)
            guard status == LUA_OK else { throw takeError(call, status) }
            return lua_gettop(call.state) > base ? call.value(at: -1) : .nil
        }
    }

    // MARK: Operations that may run metamethods

    /// `a == b`, with metamethods.
    public func equal(_ a: LuaValue, _ b: LuaValue) throws(LuaError) -> Bool {
        try operate([a, b]) { njlua_compare($0, LUA_OPEQ) }.isTrue
    }

    /// `a < b`, with metamethods.
    public func less(_ a: LuaValue, _ b: LuaValue) throws(LuaError) -> Bool {
        try operate([a, b]) { njlua_compare($0, LUA_OPLT) }.isTrue
    }

    /// The result of an arithmetic operator, LUA_OPADD and so on, with metamethods.
    public func arithmetic(
        _ op: Int32, _ a: LuaValue, _ b: LuaValue
    ) throws(LuaError) -> LuaValue {
        try operate([a, b]) { njlua_arith($0, op) }
    }

    /// `a .. b`, with metamethods.
    public func concatenate(_ a: LuaValue, _ b: LuaValue) throws(LuaError) -> LuaValue {
        try operate([a, b]) { njlua_concat($0) }
    }

    /// `#value`, with metamethods.
    public func length(_ value: LuaValue) throws(LuaError) -> LuaValue {
        try operate([value]) { njlua_len($0) }
    }

    /// `value[key]`, with metamethods.
    public func index(_ value: LuaValue, _ key: LuaValue) throws(LuaError) -> LuaValue {
        try operate([value, key]) { njlua_get($0) }
    }

    /// `tostring(value)`, with metamethods.
    public func text(_ value: LuaValue) throws(LuaError) -> String {
        try operate([value]) { njlua_tostring($0) }.text ?? ""
    }

    // MARK: Globals

    /// A global variable, read and written without metamethods.
    public subscript(global name: String) -> LuaValue {
        get { globals[name] }
        set { globals[name] = newValue }
    }

    /// A new, empty table.
    public func makeTable() -> LuaTable {
        let call = current
        njlua_new_table(call.state)
        return LuaTable(reference: LuaReference(popping: call))
    }

    /// The table of global variables.
    public var globals: LuaTable {
        let call = current
        njlua_push_globals(call.state)
        return LuaTable(reference: LuaReference(popping: call))
    }
}

/// Where the Lua text begins: after a byte order mark and a first line that starts with "#".
private func textStart(_ bytes: UnsafeRawBufferPointer) -> Int {
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    if start < bytes.count, bytes[start] == UInt8(ascii: "#") {
        // The line break stays, so that line numbers are right.
        while start < bytes.count, bytes[start] != UInt8(ascii: "\n") { start += 1 }
    }
    return start
}
