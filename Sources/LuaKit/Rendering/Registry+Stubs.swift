extension Registry {
    /// Definitions for the Lua language server, so that editors know every name and type.
    public func stubs() -> String {
        var text = "---@meta\n"
        for namespace in namespaces {
            let path = namespace.declaration.path
            if path != Registry.globals { text += "\n" + stub(namespace) }
            for constant in namespace.constants {
                text += "\n" + comment(constant.declaration)
                text += "---@type \(types(constant.declaration))\n\(constant.declaration.path) = nil\n"
            }
            for function in namespace.functions { text += "\n" + stub(function.declaration) }
            for type in namespace.classes { text += "\n" + stub(type) }
        }
        return text
    }

    private func stub(_ namespace: Namespace) -> String {
        var text = comment(namespace.declaration) + "---@class \(namespace.declaration.path)\n"
        if let call = namespace.call {
            text += overload(call.declaration.parameters, returning: types(call.declaration))
        }
        return text + "\(namespace.declaration.path) = {}\n"
    }

    private func stub(_ type: Class) -> String {
        let path = type.declaration.path
        var text = comment(type.declaration) + "---@class \(path)"
        if let parent = type.parent.flatMap({ declaredClass(for: $0) }) {
            text += " : \(parent.declaration.path)"
        }
        text += "\n"
        for property in type.properties {
            let declaration = property.declaration
            text += "---@field \(declaration.name) \(types(declaration)) \(declaration.summary)\n"
        }
        for metamethod in type.metamethods { text += operatorLine(metamethod.declaration) }
        if let constructor = type.constructor {
            text += overload(constructor.declaration.parameters, returning: path)
        }
        text += "\(path) = {}\n"
        for method in type.methods { text += "\n" + stub(method.declaration) }
        for function in borrowedMethods(of: type) {
            var method = function.declaration
            method.kind = .method
            method.path = "\(path):\(method.name)"
            text += "\n" + stub(method)
        }
        return text
    }

    private func stub(_ declaration: Declaration) -> String {
        let isMethod = declaration.kind == .method
        let parameters = Array(declaration.parameters.dropFirst(isMethod ? 1 : 0))
        // Nothing can stand behind `...`; the rest goes by name.
        let end = parameters.firstIndex(where: \.isVariadic).map { $0 + 1 } ?? parameters.count
        var text = comment(declaration)
        for parameter in parameters[..<end] {
            let name = parameter.isVariadic ? "..." : parameter.name + (parameter.isRequired ? "" : "?")
            var line = "---@param \(name) \(annotation(parameter))"
            if let shape = parameter.shape { line += " \(shape)" }
            if !parameter.doc.isEmpty { line += " \(parameter.doc)" }
            if let value = parameter.defaultText { line += " (default \(value))" }
            text += line + "\n"
        }
        if !declaration.results.isEmpty { text += "---@return \(types(declaration))\n" }
        if parameters.contains(where: { !$0.isRequired }) {
            text += overload(declaration.parameters, options: true, returning: types(declaration))
        }
        let names = parameters[..<end].map { $0.isVariadic ? "..." : $0.name }
        return text + "function \(declaration.path)(\(names.joined(separator: ", "))) end\n"
    }

    /// One more way to call: all by position, or what may be left out in a table of options.
    private func overload(
        _ parameters: [Parameter], options: Bool = false, returning result: String
    ) -> String {
        var parts: [String] = []
        let byPosition = options ? parameters.filter(\.isRequired) : parameters
        for parameter in byPosition {
            let list = parameter.isVariadic ? "[]" : ""
            parts.append(
                "\(parameter.name)\(parameter.isRequired ? "" : "?"): \(annotation(parameter))\(list)")
        }
        if options {
            let fields = parameters.filter { !$0.isRequired }
                .map { "\($0.name)?: \(annotation($0))" }
            parts.append("options?: {\(fields.joined(separator: ", "))}")
        }
        let suffix = result.isEmpty ? "" : ": \(result)"
        return "---@overload fun(\(parts.joined(separator: ", ")))\(suffix)\n"
    }

    private func operatorLine(_ declaration: Declaration) -> String {
        let operators = [
            "add", "sub", "mul", "div", "idiv", "mod", "pow", "unm", "len", "concat", "call",
        ]
        let name = String(declaration.name.dropFirst(2))
        guard operators.contains(name) else { return "" }
        let other = declaration.parameters.dropFirst().first
        let operand = name == "unm" || name == "len" ? "" : "(\(other?.type.annotation ?? "any"))"
        let result = declaration.results.first?().annotation ?? "any"
        return "---@operator \(name)\(operand): \(result)\n"
    }

    private func annotation(_ parameter: Parameter) -> String {
        let text = parameter.type.annotation
        return text.hasSuffix("?") ? String(text.dropLast()) : text
    }

    private func types(_ declaration: Declaration) -> String {
        declaration.results.map { $0().annotation }.joined(separator: ", ")
    }

    private func comment(_ declaration: Declaration) -> String {
        var lines = [declaration.summary]
        if !declaration.details.isEmpty { lines += ["", declaration.details] }
        if !declaration.example.isEmpty { lines += ["", "```lua", declaration.example, "```"] }
        return lines.joined(separator: "\n").split(separator: "\n", omittingEmptySubsequences: false)
            .map { "---\($0)\n" }.joined()
    }
}
