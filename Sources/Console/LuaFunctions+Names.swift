import LuaKit

extension LuaFunctions {
    /// The value that names joined by dots lead to, nil where they lead nowhere. Runs no code.
    func value(at path: String) -> LuaValue {
        var value = LuaValue.table(runtime.globals)
        for name in path.split(whereSeparator: { $0 == "." || $0 == ":" }) {
            guard let table = value.table else { return nil }
            value = table[String(name)]
        }
        return value
    }

    /// The declaration of what a path such as `nn.Linear` or `x:add` stands for now, nil if it was
    /// not declared.
    func declaration(named path: String) -> Declaration? {
        if let declaration = runtime.declaration(of: value(at: path)) { return declaration }
        guard let end = path.lastIndex(where: { $0 == "." || $0 == ":" }),
            case .object(let object) = value(at: String(path[..<end])),
            let type = runtime.declaredClass(of: object)
        else { return nil }
        let name = path[path.index(after: end)...]
        return runtime.registry.instanceMembers(of: type).first { $0.name == name }
    }

    /// How a function is called, nil if that is not known.
    func signature(of path: String) -> String? {
        if let declaration = declaration(named: path) {
            return path.contains(":") ? declaration.methodSignature ?? declaration.signature : declaration.signature
        }
        guard let function = value(at: path).function, definition(of: function) != nil else { return nil }
        return "\(path)(\(parameters(of: function).joined(separator: ", ")))"
    }

    /// The file that `require` would run for a module, nil if it is no Lua file or already loaded.
    func file(ofModule name: String) -> String? {
        guard let package, let path = package["path"].text, package["loaded"].table?[name].isNil == true else {
            return nil
        }
        return (try? searchPath?.call([.text(name), .text(path)]))?.first?.text
    }
}
