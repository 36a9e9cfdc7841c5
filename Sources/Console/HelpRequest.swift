/// A line that asks for help rather than being Lua: `?name`, `name?`, `??name` or `?"text"`.
enum HelpRequest: Equatable {
    /// `?`: what there is.
    case overview
    /// `?nn.Linear` or `nn.Linear?`: what a name stands for.
    case name(String)
    /// `??name` or `name??`: the source of a function.
    case source(String)
    /// `?"learning rate"`: all that mentions a text.
    case search(String)

    /// The request that a line makes, nil if it is Lua.
    init?(_ line: String) {
        var text = line.trimmed
        var marks = 0
        while marks < 2, text.first == "?" {
            text.removeFirst()
            marks += 1
        }
        if marks == 0 {
            while marks < 2, text.last == "?" {
                text.removeLast()
                marks += 1
            }
            guard marks > 0, text.trimmed.isPath else { return nil }
        }
        text = text.trimmed
        if text.isEmpty {
            self = .overview
        } else if let quoted = text.unquoted {
            self = .search(quoted)
        } else if !text.isPath {
            self = .search(text)
        } else {
            self = marks == 1 ? .name(text) : .source(text)
        }
    }
}

extension String {
    /// The text without white space around it.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }

    /// Whether this is a name, or several with dots or colons between them.
    fileprivate var isPath: Bool {
        split(omittingEmptySubsequences: false) { $0 == "." || $0 == ":" }.allSatisfy { name in
            name.first.map { !$0.isNumber } == true
                && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        }
    }

    /// What stands between quotes, nil if this is not a quoted text. The last quote may be missing.
    fileprivate var unquoted: String? {
        guard let quote = first, quote == "\"" || quote == "'" else { return nil }
        let rest = dropFirst()
        return String(rest.last == quote ? rest.dropLast() : rest)
    }
}
