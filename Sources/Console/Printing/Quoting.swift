/// Bytes as a Lua string between quotes, in one line; after `limit` characters only their number.
func quoted(_ bytes: [UInt8], limit: Int) -> String {
    var text = "\""
    var shown = 0
    var rest = bytes[...]
    while let byte = rest.first, shown < limit {
        shown += 1
        if let (character, length) = printable(rest) {
            text.unicodeScalars.append(character)
            rest = rest.dropFirst(length)
            continue
        }
        rest = rest.dropFirst()
        switch byte {
        case UInt8(ascii: "\""): text += "\\\""
        case UInt8(ascii: "\\"): text += "\\\\"
        case UInt8(ascii: "\n"): text += "\\n"
        case UInt8(ascii: "\t"): text += "\\t"
        case UInt8(ascii: "\r"): text += "\\r"
        default:
            let digits = String(byte, radix: 16, uppercase: true)
            text += "\\x" + (digits.count < 2 ? "0" + digits : digits)
        }
    }
    return text + (rest.isEmpty ? "\"" : "\"… (\(bytes.count) bytes)")
}

/// The character that bytes begin with and its length, if it can be shown as it is.
private func printable(_ bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, Int)? {
    guard let first = bytes.first, first >= 0x20, first != 0x7F else { return nil }
    if first < 0x80 {
        let needsEscape = first == UInt8(ascii: "\"") || first == UInt8(ascii: "\\")
        return needsEscape ? nil : (Unicode.Scalar(first), 1)
    }
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator: return nil
    default: return (scalar, UTF8.width(scalar))
    }
}

extension String {
    /// Whether this can stand in Lua text as a name.
    var isLuaName: Bool {
        guard let first = utf8.first, !(48...57).contains(first) else { return false }
        return utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
        } && !LuaToken.keywords.contains(self)
    }
}
