extension TerminalPanel {
    struct CanvasSize: Equatable {
        var columns: Int
        var lines: Int
        /// The part of the lines in use.
        var used = 1.0
    }

    /// The inside of the axes: the whole width, unless equal cells ask for a multiple of their number.
    func canvasSize(gutter: Int) -> CanvasSize {
        // One character of room at the right, for the last label.
        let columns = max(4, width - gutter - 2)
        let colored = terminal.colors > .ansi16 && terminal.unicode
        for case .raster(let raster) in panel.shapes where panel.xCells != nil {
            return gridSize(raster, columns, colored)
        }
        guard !panel.turned || !panel.canTurn, let cells = panel.xCells, cells > 0 else {
            guard panel.canTurn, let rows = panel.yCells else { return CanvasSize(columns: columns, lines: lines) }
            let boxes = panel.shapes.contains { if case .box = $0 { true } else { false } }
            let bars = max(1, panel.legend.isEmpty ? 1 : panel.legend.count)
            let each = boxes ? (rows <= 6 ? 3 : rows <= 12 ? 2 : 1) : bars + (rows * (bars + 1) <= 24 ? 1 : 0)
            return CanvasSize(columns: columns, lines: max(2, rows * each))
        }
        // Uneven bars look better than a panel of half the width.
        let even = columns / cells * cells
        return CanvasSize(columns: even * 4 >= columns * 3 ? even : columns, lines: lines)
    }

    /// Cells of a grid as whole characters or half ones, near to squares.
    private func gridSize(_ raster: Raster, _ columns: Int, _ colored: Bool) -> CanvasSize {
        let most = max(4, terminal.height > 12 ? min(40, terminal.height - 8) : 40)
        if let texts = raster.texts {
            let text = (texts.map(\.terminalWidth).max() ?? 1) + 2, shading = colored ? 0 : 2
            let room = columns / raster.columns
            // Room for names too, where there is some.
            let names = min(12, (panel.x.names?.names.map(\.terminalWidth).max() ?? 0) + 1)
            let cell = min(room, max(text + shading, names, min(7, room)))
            if cell >= text - 1 {
                let tall = colored && raster.rows * 2 <= min(most, 16) && cell > 5 ? 2 : 1
                return CanvasSize(columns: cell * raster.columns, lines: raster.rows * tall)
            }
        }
        // Pixels (half characters) of a cell.
        let wide = columns / raster.columns, tall = 2 * lines / raster.rows
        guard wide >= 1, tall >= 1 else {
            let height = raster.rows * 2 > 2 * lines ? lines : (raster.rows + 1) / 2
            let used = raster.rows <= 2 * lines && colored ? Double(raster.rows) / Double(2 * height) : 1
            return CanvasSize(columns: wide >= 1 ? wide * raster.columns : columns, lines: max(1, height), used: used)
        }
        // Not wider than twice their height, not higher than their width.
        var down = min(tall, max(wide, 1))
        if !colored { down = max(2, down / 2 * 2) } else if down > 1 { down = down / 2 * 2 }
        let right = min(wide, max(2 * down, raster.columns * 2 * down < 24 ? 4 * down : 0))
        let pixels = raster.rows * down, height = (pixels + 1) / 2
        guard height <= most || height <= lines else { return CanvasSize(columns: right * raster.columns, lines: lines) }
        return CanvasSize(columns: right * raster.columns, lines: height, used: colored ? Double(pixels) / Double(2 * height) : 1)
    }
}
