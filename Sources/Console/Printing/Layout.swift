/// A value laid out for reading: text, or a table whose items stand on one line where they fit.
indirect enum Layout: Equatable, Sendable {
    case text(String, Style)
    case table([Item])

    /// One entry of a table.
    struct Item: Equatable, Sendable {
        /// What stands before ` = `, if anything does.
        var key: String?
        var value: Layout

        init(_ value: Layout, key: String? = nil) {
            self.key = key
            self.value = value
        }
    }

    /// The lines to print.
    func render(on terminal: Terminal) -> [String] {
        var renderer = LayoutRenderer(terminal: terminal)
        renderer.write(self, following: 0)
        return renderer.finish()
    }

    /// How wide this is on one line, or nil if it needs several.
    var width: Int? {
        switch self {
        case .text(let text, _): return text.contains("\n") ? nil : text.count
        case .table(let items):
            var total = 2
            for (index, item) in items.enumerated() {
                guard let width = item.width else { return nil }
                total += width + (index == 0 ? 0 : 2)
            }
            return total
        }
    }
}

extension Layout.Item {
    /// How wide the item is on one line, or nil if it needs several.
    var width: Int? {
        value.width.map { $0 + (key.map { $0.count + 3 } ?? 0) }
    }

    /// Whether several of these may share a line of a broken table: short values without keys do.
    var isPacked: Bool {
        guard key == nil, case .text = value, let width else { return false }
        return width <= 24
    }
}

/// Writes a layout line by line within the terminal's width.
private struct LayoutRenderer {
    let terminal: Terminal
    private var lines: [String] = []
    private var line = ""
    private var column = 0
    private var indent = 0

    init(terminal: Terminal) {
        self.terminal = terminal
    }

    mutating func finish() -> [String] {
        breakLine()
        return lines
    }

    /// Writes a value, after which `following` more columns are needed on the same line.
    mutating func write(_ layout: Layout, following: Int) {
        switch layout {
        case .text(let text, let style): put(text, style)
        case .table(let items):
            if let width = layout.width, items.isEmpty || column + width + following <= terminal.columns {
                writeFlat(items)
            } else {
                writeBroken(items)
            }
        }
    }

    private mutating func writeFlat(_ items: [Layout.Item]) {
        put("{")
        for (index, item) in items.enumerated() {
            if index > 0 { put(", ") }
            write(item, following: 0)
        }
        put("}")
    }

    private mutating func writeBroken(_ items: [Layout.Item]) {
        put("{")
        indent += 2
        var wasPacked = false
        for (index, item) in items.enumerated() {
            let comma = index + 1 < items.count ? "," : ""
            if wasPacked, item.isPacked, let width = item.width, column + 1 + width + comma.count <= terminal.columns {
                put(" ")
            } else {
                breakLine()
            }
            write(item, following: comma.count)
            put(comma)
            wasPacked = item.isPacked
        }
        indent -= 2
        breakLine()
        put("}")
    }

    private mutating func write(_ item: Layout.Item, following: Int) {
        if let key = item.key { put(key + " = ") }
        write(item.value, following: following)
    }

    /// Adds text; each of its own line breaks is kept and indented.
    private mutating func put(_ text: String, _ style: Style = .plain) {
        for (index, part) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if index > 0 { breakLine() }
            line += terminal.styled(String(part), style)
            column += part.count
        }
    }

    private mutating func breakLine() {
        lines.append(line)
        line = String(repeating: " ", count: indent)
        column = indent
    }
}
