/// A line through points, in the order given; values that are not finite are gaps.
public struct Line: Mark {
    public let x: [Double]
    public let y: [Double]
    public var name: String?
    /// By default the next of the palette.
    public var color: Color?
    public var dashed = false
    /// In points, for files.
    public var width = 1.6
    /// Also a marker at each point.
    public var markers = false

    /// A line through `(x, y)`. Throws `.empty`, or `.lengths` when there are not as many x as y.
    public init(x: [Double], y: [Double], name: String? = nil) throws(PlotError) {
        try check("line", x, y)
        self.x = x
        self.y = y
        self.name = name
    }

    /// A line over the positions `start`, `start + 1` … (1 by default, as epochs are counted).
    public init(_ y: [Double], start: Double = 1, name: String? = nil) throws(PlotError) {
        try self.init(x: y.indices.map { Double($0) + start }, y: y, name: name)
    }

    public var colorsUsed: Int { color == nil ? 1 : 0 }

    public func draw(_ context: DrawingContext) -> Drawing {
        var drawing = Drawing()
        let paint = Paint.color(color ?? .series(context.firstColor))
        let marker = markers || x.count == 1 ? Marker.series(context.firstColor) : nil
        let points = visible(x, y, context, &drawing, gaps: true)
        let stroke = Stroke(paint, width: width, dashed: dashed)
        drawing.shapes.append(.line(points, stroke))
        if let marker {
            drawing.shapes.append(.markers(points.filter(\.isFinite), marker, [paint], size: 4))
        } else {
            let alone = lonely(points)
            if !alone.isEmpty { drawing.shapes.append(.markers(alone, .circle, [paint], size: width * 2.2)) }
        }
        if let name { drawing.legend = [LegendEntry(name: name, key: .line(stroke, marker), series: context.firstColor)] }
        return drawing
    }
}

/// Points with gaps on both sides, which a line alone would not show.
private func lonely(_ points: [Point]) -> [Point] {
    var found: [Point] = []
    for (i, point) in points.enumerated() where point.isFinite {
        if (i == 0 || !points[i - 1].isFinite) && (i == points.count - 1 || !points[i + 1].isFinite) { found.append(point) }
    }
    return found
}

/// A region between two lines over the same positions, such as a mean plus and minus a deviation.
public struct Band: Mark {
    public let x: [Double]
    public let low: [Double]
    public let high: [Double]
    public var name: String?
    /// By default that of the line before it, else the next of the palette.
    public var color: Color?

    public init(x: [Double], low: [Double], high: [Double], name: String? = nil) throws(PlotError) {
        try check("band", x, low)
        try check("band", x, high)
        self.x = x
        self.low = low
        self.high = high
        self.name = name
    }

    public func draw(_ context: DrawingContext) -> Drawing {
        var drawing = Drawing()
        let fill = (color ?? .series(max(0, context.firstColor - 1))).opacity(0.25)
        let above = visible(x, high, context, &drawing, gaps: true), below = visible(x, low, context, &drawing, gaps: true)
        var start = 0
        for i in 0...above.count where i == above.count || !above[i].isFinite || !below[i].isFinite {
            if i - start > 1 { drawing.shapes.append(.area(Array(above[start..<i]) + below[start..<i].reversed(), fill)) }
            start = i + 1
        }
        if let name { drawing.legend = [LegendEntry(name: name, key: .swatch(fill), series: context.firstColor)] }
        return drawing
    }
}

/// A straight line across the whole panel, such as a chance level or a threshold.
public struct Rule: Mark {
    public enum Place: Sendable, Equatable {
        case horizontal(Double)
        case vertical(Double)
        /// From one point to another.
        case from(Point, to: Point)
    }

    public var place: Place
    public var name: String?
    public var dashed = true

    public init(_ place: Place, name: String? = nil) {
        self.place = place
        self.name = name
    }

    public func draw(_ context: DrawingContext) -> Drawing {
        var drawing = Drawing()
        let stroke = Stroke(.muted, width: 1, dashed: dashed)
        switch place {
        case .horizontal(let y):
            drawing.y.add(y)
            drawing.shapes = [.line([Point(-.infinity, y), Point(.infinity, y)], stroke)]
        case .vertical(let x):
            drawing.x.add(x)
            drawing.shapes = [.line([Point(x, -.infinity), Point(x, .infinity)], stroke)]
        case .from(let a, let b):
            let points = visible([a.x, b.x], [a.y, b.y], context, &drawing, gaps: true)
            drawing.shapes = [.line(points, stroke)]
        }
        drawing.x.whole = true
        drawing.y.whole = true
        if let name { drawing.legend = [LegendEntry(name: name, key: .line(stroke, nil), series: context.firstColor)] }
        return drawing
    }
}

/// A text at a place.
public struct Note: Mark {
    public var at: Point
    public var text: String

    public init(_ text: String, at: Point) {
        self.text = text
        self.at = at
    }

    public func draw(_ context: DrawingContext) -> Drawing {
        var drawing = Drawing()
        let points = visible([at.x], [at.y], context, &drawing)
        drawing.shapes = points.map { .text($0, text, .ink, anchor: -1) }
        return drawing
    }
}

func check(_ mark: String, _ x: [Double], _ y: [Double]) throws(PlotError) {
    guard x.count == y.count else { throw .lengths(mark, "\(x.count) x values and \(y.count) y values; each point needs both") }
    guard !x.isEmpty else { throw .empty(mark) }
}

/// The points that have a place on the panel's axes; others are dropped, or kept as gaps. Extends the
/// drawing's ranges and notes what was left out.
func visible(
    _ x: [Double], _ y: [Double], _ context: DrawingContext, _ drawing: inout Drawing, gaps: Bool = false
) -> [Point] {
    let logX = context.panel.xScale == .log, logY = context.panel.yScale == .log
    var points: [Point] = []
    points.reserveCapacity(x.count)
    var notFinite = 0, notPositive = 0
    for i in 0..<min(x.count, y.count) {
        let point = Point(x[i], y[i])
        if !point.isFinite {
            notFinite += 1
        } else if (logX && point.x <= 0) || (logY && point.y <= 0) {
            notPositive += 1
        } else {
            drawing.x.add(point.x)
            drawing.y.add(point.y)
            points.append(point)
            continue
        }
        if gaps { points.append(Point(.nan, .nan)) }
    }
    noteMissing(&drawing, notFinite, notPositive, of: x.count)
    return points
}

func noteMissing(_ drawing: inout Drawing, _ notFinite: Int, _ notPositive: Int = 0, of count: Int) {
    if notFinite > 0 { drawing.notes.append("\(notFinite) of \(count) values not finite, left out") }
    if notPositive > 0 { drawing.notes.append("\(notPositive) of \(count) values not positive, left out of the log axis") }
}
