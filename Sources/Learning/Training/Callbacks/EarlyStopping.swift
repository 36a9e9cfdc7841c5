import Tensors

/// Ends a training when a value has not improved for some epochs, and goes back to the best weights.
public final class EarlyStopping: Callback {
    private let monitor: Monitor
    private let patience: Int
    private let startEpoch: Int
    private let baseline: Double?
    private let restoresBest: Bool
    private var best: Double
    /// Counted from 0.
    private var bestEpoch: Int?
    private var stoppedEpoch: Int?
    private var wait = 0
    private var weights: StateDict?

    /// - Parameters:
    ///   - patience: epochs without improvement after which to stop.
    ///   - minDelta: what counts as an improvement.
    ///   - baseline: a value that must be reached within `patience` epochs.
    ///   - startEpoch: number of epochs at the start that are not looked at.
    public init(
        monitor: String = "val_loss", patience: Int = 0, minDelta: Double = 0, mode: String = "auto", baseline: Double? = nil,
        restoresBest: Bool = true, startEpoch: Int = 0
    ) throws {
        self.monitor = try Monitor("EarlyStopping", monitor, mode: mode, minDelta: minDelta)
        guard patience >= 0 else { throw LearningError.argument("EarlyStopping", "patience must be 0 or more, got \(patience)") }
        (self.patience, self.baseline, self.restoresBest, self.startEpoch) = (patience, baseline, restoresBest, startEpoch)
        best = self.monitor.worst
    }

    public override var monitored: [String] { [monitor.name] }

    public override func onTrainBegin(_ state: TrainingState) {
        (best, bestEpoch, stoppedEpoch, wait, weights) = (monitor.worst, nil, nil, 0, nil)
    }

    public override func onEpochEnd(_ state: TrainingState) throws {
        guard state.epoch >= startEpoch else { return }
        let value = state.monitored(monitor.name)
        wait += 1
        if bestEpoch == nil && !value.isNaN || monitor.isBetter(value, than: best) {
            (best, bestEpoch) = (value, state.epoch)
            if restoresBest { weights = try state.model.stateDict().copied() }
            if baseline.map({ monitor.isBetter(value, than: $0) }) ?? true { wait = 0 }
        }
        if wait > 0, wait >= patience {
            stoppedEpoch = state.epoch
            state.shouldStop = true
        }
    }

    public override func onTrainEnd(_ state: TrainingState) throws {
        guard state.isComplete else { return }
        var parts: [String] = []
        if let stoppedEpoch {
            parts.append("stopped after epoch \(stoppedEpoch + 1): \(monitor.name) did not improve for \(wait) epoch\(wait == 1 ? "" : "s")")
        }
        if let weights, let bestEpoch, bestEpoch != state.epoch {
            try state.model.loadStateDict(weights)
            parts.append("best weights restored, those of epoch \(bestEpoch + 1) (\(monitor.name) \(TextProgress.significant(best)))")
        } else if stoppedEpoch != nil, bestEpoch == nil {
            parts.append("no epoch had a \(monitor.name) that is a number")
        }
        weights = nil
        if !parts.isEmpty { state.note("EarlyStopping: " + parts.joined(separator: "; ")) }
    }

    public override var hasStopped: Bool { stoppedEpoch != nil }

    public override var fields: [(name: String, value: Scalar)] {
        var fields: [(name: String, value: Scalar)] = [("wait", .int(Int64(wait)))]
        if let bestEpoch { fields += [("best", .double(best)), ("best_epoch", .int(Int64(bestEpoch + 1)))] }
        if let stoppedEpoch { fields.append(("stopped_epoch", .int(Int64(stoppedEpoch + 1)))) }
        return fields
    }

    public override func stateDict() throws -> StateDict {
        var numbers = ["best": best, "wait": Double(wait)]
        numbers["best_epoch"] = bestEpoch.map(Double.init)
        numbers["stopped_epoch"] = stoppedEpoch.map(Double.init)
        var state = try StateDict(numbers: numbers)
        for (name, tensor) in weights ?? StateDict() { state["weights.\(name)"] = tensor }
        return state
    }

    public override func loadStateDict(_ state: StateDict) throws {
        let numbers = try state.numbers()
        best = numbers["best"] ?? monitor.worst
        wait = Int(numbers["wait"] ?? 0)
        bestEpoch = numbers["best_epoch"].map { Int($0) }
        // With more patience than before, the training goes on.
        stoppedEpoch = wait >= patience ? numbers["stopped_epoch"].map { Int($0) } : nil
        let kept = state.under("weights.")
        weights = kept.count > 0 ? kept : nil
    }
}
