import CLua

extension Call {
    /// Pushes an object that Lua has not seen yet, such as a fresh result.
    ///
    /// Faster than `push(object:)`, which gives an object the userdata it already has; an object
    /// pushed here gets another userdata when it is pushed there later.
    @inline(__always)
    public func push(new object: AnyObject) {
        guard let record = runtime.record(of: object) else { return lua_pushnil(state) }
        njlua_push_box(
            state, record.metatable, record.tag, Unmanaged.passRetained(object).toOpaque())
        record.didPush?(object, Anchors(call: self, index: lua_gettop(state)))
    }

    /// Pushes an object; the same object always gives the same userdata while Lua holds it.
    public func push(object: AnyObject) {
        let address = Unmanaged.passUnretained(object).toOpaque()
        lua_rawgeti(state, njlua_registry(), lua_Integer(runtime.objects.identities))
        lua_rawgetp(state, -1, address)
        // A closed box may still be there under the address of an object long gone.
        if njlua_box_object(state, -1) != address {
            njlua_pop(state, 1)
            push(new: object)
            lua_pushvalue(state, -1)
            lua_rawsetp(state, -3, address)
        }
        njlua_remove(state, -2)
    }

    /// Forgets the object in the box at an index; using it is an error from then on.
    public func close(at index: Int32) { njlua_close_box_at(state, index) }

    // MARK: Lua values kept with an object

    /// Pushes the table that belongs to the userdata at an index, making it if need be.
    ///
    /// It lives as long as the userdata, and is where an object keeps Lua values: a reference held
    /// by the Swift object itself would make cycles that Lua's collector cannot see.
    public func pushUserTable(at index: Int32) {
        let index = lua_absindex(state, index)
        if lua_getiuservalue(state, index, 1) == LUA_TTABLE { return }
        njlua_pop(state, 1)
        njlua_new_table(state)
        lua_pushvalue(state, -1)
        lua_setiuservalue(state, index, 1)
    }

    /// Pushes field `key` (a stack index) of the user table of the userdata at an index, nil if
    /// there is none; true if there was one.
    public func pushUserField(at index: Int32, key: Int32) -> Bool {
        guard lua_getiuservalue(state, index, 1) == LUA_TTABLE else {
            njlua_pop(state, 1)
            lua_pushnil(state)
            return false
        }
        lua_pushvalue(state, key)
        let type = lua_rawget(state, -2)
        njlua_remove(state, -2)
        return type != LUA_TNIL
    }

    /// Sets a field in the user table of the userdata at an index; keys Lua refuses are ignored.
    public func setUserField(at index: Int32, key: LuaValue, _ value: LuaValue) {
        if key.isNil { return }
        if case .number(let number) = key, number.isNaN { return }
        pushUserTable(at: index)
        push(key)
        push(value)
        lua_rawset(state, -3)
        njlua_pop(state, 1)
    }
}

extension Runtime {
    /// The table that lives with an object's userdata, for Lua values that belong to it.
    public func userTable(of object: AnyObject) -> LuaTable? {
        try? withStack { call throws(LuaError) in
            call.push(object: object)
            guard njlua_is_box(call.state, -1) else { throw LuaError(.runtime, "no such class") }
            call.pushUserTable(at: -1)
            return LuaTable(reference: LuaReference(popping: call))
        }
    }
}

/// The place where a container, just pushed, keeps what must live as long as itself.
public struct Anchors {
    let call: Call
    let index: Int32

    /// Keeps the userdata of a child alive under a name.
    public func keep(_ child: AnyObject, _ name: String) {
        keep(.object(child), name)
    }

    /// Keeps a Lua value alive under a name.
    public func keep(_ value: LuaValue, _ name: String) {
        guard lua_checkstack(call.state, 20) != 0 else { return }
        call.setUserField(at: index, key: .text(name), value)
    }
}
