extension PagePanel {
    // MARK: Pictures

    private func columns(_ grid: ImageGrid) -> Int {
        let count = grid.pictures.count
        return min(count, grid.columns ?? max(1, min(12, Int(Double(count).squareRoot() * 1.4 + 0.5))))
    }

    private func titles(_ grid: ImageGrid) -> Bool { grid.pictures.contains { $0.title?.isEmpty == false } }

    func preferred(_ grid: ImageGrid) -> Size {
        let columns = columns(grid), rows = (grid.pictures.count + columns - 1) / columns
        let cell = grid.cell
        let width = grid.pictures.count == 1 ? 260 : max(34, min(80, 460 / Double(columns)))
        let height = width * Double(cell.height) / Double(cell.width)
        let room = margins(width: 200, height: 0), text = titles(grid) ? 13.0 : 0
        return Size(
            width: Double(columns) * (width + 6) - 6 + room.left + room.right,
            height: max(40, min(2000, Double(rows) * (height + 6 + text) - 6)) + room.top + room.bottom)
    }

    func draw(_ grid: ImageGrid, in frame: Frame) {
        let columns = columns(grid), rows = (grid.pictures.count + columns - 1) / columns, cell = grid.cell
        let text = titles(grid) ? 13.0 : 0
        let slotWidth = (frame.width + 6) / Double(columns), slotHeight = (frame.height + 6) / Double(rows)
        // One scale for all, so that pixels are equally large.
        let scale = min((slotWidth - 6) / Double(cell.width), (slotHeight - 6 - text) / Double(cell.height))
        guard scale > 0 else { return }
        let wide = Double(cell.width) * scale + 6, high = Double(cell.height) * scale + 6 + text
        let left = frame.x + (frame.width - (wide * Double(columns) - 6)) / 2
        for (i, picture) in grid.pictures.enumerated() {
            let x = left + Double(i % columns) * wide, y = frame.y + Double(i / columns) * high
            let width = Double(picture.width) * scale, height = Double(picture.height) * scale
            let area = Frame(x: x + (wide - 6 - width) / 2, y: y, width: width, height: height)
            page.image(picture.pixels, width: picture.width, height: picture.height, in: area, smooth: picture.width > 400)
            if let title = picture.title?.printable {
                var font = CairoPage.Font(size: 8.5)
                while font.size > 5 && page.width(title, font) > wide - 2 { font.size -= 0.5 }
                page.write(title, at: Point(x + (wide - 6) / 2, y + height + 7.5), font, PageStyle.ink, anchor: 0.5)
            }
        }
    }

    // MARK: Graphs

    private var lineHeight: Double { 12.5 }

    private func layout(_ graph: Graph) -> (layout: GraphLayout, heights: [Double], total: Double) {
        let widths = graph.nodes.map { node in
            (node.text.split(separator: "\n").map { page.width(String($0).printable, PageStyle.tick) }.max() ?? 0) + 18
        }
        let layout = GraphLayout(graph, widths: widths, gap: 18, lane: 4)
        let heights = layout.layers.map { layer in
            Double(layer.compactMap { layout.places[$0].node }.map { graph.nodes[$0].text.split(separator: "\n", omittingEmptySubsequences: false).count }.max() ?? 1)
                * lineHeight + 9
        }
        return (layout, heights, heights.reduce(0, +) + 26 * Double(max(0, heights.count - 1)))
    }

    func preferred(_ graph: Graph) -> Size {
        let (layout, _, total) = layout(graph), room = margins(width: max(120, layout.width), height: 0)
        return Size(width: max(120, layout.width) + room.left + room.right, height: total + room.top + room.bottom + 4)
    }

    func draw(_ graph: Graph, in frame: Frame) {
        let (layout, heights, _) = layout(graph)
        let left = frame.x + (frame.width - layout.width) / 2
        var tops: [Double] = [], y = frame.y + 2
        for height in heights {
            tops.append(y)
            y += height + 26
        }
        func height(_ place: GraphLayout.Place) -> Double {
            place.node.map { Double(graph.nodes[$0].text.split(separator: "\n", omittingEmptySubsequences: false).count) * lineHeight + 9 } ?? heights[place.layer]
        }
        func top(_ place: GraphLayout.Place) -> Double { tops[place.layer] + (heights[place.layer] - height(place)) / 2 }
        for route in layout.routes where route.count > 1 {
            let places = route.map { layout.places[$0] }
            let down = places[0].layer < places[places.count - 1].layer
            var points: [Point] = []
            for (i, place) in places.enumerated() {
                let x = left + place.x, above = Point(x, top(place)), below = Point(x, top(place) + height(place))
                if i == 0 { points.append(down ? below : above); continue }
                if i == places.count - 1 { points.append(down ? above : below); continue }
                points += down ? [above, below] : [below, above]
            }
            let line = curved(points)
            page.stroke(line, PageStyle.muted, width: 1)
            if let end = points.last {
                let s = down ? 1.0 : -1.0
                page.polygon([end, Point(end.x - 2.8, end.y - 6 * s), Point(end.x + 2.8, end.y - 6 * s)], PageStyle.muted)
            }
        }
        for place in layout.places {
            guard let index = place.node else { continue }
            let node = graph.nodes[index]
            let area = Frame(x: left + place.x - place.width / 2, y: top(place), width: place.width, height: height(place))
            let color = node.group.map { Color.series($0) } ?? PageStyle.axis
            page.fill(area, node.group == nil ? PageStyle.white : color.mixed(with: PageStyle.white, 0.84), edge: color, width: 1)
            let lines = node.text.split(separator: "\n", omittingEmptySubsequences: false)
            for (i, line) in lines.enumerated() {
                page.write(
                    String(line).printable, at: Point(left + place.x, area.y + 4.5 + lineHeight * (Double(i) + 0.5)), PageStyle.tick,
                    i == 0 ? PageStyle.ink : PageStyle.muted, anchor: 0.5)
            }
        }
    }

    /// Bends that begin and end upright (cubic curves between each pair of points).
    private func curved(_ points: [Point]) -> [Point] {
        var line: [Point] = []
        for (a, b) in zip(points, points.dropFirst()) {
            if a.x == b.x {
                line += [a, b]
                continue
            }
            let middle = (a.y + b.y) / 2
            for i in 0...16 {
                let t = Double(i) / 16, s = 1 - t
                line.append(
                    Point(
                        s * s * s * a.x + 3 * s * s * t * a.x + 3 * s * t * t * b.x + t * t * t * b.x,
                        s * s * s * a.y + 3 * s * s * t * middle + 3 * s * t * t * middle + t * t * t * b.y))
            }
        }
        return line
    }
}
