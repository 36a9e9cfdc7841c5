import Tensors

/// True against false positives as the threshold falls.
public struct ROCCurve: Equatable, Sendable {
    public let falsePositiveRate: [Double]
    public let truePositiveRate: [Double]
    /// Scores at or above this count as positive; infinite at the first point, where none does.
    public let thresholds: [Double]
    /// The area below.
    public let area: Double

    init(_ counts: RankedCounts, dropIntermediate: Bool) {
        var keep = Array(counts.thresholds.indices)
        if dropIntermediate, keep.count > 2 {
            // Points on a straight line between their neighbours say nothing.
            let r = counts.right, w = counts.wrong
            keep = keep.filter { i in
                i == 0 || i == r.count - 1 || r[i + 1] - 2 * r[i] + r[i - 1] != 0 || w[i + 1] - 2 * w[i] + w[i - 1] != 0
            }
        }
        func rates(_ counts: [Double], _ total: Double) -> [Double] {
            total > 0 ? [0] + keep.map { counts[$0] / total } : [Double](repeating: .nan, count: keep.count + 1)
        }
        falsePositiveRate = rates(counts.wrong, counts.negatives)
        truePositiveRate = rates(counts.right, counts.positives)
        thresholds = [.infinity] + keep.map { counts.thresholds[$0] }
        area = counts.areaUnderROC
    }
}

/// Precision against recall as the threshold rises.
public struct PrecisionRecallCurve: Equatable, Sendable {
    /// One for each threshold, then 1.
    public let precision: [Double]
    /// One for each threshold, then 0.
    public let recall: [Double]
    /// Rising.
    public let thresholds: [Double]
    public let averagePrecision: Double

    init(_ counts: RankedCounts) {
        let order = counts.thresholds.indices.reversed()
        precision = order.map { counts.right[$0] / (counts.right[$0] + counts.wrong[$0]) } + [1]
        recall = order.map { counts.positives == 0 ? 1 : counts.right[$0] / counts.positives } + [0]
        thresholds = counts.thresholds.reversed()
        averagePrecision = counts.averagePrecision
    }
}

/// How often predictions of about a probability came true.
public struct CalibrationCurve: Equatable, Sendable {
    /// The share of positives in each bin that is not empty.
    public let observed: [Double]
    /// The mean probability predicted there.
    public let predicted: [Double]
    public let counts: [Int]

    public enum Bins: String, CaseIterable, Sendable {
        /// All as wide.
        case uniform
        /// All with as many predictions.
        case quantile
    }

    init(_ probabilities: [Double], _ isPositive: [Bool], bins: Int, strategy: Bins) {
        // Shares as NumPy computes them: a probability on an edge falls on the same side.
        let step = 1 / Double(bins), sorted = strategy == .quantile ? probabilities.sorted() : []
        let inner = (1..<max(bins, 1)).map { i in
            strategy == .uniform ? Double(i) * step : quantile(sorted, Double(i) * step * 100 / 100)
        }
        var sums = [(positive: Double, predicted: Double, count: Int)](repeating: (0, 0, 0), count: bins)
        for (p, positive) in zip(probabilities, isPositive) {
            // The first inner edge at or above: a probability on an edge belongs to the bin below.
            var low = 0, high = inner.count
            while low < high {
                let middle = (low + high) / 2
                if inner[middle] < p { low = middle + 1 } else { high = middle }
            }
            sums[low].positive += positive ? 1 : 0
            sums[low].predicted += p
            sums[low].count += 1
        }
        let filled = sums.filter { $0.count > 0 }
        observed = filled.map { $0.positive / Double($0.count) }
        predicted = filled.map { $0.predicted / Double($0.count) }
        counts = filled.map(\.count)
    }
}

/// The value below which a share of sorted values lies, interpolated linearly as NumPy does.
func quantile(_ sorted: [Double], _ share: Double) -> Double {
    guard let last = sorted.last else { return .nan }
    let position = share * Double(sorted.count - 1)
    let below = Int(position.rounded(.down))
    guard below + 1 < sorted.count else { return last }
    let a = sorted[below], b = sorted[below + 1], t = position - Double(below)
    // NumPy's form, whose rounding is symmetric.
    return t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t
}
