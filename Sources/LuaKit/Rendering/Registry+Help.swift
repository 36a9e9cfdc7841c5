extension Registry {
    /// The help text of a declaration: signature, summary, parameters, result, example, related.
    public func help(_ declaration: Declaration) -> String {
        var lines = [title(declaration), "  \(declaration.summary)"]
        if !declaration.details.isEmpty { lines += ["", indented(declaration.details)] }
        let parameters = parameterLines(declaration)
        if !parameters.isEmpty { lines += [""] + parameters }
        if let method = declaration.methodSignature { lines += ["", "  Also a method: \(method)"] }
        lines += members(declaration)
        if !declaration.example.isEmpty { lines += ["", "Example:", indented(declaration.example)] }
        if !declaration.seeAlso.isEmpty {
            lines += ["", "See also: " + declaration.seeAlso.joined(separator: ", ")]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What there is: each namespace with its summary.
    public func overview() -> String {
        var rows = namespaces.map(\.declaration).filter { $0.path != Registry.globals }
            .map { ($0.path, $0.summary) }
        rows += members(of: "").filter { $0.kind == .function }.map { ($0.signature, $0.summary) }
        return aligned(rows).joined(separator: "\n")
            + "\n\nhelp(name) tells more about one of them, help \"text\" searches.\n"
    }

    /// Help on a name, on what ends in that name, or the declarations that mention the text.
    public func help(on text: String) -> String {
        if let declaration = declaration(text) { return help(declaration) }
        let named = declarations.filter { $0.name == text && $0.kind != .metamethod }
        if named.count == 1 { return help(named[0]) }
        let found = named.isEmpty ? search(text) : named
        if found.isEmpty {
            let near = nearest(to: text, in: declarations.lazy.flatMap { [$0.path, $0.name] })
            return "Nothing about \"\(text)\"." + (near.map { " Did you mean \($0)?" } ?? "") + "\n"
        }
        return aligned(found.map { ($0.path, $0.summary) }).joined(separator: "\n") + "\n"
    }

    /// Declarations that mention a text: in the path first, then in the summary, then elsewhere.
    public func search(_ text: String) -> [Declaration] {
        let text = text.lowercased()
        guard !text.isEmpty else { return [] }
        func rank(_ declaration: Declaration) -> Int? {
            if declaration.name.lowercased().contains(text) { return 0 }
            if declaration.path.lowercased().contains(text) { return 1 }
            if declaration.summary.lowercased().contains(text) { return 2 }
            return declaration.details.lowercased().contains(text) ? 3 : nil
        }
        let ranked = declarations.filter { $0.kind != .metamethod }
            .compactMap { declaration in rank(declaration).map { (rank: $0, declaration) } }
        return (0...3).flatMap { rank in ranked.filter { $0.rank == rank }.map(\.1) }
    }

    // MARK: Parts

    private func title(_ declaration: Declaration) -> String {
        var title = declaration.signature
        if declaration.kind == .property || declaration.kind == .constant {
            title += ": " + (declaration.resultText ?? "any")
            if declaration.kind == .property, !declaration.isWritable { title += " (read only)" }
        } else if let result = declaration.resultText {
            title += " → " + result
        }
        return title
    }

    private func parameterLines(_ declaration: Declaration) -> [String] {
        let isMethod = declaration.kind == .method
        let shown = declaration.parameters.dropFirst(isMethod ? 1 : 0)
        return columns(
            shown.map { parameter in
                var type = parameter.type.name
                if let shape = parameter.shape { type += " " + shape }
                var doc = parameter.doc
                if let text = parameter.defaultText { doc += " (default \(text))" }
                return [parameter.shownName, type, doc]
            })
    }

    /// The members of a namespace or class, one line each.
    private func members(_ declaration: Declaration) -> [String] {
        switch declaration.kind {
        case .namespace:
            let members = members(of: declaration.path)
            return section("Functions", members.filter { $0.kind == .function })
                + section("Classes", members.filter { $0.kind == .type })
                + section("Values", members.filter { $0.kind == .constant })
                + section("Inside", members.filter { $0.kind == .namespace })
        case .type:
            guard let type = declaredClass(declaration.path) else { return [] }
            let members = instanceMembers(of: type)
            return section("Fields", members.filter { $0.kind == .property })
                + section("Methods", members.filter { $0.kind != .property })
        default: return []
        }
    }

    private func section(_ title: String, _ members: [Declaration]) -> [String] {
        if members.isEmpty { return [] }
        return ["", title + ":"] + aligned(members.map { ($0.name, $0.summary) })
    }

    private func aligned(_ rows: [(String, String)]) -> [String] {
        columns(rows.map { [$0.0, $0.1] })
    }

    /// Rows of cells under each other, two spaces apart.
    private func columns(_ rows: [[String]]) -> [String] {
        guard let count = rows.first?.count else { return [] }
        let widths = (0..<count).map { column in rows.map { min($0[column].count, 32) }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (cell, width) in zip(row, widths) {
                line += "  " + cell + String(repeating: " ", count: max(0, width - cell.count))
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    private func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "  " + $0 }.joined(separator: "\n")
    }
}
