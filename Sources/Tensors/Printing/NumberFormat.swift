import Glibc

/// How the numbers of one tensor are written, chosen for all of them together.
///
/// Whole numbers have no decimals. Others have as many as give the median element its significant
/// digits, the same for all so that columns line up; zeros that all have at the end go. A number that
/// would show as zero, or is very large, is written with an exponent; when that happens to many, all
/// are.
struct NumberFormat {
    private enum Style: Equatable {
        case fixed(decimals: Int)
        case scientific
    }

    private var style: Style
    private let digits: Int
    /// From here on a number that is not whole needs an exponent.
    private static let huge = 1e7

    init(_ values: [Scalar], _ dtype: DType, digits: Int) {
        self.digits = digits
        style = .fixed(decimals: 0)
        guard dtype.isFloatingPoint else { return }
        var sizes: [Double] = []
        var areWhole = true
        for value in values {
            let x = value.doubleValue
            guard x.isFinite, x != 0 else { continue }
            sizes.append(Swift.abs(x))
            areWhole = areWhole && x == x.rounded()
        }
        guard !sizes.isEmpty else { return }
        sizes.sort()
        if areWhole && sizes[sizes.count - 1] < NumberFormat.huge { return }
        let median = sizes[(sizes.count - 1) / 2]
        let exponent = Int(floor(log10(median)))
        let decimals = Swift.max(digits - 1 - exponent, areWhole ? 0 : 1)
        let smallest = 0.5 * pow(10, -Double(decimals))
        let exceptions = sizes.count { $0 < smallest || $0 >= NumberFormat.huge }
        if exponent < -4 || exceptions * 4 > sizes.count {
            style = .scientific
            return
        }
        style = .fixed(decimals: decimals)
        var needed = 0
        for x in sizes where x >= smallest && x < NumberFormat.huge {
            var text = Array(NumberFormat.print("%.*f", decimals, x).utf8)[...]
            guard decimals > 0 else { break }
            while text.last == UInt8(ascii: "0") { text.removeLast() }
            let point = text.lastIndex(of: UInt8(ascii: ".")) ?? text.endIndex
            needed = Swift.max(needed, text.endIndex - point - 1)
        }
        style = .fixed(decimals: Swift.min(needed, decimals))
    }

    func text(_ value: Scalar) -> String {
        switch value {
        case .bool(let value): return value ? "true" : "false"
        case .int(let value): return String(value)
        case .double(let x):
            if x.isNaN { return "nan" }
            if x.isInfinite { return x > 0 ? "inf" : "-inf" }
            if x == 0 { return style == .scientific ? "0" : zero }
            guard case .fixed(let decimals) = style, Swift.abs(x) < NumberFormat.huge,
                Swift.abs(x) >= 0.5 * pow(10, -Double(decimals))
            else { return NumberFormat.print("%.*e", digits - 1, x) }
            return NumberFormat.print("%.*f", decimals, x)
        }
    }

    private var zero: String {
        guard case .fixed(let decimals) = style else { return "0" }
        return NumberFormat.print("%.*f", decimals, 0)
    }

    /// C's `printf` for one number.
    private static func print(_ format: String, _ digits: Int, _ x: Double) -> String {
        var buffer = [CChar](repeating: 0, count: 400)
        let length = withVaList([Int32(clamping: digits), x]) { vsnprintf(&buffer, buffer.count, format, $0) }
        return String(decoding: buffer.prefix(Swift.max(Int(length), 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
