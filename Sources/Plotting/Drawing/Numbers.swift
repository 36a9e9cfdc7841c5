#if canImport(Glibc)
import Glibc
#endif

/// Numbers as text.
enum Numbers {
    /// With exactly that many decimals; a rounded zero has no sign.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        let text = print("%.\(max(0, min(decimals, 17)))f", value)
        return text.first == "-" && !text.contains(where: { $0 >= "1" && $0 <= "9" }) ? String(text.dropFirst()) : text
    }

    /// With up to `digits` significant digits, as short as they can be told.
    static func short(_ value: Double, digits: Int = 4) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        if value == value.rounded(), abs(value) < 1e6 { return fixed(value, 0) }
        return print("%.\(digits)g", value)
    }

    /// With the same number of decimals each: about three significant digits of the largest.
    static func alike(_ values: [Double]) -> [String] {
        let finite = values.filter(\.isFinite), largest = finite.map { abs($0) }.max() ?? 0
        if largest >= 1e6 || (largest > 0 && largest < 0.01) { return values.map { short($0, digits: 3) } }
        let decimals = finite.allSatisfy { $0 == $0.rounded() } ? 0 : largest < 10 ? 2 : largest < 100 ? 1 : 0
        return values.map { $0.isFinite ? fixed($0, decimals) : short($0) }
    }

    /// The decimals that tell the values from each other and from their neighbours, at most 16.
    static func decimals(_ values: [Double]) -> Int {
        var smallest = Double.infinity
        for (a, b) in zip(values, values.dropFirst()) where b != a { smallest = min(smallest, abs(b - a)) }
        if smallest == .infinity { smallest = abs(values.first ?? 1) }
        if smallest == 0 { return 0 }
        var scale = 1.0
        for decimals in 0..<16 {
            if values.allSatisfy({ abs($0 * scale - ($0 * scale).rounded()) < 1e-4 * max(smallest * scale, 1e-300) }) { return decimals }
            scale *= 10
        }
        return 16
    }

    private static func print(_ format: String, _ value: Double) -> String {
        var buffer = [CChar](repeating: 0, count: 512)
        let length = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
        // Whatever the locale, the decimal sign is a point.
        let bytes = buffer.prefix(max(0, min(Int(length), buffer.count - 1))).map { UInt8(bitPattern: $0) }
        return String(decoding: bytes.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }, as: UTF8.self)
    }
}
