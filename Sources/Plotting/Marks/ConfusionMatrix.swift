/// How often each class was taken for each other: true classes down, predicted ones across.
public struct ConfusionMatrix: Mark {
    public let counts: Grid
    /// The names of the classes, in order.
    public let names: [String]
    /// Shares of each true class in per cent, in place of counts.
    public var normalized = false

    /// Throws `.lengths` when the counts are not square or there are not as many names as classes.
    public init(_ counts: Grid, names: [String]? = nil, base: Int = 1) throws(PlotError) {
        guard counts.rows == counts.columns else {
            throw .lengths("confusion", "\(counts.rows) rows and \(counts.columns) columns; a confusion matrix is square")
        }
        let names = names ?? (0..<counts.rows).map { "\($0 + base)" }
        guard names.count == counts.rows else {
            throw .lengths("confusion", "\(names.count) names for \(counts.rows) classes")
        }
        self.counts = counts
        self.names = names
    }

    public func draw(_ context: DrawingContext) throws(PlotError) -> Drawing {
        let n = counts.rows
        var texts: [String] = [], shades: [Float] = []
        for row in 0..<n {
            let sum = (0..<n).reduce(0.0) { $0 + counts[row, $1] }
            for column in 0..<n {
                // Shaded by the share of the row: rare classes show their mistakes too.
                let value = counts[row, column], share = sum > 0 ? value / sum : 0
                shades.append(Float(max(0, min(1, share))))
                texts.append(normalized ? Numbers.fixed(100 * share, share > 0 && share < 0.1 ? 1 : 0) : Numbers.short(value, digits: 6))
            }
        }
        var drawing = Drawing()
        let rect = Rect(x0: 0.5, x1: Double(n) + 0.5, y0: 0.5, y1: Double(n) + 0.5)
        var raster = Raster(
            rows: n, columns: n, rect: rect,
            colors: shades.map { ColorMap.blues.color(Double($0).squareRoot() * 0.92) }, shades: shades)
        raster.texts = texts
        drawing.shapes = [.raster(raster)]
        drawing.x = .tight(rect.x0, rect.x1)
        drawing.y = .tight(rect.y0, rect.y1)
        (drawing.xCells, drawing.yCells, drawing.yDown, drawing.square) = (n, n, true, true)
        let axis = AxisNames(positions: (1...n).map(Double.init), names: names)
        (drawing.xNames, drawing.yNames) = (axis, axis)
        noteMissing(&drawing, counts.values.count { !$0.isFinite }, of: counts.values.count)
        return drawing
    }
}
