#if canImport(Glibc)
import Glibc
#endif

/// How numbers become positions along an axis.
public enum Scale: String, Sendable, Equatable {
    case linear
    /// Logarithmic; values that are not positive are left out.
    case log
}

/// A labelled place on an axis.
public struct Tick: Sendable, Equatable {
    public var value: Double
    public var label: TickLabel
}

/// The text at a tick: a number or name, and the power of ten it is multiplied by, if any.
public struct TickLabel: Sendable, Equatable {
    public var text: String
    public var exponent: Int?

    /// In plain characters: `"1.5e6"`, `"1e-3"`.
    public var plain: String {
        guard let exponent else { return text }
        return (text.isEmpty ? "1" : text) + "e\(exponent)"
    }
}

/// Where to put ticks on linear and logarithmic axes.
public enum Ticks {
    /// Numbers a reader likes, nicest first, times powers of ten.
    private static let nice: [Double] = [1, 5, 2, 2.5, 4, 3]

    /// About `count` round numbers within `low ... high`, found by the search of Talbot, Lin and Hanrahan,
    /// "An Extension of Wilkinson's Algorithm for Positioning Tick Labels on Axes" (2010), with the added
    /// rules that ticks never lie outside of the axis and are multiples of their step. Each candidate sequence is scored by how round its
    /// step is (0.25, with a bonus for showing zero), how much of the axis it covers (0.2) and how near its
    /// density is to the wanted one (0.5). With `whole`, steps are whole numbers.
    public static func linear(low: Double, high: Double, count: Int, whole: Bool = false) -> [Double] {
        let range = high - low
        guard range > 0, range.isFinite else { return low.isFinite ? [low] : [] }
        guard range > 1e-290 else { return [low, high] }
        let target = Double(max(2, count))
        var best = (score: -2.0, start: 0.0, step: 0.0, unit: 0.0, count: 0)
        search: for skip in 1...12 {
            for (rank, digit) in nice.enumerated() {
                let roundest = 1 - Double(rank) / Double(nice.count - 1) - Double(skip) + 1
                if score(roundest, 1, 1) < best.score { break search }
                for k in 2...(8 * Int(target)) {
                    let densest = Double(k) >= target ? 2 - Double(k - 1) / (target - 1) : 1
                    if score(roundest, 1, densest) < best.score { break }
                    let smallest = range / Double(k + 1) / Double(skip) / digit
                    for power in Int(log10(smallest).rounded(.up))... {
                        let unit = digit * pow(10, Double(power))
                        let step = unit * Double(skip)
                        let span = step * Double(k - 1)
                        if span > range * 1.000001 || !step.isFinite { break }
                        if whole && (unit < 1 || unit != unit.rounded()) { continue }
                        // First ticks (in steps) from which the sequence stays on the axis.
                        let first = (low / step - 1e-6).rounded(.up), last = ((high - span) / step + 1e-6).rounded(.down)
                        guard first <= last, last - first < 1000 else { continue }
                        for start in stride(from: first, through: last, by: 1) {
                            let bottom = start * step, top = bottom + span
                            let showsZero = bottom <= 0 && top >= 0
                            let simplicity = roundest - (showsZero ? 0 : 1)
                            let missed = ((high - top) * (high - top) + (low - bottom) * (low - bottom)) / (0.04 * range * range)
                            let density = Double(k - 1) / span, wanted = (target - 1) / range
                            let value = score(
                                simplicity, 1 - 0.5 * missed, 2 - max(density / wanted, wanted / density))
                            if value > best.score { best = (value, start * Double(skip), Double(skip), unit, k) }
                        }
                    }
                }
            }
        }
        guard best.count > 0 else {
            if whole, let first = [low.rounded(.up)].first(where: { $0 <= high }) { return [first] }
            return [low, high]
        }
        return (0..<best.count).map { i in
            let value = (best.start + Double(i) * best.step) * best.unit
            return value == 0 ? 0 : value
        }
    }

    private static func score(_ simplicity: Double, _ coverage: Double, _ density: Double) -> Double {
        0.25 * simplicity + 0.2 * coverage + 0.5 * density + 0.05
    }

    /// Powers of ten within `low ... high`, every second, third … when there are more than `count`; on a
    /// short axis also 2 and 5 times these, and the linear ticks when even those are fewer than two.
    public static func logarithmic(low: Double, high: Double, count: Int) -> [Double] {
        guard low > 0, high > low, high.isFinite else { return low > 0 ? [low] : [] }
        let first = Int((log10(low) - 1e-9).rounded(.up)), last = Int((log10(high) + 1e-9).rounded(.down))
        let decades = last - first + 1
        if decades >= 3 || decades >= count {
            let stride = max(1, Int((Double(decades) / Double(max(2, count))).rounded(.up)))
            let start = Int((Double(first) / Double(stride)).rounded(.up)) * stride
            let ticks = Swift.stride(from: start, through: last, by: stride).map { pow(10, Double($0)) }
            if ticks.count > 1 { return ticks }
        }
        for digits in [[1.0, 2, 5], [1, 2, 3, 5, 7]] {
            var ticks: [Double] = []
            for power in (first - 1)...(last + 1) {
                for digit in digits {
                    let value = power < 0 ? digit / pow(10, Double(-power)) : digit * pow(10, Double(power))
                    if value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9) { ticks.append(value) }
                }
            }
            if ticks.count >= 3 && ticks.count <= max(3, count * 3 / 2) { return ticks }
        }
        return linear(low: low, high: high, count: count).filter { $0 > 0 }
    }

    /// The unlabelled ticks of a logarithmic axis: 2 … 9 times each power of ten; none on long axes.
    static func minor(low: Double, high: Double) -> [Double] {
        guard low > 0, high > low, log10(high) - log10(low) <= 10 else { return [] }
        var ticks: [Double] = []
        for power in Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up)) {
            for digit in 2...9 {
                let value = Double(digit) * pow(10, Double(power))
                if value >= low && value <= high { ticks.append(value) }
            }
        }
        return ticks
    }

    /// Texts for ticks, alike in decimals; with powers of ten when numbers are from a million up or below
    /// a thousandth throughout.
    public static func labels(_ values: [Double], scale: Scale = .linear) -> [TickLabel] {
        let largest = values.map { abs($0) }.max() ?? 0
        if largest == 0 || !largest.isFinite { return values.map { TickLabel(text: $0 == 0 ? "0" : Numbers.short($0)) } }
        if scale == .log {
            let smallest = values.min() ?? 0
            if smallest >= 0.001 && largest <= 10_000 { return values.map { TickLabel(text: Numbers.short($0)) } }
            return values.map { value in
                var exponent = Int(log10(value).rounded(.down))
                var mantissa = value / pow(10, Double(exponent))
                if mantissa > 9.9999999 { (mantissa, exponent) = (1, exponent + 1) }
                return TickLabel(text: abs(mantissa - 1) < 1e-9 ? "" : Numbers.short(mantissa), exponent: exponent)
            }
        }
        let exponent = Int((log10(largest) + 1e-9).rounded(.down))
        guard exponent >= 6 || exponent < -3 else {
            let decimals = Numbers.decimals(values)
            return values.map { TickLabel(text: Numbers.fixed($0, decimals)) }
        }
        let mantissas = values.map { exponent < -300 ? $0 * 1e300 / pow(10, Double(exponent + 300)) : $0 / pow(10, Double(exponent)) }
        let decimals = Numbers.decimals(mantissas)
        return zip(values, mantissas).map { value, mantissa in
            value == 0 ? TickLabel(text: "0") : TickLabel(text: Numbers.fixed(mantissa, decimals), exponent: exponent)
        }
    }
}
