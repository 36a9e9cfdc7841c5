/// Splits Lua text into words. Any text goes: what is unfinished reaches to the end of the text,
/// what is no Lua at all counts as symbols of one byte.
struct LuaLexer: Sequence, IteratorProtocol {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var isOpen = false

    init(_ text: String) {
        bytes = Array(text.utf8)
        if bytes.first == UInt8(ascii: "#") { skip { $0 != newline } }
    }

    /// The next word; comments are words too.
    mutating func next() -> LuaToken? {
        skip(isSpace)
        guard let byte = peek() else { return nil }
        let start = position
        let startLine = line
        isOpen = false
        let kind = scan(byte)
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        return LuaToken(
            kind: kind == .name && LuaToken.keywords.contains(text) ? .keyword : kind,
            text: text, range: start..<position, line: startLine, isOpen: isOpen)
    }

    private mutating func scan(_ byte: UInt8) -> LuaToken.Kind {
        if isNameStart(byte) {
            skip { isNameStart($0) || isDigit($0) }
            return .name
        }
        if isDigit(byte) || byte == UInt8(ascii: ".") && peek(1).map(isDigit) == true {
            scanNumber()
            return .number
        }
        if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
            scanQuoted(byte)
            return .string
        }
        if byte == UInt8(ascii: "["), let level = longBracketLevel() {
            scanLong(level)
            return .string
        }
        if byte == UInt8(ascii: "-"), peek(1) == byte {
            advance(2)
            if let level = longBracketLevel() {
                scanLong(level)
            } else {
                skip { $0 != newline }
                isOpen = peek() == nil
            }
            return .comment
        }
        scanSymbol()
        return .symbol
    }

    private mutating func scanNumber() {
        let isHexadecimal = peek() == UInt8(ascii: "0") && lowercased(peek(1)) == UInt8(ascii: "x")
        let exponent = UInt8(ascii: isHexadecimal ? "p" : "e")
        while let byte = peek(), isNameStart(byte) || isDigit(byte) || byte == UInt8(ascii: ".") {
            advance(1)
            if lowercased(byte) == exponent, peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") {
                advance(1)
            }
        }
    }

    private mutating func scanQuoted(_ quote: UInt8) {
        advance(1)
        isOpen = true
        while let byte = peek(), byte != newline {
            advance(1)
            if byte == quote {
                isOpen = false
                return
            }
            guard byte == UInt8(ascii: "\\"), let escaped = peek() else { continue }
            advance(1)
            if escaped == UInt8(ascii: "z") { skip(isSpace) }
        }
    }

    /// The number of `=` in the long bracket that starts here, if one does.
    private func longBracketLevel() -> Int? {
        guard peek() == UInt8(ascii: "[") else { return nil }
        var level = 0
        while peek(level + 1) == UInt8(ascii: "=") { level += 1 }
        return peek(level + 1) == UInt8(ascii: "[") ? level : nil
    }

    private mutating func scanLong(_ level: Int) {
        let close = [UInt8(ascii: "]")] + Array(repeating: UInt8(ascii: "="), count: level) + [UInt8(ascii: "]")]
        advance(level + 2)
        isOpen = true
        while position < bytes.count {
            if bytes[position...].starts(with: close) {
                advance(close.count)
                isOpen = false
                return
            }
            advance(1)
        }
    }

    private mutating func scanSymbol() {
        for symbol in Self.longSymbols where bytes[position...].starts(with: symbol) {
            advance(symbol.count)
            return
        }
        advance(1)
    }

    /// Symbols of several bytes, longest first.
    private static let longSymbols: [[UInt8]] =
        ["...", "..", "==", "~=", "<=", ">=", "//", "::", "<<", ">>"].map { Array($0.utf8) }

    private func peek(_ distance: Int = 0) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    private mutating func advance(_ count: Int) {
        let end = Swift.min(position + count, bytes.count)
        while position < end {
            if bytes[position] == newline { line += 1 }
            position += 1
        }
    }

    private mutating func skip(_ belongs: (UInt8) -> Bool) {
        while let byte = peek(), belongs(byte) { advance(1) }
    }
}

private let newline = UInt8(ascii: "\n")

private func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (9...13).contains(byte)
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}

private func isNameStart(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
}

private func lowercased(_ byte: UInt8?) -> UInt8? {
    byte.map { $0 | 0x20 }
}
