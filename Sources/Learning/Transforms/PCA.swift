import CKernels
import Glibc
import Tensors

/// Principal components: the directions in which features vary most, as new features (Pearson 1901;
/// Hotelling 1933).
public final class PCA: Transform {
    public override class var kind: String { "PCA" }
    public override class var summary: String { "The directions in which features vary most, as new features." }
    public override class var options: [TransformOption] {
        [
            TransformOption("n_components", nil, "how many to keep, the share of variance to keep between 0 and 1, or the number that is likeliest (Minka 2000); all by default", choices: ["mle"], takesNumber: true),
            TransformOption("whiten", false, "whether each result is scaled to variance 1"),
        ]
    }
    public override class var refused: [String: String] {
        Dictionary(uniqueKeysWithValues: ["svd_solver", "tol", "iterated_power", "n_oversamples", "power_iteration_normalizer", "random_state"].map { ($0, "components are always computed exactly") })
    }

    override var learnsFromValues: Bool { true }

    private var mean: [Double] = []
    private var components: [[Double]] = []
    private var variances: [Double] = []

    override func check() throws {
        guard let n = number("n_components") else { return }
        guard n > 0, n < 1 || n == n.rounded() else {
            throw LearningError.argument(Self.kind, "n_components must be a whole number or a share between 0 and 1, not \(shortNumber(n))")
        }
    }

    public override var outputWidth: Int { components.count }

    override func learn(_ columns: [Column], rows: Int) throws {
        let name = Self.kind + ".fit"
        guard rows > 1 else { throw LearningError.argument(name, "one row does not vary; at least two are needed") }
        var x = try columns.map { try $0.feature(name, allowsMissing: false) }
        let width = columns.count, most = min(rows, width)
        if let n = number("n_components"), n >= 1, Int(n) > most {
            throw LearningError.argument(name, "\(Int(n)) components are more than \(rows) rows of \(width) features have (\(most))")
        }
        let means = x.map { $0.reduce(0, +) / Double(rows) }
        for i in x.indices { for row in x[i].indices { x[i][row] -= means[i] } }
        if text("n_components") == "mle", rows < width {
            throw LearningError.argument(name, "n_components=\"mle\" needs at least as many rows as features, there are \(rows) of \(width)")
        }
        // The smaller of the two products of the data with themselves has all there is to know.
        let isWide = width > rows
        let side = isWide ? rows : width
        guard side * side * 8 < Int(nj_memory_limit()) / 4 else { throw TensorError.outOfMemory(name, shape: [side, side], bytes: side * side * 8) }
        var products = [Double](repeating: 0, count: side * side)
        if isWide {
            for column in x {
                try checkInterrupt()
                for a in 0..<rows { for b in 0...a { products[a * side + b] += column[a] * column[b] } }
            }
        } else {
            for a in 0..<width {
                try checkInterrupt()
                for b in 0...a {
                    products[a * side + b] = x[a].withUnsafeBufferPointer { p in
                        x[b].withUnsafeBufferPointer { q in
                            var sum = 0.0
                            for row in 0..<rows { sum += p[row] * q[row] }
                            return sum
                        }
                    }
                }
            }
        }
        for a in 0..<side { for b in 0..<a { products[b * side + a] = products[a * side + b] } }
        var (values, vectors) = try symmetricEigen(products, side)
        values = values.prefix(most).map { max($0, 0) }
        vectors = Array(vectors.prefix(most))
        if isWide {
            vectors = zip(values, vectors).map { value, u in
                let length = value.squareRoot()
                return x.map { column in length == 0 ? 0 : zip(column, u).reduce(0) { $0 + $1.0 * $1.1 } / length }
            }
        }
        let total = values.reduce(0, +), shares = values.map { total == 0 ? 0 : $0 / total }
        var kept = most
        if text("n_components") == "mle" {
            kept = likeliestRank(values.map { $0 / Double(rows - 1) }, rows: rows)
        } else if let n = number("n_components") {
            if n >= 1 { kept = Int(n) } else {
                var sum = 0.0
                kept = 1
                for share in shares {
                    sum += share
                    if sum > n { break }
                    kept += 1
                }
                kept = min(kept, most)
            }
        }
        // Of the two directions of each axis the one whose largest part is positive.
        vectors = vectors.prefix(kept).map { vector in
            var largest = 0.0
            for value in vector where abs(value) > abs(largest) { largest = value }
            return largest < 0 ? vector.map { -$0 } : vector
        }
        (mean, components) = (means, vectors)
        variances = values.prefix(kept).map { $0 / Double(rows - 1) }
        learned = StateDict()
        try learn("mean", mean)
        try learn("components", components.flatMap { $0 }, shape: [kept, width])
        try learn("explained_variance", variances)
        try learn("explained_variance_ratio", Array(shares.prefix(kept)))
        try learn("singular_values", values.prefix(kept).map { $0.squareRoot() })
    }

    override func checkLearned() throws {
        mean = values("mean")
        variances = values("explained_variance")
        let flat = values("components"), width = width ?? 0
        guard width > 0, mean.count == width, flat.count == variances.count * width else {
            throw LearningError.argument(Self.kind, "the learnt numbers do not fit \(width) features")
        }
        components = variances.indices.map { Array(flat[$0 * width..<($0 + 1) * width]) }
    }

    /// What each result is divided by.
    private func divisor(_ i: Int) -> Double {
        flag("whiten") ? max(variances[i].squareRoot(), .ulpOfOne) : 1
    }

    override func apply(_ columns: [Column], rows: Int) throws -> [Column] {
        let x = try columns.map { try $0.feature(Self.kind + ".transform", allowsMissing: false) }
        return try components.indices.map { i in
            try checkInterrupt()
            var values = [Double](repeating: 0, count: rows)
            for (feature, weight) in components[i].enumerated() {
                for row in 0..<rows { values[row] += (x[feature][row] - mean[feature]) * weight }
            }
            return Column("pca\(i + 1)", values.map { $0 / divisor(i) })
        }
    }

    override func revert(_ columns: [Column], rows: Int) throws -> [Column] {
        let x = try columns.map { try $0.feature(Self.kind + ".inverse_transform", allowsMissing: false) }
        return mean.indices.map { feature in
            var values = [Double](repeating: mean[feature], count: rows)
            for i in components.indices {
                let weight = components[i][feature] * divisor(i)
                for row in 0..<rows { values[row] += x[i][row] * weight }
            }
            return Column("column_\(feature + 1)", values)
        }
    }
}

/// How many components explain data of these variances best, by the evidence of probabilistic models
/// of each rank (Minka 2000, "Automatic choice of dimensionality for PCA").
private func likeliestRank(_ variances: [Double], rows: Int) -> Int {
    let width = variances.count, n = Double(rows), least = 1e-15
    func evidence(_ rank: Int) -> Double {
        guard variances[rank - 1] >= least else { return -.infinity }
        let free = Double(width - rank)
        var spectrum = variances, sum = -Double(rank) * log(2)
        for i in 1...rank {
            let half = Double(width - i + 1) / 2
            sum += lgamma(half) - half * log(Double.pi)
        }
        sum -= variances[..<rank].reduce(0) { $0 + log($1) } * n / 2
        let noise = max(least, variances[rank...].reduce(0, +) / free)
        sum -= log(noise) * n * free / 2
        let parameters = Double(width * rank) - Double(rank * (rank + 1)) / 2
        sum += log(2 * Double.pi) * (parameters + Double(rank)) / 2
        for i in rank..<width { spectrum[i] = noise }
        for i in 0..<rank {
            for j in i + 1..<width {
                sum -= (log((variances[i] - variances[j]) * (1 / spectrum[j] - 1 / spectrum[i])) + log(n)) / 2
            }
        }
        return sum - Double(rank) * log(n) / 2
    }
    var best = 0, most = -Double.infinity
    for rank in 1..<max(width, 1) where evidence(rank) > most { (best, most) = (rank, evidence(rank)) }
    return best
}
