import Tensors

/// Changes an optimizer's learning rate from step to step; `step` is called after each epoch, or
/// after each batch where the schedule counts batches.
///
/// A schedule is one function: the rates of the next step from those of the last. Several schedules
/// on one optimizer combine, as in PyTorch.
open class Scheduler {
    public let optimizer: Optimizer
    /// The rates when the schedule was made.
    public let baseRates: [Double]
    /// Number of steps taken.
    public internal(set) var count = 0

    public init(_ optimizer: Optimizer) {
        self.optimizer = optimizer
        baseRates = optimizer.groups.map { group in
            let rate = group.initialRate ?? group.value("lr")
            group.initialRate = rate
            return rate
        }
    }

    /// Name of the type, as users write it.
    open var name: String { String(describing: type(of: self)) }

    // MARK: To override

    /// The rates after `count` steps, given the groups' present ones.
    open func rates(_ present: [Double]) -> [Double] { present }

    /// The rates after `count` steps from the start, where a schedule begins in the middle of another.
    open func restarted() -> [Double] { rates(baseRates) }

    /// Whatever changes beside the count.
    open var extraState: [String: Double] {
        get { [:] }
        set {}
    }

    // MARK: Stepping

    /// The present rates.
    public var rates: [Double] { optimizer.groups.map { $0.value("lr") } }

    /// Goes on by one step.
    open func step() throws {
        count += 1
        apply(rates(rates))
    }

    /// Goes on by one step of a schedule that looks at a value, such as the validation loss.
    open func step(_ value: Double) throws {
        throw LearningError.argument(name, "step takes no value; ReduceLROnPlateau watches one, and CosineAnnealingWarmRestarts takes a place")
    }

    /// Sets the rates of the start; the last thing that an initialiser does.
    func begin() { apply(rates(rates)) }

    func apply(_ rates: [Double]) {
        for (group, rate) in zip(optimizer.groups, rates) { group["lr"] = rate }
    }

    /// Puts the schedule where it would be after some steps from its start.
    func restart(at count: Int) {
        self.count = count
        apply(restarted())
    }

    /// The first group's rate now and after each of `n` steps; changes nothing.
    public func preview(_ n: Int) throws -> [Double] {
        let options = optimizer.groups.map(\.options), before = state
        defer {
            for (group, values) in zip(optimizer.groups, options) { group.options = values }
            state = before
        }
        var result = [optimizer.lr]
        for _ in 0..<max(n, 0) {
            try step()
            result.append(optimizer.lr)
        }
        return result
    }

    /// Everything needed to go on later, beside the optimizer's own state.
    public var state: [String: Double] {
        get { extraState.merging(["count": Double(count)]) { $1 } }
        set {
            count = Int(newValue["count"] ?? 0)
            extraState = newValue.filter { $0.key != "count" }
        }
    }
}

/// Refuses a factor outside of a range, naming the argument.
func check(_ operation: String, _ name: String, _ value: Double, _ isValid: Bool, _ expected: String) throws {
    if !isValid { throw LearningError.argument(operation, "\(name) must be \(expected), got \(shortNumber(value))") }
}
