import LuaKit

/// What may follow the text before the cursor.
enum Completions: Equatable {
    /// These names, each whole.
    case names([String])
    /// Names of files.
    case files
    /// Anything; this tells what is expected.
    case hint(String)
}

extension LuaFunctions {
    /// What may follow the text before the cursor, in the values that are there now.
    func completions(after text: String) -> Completions {
        switch CompletionQuery(text) {
        case .file: return .files
        case .nothing: return .names([])
        case .word(let word): return .names(names(word))
        case .argument(let function): return signature(of: function).map { .hint($0) } ?? .names(names(""))
        case .option(let function, let prefix):
            let parameters = declaration(named: function)?.parameters.map(\.name) ?? []
            let options = parameters.filter { $0.hasPrefix(prefix) }.map { $0 + "=" }
            return .names(options + (prefix.isEmpty ? [] : names(prefix)))
        }
    }

    private func names(_ word: String) -> [String] {
        runtime.completions(for: word).map(\.name)
    }
}
