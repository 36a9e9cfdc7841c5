import Glibc
import Tensors

/// Scales every feature on its own: (x - offset) / scale. Missing values stay missing.
open class ColumnScaler: Transform {
    override var learnsFromValues: Bool { true }

    /// What is taken away from each feature, and what the rest is divided by.
    private(set) final var offsets: [Double] = []
    private(set) final var scales: [Double] = []

    /// Offset and scale of one feature, and what else is learnt, by name.
    func learn(_ column: [Double]) -> (offset: Double, scale: Double, learned: [(String, Double)]) { (0, 1, []) }

    override final func learn(_ columns: [Column], rows: Int) throws {
        let name = Self.kind + ".fit"
        let numbers = try columns.map { try $0.feature(name, allowsMissing: true) }
        for (column, values) in zip(columns, numbers) where values.allSatisfy(\.isNaN) {
            throw LearningError.argument(name, "column \"\(column.name)\" has no values to learn from")
        }
        let results = try numbers.map { column in
            try checkInterrupt()
            return learn(column)
        }
        learned = StateDict()
        for i in results[0].learned.indices {
            try learn(results[0].learned[i].0, results.map { $0.learned[i].1 })
        }
        offsets = results.map(\.offset)
        scales = results.map(\.scale)
        try learn("_offset", offsets)
        try learn("_divisor", scales)
    }

    override func apply(_ columns: [Column], rows: Int) throws -> [Column] {
        try zip(columns, zip(offsets, scales)).map { column, parameters in
            let (offset, scale) = parameters
            return Column(column.name, try column.feature(Self.kind + ".transform", allowsMissing: true).map { ($0 - offset) / scale })
        }
    }

    override func revert(_ columns: [Column], rows: Int) throws -> [Column] {
        try zip(columns, zip(offsets, scales)).map { column, parameters in
            let (offset, scale) = parameters
            return Column(column.name, try column.feature(Self.kind + ".inverse_transform", allowsMissing: true).map { $0 * scale + offset })
        }
    }

    override func checkLearned() throws {
        offsets = values("_offset")
        scales = values("_divisor")
        guard offsets.count == width, scales.count == width else {
            throw LearningError.argument(Self.kind, "the learnt numbers do not fit \(width ?? 0) features")
        }
    }

    /// Scales that are 0, or 0 but for rounding, leave their feature as it is.
    static func usable(_ scale: Double) -> Double { scale < 10 * Double.ulpOfOne ? 1 : scale }
}

/// Centres every feature on its mean and divides it by its standard deviation.
public final class StandardScaler: ColumnScaler {
    public override class var kind: String { "StandardScaler" }
    public override class var summary: String { "Centres every feature on its mean and divides it by its standard deviation." }
    public override class var options: [TransformOption] {
        [
            TransformOption("with_mean", true, "whether to take the mean away"),
            TransformOption("with_std", true, "whether to divide by the standard deviation"),
        ]
    }

    override func learn(_ column: [Double]) -> (offset: Double, scale: Double, learned: [(String, Double)]) {
        let present = column.filter { !$0.isNaN }, n = Double(present.count)
        let mean = present.reduce(0, +) / n
        // The second sum takes away what rounding left in the first.
        var squares = 0.0, rest = 0.0
        for value in present {
            squares += (value - mean) * (value - mean)
            rest += value - mean
        }
        let variance = (squares - rest * rest / n) / n
        let noise = n * .ulpOfOne * variance + (n * mean * .ulpOfOne) * (n * mean * .ulpOfOne)
        let scale = variance <= noise ? 1 : variance.squareRoot()
        return (flag("with_mean") ? mean : 0, flag("with_std") ? scale : 1, [("mean", mean), ("var", variance), ("scale", flag("with_std") ? scale : 1)])
    }
}

/// Maps every feature to a range, by default 0..1.
public final class MinMaxScaler: ColumnScaler {
    public override class var kind: String { "MinMaxScaler" }
    public override class var summary: String { "Maps every feature to a range, by default 0..1." }
    public override class var options: [TransformOption] {
        [
            TransformOption("feature_range", [0, 1], "least and greatest result"),
            TransformOption("clip", false, "whether values outside of what was seen are cut to the range"),
        ]
    }

    override func check() throws {
        let range = numbers("feature_range")
        guard range[0] < range[1] else { throw LearningError.argument(Self.kind, "feature_range must rise") }
    }

    override func learn(_ column: [Double]) -> (offset: Double, scale: Double, learned: [(String, Double)]) {
        let range = numbers("feature_range")
        var least = Double.infinity, greatest = -Double.infinity
        for value in column where !value.isNaN {
            least = min(least, value)
            greatest = max(greatest, value)
        }
        let factor = (range[1] - range[0]) / Self.usable(greatest - least), shift = range[0] - least * factor
        return (-shift / factor, 1 / factor, [("min", shift), ("scale", factor), ("data_min", least), ("data_max", greatest), ("data_range", greatest - least)])
    }

    override func apply(_ columns: [Column], rows: Int) throws -> [Column] {
        let scaled = try super.apply(columns, rows: rows), range = numbers("feature_range")
        guard flag("clip") else { return scaled }
        return scaled.map { $0.clipped(to: range[0], range[1]) }
    }
}

extension Column {
    /// Numbers cut to a range; missing ones stay missing.
    fileprivate func clipped(to low: Double, _ high: Double) -> Column {
        Column(name, (numbers ?? []).map { $0.isNaN ? $0 : min(max($0, low), high) })
    }
}

/// Divides every feature by its largest absolute value.
public final class MaxAbsScaler: ColumnScaler {
    public override class var kind: String { "MaxAbsScaler" }
    public override class var summary: String { "Divides every feature by its largest absolute value." }
    public override class var options: [TransformOption] {
        [TransformOption("clip", false, "whether values larger than what was seen are cut to -1..1")]
    }

    override func learn(_ column: [Double]) -> (offset: Double, scale: Double, learned: [(String, Double)]) {
        let largest = column.reduce(0) { $1.isNaN ? $0 : max($0, abs($1)) }
        return (0, Self.usable(largest), [("max_abs", largest), ("scale", Self.usable(largest))])
    }

    override func apply(_ columns: [Column], rows: Int) throws -> [Column] {
        let scaled = try super.apply(columns, rows: rows)
        return flag("clip") ? scaled.map { $0.clipped(to: -1, 1) } : scaled
    }
}

/// Centres every feature on its median and divides it by the distance between its quartiles, which
/// outliers do not move.
public final class RobustScaler: ColumnScaler {
    public override class var kind: String { "RobustScaler" }
    public override class var summary: String { "Centres every feature on its median and divides it by the distance between its quartiles." }
    public override class var options: [TransformOption] {
        [
            TransformOption("with_centering", true, "whether to take the median away"),
            TransformOption("with_scaling", true, "whether to divide by the distance"),
            TransformOption("quantile_range", [25, 75], "the percentiles between which the distance is measured"),
            TransformOption("unit_variance", false, "whether normally distributed features get variance 1"),
        ]
    }

    override func check() throws {
        let range = numbers("quantile_range")
        guard 0 <= range[0], range[0] <= range[1], range[1] <= 100 else {
            throw LearningError.argument(Self.kind, "quantile_range must rise within 0..100")
        }
        guard !flag("unit_variance") || (0 < range[0] && range[0] < range[1] && range[1] < 100) else {
            throw LearningError.argument(Self.kind, "with unit_variance quantile_range must lie between 0 and 100: a normal distribution has no ends")
        }
    }

    override func learn(_ column: [Double]) -> (offset: Double, scale: Double, learned: [(String, Double)]) {
        let sorted = column.filter { !$0.isNaN }.sorted(), range = numbers("quantile_range")
        let center = quantile(sorted, 0.5)
        var scale = Self.usable(quantile(sorted, range[1] / 100) - quantile(sorted, range[0] / 100))
        if flag("unit_variance") { scale /= normalQuantile(range[1] / 100) - normalQuantile(range[0] / 100) }
        return (flag("with_centering") ? center : 0, flag("with_scaling") ? scale : 1,
            [("center", center), ("scale", flag("with_scaling") ? scale : 1)])
    }
}

/// The value below which a share of the standard normal distribution lies.
private func normalQuantile(_ share: Double) -> Double {
    var low = -40.0, high = 40.0
    for _ in 0..<100 {
        let middle = (low + high) / 2
        if erfc(-middle / 2.0.squareRoot()) / 2 < share { low = middle } else { high = middle }
    }
    return (low + high) / 2
}
