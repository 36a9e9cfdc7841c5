/// Places for the nodes of a graph, in layers, after Sugiyama, Tagawa and Toda, "Methods for Visual
/// Understanding of Hierarchical System Structures" (1981): edges that would close a cycle are turned,
/// nodes go one layer below the lowest they come from, long edges pass each layer at a place of their own,
/// layers are ordered by the means of their neighbours, and places are pulled towards those.
struct GraphLayout: Sendable {
    struct Place: Sendable {
        var layer: Int
        /// The middle, from the left edge of the whole.
        var x: Double
        var width: Double
        /// The node, or nil where an edge passes.
        var node: Int?
    }

    private(set) var places: [Place] = []
    /// For each edge of the graph the places it goes through, first to last; empty for edges from a node to itself.
    private(set) var routes: [[Int]] = []
    private(set) var layers: [[Int]] = []
    private(set) var width = 0.0

    /// `widths` of the nodes and the `gap` between neighbours, in any unit; edges pass with width `lane`.
    init(_ graph: Graph, widths: [Double], gap: Double, lane: Double) {
        let n = graph.nodes.count
        let (layer, turned) = GraphLayout.layered(graph)
        layers = Array(repeating: [], count: (layer.max() ?? 0) + 1)
        for node in 0..<n {
            layers[layer[node]].append(places.count)
            places.append(Place(layer: layer[node], x: 0, width: widths[node], node: node))
        }
        var up: [[Int]] = Array(repeating: [], count: n), down = up
        for (i, edge) in graph.edges.enumerated() {
            guard edge.from != edge.to else {
                routes.append([])
                continue
            }
            let (a, b) = turned[i] ? (edge.to, edge.from) : (edge.from, edge.to)
            var route = [a]
            for between in (layer[a] + 1)..<max(layer[a] + 1, layer[b]) {
                layers[between].append(places.count)
                route.append(places.count)
                places.append(Place(layer: between, x: 0, width: lane, node: nil))
                up.append([])
                down.append([])
            }
            route.append(b)
            for (p, q) in zip(route, route.dropFirst()) {
                down[p].append(q)
                up[q].append(p)
            }
            routes.append(turned[i] ? route.reversed() : route)
        }
        order(up, down)
        position(up, down, gap)
    }

    /// Whether the graph is small enough to be laid out in about a second: nodes, and places that long
    /// edges pass, count.
    static func suits(_ graph: Graph) -> Bool {
        let (layer, _) = layered(graph)
        return graph.edges.reduce(graph.nodes.count) { $0 + abs(layer[$1.to] - layer[$1.from]) } <= 10_000
    }

    /// The layer of each node, and which edges were turned.
    private static func layered(_ graph: Graph) -> (layer: [Int], turned: [Bool]) {
        let n = graph.nodes.count
        let turned = edgesClosingCycles(graph)
        var below: [[Int]] = Array(repeating: [], count: n), incoming = Array(repeating: 0, count: n)
        for (i, edge) in graph.edges.enumerated() where edge.from != edge.to {
            let (a, b) = turned[i] ? (edge.to, edge.from) : (edge.from, edge.to)
            below[a].append(b)
            incoming[b] += 1
        }
        let isSource = incoming.map { $0 == 0 }
        // Longest path from the sources.
        var layer = Array(repeating: 0, count: n)
        var ready = (0..<n).filter { incoming[$0] == 0 }, next = 0
        while next < ready.count {
            let node = ready[next]
            next += 1
            for other in below[node] {
                layer[other] = max(layer[other], layer[node] + 1)
                incoming[other] -= 1
                if incoming[other] == 0 { ready.append(other) }
            }
        }
        // Sources stand just above the first node they lead to, rather than at the top.
        for node in 0..<n where isSource[node] && !below[node].isEmpty {
            layer[node] = (below[node].map { layer[$0] }.min() ?? 1) - 1
        }
        return (layer, turned)
    }

    /// Sweeps down and up, sorting each layer by the mean place of its neighbours.
    private mutating func order(_ up: [[Int]], _ down: [[Int]]) {
        var rank = Array(repeating: 0.0, count: places.count)
        func number(_ layer: [Int]) { for (i, place) in layer.enumerated() { rank[place] = Double(i) } }
        layers.forEach(number)
        var best = layers, fewest = Int.max
        for sweep in 0..<12 {
            let downwards = sweep % 2 == 0
            for l in downwards ? Array(layers.indices) : layers.indices.reversed() {
                let neighbours = downwards ? up : down
                let means = layers[l].map { place -> (Int, Double) in
                    let near = neighbours[place]
                    return (place, near.isEmpty ? rank[place] : near.reduce(0) { $0 + rank[$1] } / Double(near.count))
                }
                layers[l] = means.enumerated().sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }.map(\.element.0)
                number(layers[l])
            }
            let crossings = layers.indices.dropFirst().reduce(0) { $0 + crossed(layers[$1], up, rank) }
            if crossings < fewest { (best, fewest) = (layers, crossings) }
            if crossings == 0 { break }
        }
        layers = best
    }

    private func crossed(_ layer: [Int], _ up: [[Int]], _ rank: [Double]) -> Int {
        let ends = layer.flatMap { place in up[place].map { rank[$0] }.sorted() }
        guard ends.count < 400 else { return 0 }
        var crossings = 0
        for i in ends.indices { for j in (i + 1)..<max(i + 1, ends.count) where ends[j] < ends[i] { crossings += 1 } }
        return crossings
    }

    /// Pulls each layer towards its neighbours, keeping the order and the gaps.
    private mutating func position(_ up: [[Int]], _ down: [[Int]], _ gap: Double) {
        for layer in layers {
            var x = 0.0
            for place in layer {
                places[place].x = x + places[place].width / 2
                x += places[place].width + gap
            }
            // Centred around 0.
            let middle = (x - gap) / 2
            for place in layer { places[place].x -= middle }
        }
        for sweep in 0..<16 {
            for l in sweep % 2 == 0 ? Array(layers.indices) : layers.indices.reversed() {
                let layer = layers[l]
                let wanted = layer.map { place -> (goal: Double, weight: Double) in
                    var near = sweep % 2 == 0 ? up[place] : down[place]
                    if near.isEmpty { near = sweep % 2 == 0 ? down[place] : up[place] }
                    guard !near.isEmpty else { return (places[place].x, 0.1) }
                    // Passing edges are kept straight first.
                    return (near.reduce(0) { $0 + places[$1].x } / Double(near.count), places[place].node == nil ? 4 : 1)
                }
                place(layer, wanted, gap)
            }
        }
        let left = places.map { $0.x - $0.width / 2 }.min() ?? 0
        for i in places.indices { places[i].x -= left }
        width = places.map { $0.x + $0.width / 2 }.max() ?? 0
    }

    /// The places nearest to the wanted ones (in least squares) that keep order and gaps: neighbours that
    /// would overlap are merged into blocks (pool adjacent violators).
    private mutating func place(_ layer: [Int], _ wanted: [(goal: Double, weight: Double)], _ gap: Double) {
        var offsets: [Double] = [], offset = 0.0
        for (i, p) in layer.enumerated() {
            if i > 0 { offset += places[layer[i - 1]].width / 2 + gap + places[p].width / 2 }
            offsets.append(offset)
        }
        var blocks: [(sum: Double, weight: Double, count: Int)] = []
        for i in layer.indices {
            blocks.append(((wanted[i].goal - offsets[i]) * wanted[i].weight, wanted[i].weight, 1))
            while blocks.count > 1, let last = blocks.last {
                let before = blocks[blocks.count - 2]
                if before.sum / before.weight <= last.sum / last.weight { break }
                blocks.removeLast()
                blocks[blocks.count - 1] = (before.sum + last.sum, before.weight + last.weight, before.count + last.count)
            }
        }
        var i = 0
        for block in blocks {
            for _ in 0..<block.count {
                places[layer[i]].x = block.sum / block.weight + offsets[i]
                i += 1
            }
        }
    }
}

/// Which edges lead back to a node on the path to them, found by a depth-first walk.
private func edgesClosingCycles(_ graph: Graph) -> [Bool] {
    var closing = Array(repeating: false, count: graph.edges.count)
    var leaving: [[Int]] = Array(repeating: [], count: graph.nodes.count)
    for (i, edge) in graph.edges.enumerated() { leaving[edge.from].append(i) }
    // 0: not met, 1: on the path, 2: done.
    var state = Array(repeating: 0, count: graph.nodes.count)
    for root in graph.nodes.indices where state[root] == 0 {
        var path = [(node: root, next: 0)]
        state[root] = 1
        while let (node, next) = path.last {
            guard next < leaving[node].count else {
                state[node] = 2
                path.removeLast()
                continue
            }
            path[path.count - 1].next += 1
            let edge = leaving[node][next], other = graph.edges[edge].to
            if state[other] == 1 {
                closing[edge] = true
            } else if state[other] == 0 {
                state[other] = 1
                path.append((other, 0))
            }
        }
    }
    return closing
}
