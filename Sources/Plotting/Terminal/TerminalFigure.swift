extension Figure {
    /// The figure as text for a terminal: its width is filled, lines end with a newline. Panels that would be
    /// too narrow side by side stand below each other. Throws what the marks throw.
    public func text(on terminal: Terminal) throws(PlotError) -> String {
        let width = max(20, min(terminal.width, 1000))
        // Panels of axes need some width to be of use.
        var columns = columns
        while columns > 1 && (width - 3 * (columns - 1)) / columns < 36 { columns -= 1 }
        let each = (width - 3 * (columns - 1)) / columns
        var lines = each >= 70 ? 15 : each >= 50 ? 13 : 10
        if terminal.height > 0 { lines = max(4, min(lines, terminal.height - 7)) }
        var sheet = TextBlock(width: width)
        if let title {
            let text = title.shown(on: terminal).cut(to: width, unicode: terminal.unicode)
            sheet.write(text, row: sheet.addLine(), column: (width - text.terminalWidth) / 2, bold: true)
            sheet.addLine()
        }
        // Rows of the figure are kept together even when they need several lines of panels.
        for row in 0..<rows {
            var column = 0
            while column < self.columns {
                let group = column..<min(self.columns, column + columns)
                var blocks: [TextBlock] = []
                for c in group { blocks.append(try TerminalPanel(self[row, c], terminal, width: each, lines: lines).text()) }
                column = group.upperBound
                guard blocks.contains(where: { $0.height > 0 }) else { continue }
                let top = sheet.height + (sheet.height > (title == nil ? 0 : 2) ? 1 : 0)
                for (i, block) in blocks.enumerated() { sheet.place(block, row: top, column: i * (each + 3)) }
            }
        }
        return sheet.encoded(for: terminal)
    }
}
