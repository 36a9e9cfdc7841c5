extension PagePanel {
    /// A place on the page; infinite ends of rules are the edges.
    func project(_ point: Point, _ frame: Frame) -> Point {
        func along(_ axis: Axis, _ value: Double) -> Double {
            if value.isInfinite { return (value > 0) != axis.reversed ? 1 : 0 }
            return axis.position(value)
        }
        return Point(
            frame.x + along(panel.x, point.x) * frame.width, frame.y + (1 - along(panel.y, point.y)) * frame.height)
    }

    func draw(_ shape: Shape, in frame: Frame) {
        switch shape {
        case .line(let points, let stroke):
            let line = thinned(points.map { project($0, frame) })
            page.stroke(line, paint(stroke.paint), width: stroke.width, dash: stroke.dashed ? [4 * max(1, stroke.width * 0.8), 3] : [])
        case .area(let points, let color):
            page.fill(points.map { bounded(project($0, frame), frame) }, color)
        case .markers(let points, let marker, let paints, let size):
            var seen = Set<Int>()
            for (i, point) in points.enumerated() {
                let place = project(point, frame)
                guard place.x > frame.x - 8, place.x < frame.right + 8, place.y > frame.y - 8, place.y < frame.bottom + 8 else { continue }
                // Of a great many points, those at the same quarter of a point are one.
                if points.count > 20_000 {
                    let key = Int((place.y - frame.y + 16) * 4) * 65_536 + Int((place.x - frame.x + 16) * 4)
                    if !seen.insert(key).inserted { continue }
                }
                mark(marker, at: place, size: size, paint(paints.count == 1 ? paints[0] : i < paints.count ? paints[i] : .ink))
            }
        case .bar(let rect, let color, let turned):
            let first = project(Point(rect.x0, rect.y0), frame), second = project(Point(rect.x1, rect.y1), frame)
            var a = first, b = second
            // Zero has no place on a logarithmic axis: bars begin at its edge.
            if turned && a.x.isNaN { a.x = frame.x }
            if !turned && a.y.isNaN { a.y = frame.bottom }
            guard a.isFinite, b.isFinite else { return }
            a = bounded(a, frame, by: 2)
            b = bounded(b, frame, by: 2)
            let bar = Frame(x: min(a.x, b.x), y: min(a.y, b.y), width: abs(b.x - a.x), height: abs(b.y - a.y))
            page.fill(bar, color, edge: bar.width > 3 && bar.height > 1 ? PageStyle.white : nil, width: 0.6)
        case .raster(let raster): draw(raster, in: frame)
        case .box(let box): draw(box, in: frame)
        case .text(let at, let text, let color, let anchor):
            let place = project(at, frame)
            guard place.x >= frame.x, place.x <= frame.right, place.y >= frame.y, place.y <= frame.bottom else { return }
            page.write(text.printable, at: place, PageStyle.tick, paint(color), anchor: Double(anchor + 1) / 2)
        }
    }

    private func bounded(_ p: Point, _ frame: Frame, by room: Double = 2000) -> Point {
        Point(max(frame.x - room, min(frame.right + room, p.x)), max(frame.y - room, min(frame.bottom + room, p.y)))
    }

    /// At most four points to a third of a point across, where the line runs from left to right: the first,
    /// the lowest, the highest and the last, which look the same as all of them.
    private func thinned(_ points: [Point]) -> [Point] {
        guard points.count > 8000 else { return points }
        var result: [Point] = []
        var column: Int?, first = Point(0, 0), last = first, low = first, high = first
        func flush() {
            guard column != nil else { return }
            result.append(first)
            result.append(contentsOf: low.x <= high.x ? [low, high] : [high, low])
            result.append(last)
        }
        for point in points {
            guard point.isFinite else {
                flush()
                column = nil
                if result.last?.isFinite == true { result.append(point) }
                continue
            }
            let here = Int(max(-1e6, min(1e6, point.x * 3)))
            if here == column {
                last = point
                if point.y < low.y { low = point }
                if point.y > high.y { high = point }
            } else {
                flush()
                (column, first, last, low, high) = (here, point, point, point, point)
            }
        }
        flush()
        return result
    }

    func mark(_ marker: Marker, at p: Point, size: Double, _ color: Color) {
        let r = size / 2, edge = size > 3 ? PageStyle.white.opacity(0.8) : nil
        switch marker {
        case .circle: page.circle(p, diameter: size, color, edge: edge, width: 0.4)
        case .square:
            let s = r * 0.89
            page.fill(Frame(x: p.x - s, y: p.y - s, width: 2 * s, height: 2 * s), color, edge: edge, width: 0.4)
        case .triangle:
            page.polygon(
                [Point(p.x, p.y - r * 1.2), Point(p.x + r * 1.1, p.y + r * 0.8), Point(p.x - r * 1.1, p.y + r * 0.8)], color, edge: edge, width: 0.4)
        case .diamond:
            page.polygon(
                [Point(p.x, p.y - r * 1.25), Point(p.x + r * 1.1, p.y), Point(p.x, p.y + r * 1.25), Point(p.x - r * 1.1, p.y)], color, edge: edge,
                width: 0.4)
        case .cross, .plus:
            let s = marker == .cross ? r * 0.85 : 0, t = marker == .plus ? r * 1.1 : 0, w = max(0.7, size * 0.26)
            page.stroke([Point(p.x - s - t, p.y - s), Point(p.x + s + t, p.y + s)], color, width: w)
            page.stroke([Point(p.x - s, p.y + s + t), Point(p.x + s, p.y - s - t)], color, width: w)
        }
    }

    private func draw(_ raster: Raster, in frame: Frame) {
        let a = project(Point(raster.rect.x0, raster.rect.y0), frame), b = project(Point(raster.rect.x1, raster.rect.y1), frame)
        guard a.isFinite, b.isFinite, a.x != b.x, a.y != b.y else { return }
        let area = Frame(x: min(a.x, b.x), y: min(a.y, b.y), width: abs(b.x - a.x), height: abs(b.y - a.y))
        // Only what limits leave to be seen.
        func seen(_ start: Double, _ length: Double, _ low: Double, _ high: Double, _ count: Int) -> Range<Int>? {
            let from = ((low - start) / length * Double(count)).rounded(.down), to = ((high - start) / length * Double(count)).rounded(.up)
            guard from < Double(count), to > 0, from < to else { return nil }
            return Int(max(0, from))..<Int(min(Double(count), to))
        }
        guard let columns = seen(area.x, area.width, frame.x, frame.right, raster.columns),
            let rows = seen(area.y, area.height, frame.y, frame.bottom, raster.rows)
        else { return }
        var colors: [Color] = []
        colors.reserveCapacity(rows.count * columns.count)
        for line in rows {
            // Row 0 is at y0: at the bottom unless the axis runs downwards.
            let row = a.y > b.y ? raster.rows - 1 - line : line
            colors += raster.colors[(row * raster.columns + columns.lowerBound)..<(row * raster.columns + columns.upperBound)]
        }
        let cellWidth = area.width / Double(raster.columns), cellHeight = area.height / Double(raster.rows)
        let part = Frame(
            x: area.x + cellWidth * Double(columns.lowerBound), y: area.y + cellHeight * Double(rows.lowerBound),
            width: cellWidth * Double(columns.count), height: cellHeight * Double(rows.count))
        guard part.width < 1e5, part.height < 1e5 else {
            if let color = colors.first { page.fill(frame, color) }
            return
        }
        page.image(colors, width: columns.count, height: rows.count, in: part, smooth: raster.smooth)
        guard let texts = raster.texts else { return }
        let cell = Size(width: area.width / Double(raster.columns), height: area.height / Double(raster.rows))
        let widest = texts.map { page.width($0.replacingLeadingMinus, PageStyle.tick) }.max() ?? 1
        let size = min(9.5, cell.height * 0.6, PageStyle.tick.size * cell.width * 0.84 / max(1, widest))
        guard size >= 3.5 else { return }
        for row in 0..<raster.rows {
            for column in 0..<raster.columns {
                let i = row * raster.columns + column
                let y = a.y + (b.y - a.y) * (Double(row) + 0.5) / Double(raster.rows)
                let x = area.x + (Double(column) + 0.5) * cell.width
                guard x > frame.x, x < frame.right, y > frame.y, y < frame.bottom else { continue }
                page.write(
                    texts[i].replacingLeadingMinus, at: Point(x, y), CairoPage.Font(size: size),
                    raster.colors[i].readable, anchor: 0.5)
            }
        }
    }

    private func draw(_ box: BoxShape, in frame: Frame) {
        func place(_ along: Double, _ across: Double) -> Point { bounded(project(Point(across, along).swapped(box.turned), frame), frame) }
        let half = box.width / 2, color = paint(box.paint), left = box.position - half, right = box.position + half
        func line(_ points: [Point], _ width: Double) { page.stroke(points, color, width: width) }
        line([place(box.lowWhisker, box.position), place(box.lowQuartile, box.position)], 1.1)
        line([place(box.highQuartile, box.position), place(box.highWhisker, box.position)], 1.1)
        for end in [box.lowWhisker, box.highWhisker] { line([place(end, box.position - half / 2), place(end, box.position + half / 2)], 1.1) }
        page.polygon(
            [place(box.lowQuartile, left), place(box.lowQuartile, right), place(box.highQuartile, right), place(box.highQuartile, left)],
            color.mixed(with: PageStyle.white, 0.75), edge: color, width: 1.1)
        line([place(box.median, left), place(box.median, right)], 2)
        for value in box.outliers { page.circle(place(value, box.position), diameter: 4, nil, edge: color, width: 0.9) }
    }
}
