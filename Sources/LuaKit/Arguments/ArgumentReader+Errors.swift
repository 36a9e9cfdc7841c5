import CLua

/// Wrong arguments: what a call to a binding says about them.
public struct ArgumentError: LuaDescribableError {
    public let luaMessage: String
}

extension ArgumentReader {
    func error(_ problem: String) -> ArgumentError {
        ArgumentError(luaMessage: "\(signature.path): \(problem)")
    }

    /// A positional argument of a wrong type.
    func wrong(_ mismatch: Mismatch, _ number: Int, _ index: Int) -> ArgumentError {
        let name = signature.parameters[number].name
        let hint = number == 0 ? colonHint() : ""
        return error("\(place(index)) '\(name)' \(mismatch.problem)\(hint)")
    }

    func wrongOption(_ mismatch: Mismatch, _ parameter: Parameter) -> ArgumentError {
        error("option '\(parameter.name)' \(mismatch.problem)")
    }

    func missing(_ number: Int) -> ArgumentError {
        let parameter = signature.parameters[number]
        let required = signature.parameters.filter(\.isRequired).count
        let given = Int(lua_gettop(call.state))
        let hint = !isCalledObject && (number == 0 || given == required - 1) ? colonHint() : ""
        return error(
            "\(place(number + 1)) '\(parameter.name)' is missing, it must be \(parameter.type.phrase)\(hint)")
    }

    func tooMany() -> ArgumentError {
        let most = signature.parameters.count - (isMethodCall ? 1 : 0)
        let got = Int(lua_gettop(call.state)) - (isMethodCall ? 1 : 0)
        let takes = most == 0 ? "no arguments" : most == 1 ? "1 argument" : "at most \(most) arguments"
        return error("takes \(takes), got \(got)")
    }

    func unknownOption(_ name: String) -> ArgumentError {
        let names = signature.parameters.dropFirst(isMethod ? 1 : 0)
        let optional = names.filter { !$0.isRequired }
        let offered = (optional.isEmpty ? Array(names) : optional).map(\.name)
        if offered.isEmpty { return error("unknown option '\(name)': there are no options") }
        var problem = "unknown option '\(name)'."
        let ours = call.runtime.foreignOptions[name].flatMap { ours in names.contains { $0.name == ours } ? ours : nil }
        if let near = ours ?? nearest(to: name, in: names.map(\.name)) { problem += " Did you mean '\(near)'?" }
        return error(problem + " Options: " + offered.joined(separator: ", "))
    }

    /// True if the first parameter is the receiver of a method call.
    private var isMethod: Bool {
        (signature.parameters.first?.swiftType).map { $0 is any LuaObject.Type } ?? false
    }

    /// True if the script wrote `receiver:name(…)`, or called the receiver itself.
    private var isMethodCall: Bool { isCalledObject || calledAs().isMethod }

    /// True if the function is what calling an object does; see `Function.run`.
    private var isCalledObject: Bool { signature.parameters.first?.name == "self" && !signature.path.contains(":") }

    /// "argument 2", as the caller counts: without the receiver of a method call.
    func place(_ index: Int) -> String {
        if !isMethodCall { return "argument \(index)" }
        return index == 1 ? "the receiver" : "argument \(index - 1)"
    }

    /// Said where a method may have been called with a dot.
    private func colonHint() -> String {
        let (name, method) = calledAs()
        guard isMethod, !method, let name, call.runtime.registry.isMethod(signature.path) else { return "" }
        return " (a method is called with a colon: x:\(name)(…))"
    }

    /// How the script named the function in the call.
    private func calledAs() -> (name: String?, isMethod: Bool) {
        var record = lua_Debug()
        guard lua_getstack(call.state, 0, &record) != 0,
            lua_getinfo(call.state, "n", &record) != 0, let name = record.name
        else { return (nil, false) }
        return (String(cString: name), String(cString: record.namewhat) == "method")
    }
}
