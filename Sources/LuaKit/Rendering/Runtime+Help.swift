import CLua

extension Runtime {
    /// The declaration behind a value: a function, a namespace or class table, an instance's class.
    public func declaration(of value: LuaValue) -> Declaration? {
        switch value {
        case .function(let function): declaration(of: function)
        case .table(let table): path(of: table).flatMap { registry.declaration($0) }
        case .object(let object): declaredClass(of: object)?.declaration
        default: nil
        }
    }

    /// Help on any value: what it is, or what its text names; nil gives an overview.
    public func help(on value: LuaValue) -> String {
        if value.isNil { return registry.overview() }
        if let text = value.text { return registry.help(on: text) }
        if let declaration = declaration(of: value) { return registry.help(declaration) }
        return "There is no help on this \(value.typeName). help() lists what there is.\n"
    }

    private func declaration(of function: LuaFunction) -> Declaration? {
        try? withStack { call in
            function.reference.push(to: call)
            guard let pointer = njlua_to_function(call.state, -1) else { return nil }
            let native = Unmanaged<NativeFunction>.fromOpaque(pointer).takeUnretainedValue()
            return native.declaration.flatMap { registry.declaration($0.path) }
        }
    }

    private func path(of table: LuaTable) -> String? {
        try? withStack { call in
            table.reference.push(to: call)
            return paths[lua_topointer(call.state, -1)]
        }
    }
}
