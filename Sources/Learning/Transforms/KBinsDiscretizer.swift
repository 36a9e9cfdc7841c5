import Tensors

/// Cuts every feature into bins.
public final class KBinsDiscretizer: Transform {
    public override class var kind: String { "KBinsDiscretizer" }
    public override class var summary: String { "Cuts every feature into bins." }
    public override class var options: [TransformOption] {
        [
            TransformOption("n_bins", 5, "how many bins; or a list, one number for each feature", takesList: true),
            TransformOption("encode", "onehot", "a feature of 0 and 1 for each bin, or the bin's number", choices: ["onehot", "onehot-dense", "ordinal"]),
            TransformOption("strategy", "quantile", "bins with as many values each, as wide each, or around centres (k-means)",
                choices: ["quantile", "uniform", "kmeans"]),
            TransformOption("quantile_method", "averaged_inverted_cdf", "how quantiles between values are found, as NumPy names it", choices: QuantileMethod.allCases.map(\.rawValue)),
            TransformOption("first", 0, "the number of the first bin"),
        ]
    }

    public override class var refused: [String: String] {
        ["subsample": "all rows are used", "random_state": "nothing is left to chance"]
    }

    override var learnsFromValues: Bool { true }

    /// Of each feature, one more than bins.
    private var edges: [[Double]] = []

    override func check() throws {
        for n in list("n_bins") == nil ? [number("n_bins") ?? 0] : numbers("n_bins") where !(n >= 2 && n <= 1_000_000 && n == n.rounded()) {
            throw LearningError.argument(Self.kind, "n_bins must be whole and at least 2, not \(shortNumber(n))")
        }
    }

    private var isOneHot: Bool { text("encode") != "ordinal" }
    public override var outputWidth: Int { isOneHot ? edges.reduce(0) { $0 + $1.count - 1 } : edges.count }

    override func learn(_ columns: [Column], rows: Int) throws {
        let counts = list("n_bins") == nil ? [Int](repeating: integer("n_bins"), count: columns.count) : numbers("n_bins").map { Int($0) }
        guard counts.count == columns.count else { throw LearningError.argument(Self.kind + ".fit", "n_bins lists \(counts.count) features, there are \(columns.count)") }
        let found = try zip(columns, counts).map { column, n in
            try checkInterrupt()
            return try edges(column.feature(Self.kind + ".fit", allowsMissing: false).sorted(), n)
        }
        edges = found
        learned = StateDict()
        try learn("n_bins", edges.map { Double($0.count - 1) })
        for (i, edges) in edges.enumerated() { try learn("bin_edges.\(i)", edges) }
    }

    private func edges(_ sorted: [Double], _ n: Int) throws -> [Double] {
        guard let least = sorted.first, let greatest = sorted.last else { return [] }
        // A feature that does not vary has one bin.
        if least == greatest { return [-.infinity, .infinity] }
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
            let method = QuantileMethod(rawValue: text("quantile_method")) ?? .averaged_inverted_cdf
            let all = (0...n).map { i in method.quantile(sorted, (i == n ? 100 : Double(i) * step) / 100) }
            // Bins without width hold nothing.
            var kept = [all[0]]
            for (before, edge) in zip(all, all.dropFirst()) where edge - before > 1e-8 { kept.append(edge) }
            return kept
        }
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

/// How a quantile between two values is found (Hyndman and Fan 1996), by NumPy's names.
private enum QuantileMethod: String, CaseIterable {
    case inverted_cdf, averaged_inverted_cdf, interpolated_inverted_cdf, hazen, weibull, linear, median_unbiased, normal_unbiased

    /// What counts as the position of the first and last value, for those that interpolate.
    private var ends: (Double, Double) {
        switch self {
        case .hazen: (0.5, 0.5)
        case .weibull: (0, 0)
        case .median_unbiased: (1.0 / 3, 1.0 / 3)
        case .normal_unbiased: (3.0 / 8, 3.0 / 8)
        case .interpolated_inverted_cdf: (0, 1)
        default: (1, 1)
        }
    }

    func quantile(_ sorted: [Double], _ share: Double) -> Double {
        let n = Double(sorted.count), last = sorted.count - 1
        func value(_ index: Double) -> Double { sorted[min(max(Int(index), 0), last)] }
        switch self {
        case .inverted_cdf, .averaged_inverted_cdf:
            let position = share * n, below = position.rounded(.down)
            if self == .averaged_inverted_cdf, position == below, below > 0, below < n { return (value(below - 1) + value(below)) * 0.5 }
            return value(position.rounded(.up) - 1)
        default:
            let (a, b) = ends, position = min(max(n * share + a + share * (1 - a - b) - 1, 0), Double(last))
            let below = position.rounded(.down), t = position - below
            return value(below) + (value(below + 1) - value(below)) * t
        }
    }
}
