import Tensors

/// Measures of predictions against targets; each comes as a `Metric`.
///
/// ```swift
/// let f1 = Metrics.f1(average: .macro)
/// for (x, y) in batches { try f1.update(model(x), y) }
/// print(try f1.compute())                     // over all batches
/// print(try f1.value(predictions, targets))   // at once: the same number
/// ```
/// Values follow scikit-learn's definitions. Predictions come first, targets second; classes are
/// whole numbers, in order of their size.
public enum Metrics {}

/// A measure that is fed batches of predictions and targets.
///
/// The value at once is computed by the same code as the value over batches.
public final class Metric {
    public let name: String
    private let updateState: (Tensor, Tensor) throws -> Void
    private let computeState: () throws -> MetricValue
    private let resetState: () -> Void
    private let similar: () -> Metric

    init<State: MetricState>(_ name: String, _ initial: State, _ compute: @escaping (State) throws -> MetricValue) {
        self.name = name
        // The state lives in the closures, which share it.
        var state = initial
        updateState = { try state.update($0, $1, name) }
        computeState = {
            guard !state.isEmpty else { throw LearningError.argument(name, "there are no values to measure") }
            return try compute(state)
        }
        resetState = { state = initial }
        similar = { Metric(name, initial, compute) }
    }

    /// Adds a batch.
    ///
    /// - Throws: when shapes or types do not fit; the state is as before then.
    public func update(_ predictions: Tensor, _ targets: Tensor) throws { try updateState(predictions, targets) }

    /// The value over all batches since the last `reset`.
    ///
    /// - Throws: when there were none.
    public func compute() throws -> MetricValue { try computeState() }

    public func reset() { resetState() }

    /// The value for these predictions alone; the batches before are left as they are.
    public func value(_ predictions: Tensor, _ targets: Tensor) throws -> MetricValue {
        let fresh = similar()
        try fresh.update(predictions, targets)
        return try fresh.compute()
    }
}

/// What a metric has learnt from batches.
protocol MetricState {
    var isEmpty: Bool { get }
    /// Adds a batch, or throws and stays as it was.
    mutating func update(_ predictions: Tensor, _ targets: Tensor, _ operation: String) throws
}

/// What a metric says.
public enum MetricValue {
    case number(Double)
    /// One number per class, in the order of the classes.
    case perClass([Double])
    case confusion(ConfusionMatrix)
    case report(ClassificationReport)
    case roc(ROCCurve)
    case precisionRecall(PrecisionRecallCurve)
    case calibration(CalibrationCurve)

    /// The value when it is a single number.
    public var number: Double? { if case .number(let value) = self { value } else { nil } }
}

/// How a measure of single classes becomes one number.
public enum Average: String, CaseIterable, Sendable {
    /// The measure of the positive class.
    case binary
    /// The mean over classes.
    case macro
    /// All decisions counted together.
    case micro
    /// The mean over classes weighted by how often each is a target.
    case weighted
    /// No average: one number per class.
    case none
}
