import Tensors

/// All scores and targets seen, for measures that depend on the order of scores.
struct ScoreRows: MeasureState {
    /// Row-major, `columns` to a row; 1 when only the positive class has a score.
    private(set) var scores: [Double] = []
    private(set) var columns = 0
    private(set) var targets: [Int] = []
    /// The precision that the scores came with, which clipping depends on.
    private(set) var epsilon = Double.ulpOfOne

    var isEmpty: Bool { targets.isEmpty }
    var count: Int { targets.count }

    mutating func update(_ predictions: Tensor, _ targets: Tensor, _ operation: String) throws {
        let labels = try targetLabels(targets, operation)
        guard predictions.rank == 1 || predictions.rank == 2, predictions.shape[0] == labels.count else {
            throw TensorError.shapes(operation, [predictions.shape, targets.shape],
                detail: "scores are [N] for the positive class of two, or [N, C], with N targets")
        }
        let width = predictions.rank == 1 ? 1 : predictions.shape[1]
        guard width > 0, columns == 0 || columns == width else {
            throw TensorError.shapes(operation, [predictions.shape], detail: "the batches before had \(columns) scores a row")
        }
        let values = try doubles(predictions)
        if values.contains(where: \.isNaN) { throw LearningError.argument(operation, "the scores contain NaN") }
        scores += values
        self.targets += labels
        columns = width
        if predictions.dtype == .float32 { epsilon = Double(Float.ulpOfOne) }
    }

    func column(_ column: Int) -> [Double] {
        if columns == 1 { return scores }
        return scores.withUnsafeBufferPointer { scores in (0..<count).map { scores[$0 * columns + column] } }
    }

    /// Whether scores rank one class against the other.
    var isBinary: Bool { columns <= 2 }

    /// Scores of the positive class and whether each target is it.
    ///
    /// - Throws: when there are more than two classes.
    func positives(_ operation: String, _ positive: Int?) throws -> (scores: [Double], isPositive: [Bool]) {
        guard isBinary else {
            throw LearningError.argument(operation, "this measures two classes: give scores [N] of the positive one, "
                + "or one column of the \(columns) with targets made of targets:eq(class)")
        }
        let seen = Array(Set(targets)).sorted()
        let positive = try positiveClass(operation, positive, among: seen)
        // Of two columns the second is that of the greater class.
        let chosen = columns == 2 && positive == 0 && seen.allSatisfy { $0 == 0 || $0 == 1 } ? 0 : columns - 1
        return (column(chosen), targets.map { $0 == positive })
    }

    /// Refuses targets that have no column.
    func checkTargets(_ operation: String) throws {
        for (row, label) in targets.enumerated() where label < 0 || label >= columns {
            throw TensorError.label(operation, label, row: row, classes: columns, smallest: targets.min() ?? label, largest: targets.max() ?? label)
        }
    }
}

/// How often scores at or above each threshold were right and wrong, thresholds falling.
struct RankedCounts {
    private(set) var right: [Double] = []
    private(set) var wrong: [Double] = []
    private(set) var thresholds: [Double] = []

    var positives: Double { right.last ?? 0 }
    var negatives: Double { wrong.last ?? 0 }

    init(_ scores: [Double], _ isPositive: [Bool]) {
        scores.withUnsafeBufferPointer { scores in
            isPositive.withUnsafeBufferPointer { isPositive in
                let order = scores.indices.sorted { scores[$0] > scores[$1] }
                var r = 0.0, w = 0.0
                for (rank, i) in order.enumerated() {
                    if isPositive[i] { r += 1 } else { w += 1 }
                    // Equal scores are one threshold.
                    if rank + 1 < order.count, scores[order[rank + 1]] == scores[i] { continue }
                    right.append(r)
                    wrong.append(w)
                    thresholds.append(scores[i])
                }
            }
        }
    }

    /// The area under the receiver operating characteristic; NaN when a class is absent.
    var areaUnderROC: Double {
        guard positives > 0, negatives > 0 else { return .nan }
        var area = 0.0, x = 0.0, y = 0.0
        for (r, w) in zip(right, wrong) {
            area += (w - x) * (r + y) / 2
            (x, y) = (w, r)
        }
        return area / (positives * negatives)
    }

    /// The mean precision over the positives, as they come down the ranking; 0 without positives.
    var averagePrecision: Double {
        guard positives > 0 else { return 0 }
        var sum = 0.0, before = 0.0
        for (r, w) in zip(right, wrong) {
            sum += (r - before) / positives * (r / (r + w))
            before = r
        }
        return sum
    }
}
