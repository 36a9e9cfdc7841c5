import CKernels
import Tensors

/// Scales every row to length 1.
public final class Normalizer: Transform {
    public override class var kind: String { "Normalizer" }
    public override class var summary: String { "Scales every row to length 1." }
    public override class var options: [TransformOption] {
        [TransformOption("norm", "l2", "how length is measured", choices: ["l1", "l2", "max"])]
    }

    override func learn(_ columns: [Column], rows: Int) throws {
        for column in columns { _ = try column.feature(Self.kind + ".fit", allowsMissing: false) }
    }

    override func apply(_ columns: [Column], rows: Int) throws -> [Column] {
        let numbers = try columns.map { try $0.feature(Self.kind + ".transform", allowsMissing: false) }
        var lengths = [Double](repeating: 0, count: rows)
        for column in numbers {
            for (row, value) in column.enumerated() {
                switch text("norm") {
                case "l1": lengths[row] += abs(value)
                case "max": lengths[row] = max(lengths[row], abs(value))
                default: lengths[row] += value * value
                }
            }
        }
        lengths = lengths.map { $0 == 0 ? 1 : text("norm") == "l2" ? $0.squareRoot() : $0 }
        return zip(columns, numbers).map { column, values in Column(column.name, zip(values, lengths).map { $0 / $1 }) }
    }
}

/// 1 for what is greater than a threshold, else 0.
public final class Binarizer: Transform {
    public override class var kind: String { "Binarizer" }
    public override class var summary: String { "1 for what is greater than a threshold, else 0." }
    public override class var options: [TransformOption] { [TransformOption("threshold", 0.0, "greater values give 1")] }

    override func learn(_ columns: [Column], rows: Int) throws {
        for column in columns { _ = try column.feature(Self.kind + ".fit", allowsMissing: false) }
    }

    override func apply(_ columns: [Column], rows: Int) throws -> [Column] {
        let threshold = number("threshold") ?? 0
        return try columns.map { column in
            Column(column.name, try column.feature(Self.kind + ".transform", allowsMissing: false).map { $0 > threshold ? 1 : 0 })
        }
    }
}

/// All products of features up to a degree: 1, a, b, a², ab, b².
public final class PolynomialFeatures: Transform {
    public override class var kind: String { "PolynomialFeatures" }
    public override class var summary: String { "All products of features up to a degree: 1, a, b, a², ab, b²." }
    public override class var options: [TransformOption] {
        [
            TransformOption("degree", 2, "the most factors of a product, or {least, most}", takesList: true),
            TransformOption("interaction_only", false, "whether no feature is multiplied by itself"),
            TransformOption("include_bias", true, "whether the first result is 1"),
        ]
    }

    public override class var refused: [String: String] { ["order": "tensors are row-major"] }

    /// The least and the most factors of a product.
    private var degrees: ClosedRange<Int> {
        let ends = numbers("degree").map { Int(exactly: $0) ?? -1 }
        return ends.isEmpty ? 0...max(0, integer("degree")) : ends[0]...max(ends[0], ends.last ?? 0)
    }

    /// The factors of each product, positions of features.
    private var products: [[Int]] = []

    override func check() throws {
        guard let ends = list("degree") else {
            guard (0...64).contains(integer("degree")) else { throw LearningError.argument(Self.kind, "degree must lie in 0..64") }
            return
        }
        let values = numbers("degree").map { Int(exactly: $0) ?? -1 }
        guard ends.count == 2, values.allSatisfy({ (0...64).contains($0) }), values[0] <= values[1] else {
            throw LearningError.argument(Self.kind, "degree must be a whole number or {least, most}, within 0..64")
        }
    }

    override func learn(_ columns: [Column], rows: Int) throws {
        for column in columns { _ = try column.feature(Self.kind + ".fit", allowsMissing: false) }
        products = try combinations(columns.count)
    }

    override func checkLearned() throws { products = try combinations(width ?? 0) }

    public override var outputWidth: Int { products.count }

    private func combinations(_ width: Int) throws -> [[Int]] {
        var result: [[Int]] = flag("include_bias") ? [[]] : [], last: [[Int]] = [[]]
        for degree in 0..<degrees.upperBound {
            var longer: [[Int]] = []
            for product in last {
                let start = product.last.map { flag("interaction_only") ? $0 + 1 : $0 } ?? 0
                guard start < width else { continue }
                for feature in start..<width { longer.append(product + [feature]) }
                guard result.count + longer.count <= 1_000_000 else {
                    throw LearningError.argument(Self.kind, "\(width) features have more than 1,000,000 products of degree \(degrees.upperBound)")
                }
            }
            if degree + 1 >= degrees.lowerBound { result += longer }
            last = longer
        }
        return result
    }

    override func apply(_ columns: [Column], rows: Int) throws -> [Column] {
        let bytes = rows.multipliedReportingOverflow(by: 8 * products.count)
        guard !bytes.overflow, bytes.partialValue < Int(nj_memory_limit()) / 2 else {
            throw TensorError.outOfMemory(Self.kind, shape: [rows, products.count], bytes: bytes.overflow ? nil : bytes.partialValue)
        }
        let numbers = try columns.map { try $0.feature(Self.kind + ".transform", allowsMissing: false) }
        return try products.map { product in
            try checkInterrupt()
            var values = [Double](repeating: 1, count: rows)
            for factor in product { for row in values.indices { values[row] *= numbers[factor][row] } }
            return Column(name(product, columns), values)
        }
    }

    /// "1", "a", "a^2", "a b".
    private func name(_ product: [Int], _ columns: [Column]) -> String {
        if product.isEmpty { return "1" }
        return Array(Set(product)).sorted().map { feature in
            let power = product.count { $0 == feature }
            return columns[feature].name + (power > 1 ? "^\(power)" : "")
        }.joined(separator: " ")
    }
}
