import Tensors

/// Cuts every feature into bins.
public final class KBinsDiscretizer: Transform {
    public override class var kind: String { "KBinsDiscretizer" }
    public override class var summary: String { "Cuts every feature into bins." }
    public override class var options: [TransformOption] {
        [
            TransformOption("n_bins", 5, "how many bins"),
            TransformOption("encode", "onehot", "a feature of 0 and 1 for each bin, or the bin's number", choices: ["onehot", "ordinal"]),
            TransformOption("strategy", "quantile", "bins with as many values each, as wide each, or around centres (k-means)",
                choices: ["quantile", "uniform", "kmeans"]),
            TransformOption("first", 0, "the number of the first bin"),
        ]
    }

    /// Of each feature, one more than bins.
    private var edges: [[Double]] = []

    override func check() throws {
        guard integer("n_bins") >= 2, integer("n_bins") <= 1_000_000 else {
            throw LearningError.argument(Self.kind, "n_bins must be at least 2, not \(integer("n_bins"))")
        }
    }

    private var isOneHot: Bool { text("encode") == "onehot" }
    public override var outputWidth: Int { isOneHot ? edges.reduce(0) { $0 + $1.count - 1 } : edges.count }

    override func learn(_ columns: [Column], rows: Int) throws {
        let found = try columns.map { column in
            try checkInterrupt()
            return try edges(column.feature(Self.kind + ".fit", allowsMissing: false).sorted())
        }
        edges = found
        learned = StateDict()
        try learn("n_bins", edges.map { Double($0.count - 1) })
        for (i, edges) in edges.enumerated() { try learn("bin_edges.\(i)", edges) }
    }

    private func edges(_ sorted: [Double]) throws -> [Double] {
        guard let least = sorted.first, let greatest = sorted.last else { return [] }
        // A feature that does not vary has one bin.
        if least == greatest { return [-.infinity, .infinity] }
        let n = integer("n_bins")
        switch text("strategy") {
        case "uniform":
            let step = (greatest - least) / Double(n)
            return (0..<n).map { Double($0) * step + least } + [greatest]
        case "kmeans":
            let step = (greatest - least) / Double(n)
            let uniform = (0..<n).map { Double($0) * step + least } + [greatest]
            let centres = try clusters(sorted, zip(uniform, uniform.dropFirst()).map { ($0 + $1) * 0.5 }).sorted()
            return [least] + zip(centres, centres.dropFirst()).map { ($0 + $1) * 0.5 } + [greatest]
        default:
            let step = 100 / Double(n)
            let all = (0...n).map { i in averagedQuantile(sorted, (i == n ? 100 : Double(i) * step) / 100) }
            // Bins without width hold nothing.
            var kept = [all[0]]
            for (before, edge) in zip(all, all.dropFirst()) where edge - before > 1e-8 { kept.append(edge) }
            return kept
        }
    }

    /// The inverse of the empirical distribution, averaged at its steps.
    private func averagedQuantile(_ sorted: [Double], _ share: Double) -> Double {
        let position = share * Double(sorted.count), below = position.rounded(.down)
        let index = Int(below)
        if position == below, index > 0, index < sorted.count { return (sorted[index - 1] + sorted[index]) * 0.5 }
        return sorted[min(max(Int(position.rounded(.up)) - 1, 0), sorted.count - 1)]
    }

    /// Centres of clusters on a line, moved from where they start until they stay (Lloyd 1982).
    private func clusters(_ sorted: [Double], _ start: [Double]) throws -> [Double] {
        let n = Double(sorted.count), mean = sorted.reduce(0, +) / n
        let tolerance = 1e-4 * sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
        var centres = start.map { $0 - mean }, labels: [Int] = []
        for _ in 0..<300 {
            try checkInterrupt()
            var sums = [Double](repeating: 0, count: centres.count), counts = sums, nearest = 0
            let order = centres.indices.sorted { centres[$0] < centres[$1] }
            let next = sorted.map { value in
                let x = value - mean
                while nearest + 1 < order.count, abs(x - centres[order[nearest + 1]]) < abs(x - centres[order[nearest]]) { nearest += 1 }
                sums[order[nearest]] += x
                counts[order[nearest]] += 1
                return order[nearest]
            }
            var moved = 0.0
            for i in centres.indices where counts[i] > 0 {
                let centre = sums[i] / counts[i]
                moved += (centre - centres[i]) * (centre - centres[i])
                centres[i] = centre
            }
            if next == labels || moved <= tolerance { break }
            labels = next
        }
        return centres.map { $0 + mean }
    }

    override func checkLearned() throws {
        let width = width ?? 0
        edges = (0..<width).map { values("bin_edges.\($0)") }
        guard edges.allSatisfy({ edges in edges.count >= 2 && zip(edges, edges.dropFirst()).allSatisfy { $0 <= $1 } }) else {
            throw LearningError.argument(Self.kind, "the learnt edges do not fit \(width) features")
        }
    }

    override func apply(_ columns: [Column], rows: Int) throws -> [Column] {
        var result: [Column] = []
        for (i, column) in columns.enumerated() {
            let inner = edges[i].dropFirst().dropLast()
            let bins = try column.feature(Self.kind + ".transform", allowsMissing: false).map { value in
                // An edge belongs to the bin above.
                var low = inner.startIndex, high = inner.endIndex
                while low < high {
                    let middle = (low + high) / 2
                    if inner[middle] <= value { low = middle + 1 } else { high = middle }
                }
                return low - inner.startIndex
            }
            if isOneHot {
                for bin in 0..<edges[i].count - 1 {
                    result.append(Column("\(column.name)_\(bin + integer("first"))", bins.map { $0 == bin ? 1 : 0 }))
                }
            } else {
                result.append(Column(column.name, bins.map { Double($0 + integer("first")) }))
            }
        }
        return result
    }

    /// The middles of the bins.
    override func revert(_ columns: [Column], rows: Int) throws -> [Column] {
        let name = Self.kind + ".inverse_transform"
        var start = 0
        return try edges.enumerated().map { i, edges in
            let bins: [Int]
            if isOneHot {
                let flags = try columns[start..<start + edges.count - 1].map { try $0.feature(name, allowsMissing: false) }
                start += edges.count - 1
                bins = (0..<rows).map { row in
                    flags.indices.max { flags[$0][row] < flags[$1][row] } ?? 0
                }
            } else {
                bins = try columns[i].feature(name, allowsMissing: false).map { value in
                    guard let bin = Int(exactly: value - Double(integer("first"))), bin >= 0, bin < edges.count - 1 else {
                        throw LearningError.argument(name, "\(shortNumber(value)) is no bin of \(columns[i].name)")
                    }
                    return bin
                }
            }
            return Column("column_\(i + 1)", bins.map { (edges[$0] + edges[$0 + 1]) * 0.5 })
        }
    }
}
