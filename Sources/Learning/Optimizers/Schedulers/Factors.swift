import Glibc
import Tensors

// Schedules that multiply the rate.

/// Multiplies by gamma every `stepSize` steps.
public final class StepLR: Scheduler {
    private let stepSize: Int
    private let gamma: Double

    public init(_ optimizer: Optimizer, stepSize: Int, gamma: Double = 0.1) throws {
        try requirePositive("StepLR", ("step_size", stepSize))
        (self.stepSize, self.gamma) = (stepSize, gamma)
        super.init(optimizer)
        begin()
    }

    public override func rates(_ present: [Double]) -> [Double] {
        count > 0 && count % stepSize == 0 ? present.map { $0 * gamma } : present
    }
    public override func restarted() -> [Double] { baseRates.map { $0 * pow(gamma, Double(count / stepSize)) } }
}

/// Multiplies by gamma at each of some steps.
public final class MultiStepLR: Scheduler {
    private let milestones: [Int]
    private let gamma: Double

    public init(_ optimizer: Optimizer, milestones: [Int], gamma: Double = 0.1) throws {
        (self.milestones, self.gamma) = (milestones.sorted(), gamma)
        super.init(optimizer)
        begin()
    }

    public override func rates(_ present: [Double]) -> [Double] {
        let times = count == 0 ? 0 : milestones.filter { $0 == count }.count
        return present.map { $0 * pow(gamma, Double(times)) }
    }
    public override func restarted() -> [Double] {
        baseRates.map { $0 * pow(gamma, Double(milestones.filter { $0 <= count }.count)) }
    }
}

/// Multiplies by gamma at each step.
public final class ExponentialLR: Scheduler {
    private let gamma: Double

    public init(_ optimizer: Optimizer, gamma: Double) throws {
        self.gamma = gamma
        super.init(optimizer)
        begin()
    }

    public override func rates(_ present: [Double]) -> [Double] { count == 0 ? present : present.map { $0 * gamma } }
    public override func restarted() -> [Double] { baseRates.map { $0 * pow(gamma, Double(count)) } }
}

/// Goes from `start`·lr to `end`·lr in a straight line of `total` steps.
public final class LinearLR: Scheduler {
    private let start: Double
    private let end: Double
    private let total: Int

    public init(_ optimizer: Optimizer, startFactor: Double = 1.0 / 3, endFactor: Double = 1, totalIters: Int = 5) throws {
        try check("LinearLR", "start_factor", startFactor, startFactor > 0 && startFactor <= 1, "more than 0 and at most 1")
        try check("LinearLR", "end_factor", endFactor, endFactor >= 0 && endFactor <= 1, "between 0 and 1")
        try requirePositive("LinearLR", ("total_iters", totalIters))
        (start, end, total) = (startFactor, endFactor, totalIters)
        super.init(optimizer)
        begin()
    }

    public override func rates(_ present: [Double]) -> [Double] {
        if count == 0 { return present.map { $0 * start } }
        if count > total { return present }
        let factor = 1 + (end - start) / (Double(total) * start + Double(count - 1) * (end - start))
        return present.map { $0 * factor }
    }
    public override func restarted() -> [Double] {
        baseRates.map { $0 * (start + (end - start) * Double(min(total, count)) / Double(total)) }
    }
}

/// Lets the rate fall to 0 in `total` steps, as (1 - t/total) to a power.
public final class PolynomialLR: Scheduler {
    private let total: Int
    private let power: Double

    public init(_ optimizer: Optimizer, totalIters: Int = 5, power: Double = 1) throws {
        try requirePositive("PolynomialLR", ("total_iters", totalIters))
        (total, self.power) = (totalIters, power)
        super.init(optimizer)
        begin()
    }

    public override func rates(_ present: [Double]) -> [Double] {
        if count == 0 || count > total { return present }
        let factor = pow((1 - Double(count) / Double(total)) / (1 - Double(count - 1) / Double(total)), power)
        return present.map { $0 * factor }
    }
    public override func restarted() -> [Double] {
        baseRates.map { $0 * pow(1 - Double(min(total, count)) / Double(total), power) }
    }
}

/// Multiplies the first rate by a function of the number of steps taken, one for all groups or one for each.
public final class LambdaLR: Scheduler {
    private let bodies: [(Int) throws -> Double]
    private var factors: [Double] = []

    public convenience init(_ optimizer: Optimizer, _ body: @escaping (Int) throws -> Double) throws {
        try self.init(optimizer, [body])
    }

    public init(_ optimizer: Optimizer, _ bodies: [(Int) throws -> Double]) throws {
        guard bodies.count == 1 || bodies.count == optimizer.groups.count else {
            throw LearningError.argument("LambdaLR", "lr_lambda has \(bodies.count) functions for \(optimizer.groups.count) groups")
        }
        self.bodies = bodies
        super.init(optimizer)
        factors = try bodies.map { try $0(0) }
        begin()
    }

    public override func step() throws {
        factors = try bodies.map { try $0(count + 1) }
        try super.step()
    }

    public override func rates(_ present: [Double]) -> [Double] {
        baseRates.indices.map { baseRates[$0] * factors[factors.count == 1 ? 0 : $0] }
    }
}
