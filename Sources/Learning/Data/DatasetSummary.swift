import Tensors

/// What a set holds, in figures.
public struct DatasetSummary {
    /// One tensor of the examples.
    public struct Part {
        public let name: String
        /// Of one example; nil where examples differ.
        public let shape: [Int]?
        public let dtype: DType
        public let least: Double
        public let greatest: Double
        public let mean: Double
        public let std: Double
        /// How many values are NaN.
        public let missing: Int
    }

    public let count: Int
    public let parts: [Part]
    /// Examples of each class in order, for sets of classes.
    public let classes: [(name: String, count: Int)]
}

extension Dataset {
    /// Shapes, types and ranges of all examples, and how many there are of each class.
    ///
    /// - Parameter firstLabel: the number of the first class.
    public func summary(firstLabel: Int = 0) throws -> DatasetSummary {
        var parts: [(shape: [Int]?, dtype: DType, least: Double, greatest: Double, sum: Double, squares: Double, n: Int, missing: Int)] = []
        var labels: [Int] = []
        let step = 256
        for start in stride(from: 0, to: count, by: step) {
            try checkInterrupt()
            let indices = Array(start..<Swift.min(start + step, count))
            // Examples that differ in shape make no batch.
            let tensors: [Tensor], stacked: Bool
            if let batch = try? batch(indices) { (tensors, stacked) = (batch, true) } else { (tensors, stacked) = ([], false) }
            let examples = stacked ? [tensors] : try indices.map(get)
            for example in examples {
                for (i, tensor) in example.enumerated() {
                    let shape = stacked ? Array(tensor.shape.dropFirst()) : tensor.shape
                    if i == parts.count { parts.append((shape, tensor.dtype, .infinity, -.infinity, 0, 0, 0, 0)) }
                    if parts[i].shape != shape { parts[i].shape = nil }
                    for value in try doubles(tensor) {
                        if value.isNaN {
                            parts[i].missing += 1
                            continue
                        }
                        parts[i].least = Swift.min(parts[i].least, value)
                        parts[i].greatest = Swift.max(parts[i].greatest, value)
                        parts[i].sum += value
                        parts[i].squares += value * value
                        parts[i].n += 1
                    }
                }
                if example.count > 1, let target = example.last, classes != nil || target.dtype == .int64, target.rank == (stacked ? 1 : 0) {
                    labels += try doubles(target).map { $0.isFinite && abs($0) < 0x1p31 ? Int($0) : -1 }
                }
            }
        }
        // Without names, few different whole numbers are taken for labels and stand for themselves.
        let found = classes == nil ? Set(labels).sorted() : [], areLabels = found.count <= 20
        let names = classes ?? (areLabels ? found.map(String.init) : [])
        let positions = classes == nil ? Dictionary(uniqueKeysWithValues: found.enumerated().map { ($1, $0) }) : [:]
        var counts = [Int](repeating: 0, count: names.count)
        for label in labels {
            let position = classes == nil ? positions[label] ?? -1 : label - firstLabel
            if counts.indices.contains(position) { counts[position] += 1 }
        }
        return DatasetSummary(
            count: count,
            parts: parts.enumerated().map { i, part in
                let n = Double(part.n), mean = part.n > 0 ? part.sum / n : .nan
                return DatasetSummary.Part(
                    name: parts.count > 1 && i == parts.count - 1 ? "target" : i == 0 ? "input" : "input \(i + 1)", shape: part.shape, dtype: part.dtype,
                    least: part.n > 0 ? part.least : .nan, greatest: part.n > 0 ? part.greatest : .nan, mean: mean,
                    std: part.n > 0 ? Swift.max(0, part.squares / n - mean * mean).squareRoot() : .nan, missing: part.missing)
            },
            classes: labels.isEmpty ? [] : zip(names, counts).map { ($0, $1) })
    }
}
