import Tensors

/// Takes a schedule's step at the end of each epoch, or of each batch.
public final class LRScheduler: Callback {
    private let scheduler: Scheduler
    private let isPerBatch: Bool
    /// The value that a schedule such as ReduceLROnPlateau looks at.
    private let monitor: String?

    public init(_ scheduler: Scheduler, isPerBatch: Bool = false, monitor: String? = nil) throws {
        self.scheduler = scheduler
        self.isPerBatch = isPerBatch
        self.monitor = monitor ?? (scheduler is ReduceLROnPlateau ? "val_loss" : nil)
        guard !(isPerBatch && self.monitor != nil) else {
            throw LearningError.argument("LRScheduler", "a schedule that watches a value takes a step per epoch")
        }
    }

    public override var monitored: [String] { monitor.map { [$0] } ?? [] }

    public override func onTrainBegin(_ state: TrainingState) throws {
        guard scheduler.optimizer === state.optimizer else {
            throw LearningError.argument("LRScheduler", "the schedule belongs to another optimizer than the one that fit uses; make one, and give it to both")
        }
    }

    public override func onBatchEnd(_ state: TrainingState) throws { if isPerBatch { try scheduler.step() } }

    public override func onEpochEnd(_ state: TrainingState) throws {
        if isPerBatch { return }
        if let monitor { try scheduler.step(state.monitored(monitor)) } else { try scheduler.step() }
    }

    public override var fields: [(name: String, value: Scalar)] { [("lr", .double(scheduler.optimizer.lr))] }
    public override func stateDict() throws -> StateDict { try StateDict(numbers: scheduler.state) }
    public override func loadStateDict(_ state: StateDict) throws { scheduler.state = try state.numbers() }
}

/// Sets the rate of each epoch by a function of the epoch's number, from 0, and the present rate.
public final class LRFunction: Callback {
    private let rate: (_ epoch: Int, _ present: Double) throws -> Double
    public init(_ rate: @escaping (_ epoch: Int, _ present: Double) throws -> Double) { self.rate = rate }

    public override func onEpochBegin(_ state: TrainingState) throws {
        let value = try rate(state.epoch, state.optimizer.lr)
        for i in state.optimizer.groups.indices { try state.optimizer.set("lr", to: value, inGroup: i) }
    }
}

/// Lowers the rate when a value has stopped improving: the schedule of that name over the optimizer
/// of the training.
public final class LRPlateau: Callback {
    private let monitor: String
    private let make: (Optimizer) throws -> ReduceLROnPlateau
    private var scheduler: ReduceLROnPlateau?

    public init(
        monitor: String = "val_loss", factor: Double = 0.1, patience: Int = 10, minDelta: Double = 1e-4, mode: String = "auto",
        cooldown: Int = 0, minLR: Double = 0
    ) throws {
        guard ["auto", "min", "max"].contains(mode) else {
            throw LearningError.argument("ReduceLROnPlateau", "mode must be \"auto\", \"min\" or \"max\", got \"\(mode)\"")
        }
        try check("ReduceLROnPlateau", "factor", factor, factor > 0 && factor < 1, "between 0 and 1")
        self.monitor = monitor
        let mode = mode == "auto" ? Monitor.mode(of: monitor) : mode
        make = {
            try ReduceLROnPlateau(
                $0, mode: mode, factor: factor, patience: patience, threshold: abs(minDelta), thresholdMode: "abs", cooldown: cooldown,
                minLR: [minLR])
        }
    }

    public override var monitored: [String] { [monitor] }

    public override func onTrainBegin(_ state: TrainingState) throws {
        let scheduler = try make(state.optimizer)
        scheduler.onReduce = { [unowned state, monitor] rate in
            state.note("ReduceLROnPlateau: \(monitor) did not improve, lr is now \(TextProgress.significant(rate))")
        }
        self.scheduler = scheduler
    }

    public override func onEpochEnd(_ state: TrainingState) throws { try scheduler?.step(state.monitored(monitor)) }
    public override func onTrainEnd(_ state: TrainingState) { scheduler?.onReduce = nil }

    public override var fields: [(name: String, value: Scalar)] { scheduler.map { [("lr", .double($0.optimizer.lr))] } ?? [] }
    public override func stateDict() throws -> StateDict { try StateDict(numbers: scheduler?.state ?? [:]) }
    public override func loadStateDict(_ state: StateDict) throws { scheduler?.state = try state.numbers() }
}
