import Glibc
import Tensors

// Measures of scores: predictions are scores or probabilities, [N] of the positive class of two or
// [N, C] with a column for each class 0..<C; targets are labels [N].

extension Metrics {
    private static func scores(_ name: String, _ value: @escaping (ScoreRows) throws -> MeasureValue) -> Measure {
        Measure(name, ScoreRows(), value)
    }

    private static func ranked(_ rows: ScoreRows, _ name: String, _ positive: Int?) throws -> RankedCounts {
        let (scores, isPositive) = try rows.positives(name, positive)
        return RankedCounts(scores, isPositive)
    }

    /// The share of rows whose target is among the k largest scores; of equal scores the later
    /// columns come first.
    ///
    /// - Throws: for k below 1.
    public static func topKAccuracy(_ k: Int = 2) throws -> Measure {
        guard k >= 1 else { throw LearningError.argument("top_k_accuracy", "k must be at least 1, got \(k)") }
        return scores("top_k_accuracy") { rows in
            try rows.checkTargets("top_k_accuracy")
            var found = 0
            for (row, target) in rows.targets.enumerated() {
                let start = row * rows.columns, score = rows.scores[start + target]
                var ahead = 0
                for column in 0..<rows.columns {
                    let other = rows.scores[start + column]
                    if other > score || (other == score && column > target) { ahead += 1 }
                }
                if ahead < k { found += 1 }
            }
            return .number(Double(found) / Double(rows.count))
        }
    }

    /// True against false positives at every threshold; `dropIntermediate` leaves away points on
    /// straight lines.
    public static func rocCurve(positive: Int? = nil, dropIntermediate: Bool = true) -> Measure {
        scores("roc_curve") { .roc(ROCCurve(try ranked($0, "roc_curve", positive), dropIntermediate: dropIntermediate)) }
    }

    /// Precision against recall at every threshold.
    public static func prCurve(positive: Int? = nil) -> Measure {
        scores("pr_curve") { .precisionRecall(PrecisionRecallCurve(try ranked($0, "pr_curve", positive))) }
    }

    /// How several classes are compared.
    public enum Pairing: String, CaseIterable, Sendable {
        /// Each class against all others.
        case oneVersusRest = "ovr"
        /// Each class against each other (Hand & Till 2001), which does not depend on how frequent
        /// classes are.
        case oneVersusOne = "ovo"
    }

    /// The chance that a positive scores above a negative, ties counting half: 0.5 is guessing. NaN
    /// where a class is absent.
    public static func rocAUC(
        average: Average? = nil, pairing: Pairing = .oneVersusRest, positive: Int? = nil
    ) -> Measure {
        scores("roc_auc") { rows in
            if rows.isBinary { return .number(try ranked(rows, "roc_auc", positive).areaUnderROC) }
            if pairing == .oneVersusOne { return .number(try pairwiseAUC(rows, average)) }
            return try oneVersusRest(rows, "roc_auc", average) { $0.areaUnderROC }
        }
    }

    /// The area under precision over recall, in steps: the mean precision over the positives.
    public static func averagePrecision(average: Average? = nil, positive: Int? = nil) -> Measure {
        scores("average_precision") { rows in
            if rows.isBinary { return .number(try ranked(rows, "average_precision", positive).averagePrecision) }
            return try oneVersusRest(rows, "average_precision", average) { $0.averagePrecision }
        }
    }

    private static func oneVersusRest(
        _ rows: ScoreRows, _ name: String, _ average: Average?, _ measure: (RankedCounts) -> Double
    ) throws -> MeasureValue {
        try rows.checkTargets(name)
        let average = average ?? .macro
        if average == .binary {
            throw LearningError.argument(name, "\"binary\" measures one of two classes, there are \(rows.columns)")
        }
        if average == .micro {
            let isTarget = rows.targets.flatMap { target in (0..<rows.columns).map { $0 == target } }
            return .number(measure(RankedCounts(rows.scores, isTarget)))
        }
        let values = (0..<rows.columns).map { c in measure(RankedCounts(rows.column(c), rows.targets.map { $0 == c })) }
        if average == .none { return .perClass(values) }
        var sum = 0.0, below = 0.0
        for (c, value) in values.enumerated() {
            let weight = average == .weighted ? Double(rows.targets.count { $0 == c }) : 1
            // A class that is never a target weighs nothing.
            if weight > 0 { sum += weight * value }
            below += weight
        }
        return .number(sum / below)
    }

    private static func pairwiseAUC(_ rows: ScoreRows, _ average: Average?) throws -> Double {
        try rows.checkTargets("roc_auc")
        guard average == nil || average == .macro || average == .weighted else {
            throw LearningError.argument("roc_auc", "pairs of classes are averaged \"macro\" or \"weighted\"")
        }
        var sum = 0.0, below = 0.0
        for a in 0..<rows.columns {
            for b in a + 1..<max(rows.columns, a + 1) {
                let members = rows.targets.indices.filter { rows.targets[$0] == a || rows.targets[$0] == b }
                func area(_ positive: Int) -> Double {
                    RankedCounts(members.map { rows.scores[$0 * rows.columns + positive] },
                        members.map { rows.targets[$0] == positive }).areaUnderROC
                }
                let weight = average == .weighted ? Double(members.count) / Double(rows.count) : 1
                sum += weight * (area(a) + area(b)) / 2
                below += weight
            }
        }
        return sum / below
    }

    /// Minus the mean logarithm of the probability given to the target; probabilities are clipped to
    /// the precision of their type.
    public static func logLoss(positive: Int? = nil) -> Measure {
        scores("log_loss") { rows in
            try checkProbabilities(rows, "log_loss")
            let epsilon = rows.epsilon
            func loss(_ p: Double) -> Double { -log(min(max(p, epsilon), 1 - epsilon)) }
            if rows.columns == 1 {
                let (p, isPositive) = try rows.positives("log_loss", positive)
                return .number(zip(p, isPositive).reduce(0) { $0 + loss($1.1 ? $1.0 : 1 - $1.0) } / Double(rows.count))
            }
            try rows.checkTargets("log_loss")
            let sum = rows.targets.enumerated().reduce(0) { $0 + loss(rows.scores[$1.offset * rows.columns + $1.element]) }
            return .number(sum / Double(rows.count))
        }
    }

    /// The mean squared distance of probabilities from what happened (Brier 1950): 0..1 for two
    /// classes, 0..2 for more.
    public static func brier(positive: Int? = nil) -> Measure {
        scores("brier") { rows in
            try checkProbabilities(rows, "brier")
            if rows.isBinary {
                let (p, isPositive) = try rows.positives("brier", positive)
                return .number(zip(p, isPositive).reduce(0) { sum, pair in
                    let error = pair.0 - (pair.1 ? 1 : 0)
                    return sum + error * error
                } / Double(rows.count))
            }
            try rows.checkTargets("brier")
            var sum = 0.0
            for (row, target) in rows.targets.enumerated() {
                for column in 0..<rows.columns {
                    let error = rows.scores[row * rows.columns + column] - (column == target ? 1 : 0)
                    sum += error * error
                }
            }
            return .number(sum / Double(rows.count))
        }
    }

    /// How often predictions of about a probability came true, in bins of probability.
    ///
    /// - Throws: for less than one bin.
    public static func calibrationCurve(
        bins: Int = 5, strategy: CalibrationCurve.Bins = .uniform, positive: Int? = nil
    ) throws -> Measure {
        guard bins >= 1, bins <= 1_000_000 else {
            throw LearningError.argument("calibration_curve", "there must be at least one bin, not \(bins)")
        }
        return scores("calibration_curve") { rows in
            try checkProbabilities(rows, "calibration_curve")
            let (p, isPositive) = try rows.positives("calibration_curve", positive)
            return .calibration(CalibrationCurve(p, isPositive, bins: bins, strategy: strategy))
        }
    }

    private static func checkProbabilities(_ rows: ScoreRows, _ name: String) throws {
        if let bad = rows.scores.first(where: { $0 < 0 || $0 > 1 }) {
            throw LearningError.argument(name, "\(shortNumber(bad)) is no probability. "
                + "For scores of a network apply softmax or sigmoid first")
        }
    }
}
