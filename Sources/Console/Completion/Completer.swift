import LuaKit

/// Finds what may follow at the prompt, in the values that are there now.
struct Completer {
    private let lua: LuaFunctions

    init(_ lua: LuaFunctions) {
        self.lua = lua
    }

    /// What may follow the text before the cursor.
    func completions(_ textBeforeCursor: String) -> Completions {
        switch CompletionQuery(textBeforeCursor) {
        case .file: return .files
        case .nothing: return .names([])
        case .name(let prefix):
            let globals = lua.runtime.globals.pairs.compactMap(\.key.text)
            return .names(matching(globals + LuaToken.keywords, prefix))
        case .field(let path, let prefix, let isMethod):
            guard let value = value(at: path) else { return .names([]) }
            return .names(matching(fields(of: value, onlyCallable: isMethod), prefix))
        }
    }

    /// The names that begin with a prefix, sorted; those with an underscore only when it was typed.
    private func matching(_ names: [String], _ prefix: String) -> [String] {
        Set(names).filter { name in
            name.hasPrefix(prefix) && (name.isLuaName || LuaToken.keywords.contains(name))
                && (prefix.hasPrefix("_") || !name.hasPrefix("_"))
        }.sorted()
    }

    /// The value a path leads to, found without running any code of a script.
    private func value(at path: [CompletionQuery.Key]) -> LuaValue? {
        var value = LuaValue.table(lua.runtime.globals)
        for step in path {
            guard let next = lua.field(step.value, of: value) else { return nil }
            value = next
        }
        return value
    }

    private func fields(of value: LuaValue, onlyCallable: Bool) -> [String] {
        var names: [String] = []
        for table in lua.tables(behind: value) {
            for (key, field) in table.pairs {
                guard let name = key.text, !onlyCallable || field.function != nil else { continue }
                names.append(name)
            }
        }
        return names
    }
}

extension CompletionQuery.Key {
    /// The key as Lua has it.
    fileprivate var value: LuaValue {
        switch self {
        case .name(let name): .text(name)
        case .position(let position): .integer(position)
        }
    }
}
