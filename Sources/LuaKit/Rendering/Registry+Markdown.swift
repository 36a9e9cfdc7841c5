extension Registry {
    /// The reference of everything, one section for each namespace.
    public func markdown() -> String {
        namespaces.map { markdown($0) }.joined(separator: "\n")
    }

    /// The reference of one namespace; empty if there is none of that path.
    public func markdown(namespace path: String) -> String {
        namespaces.filter { $0.declaration.path == path }.map { markdown($0) }.joined(separator: "\n")
    }

    private func markdown(_ namespace: Namespace) -> String {
        let path = namespace.declaration.path
        var text = "# \(path == Registry.globals ? "Global names" : path)\n"
        if namespace.declaration.isCallable {
            text += "\n" + signature(namespace.declaration)
        }
        if path != Registry.globals { text += "\n" + paragraphs(namespace.declaration) }
        if !namespace.constants.isEmpty {
            text += "\n"
            for constant in namespace.constants.map(\.declaration) {
                text += "- `\(constant.path)` (\(constant.resultText ?? "any")): \(constant.summary)\n"
            }
        }
        for function in namespace.functions {
            text += "\n" + entry(current(function.declaration), level: "##")
        }
        for type in namespace.classes { text += "\n" + entry(type) }
        return text
    }

    private func entry(_ type: Class) -> String {
        let path = type.declaration.path
        var text = entry(type.declaration, level: "##")
        if let parent = type.parent.flatMap({ declaredClass(for: $0) }) {
            text += "\nA kind of \(link(parent.declaration.path)).\n"
        }
        if !type.properties.isEmpty {
            text += "\n| field | type | |\n| --- | --- | --- |\n"
            for property in type.properties.map(\.declaration) {
                let note = property.isWritable ? "" : " Read only."
                text += row([
                    "`\(property.name)`", property.resultText ?? "any", property.summary + note,
                ])
            }
        }
        for method in type.methods { text += "\n" + entry(method.declaration, level: "###") }
        let borrowed = borrowedMethods(of: type).map { link($0.declaration.path) }
        if !borrowed.isEmpty {
            text += "\nMethods of `\(path)` that are functions too: \(borrowed.joined(separator: ", ")).\n"
        }
        return text
    }

    private func entry(_ declaration: Declaration, level: String) -> String {
        var text = "\(level) \(declaration.path)\n"
        if declaration.kind != .type || declaration.isCallable {
            text += "\n" + signature(declaration)
        }
        text += "\n" + paragraphs(declaration)
        if let method = declaration.methodSignature { text += "\nAlso a method: `\(method)`\n" }
        let parameters = declaration.parameters.dropFirst(declaration.kind == .method ? 1 : 0)
        if !parameters.isEmpty {
            text += "\n| parameter | type | default | |\n| --- | --- | --- | --- |\n"
            for parameter in parameters {
                let type = [parameter.type.name, parameter.shape ?? ""].filter { !$0.isEmpty }
                text += row([
                    "`\(parameter.name)`", type.joined(separator: " "),
                    parameter.defaultText.map { "`\($0)`" } ?? "", parameter.doc,
                ])
            }
        }
        if !declaration.example.isEmpty { text += "\n```lua\n\(declaration.example)\n```\n" }
        if !declaration.seeAlso.isEmpty {
            text += "\nSee also " + declaration.seeAlso.map(link).joined(separator: ", ") + ".\n"
        }
        return text
    }

    private func signature(_ declaration: Declaration) -> String {
        let result = declaration.resultText.map { " → \($0)" } ?? ""
        return "`\(declaration.signature)\(result)`\n"
    }

    private func paragraphs(_ declaration: Declaration) -> String {
        declaration.details.isEmpty
            ? declaration.summary + "\n" : "\(declaration.summary)\n\n\(declaration.details)\n"
    }

    private func row(_ cells: [String]) -> String {
        let escaped = cells.map { cell in
            cell.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
        }
        return "| \(escaped.joined(separator: " | ")) |\n"
    }

    /// The declaration as recorded, which knows of which class it is a method.
    private func current(_ declaration: Declaration) -> Declaration {
        self.declaration(declaration.path) ?? declaration
    }

    private func link(_ path: String) -> String {
        let anchor = path.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "_" }
        return "[`\(path)`](#\(anchor))"
    }
}
