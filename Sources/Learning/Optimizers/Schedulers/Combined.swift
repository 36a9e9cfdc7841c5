import Tensors

/// Several schedules one after the other, each from its milestone on.
public final class SequentialLR: Scheduler {
    private let schedules: [Scheduler]
    private let milestones: [Int]

    /// - Parameter milestones: the steps at which the second, third … schedule begins.
    public init(_ optimizer: Optimizer, schedulers: [Scheduler], milestones: [Int]) throws {
        guard !schedulers.isEmpty, milestones.count == schedulers.count - 1 else {
            throw LearningError.argument("SequentialLR", "\(schedulers.count) schedules need \(max(schedulers.count - 1, 0)) milestones, "
                + "got \(milestones.count)")
        }
        guard schedulers.allSatisfy({ $0.optimizer === optimizer }) else {
            throw LearningError.argument("SequentialLR", "all schedules must be of the same optimizer")
        }
        guard zip(milestones, milestones.dropFirst()).allSatisfy(<) else {
            throw LearningError.argument("SequentialLR", "milestones must rise")
        }
        (self.schedules, self.milestones) = (schedulers, milestones)
        super.init(optimizer)
        // The schedules have set rates when they were made, each on top of the others.
        apply(schedulers[0].baseRates)
        schedulers[0].restart(at: 0)
    }

    public override func step() throws {
        count += 1
        let index = milestones.filter { $0 <= count }.count
        if index > 0, milestones[index - 1] == count { schedules[index].restart(at: 0) } else { try schedules[index].step() }
    }

    public override var extraState: [String: Double] {
        get {
            var result: [String: Double] = [:]
            for (i, schedule) in schedules.enumerated() { for (name, value) in schedule.state { result["\(i).\(name)"] = value } }
            return result
        }
        set {
            for (i, schedule) in schedules.enumerated() {
                let prefix = "\(i)."
                var state: [String: Double] = [:]
                for (name, value) in newValue where name.hasPrefix(prefix) { state[String(name.dropFirst(prefix.count))] = value }
                schedule.state = state
            }
        }
    }
}

/// Multiplies the rate by a factor when a value has not become better for some steps.
public final class ReduceLROnPlateau: Scheduler {
    private let watch: Improvement
    private let factor: Double
    private let patience: Int
    private let cooldown: Int
    private let minimum: [Double]
    private let epsilon: Double
    private var best: Double
    private var badSteps = 0
    private var cooling = 0
    /// Told after each reduction.
    public var onReduce: ((Double) -> Void)?

    public init(
        _ optimizer: Optimizer, mode: String = "min", factor: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4,
        thresholdMode: String = "rel", cooldown: Int = 0, minLR: [Double] = [0], eps: Double = 1e-8
    ) throws {
        try check("ReduceLROnPlateau", "factor", factor, factor > 0 && factor < 1, "between 0 and 1")
        watch = try Improvement("ReduceLROnPlateau", mode: mode, threshold: threshold, isRelative: thresholdMode == "rel")
        guard thresholdMode == "rel" || thresholdMode == "abs" else {
            throw LearningError.argument("ReduceLROnPlateau", "threshold_mode must be \"rel\" or \"abs\", got \"\(thresholdMode)\"")
        }
        (self.factor, self.patience, self.cooldown, epsilon) = (factor, patience, cooldown, eps)
        guard minLR.count == 1 || minLR.count == optimizer.groups.count else {
            throw LearningError.argument("ReduceLROnPlateau", "min_lr has \(minLR.count) values for \(optimizer.groups.count) groups")
        }
        minimum = optimizer.groups.indices.map { minLR.count == 1 ? minLR[0] : minLR[$0] }
        best = watch.worst
        super.init(optimizer)
    }

    public override func step() throws {
        throw LearningError.argument("ReduceLROnPlateau", "step needs the value to watch: s:step(val_loss)")
    }

    public override func step(_ value: Double) throws {
        count += 1
        if watch.isBetter(value, than: best) {
            best = value
            badSteps = 0
        } else {
            badSteps += 1
        }
        if cooling > 0 {
            cooling -= 1
            badSteps = 0
        }
        guard badSteps > patience else { return }
        let before = rates
        apply(zip(before, minimum).map { rate, minimum in
            let reduced = max(rate * factor, minimum)
            return rate - reduced > epsilon ? reduced : rate
        })
        cooling = cooldown
        badSteps = 0
        if rates != before { onReduce?(optimizer.lr) }
    }

    public override var extraState: [String: Double] {
        get { ["best": best, "bad": Double(badSteps), "cooling": Double(cooling)] }
        set {
            best = newValue["best"] ?? watch.worst
            badSteps = Int(newValue["bad"] ?? 0)
            cooling = Int(newValue["cooling"] ?? 0)
        }
    }
}

/// When a value counts as better than another.
struct Improvement {
    let isHigherBetter: Bool
    let threshold: Double
    let isRelative: Bool

    init(_ operation: String, mode: String, threshold: Double, isRelative: Bool) throws {
        guard mode == "min" || mode == "max" else {
            throw LearningError.argument(operation, "mode must be \"min\" or \"max\", got \"\(mode)\"")
        }
        (isHigherBetter, self.threshold, self.isRelative) = (mode == "max", threshold, isRelative)
    }

    var worst: Double { isHigherBetter ? -.infinity : .infinity }

    func isBetter(_ value: Double, than best: Double) -> Bool {
        if isRelative { return isHigherBetter ? value > best * (1 + threshold) : value < best * (1 - threshold) }
        return isHigherBetter ? value > best + threshold : value < best - threshold
    }
}
