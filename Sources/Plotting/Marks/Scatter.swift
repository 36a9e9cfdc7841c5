/// Points, in one colour or coloured by a value.
public struct Scatter: Mark {
    public let x: [Double]
    public let y: [Double]
    public var name: String?
    /// By default the next of the palette.
    public var color: Color?
    /// By default that of the series.
    public var marker: Marker?
    /// Diameter in points, for files; by default smaller the more points there are.
    public var size: Double?
    /// A number for each point, shown as its colour with a scale beside the panel.
    public let values: [Double]?
    public var map = ColorMap.viridis

    /// Points `(x, y)`. Throws `.empty`, or `.lengths` when the arrays' lengths differ.
    public init(x: [Double], y: [Double], values: [Double]? = nil, name: String? = nil) throws(PlotError) {
        try check("scatter", x, y)
        if let values, values.count != x.count {
            throw .lengths("scatter", "\(values.count) values to colour \(x.count) points")
        }
        self.x = x
        self.y = y
        self.values = values
        self.name = name
    }

    /// A series of points for each class (0 …), in the order of the classes. `names[c]`, or the number
    /// counted from `base`, is what the legend calls it.
    public static func byClass(
        x: [Double], y: [Double], classes: [Int], names: [String] = [], base: Int = 0
    ) throws(PlotError) -> [Scatter] {
        try check("scatter", x, y)
        guard classes.count == x.count else { throw .lengths("scatter", "\(classes.count) classes for \(x.count) points") }
        var members: [Int: [Int]] = [:]
        for (i, c) in classes.enumerated() { members[c, default: []].append(i) }
        var series: [Scatter] = []
        for (c, rows) in members.sorted(by: { $0.key < $1.key }) {
            var scatter = try Scatter(
                x: rows.map { x[$0] }, y: rows.map { y[$0] }, name: c >= 0 && c < names.count ? names[c] : "\(c + base)")
            scatter.color = .series(max(0, c))
            scatter.marker = .series(max(0, c))
            series.append(scatter)
        }
        return series
    }

    public var colorsUsed: Int { color == nil && values == nil ? 1 : 0 }

    public func draw(_ context: DrawingContext) -> Drawing {
        var drawing = Drawing()
        let marker = marker ?? .series(context.firstColor)
        let size = size ?? (x.count > 5000 ? 2 : x.count > 500 ? 3 : 4.5)
        let points = visible(x, y, context, &drawing, gaps: true)
        var paints = [Paint.color(color ?? .series(context.firstColor))]
        if let values {
            let extent = Extent(values)
            let low = extent.isEmpty ? 0 : extent.low, range = extent.isEmpty || extent.high <= low ? 1 : extent.high - low
            paints = zip(points, values).filter { point, _ in point.isFinite }.map { .color(map.color(($1 - low) / range)) }
            drawing.colorBar = ColorBar(map: map, low: low, high: low + range, label: name)
        } else if let name {
            drawing.legend = [LegendEntry(name: name, key: .marker(marker, paints[0]), series: context.firstColor)]
        }
        drawing.shapes = [.markers(points.filter(\.isFinite), marker, paints, size: size)]
        return drawing
    }
}
