#if canImport(Glibc)
import Glibc
#endif

/// Numbers in rows and columns, row by row.
public struct Grid: Sendable, Equatable {
    public let rows: Int
    public let columns: Int
    public let values: [Double]

    /// Throws `.lengths` unless there are `rows * columns` values, `.empty` when that is none.
    public init(rows: Int, columns: Int, values: [Double]) throws(PlotError) {
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard rows >= 0, columns >= 0, !overflow, values.count == count else {
            throw .lengths("grid", "\(values.count) values for \(rows) rows × \(columns) columns")
        }
        guard count > 0 else { throw .empty("grid") }
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    subscript(row: Int, column: Int) -> Double { values[row * columns + column] }
}

/// A colour for each number of a grid, with a scale beside it; row 0 stands at the top.
public struct HeatMap: Mark {
    public let grid: Grid
    public var map = ColorMap.viridis
    /// The numbers that get the first and last colours; by default the least and the largest.
    public var limits = Limits()
    public var scale = Scale.linear
    public var rowNames: [String]?
    public var columnNames: [String]?
    /// Numbers are written in the cells.
    public var numbers = false
    /// The legend of the colours.
    public var label: String?
    /// Axes count rows and columns from this number.
    public var base = 1

    public init(_ grid: Grid) {
        self.grid = grid
    }

    public func draw(_ context: DrawingContext) throws(PlotError) -> Drawing {
        let logarithmic = scale == .log
        let extent = Extent(logarithmic ? grid.values.filter { $0 > 0 } : grid.values)
        var low = limits.low ?? extent.low, high = limits.high ?? extent.high
        if extent.isEmpty { (low, high) = (logarithmic ? 1 : 0, logarithmic ? 10 : 1) }
        guard low.isFinite, high.isFinite, low <= high, !logarithmic || low > 0 else { throw .limits("heatmap", low: low, high: high) }
        guard (high - low).isFinite else { throw .tooWide("colour", low: low, high: high) }
        let range = logarithmic ? log(high / low) : high - low
        let shades = grid.values.map { value -> Float in
            guard value.isFinite, !logarithmic || value > 0 else { return .nan }
            if range <= 0 { return 0.5 }
            return Float(max(0, min(1, (logarithmic ? log(value / low) : value - low) / range)))
        }
        var drawing = Drawing()
        let first = Double(base) - 0.5
        let rect = Rect(x0: first, x1: first + Double(grid.columns), y0: first, y1: first + Double(grid.rows))
        var raster = Raster(
            rows: grid.rows, columns: grid.columns, rect: rect,
            colors: shades.map { $0.isNaN ? Color(hex: 0xDDDDDD) : map.color(Double($0)) }, shades: shades)
        if numbers { raster.texts = Numbers.alike(grid.values) }
        drawing.shapes = [.raster(raster)]
        drawing.x = .tight(rect.x0, rect.x1)
        drawing.y = .tight(rect.y0, rect.y1)
        drawing.x.whole = true
        drawing.y.whole = true
        (drawing.xCells, drawing.yCells) = (grid.columns, grid.rows)
        drawing.yDown = true
        drawing.xNames = columnNames.map { AxisNames(positions: $0.indices.map { Double($0 + base) }, names: $0) }
        drawing.yNames = rowNames.map { AxisNames(positions: $0.indices.map { Double($0 + base) }, names: $0) }
        if high > low { drawing.colorBar = ColorBar(map: map, low: low, high: high, label: label, scale: scale) }
        noteMissing(&drawing, grid.values.count { !$0.isFinite }, of: grid.values.count)
        return drawing
    }
}
