/// The inside of a panel's axes in characters. Dots are two by four to a character in braille, one by two
/// in ASCII; pixels of pictures are one by two where there are colours.
struct TerminalCanvas {
    let terminal: Terminal
    let x: Axis
    let y: Axis
    let columns: Int
    let lines: Int
    /// The part of the height in use: grids whose rows do not fill the last line leave half of it.
    var used = 1.0
    private(set) var block: TextBlock
    private let hasBars: Bool
    private var dots: [UInt8]
    private var paints: [Paint]
    /// Without colours each of these has a sign of its own.
    let panelSeries: [Paint]
    /// Signs laid over dots.
    private var signs: [Int: (Character, Paint)] = [:]

    init(_ terminal: Terminal, _ panel: PreparedPanel, columns: Int, lines: Int) {
        self.terminal = terminal
        x = panel.x
        y = panel.y
        self.columns = max(1, columns)
        self.lines = max(1, lines)
        block = TextBlock(width: self.columns, height: self.lines)
        dots = Array(repeating: 0, count: self.columns * self.lines)
        paints = Array(repeating: .ink, count: dots.count)
        panelSeries = panel.series
        hasBars = panel.hasBars
    }

    var dotsAcross: Int { terminal.unicode ? 2 : 1 }
    var dotsDown: Int { terminal.unicode ? 4 : 2 }
    /// Lines are told apart by signs.
    var usesSigns: Bool { terminal.colors == .none && panelSeries.count > 1 }

    /// A place on the canvas, 0 to 1 from the left and from the top; the infinite ends are the edges.
    func place(_ point: Point) -> Point {
        func along(_ axis: Axis, _ value: Double, _ flip: Bool) -> Double {
            if value.isInfinite { return (value > 0) != flip ? 1 : 0 }
            let t = axis.position(value)
            return flip ? 1 - t : t
        }
        return Point(along(x, point.x, false), along(y, point.y, true) * used)
    }

    /// The line of characters at a value of y.
    func line(at value: Double) -> Int? {
        let t = (1 - y.position(value)) * used
        return t >= -1e-9 && t <= 1 + 1e-9 ? min(lines - 1, max(0, Int(t * Double(lines) - 1e-6))) : nil
    }

    func column(at value: Double) -> Int? {
        let t = x.position(value)
        return t >= -1e-9 && t <= 1 + 1e-9 ? min(columns - 1, max(0, Int(t * Double(columns)))) : nil
    }

    mutating func draw(_ shape: Shape) {
        switch shape {
        case .line(let points, let stroke): draw(line: points, stroke)
        case .area(let points, let color): draw(area: points, color)
        case .markers(let points, let marker, let paints, _): draw(markers: points, marker, paints)
        case .bar(let rect, let color, let turned): draw(bar: rect, color, turned: turned)
        case .raster(let raster): draw(raster)
        case .box(let box): draw(box)
        case .text(let at, let text, let paint, let anchor):
            let p = place(at), text = text.shown(on: terminal)
            guard p.x >= 0, p.x <= 1, p.y >= 0, p.y <= 1 else { return }
            let width = text.terminalWidth
            let column = Int(p.x * Double(columns)) - (anchor < 0 ? 0 : anchor == 0 ? width / 2 : width)
            put(text, line: min(lines - 1, Int(p.y * Double(lines))), column: max(0, min(columns - width, column)), paint)
        }
    }

    mutating func put(_ text: String, line: Int, column: Int, _ paint: Paint, background: Color? = nil) {
        block.write(text, row: line, column: column, paint: paint, background: background)
        for c in column..<max(column, min(columns, column + text.terminalWidth)) where c >= 0 && line >= 0 && line < lines {
            dots[line * columns + c] = 0
            signs[line * columns + c] = nil
        }
    }

    subscript(line: Int, column: Int) -> Cell {
        get { block[line, column] }
        set { block[line, column] = newValue }
    }

    // MARK: Lines, areas and points

    private mutating func draw(line points: [Point], _ stroke: Stroke, every: Int = 1) {
        let width = columns * dotsAcross, height = lines * dotsDown
        // Lines over filled contours are finer than characters.
        if case .color(let color) = stroke.paint, color.alpha < 1 { return }
        // The base line of bars shows by itself.
        if stroke.paint == .ink && hasBars { return }
        let number = panelSeries.firstIndex(of: stroke.paint)
        var last: Point?, travelled = 0, signed = Set<Int>()
        for point in points {
            let p = place(point)
            guard p.x == p.x, p.y == p.y else {
                last = nil
                continue
            }
            defer { last = p }
            guard let from = last, let (a, b) = clip(from, p) else { continue }
            let x0 = min(width - 1, Int(a.x * Double(width))), y0 = min(height - 1, Int(a.y * Double(height)))
            let x1 = min(width - 1, Int(b.x * Double(width))), y1 = min(height - 1, Int(b.y * Double(height)))
            let steps = max(1, abs(x1 - x0), abs(y1 - y0))
            for step in 0...steps {
                let dx = x0 + rounded((x1 - x0) * step, steps), dy = y0 + rounded((y1 - y0) * step, steps)
                travelled += step > 0 ? 1 : 0
                // Dashes: braille three on, three off; ASCII every other character.
                if stroke.dashed && (terminal.unicode ? travelled / 3 % 2 == 1 : dx % 2 == 1) { continue }
                if travelled % every != 0 { continue }
                set(dx, dy, stroke.paint)
                let column = dx / dotsAcross, cell = dy / dotsDown * columns + column
                guard usesSigns, let number else { continue }
                if !terminal.unicode {
                    signs[cell] = (sign(number), stroke.paint)
                } else if (column + 5 * number) % 15 == 4 && signed.insert(column).inserted {
                    signs[cell] = (sign(number), stroke.paint)
                }
            }
        }
    }

    /// `a / b` to the nearest whole number.
    private func rounded(_ a: Int, _ b: Int) -> Int { (2 * a + (a < 0 ? -b : b)) / (2 * b) }

    private mutating func set(_ dx: Int, _ dy: Int, _ paint: Paint) {
        let cell = dy / dotsDown * columns + dx / dotsAcross
        // The numbering of braille's dots.
        let bits: [UInt8] = terminal.unicode ? [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80] : [1, 2]
        if paint == .muted && dots[cell] != 0 && paints[cell] != .muted { return }
        dots[cell] |= bits[dy % dotsDown * dotsAcross + dx % dotsAcross]
        paints[cell] = paint
        if signs[cell] != nil && !usesSigns { signs[cell] = nil }
    }

    /// A pattern of dots inside of an outline (even–odd); without colours the dotted outline.
    private mutating func draw(area points: [Point], _ color: Color) {
        guard terminal.unicode, terminal.colors > .none else {
            draw(line: points, Stroke(.muted), every: 3)
            return
        }
        let width = columns * dotsAcross, height = lines * dotsDown
        let outline = points.map(place).filter { $0.x == $0.x && $0.y == $0.y }
        guard outline.count > 2 else { return }
        for dy in Swift.stride(from: 1, to: height, by: 2) {
            let level = (Double(dy) + 0.5) / Double(height)
            var crossings: [Double] = []
            for (i, a) in outline.enumerated() {
                let b = outline[(i + 1) % outline.count]
                if (a.y <= level) != (b.y <= level) { crossings.append(a.x + (b.x - a.x) * (level - a.y) / (b.y - a.y)) }
            }
            crossings.sort()
            for pair in Swift.stride(from: 0, to: crossings.count - 1, by: 2) {
                let from = max(0, (crossings[pair] * Double(width)).rounded(.up))
                let to = min(Double(width), (crossings[pair + 1] * Double(width)).rounded(.down))
                guard from < to else { continue }
                for dx in Int(from)..<Int(to) where (dx + dy / 2) % 2 == 0 { set(dx, dy, .color(color.opacity(1))) }
            }
        }
    }

    private mutating func draw(markers points: [Point], _ marker: Marker, _ paints: [Paint]) {
        let width = columns * dotsAcross, height = lines * dotsDown
        // Few points are signs, many are dots, unless only signs tell series apart.
        let asSigns = !terminal.unicode || usesSigns || points.count <= columns * lines / 8
        for (i, point) in points.enumerated() {
            let p = place(point)
            guard p.x >= 0, p.x <= 1, p.y >= 0, p.y <= 1 else { continue }
            let dx = min(width - 1, Int(p.x * Double(width))), dy = min(height - 1, Int(p.y * Double(height)))
            let paint = paints.count == 1 ? paints[0] : i < paints.count ? paints[i] : .ink
            if asSigns {
                signs[dy / dotsDown * columns + dx / dotsAcross] = (terminal.unicode ? marker.sign : marker.ascii, paint)
            } else {
                set(dx, dy, paint)
            }
        }
    }

    /// The sign of the series with that number.
    func sign(_ number: Int) -> Character {
        // More than there are signs: letters.
        if panelSeries.count > 6 { return Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8(number % 26))) }
        return terminal.unicode ? Marker.series(number).sign : ["*", "+", "o", "x", "#", "@", "%", "&"][number % 8]
    }

    /// Puts dots and signs over what is filled.
    func finished() -> TextBlock {
        var block = block
        for cell in dots.indices {
            let line = cell / columns, column = cell % columns
            if let (sign, paint) = signs[cell] {
                block[line, column] = over(block[line, column], sign, paint)
            } else if dots[cell] != 0 {
                let character: Character =
                    terminal.unicode
                    ? Character(Unicode.Scalar(0x2800 + UInt32(dots[cell])) ?? " ") : ["'", ".", ":"][Int(dots[cell]) - 1]
                block[line, column] = over(block[line, column], character, paints[cell])
            }
        }
        return block
    }

    /// A character over a filled cell keeps the cell's colour behind it.
    private func over(_ cell: Cell, _ character: Character, _ paint: Paint) -> Cell {
        var background = cell.background
        if case .color(let color) = cell.paint, cell.character != " " && terminal.colors > .ansi16 {
            background = background.map { $0.mixed(with: color, 0.5) } ?? color
        }
        var paint = paint
        // What is drawn in the reader's own colour must show on any background.
        if let background, paint == .ink { paint = .color(background.readable) }
        return Cell(character: character, paint: paint, background: background)
    }
}

extension Marker {
    var sign: Character {
        switch self {
        case .circle: "•"
        case .cross: "×"
        case .square: "▪"
        case .triangle: "▴"
        case .plus: "+"
        case .diamond: "◊"
        }
    }

    var ascii: Character {
        switch self {
        case .circle: "o"
        case .cross: "x"
        case .square: "#"
        case .triangle: "^"
        case .plus: "+"
        case .diamond: "*"
        }
    }
}

extension PreparedPanel {
    /// The paints of the legend's entries: where there are no colours these get signs.
    var series: [Paint] {
        legend.compactMap { entry in
            switch entry.key {
            case .line(let stroke, _): stroke.paint == .muted ? nil : stroke.paint
            case .marker(_, let paint): paint
            case .swatch(let color): .color(color.opacity(1))
            }
        }
    }
}

/// The part of a segment within the unit square (Liang and Barsky, 1984); nil outside.
func clip(_ a: Point, _ b: Point) -> (Point, Point)? {
    var enter = 0.0, leave = 1.0
    let dx = b.x - a.x, dy = b.y - a.y
    for (p, q) in [(-dx, a.x), (dx, 1 - a.x), (-dy, a.y), (dy, 1 - a.y)] {
        if p == 0 {
            if q < 0 { return nil }
        } else if p < 0 {
            enter = max(enter, q / p)
        } else {
            leave = min(leave, q / p)
        }
    }
    guard enter <= leave else { return nil }
    return (Point(a.x + enter * dx, a.y + enter * dy), Point(a.x + leave * dx, a.y + leave * dy))
}
