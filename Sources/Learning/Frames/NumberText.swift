/// Numbers as text, independent of the system's language.
enum NumberText {
    /// A fixed number of digits after the point: `0.5000`.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 1e15 else { return value.description }
        let whole = Int(scaled), sign = value < 0 && whole > 0 ? "-" : ""
        if digits == 0 { return sign + String(whole) }
        let fraction = String(whole % Int(scale))
        return sign + String(whole / Int(scale)) + "." + String(repeating: "0", count: digits - fraction.count) + fraction
    }

    /// Digits after the point that show a number to `significant` digits, trailing zeros left away;
    /// nil where the number is better written with an exponent.
    static func decimals(_ value: Double, significant: Int) -> Int? {
        guard value.isFinite, value != 0 else { return 0 }
        let magnitude = value.magnitude
        guard magnitude < 1e12, magnitude >= 1e-5 else { return nil }
        var digits = significant - 1, bound = 10.0
        while magnitude >= bound, digits > 0 { digits -= 1; bound *= 10 }
        bound = 1
        while magnitude < bound { digits += 1; bound /= 10 }
        digits = min(digits, 14)
        let text = fixed(value, digits)
        guard digits > 0, text.contains(".") else { return 0 }
        return digits - text.reversed().prefix { $0 == "0" }.count
    }

    /// `significant` digits with an exponent: `1.235e+20`.
    static func scientific(_ value: Double, _ significant: Int) -> String {
        guard value.isFinite, value != 0 else { return fixed(value, 0) }
        var exponent = 0, mantissa = value.magnitude
        while mantissa >= 10 { mantissa /= 10; exponent += 1 }
        while mantissa < 1 { mantissa *= 10; exponent -= 1 }
        var text = fixed(mantissa, significant - 1)
        if text.hasPrefix("10") {
            exponent += 1
            text = fixed(1, significant - 1)
        }
        let digits = String(abs(exponent))
        return (value < 0 ? "-" : "") + text + (exponent < 0 ? "e-" : "e+") + (digits.count < 2 ? "0" + digits : digits)
    }
}
