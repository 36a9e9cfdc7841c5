import CLua

extension Runtime {
    /// Makes what the namespaces declare visible to Lua.
    ///
    /// Outer namespaces must come before inner ones, parent classes before their children, and a
    /// class together with or after the functions that are to be its methods.
    ///
    /// `parameterDocs` explains parameters, by name, that say the same wherever they occur; a doc in
    /// the declaration itself comes first.
    public func install(
        _ namespaces: [Namespace], parameterDocs: [String: String] = [:]
    ) throws(LuaError) {
        registry.add(namespaces, parameterDocs)
        try withStack { call throws(LuaError) in
            for namespace in namespaces { openNamespace(namespace, call) }
            for namespace in namespaces {
                for type in namespace.classes { install(type, call) }
            }
        }
    }

    /// Fills the namespace's table.
    private func openNamespace(_ namespace: Namespace, _ call: Call) {
        let state = call.state
        let top = lua_gettop(state)
        defer { lua_settop(state, top) }
        let path = namespace.declaration.path
        pushNamespace(path, call)
        for function in namespace.functions {
            let native = NativeFunction(function.declaration, function.body)
            bindings[function.declaration.path] = native
            push(native, to: call)
            setField(function.declaration.name, call)
        }
        for constant in namespace.constants {
            guard (try? constant.value.push(to: call)) == 1 else { continue }
            setField(constant.declaration.name, call)
        }
        if path == Registry.globals { return }
        paths[lua_topointer(state, -1)] = path
        pushGuard(path, call: namespace.call, foreignNames: namespace.foreignNames, call)
        lua_setmetatable(state, -2)
    }

    /// Pushes the table at a path, making what is missing of it.
    private func pushNamespace(_ path: String, _ call: Call) {
        let state = call.state
        njlua_push_globals(state)
        if path == Registry.globals { return }
        for (depth, part) in path.split(separator: ".").enumerated() {
            call.push(String(part))
            if lua_rawget(state, -2) != LUA_TTABLE {
                njlua_pop(state, 1)
                njlua_new_table(state)
                lua_pushvalue(state, -1)
                setField(String(part), to: -3, call)
                if depth == 0 { setLoaded(String(part), call) }
            }
            njlua_remove(state, -2)
        }
    }

    /// Offers the table on top of the stack to `require`.
    private func setLoaded(_ name: String, _ call: Call) {
        let state = call.state
        call.push("_LOADED")
        if lua_rawget(state, njlua_registry()) == LUA_TTABLE {
            lua_pushvalue(state, -2)
            setField(name, call)
        }
        njlua_pop(state, 1)
    }

    /// Sets a field of a table without metamethods to the value on top of the stack, and pops it.
    func setField(_ name: String, to table: Int32 = -2, _ call: Call) {
        let table = lua_absindex(call.state, table)
        call.push(name)
        njlua_insert(call.state, -2)
        lua_rawset(call.state, table)
    }

    /// Pushes the metatable of a namespace or class table: unknown names are errors.
    func pushGuard(
        _ path: String, call function: Function?, foreignNames: [String: String], _ call: Call
    ) {
        let state = call.state
        njlua_new_table(state)
        push(
            NativeFunction(nil) { call in
                guard let name = call.text(at: 2) else {
                    call.pushNil()
                    return 1
                }
                throw call.runtime.missingName(name, in: path, foreignNames)
            }, to: call)
        setField("__index", call)
        if let function {
            let native = NativeFunction(function.declaration, function.body)
            bindings[path] = native
            push(native, to: call, skipsSelf: true)
            setField("__call", call)
        }
        call.push(path)
        setField("__name", call)
        call.push(false)
        setField("__metatable", call)
    }

    private func missingName(
        _ name: String, in path: String, _ foreignNames: [String: String]
    ) -> ArgumentError {
        let members = registry.members(of: path).map(\.name)
        let suggestion = registry.suggestion(
            for: name, among: members, in: path, foreignNames: foreignNames)
        let hint = suggestion.map { ". Did you mean \($0)?" } ?? ""
        return ArgumentError(luaMessage: "\(path) has no '\(name)'\(hint)")
    }
}
