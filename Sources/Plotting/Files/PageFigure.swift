extension Figure {
    /// Lays the panels out and draws them.
    func drawnPage(_ format: PictureFormat, scale: Double) throws(PlotError) -> CairoPage {
        guard scale.isFinite, scale > 0, scale <= 20 else { throw .argument("picture", "a scale of \(scale); it must be above 0 and at most 20") }
        // Text can be measured on any page.
        let ruler = try CairoPage(.png, Size(width: 8, height: 8), scale: 1, title: nil)
        let alone = panels.count == 1
        let measured = try place(on: ruler, nil, alone)
        var size = measured.size
        if let wanted = self.size {
            guard wanted.width.isFinite, wanted.height.isFinite, wanted.width >= 36, wanted.height >= 36 else {
                throw .argument("figure", "a size of \(wanted.width) × \(wanted.height) points; both must be at least 36")
            }
            size = wanted
        }
        let factor = format == .png ? scale : 1, unit = format == .png ? "pixels" : "points"
        guard size.width * factor <= 32_000, size.height * factor <= 32_000, format != .png || size.width * size.height * factor * factor <= 4e8
        else {
            throw .argument(
                "figure", "\(Numbers.short(size.width * factor)) × \(Numbers.short(size.height * factor)) \(unit) are too many to draw")
        }
        let page = try CairoPage(format, size, scale: scale, title: spokenTitle)
        page.setPixelSize(width: Int((size.width * scale).rounded()), height: Int((size.height * scale).rounded()))
        let placed = try place(on: page, size, alone)
        if let title = title?.printable {
            page.write(title, at: Point(size.width / 2, 15), PageStyle.figureTitle, PageStyle.ink, anchor: 0.5)
        }
        for (panel, slot, inside) in placed.panels { panel.draw(slot: slot, inside: inside) }
        return page
    }

    private typealias Placed = (size: Size, panels: [(PagePanel, slot: Frame, inside: Frame)])

    /// Panels in rows and columns; insides of axes in a row or column begin and end together.
    private func place(on page: CairoPage, _ size: Size?, _ alone: Bool) throws(PlotError) -> Placed {
        let top = title == nil ? 4.0 : 28, gap = alone ? 0 : 14.0
        var set: [PagePanel] = []
        for panel in panels { set.append(try PagePanel(panel, on: page, width: alone ? 350 : 290)) }
        let liked = set.map { $0.preferred(alone: alone) }
        var widths = (0..<columns).map { c in (0..<rows).map { liked[$0 * columns + c].width }.max() ?? 0 }
        var heights = (0..<rows).map { r in (0..<columns).map { liked[r * columns + $0].height }.max() ?? 0 }
        let natural = Size(
            width: max(60, widths.reduce(0, +) + gap * Double(columns - 1) + 8),
            height: max(60, heights.reduce(0, +) + gap * Double(rows - 1) + top + 4))
        if let size {
            func stretched(_ parts: [Double], _ room: Double) -> [Double] {
                let sum = parts.reduce(0, +)
                return sum > 0 ? parts.map { $0 / sum * room } : parts
            }
            widths = stretched(widths, size.width - 8 - gap * Double(columns - 1))
            heights = stretched(heights, size.height - top - 4 - gap * Double(rows - 1))
        }
        // Margins twice: ticks depend on the size that margins leave.
        var margins = set.enumerated().map { $1.margins(width: widths[$0 % columns] * 0.8, height: heights[$0 / columns] * 0.75) }
        for (i, panel) in set.enumerated() {
            let m = margins[i]
            margins[i] = panel.margins(width: widths[i % columns] - m.left - m.right, height: heights[i / columns] - m.top - m.bottom)
        }
        func common(_ indices: [Int], _ edge: (Margins) -> Double) -> Double {
            indices.filter { set[$0].panel.content == nil && !set[$0].panel.isEmpty }.map { edge(margins[$0]) }.max() ?? 0
        }
        var placed: [(PagePanel, slot: Frame, inside: Frame)] = []
        var y = top
        for row in 0..<rows {
            var x = 4.0
            for column in 0..<columns {
                let i = row * columns + column
                let slot = Frame(x: x, y: y, width: widths[column], height: heights[row])
                var m = margins[i]
                if set[i].panel.content == nil {
                    let inRow = (0..<columns).map { row * columns + $0 }, inColumn = (0..<rows).map { $0 * columns + column }
                    m = Margins(
                        left: common(inColumn, \.left), top: common(inRow, \.top), right: common(inColumn, \.right), bottom: common(inRow, \.bottom))
                }
                var inside = slot.inset(left: m.left, top: m.top, right: m.right, bottom: m.bottom)
                inside.width = max(10, inside.width)
                inside.height = max(10, inside.height)
                placed.append((set[i], slot, set[i].shaped(inside)))
                x += widths[column] + gap
            }
            y += heights[row] + gap
        }
        return (natural, placed)
    }
}

extension PagePanel {
    /// The largest frame within another in which cells are squares, or units equal on both axes, if they must be.
    fileprivate func shaped(_ frame: Frame) -> Frame {
        var ratio: Double?
        if panel.square, let columns = panel.xCells, let rows = panel.yCells { ratio = Double(columns) / Double(rows) }
        if panel.equalUnits, panel.x.scale == .linear, panel.y.scale == .linear {
            ratio = (panel.x.high - panel.x.low) / (panel.y.high - panel.y.low)
        }
        guard let ratio, ratio.isFinite, ratio > 0, panel.content == nil else { return frame }
        var shaped = frame
        if frame.width > frame.height * ratio { shaped.width = frame.height * ratio } else { shaped.height = frame.width / ratio }
        shaped.x += (frame.width - shaped.width) / 2
        shaped.y += (frame.height - shaped.height) / 2
        return shaped
    }
}
