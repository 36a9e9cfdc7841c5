/// Cells in rows and columns, laid out for a terminal.
struct TextTable {
    enum Alignment { case left, right }

    var header: [String]
    var rows: [[String]] = []
    var alignment: [Alignment]
    var separator = "  "

    /// The width of each column, in terminal cells.
    var widths: [Int] {
        var widths = header.map(TextTable.width)
        for row in rows {
            for (i, cell) in row.enumerated() { widths[i] = max(widths[i], TextTable.width(cell)) }
        }
        return widths
    }

    /// The lines, header first, columns padded to their widths.
    func lines() -> [String] {
        let widths = widths
        return ([header] + rows).map { row in
            var line = ""
            for (i, cell) in row.enumerated() {
                if i > 0 { line += separator }
                line += TextTable.padded(cell, widths[i], alignment[i])
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    static func padded(_ text: String, _ width: Int, _ alignment: Alignment) -> String {
        let space = String(repeating: " ", count: max(0, width - self.width(text)))
        return alignment == .left ? text + space : space + text
    }

    /// The cells a text takes in a terminal: two for wide East Asian characters and emoji, none for
    /// marks that combine.
    static func width(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.reduce(0) { total, character in
            guard let scalar = character.unicodeScalars.first else { return total }
            let isEmoji = character.unicodeScalars.contains { $0.value == 0xFE0F }
            return total + (isEmoji ? 2 : width(scalar))
        }
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    /// A text cut to a width, "…" in place of what is missing; line breaks and other control
    /// characters are shown as escapes, so that data can not steer the terminal.
    static func fitted(_ text: String, _ limit: Int) -> String {
        let clean = visible(text)
        guard width(clean) > limit else { return clean }
        var result = "", used = 0
        for character in clean {
            let next = width(String(character))
            if used + next > limit - 1 { break }
            result.append(character)
            used += next
        }
        return result + "…"
    }

    static func visible(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            // C1 controls and the marks that reorder text steer terminals as well.
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                || (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value):
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
