import Tensors

/// Something that happens at certain moments of a training. Subclasses override what they need.
open class Callback {
    public init() {}

    /// The names of the values that this looks at; training refuses to start when one is unknown.
    open var monitored: [String] { [] }
    /// Whether this comes after the others at the end of an epoch, since it keeps what they did.
    open var comesLast: Bool { false }

    open func onTrainBegin(_ state: TrainingState) throws {}
    open func onEpochBegin(_ state: TrainingState) throws {}
    open func onBatchBegin(_ state: TrainingState) throws {}
    /// After the parameters were updated; `state.values` holds the epoch's averages so far.
    open func onBatchEnd(_ state: TrainingState) throws {}
    /// After validation; `state.values` and the history hold the epoch's values.
    open func onEpochEnd(_ state: TrainingState) throws {}
    /// At the end, also after an interrupt or an error; `state.isComplete` tells which.
    open func onTrainEnd(_ state: TrainingState) throws {}

    /// What this needs to go on in another process.
    open func stateDict() throws -> StateDict { StateDict() }
    /// Restores what `stateDict` gave.
    open func loadStateDict(_ state: StateDict) throws {}

    /// Whether the state that was loaded is that of a training which this has ended.
    open var hasStopped: Bool { false }

    /// Numbers to look at, by name.
    open var fields: [(name: String, value: Scalar)] { [] }
}

/// Where a training stands.
public final class TrainingState {
    public let model: Module
    public let optimizer: Optimizer
    public let history: History
    public let epochs: Int
    public let batches: Int
    /// Counted from 0, like `batch`.
    public internal(set) var epoch = 0
    public internal(set) var batch = 0
    /// The learning rate with which the epoch began.
    public internal(set) var lr: Double
    /// The loss of the last batch.
    public internal(set) var batchLoss = Double.nan
    /// Set this to end the training after the current batch.
    public var shouldStop = false
    /// Whether the training ended by itself, not by an interrupt or an error.
    public internal(set) var isComplete = false
    /// Writes everything that this training needs to go on.
    let saveCheckpoint: (_ path: String, TrainingState) throws -> Void
    private let sink: (any ProgressSink)?
    private var compute: () -> [(name: String, value: Double)] = { [] }
    private var computed: [(name: String, value: Double)]?

    init(
        model: Module, optimizer: Optimizer, history: History, epochs: Int, batches: Int, sink: (any ProgressSink)?,
        saveCheckpoint: @escaping (_ path: String, TrainingState) throws -> Void
    ) {
        self.model = model
        self.optimizer = optimizer
        lr = optimizer.lr
        self.history = history
        self.epochs = epochs
        self.batches = batches
        self.sink = sink
        self.saveCheckpoint = saveCheckpoint
    }

    /// The values of this epoch; within an epoch they are computed when asked for, since some
    /// metrics cost more than a training step.
    public internal(set) var values: [(name: String, value: Double)] {
        get {
            if let computed { return computed }
            let values = compute()
            computed = values
            return values
        }
        set { computed = newValue }
    }

    /// Sets values that are computed when somebody asks.
    func setValues(_ compute: @escaping () -> [(name: String, value: Double)]) {
        self.compute = compute
        computed = nil
    }

    /// A value of this epoch; nil when there is none of the name.
    public func value(_ name: String) -> Double? { values.first { $0.name == name }?.value }

    /// A value that was checked to exist before training began; NaN after an epoch without it.
    func monitored(_ name: String) -> Double { value(name) ?? .nan }

    /// Tells the user something, where progress is shown.
    public func note(_ text: String) { sink?.note(text) }
}

/// A value that callbacks look at, and when it counts as better.
public struct Monitor {
    public let name: String
    let improvement: Improvement

    /// - Parameter mode: "min", "max", or "auto" to go by the name: "max" unless it is a loss or an error.
    init(_ operation: String, _ name: String, mode: String, minDelta: Double = 0) throws {
        guard ["auto", "min", "max"].contains(mode) else {
            throw LearningError.argument(operation, "mode must be \"auto\", \"min\" or \"max\", got \"\(mode)\"")
        }
        self.name = name
        let known = mode == "auto" ? Monitor.mode(of: name) : mode
        improvement = try Improvement(operation, mode: known, threshold: abs(minDelta), isRelative: false)
    }

    /// Names of values of which less is better.
    private static let errors: Set<String> = [
        "mse", "rmse", "mae", "mape", "log_loss", "brier", "hamming", "max_error", "perplexity", "lr",
    ]

    static func mode(of name: String) -> String {
        let bare = name.hasPrefix("val_") ? String(name.dropFirst(4)) : name
        return bare.hasSuffix("loss") || bare.hasSuffix("error") || errors.contains(bare) ? "min" : "max"
    }

    var worst: Double { improvement.worst }
    func isBetter(_ value: Double, than best: Double) -> Bool { improvement.isBetter(value, than: best) }
}
