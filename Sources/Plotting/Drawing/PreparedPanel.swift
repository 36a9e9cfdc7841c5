#if canImport(Glibc)
import Glibc
#endif

/// One axis with its ends settled.
struct Axis: Sendable {
    var scale: Scale
    var low: Double
    var high: Double
    var whole = false
    var names: AxisNames?
    /// The low end is at the top or right.
    var reversed = false
    var label: String?

    /// The place of a value along the axis, 0 at its start to 1 at its end; NaN where a value has none.
    func position(_ value: Double) -> Double {
        var t: Double
        switch scale {
        case .linear: t = (value - low) / (high - low)
        case .log: t = value > 0 ? (log(value) - log(low)) / (log(high) - log(low)) : .nan
        }
        if reversed { t = 1 - t }
        return t
    }

    func ticks(_ count: Int) -> [Tick] {
        if let names {
            return zip(names.positions, names.names).map { Tick(value: $0, label: TickLabel(text: $1)) }
        }
        let values =
            scale == .log
            ? Ticks.logarithmic(low: low, high: high, count: count)
            : Ticks.linear(low: low, high: high, count: count, whole: whole)
        return zip(values, Ticks.labels(values, scale: scale)).map { Tick(value: $0, label: $1) }
    }

    var minorTicks: [Double] { scale == .log && names == nil ? Ticks.minor(low: low, high: high) : [] }
}

/// A panel ready for a renderer: shapes, axes and legend are settled, only places on the page are not.
struct PreparedPanel: Sendable {
    var title: String?
    var shapes: [Shape] = []
    var x = Axis(scale: .linear, low: 0, high: 1)
    var y = Axis(scale: .linear, low: 0, high: 1)
    var legend: [LegendEntry] = []
    var legendPlace = Legend.automatic
    var colorBar: ColorBar?
    var xCells: Int?
    var yCells: Int?
    var square = false
    /// Width by height that suits the content of files, if any.
    var aspect: Double?
    var grid = true
    var equalUnits = false
    var notes: [String] = []
    var content: Drawing.Content?
    var isEmpty = false
    var turned = false
    /// Bars or boxes with names, which may lie on their sides.
    var canTurn = false

    /// Draws all marks and settles the axes. `turned` lays bars and boxes on their sides.
    init(_ panel: Panel, turned: Bool = false) throws(PlotError) {
        title = panel.title
        legendPlace = panel.legend
        grid = panel.grid
        equalUnits = panel.equalUnits
        guard !panel.marks.isEmpty else {
            isEmpty = true
            return
        }
        var xExtent = Extent(), yExtent = Extent()
        var color = 0
        var yDown = false
        self.turned = turned
        for (index, mark) in panel.marks.enumerated() {
            let drawing = try mark.draw(
                DrawingContext(panel: panel, index: index, firstColor: color, turned: turned))
            color += mark.colorsUsed
            canTurn = canTurn || mark is Bars || mark is Boxes
            shapes += drawing.shapes
            xExtent.merge(drawing.x)
            yExtent.merge(drawing.y)
            legend += drawing.legend
            colorBar = colorBar ?? drawing.colorBar
            x.names = x.names ?? drawing.xNames
            y.names = y.names ?? drawing.yNames
            xCells = xCells ?? drawing.xCells
            yCells = yCells ?? drawing.yCells
            yDown = yDown || drawing.yDown
            square = square || drawing.square
            aspect = aspect ?? drawing.aspect
            for note in drawing.notes where !notes.contains(note) { notes.append(note) }
            if let more = drawing.content {
                guard panel.marks.count == 1 else {
                    throw .argument("panel", "pictures and graphs fill a panel of their own; other marks cannot share it")
                }
                content = more
                return
            }
        }
        // A single unnamed-among-others entry says nothing the title does not.
        if panel.legend == .hidden || (panel.legend == .automatic && legend.count < 2 && panel.marks.count < 2) { legend = [] }
        let swap = turned && canTurn
        let xLimits = swap ? panel.yLimits : panel.xLimits, yLimits = swap ? panel.xLimits : panel.yLimits
        x.scale = swap ? panel.yScale : panel.xScale
        y.scale = swap ? panel.xScale : panel.yScale
        x.label = swap ? panel.yLabel : panel.xLabel
        y.label = swap ? panel.xLabel : panel.yLabel
        let what = panel.title.map { "\"\($0)\": " } ?? ""
        // Positive values that come near zero are shown from zero.
        if y.scale == .linear && !yExtent.tight && yExtent.low > 0 && yExtent.low < 0.15 * yExtent.high {
            yExtent.add(0)
            yExtent.floor = 0
        }
        if (xExtent.isEmpty || yExtent.isEmpty) && notes.contains(where: { $0.contains("not positive") }) {
            throw .nothingToDraw("\(what)no value is positive, which a logarithmic axis needs")
        }
        try settle(&x, xExtent, xLimits, "x", what)
        try settle(&y, yExtent, yLimits, "y", what)
        y.reversed = yDown
    }
}

/// Settles the ends of an axis: limits given, else the values with a twentieth of room on each side.
private func settle(
    _ axis: inout Axis, _ extent: Extent, _ limits: Limits, _ name: String, _ what: String
) throws(PlotError) {
    axis.whole = extent.whole && extent.high - extent.low >= 1
    for end in [limits.low, limits.high] {
        if let end, !end.isFinite { throw .limits(name, low: limits.low ?? .nan, high: limits.high ?? .nan) }
        if let end, end <= 0, axis.scale == .log {
            throw .argument("\(name) limits", "\(Numbers.short(end)) is not on a logarithmic axis, which begins above 0")
        }
    }
    if let low = limits.low, let high = limits.high {
        guard low < high else { throw .limits(name, low: low, high: high) }
        (axis.low, axis.high) = (low, high)
    } else {
        if extent.isEmpty { throw .nothingToDraw("\(what)there is no finite value to draw along \(name)") }
        var low = extent.low, high = extent.high
        if axis.scale == .log {
            guard extent.positive.isFinite else {
                throw .nothingToDraw("\(what)no value along \(name) is positive, which a logarithmic axis needs")
            }
            low = extent.positive
            let room = high / low > 1.0001 ? (extent.tight ? 1 : exp(0.04 * (log(high) - log(low)))) : 2
            low = max(low / room, Double.leastNormalMagnitude)
            high = min(high * room, Double.greatestFiniteMagnitude)
        } else {
            guard (high - low).isFinite else { throw .tooWide(name, low: low, high: high) }
            let magnitude = max(abs(low), abs(high))
            if high - low <= magnitude * 1e-12 {
                // Identical values, or as good as: a window around them.
                let room = magnitude == 0 ? 1 : max(magnitude * 0.1, Double.leastNormalMagnitude)
                let onFloor = extent.floor == low && low == 0
                (low, high) = (onFloor ? low : low - room, high + room)
            } else if !extent.tight {
                let room = (high - low) * 0.045
                if extent.floor != low { low -= room }
                if extent.floor != high { high += room }
            }
        }
        low = limits.low ?? low
        high = limits.high ?? high
        if limits.low != nil && high <= low { high = axis.scale == .log ? low * 10 : low + max(1, abs(low)) }
        if limits.high != nil && low >= high { low = axis.scale == .log ? high / 10 : high - max(1, abs(high)) }
        (axis.low, axis.high) = (low, high)
    }
    guard (axis.high - axis.low).isFinite else { throw .tooWide(name, low: axis.low, high: axis.high) }
}
