/// A picture made of one or more panels, to be shown as text (`text(on:)`) or saved (`save(to:)`).
///
///     var figure = Figure(title: "Training")
///     figure[0, 0].marks = [try Line(losses, name: "loss")]
///     print(try figure.text(on: Terminal(width: 100)))
///     try figure.save(to: "loss.pdf")
public struct Figure: Sendable {
    public let rows: Int
    public let columns: Int
    /// Above all panels.
    public var title: String?
    /// Row by row; always `rows * columns` of them.
    public internal(set) var panels: [Panel]
    /// Width and height of the whole in points (1/72 inch) for files; by default what the panels like.
    public var size: Size?

    /// A figure of empty panels. At least one row and one column; throws `.argument` else.
    public init(rows: Int, columns: Int, title: String? = nil) throws(PlotError) {
        guard rows > 0, columns > 0, rows <= 1000, columns <= 1000, rows * columns <= 1000 else {
            throw .argument("figure", "\(rows) rows × \(columns) columns: there must be at least one of each and at most 1000 panels")
        }
        self.rows = rows
        self.columns = columns
        self.title = title
        panels = Array(repeating: Panel(), count: rows * columns)
    }

    /// A figure of one panel.
    public init(_ panel: Panel = Panel(), title: String? = nil) {
        rows = 1
        columns = 1
        self.title = title
        panels = [panel]
    }

    /// The panel at that place, counted from 0. Reading outside gives an empty panel; writing there does nothing.
    public subscript(row: Int, column: Int) -> Panel {
        get { holds(row, column) ? panels[row * columns + column] : Panel() }
        set { if holds(row, column) { panels[row * columns + column] = newValue } }
    }

    private func holds(_ row: Int, _ column: Int) -> Bool {
        row >= 0 && row < rows && column >= 0 && column < columns
    }
}

/// Width and height in points.
public struct Size: Sendable, Equatable {
    public var width: Double
    public var height: Double

    public init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }
}

/// One pair of axes with what is drawn in it.
public struct Panel: Sendable {
    public var title: String?
    public var xLabel: String?
    public var yLabel: String?
    public var xScale = Scale.linear
    public var yScale = Scale.linear
    /// The ends of the axes; an end that is nil follows the values.
    public var xLimits = Limits()
    public var yLimits = Limits()
    public var legend = Legend.automatic
    /// Faint lines at the ticks, in files.
    public var grid = true
    /// One unit is as long on both axes, in files.
    public var equalUnits = false
    /// Drawn in order, later ones on top.
    public var marks: [any Mark]

    public init(_ marks: [any Mark] = [], title: String? = nil, xLabel: String? = nil, yLabel: String? = nil) {
        self.marks = marks
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
    }
}

/// The ends of an axis; nil where the values decide.
public struct Limits: Sendable, Equatable {
    public var low: Double?
    public var high: Double?

    public init(_ low: Double? = nil, _ high: Double? = nil) {
        self.low = low
        self.high = high
    }
}

/// Whether and where a legend stands.
public enum Legend: String, Sendable, Equatable {
    /// Shown when two or more marks, or one among others, have names; in files in the emptiest corner.
    case automatic
    case hidden
    case topLeft, topRight, bottomLeft, bottomRight
    /// Beside the axes.
    case outside
}

/// Something that can be drawn in a panel: a line, bars, a heat map.
///
/// A kind of plot is one type with one function, `draw`, which says in data coordinates what is to be
/// seen; every renderer draws these shapes.
public protocol Mark: Sendable {
    /// What the legend calls it.
    var name: String? { get }
    /// How many colours of the palette it uses up.
    var colorsUsed: Int { get }
    /// The shapes of this mark, the ranges it needs and its legend.
    func draw(_ context: DrawingContext) throws(PlotError) -> Drawing
}

extension Mark {
    public var name: String? { nil }
    public var colorsUsed: Int { 0 }
}

/// What a mark may need to know of where it is drawn.
public struct DrawingContext: Sendable {
    public let panel: Panel
    /// Its number among the panel's marks.
    public let index: Int
    /// The number of its first colour in the palette.
    public let firstColor: Int
    /// Bars and boxes lie on their sides: the renderer found no room for the names below them.
    public let turned: Bool

    /// The marks of the same kind in this panel, and the number of this one among them.
    func siblings<M: Mark>(_: M.Type) -> (all: [M], index: Int) {
        var all: [M] = []
        var place = 0
        for (i, mark) in panel.marks.enumerated() {
            guard let same = mark as? M else { continue }
            if i == index { place = all.count }
            all.append(same)
        }
        return (all, place)
    }
}
