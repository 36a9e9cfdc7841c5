import Glibc
import Tensors

// Measures of predicted values: predictions and targets are [N] or [N, D]; several outputs are
// averaged.

/// Sums over errors, per output.
struct ValueSums: MeasureState {
    struct Output {
        var absolute = 0.0
        var squared = 0.0
        var relative = 0.0
        var largest = 0.0
        var target = Spread()
        var error = Spread()
    }

    /// Mean and sum of squared distances from it, updated without cancellation (Welford 1962).
    struct Spread {
        var count = 0.0
        var mean = 0.0
        var squares = 0.0

        mutating func add(_ value: Double) {
            count += 1
            let distance = value - mean
            mean += distance / count
            squares += distance * (value - mean)
        }
    }

    private(set) var count = 0
    private(set) var outputs: [Output] = []

    var isEmpty: Bool { count == 0 }

    mutating func update(_ predictions: Tensor, _ targets: Tensor, _ operation: String) throws {
        let shape = targets.shape
        // [N, 1] and [N] are the same values; anything else must agree exactly.
        func squeezed(_ shape: [Int]) -> [Int] { shape.count == 2 && shape[1] == 1 ? [shape[0]] : shape.isEmpty ? [1] : shape }
        guard squeezed(predictions.shape) == squeezed(shape), shape.count <= 2 else {
            throw TensorError.shapes(operation, [predictions.shape, shape], detail: "predictions and targets are [N] or [N, D] alike")
        }
        let width = squeezed(shape).count == 2 ? shape[1] : 1
        guard outputs.isEmpty || outputs.count == width else {
            throw TensorError.shapes(operation, [predictions.shape], detail: "the batches before had \(outputs.count) values a row")
        }
        let p = try doubles(predictions), t = try doubles(targets)
        for values in [p, t] where !values.allSatisfy(\.isFinite) {
            throw LearningError.argument(operation, "the values contain NaN or infinity")
        }
        if outputs.isEmpty { outputs = [Output](repeating: Output(), count: width) }
        count += width == 0 ? 0 : t.count / width
        for d in 0..<width {
            var output = outputs[d]
            p.withUnsafeBufferPointer { p in
                t.withUnsafeBufferPointer { t in
                    for i in stride(from: d, to: t.count, by: width) {
                        let error = t[i] - p[i]
                        output.absolute += abs(error)
                        output.squared += error * error
                        output.relative += abs(error) / max(abs(t[i]), .ulpOfOne)
                        output.largest = max(output.largest, abs(error))
                        output.target.add(t[i])
                        output.error.add(error)
                    }
                }
            }
            outputs[d] = output
        }
    }

    func mean(_ measure: (Output) -> Double) -> Double {
        outputs.reduce(0) { $0 + measure($1) } / Double(outputs.count)
    }
}

extension Metrics {
    /// `raw` gives one number per output in place of their mean.
    private static func values(_ name: String, raw: Bool, _ measure: @escaping (ValueSums.Output, Double) -> Double) -> Measure {
        Measure(name, ValueSums()) { sums in
            let n = Double(sums.count)
            return raw ? .perClass(sums.outputs.map { measure($0, n) }) : .number(sums.mean { measure($0, n) })
        }
    }

    /// The mean squared error.
    public static func mse(raw: Bool = false) -> Measure { values("mse", raw: raw) { $0.squared / $1 } }

    /// The root of the mean squared error.
    public static func rmse(raw: Bool = false) -> Measure { values("rmse", raw: raw) { ($0.squared / $1).squareRoot() } }

    /// The mean absolute error.
    public static func mae(raw: Bool = false) -> Measure { values("mae", raw: raw) { $0.absolute / $1 } }

    /// The mean absolute error in shares of the target: 0.1 is ten percent.
    public static func mape(raw: Bool = false) -> Measure { values("mape", raw: raw) { $0.relative / $1 } }

    /// The share of the targets' variance that predictions explain: 1 is perfect, 0 what always
    /// predicting the mean gets. NaN for fewer than two rows; constant targets give 1 when
    /// predicted exactly, else 0.
    public static func r2(raw: Bool = false) -> Measure {
        values("r2", raw: raw) { sums, n in n < 2 ? .nan : explained(sums.squared, of: sums.target.squares) }
    }

    /// As `r2`, but an error that is the same everywhere does not count.
    public static func explainedVariance(raw: Bool = false) -> Measure {
        values("explained_variance", raw: raw) { sums, _ in explained(sums.error.squares, of: sums.target.squares) }
    }

    private static func explained(_ rest: Double, of all: Double) -> Double {
        all == 0 ? (rest == 0 ? 1 : 0) : 1 - rest / all
    }

    /// The largest absolute error.
    public static func maxError() -> Measure {
        Measure("max_error", ValueSums()) { sums in
            guard sums.outputs.count == 1 else {
                throw LearningError.argument("max_error", "there are \(sums.outputs.count) values a row; this measures one")
            }
            return .number(sums.outputs[0].largest)
        }
    }

    /// The exponential of the mean negative log-likelihood of the targets: among how many equally
    /// likely tokens the model still hesitates. Predictions are logits [..., C], targets [...].
    ///
    /// - Parameter ignoring: targets of this value do not count.
    public static func perplexity(ignoring: Int? = nil) -> Measure {
        Measure("perplexity", TokenLoss(ignoring: ignoring)) { .number(exp($0.sum / Double($0.count))) }
    }
}

/// The negative log-likelihood of tokens.
private struct TokenLoss: MeasureState {
    let ignoring: Int?
    var sum = 0.0
    var count = 0

    init(ignoring: Int?) { self.ignoring = ignoring }

    var isEmpty: Bool { count == 0 }

    mutating func update(_ logits: Tensor, _ targets: Tensor, _ operation: String) throws {
        guard let classes = logits.shape.last, classes > 0, Array(logits.shape.dropLast()) == targets.shape else {
            throw TensorError.shapes(operation, [logits.shape, targets.shape], detail: "logits are [..., C], targets [...]")
        }
        let labels = try integers(targets, operation, "targets"), scores = try doubles(logits)
        var total = 0.0, n = 0
        try scores.withUnsafeBufferPointer { scores in
            for (row, label) in labels.enumerated() where label != ignoring {
                guard label >= 0, label < classes else {
                    throw TensorError.index(operation + ": target", label, dimension: logits.rank - 1, shape: logits.shape)
                }
                let start = row * classes
                var largest = scores[start], rest = 0.0
                for i in start..<start + classes { largest = max(largest, scores[i]) }
                for i in start..<start + classes { rest += exp(scores[i] - largest) }
                total += largest + log(rest) - scores[start + label]
                n += 1
            }
        }
        sum += total
        count += n
    }
}
