import CLua

extension Runtime {
    /// Makes what the namespaces declare visible to Lua; their tables are filled as they are used.
    ///
    /// Outer namespaces must come before inner ones, parent classes before their children in the same
    /// namespace, and a class together with the functions that are to be its methods.
    ///
    /// `parameterDocs` explains parameters, by name, that say the same wherever they occur; a doc in
    /// the declaration itself comes first. `foreignOptions` says which options errors suggest for names
    /// that other libraries use.
    public func install(
        _ namespaces: [Namespace], parameterDocs: [String: String] = [:], foreignOptions: [String: String] = [:]
    ) throws(LuaError) {
        self.parameterDocs.merge(parameterDocs) { $1 }
        self.foreignOptions.merge(foreignOptions) { $1 }
        ClassNames.source = { for namespace in namespaces { _ = namespace.classes } }
        try withStack { call throws(LuaError) in
            for namespace in namespaces {
                installed.append(namespace)
                unopened.append(namespace)
                let path = namespace.declaration.path
                guard path != Registry.globals else { continue }
                pushNamespace(path, call)
                paths[lua_topointer(call.state, -1)] = path
                pushGuard(path, call: namespace.call, foreignNames: namespace.foreignNames, call)
                lua_setmetatable(call.state, -2)
                njlua_pop(call.state, 1)
            }
        }
        if namespaces.contains(where: { $0.declaration.path == Registry.globals }) { open(Registry.globals) }
    }

    /// Everything Lua can see of Swift, in this runtime.
    public var registry: Registry {
        if !unopened.isEmpty {
            for namespace in unopened { open(namespace.declaration.path) }
            // In the order of installation, whatever was used first.
            known = Registry()
            known.add(installed, parameterDocs)
        }
        return known
    }

    /// Fills a namespace's table, and makes its classes known, if that was not done yet.
    @discardableResult
    func open(_ path: String) -> Bool {
        guard let index = unopened.firstIndex(where: { $0.declaration.path == path }) else { return false }
        let namespace = unopened.remove(at: index)
        known.add([namespace], parameterDocs)
        for function in namespace.functions {
            let native = NativeFunction(function.declaration, function.body)
            bindings[function.declaration.path] = native
            if path != Registry.globals { members[path, default: [:]][function.declaration.name] = native }
        }
        try? withStack { call in
            pushNamespace(path, call)
            for constant in namespace.constants {
                guard (try? constant.value.push(to: call)) == 1 else { continue }
                setField(constant.declaration.name, call)
            }
            for function in namespace.functions where path == Registry.globals {
                guard let native = bindings[function.declaration.path] else { continue }
                push(native, to: call)
                setField(function.declaration.name, call)
            }
            njlua_pop(call.state, 1)
            for type in namespace.classes { install(type, call) }
        }
        return true
    }

    /// Fills the table of a namespace or class, so that walking through it finds what is there.
    public func open(_ table: LuaTable) {
        _ = try? withStack { call in
            table.reference.push(to: call)
            if let path = paths[lua_topointer(call.state, -1)] { fill(path, call) }
        }
    }

    /// Puts all functions of a namespace or class in its table, which is on top of the stack.
    private func fill(_ path: String, _ call: Call) {
        open(path)
        guard let members = members.removeValue(forKey: path) else { return }
        for (name, function) in members {
            call.push(name)
            if lua_rawget(call.state, -2) == LUA_TNIL {
                push(function, to: call)
                setField(name, to: -3, call)
            }
            njlua_pop(call.state, 1)
        }
    }

    /// Pushes a function of a namespace or class and puts it in its table, at a stack index; false if
    /// there is none of that name.
    func pushMember(_ name: String, of path: String, table: Int32, _ call: Call) -> Bool {
        guard let function = members[path]?[name] else { return false }
        let table = lua_absindex(call.state, table)
        push(function, to: call)
        lua_pushvalue(call.state, -1)
        setField(name, to: table, call)
        return true
    }

    /// The record of an object's class; the namespace that declares it is opened for that.
    @inline(__always)
    func record(of object: AnyObject) -> ClassRecord? { objects.record(of: object) ?? openedRecord(of: object) }

    private func openedRecord(of object: AnyObject) -> ClassRecord? {
        guard let namespace = unopened.first(where: { $0.classes.contains { $0.isInstance(object) } }) else { return nil }
        open(namespace.declaration.path)
        return objects.record(of: object)
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
                if call.runtime.open(path) {
                    lua_pushvalue(call.state, 2)
                    if lua_rawget(call.state, 1) != LUA_TNIL { return 1 }
                }
                if let name = call.text(at: 2), call.runtime.pushMember(name, of: path, table: 1, call) { return 1 }
                guard let name = call.text(at: 2) else {
                    call.pushNil()
                    return 1
                }
                throw call.runtime.missingName(name, in: path, foreignNames)
            }, to: call)
        setField("__index", call)
        push(
            NativeFunction(nil) { call in
                lua_settop(call.state, 1)
                call.runtime.fill(path, call)
                njlua_push_globals(call.state)
                call.push("next")
                lua_rawget(call.state, -2)
                lua_pushvalue(call.state, 1)
                call.pushNil()
                return 3
            }, to: call)
        setField("__pairs", call)
        if let function {
            var isOpen = false
            let native = NativeFunction(function.declaration) { call in
                if !isOpen {
                    call.runtime.open(path)
                    isOpen = true
                }
                return try function.body(call)
            }
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
        // A class without functions of its own is but the name of what others make.
        let members = registry.members(of: path).filter { $0.kind != .type || $0.isCallable }.map(\.name)
        let suggestion = registry.suggestion(
            for: name, among: members, in: path, foreignNames: foreignNames)
        let hint = suggestion.map { ". Did you mean \($0)?" } ?? ""
        return ArgumentError(luaMessage: "\(path) has no '\(name)'\(hint)")
    }
}
