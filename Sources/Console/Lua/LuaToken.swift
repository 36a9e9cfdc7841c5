/// A word of Lua text.
struct LuaToken: Equatable {
    enum Kind {
        case name, keyword, number, string, comment, symbol
    }

    let kind: Kind
    let text: String
    /// Its bytes within the whole text.
    let range: Range<Int>
    /// The line it starts on, from 1.
    let line: Int
    /// Whether it is a string or comment whose end is missing.
    let isOpen: Bool

    static let keywords: Set<String> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
        "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]

    func isKeyword(_ text: String) -> Bool { kind == .keyword && self.text == text }
    func isSymbol(_ text: String) -> Bool { kind == .symbol && self.text == text }
}
