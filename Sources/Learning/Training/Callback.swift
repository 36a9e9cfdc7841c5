import Tensors

/// Something that happens at certain moments of a training. Subclasses override what they need.
open class Callback {
    public init() {}

    /// The names of the values that this looks at; training refuses to start when one is unknown.
    open var monitored: [String] { [] }

    open func onTrainBegin(_ state: TrainingState) throws {}
    open func onEpochBegin(_ state: TrainingState) throws {}
    open func onBatchBegin(_ state: TrainingState) throws {}
    /// After the parameters were updated; `state.values` holds the epoch's averages so far.
    open func onBatchEnd(_ state: TrainingState) throws {}
    /// After validation; `state.values` and the history hold the epoch's values.
    open func onEpochEnd(_ state: TrainingState) throws {}
    /// At the end, also after an interrupt or an error.
    open func onTrainEnd(_ state: TrainingState) throws {}
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
    public internal(set) var values: [(name: String, value: Double)] = []
    /// Set this to end the training after the current batch.
    public var shouldStop = false
    private let sink: (any ProgressSink)?

    init(model: Module, optimizer: Optimizer, history: History, epochs: Int, batches: Int, sink: (any ProgressSink)?) {
        self.model = model
        self.optimizer = optimizer
        self.history = history
        self.epochs = epochs
        self.batches = batches
        self.sink = sink
    }

    /// A value of this epoch; nil when there is none of the name.
    public func value(_ name: String) -> Double? { values.first { $0.name == name }?.value }

    /// Tells the user something, where progress is shown.
    public func note(_ text: String) { sink?.note(text) }
}
