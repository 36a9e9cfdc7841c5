/// A box for each group of values: median, quartiles, whiskers to the last value within one and a half
/// box lengths, outliers beyond (Tukey, "Exploratory Data Analysis", 1977).
public struct Boxes: Mark {
    public let groups: [[Double]]
    public let names: [String]
    public var color: Color?
    /// Lying boxes; renderers also lay them when the names do not fit below.
    public var horizontal = false

    /// Throws `.empty` without groups, `.lengths` when there are not as many names.
    public init(_ groups: [[Double]], names: [String]? = nil, start: Int = 1) throws(PlotError) {
        guard !groups.isEmpty else { throw .empty("box") }
        let names = names ?? groups.indices.map { "\($0 + start)" }
        guard names.count == groups.count else { throw .lengths("box", "\(names.count) names for \(groups.count) groups") }
        self.groups = groups
        self.names = names
    }

    public var colorsUsed: Int { color == nil ? 1 : 0 }

    public func draw(_ context: DrawingContext) throws(PlotError) -> Drawing {
        let log = context.panel.yScale == .log
        let paint = Paint.color(color ?? .series(context.firstColor))
        var drawing = Drawing()
        var across = Extent()
        var missing = 0, total = 0
        for (i, group) in groups.enumerated() {
            let sorted = group.filter { $0.isFinite && (!log || $0 > 0) }.sorted()
            missing += group.count - sorted.count
            total += group.count
            guard let first = sorted.first, let last = sorted.last else { continue }
            let q1 = quantile(sorted, 0.25), q3 = quantile(sorted, 0.75), reach = 1.5 * (q3 - q1)
            across.add(first)
            across.add(last)
            drawing.shapes.append(
                .box(
                    BoxShape(
                        position: Double(i) + 1, width: 0.5,
                        lowWhisker: sorted.first { $0 >= q1 - reach } ?? q1, lowQuartile: q1,
                        median: quantile(sorted, 0.5), highQuartile: q3,
                        highWhisker: sorted.last { $0 <= q3 + reach } ?? q3,
                        outliers: sorted.filter { $0 < q1 - reach || $0 > q3 + reach }, paint: paint, turned: context.turned)))
        }
        across.whole = false
        noteMissing(&drawing, missing, of: total)
        let along = Extent.tight(0.5, Double(groups.count) + 0.5)
        let axis = AxisNames(positions: names.indices.map { Double($0) + 1 }, names: names)
        if context.turned {
            (drawing.x, drawing.y, drawing.yNames, drawing.yCells, drawing.yDown) = (across, along, axis, groups.count, true)
        } else {
            (drawing.x, drawing.y, drawing.xNames, drawing.xCells) = (along, across, axis, groups.count)
        }
        return drawing
    }
}
