/// What is being typed right before the cursor.
enum CompletionQuery: Equatable {
    /// A name, or several joined by dots and colons, perhaps empty or ending in a separator.
    case word(String)
    /// A string, which may be the name of a file.
    case file
    /// Nothing that could be completed.
    case nothing

    /// Reads the end of `text`, the line up to the cursor.
    init(_ text: String) {
        var tokens = Array(LuaLexer(text))
        if let last = tokens.last, last.isOpen {
            self = last.kind == .string ? .file : .nothing
            return
        }
        var word = ""
        if let last = tokens.last, last.range.upperBound == text.utf8.count {
            if last.kind == .name || last.kind == .keyword {
                word = last.text
                tokens.removeLast()
            } else if last.kind == .number || last.isSymbol("..") {
                self = .nothing
                return
            }
        }
        while let separator = tokens.last, separator.isSymbol(".") || separator.isSymbol(":") {
            guard let name = tokens.dropLast().last, name.kind == .name else {
                self = .nothing
                return
            }
            word = name.text + separator.text + word
            tokens.removeLast(2)
        }
        self = .word(word)
    }
}
