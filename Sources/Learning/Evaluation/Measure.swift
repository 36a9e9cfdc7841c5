import Tensors

/// Measures of predictions against targets; each comes as a `Measure`.
///
/// ```swift
/// let f1 = Metrics.f1(ClassOptions(average: .macro))
/// for batch in batches { try f1.update(model(batch[0]), batch[1]) }
/// print(try f1.compute())                          // over all batches
/// print(try f1.result(of: predictions, targets))   // at once: the same number
/// ```
/// Values follow scikit-learn's definitions. Predictions come first, targets second; classes are
/// whole numbers, in order of their size.
public enum Metrics {}

/// A measure that is fed batches of predictions and targets, or sees all at once; both ways are
/// computed by the same code.
public final class Measure: Metric {
    public let name: String
    private let updateState: (Tensor, Tensor) throws -> Void
    private let computeState: () throws -> MeasureValue
    private let resetState: () -> Void
    private let similar: () -> Measure

    init<State: MeasureState>(_ name: String, _ initial: State, _ compute: @escaping (State) throws -> MeasureValue) {
        self.name = name
        // The state lives in the closures, which share it.
        var state = initial
        updateState = { try state.update($0, $1, name) }
        computeState = {
            guard !state.isEmpty else { throw LearningError.argument(name, "there are no values to measure") }
            return try compute(state)
        }
        resetState = { state = initial }
        similar = { Measure(name, initial, compute) }
    }

    /// Adds a batch.
    ///
    /// - Throws: when shapes or types do not fit; the state is as before then.
    public func update(_ predictions: Tensor, _ targets: Tensor) throws { try updateState(predictions, targets) }

    /// The value over all batches since the last `reset`.
    ///
    /// - Throws: when there were none.
    public func result() throws -> MeasureValue { try computeState() }

    /// The value over all batches, where it is a single number.
    ///
    /// - Throws: when there were no batches, or it is a curve, a table or a number per class.
    public func compute() throws -> Double {
        guard let number = try computeState().number else {
            throw LearningError.argument(name, "this gives more than one number; it cannot be followed during training")
        }
        return number
    }

    public func reset() { resetState() }

    /// The value for these predictions alone; the batches before are left as they are.
    public func result(of predictions: Tensor, _ targets: Tensor) throws -> MeasureValue {
        let fresh = similar()
        try fresh.update(predictions, targets)
        return try fresh.result()
    }
}

/// What a metric has learnt from batches.
protocol MeasureState {
    var isEmpty: Bool { get }
    /// Adds a batch, or throws and stays as it was.
    mutating func update(_ predictions: Tensor, _ targets: Tensor, _ operation: String) throws
}

/// What a metric says.
public enum MeasureValue {
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
