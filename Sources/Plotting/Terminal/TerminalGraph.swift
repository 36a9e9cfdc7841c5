extension TerminalPanel {
    /// A graph as boxes joined by lines that run down, across, and down again; as a list when it is too
    /// large or too wide for that.
    func drawn(_ graph: Graph) -> TextBlock {
        guard GraphLayout.suits(graph) else { return listed(graph) }
        var (texts, layout) = laidOut(graph, max(6, width - 4))
        if layout.width + 1 > Double(width) { (texts, layout) = laidOut(graph, 10) }
        guard layout.width + 1 <= Double(width) else { return listed(graph) }
        let wide = max(1, Int(layout.width.rounded(.up)) + 1)
        var block = TextBlock(width: wide)
        var strokes = LineGrid(width: wide)
        // Edges cross between layers on lines of their own: one for each place they come from.
        var tops: [Int] = [], bottoms: [Int] = []
        var arrows: [(Int, Int, Bool)] = []
        var tracks: [Int: [(from: Int, to: Int, upwards: Bool, last: Bool)]] = [:]
        for (edge, route) in zip(graph.edges, layout.routes) where !route.isEmpty {
            let upwards = layout.places[route[0]].layer > layout.places[route[route.count - 1]].layer
            let downwards = upwards ? route.reversed() : route
            for (p, q) in zip(downwards, downwards.dropFirst()) {
                tracks[layout.places[p].layer, default: []].append((p, q, upwards, layout.places[q].node == edge.to))
            }
        }
        func middle(_ place: Int) -> Int { max(0, min(wide - 1, Int(layout.places[place].x))) }
        var row = 0
        for (l, layer) in layout.layers.enumerated() {
            let height = (layer.compactMap { layout.places[$0].node.map { texts[$0].count } }.max() ?? 0) + 2
            tops.append(row)
            bottoms.append(row + height)
            row += height
            let links = tracks[l] ?? []
            let bends = Set(links.filter { middle($0.from) != middle($0.to) }.map(\.from)).sorted { middle($0) < middle($1) }
            row += links.isEmpty ? 0 : bends.isEmpty ? 1 : bends.count + 2
        }
        while block.height < row { block.addLine() }
        strokes.height = row
        for (l, layer) in layout.layers.enumerated() {
            for place in layer {
                guard let node = layout.places[place].node else {
                    strokes.vertical(middle(place), tops[l], bottoms[l])
                    continue
                }
                box(texts[node], graph.nodes[node].group, &block, row: tops[l], place: layout.places[place])
                let bottom = tops[l] + texts[node].count + 2
                if tracks[l]?.contains(where: { $0.from == place }) == true { strokes.vertical(middle(place), bottom, bottoms[l]) }
            }
            let links = tracks[l] ?? []
            let bends = Set(links.filter { middle($0.from) != middle($0.to) }.map(\.from)).sorted { middle($0) < middle($1) }
            for link in links {
                let end = l + 1 < tops.count ? tops[l + 1] : row
                let track = bottoms[l] + (bends.firstIndex(of: link.from).map { $0 + 1 } ?? 0)
                strokes.vertical(middle(link.from), bottoms[l], track + 1)
                strokes.horizontal(track, middle(link.from), middle(link.to))
                strokes.vertical(middle(link.to), track, end)
                if layout.places[link.to].node != nil && !link.upwards { arrows.append((end - 1, middle(link.to), true)) }
                if layout.places[link.from].node != nil && link.upwards { arrows.append((bottoms[l], middle(link.from), false)) }
            }
        }
        strokes.draw(into: &block, unicode: terminal.unicode)
        for (row, column, down) in arrows {
            block[row, column] = Cell(character: terminal.unicode ? (down ? "▼" : "▲") : (down ? "v" : "^"), paint: .muted)
        }
        return block
    }

    /// A line for each node: its number, its text, and the numbers of those it leads to.
    private func listed(_ graph: Graph) -> TextBlock {
        var targets: [[Int]] = Array(repeating: [], count: graph.nodes.count)
        for edge in graph.edges { targets[edge.from].append(edge.to + 1) }
        var block = TextBlock(width: width)
        let digits = "\(graph.nodes.count)".count, arrow = terminal.unicode ? " → " : " -> "
        for (i, node) in graph.nodes.enumerated() {
            let number = String(repeating: " ", count: digits - "\(i + 1)".count) + "\(i + 1)  "
            let to = targets[i].isEmpty ? "" : arrow + targets[i].map(String.init).joined(separator: ", ")
            let line = number + node.text.shown(on: terminal) + to
            block.write(line.cut(to: width, unicode: terminal.unicode), row: block.addLine(), column: 0)
        }
        return block
    }

    /// The lines of each node's text, none longer than `longest`, and the places of the nodes.
    private func laidOut(_ graph: Graph, _ longest: Int) -> ([[String]], GraphLayout) {
        let texts = graph.nodes.map { node in
            node.text.split(separator: "\n", omittingEmptySubsequences: false).map {
                String($0).shown(on: terminal).cut(to: longest, unicode: terminal.unicode)
            }
        }
        let widths = texts.map { Double(($0.map(\.terminalWidth).max() ?? 0) + 4) }
        return (texts, GraphLayout(graph, widths: widths, gap: 2, lane: 1))
    }

    private func box(_ lines: [String], _ group: Int?, _ block: inout TextBlock, row: Int, place: GraphLayout.Place) {
        let paint = group.map { Paint.color(.series($0)) } ?? .ink
        let left = Int(place.x - place.width / 2), width = Int(place.width)
        let edge = terminal.unicode ? ("┌", "─", "┐", "│", "└", "┘") : ("+", "-", "+", "|", "+", "+")
        let across = String(repeating: edge.1, count: width - 2)
        block.write(edge.0 + across + edge.2, row: row, column: left, paint: paint)
        block.write(edge.4 + across + edge.5, row: row + lines.count + 1, column: left, paint: paint)
        for (i, line) in lines.enumerated() {
            block.write(edge.3, row: row + 1 + i, column: left, paint: paint)
            block.write(line, row: row + 1 + i, column: left + (width - line.terminalWidth) / 2)
            block.write(edge.3, row: row + 1 + i, column: left + width - 1, paint: paint)
        }
    }
}

/// Lines along characters, which join where they meet.
private struct LineGrid {
    var height = 0
    let width: Int
    /// Bits for each place: up 1, down 2, left 4, right 8.
    private var bits: [Int: UInt8] = [:]

    init(width: Int) { self.width = width }

    /// From the upper edge of one line to the upper edge of another.
    mutating func vertical(_ column: Int, _ from: Int, _ to: Int) {
        for row in from..<max(from, to) { bits[row * width + column, default: 0] |= 3 }
    }

    /// From the middle of one column to the middle of another.
    mutating func horizontal(_ row: Int, _ from: Int, _ to: Int) {
        guard from != to else { return }
        for column in min(from, to)...max(from, to) {
            if column > min(from, to) { bits[row * width + column, default: 0] |= 4 }
            if column < max(from, to) { bits[row * width + column, default: 0] |= 8 }
        }
    }

    func draw(into block: inout TextBlock, unicode: Bool) {
        let signs: [Character] = ["·", "│", "│", "│", "─", "┘", "┐", "┤", "─", "└", "┌", "├", "─", "┴", "┬", "┼"]
        for (place, bit) in bits {
            let row = place / width, column = place % width
            var joined = bit
            // A bar that ends here shows no stub where nothing follows.
            if bit & 12 != 0 {
                if (bits[place - width] ?? 0) & 2 == 0 { joined &= ~1 }
                if (bits[place + width] ?? 0) & 1 == 0 { joined &= ~2 }
            }
            let character: Character =
                unicode ? signs[Int(joined)] : joined & 12 == 0 ? "|" : joined & 3 == 0 ? "-" : "+"
            block[row, column] = Cell(character: character, paint: .muted)
        }
    }
}
