@testable import Learning
import Tensors
import Testing

struct SchedulerCase: CustomTestStringConvertible, Sendable {
    let name: String
    /// What the schedule looks at after step i, if anything.
    var value: (@Sendable (Int) -> Double)?
    let make: @Sendable (Optimizer) throws -> [Scheduler]
    var testDescription: String { name }
}

private let schedulerCases: [SchedulerCase] = [
    SchedulerCase(name: "StepLR") { [try StepLR($0, stepSize: 7, gamma: 0.5)] },
    SchedulerCase(name: "MultiStepLR") { [try MultiStepLR($0, milestones: [3, 10, 10, 40], gamma: 0.5)] },
    SchedulerCase(name: "ExponentialLR") { [try ExponentialLR($0, gamma: 0.9)] },
    SchedulerCase(name: "CosineAnnealingLR") { [try CosineAnnealingLR($0, tMax: 12, etaMin: 0.01)] },
    SchedulerCase(name: "CosineAnnealingWarmRestarts") { [try CosineAnnealingWarmRestarts($0, t0: 5, tMult: 2, etaMin: 0.001)] },
    SchedulerCase(name: "CosineAnnealingWarmRestarts.even") { [try CosineAnnealingWarmRestarts($0, t0: 5)] },
    SchedulerCase(name: "LinearLR") { [try LinearLR($0)] },
    SchedulerCase(name: "LinearLR.options") { [try LinearLR($0, startFactor: 0.9, endFactor: 0.1, totalIters: 30)] },
    SchedulerCase(name: "PolynomialLR") { [try PolynomialLR($0, totalIters: 30, power: 2)] },
    SchedulerCase(name: "LambdaLR") { [try LambdaLR($0) { 1 / Double(1 + $0) }] },
    SchedulerCase(name: "OneCycleLR") { [try OneCycleLR($0, maxLR: [0.5], totalSteps: 51)] },
    SchedulerCase(name: "OneCycleLR.linear") {
        [try OneCycleLR($0, maxLR: [0.5, 0.2], totalSteps: 60, pctStart: 0.4, annealStrategy: "linear", divFactor: 10)]
    },
    SchedulerCase(name: "OneCycleLR.three") { [try OneCycleLR($0, maxLR: [0.5], totalSteps: 51, threePhase: true)] },
    SchedulerCase(name: "SequentialLR") { optimizer in
        [try SequentialLR(optimizer, schedulers: [
            LinearLR(optimizer, startFactor: 0.1, totalIters: 5), ExponentialLR(optimizer, gamma: 0.9),
            StepLR(optimizer, stepSize: 4),
        ], milestones: [5, 20])]
    },
    SchedulerCase(name: "SequentialLR.cosine") { optimizer in
        [try SequentialLR(optimizer, schedulers: [
            LinearLR(optimizer, startFactor: 0.1, totalIters: 10), CosineAnnealingLR(optimizer, tMax: 40),
        ], milestones: [10])]
    },
    SchedulerCase(name: "Combined") { [try StepLR($0, stepSize: 7, gamma: 0.5), try ExponentialLR($0, gamma: 0.95)] },
    SchedulerCase(name: "ReduceLROnPlateau", value: { max(1 - 0.1 * Double($0), 0.3) }) {
        [try ReduceLROnPlateau($0, factor: 0.5, patience: 3, cooldown: 2)]
    },
    SchedulerCase(name: "ReduceLROnPlateau.max", value: { Double($0 % 9) * 0.02 + Double($0) * 0.001 }) {
        [try ReduceLROnPlateau($0, mode: "max", factor: 0.3, patience: 2, threshold: 0.05, thresholdMode: "abs", minLR: [0.001])]
    },
]

@Suite struct SchedulerTests {
    private func optimizer() throws -> Optimizer {
        try SGD(groups: [([Tensor.ones([1])], ["lr": 0.1]), ([Tensor.ones([1])], ["lr": 0.03])], options: ["momentum": 0.9])
    }

    private func step(_ schedules: [Scheduler], _ test: SchedulerCase, _ i: Int) throws {
        for schedule in schedules {
            if let value = test.value { try schedule.step(value(i)) } else { try schedule.step() }
        }
    }

    @Test(arguments: schedulerCases)
    func agreesWithPyTorch(_ test: SchedulerCase) throws {
        let reference = try Reference("schedulers", test.name)
        let rates = try numbers(reference.get("rates")), momenta = try numbers(reference.get("momenta"))
        let optimizer = try optimizer(), schedules = try test.make(optimizer)
        for i in 0..<51 {
            if i > 0 { try step(schedules, test, i - 1) }
            for (j, rate) in schedules[0].rates.enumerated() {
                #expect(abs(rate - rates[2 * i + j]) < 1e-12, "\(test.name), step \(i), group \(j)")
            }
            #expect(abs(optimizer.groups[0].value("momentum") - momenta[i]) < 1e-12)
        }
    }

    /// A look ahead changes nothing, and a saved state goes on alike.
    @Test(arguments: schedulerCases)
    func previewAndState(_ test: SchedulerCase) throws {
        let optimizer = try optimizer(), schedules = try test.make(optimizer)
        for i in 0..<13 { try step(schedules, test, i) }
        let before = schedules[0].rates
        if test.value == nil {
            let preview = try schedules[0].preview(5)
            #expect(preview.count == 6 && preview[0] == before[0])
        }
        #expect(schedules[0].rates == before && schedules[0].count == 13)
        let other = try self.optimizer(), copies = try test.make(other)
        try other.loadStateDict(optimizer.stateDict())
        for (copy, schedule) in zip(copies, schedules) { copy.state = schedule.state }
        for i in 13..<40 {
            try step(schedules, test, i)
            try step(copies, test, i)
        }
        #expect(copies[0].rates == schedules[0].rates)
    }

    @Test func warmupCosine() throws {
        let optimizer = try SGD([Tensor.ones([1])], lr: 1)
        let schedule = try WarmupCosine(optimizer, warmup: 4, total: 10, minLR: 0.1)
        let rates = try schedule.preview(12)
        #expect(zip(rates, [0.2, 0.4, 0.6, 0.8, 1]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(abs(rates[7] - 0.55) < 1e-12 && abs(rates[10] - 0.1) < 1e-12 && abs(rates[12] - 0.1) < 1e-12)
    }

    @Test func mistakes() throws {
        let optimizer = try optimizer()
        #expect(throws: LearningError.self) { try StepLR(optimizer, stepSize: 0) }
        #expect(throws: LearningError.self) { try LinearLR(optimizer, startFactor: 0) }
        #expect(throws: LearningError.self) { try WarmupCosine(optimizer, warmup: 5, total: 5) }
        #expect(throws: LearningError.self) { try ReduceLROnPlateau(optimizer, mode: "least") }
        #expect(throws: LearningError.self) { try ReduceLROnPlateau(optimizer).step() }
        #expect(throws: LearningError.self) { try SequentialLR(optimizer, schedulers: [], milestones: []) }
        #expect(throws: LearningError.self) { try OneCycleLR(Adagrad([Tensor.ones([1])]), maxLR: [1], totalSteps: 5) }
        let short = try OneCycleLR(optimizer, maxLR: [1], totalSteps: 2)
        for _ in 0..<2 { try short.step() }
        #expect(throws: LearningError.self) { try short.step() }
    }
}
