import Glibc
import Tensors

// Schedules along half a cosine.

/// From high to low along half a cosine; `t` goes from 0 to 1.
private func cosine(_ high: Double, _ low: Double, _ t: Double) -> Double { low + (high - low) * (1 + cos(.pi * t)) / 2 }

/// Falls to `minimum` along half a cosine of `period` steps, and rises again (Loshchilov and Hutter 2017).
public final class CosineAnnealingLR: Scheduler {
    private let period: Double
    private let minimum: Double

    public init(_ optimizer: Optimizer, tMax: Int, etaMin: Double = 0) throws {
        try requirePositive("CosineAnnealingLR", ("T_max", tMax))
        (period, minimum) = (Double(tMax), etaMin)
        super.init(optimizer)
        begin()
    }

    public override func rates(_ present: [Double]) -> [Double] {
        if count == 0 { return present }
        let t = Double(count)
        if (count - 1 - Int(period)) % Int(2 * period) == 0 {
            return zip(baseRates, present).map { $1 + ($0 - minimum) * (1 - cos(.pi / period)) / 2 }
        }
        let factor = (1 + cos(.pi * t / period)) / (1 + cos(.pi * (t - 1) / period))
        return present.map { factor * ($0 - minimum) + minimum }
    }
    public override func restarted() -> [Double] { baseRates.map { cosine($0, minimum, Double(count) / period) } }
}

/// Falls along half a cosine again and again, each time `factor` times longer (Loshchilov and Hutter 2017).
public final class CosineAnnealingWarmRestarts: Scheduler {
    private let first: Int
    private let factor: Int
    private let minimum: Double
    /// The part of a step by which the place is ahead of the count.
    private var fraction = 0.0

    public init(_ optimizer: Optimizer, t0: Int, tMult: Int = 1, etaMin: Double = 0) throws {
        try requirePositive("CosineAnnealingWarmRestarts", ("T_0", t0), ("T_mult", tMult))
        (first, factor, minimum) = (t0, tMult, etaMin)
        super.init(optimizer)
        begin()
    }

    public override func rates(_ present: [Double]) -> [Double] { rates(at: Double(count) + fraction) }

    /// The rates a number of steps, or a part of one, after the start.
    private func rates(at place: Double) -> [Double] {
        var position = place, length = Double(first)
        if factor == 1 { position = position.truncatingRemainder(dividingBy: length) } else {
            while position >= length {
                position -= length
                length *= Double(factor)
            }
        }
        return baseRates.map { cosine($0, minimum, position / length) }
    }

    /// Goes to a place in the schedule, in steps and parts of steps from its start.
    public override func step(_ place: Double) throws {
        guard place >= 0, place <= 1e9 else { throw LearningError.argument(name, "the place must be 0 or more steps, got \(shortNumber(place))") }
        count = Int(place)
        fraction = place - Double(count)
        apply(rates(at: place))
    }

    public override var extraState: [String: Double] {
        get { ["fraction": fraction] }
        set { fraction = newValue["fraction"] ?? 0 }
    }
}

/// Rises in a straight line for `warmup` steps, then falls to `minimum` along half a cosine until
/// `total`.
public final class WarmupCosine: Scheduler {
    private let warmup: Double
    private let total: Double
    private let minimum: Double

    public init(_ optimizer: Optimizer, warmup: Int, total: Int, minLR: Double = 0) throws {
        try requirePositive("WarmupCosine", ("total", total))
        guard warmup >= 0, warmup < total else {
            throw LearningError.argument("WarmupCosine", "warmup must be at least 0 and less than total, got \(warmup)")
        }
        (self.warmup, self.total, minimum) = (Double(warmup), Double(total), minLR)
        super.init(optimizer)
        begin()
    }

    public override func rates(_ present: [Double]) -> [Double] {
        let t = Double(count)
        if t < warmup { return baseRates.map { $0 * (t + 1) / (warmup + 1) } }
        return baseRates.map { cosine($0, minimum, min(1, (t - warmup) / (total - warmup))) }
    }
}

/// One rise and one fall over a whole training, the momentum moving against it (Smith and Topin 2018).
public final class OneCycleLR: Scheduler {
    private struct Phase {
        let end: Double
        let rates: (KeyPath<OneCycleLR, [Double]>, KeyPath<OneCycleLR, [Double]>)
        let isRising: Bool
    }

    public let total: Int
    private let isCosine: Bool
    private let momenta: (low: Double, high: Double)?
    private let initial: [Double]
    private let highest: [Double]
    private let lowest: [Double]
    private let phases: [Phase]

    /// - Parameters:
    ///   - maxLR: the highest rate, for all groups or for each.
    ///   - totalSteps: steps of the whole training: epochs times batches per epoch.
    public init(
        _ optimizer: Optimizer, maxLR: [Double], totalSteps: Int, pctStart: Double = 0.3, annealStrategy: String = "cos",
        cycleMomentum: Bool = true, baseMomentum: Double = 0.85, maxMomentum: Double = 0.95, divFactor: Double = 25,
        finalDivFactor: Double = 1e4, threePhase: Bool = false
    ) throws {
        let name = "OneCycleLR"
        try requirePositive(name, ("total_steps", totalSteps))
        try check(name, "pct_start", pctStart, (0...1).contains(pctStart), "between 0 and 1")
        guard annealStrategy == "cos" || annealStrategy == "linear" else {
            throw LearningError.argument(name, "anneal_strategy must be \"cos\" or \"linear\", got \"\(annealStrategy)\"")
        }
        guard maxLR.count == 1 || maxLR.count == optimizer.groups.count else {
            throw LearningError.argument(name, "max_lr has \(maxLR.count) values for \(optimizer.groups.count) groups")
        }
        total = totalSteps
        isCosine = annealStrategy == "cos"
        highest = optimizer.groups.indices.map { maxLR.count == 1 ? maxLR[0] : maxLR[$0] }
        initial = highest.map { $0 / divFactor }
        lowest = initial.map { $0 / finalDivFactor }
        let up = pctStart * Double(totalSteps) - 1
        if threePhase {
            phases = [
                Phase(end: up, rates: (\.initial, \.highest), isRising: true),
                Phase(end: 2 * pctStart * Double(totalSteps) - 2, rates: (\.highest, \.initial), isRising: false),
                Phase(end: Double(totalSteps - 1), rates: (\.initial, \.lowest), isRising: false),
            ]
        } else {
            phases = [
                Phase(end: up, rates: (\.initial, \.highest), isRising: true),
                Phase(end: Double(totalSteps - 1), rates: (\.highest, \.lowest), isRising: false),
            ]
        }
        let hasMomentum = optimizer.groups.allSatisfy { $0["momentum"] != nil || $0["beta1"] != nil }
        if cycleMomentum, !hasMomentum {
            throw LearningError.argument(name, "the optimizer has no momentum to cycle; say {cycle_momentum=false}")
        }
        momenta = cycleMomentum ? (baseMomentum, maxMomentum) : nil
        self.threePhase = threePhase
        super.init(optimizer)
        begin()
        applyMomentum()
    }

    private let threePhase: Bool

    public override func step() throws {
        guard count < total else {
            throw LearningError.argument("OneCycleLR", "the schedule has \(total) steps; this would be one more")
        }
        try super.step()
        applyMomentum()
    }

    /// The phase of the present step, and how far it is through it.
    private var place: (index: Int, share: Double) {
        var start = 0.0
        for (i, phase) in phases.enumerated() {
            if Double(count) <= phase.end || i == phases.count - 1 {
                return (i, (Double(count) - start) / (phase.end - start))
            }
            start = phase.end
        }
        return (0, 0)
    }

    private func between(_ from: Double, _ to: Double, _ share: Double) -> Double {
        isCosine ? to + (from - to) / 2 * (1 + cos(.pi * share)) : (to - from) * share + from
    }

    public override func rates(_ present: [Double]) -> [Double] {
        let (index, share) = place
        let (from, to) = phases[index].rates
        return zip(self[keyPath: from], self[keyPath: to]).map { between($0, $1, share) }
    }

    private func applyMomentum() {
        guard let momenta else { return }
        let (index, share) = place
        let value: Double
        if phases[index].isRising { value = between(momenta.high, momenta.low, share) }
        else if threePhase, index == 2 { value = momenta.high }
        else { value = between(momenta.low, momenta.high, share) }
        for group in optimizer.groups {
            group[group["momentum"] != nil ? "momentum" : "beta1"] = value
        }
    }
}
