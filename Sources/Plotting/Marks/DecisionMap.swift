/// The class a model gives each place of the plane, as pale regions, with the points it learnt from.
public struct DecisionMap: Mark {
    public let rows: Int
    public let columns: Int
    /// The class of each place, row by row, row 0 at the low end of y; -1 for none.
    public let classes: [Int]
    public let x: Limits
    public let y: Limits
    /// Drawn over the regions.
    public var points: [Point] = []
    public var pointClasses: [Int] = []
    public var names: [String] = []
    /// Classes without names are counted from this number.
    public var base = 1

    /// Throws `.lengths` unless there are `rows * columns` classes, `.limits` for ends that make no range.
    public init(rows: Int, columns: Int, classes: [Int], x: Limits, y: Limits) throws(PlotError) {
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard rows >= 0, columns >= 0, !overflow, count == classes.count else {
            throw .lengths("decision_boundary", "\(classes.count) classes for \(rows) rows × \(columns) columns")
        }
        guard count > 0 else { throw .empty("decision_boundary") }
        try ends(x, "x")
        try ends(y, "y")
        self.rows = rows
        self.columns = columns
        self.classes = classes
        self.x = x
        self.y = y
    }

    /// The same with points `(x, y)` and their classes. Throws `.lengths` when these differ in number.
    public func with(x: [Double], y: [Double], classes: [Int], names: [String] = []) throws(PlotError) -> DecisionMap {
        guard x.count == y.count, x.count == classes.count else {
            throw .lengths("decision_boundary", "\(x.count) x values, \(y.count) y values and \(classes.count) classes")
        }
        var copy = self
        copy.points = zip(x, y).map { Point($0, $1) }
        copy.pointClasses = classes
        copy.names = names
        return copy
    }

    public func draw(_ context: DrawingContext) throws(PlotError) -> Drawing {
        guard context.panel.xScale == .linear, context.panel.yScale == .linear else {
            throw .argument("decision_boundary", "the axes must be linear")
        }
        let rect = Rect(x0: x.low ?? 0, x1: x.high ?? 1, y0: y.low ?? 0, y1: y.high ?? 1)
        let white = Color(hex: 0xFFFFFF)
        var drawing = Drawing()
        var raster = Raster(
            rows: rows, columns: columns, rect: rect,
            colors: classes.map { $0 < 0 ? white : Color.series($0).mixed(with: white, 0.68) },
            shades: Array(repeating: .nan, count: classes.count))
        raster.classes = classes
        drawing.shapes.append(.raster(raster))
        let inside = { (p: Point) in p.isFinite && p.x >= rect.x0 && p.x <= rect.x1 && p.y >= rect.y0 && p.y <= rect.y1 }
        for c in Set(pointClasses + classes.filter { $0 >= 0 }).sorted() {
            let color = Color.series(max(0, c)), marker = Marker.series(max(0, c))
            let members = zip(points, pointClasses).filter { $1 == c && inside($0) }.map { $0.0 }
            if !members.isEmpty { drawing.shapes.append(.markers(members, marker, [.color(color)], size: members.count > 300 ? 3 : 4.5)) }
            let name = c >= 0 && c < names.count ? names[c] : "\(c + base)"
            let key: LegendEntry.Key = pointClasses.isEmpty ? .swatch(color.mixed(with: white, 0.5)) : .marker(marker, .color(color))
            drawing.legend.append(LegendEntry(name: name, key: key, series: max(0, c)))
        }
        let outside = points.count { !inside($0) }
        if outside > 0 { drawing.notes.append("\(outside) of \(points.count) points outside of the panel") }
        drawing.x = .tight(rect.x0, rect.x1)
        drawing.y = .tight(rect.y0, rect.y1)
        drawing.x.whole = false
        drawing.y.whole = false
        return drawing
    }
}
