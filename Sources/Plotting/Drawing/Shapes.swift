/// A place in data coordinates.
public struct Point: Sendable, Equatable {
    public var x: Double
    public var y: Double

    public init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }

    var isFinite: Bool { x.isFinite && y.isFinite }
    func swapped(_ swap: Bool) -> Point { swap ? Point(y, x) : self }
}

/// What to draw with: the reader's own text colour, a fainter one, or a colour.
public enum Paint: Sendable, Hashable {
    case ink
    case muted
    case color(Color)
}

/// How a line looks.
public struct Stroke: Sendable, Equatable {
    public var paint: Paint
    /// In points.
    public var width: Double
    public var dashed: Bool

    public init(_ paint: Paint, width: Double = 1.6, dashed: Bool = false) {
        self.paint = paint
        self.width = width
        self.dashed = dashed
    }
}

/// The form of a point.
public enum Marker: String, Sendable, CaseIterable {
    case circle, cross, square, triangle, plus, diamond

    /// The marker of the series with that number.
    static func series(_ index: Int) -> Marker { allCases[index % allCases.count] }
}

/// A rectangle in data coordinates.
public struct Rect: Sendable, Equatable {
    public var x0, x1, y0, y1: Double

    func swapped(_ swap: Bool) -> Rect { swap ? Rect(x0: y0, x1: y1, y0: x0, y1: x1) : self }
}

/// A grid of coloured cells laid over a rectangle; row 0 is at `rect.y0`.
public struct Raster: Sendable {
    public var rows: Int
    public var columns: Int
    public var rect: Rect
    /// Row by row.
    public var colors: [Color]
    /// 0 … 1 for each cell, for readers without colours; NaN for a missing cell.
    public var shades: [Float]
    /// The class of each cell, instead of shades, where cells are classes.
    public var classes: [Int]? = nil
    /// Numbers or names written in the cells.
    public var texts: [String]? = nil
    /// Between cells colours blend.
    public var smooth = false
}

/// The five numbers of a box plot, its outliers and where it stands.
public struct BoxShape: Sendable, Equatable {
    public var position: Double
    public var width: Double
    public var lowWhisker, lowQuartile, median, highQuartile, highWhisker: Double
    public var outliers: [Double]
    public var paint: Paint
    /// The values run along x.
    public var turned: Bool
}

/// The few things that renderers can draw, in data coordinates.
public enum Shape: Sendable {
    /// Points that are not finite are gaps.
    case line([Point], Stroke)
    /// A filled outline.
    case area([Point], Color)
    case markers([Point], Marker, [Paint], size: Double)
    /// A bar, which stands on `y0` (or on `x0` when turned).
    case bar(Rect, Color, turned: Bool)
    case raster(Raster)
    case box(BoxShape)
    /// `anchor`: -1 to the right of the place, 0 centred, 1 to the left of it.
    case text(Point, String, Paint, anchor: Int)
}

/// A line of the legend.
public struct LegendEntry: Sendable, Equatable {
    public enum Key: Sendable, Equatable {
        case line(Stroke, Marker?)
        case marker(Marker, Paint)
        case swatch(Color)
    }

    public var name: String
    public var key: Key
    /// The number of the series, which tells it from others where there are no colours.
    public var series: Int
}

/// The scale beside a heat map.
public struct ColorBar: Sendable, Equatable {
    public var map: ColorMap
    public var low: Double
    public var high: Double
    public var label: String?
    public var scale = Scale.linear
    /// Colours change at these values only.
    public var bounds: [Double]? = nil
}

/// The range a mark needs on an axis.
public struct Extent: Sendable, Equatable {
    public var low = Double.infinity
    public var high = -Double.infinity
    /// The least positive value, for logarithmic axes.
    public var positive = Double.infinity
    /// All values are whole numbers.
    public var whole = true
    /// No room is wanted around the values (pictures, bars across their width).
    public var tight = false
    /// No room below this value (bars on their base line).
    public var floor: Double?

    public init() {}

    public init(_ values: some Sequence<Double>) {
        for value in values { add(value) }
    }

    public mutating func add(_ value: Double) {
        guard value.isFinite else { return }
        if value < low { low = value }
        if value > high { high = value }
        if value > 0 && value < positive { positive = value }
        if whole && value != value.rounded() { whole = false }
    }

    /// Both ends, without padding.
    static func tight(_ low: Double, _ high: Double) -> Extent {
        var extent = Extent([low, high])
        extent.tight = true
        return extent
    }

    public var isEmpty: Bool { low > high }

    public mutating func merge(_ other: Extent) {
        guard !other.isEmpty else { return }
        low = min(low, other.low)
        high = max(high, other.high)
        positive = min(positive, other.positive)
        whole = whole && other.whole
        tight = tight || other.tight
        if let theirs = other.floor { floor = min(floor ?? theirs, theirs) }
    }
}

/// Names in place of numbers on an axis.
public struct AxisNames: Sendable, Equatable {
    public var positions: [Double]
    public var names: [String]
}

/// What a mark draws.
public struct Drawing: Sendable {
    public var shapes: [Shape] = []
    public var x = Extent()
    public var y = Extent()
    public var legend: [LegendEntry] = []
    public var colorBar: ColorBar?
    public var xNames: AxisNames?
    public var yNames: AxisNames?
    /// Equal cells along the axis, which renderers with coarse positions make equally wide.
    public var xCells: Int?
    public var yCells: Int?
    /// The first row of a grid stands at the top.
    public var yDown = false
    /// Cells are squares.
    public var square = false
    /// Width by height that suits the content of files, if any.
    public var aspect: Double?
    /// Things left out, in words.
    public var notes: [String] = []
    /// Content that needs no axes.
    public var content: Content?

    /// What fills a panel without axes.
    public enum Content: Sendable {
        case pictures(ImageGrid)
        case graph(Graph)
    }

    public init() {}
}
