import Tensors

/// How often each class was predicted for each: all that measures of class labels need.
struct ClassCounts: MeasureState {
    struct Pair: Hashable {
        let target: Int
        let prediction: Int
    }

    private(set) var pairs: [Pair: Int] = [:]
    private(set) var total = 0

    var isEmpty: Bool { total == 0 }

    mutating func update(_ predictions: Tensor, _ targets: Tensor, _ operation: String) throws {
        let (predicted, expected) = try labelPairs(predictions, targets, operation)
        add(predicted, expected)
    }

    mutating func add(_ predictions: [Int], _ targets: [Int]) {
        total += targets.count
        let greatest = max(predictions.max() ?? 0, targets.max() ?? 0), side = greatest &+ 1
        let least = min(predictions.min() ?? 0, targets.min() ?? 0)
        guard least >= 0, greatest < 4096, side * side <= max(4096, 4 * targets.count) else {
            for (prediction, target) in zip(predictions, targets) {
                pairs[Pair(target: target, prediction: prediction), default: 0] += 1
            }
            return
        }
        // Small labels are counted in a grid, which takes no hashing.
        var grid = [Int](repeating: 0, count: side * side)
        grid.withUnsafeMutableBufferPointer { grid in
            for (prediction, target) in zip(predictions, targets) { grid[target * side + prediction] += 1 }
        }
        for (i, n) in grid.enumerated() where n > 0 {
            pairs[Pair(target: i / side, prediction: i % side), default: 0] += n
        }
    }

    /// All classes seen, in order.
    var classes: [Int] {
        var seen = Set<Int>()
        for pair in pairs.keys {
            seen.insert(pair.target)
            seen.insert(pair.prediction)
        }
        return seen.sorted()
    }

    func count(target: Int, prediction: Int) -> Int { pairs[Pair(target: target, prediction: prediction)] ?? 0 }

    var accuracy: Double {
        Double(pairs.reduce(0) { $0 + ($1.key.target == $1.key.prediction ? $1.value : 0) }) / Double(total)
    }

    /// Per class: right predictions, predictions, and targets.
    func sums(_ classes: [Int]) -> [ClassSums] {
        var predicted: [Int: Int] = [:], expected: [Int: Int] = [:]
        for (pair, n) in pairs {
            predicted[pair.prediction, default: 0] += n
            expected[pair.target, default: 0] += n
        }
        return classes.map { label in
            ClassSums(right: Double(count(target: label, prediction: label)),
                predicted: Double(predicted[label] ?? 0), expected: Double(expected[label] ?? 0))
        }
    }
}

/// What one class got: right predictions, predictions, targets.
struct ClassSums {
    var right = 0.0
    var predicted = 0.0
    var expected = 0.0

    static func + (a: ClassSums, b: ClassSums) -> ClassSums {
        ClassSums(right: a.right + b.right, predicted: a.predicted + b.predicted, expected: a.expected + b.expected)
    }

    /// F with recall weighing β times as much as precision; 0 / 0 is `undefined`.
    func fbeta(_ beta: Double, _ undefined: Double) -> Double {
        // β of infinity is recall alone.
        if beta.isInfinite { return recall(undefined) }
        let below = beta * beta * expected + predicted
        return below == 0 ? undefined : (1 + beta * beta) * right / below
    }

    func precision(_ undefined: Double) -> Double { predicted == 0 ? undefined : right / predicted }
    func recall(_ undefined: Double) -> Double { expected == 0 ? undefined : right / expected }

    func jaccard(_ undefined: Double) -> Double {
        let union = predicted + expected - right
        return union == 0 ? undefined : right / union
    }
}

/// Which classes a measure looks at and how it averages over them.
public struct ClassOptions: Sendable {
    /// Binary when there are two classes, else macro.
    public var average: Average?
    /// The class that "binary" measures: by default the greater of two.
    public var positive: Int?
    /// The classes to look at: by default all that are seen.
    public var classes: [Int]?
    /// What 0 / 0 is taken for.
    public var undefined: Double

    public init(average: Average? = nil, positive: Int? = nil, classes: [Int]? = nil, undefined: Double = 0) {
        self.average = average
        self.positive = positive
        self.classes = classes
        self.undefined = undefined
    }
}

extension ClassCounts {
    /// A measure of single classes, averaged.
    func averaged(
        _ operation: String, _ options: ClassOptions, _ measure: (ClassSums, Double) -> Double
    ) throws -> MeasureValue {
        let classes = options.classes ?? self.classes
        let average = options.average ?? (options.positive != nil || classes.count <= 2 ? .binary : .macro)
        let sums: [ClassSums]
        switch average {
        case .binary:
            let positive = try positiveClass(operation, options.positive, among: self.classes)
            return .number(measure(self.sums([positive])[0], options.undefined))
        case .micro:
            let all = self.sums(classes).reduce(ClassSums(), +)
            return .number(measure(all, options.undefined))
        case .macro, .weighted, .none:
            sums = self.sums(classes)
        }
        let values = sums.map { measure($0, options.undefined) }
        switch average {
        case .none: return .perClass(values)
        case .weighted: return .number(mean(values, weights: sums.map(\.expected), undefined: options.undefined))
        default: return .number(mean(values, weights: values.map { _ in 1 }, undefined: options.undefined))
        }
    }
}

/// The weighted mean of the values that are numbers.
private func mean(_ values: [Double], weights: [Double], undefined: Double) -> Double {
    var sum = 0.0, below = 0.0
    for (value, weight) in zip(values, weights) where !value.isNaN {
        sum += value * weight
        below += weight
    }
    return below == 0 ? undefined : sum / below
}

/// The class that counts as positive: the one asked for, else the greater of two.
///
/// - Throws: when there are more than two classes, or two without the one asked for.
func positiveClass(_ operation: String, _ asked: Int?, among classes: [Int]) throws -> Int {
    if let asked {
        guard classes.count < 2 || classes.contains(asked) else {
            throw LearningError.argument(operation, "no prediction and no target is of the class named as positive")
        }
        return asked
    }
    guard classes.count <= 2 else {
        throw LearningError.argument(operation, "there are \(classes.count) classes, and \"binary\" measures one of two: "
            + "name it (positive) or choose another average: \"macro\", \"micro\", \"weighted\", \"none\"")
    }
    // With one class alone the other can be told when both are of the usual pair.
    return classes.allSatisfy { $0 == 0 || $0 == 1 } ? 1 : classes.last ?? 1
}
