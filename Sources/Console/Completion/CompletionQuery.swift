/// What is being typed right before the cursor.
enum CompletionQuery: Equatable {
    /// The start of a name that stands alone.
    case name(prefix: String)
    /// The start of a field of the value that `path` leads to; after a colon, of a method.
    case field(path: [Key], prefix: String, isMethod: Bool)
    /// A string, which may be the name of a file.
    case file
    /// Nothing that could be completed.
    case nothing

    /// One step from a value to a field of it.
    enum Key: Equatable {
        case name(String)
        case position(Int)
    }

    /// Reads the end of `text`, the line up to the cursor.
    init(_ text: String) {
        var tokens = Array(LuaLexer(text))
        if let last = tokens.last, last.isOpen {
            self = last.kind == .string ? .file : .nothing
            return
        }
        let end = text.utf8.count
        var prefix = ""
        if let last = tokens.last, last.kind == .name || last.kind == .keyword, last.range.upperBound == end {
            prefix = last.text
            tokens.removeLast()
        } else if tokens.last?.kind == .number, tokens.last?.range.upperBound == end {
            self = .nothing
            return
        }
        guard let separator = tokens.last, separator.isSymbol(".") || separator.isSymbol(":") else {
            self = tokens.last?.isSymbol("..") == true && prefix.isEmpty ? .nothing : .name(prefix: prefix)
            return
        }
        tokens.removeLast()
        guard let path = Self.path(endingAt: tokens[...]) else {
            self = .nothing
            return
        }
        self = .field(path: path, prefix: prefix, isMethod: separator.text == ":")
    }

    /// The names and positions, such as `model[1].weight`, that the words end with.
    private static func path(endingAt words: ArraySlice<LuaToken>) -> [Key]? {
        var words = words
        var keys: [Key] = []
        while let last = words.popLast() {
            if last.kind == .name {
                keys.append(.name(last.text))
                guard let separator = words.last, separator.isSymbol(".") || separator.isSymbol(":") else {
                    return keys.reversed()
                }
                words.removeLast()
            } else if last.isSymbol("]"), let index = words.popLast(), let position = Int(index.text),
                words.popLast()?.isSymbol("[") == true {
                keys.append(.position(position))
            } else {
                return nil
            }
        }
        return nil
    }
}
