extension PagePanel {
    private var rowHeight: Double { 14 }
    private var keyWidth: Double { 20 }

    /// The legend as a column.
    var legendSize: Size {
        let widest = panel.legend.map { page.width($0.name.printable, PageStyle.tick) }.max() ?? 0
        return Size(width: widest + keyWidth + 16, height: Double(panel.legend.count) * rowHeight + 6)
    }

    /// Its width as a line above the axes.
    private var lineWidth: Double {
        panel.legend.reduce(-12) { $0 + keyWidth + 5 + page.width($1.name.printable, PageStyle.tick) + 12 }
    }

    /// In the emptiest corner, unless there is something in each.
    func legendForm(_ width: Double, _ height: Double) -> LegendForm {
        guard !panel.legend.isEmpty else { return .none }
        switch panel.legendPlace {
        case .hidden: return .none
        case .outside: return .beside
        case .topLeft, .topRight, .bottomLeft, .bottomRight: return .corner
        case .automatic:
            let size = legendSize, frame = Frame(x: 0, y: 0, width: width, height: height)
            if size.width < width * 0.6 && size.height < height * 0.7 && !hasRaster && crowd(frame).least == 0 { return .corner }
            return lineWidth <= width ? .above : .beside
        }
    }

    private func corners(_ frame: Frame) -> [(Legend, Frame)] {
        let size = legendSize, gap = 6.0
        let left = frame.x + gap, right = frame.right - gap - size.width, top = frame.y + gap * 0.5, bottom = frame.bottom - gap - size.height
        return [
            (.topRight, Frame(x: right, y: top, width: size.width, height: size.height)),
            (.topLeft, Frame(x: left, y: top, width: size.width, height: size.height)),
            (.bottomRight, Frame(x: right, y: bottom, width: size.width, height: size.height)),
            (.bottomLeft, Frame(x: left, y: bottom, width: size.width, height: size.height)),
        ]
    }

    /// The corner with the least in it, and how much that is.
    private func crowd(_ frame: Frame) -> (corner: Frame, least: Int) {
        var best = (corner: frame, least: Int.max)
        for (_, corner) in corners(frame) {
            var inside = 0
            func test(_ p: Point) {
                if p.x > corner.x - 3 && p.x < corner.right + 3 && p.y > corner.y - 3 && p.y < corner.bottom + 3 { inside += 1 }
            }
            for shape in panel.shapes {
                switch shape {
                case .line(let points, let stroke):
                    if stroke.paint == .muted { continue }
                    var last: Point?
                    let step = max(1, points.count / 20_000)
                    for i in stride(from: 0, to: points.count, by: step) {
                        let p = project(points[i], frame)
                        if let a = last, p.isFinite {
                            let pieces = max(1, Int(min(200, max(abs(p.x - a.x), abs(p.y - a.y)) / 6)))
                            for k in 0...pieces {
                                let t = Double(k) / Double(pieces)
                                test(Point(a.x + (p.x - a.x) * t, a.y + (p.y - a.y) * t))
                            }
                        } else if p.isFinite {
                            test(p)
                        }
                        last = p.isFinite ? p : nil
                    }
                case .markers(let points, _, _, _): points.forEach { test(project($0, frame)) }
                case .bar(let rect, _, _):
                    var a = project(Point(rect.x0, rect.y0), frame), b = project(Point(rect.x1, rect.y1), frame)
                    if a.y.isNaN { a.y = frame.bottom }
                    if a.x.isNaN { a.x = frame.x }
                    if a.x > b.x { swap(&a.x, &b.x) }
                    if a.y > b.y { swap(&a.y, &b.y) }
                    if a.x < corner.right && b.x > corner.x && a.y < corner.bottom && b.y > corner.y { inside += 10 }
                case .area(let points, _): points.forEach { test(project($0, frame)) }
                case .box, .raster: inside += 5
                case .text(let at, _, _, _): test(project(at, frame))
                }
            }
            if inside < best.least { best = (corner, inside) }
        }
        return best
    }

    func drawLegend(_ frame: Frame) {
        switch legendForm(frame.width, frame.height) {
        case .none: return
        case .above:
            var x = frame.x + max(0, (frame.width - lineWidth) / 2)
            for entry in panel.legend {
                draw(entry, at: Point(x, frame.y - 9))
                x += keyWidth + 5 + page.width(entry.name.printable, PageStyle.tick) + 12
            }
        case .beside:
            let bar = panel.colorBar.map { 10 + 12 + 7 + (barTicks($0, frame.height).map { tickWidth($0.label) }.max() ?? 0) + ($0.label == nil ? 0 : 15) } ?? 0
            column(Frame(x: frame.right + bar + 8, y: frame.y, width: legendSize.width, height: legendSize.height), box: false)
        case .corner:
            let wanted = corners(frame).first { $0.0 == panel.legendPlace }?.1
            column(wanted ?? crowd(frame).corner, box: true)
        }
    }

    private func column(_ area: Frame, box: Bool) {
        if box { page.fill(area, PageStyle.white.opacity(0.85), edge: PageStyle.grid, width: 0.7) }
        for (i, entry) in panel.legend.enumerated() {
            draw(entry, at: Point(area.x + 6, area.y + 3 + rowHeight * (Double(i) + 0.5)))
        }
    }

    private func draw(_ entry: LegendEntry, at p: Point) {
        let middle = Point(p.x + keyWidth / 2, p.y)
        switch entry.key {
        case .line(let stroke, let marker):
            page.stroke(
                [p, Point(p.x + keyWidth, p.y)], paint(stroke.paint), width: stroke.width,
                dash: stroke.dashed ? [4 * max(1, stroke.width * 0.8), 3] : [])
            if let marker { mark(marker, at: middle, size: 4.5, paint(stroke.paint)) }
        case .marker(let marker, let color): mark(marker, at: middle, size: 5.5, paint(color))
        case .swatch(let color): page.fill(Frame(x: p.x + 4, y: p.y - 4, width: 13, height: 8), color)
        }
        page.write(entry.name.printable, at: Point(p.x + keyWidth + 5, p.y), PageStyle.tick, PageStyle.ink)
    }
}
