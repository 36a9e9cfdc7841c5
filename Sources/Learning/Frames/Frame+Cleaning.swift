extension Frame {
    /// What missing values are replaced by.
    public enum Filling: Sendable {
        /// The mean of a column of numbers.
        case mean
        case median
        /// The most frequent value, the smallest of several.
        case mode
        case value(Value)
    }

    /// Missing values filled in these columns, by default in all that the filling fits: mean and
    /// median fit numbers, a value the columns of its kind.
    ///
    /// - Throws: when a column that was named does not fit, or has no values to learn from.
    public func impute(_ filling: Filling, _ names: [String]? = nil) throws -> Frame {
        var columns = columns
        let positions = try names.map { try $0.map { try position($0, "impute") } } ?? Array(columns.indices)
        for position in positions where columns[position].missingCount > 0 {
            let column = columns[position]
            let value: Value?
            switch filling {
            case .mean: value = column.kind == .number ? Statistics(column.numbers ?? []).mean.map(Value.number) : nil
            case .median: value = column.kind == .number ? Statistics(column.numbers ?? []).quantile(0.5).map(Value.number) : nil
            case .mode: value = column.mode
            case .value(let given): value = given
            }
            guard let value, let filled = column.filled(with: value) else {
                if names == nil { continue }
                throw LearningError.argument("impute", value == nil && column.missingCount == rowCount
                    ? "column \"\(column.name)\" has no values to learn from"
                    : "column \"\(column.name)\" holds \(column.kind.rawValue) values, which this does not fit")
            }
            columns[position] = filled
        }
        return try Frame(columns, rowCount: rowCount, operation: "impute")
    }

    /// How far a value may lie from the others.
    public enum OutlierRule: Sendable {
        /// k times the distance between the quartiles below the first or above the third (Tukey), k = 1.5.
        case quartiles(Double)
        /// k standard deviations from the mean, k = 3.
        case deviations(Double)
        /// Below the given share of the values, or above the same share counted from the top, 0.01.
        case shares(Double)
    }

    /// Numbers beyond a bound set to the bound, in these columns, by default in all numbers.
    public func clipOutliers(_ rule: OutlierRule = .quartiles(1.5), _ names: [String]? = nil) throws -> Frame {
        var columns = columns
        let positions = try names.map { try $0.map { try position($0, "clip_outliers") } }
            ?? columns.indices.filter { columns[$0].kind == .number }
        for position in positions {
            let column = columns[position], values = try numbers(column.name, "clip_outliers")
            let statistics = Statistics(values)
            guard let mean = statistics.mean else { continue }
            let low: Double, high: Double
            switch rule {
            case .quartiles(let k):
                let first = statistics.quantile(0.25) ?? mean, third = statistics.quantile(0.75) ?? mean
                (low, high) = (first - k * (third - first), third + k * (third - first))
            case .deviations(let k):
                let deviation = statistics.deviation ?? 0
                (low, high) = (mean - k * deviation, mean + k * deviation)
            case .shares(let share):
                guard (0...0.5).contains(share) else {
                    throw LearningError.argument("clip_outliers", "the share must lie in 0..0.5, not \(shortNumber(share))")
                }
                (low, high) = (statistics.quantile(share) ?? mean, statistics.quantile(1 - share) ?? mean)
            }
            columns[position].values = .numbers(values.map { $0.isNaN ? $0 : min(max($0, low), high) })
        }
        return try Frame(columns, rowCount: rowCount, operation: "clip_outliers")
    }
}

extension Column {
    /// The most frequent value, the smallest of several.
    var mode: Value? {
        let coded = Codes(self)
        var counts = [Int](repeating: 0, count: coded.first.count)
        for code in coded.codes where code >= 0 { counts[code] += 1 }
        guard let most = counts.max() else { return nil }
        let best = counts.indices.filter { counts[$0] == most }.map { self[coded.first[$0]] }
        return best.min { a, b in
            switch (a, b) {
            case (.number(let x), .number(let y)): x < y
            case (.text(let x), .text(let y)): x < y
            case (.boolean(let x), .boolean(let y)): !x && y
            default: false
            }
        }
    }

    /// With a value in place of missing ones; nil when it is of another kind.
    func filled(with value: Value) -> Column? {
        switch (values, value) {
        case (.numbers(let numbers), .number(let fill)): Column(name, .numbers(numbers.map { $0.isNaN ? fill : $0 }))
        case (.booleans(let numbers), .boolean(let fill)): Column(name, .booleans(numbers.map { $0.isNaN ? (fill ? 1 : 0) : $0 }))
        case (.text(let text), .text(let fill)): Column(name, .text(text.map { $0 ?? fill }))
        default: nil
        }
    }
}

/// Sums over the numbers that are there.
struct Statistics {
    let count: Int
    let sum: Double
    /// nil without values.
    let mean: Double?
    /// The standard deviation of a sample, with n - 1; nil for fewer than two.
    let deviation: Double?
    private let present: [Double]

    init(_ values: [Double]) {
        present = values.filter { !$0.isNaN }
        count = present.count
        let sum = present.reduce(0, +)
        self.sum = sum
        let mean = count > 0 ? sum / Double(count) : nil
        self.mean = mean
        deviation = count > 1 ? (present.reduce(0) { $0 + ($1 - (mean ?? 0)) * ($1 - (mean ?? 0)) } / Double(count - 1)).squareRoot() : nil
    }

    var least: Double? { present.min() }
    var greatest: Double? { present.max() }
    var first: Double? { present.first }
    var last: Double? { present.last }

    func quantile(_ share: Double) -> Double? { present.isEmpty ? nil : Learning.quantile(present.sorted(), share) }

    func quantiles(_ shares: [Double]) -> [Double?] {
        let sorted = present.sorted()
        return shares.map { sorted.isEmpty ? nil : Learning.quantile(sorted, $0) }
    }
}
