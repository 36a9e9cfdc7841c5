/// Lines of equal value over a grid of a function of x and y; row 0 of the grid is at the low end of y.
public struct Contour: Mark {
    public let grid: Grid
    public let x: Limits
    public let y: Limits
    /// The values of the lines; by default about eight round ones.
    public var levels: [Double]?
    public var map = ColorMap.viridis
    /// Colours between the lines.
    public var filled = true
    public var label: String?

    /// The grid's first and last columns lie at the ends of `x`, its first and last rows at those of `y`.
    /// Throws `.limits` for ends that make no range, `.argument` for less than 2 × 2 values.
    public init(_ grid: Grid, x: Limits = Limits(0, 1), y: Limits = Limits(0, 1)) throws(PlotError) {
        guard grid.rows > 1, grid.columns > 1 else {
            throw .argument("contour", "\(grid.rows) × \(grid.columns) values; lines need at least 2 × 2")
        }
        try ends(x, "x")
        try ends(y, "y")
        self.grid = grid
        self.x = x
        self.y = y
    }

    public func draw(_ context: DrawingContext) throws(PlotError) -> Drawing {
        let extent = Extent(grid.values)
        guard !extent.isEmpty else { throw .nothingToDraw("contour: there is no finite value") }
        guard (extent.high - extent.low).isFinite else { throw .tooWide("contour", low: extent.low, high: extent.high) }
        guard context.panel.xScale == .linear, context.panel.yScale == .linear else {
            throw .argument("contour", "the axes must be linear")
        }
        let (x0, x1, y0, y1) = (x.low ?? 0, x.high ?? 1, y.low ?? 0, y.high ?? 1)
        let levels = (levels ?? Ticks.linear(low: extent.low, high: extent.high, count: 9)).filter(\.isFinite).sorted()
        let range = extent.high > extent.low ? extent.high - extent.low : 1
        func shade(_ level: Double) -> Double { max(0, min(1, (level - extent.low) / range)) }
        // The bounds of the bands of colour, and the shade in the middle of each.
        let bounds = [extent.low] + levels.filter { $0 > extent.low && $0 < extent.high } + [extent.high]
        var drawing = Drawing()
        if filled { drawing.shapes.append(.raster(bands(bounds, shade, Rect(x0: x0, x1: x1, y0: y0, y1: y1)))) }
        for level in levels {
            let paint = Paint.color(filled ? Color(hex: 0xFFFFFF).opacity(0.75) : map.color(shade(level) * 0.92))
            for line in contourLines(grid, level) {
                let points = line.map {
                    Point(
                        x0 + (x1 - x0) * $0.x / Double(grid.columns - 1), y0 + (y1 - y0) * $0.y / Double(grid.rows - 1))
                }
                drawing.shapes.append(.line(points, Stroke(paint, width: filled ? 0.7 : 1.3)))
            }
        }
        drawing.x = .tight(x0, x1)
        drawing.y = .tight(y0, y1)
        drawing.aspect = 1.08
        drawing.x.whole = false
        drawing.y.whole = false
        if extent.high > extent.low {
            drawing.colorBar = ColorBar(map: map, low: extent.low, high: extent.high, label: label, bounds: filled ? bounds : nil)
        }
        noteMissing(&drawing, grid.values.count { !$0.isFinite }, of: grid.values.count)
        return drawing
    }

    /// The grid drawn finer, in one colour per band between levels.
    private func bands(_ bounds: [Double], _ shade: (Double) -> Double, _ rect: Rect) -> Raster {
        let rows = max(2, min(grid.rows * 8, max(grid.rows, 320))), columns = max(2, min(grid.columns * 8, max(grid.columns, 320)))
        let inner = bounds.dropFirst().dropLast()
        var colors: [Color] = [], shades: [Float] = []
        colors.reserveCapacity(rows * columns)
        shades.reserveCapacity(rows * columns)
        let middles = zip(bounds, bounds.dropFirst()).map { shade(($0 + $1) / 2) }
        let bandColors = middles.map(map.color)
        for row in 0..<rows {
            let v = (Double(row) + 0.5) / Double(rows) * Double(grid.rows - 1)
            for column in 0..<columns {
                let value = grid.interpolated(v, (Double(column) + 0.5) / Double(columns) * Double(grid.columns - 1))
                guard value.isFinite, !middles.isEmpty else {
                    colors.append(Color(hex: 0xDDDDDD))
                    shades.append(.nan)
                    continue
                }
                let band = min(inner.count { $0 <= value }, middles.count - 1)
                colors.append(bandColors[band])
                shades.append(Float(middles[band]))
            }
        }
        return Raster(rows: rows, columns: columns, rect: rect, colors: colors, shades: shades)
    }
}

func ends(_ limits: Limits, _ name: String) throws(PlotError) {
    let low = limits.low ?? 0, high = limits.high ?? 1
    guard low.isFinite, high.isFinite, low < high, (high - low).isFinite else { throw .limits(name, low: low, high: high) }
}

extension Grid {
    /// The value between four neighbours.
    func interpolated(_ row: Double, _ column: Double) -> Double {
        let r = max(0, min(Int(row), rows - 2)), c = max(0, min(Int(column), columns - 2))
        let v = row - Double(r), u = column - Double(c)
        let below = self[r, c] * (1 - u) + self[r, c + 1] * u
        let above = self[r + 1, c] * (1 - u) + self[r + 1, c + 1] * u
        return below * (1 - v) + above * v
    }
}

/// The lines along which a grid has the value `level`, in columns (x) and rows (y), by marching squares
/// (Lorensen and Cline's method in the plane; saddles are settled by the mean of the corners). Cells with
/// a corner that is not finite have no line.
func contourLines(_ grid: Grid, _ level: Double) -> [[Point]] {
    // An edge between two grid points is numbered 2 * point, or 2 * point + 1 when it runs along y.
    func place(_ edge: Int) -> Point {
        let point = edge / 2, row = point / grid.columns, column = point % grid.columns
        let a = grid.values[point], b = grid.values[edge % 2 == 0 ? point + 1 : point + grid.columns]
        let t = b == a ? 0.5 : (level - a) / (b - a)
        return edge % 2 == 0 ? Point(Double(column) + t, Double(row)) : Point(Double(column), Double(row) + t)
    }
    var links: [Int: [Int]] = [:]
    for row in 0..<(grid.rows - 1) {
        for column in 0..<(grid.columns - 1) {
            let point = row * grid.columns + column
            let corners = [grid[row, column], grid[row, column + 1], grid[row + 1, column + 1], grid[row + 1, column]]
            guard corners.allSatisfy(\.isFinite) else { continue }
            let above = corners.map { $0 >= level }
            let edges = [2 * point, 2 * (point + 1) + 1, 2 * (point + grid.columns), 2 * point + 1]
            let crossed = (0..<4).filter { above[$0] != above[($0 + 1) % 4] }
            func join(_ a: Int, _ b: Int) {
                links[edges[a], default: []].append(edges[b])
                links[edges[b], default: []].append(edges[a])
            }
            if crossed.count == 2 {
                join(crossed[0], crossed[1])
            } else if crossed.count == 4 {
                let middle = (corners[0] / 4 + corners[1] / 4 + corners[2] / 4 + corners[3] / 4) >= level
                if middle == above[0] { join(0, 1); join(2, 3) } else { join(0, 3); join(1, 2) }
            }
        }
    }
    var lines: [[Point]] = []
    func walk(from start: Int) {
        var line = [start], here = start
        while let next = links[here]?.first {
            links[here]?.removeFirst()
            if let back = links[next]?.firstIndex(of: here) { links[next]?.remove(at: back) }
            line.append(next)
            here = next
        }
        if line.count > 1 { lines.append(line.map(place)) }
    }
    let edges = links.keys.sorted()
    for edge in edges where links[edge]?.count == 1 { walk(from: edge) }
    for edge in edges where links[edge]?.isEmpty == false { walk(from: edge) }
    return lines
}
