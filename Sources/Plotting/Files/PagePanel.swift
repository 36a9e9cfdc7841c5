/// The looks of pages.
enum PageStyle {
    static let title = CairoPage.Font(size: 11, bold: true)
    static let figureTitle = CairoPage.Font(size: 13, bold: true)
    static let label = CairoPage.Font(size: 10)
    static let tick = CairoPage.Font(size: 9)
    static let ink = Color(hex: 0x1A1A1A)
    static let axis = Color(hex: 0x444444)
    static let muted = Color(hex: 0x7A7A7A)
    static let grid = Color(hex: 0xE6E6E6)
    static let white = Color(hex: 0xFFFFFF)
}

/// Room around the inside of the axes.
struct Margins {
    var left = 0.0, top = 0.0, right = 0.0, bottom = 0.0
}

/// Sets a panel on a page: title, axes, ticks, legend and colour scale around what the marks draw.
struct PagePanel {
    let page: CairoPage
    let panel: PreparedPanel
    /// How the legend stands once there is an inside to put it in.
    enum LegendForm { case none, corner, above, beside }

    init(_ panel: Panel, on page: CairoPage, width: Double) throws(PlotError) {
        self.page = page
        var turned = false
        for mark in panel.marks {
            if let bars = mark as? Bars {
                turned = turned || bars.horizontal || tooWide(bars.names, page, width)
            } else if let boxes = mark as? Boxes {
                turned = turned || boxes.horizontal || tooWide(boxes.names, page, width)
            }
        }
        self.panel = try PreparedPanel(panel, turned: turned)
        if case .graph(let graph) = self.panel.content, !GraphLayout.suits(graph) {
            throw .argument("graph", "\(graph.nodes.count) nodes and \(graph.edges.count) edges, many of them long: too large to lay out")
        }
    }

    var hasRaster: Bool { panel.shapes.contains { if case .raster = $0 { true } else { false } } }
    private var gridCells: Raster? {
        guard panel.xCells != nil else { return nil }
        for case .raster(let raster) in panel.shapes { return raster }
        return nil
    }

    func paint(_ paint: Paint) -> Color {
        switch paint {
        case .ink: PageStyle.ink
        case .muted: PageStyle.muted
        case .color(let color): color
        }
    }

    // MARK: Size

    /// The size of the whole panel that suits its content.
    func preferred(alone: Bool) -> Size {
        if panel.isEmpty { return Size(width: 0, height: 0) }
        switch panel.content {
        case .pictures(let grid): return preferred(grid)
        case .graph(let graph): return preferred(graph)
        case nil: break
        }
        let room = margins(width: 300, height: 220)
        if let raster = gridCells {
            let cell = raster.texts == nil ? min(26, max(4, 330 / Double(max(raster.columns, raster.rows))))
                : max(24, min(44, 340 / Double(raster.columns)))
            var width = max(150, min(430, cell * Double(raster.columns))), height = max(110, min(430, cell * Double(raster.rows)))
            if panel.square { (width, height) = (max(width, height), max(width, height)) }
            return Size(width: width + room.left + room.right, height: height + room.top + room.bottom)
        }
        if panel.turned, let rows = panel.yCells {
            let each = 12 + 12 * Double(max(1, panel.legend.count))
            return Size(width: alone ? 430 : 370, height: max(130, min(520, each * Double(rows))) + room.top + room.bottom)
        }
        if let aspect = panel.equalUnits ? 1 : panel.aspect {
            return Size(width: 250 * aspect + room.left + room.right, height: 250 + room.top + room.bottom)
        }
        return alone ? Size(width: 430, height: 290) : Size(width: 370, height: 250)
    }

    // MARK: Margins

    /// The room that labels need around axes of about that size.
    func margins(width: Double, height: Double) -> Margins {
        var room = Margins(left: 8, top: 8, right: 10, bottom: 8)
        let lines = titleLines(width + (panel.content == nil ? 60 : 0)).count
        if lines > 0 { room.top += 5 + 14 * Double(lines) }
        guard panel.content == nil else { return room }
        let (x, y) = (xTicks(width), yTicks(height))
        room.left += 7 + (y.map { tickWidth($0.label) }.max() ?? 0)
        if panel.y.label?.isEmpty == false { room.left += 16 }
        room.bottom += slanted(width) ? 8 + (x.map { tickWidth($0.label) }.max() ?? 0) * 0.71 + 5 : 17
        if panel.x.label?.isEmpty == false { room.bottom += 16 }
        if let last = x.last, !slanted(width) {
            let place = panel.x.position(last.value)
            if place >= 0 && place <= 1 { room.right = max(room.right, tickWidth(last.label) / 2 - (1 - place) * width + 4) }
        }
        if let bar = panel.colorBar {
            room.right += 10 + 12 + 7 + (barTicks(bar, height).map { tickWidth($0.label) }.max() ?? 0)
            if bar.label?.isEmpty == false { room.right += 15 }
        }
        switch legendForm(width, height) {
        case .above: room.top += 17
        case .beside: room.right += legendSize.width + 8
        default: break
        }
        return room
    }

    /// The title in lines no wider than that; at most three.
    func titleLines(_ width: Double) -> [String] {
        guard let title = panel.title?.printable, !title.isEmpty else { return [] }
        var lines: [String] = []
        for word in title.split(separator: " ") {
            if let last = lines.last, page.width(last + " " + word, PageStyle.title) <= max(120, width) {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines.count > 3 ? Array(lines.prefix(2)) + [lines[2] + " …"] : lines
    }

    func xTicks(_ width: Double) -> [Tick] {
        if panel.x.names != nil {
            let ticks = panel.x.ticks(0)
            // Names that would overlap even slanted are thinned.
            let step = max(1, Int((Double(ticks.count) * 13 / max(1, width)).rounded(.up)))
            return ticks.enumerated().filter { $0.offset % step == 0 }.map(\.element)
        }
        var count = max(2, Int(min(9, width / 48)))
        while true {
            let ticks = panel.x.ticks(count)
            let crowded = zip(ticks, ticks.dropFirst()).contains { a, b in
                (panel.x.position(b.value) - panel.x.position(a.value)) * width < (tickWidth(a.label) + tickWidth(b.label)) / 2 + 8
            }
            if !crowded || count <= 2 { return crowded ? Array(ticks.prefix(1)) : ticks }
            count -= 1
        }
    }

    func yTicks(_ height: Double) -> [Tick] {
        let ticks = panel.y.ticks(max(2, Int(min(9, height / 36))))
        guard panel.y.names != nil else { return ticks }
        let step = max(1, Int((Double(ticks.count) * 11 / max(1, height)).rounded(.up)))
        return ticks.enumerated().filter { $0.offset % step == 0 }.map(\.element)
    }

    /// Names below the axis lean when they are too wide to stand side by side.
    func slanted(_ width: Double) -> Bool {
        guard let names = panel.x.names?.names, !names.isEmpty else { return false }
        return tooWide(names, page, width)
    }

    func barTicks(_ bar: ColorBar, _ height: Double) -> [Tick] {
        Axis(scale: bar.scale, low: bar.low, high: bar.high).ticks(max(2, Int(min(9, height / 40))))
    }

    func tickWidth(_ label: TickLabel) -> Double {
        guard let exponent = label.exponent else { return page.width(label.text.printable, PageStyle.tick) }
        let base = label.text.isEmpty ? "10" : label.text + "×10"
        return page.width(base, PageStyle.tick) + page.width("\(exponent)".replacingMinus, CairoPage.Font(size: PageStyle.tick.size * 0.72)) + 0.5
    }

    /// Writes a tick's label, powers of ten raised.
    func write(_ label: TickLabel, at: Point, anchor: Double, turn: Double = 0) {
        guard let exponent = label.exponent else {
            page.write(label.text.printable.replacingLeadingMinus, at: at, PageStyle.tick, PageStyle.axis, anchor: anchor, turn: turn)
            return
        }
        let small = CairoPage.Font(size: PageStyle.tick.size * 0.72)
        let base = label.text.isEmpty ? "10" : label.text.replacingLeadingMinus + "×10"
        let start = at.x - anchor * tickWidth(label)
        page.write(base, at: Point(start, at.y), PageStyle.tick, PageStyle.axis)
        page.write("\(exponent)".replacingMinus, at: Point(start + page.width(base, PageStyle.tick) + 0.5, at.y - 3.6), small, PageStyle.axis)
    }
}

private func tooWide(_ names: [String], _ page: CairoPage, _ width: Double) -> Bool {
    let widest = names.map { page.width($0.printable, PageStyle.tick) }.max() ?? 0
    return widest + 6 > width / Double(max(1, names.count))
}

extension String {
    /// With the sign that figures go with.
    var replacingMinus: String { String(map { $0 == "-" ? "−" : $0 }) }
    /// The same for numbers only: names keep their hyphens.
    var replacingLeadingMinus: String {
        first == "-" && dropFirst().first?.isNumber == true ? "−" + dropFirst() : self
    }
}
