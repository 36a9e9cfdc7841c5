/// A line of a chunk, as in the "train.lua:12:" that messages begin with.
struct SourceLocation: Equatable {
    let name: String
    let line: Int

    /// The location that a message or a line of a traceback begins with, nil if there is none.
    init?(startOf text: String) {
        var rest = text[...]
        while let colon = rest.firstIndex(of: ":") {
            let digits = text[text.index(after: colon)...].prefix { $0.isASCII && $0.isNumber }
            if let line = Int(digits), text[digits.endIndex...].hasPrefix(":"), colon > text.startIndex {
                name = String(text[..<colon])
                self.line = line
                return
            }
            rest = text[text.index(after: colon)...]
            if rest.first == " " || rest.first == "\n" { return nil }
        }
        return nil
    }
}
