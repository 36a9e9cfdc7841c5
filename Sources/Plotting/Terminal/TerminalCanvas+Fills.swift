extension TerminalCanvas {
    // MARK: Bars

    mutating func draw(bar rect: Rect, _ color: Color, turned: Bool) {
        // Along: the direction of the bar's length, counted from its base; across: its width.
        let a = place(Point(rect.x0, rect.y0)), b = place(Point(rect.x1, rect.y1))
        let wide = turned ? lines : columns, long = turned ? columns : lines
        let from = turned ? min(a.y, b.y) : min(a.x, b.x), to = turned ? max(a.y, b.y) : max(a.x, b.x)
        guard from == from, to == to, to >= 0, from <= 1 else { return }
        var base = turned ? a.x : 1 - a.y, end = turned ? b.x : 1 - b.y
        // On a logarithmic axis zero has no place: bars begin at the edge.
        if base != base { base = 0 }
        guard end == end else { return }
        base = max(0, min(1, base))
        end = max(0, min(1, end))
        // The same rule for both sides: bars that touch share no character. Rounded so that of two lines one stays free.
        var first = Int(max(0, from) * Double(wide) + 0.2), after = Int(min(1, to) * Double(wide) + 0.2)
        first = max(0, min(wide - 1, first))
        after = max(first + 1, min(wide, after))
        let start = Int((base * Double(long)).rounded())
        // In eighths of a character.
        let length = Int(((end * Double(long) - Double(start)) * 8).rounded())
        let visible = length == 0 && end != base ? 1 : length
        let solid = fill(of: .color(color))
        for i in first..<after {
            for eighths in chunks(visible) {
                let step = eighths.cell, down = visible < 0
                let along = down ? start - 1 - step : start + step
                guard along >= 0, along < long else { continue }
                let cell = partial(eighths.filled, down: down, turned: turned, solid, .color(color))
                if turned { self[i, along] = cell } else { self[lines - 1 - along, i] = cell }
            }
        }
    }

    /// The characters of a bar: their number from the base, and how many eighths of each are filled.
    private func chunks(_ length: Int) -> [(cell: Int, filled: Int)] {
        let total = abs(length)
        return (0..<((total + 7) / 8)).map { ($0, min(8, total - 8 * $0)) }
    }

    private func partial(_ eighths: Int, down: Bool, turned: Bool, _ solid: Character, _ paint: Paint) -> Cell {
        guard terminal.unicode, solid == "█" else {
            return Cell(character: eighths >= 4 ? solid : !terminal.unicode && !turned && !down ? "_" : " ", paint: paint)
        }
        if eighths == 8 { return Cell(character: "█", paint: paint) }
        let up: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇"], right: [Character] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        if !down { return Cell(character: turned ? right[eighths - 1] : up[eighths - 1], paint: paint) }
        // The other side of a character can only be filled by exchanging the colours.
        if terminal.colors > .none {
            return Cell(character: turned ? right[7 - eighths] : up[7 - eighths], paint: paint, reversed: true)
        }
        return Cell(character: eighths < 3 ? " " : eighths > 5 ? "█" : turned ? "▐" : "▀", paint: paint)
    }

    /// The character that fills bars of a series; without colours each has its own.
    func fill(of paint: Paint) -> Character {
        let number = panelSeries.firstIndex(of: paint) ?? 0
        if !terminal.unicode { return ["#", "=", "%", "+", "o", "~"][number % 6] }
        return usesSigns ? ["█", "░", "▓", "▒"][number % 4] : "█"
    }

    // MARK: Grids

    mutating func draw(_ raster: Raster) {
        let u0 = x.position(raster.rect.x0), u1 = x.position(raster.rect.x1)
        let v0 = (1 - y.position(raster.rect.y0)) * used, v1 = (1 - y.position(raster.rect.y1)) * used
        guard u0 != u1, v0 != v1, (u1 - u0).isFinite, (v1 - v0).isFinite else { return }
        let colored = terminal.colors > .ansi16
        // Whole characters where texts are written or where there are no colours.
        let texts = raster.texts.flatMap { fits($0, raster.columns) ? $0 : nil }
        let perLine = colored && terminal.unicode && texts == nil ? 2 : 1
        let height = lines * perLine
        // The columns (or rows) of the grid under each pixel.
        func sources(_ count: Int, _ start: Double, _ end: Double, _ cells: Int) -> [Range<Int>?] {
            (0..<count).map { pixel in
                let a = (Double(pixel) / Double(count) - start) / (end - start) * Double(cells)
                let b = (Double(pixel + 1) / Double(count) - start) / (end - start) * Double(cells)
                let middle = (a + b) / 2
                guard middle >= 0, middle < Double(cells) else { return nil }
                if abs(b - a) < 1.5 { return Int(middle)..<(Int(middle) + 1) }
                let low = Int(max(0, min(a, b).rounded())), high = Int(min(Double(cells), max(a, b).rounded()))
                return low < high ? low..<high : Int(middle)..<(Int(middle) + 1)
            }
        }
        let across = sources(columns, u0, u1, raster.columns), down = sources(height, v0, v1, raster.rows)
        for line in 0..<lines {
            for column in 0..<columns {
                guard let c = across[column] else { continue }
                if perLine == 2 {
                    let top = down[2 * line].map { raster.mean($0, c).color }
                    let bottom = down[2 * line + 1].map { raster.mean($0, c).color }
                    switch (top, bottom) {
                    case (let top?, let bottom?):
                        self[line, column] =
                            top == bottom ? Cell(background: top) : Cell(character: "▀", paint: .color(top), background: bottom)
                    case (let top?, nil): self[line, column] = Cell(character: "▀", paint: .color(top))
                    case (nil, let bottom?): self[line, column] = Cell(character: "▄", paint: .color(bottom))
                    case (nil, nil): break
                    }
                } else if let r = down[line] {
                    let (color, shade, kind) = raster.mean(r, c)
                    if let kind {
                        if colored {
                            self[line, column] = Cell(background: color)
                        } else {
                            self[line, column] = Cell(
                                character: pattern(kind), paint: kind >= 0 ? .color(.series(kind)) : .ink)
                        }
                    } else if colored {
                        self[line, column] = Cell(background: color)
                    } else {
                        self[line, column] = Cell(character: terminal.shade(shade), paint: texts == nil ? .ink : .muted)
                    }
                }
            }
        }
        if let texts { write(texts, raster, u0, u1, v0, v1, colored) }
    }

    /// Texts fit when each has a blank beside it.
    private func fits(_ texts: [String], _ cells: Int) -> Bool {
        (texts.map(\.terminalWidth).max() ?? 0) + 1 <= columns / max(1, cells)
    }

    private mutating func write(
        _ texts: [String], _ raster: Raster, _ u0: Double, _ u1: Double, _ v0: Double, _ v1: Double, _ colored: Bool
    ) {
        for row in 0..<raster.rows {
            let v = v0 + (v1 - v0) * (Double(row) + 0.5) / Double(raster.rows)
            for column in 0..<raster.columns {
                let u = u0 + (u1 - u0) * (Double(column) + 0.5) / Double(raster.columns)
                guard u > 0, u < 1, v > 0, v < 1 else { continue }
                let color = raster.colors[row * raster.columns + column]
                let cell = abs(u1 - u0) * Double(columns) / Double(raster.columns)
                // Without colours blanks keep the number clear of the shading around it.
                let text = colored || cell < Double(texts[row * raster.columns + column].terminalWidth + 2)
                    ? texts[row * raster.columns + column] : " " + texts[row * raster.columns + column] + " "
                let start = Int((u * Double(columns) - Double(text.terminalWidth) / 2 + 0.01).rounded())
                put(
                    text, line: max(0, min(lines - 1, Int(v * Double(lines) - 1e-6))), column: start,
                    colored ? .color(color.readable) : .ink, background: colored ? color : nil)
            }
        }
    }

    /// The pattern of a class's region.
    private func pattern(_ number: Int) -> Character {
        if number < 0 { return " " }
        return terminal.unicode ? [" ", "░", "▒", "╱", "▓", "╲"][number % 6] : [".", ":", "-", "=", "~", "/"][number % 6]
    }

    // MARK: Boxes

    /// Boxes lie on their sides; they have three lines, or one where there are many.
    mutating func draw(_ box: BoxShape) {
        guard let middle = line(at: box.position), let a = column(at: box.lowWhisker), let b = column(at: box.lowQuartile),
            let m = column(at: box.median), let c = column(at: box.highQuartile), let d = column(at: box.highWhisker)
        else { return }
        let tall = Double(lines) * used / max(1, abs(y.high - y.low)) >= 3
        let u = terminal.unicode, paint = box.paint
        for column in a...d where column < b || column > c { put(u ? "─" : "-", line: middle, column: column, paint) }
        if a < b { put(u ? "├" : "|", line: middle, column: a, paint) }
        if d > c { put(u ? "┤" : "|", line: middle, column: d, paint) }
        for column in b...c {
            if tall {
                let left = column == b, right = column == c, center = column == m
                let corners = b == c ? (u ? "┬" : "+", u ? "┴" : "+")
                    : left ? (u ? "┌" : "+", u ? "└" : "+") : right ? (u ? "┐" : "+", u ? "┘" : "+")
                    : center ? (u ? "┬" : "+", u ? "┴" : "+") : (u ? "─" : "-", u ? "─" : "-")
                put(corners.0, line: middle - 1, column: column, paint)
                put(corners.1, line: middle + 1, column: column, paint)
                let side = left && a < b ? (u ? "┤" : "|") : right && d > c ? (u ? "├" : "|") : (u ? "│" : "|")
                put(center ? (u ? "┃" : "|") : left || right ? side : " ", line: middle, column: column, paint)
            } else {
                put(column == m ? (u ? "┃" : "|") : u ? "█" : "=", line: middle, column: column, column == m ? .ink : paint)
            }
        }
        for value in box.outliers {
            if let place = column(at: value) { put(u ? "•" : "o", line: middle, column: place, paint) }
        }
    }
}

extension Raster {
    /// What a pixel over those cells shows: mean colour and shade, or the class in its middle.
    fileprivate func mean(_ rows: Range<Int>, _ columns: Range<Int>) -> (color: Color, shade: Double, kind: Int?) {
        if let classes {
            let middle = (rows.lowerBound + rows.upperBound) / 2 * self.columns + (columns.lowerBound + columns.upperBound) / 2
            let cell = rows.count == 1 && columns.count == 1 ? rows.lowerBound * self.columns + columns.lowerBound : middle
            return (colors[cell], .nan, classes[cell])
        }
        var r = 0, g = 0, b = 0, n = 0, shaded = 0
        var shade = 0.0
        for row in rows {
            for column in columns {
                let cell = row * self.columns + column
                r += Int(colors[cell].red)
                g += Int(colors[cell].green)
                b += Int(colors[cell].blue)
                n += 1
                if !shades[cell].isNaN {
                    shade += Double(shades[cell])
                    shaded += 1
                }
            }
        }
        return (Color(UInt8(r / n), UInt8(g / n), UInt8(b / n)), shaded > 0 ? shade / Double(shaded) : .nan, nil)
    }
}

extension Terminal {
    /// The character for a brightness from 0 to 1; `?` for a missing one.
    func shade(_ value: Double) -> Character {
        guard value == value else { return "?" }
        let ramp: [Character] = unicode ? [" ", "░", "▒", "▓", "█"] : [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"]
        return ramp[max(0, min(ramp.count - 1, Int(value * Double(ramp.count))))]
    }
}
