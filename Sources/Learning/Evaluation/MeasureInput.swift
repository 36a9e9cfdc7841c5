import Tensors

// Tensors as the numbers that metrics count with.

/// The elements of a tensor as Doubles, row-major.
func doubles(_ tensor: Tensor) throws -> [Double] {
    let source = try tensor.detach().to(.float64).contiguous()
    return try source.withElements(Double.self) { Array($0) }
}

/// Whole numbers, from integers, booleans or floating point tensors that hold whole numbers.
///
/// - Throws: naming the first value that is none.
func integers(_ tensor: Tensor, _ operation: String, _ role: String) throws -> [Int] {
    if !tensor.dtype.isFloatingPoint {
        let source = try tensor.detach().to(.int64).contiguous()
        return try source.withElements(Int64.self) { $0.map { Int($0) } }
    }
    return try doubles(tensor).map { value in
        guard let whole = Int(exactly: value) else {
            throw LearningError.argument(operation, "\(role) must be whole numbers, not \(shortNumber(value))")
        }
        return whole
    }
}

/// Class labels of targets [N], or [N, 1].
func targetLabels(_ targets: Tensor, _ operation: String) throws -> [Int] {
    guard targets.rank <= 1 || (targets.rank == 2 && targets.shape[1] == 1) else {
        throw TensorError.shapes(operation, [targets.shape], detail: "targets are class labels, one a row")
    }
    return try integers(targets, operation, "targets")
}

/// Predicted labels and targets of one batch. Predictions are labels [N] or scores [N, C], of which
/// the first largest decides.
func labelPairs(_ predictions: Tensor, _ targets: Tensor, _ operation: String) throws -> (predictions: [Int], targets: [Int]) {
    let expected = try targetLabels(targets, operation)
    let predicted: [Int]
    if predictions.rank == 2, predictions.shape[1] != 1 {
        predicted = try largestColumns(predictions, operation)
    } else {
        guard predictions.rank <= 2 else {
            throw TensorError.shapes(operation, [predictions.shape, targets.shape],
                detail: "predictions are labels [N] or scores [N, C]")
        }
        if predictions.dtype.isFloatingPoint, let bad = try doubles(predictions).first(where: { $0 != $0.rounded() }) {
            throw LearningError.argument(operation, "predictions are class labels [N] or scores [N, C], and \(shortNumber(bad)) "
                + "is no label. For probabilities of two classes compare with a threshold first")
        }
        predicted = try integers(predictions, operation, "predictions")
    }
    guard predicted.count == expected.count else {
        throw TensorError.shapes(operation, [predictions.shape, targets.shape],
            detail: "\(predicted.count) predictions and \(expected.count) targets")
    }
    return (predicted, expected)
}

/// The position of the first largest element of each row; NaN counts as largest, as in `argmax`.
private func largestColumns(_ scores: Tensor, _ operation: String) throws -> [Int] {
    let rows = scores.shape[0], columns = scores.shape[1]
    guard columns > 0 else {
        throw TensorError.shapes(operation, [scores.shape], detail: "scores need a column for each class")
    }
    return try doubles(scores).withUnsafeBufferPointer { values in
        (0..<rows).map { row in
            var best = 0
            for column in 1..<max(columns, 1) {
                let candidate = values[row * columns + column], leader = values[row * columns + best]
                if candidate > leader || (candidate.isNaN && !leader.isNaN) { best = column }
            }
            return best
        }
    }
}
