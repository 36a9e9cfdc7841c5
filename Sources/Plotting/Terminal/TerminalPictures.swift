extension TerminalPanel {
    /// Pictures side by side, two pixels to a character where there are colours, each above its title.
    func pictures(_ grid: ImageGrid) -> TextBlock {
        let colored = terminal.colors > .ansi16 && terminal.unicode
        let cell = grid.cell
        let titles = grid.pictures.contains { $0.title != nil }
        let count = grid.pictures.count
        // A character shows one pixel across and two down in colours; without, two pixels across look square.
        let natural = colored ? cell.width : min(cell.width * 2, 64)
        var columns = min(count, grid.columns ?? max(1, (width + 1) / (min(max(natural, 4), 20) + 1)))
        columns = max(1, min(columns, (width + 1) / 3))
        // Alone, a picture may have 40 lines; small ones are enlarged by whole factors.
        let most = max(4, terminal.height > 8 ? min(40, terminal.height - 4) : 40)
        let room = max(2, (width + 1) / columns - 1)
        var across = min(room, natural)
        if count == 1, colored, cell.width * 2 <= min(room, 64), cell.height * 2 <= 2 * most {
            across = cell.width * min(room / cell.width, 64 / cell.width, 2 * most / cell.height)
        }
        var pixelsDown = max(1, (across * cell.height + cell.width / 2) / max(1, cell.width))
        if pixelsDown > 2 * most {
            across = max(1, across * 2 * most / pixelsDown)
            pixelsDown = 2 * most
        }
        let lines = max(1, (pixelsDown + 1) / 2)
        let step = lines + (titles ? 1 : 0) + (titles || count > columns ? 1 : 0)
        let wide = titles ? max(across, min(room, grid.pictures.compactMap { $0.title?.shown(on: terminal).terminalWidth }.max() ?? 0)) : across
        var block = TextBlock(width: min(width, columns * (wide + 1) - 1))
        for (i, picture) in grid.pictures.enumerated() {
            let row = i / columns * step, column = i % columns * (wide + 1)
            while block.height < row + lines + (titles ? 1 : 0) { block.addLine() }
            // Smaller pictures keep their size relative to the largest.
            let w = max(1, min(across, across * picture.width / max(1, cell.width)))
            let h = max(1, min(pixelsDown, pixelsDown * picture.height / max(1, cell.height)))
            draw(picture, &block, row: row, column: column + (wide - w) / 2, width: w, pixels: h, colored)
            if let title = picture.title {
                let text = title.shown(on: terminal).cut(to: wide, unicode: terminal.unicode)
                block.write(text, row: row + lines, column: column + (wide - text.terminalWidth) / 2)
            }
        }
        return block
    }

    private func draw(
        _ picture: Picture, _ block: inout TextBlock, row: Int, column: Int, width: Int, pixels: Int, _ colored: Bool
    ) {
        if !colored {
            let lines = max(1, pixels / 2), small = picture.resized(width: width, height: lines)
            for r in 0..<lines {
                for c in 0..<width {
                    let pixel = small[r * width + c]
                    block[row + r, column + c] = Cell(character: pixel.alpha < 0.5 ? " " : terminal.shade(pixel.brightness))
                }
            }
            return
        }
        let small = picture.resized(width: width, height: pixels)
        for r in 0..<((pixels + 1) / 2) {
            for c in 0..<width {
                func pixel(_ y: Int) -> Color? {
                    guard y < pixels, small[y * width + c].alpha >= 0.5 else { return nil }
                    return small[y * width + c].opacity(1)
                }
                switch (pixel(2 * r), pixel(2 * r + 1)) {
                case (let top?, let bottom?):
                    block[row + r, column + c] =
                        top == bottom ? Cell(background: top) : Cell(character: "▀", paint: .color(top), background: bottom)
                case (let top?, nil): block[row + r, column + c] = Cell(character: "▀", paint: .color(top))
                case (nil, let bottom?): block[row + r, column + c] = Cell(character: "▄", paint: .color(bottom))
                case (nil, nil): break
                }
            }
        }
    }
}

extension Color {
    /// From 0 to 1 as a screen weighs it (Rec. 601).
    var brightness: Double { (0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue)) / 255 }
}
