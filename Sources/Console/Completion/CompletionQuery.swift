/// What is being typed right before the cursor.
enum CompletionQuery: Equatable {
    /// A name, or several joined by dots and colons, perhaps empty or ending in a separator.
    case word(String)
    /// The next argument of a call, of which nothing is typed yet.
    case argument(function: String)
    /// The start of an option's name in the table that ends a call.
    case option(function: String, prefix: String)
    /// A string, which may be the name of a file.
    case file
    /// Nothing that could be completed.
    case nothing

    /// Reads the end of `text`, the line up to the cursor.
    init(_ text: String) {
        var tokens = Array(LuaLexer(text))[...]
        if let last = tokens.last, last.isOpen {
            self = last.kind == .string ? .file : .nothing
            return
        }
        var prefix = ""
        if let last = tokens.last, last.range.upperBound == text.utf8.count {
            if last.kind == .name || last.kind == .keyword {
                prefix = last.text
                tokens.removeLast()
            } else if last.kind == .number || last.isSymbol("..") {
                self = .nothing
                return
            }
        }
        if let separator = tokens.last, separator.isSymbol(".") || separator.isSymbol(":") {
            let path = Self.path(endingAt: tokens.dropLast())
            self = path.map { .word($0 + separator.text + prefix) } ?? .nothing
            return
        }
        let call = Self.enclosingCall(tokens)
        if let call, call.isOption, tokens.last?.isSymbol("{") == true || tokens.last?.isSymbol(",") == true {
            self = .option(function: call.function, prefix: prefix)
        } else if let call, prefix.isEmpty {
            self = .argument(function: call.function)
        } else {
            self = .word(prefix)
        }
    }

    /// The names joined by dots and colons that the words end with.
    private static func path(endingAt tokens: ArraySlice<LuaToken>) -> String? {
        var tokens = tokens
        guard let last = tokens.popLast(), last.kind == .name else { return nil }
        guard let separator = tokens.last, separator.isSymbol(".") || separator.isSymbol(":") else {
            return last.text
        }
        return path(endingAt: tokens.dropLast()).map { $0 + separator.text + last.text }
    }

    /// The function whose arguments the words end in, and whether they end in its table of options.
    private static func enclosingCall(_ tokens: ArraySlice<LuaToken>) -> (function: String, isOption: Bool)? {
        var rest = tokens
        var closed = 0
        var isOption = false
        while let token = rest.popLast(), token.kind != .keyword || closed > 0 {
            guard token.kind == .symbol else { continue }
            switch token.text {
            case ")", "]", "}": closed += 1
            case "(", "[", "{":
                if closed > 0 {
                    closed -= 1
                } else if token.text == "{", !isOption {
                    if let function = path(endingAt: rest) { return (function, true) }
                    isOption = true
                } else {
                    return token.text == "(" ? path(endingAt: rest).map { ($0, isOption) } : nil
                }
            default: break
            }
        }
        return nil
    }
}
