/// What may follow the text before the cursor.
enum Completions: Equatable {
    /// These names, each whole.
    case names([String])
    /// Names of files.
    case files
}
