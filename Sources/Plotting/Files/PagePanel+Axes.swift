extension PagePanel {
    /// Draws everything within `slot`; `inside` is the frame of the axes.
    func draw(slot: Frame, inside frame: Frame) {
        guard !panel.isEmpty else { return }
        let title = titleLines(frame.width + (panel.content == nil ? 60 : 0))
        let above = panel.content == nil && legendForm(frame.width, frame.height) == .above ? 17.0 : 0
        let center = panel.content == nil ? frame.x + frame.width / 2 : slot.x + slot.width / 2
        for (i, line) in title.enumerated() {
            // Kept on the page when it is wider than the axes.
            let half = page.width(line, PageStyle.title) / 2
            let y = frame.y - 12 - above - 14 * Double(title.count - 1 - i)
            page.write(line, at: Point(max(slot.x + half, min(slot.right - half, center)), y), PageStyle.title, PageStyle.ink, anchor: 0.5)
        }
        switch panel.content {
        case .pictures(let grid): draw(grid, in: frame)
        case .graph(let graph): draw(graph, in: frame)
        case nil: drawAxes(frame)
        }
    }

    private func drawAxes(_ frame: Frame) {
        let xTicks = xTicks(frame.width), yTicks = yTicks(frame.height)
        let raster = hasRaster
        func across(_ tick: Tick) -> Double? { place(panel.x.position(tick.value), frame.x, frame.width) }
        func up(_ tick: Tick) -> Double? { place(1 - panel.y.position(tick.value), frame.y, frame.height) }
        if panel.grid && !raster {
            if panel.y.names == nil {
                for tick in yTicks { if let y = up(tick) { rule(frame.x, y, frame.right, y, PageStyle.grid, 0.6) } }
            }
            if panel.x.names == nil && !panel.hasBars || panel.turned {
                for tick in xTicks { if let x = across(tick) { rule(x, frame.y, x, frame.bottom, PageStyle.grid, 0.6) } }
            }
        }
        page.clipped(to: frame.inset(left: -1, top: -1, right: -1, bottom: -1)) {
            for shape in panel.shapes { draw(shape, in: frame) }
        }
        // Two axes, or a frame around pictures.
        rule(frame.x, frame.y, frame.x, frame.bottom, PageStyle.axis, 0.8)
        rule(frame.x, frame.bottom, frame.right, frame.bottom, PageStyle.axis, 0.8)
        if raster {
            rule(frame.x, frame.y, frame.right, frame.y, PageStyle.axis, 0.8)
            rule(frame.right, frame.y, frame.right, frame.bottom, PageStyle.axis, 0.8)
        }
        let lean = slanted(frame.width)
        for tick in xTicks {
            guard let x = across(tick) else { continue }
            rule(x, frame.bottom, x, frame.bottom + 3.5, PageStyle.axis, 0.8)
            if lean {
                write(tick.label, at: Point(x + 2, frame.bottom + 8), anchor: 1, turn: 0.5)
            } else {
                write(tick.label, at: Point(x, frame.bottom + 10.5), anchor: 0.5)
            }
        }
        for tick in yTicks {
            guard let y = up(tick) else { continue }
            rule(frame.x - 3.5, y, frame.x, y, PageStyle.axis, 0.8)
            write(tick.label, at: Point(frame.x - 6, y), anchor: 1)
        }
        for value in panel.x.minorTicks {
            if let x = place(panel.x.position(value), frame.x, frame.width) { rule(x, frame.bottom, x, frame.bottom + 2, PageStyle.axis, 0.6) }
        }
        for value in panel.y.minorTicks {
            if let y = place(1 - panel.y.position(value), frame.y, frame.height) { rule(frame.x - 2, y, frame.x, y, PageStyle.axis, 0.6) }
        }
        if let label = panel.x.label?.printable {
            let below = lean ? 8 + (xTicks.map { tickWidth($0.label) }.max() ?? 0) * 0.71 + 5 : 17
            page.write(label, at: Point(frame.x + frame.width / 2, frame.bottom + below + 9), PageStyle.label, PageStyle.ink, anchor: 0.5)
        }
        if let label = panel.y.label?.printable {
            let left = 7 + (yTicks.map { tickWidth($0.label) }.max() ?? 0)
            page.write(label, at: Point(frame.x - left - 9, frame.y + frame.height / 2), PageStyle.label, PageStyle.ink, anchor: 0.5, turn: 1)
        }
        if let bar = panel.colorBar { draw(bar, beside: frame) }
        drawLegend(frame)
    }

    private func place(_ t: Double, _ start: Double, _ length: Double) -> Double? {
        t >= -1e-9 && t <= 1 + 1e-9 ? start + t * length : nil
    }

    func rule(_ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double, _ color: Color, _ width: Double) {
        page.stroke([Point(x0, y0), Point(x1, y1)], color, width: width)
    }

    private func draw(_ bar: ColorBar, beside frame: Frame) {
        let scale = Frame(x: frame.right + 10, y: frame.y, width: 12, height: frame.height)
        let steps = 256
        let axis = Axis(scale: bar.scale, low: bar.low, high: bar.high)
        let colors = (0..<steps).map { i -> Color in
            let t = 1 - (Double(i) + 0.5) / Double(steps)
            guard let bounds = bar.bounds, bounds.count > 1 else { return bar.map.color(t) }
            let value = bar.low + t * (bar.high - bar.low)
            let band = max(0, min(bounds.count - 2, bounds.dropFirst().count { $0 <= value }))
            return bar.map.color(((bounds[band] + bounds[band + 1]) / 2 - bar.low) / (bar.high - bar.low))
        }
        page.image(colors, width: 1, height: steps, in: scale, smooth: false)
        page.polygon(
            [Point(scale.x, scale.y), Point(scale.right, scale.y), Point(scale.right, scale.bottom), Point(scale.x, scale.bottom)], nil,
            edge: PageStyle.axis, width: 0.6)
        var widest = 0.0
        for tick in barTicks(bar, frame.height) {
            guard let y = place(1 - axis.position(tick.value), scale.y, scale.height) else { continue }
            rule(scale.right, y, scale.right + 3, y, PageStyle.axis, 0.8)
            write(tick.label, at: Point(scale.right + 5.5, y), anchor: 0)
            widest = max(widest, tickWidth(tick.label))
        }
        if let label = bar.label?.printable {
            page.write(
                label, at: Point(scale.right + 7 + widest + 9, scale.y + scale.height / 2), PageStyle.label, PageStyle.ink, anchor: 0.5, turn: 1)
        }
    }
}

extension PreparedPanel {
    var hasBars: Bool {
        shapes.contains {
            switch $0 {
            case .bar, .box: true
            default: false
            }
        }
    }
}
