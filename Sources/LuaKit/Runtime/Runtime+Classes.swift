import CLua

/// What the instances of a class offer, its parents' members included.
private struct Members {
    var methods: [String: NativeFunction] = [:]
    var metamethods: [String: NativeFunction] = [:]
    var getters: [String: NativeFunction] = [:]
    var setters: [String: NativeFunction] = [:]
    var foreignNames: [String: String] = [:]
    var index: Class.DynamicIndex?
    var newIndex: Class.DynamicNewIndex?
}

extension Runtime {
    /// Makes a class known: its table under its path, and the metatable of its instances.
    func install(_ type: Class, _ call: Call) {
        let state = call.state
        let top = lua_gettop(state)
        defer { lua_settop(state, top) }
        let members = members(of: type)

        // The metatable
        njlua_new_table(state)
        for (name, function) in members.metamethods {
            push(function, to: call)
            setField(name, call)
        }
        lua_pushcclosure(state, njlua_close_box, 0)
        setField("__gc", call)
        if members.metamethods["__close"] == nil {
            lua_pushcclosure(state, njlua_close_box, 0)
            setField("__close", call)
        }
        if members.metamethods["__eq"] == nil {
            lua_pushcclosure(state, njlua_equal_boxes, 0)
            setField("__eq", call)
        }
        call.push(type.noun.name)
        setField("__name", call)
        pushClassTable(type, members, call)
        lua_pushvalue(state, -1)
        setField("__metatable", to: -3, call)
        if type.fieldsFirst {
            njlua_pop(state, 1)
            njlua_new_table(state)
        }
        pushAddresses(type.fieldsFirst ? [:] : members.getters, call)
        njlua_push_instance_index(state, keep(fieldReader(type, members)))
        setField("__index", call)
        pushAddresses(members.setters, call)
        njlua_push_instance_newindex(state, keep(fieldWriter(type, members)))
        setField("__newindex", call)

        let metatable = luaL_ref(state, njlua_registry())
        objects.add(
            ClassRecord(
                type: type.type, tag: Int32(objects.records.count + 1), metatable: metatable,
                declaration: type))
    }

    private func members(of type: Class) -> Members {
        var result = Members()
        for type in known.ancestry(of: type).reversed() {
            for function in known.borrowedMethods(of: type) {
                result.methods[function.declaration.name] = binding(function)
            }
            for method in type.methods { result.methods[method.declaration.name] = binding(method) }
            for method in type.metamethods {
                result.metamethods[method.declaration.name] = binding(method)
            }
            for property in type.properties {
                let name = property.declaration.name
                result.getters[name] = NativeFunction(property.declaration, property.getter)
                result.setters[name] = property.setter.map { NativeFunction(property.declaration, $0) }
            }
            result.foreignNames.merge(type.foreignNames) { $1 }
            result.index = type.index ?? result.index
            result.newIndex = type.newIndex ?? result.newIndex
        }
        return result
    }

    /// The one binding of a declared function.
    private func binding(_ function: Function) -> NativeFunction {
        if let known = bindings[function.declaration.path] { return known }
        let native = NativeFunction(function.declaration, function.body)
        bindings[function.declaration.path] = native
        return native
    }

    private func pushAddresses(_ functions: [String: NativeFunction], _ call: Call) {
        call.pushTable(fields: functions.count)
        for (name, function) in functions {
            lua_pushlightuserdata(call.state, keep(function))
            setField(name, call)
        }
    }

    /// Pushes the class's own table, which holds its methods and makes instances when called.
    ///
    /// Instances find their methods right there, so that scripts can add to them.
    private func pushClassTable(_ type: Class, _ members: Members, _ call: Call) {
        let state = call.state
        let path = type.declaration.path
        njlua_new_table(state)
        self.members[path] = members.methods
        pushGuard(path, call: type.constructor, foreignNames: type.foreignNames, call)
        lua_setmetatable(state, -2)
        paths[lua_topointer(state, -1)] = path
        njlua_push_globals(state)
        let parts = path.split(separator: ".").map(String.init)
        for part in parts.dropLast() {
            call.push(part)
            guard lua_rawget(state, -2) == LUA_TTABLE else {
                njlua_pop(state, 2)
                return
            }
            njlua_remove(state, -2)
        }
        lua_pushvalue(state, -2)
        setField(parts.last ?? path, call)
        njlua_pop(state, 1)
    }

    // MARK: Fields that are not declared

    private func fieldReader(_ type: Class, _ members: Members) -> NativeFunction {
        let noun = type.noun.phrase
        let names = Array(members.methods.keys) + Array(members.getters.keys)
        let path = type.declaration.path
        return NativeFunction(nil) { call in
            if !type.fieldsFirst, lua_type(call.state, 2) == LUA_TSTRING, let name = call.text(at: 2), members.methods[name] != nil {
                // The class's own table, unless the script has put something there.
                lua_getmetatable(call.state, 1)
                call.push("__metatable")
                lua_rawget(call.state, -2)
                if call.runtime.pushMember(name, of: path, table: -1, call) { return 1 }
            }
            if let index = members.index, try index(call) { return 1 }
            if type.fieldsFirst {
                if let name = call.text(at: 2) {
                    if let method = members.methods[name] {
                        njlua_push_function(call.state, method.pointer, false)
                        return 1
                    }
                    if let getter = members.getters[name] { return try getter.body(call) }
                }
                call.pushNil()
                return 1
            }
            guard let name = call.text(at: 2) else {
                throw ArgumentError(luaMessage: "\(noun) has no field \(call.describe(at: 2))")
            }
            let suggestion = call.runtime.registry.suggestion(
                for: name, among: names.sorted(), in: "", foreignNames: members.foreignNames)
            let hint = suggestion.map { ". Did you mean '\($0)'?" } ?? ""
            throw ArgumentError(luaMessage: "\(noun) has no field '\(name)'\(hint)")
        }
    }

    private func fieldWriter(_ type: Class, _ members: Members) -> NativeFunction {
        let noun = type.noun.phrase
        return NativeFunction(nil) { call in
            if let newIndex = members.newIndex, try newIndex(call) { return 0 }
            guard let name = call.text(at: 2) else {
                throw ArgumentError(luaMessage: "\(noun) has no field \(call.describe(at: 2)) to set")
            }
            if members.getters[name] != nil || members.methods[name] != nil {
                throw ArgumentError(luaMessage: "field '\(name)' of \(noun) cannot be set")
            }
            let near = nearest(to: name, in: members.setters.keys.sorted())
            let hint = near.map { ". Did you mean '\($0)'?" } ?? ""
            throw ArgumentError(luaMessage: "\(noun) has no field '\(name)' to set\(hint)")
        }
    }
}
