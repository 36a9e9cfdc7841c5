/// Sets a panel in characters: title, legend, axes, ticks and what they hold.
struct TerminalPanel {
    let terminal: Terminal
    let panel: PreparedPanel
    let width: Int
    /// Lines that the axes' inside should have, unless the content asks for others.
    let lines: Int

    /// Prepares a panel for a width: boxes lie on their sides, bars too where their names do not fit below.
    init(_ panel: Panel, _ terminal: Terminal, width: Int, lines: Int) throws(PlotError) {
        self.terminal = terminal
        self.width = width
        self.lines = lines
        var turned = false
        for mark in panel.marks {
            if mark is Boxes { turned = true }
            if let bars = mark as? Bars {
                let cell = max(1, (width - 9) / max(1, bars.names.count))
                turned = turned || bars.horizontal || bars.names.contains { $0.shown(on: terminal).terminalWidth + 1 > max(2, cell) }
            }
        }
        self.panel = try PreparedPanel(panel, turned: turned)
    }

    func text() -> TextBlock {
        if panel.isEmpty { return TextBlock(width: width) }
        switch panel.content {
        case .pictures(let grid): return titled(pictures(grid))
        case .graph(let graph): return titled(drawn(graph))
        case nil: return axes()
        }
    }

    /// A block below its title.
    private func titled(_ content: TextBlock) -> TextBlock {
        var block = TextBlock(width: width)
        if let title = panel.title {
            let text = title.shown(on: terminal).cut(to: width, unicode: terminal.unicode)
            let line = block.addLine()
            block.write(text, row: line, column: max(0, (min(width, content.width) - text.terminalWidth) / 2), bold: true)
        }
        block.place(content, row: block.height, column: 0)
        return block
    }

    // MARK: Axes

    private func axes() -> TextBlock {
        let unicode = terminal.unicode
        // The gutter's width follows from the labels, these from the number of lines.
        var size = canvasSize(gutter: 8)
        let third = max(4, width / 3)
        var yTicks: [(line: Int, text: String)] = []
        for _ in 0..<2 {
            yTicks = yLabels(size, limit: third)
            size = canvasSize(gutter: (yTicks.map { $0.text.terminalWidth }.max() ?? 0) + 1)
        }
        yTicks = yLabels(size, limit: third)
        let gutter = (yTicks.map { $0.text.terminalWidth }.max() ?? 0) + 1
        var canvas = TerminalCanvas(terminal, panel, columns: size.columns, lines: size.lines)
        canvas.used = size.used
        for shape in panel.shapes { canvas.draw(shape) }

        var block = TextBlock(width: width)
        if let title = panel.title {
            let text = title.shown(on: terminal).cut(to: width, unicode: unicode), line = block.addLine()
            let start = gutter + 1 + (size.columns - text.terminalWidth) / 2
            block.write(text, row: line, column: max(0, min(width - text.terminalWidth, start)), bold: true)
        }
        header(&block, gutter: gutter, columns: size.columns)

        let top = block.height
        block.place(canvas.finished(), row: top, column: gutter + 1)
        for line in 0..<size.lines { block.write(unicode ? "│" : "|", row: top + line, column: gutter, paint: .muted) }
        for (line, text) in yTicks {
            block.write(unicode ? "┤" : "+", row: top + line, column: gutter, paint: .muted)
            block.write(text, row: top + line, column: gutter - 1 - text.terminalWidth)
        }
        let axis = block.addLine()
        block.write((unicode ? "└" : "+") + String(repeating: unicode ? "─" : "-", count: size.columns), row: axis, column: gutter, paint: .muted)
        let xTicks = xLabels(size, gutter: gutter)
        if !xTicks.isEmpty {
            let names = block.addLine()
            for (column, start, text) in xTicks {
                block.write(unicode ? "┬" : "+", row: axis, column: gutter + 1 + column, paint: .muted)
                block.write(text, row: names, column: start)
            }
        }
        if let label = panel.x.label?.shown(on: terminal).cut(to: width, unicode: unicode), !label.isEmpty {
            let start = gutter + 1 + (size.columns - label.terminalWidth) / 2
            block.write(label, row: block.addLine(), column: max(0, min(width - label.terminalWidth, start)))
        }
        if let bar = panel.colorBar { write(bar, &block, column: gutter + 1, room: size.columns) }
        for note in panel.notes {
            block.write(note.cut(to: width, unicode: unicode), row: block.addLine(), column: 0, paint: .muted)
        }
        return block
    }

    /// The label of y at the left, the legend at the right or on lines of its own.
    private func header(_ block: inout TextBlock, gutter: Int, columns: Int) {
        let label = (panel.y.label ?? "").shown(on: terminal).cut(to: width, unicode: terminal.unicode)
        let entries = panel.legend.map { entry -> [(String, Paint)] in
            let name = entry.name.shown(on: terminal).cut(to: max(4, width / 2), unicode: terminal.unicode)
            return [(key(entry), paint(entry)), (" " + name, .ink)]
        }
        func length(_ entry: [(String, Paint)]) -> Int { entry.reduce(0) { $0 + $1.0.terminalWidth } }
        var lines: [[[(String, Paint)]]] = [], used = 0
        for entry in entries {
            let wanted = length(entry) + (used > 0 ? 3 : 0)
            if lines.isEmpty || used + wanted > width - gutter - 1 {
                lines.append([])
                used = 0
            }
            lines[lines.count - 1].append(entry)
            used += length(entry) + (used > 0 ? 3 : 0)
        }
        func total(_ line: [[(String, Paint)]]) -> Int { line.reduce(0) { $0 + length($1) + 3 } - 3 }
        guard !label.isEmpty || !lines.isEmpty else { return }
        let labelStart = max(0, min(gutter + 1 - label.terminalWidth, gutter - 1))
        if !label.isEmpty {
            let row = block.addLine()
            let start = label.terminalWidth <= gutter ? labelStart : 0
            block.write(label, row: row, column: start)
            if lines.count == 1 && start + label.terminalWidth + 3 + total(lines[0]) <= gutter + 1 + columns {
                write(lines[0], &block, row: row, column: gutter + 1 + columns - total(lines[0]))
                return
            }
        }
        for line in lines {
            let row = block.addLine()
            write(line, &block, row: row, column: max(0, min(width - total(line), gutter + 1 + max(0, columns - total(line)))))
        }
    }

    private func write(_ entries: [[(String, Paint)]], _ block: inout TextBlock, row: Int, column: Int) {
        var column = column
        for entry in entries {
            for (text, paint) in entry {
                block.write(text, row: row, column: column, paint: paint)
                column += text.terminalWidth
            }
            column += 3
        }
    }

    private func key(_ entry: LegendEntry) -> String {
        let unicode = terminal.unicode
        let canvas = TerminalCanvas(terminal, panel, columns: 1, lines: 1)
        switch entry.key {
        case .line(let stroke, _):
            if stroke.paint == .muted || (stroke.dashed && !canvas.usesSigns) { return unicode ? "╌╌" : "- -" }
            let sign = String(canvas.sign(panel.series.firstIndex(of: stroke.paint) ?? 0))
            if canvas.usesSigns { return unicode ? "─" + sign + "─" : sign + sign + sign }
            return unicode ? "──" : "..."
        case .marker(let marker, _): return String(unicode ? marker.sign : marker.ascii)
        case .swatch(let color):
            if color.alpha < 1 && terminal.colors == .none { return unicode ? "┈┈" : ". ." }
            let fill = canvas.fill(of: .color(color.opacity(1)))
            return String(repeating: fill, count: 2)
        }
    }

    private func paint(_ entry: LegendEntry) -> Paint {
        switch entry.key {
        case .line(let stroke, _): stroke.paint
        case .marker(_, let paint): paint
        case .swatch(let color): .color(color.opacity(1))
        }
    }

    /// Labels of y and their lines, thinned until none share a line.
    private func yLabels(_ size: CanvasSize, limit: Int) -> [(line: Int, text: String)] {
        var canvas = TerminalCanvas(terminal, panel, columns: size.columns, lines: size.lines)
        canvas.used = size.used
        let names = panel.y.names != nil
        var wanted = names ? 2 : max(2, min(8, (size.lines + 2) / 3))
        while true {
            var found: [(line: Int, text: String)] = []
            var crowded = false
            for tick in panel.y.ticks(wanted) {
                guard let line = canvas.line(at: tick.value) else { continue }
                if found.contains(where: { $0.line == line }) {
                    crowded = true
                    continue
                }
                found.append((line, text(tick.label).cut(to: limit, unicode: terminal.unicode)))
            }
            if !crowded || names || wanted <= 2 { return found }
            wanted -= 1
        }
    }

    /// Labels of x: their columns, where their texts begin (from the left edge of the panel) and the texts.
    private func xLabels(_ size: CanvasSize, gutter: Int) -> [(column: Int, start: Int, text: String)] {
        let canvas = TerminalCanvas(terminal, panel, columns: size.columns, lines: size.lines)
        var wanted = max(2, min(10, size.columns / 10)), step = 1
        let named = panel.x.names != nil
        let cell = panel.xCells.map { max(1, size.columns / max(1, $0)) } ?? size.columns
        var ticks = panel.x.ticks(wanted)
        while true {
            var found: [(column: Int, start: Int, text: String)] = []
            var crowded = false, end = -1
            for (i, tick) in ticks.enumerated() where i % step == 0 {
                guard var column = canvas.column(at: tick.value) else { continue }
                // The middle of an even cell is the right one of two characters; names look better at the left.
                if panel.xCells != nil && cell % 2 == 0 && cell > 1 && column > 0 { column -= 1 }
                var text = text(tick.label)
                if named && step == 1 && cell >= 5 { text = text.cut(to: cell - 1, unicode: terminal.unicode) }
                let length = text.terminalWidth
                var start = gutter + 1 + column - (length - 1) / 2
                start = max(0, min(width - length, start))
                if start <= end + (named ? 0 : 1) {
                    crowded = true
                    break
                }
                end = start + length
                found.append((column, start, text))
            }
            if !crowded || step > ticks.count { return found }
            // Fewer numbers, or every second, third … name.
            if named || wanted <= 2 {
                step += 1
            } else {
                wanted -= 1
                ticks = panel.x.ticks(wanted)
            }
        }
    }

    private func text(_ label: TickLabel) -> String {
        guard terminal.unicode, let exponent = label.exponent else { return label.plain.shown(on: terminal) }
        let raised = "\(exponent)".map { character -> Character in
            character == "-" ? "⁻" : (["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"] as [Character])[character.wholeNumberValue ?? 0]
        }
        return (label.text.isEmpty ? "10" : label.text + "×10") + String(raised)
    }

    /// The scale of colours, on a line of its own.
    private func write(_ bar: ColorBar, _ block: inout TextBlock, column: Int, room: Int) {
        let low = Numbers.short(bar.low, digits: 3), high = Numbers.short(bar.high, digits: 3)
        let length = max(8, min(32, room - low.terminalWidth - high.terminalWidth - 2))
        let row = block.addLine()
        var at = max(0, min(column, width - length - low.count - high.count - 2))
        block.write(low, row: row, column: at)
        at += low.count + 1
        for i in 0..<length {
            let t = (Double(i) + 0.5) / Double(length)
            if terminal.colors > .ansi16 {
                var shade = t
                if let bounds = bar.bounds, bar.high > bar.low {
                    let value = bar.low + t * (bar.high - bar.low)
                    let band = max(0, min(bounds.count - 2, bounds.dropFirst().count { $0 <= value }))
                    shade = ((bounds[band] + bounds[band + 1]) / 2 - bar.low) / (bar.high - bar.low)
                }
                block[row, at + i] = Cell(background: bar.map.color(shade))
            } else {
                block[row, at + i] = Cell(character: terminal.shade(t))
            }
        }
        block.write(high + (bar.label.map { "  " + $0.shown(on: terminal) } ?? ""), row: row, column: at + length + 1)
    }
}
