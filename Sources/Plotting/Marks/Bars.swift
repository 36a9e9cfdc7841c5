/// A bar for each name; several such marks in a panel stand side by side.
public struct Bars: Mark {
    public let names: [String]
    public let values: [Double]
    public var name: String?
    /// By default the next of the palette.
    public var color: Color?
    /// Lying bars; renderers also lay them when the names do not fit below.
    public var horizontal = false

    /// Bars of the heights `values`. Throws `.empty`, or `.lengths` when there are not as many names.
    public init(names: [String], values: [Double], name: String? = nil) throws(PlotError) {
        guard names.count == values.count else { throw .lengths("bar", "\(names.count) names and \(values.count) values") }
        guard !names.isEmpty else { throw .empty("bar") }
        self.names = names
        self.values = values
        self.name = name
    }

    /// Bars named by their numbers, from `start`.
    public init(_ values: [Double], start: Int = 1, name: String? = nil) throws(PlotError) {
        try self.init(names: values.indices.map { "\($0 + start)" }, values: values, name: name)
    }

    public var colorsUsed: Int { color == nil ? 1 : 0 }

    public func draw(_ context: DrawingContext) throws(PlotError) -> Drawing {
        let (all, place) = context.siblings(Bars.self)
        let turned = context.turned
        let log = context.panel.yScale == .log
        var drawing = Drawing()
        let fill = color ?? .series(context.firstColor)
        var along = Extent.tight(0.5, Double(all.map(\.names.count).max() ?? names.count) + 0.5)
        along.whole = true
        var across = Extent()
        var notFinite = 0, notPositive = 0
        let group = all.count == 1 ? 0.72 : 0.84, width = group / Double(all.count)
        for (i, value) in values.enumerated() {
            guard value.isFinite else { notFinite += 1; continue }
            if log && value <= 0 { notPositive += 1; continue }
            across.add(value)
            let left = Double(i) + 1 - group / 2 + Double(place) * width
            let rect = Rect(x0: left, x1: left + width * (all.count == 1 ? 1 : 0.94), y0: log ? 0 : 0, y1: value)
            drawing.shapes.append(.bar(rect.swapped(turned), fill, turned: turned))
        }
        if !log {
            across.add(0)
            across.floor = 0
            if across.low < 0 {
                let ends = [Point(-.infinity, 0), Point(.infinity, 0)]
                drawing.shapes.append(.line(ends.map { $0.swapped(turned) }, Stroke(.ink, width: 0.8)))
            }
        }
        noteMissing(&drawing, notFinite, notPositive, of: values.count)
        // The longest list of names labels the axis.
        let labels = all.max { $0.names.count < $1.names.count }?.names ?? names
        let axis = AxisNames(positions: labels.indices.map { Double($0) + 1 }, names: labels)
        if turned {
            (drawing.x, drawing.y, drawing.yNames, drawing.yCells) = (across, along, axis, labels.count)
            drawing.yDown = true
        } else {
            (drawing.x, drawing.y, drawing.xNames, drawing.xCells) = (along, across, axis, labels.count)
        }
        if let name { drawing.legend = [LegendEntry(name: name, key: .swatch(fill), series: context.firstColor)] }
        return drawing
    }
}
