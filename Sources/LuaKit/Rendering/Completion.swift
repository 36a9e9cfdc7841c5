import CLua

/// One way to go on with what has been typed.
public struct Completion: Equatable {
    /// What replaces the word typed so far, its base included.
    public let text: String
    /// The last part.
    public let name: String
    /// What it is, when it is declared.
    public let kind: Declaration.Kind?
    /// One sentence, empty when it is not declared.
    public let summary: String
}

extension Runtime {
    /// The names that may follow a word such as "tensor.ma", "x:ad" or "str".
    ///
    /// Looks at real values, but runs no code of theirs: neither metamethods nor computed fields.
    public func completions(for word: String) -> [Completion] {
        let cut = word.lastIndex { $0 == "." || $0 == ":" }
        let prefix = cut.map { String(word[word.index(after: $0)...]) } ?? word
        let base = cut.map { String(word[...$0]) } ?? ""
        let candidates: [Candidate]
        if let cut {
            candidates = members(of: String(word[..<cut]), methodsOnly: word[cut] == ":")
        } else {
            candidates = keywords.map { Candidate(name: $0) } + fields(of: globals, path: "")
        }
        var seen: Set<String> = []
        return
            candidates
            .filter { $0.name.hasPrefix(prefix) && (prefix.hasPrefix("_") || !$0.name.hasPrefix("_")) }
            .filter { seen.insert($0.name).inserted }
            .sorted { $0.name < $1.name }
            .map { candidate in
                Completion(
                    text: base + candidate.name, name: candidate.name,
                    kind: candidate.declaration?.kind, summary: candidate.declaration?.summary ?? "")
            }
    }

    /// What may follow "expression." or "expression:".
    private func members(of expression: String, methodsOnly: Bool) -> [Candidate] {
        switch resolve(expression) {
        case .table(let table): return fields(of: table, path: expression)
        case .object(let object):
            guard let type = declaredClass(of: object) else { return [] }
            let members = registry.instanceMembers(of: type)
                .filter { !methodsOnly || $0.kind != .property }
                .map { Candidate(name: $0.name, declaration: $0) }
            let own = methodsOnly ? nil : userTable(of: object)
            return members + (own.map { fields(of: $0, path: "") } ?? [])
        case .string:
            guard case .table(let library) = globals["string"] else { return [] }
            return fields(of: library, path: "string")
        default: return []
        }
    }

    /// The value of "a.b.c", as far as plain fields lead.
    private func resolve(_ expression: String) -> LuaValue {
        var value = LuaValue.table(globals)
        for part in expression.split(whereSeparator: { $0 == "." || $0 == ":" }) {
            switch value {
            case .table(let table):
                open(table)
                value = table[String(part)]
            case .object(let object): value = userTable(of: object)?[String(part)] ?? .nil
            default: return .nil
            }
        }
        return value
    }

    /// The names in a table and in the tables its `__index` leads to.
    private func fields(of table: LuaTable, path: String) -> [Candidate] {
        var result: [Candidate] = []
        var table: LuaTable? = table
        var depth = 0
        while let current = table, depth < 16 {
            open(current)
            for (key, _) in current.pairs {
                guard let name = key.text, isName(name) else { continue }
                let full = path.isEmpty ? name : "\(path).\(name)"
                result.append(Candidate(name: name, declaration: registry.declaration(full)))
            }
            table = current.inherited
            depth += 1
        }
        return result
    }
}

private struct Candidate {
    let name: String
    var declaration: Declaration?
}

extension LuaTable {
    /// The table its metatable's `__index` names, if it is one.
    fileprivate var inherited: LuaTable? {
        (try? reference.runtime().withStack { call in
            reference.push(to: call)
            guard lua_getmetatable(call.state, -1) != 0 else { return nil }
            call.push("__index")
            guard lua_rawget(call.state, -2) == LUA_TTABLE else { return nil }
            return LuaTable(reference: LuaReference(popping: call))
        }) ?? nil
    }
}

private func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
    return text.utf8.allSatisfy {
        $0 == 95 || (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
    }
}

private let keywords = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
]
