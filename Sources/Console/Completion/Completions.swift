import LuaKit

/// What may follow the text before the cursor.
enum Completions: Equatable {
    /// These names, each whole.
    case names([String])
    /// Names of files.
    case files
}

extension Runtime {
    /// What may follow the text before the cursor, in the values that are there now.
    func completions(after text: String) -> Completions {
        switch CompletionQuery(text) {
        case .file: .files
        case .nothing: .names([])
        case .word(let word): .names(completions(for: word).map(\.name))
        }
    }
}
