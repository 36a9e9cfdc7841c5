#if canImport(Glibc)
import Glibc
#endif

/// How often values fall into each of a row of equal bins. Several in a panel share their bins and are
/// drawn as outlines.
public struct Histogram: Mark {
    public let values: [Double]
    public var name: String?
    /// By default the next of the palette.
    public var color: Color?
    /// The number of bins; by default chosen from the values (`Bins`).
    public var bins: Int?
    /// Shares per unit, so that the area is 1, in place of counts.
    public var density = false

    public init(_ values: [Double], bins: Int? = nil, name: String? = nil) throws(PlotError) {
        guard !values.isEmpty else { throw .empty("hist") }
        if let bins, bins < 1 || bins > 100_000 { throw .argument("hist", "\(bins) bins; there must be 1 to 100000") }
        self.values = values
        self.bins = bins
        self.name = name
    }

    public var colorsUsed: Int { color == nil ? 1 : 0 }

    public func draw(_ context: DrawingContext) throws(PlotError) -> Drawing {
        let (all, _) = context.siblings(Histogram.self)
        let log = context.panel.xScale == .log
        var drawing = Drawing()
        let usable = { (v: Double) in v.isFinite && (!log || v > 0) }
        let shared = all.flatMap { $0.values.filter(usable) }
        let bins = try Bins(shared, count: all.compactMap(\.bins).first, log: log)
        let counts = bins.count(values.filter(usable))
        let total = Double(values.count(where: usable))
        let fill = color ?? .series(context.firstColor)
        var outline: [Point] = []
        let logY = context.panel.yScale == .log
        for (i, count) in counts.enumerated() {
            let low = bins.edges[i], high = bins.edges[i + 1]
            let height = density ? (total > 0 ? count / total / (high - low) : 0) : count
            if height > 0 || !logY { drawing.y.add(height) }
            outline += [Point(low, height), Point(high, height)]
            if all.count == 1 && height > 0 {
                drawing.shapes.append(.bar(Rect(x0: low, x1: high, y0: 0, y1: height), fill, turned: false))
            }
        }
        if all.count > 1 {
            let base = logY ? Double.leastNormalMagnitude : 0
            let closed = [Point(bins.edges[0], base)] + outline.map { Point($0.x, max($0.y, base)) } + [Point(bins.edges[counts.count], base)]
            // No line where there is nothing.
            var line = closed
            for i in line.indices.dropFirst().dropLast() where closed[i - 1].y <= base && closed[i].y <= base && closed[i + 1].y <= base {
                line[i] = Point(.nan, .nan)
            }
            drawing.shapes = [.area(closed, fill.opacity(0.22)), .line(line, Stroke(.color(fill), width: 1.4))]
        }
        drawing.x = .tight(bins.edges[0], bins.edges[counts.count])
        drawing.x.whole = false
        drawing.xCells = log ? nil : counts.count
        if logY {
            // Room below a single value.
            if let least = counts.filter({ $0 > 0 }).min(), !density { drawing.y.add(least * 0.6) }
        } else {
            drawing.y.add(0)
            drawing.y.floor = 0
        }
        drawing.y.whole = !density
        noteMissing(
            &drawing, values.count { !$0.isFinite }, values.count { $0.isFinite && !usable($0) }, of: values.count)
        if let name {
            let key = all.count > 1 ? LegendEntry.Key.line(Stroke(.color(fill), width: 1.4), nil) : .swatch(fill)
            drawing.legend = [LegendEntry(name: name, key: key, series: context.firstColor)]
        }
        return drawing
    }
}

/// The edges of bins over a set of values.
public struct Bins: Sendable, Equatable {
    /// One more than there are bins.
    public var edges: [Double]

    /// Equal bins from the least to the largest value. Their number is, unless given, the larger of those
    /// of Sturges (1926) and of Freedman and Diaconis (1981), at most 80; whole numbers over a short range
    /// get a bin each. On a log axis bins are equal in the logarithm. Throws `.nothingToDraw` for no values.
    public init(_ values: [Double], count: Int? = nil, log logarithmic: Bool = false) throws(PlotError) {
        let extent = Extent(values)
        guard !extent.isEmpty else { throw .nothingToDraw("hist: there is no finite value to count") }
        var low = extent.low, high = extent.high
        guard (high - low).isFinite else { throw .tooWide("x", low: low, high: high) }
        if logarithmic {
            if high <= low { (low, high) = (low / 2, high * 2) }
            let n = count ?? Bins.suggested(values.map { log10($0) })
            let ratio = log(high / low)
            edges = (0...n).map { low * exp(ratio * Double($0) / Double(n)) }
            edges[n] = high
            return
        }
        if count == nil && extent.whole && high - low <= 60 && abs(low) < 1e9 {
            edges = stride(from: low - 0.5, through: high + 0.5, by: 1).map { $0 }
            return
        }
        if high - low <= max(abs(low), abs(high)) * 1e-12 {
            let room = max(0.5, abs(low) * 1e-3)
            (low, high) = (low - room, high + room)
        }
        let n = count ?? Bins.suggested(values)
        edges = (0...n).map { low + (high - low) * Double($0) / Double(n) }
        edges[n] = high
    }

    private static func suggested(_ values: [Double]) -> Int {
        let sorted = values.sorted()
        let sturges = log2(Double(sorted.count)).rounded(.up) + 1
        let spread = quantile(sorted, 0.75) - quantile(sorted, 0.25)
        let width = 2 * spread / cbrt(Double(sorted.count))
        let freedman = width > 0 ? ((sorted[sorted.count - 1] - sorted[0]) / width).rounded(.up) : 0
        return Int(max(1, min(80, max(sturges, freedman))))
    }

    /// How many values fall into each bin; the last bin holds its upper edge too.
    public func count(_ values: [Double]) -> [Double] {
        var counts = Array(repeating: 0.0, count: edges.count - 1)
        for value in values where value >= edges[0] && value <= edges[edges.count - 1] {
            var low = 0, high = edges.count - 1
            while high - low > 1 {
                let middle = (low + high) / 2
                if value >= edges[middle] { low = middle } else { high = middle }
            }
            counts[low] += 1
        }
        return counts
    }
}

/// The value below which that share of sorted values lies, interpolated linearly as NumPy does.
func quantile(_ sorted: [Double], _ share: Double) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = Int(place), above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
}
