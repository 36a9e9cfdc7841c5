/// The texts that errors and `??name` show lines of, by the name Lua shows for each.
///
/// What was entered or read by the program is kept; modules are read again when needed.
struct SourceTexts {
    private var texts: [String: String] = [:]

    /// Keeps a text under the name of its chunk, such as "train.lua".
    mutating func add(_ text: String, name: String) {
        texts[name] = text
    }

    /// The text of a chunk, by the name that Lua shows, which may begin with "..." if it is long.
    func text(_ name: String) -> String? {
        if let text = texts[name] { return text }
        if name.hasPrefix("...") {
            let end = name.dropFirst(3)
            return texts.first { $0.key.hasSuffix(end) }?.value
        }
        return Files.read(name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Some lines of a chunk, counted from 1; nil if there are none.
    func lines(_ range: ClosedRange<Int>, of name: String) -> [Substring]? {
        guard range.lowerBound > 0, let text = text(name) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard range.upperBound <= lines.count else { return nil }
        return Array(lines[(range.lowerBound - 1)..<range.upperBound])
    }
}
