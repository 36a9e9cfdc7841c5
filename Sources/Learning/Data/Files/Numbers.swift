import Glibc

/// The number that a text is, spaces around it allowed; nil when it is none.
///
/// Short decimals, nearly all that occur, are computed exactly here (Clinger 1990); the rest goes to
/// the C library, which rounds correctly.
func parseNumber(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
    var start = 0, end = text.count
    while start < end, text[start] == 0x20 || text[start] == 0x09 { start += 1 }
    while end > start, text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
    guard start < end else { return nil }
    var i = start, isNegative = false
    if text[i] == UInt8(ascii: "-") || text[i] == UInt8(ascii: "+") {
        isNegative = text[i] == UInt8(ascii: "-")
        i += 1
    }
    var mantissa: UInt64 = 0, digits = 0, significant = 0, scale = 0
    func isDigit(_ i: Int) -> Bool { i < end && text[i] &- 0x30 < 10 }
    while isDigit(i) {
        digits += 1
        if significant < 19 { mantissa = mantissa * 10 + UInt64(text[i] - 0x30); if mantissa != 0 { significant += 1 } } else { significant += 1 }
        i += 1
    }
    if i < end, text[i] == UInt8(ascii: ".") {
        i += 1
        while isDigit(i) {
            digits += 1
            if significant < 19 {
                mantissa = mantissa * 10 + UInt64(text[i] - 0x30)
                if mantissa != 0 { significant += 1 }
                scale -= 1
            } else { significant += 1 }
            i += 1
        }
    }
    guard digits > 0 else { return infinity(text, i, end, isNegative) }
    if i < end, text[i] | 0x20 == UInt8(ascii: "e") {
        i += 1
        var isExponentNegative = false, exponent = 0
        if i < end, text[i] == UInt8(ascii: "-") || text[i] == UInt8(ascii: "+") {
            isExponentNegative = text[i] == UInt8(ascii: "-")
            i += 1
        }
        guard isDigit(i) else { return nil }
        while isDigit(i) {
            exponent = min(exponent * 10 + Int(text[i] - 0x30), 100_000)
            i += 1
        }
        scale += isExponentNegative ? -exponent : exponent
    }
    guard i == end else { return nil }
    if significant <= 19, mantissa <= 1 << 53, scale >= -22, scale <= 22 {
        let value = scale < 0 ? Double(mantissa) / powersOfTen[-scale] : Double(mantissa) * powersOfTen[scale]
        return isNegative ? -value : value
    }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: end - start + 1) { copy in
        for k in start..<end { copy[k - start] = CChar(bitPattern: text[k]) }
        copy[end - start] = 0
        return strtod(copy.baseAddress!, nil)
    }
}

private func infinity(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int, _ isNegative: Bool) -> Double? {
    let word = String(decoding: text[start..<end], as: UTF8.self).lowercased()
    guard word == "inf" || word == "infinity" else { return nil }
    return isNegative ? -.infinity : .infinity
}

private let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
    1e20, 1e21, 1e22,
]
