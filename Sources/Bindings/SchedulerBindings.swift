import Learning
import LuaKit
import Tensors

extension Scheduler: LuaObject {}

extension Bindings {
    /// The module `optim.lr_scheduler`.
    static var schedulers: Namespace {
        Namespace(
            "optim.lr_scheduler", "Learning rate schedules; step() goes on by one epoch, or by one batch where the schedule counts batches.",
            foreignNames: ["LambdaLR_": "LambdaLR", "MultiplicativeLR": "LambdaLR", "CyclicLR": "OneCycleLR", "ConstantLR": "LinearLR", "CosineLR": "CosineAnnealingLR"]
        ) {
            SchedulerFunctions.factors
            SchedulerFunctions.cosines
            SchedulerFunctions.combined
            SchedulerFunctions.schedulerClass
        }
    }
}

/// A number of steps, small enough to count with.
struct StepCount: LuaArgument {
    let count: Int
    init(_ count: Int) { self.count = count }

    static let greatest = 1_000_000_000
    static var luaType: LuaType { .integer }

    static func read(_ call: Call, at index: Int32) throws -> StepCount {
        let count = try Int.read(call, at: index)
        guard (-greatest...greatest).contains(count) else { throw Mismatch("must be at most \(greatest), got \(count)") }
        return StepCount(count)
    }

    static func literal(_ value: StepCount) -> String { String(value.count) }
}

enum PlateauMode: String, CaseIterable, LuaOption { case min, max }
enum PlateauThreshold: String, CaseIterable, LuaOption { case rel, abs }
enum Annealing: String, CaseIterable, LuaOption { case cos, linear }

enum SchedulerFunctions {
    private static let optimizer = "local opt = optim.SGD(nn.Linear(2, 1):parameters(), {lr=0.1, momentum=0.9})\n"

    /// A program that makes a schedule and shows where it leads.
    private static func example(_ arguments: String) -> String {
        optimizer + "local s = optim.lr_scheduler.\(arguments)\nfor epoch = 1, 3 do\n  -- here the batches of an epoch\n  s:step()\n  print(opt.lr)\nend"
    }

    private static var opt: Param<Optimizer> { Param("optimizer", Optimizer.self, "the optimizer whose rate changes") }
    private static func gamma(_ value: Double?) -> Param<Double> { Param("gamma", Double.self, default: value, "the factor") }
    private static var totalIters: Param<StepCount> { Param("total_iters", StepCount.self, default: StepCount(5), "number of steps") }
    private static var etaMin: Param<Double> { Param("eta_min", Double.self, default: 0, "the lowest rate") }

    @FunctionBuilder static var factors: [Function] {
        Function("optim.lr_scheduler.StepLR", "Multiplies the rate by gamma every step_size steps.", opt, Param("step_size", StepCount.self, "steps between changes"), gamma(0.1), returns: "scheduler",
            example: example("StepLR(opt, {step_size=2})")) { (o: Optimizer, size: StepCount, gamma: Double) -> Scheduler in try StepLR(o, stepSize: size.count, gamma: gamma) }
        Function("optim.lr_scheduler.MultiStepLR", "Multiplies the rate by gamma at each of the milestones.", opt, Param("milestones", [StepCount].self, "numbers of steps"), gamma(0.1), returns: "scheduler",
            example: example("MultiStepLR(opt, {1, 3})")) { (o: Optimizer, milestones: [StepCount], gamma: Double) -> Scheduler in try MultiStepLR(o, milestones: milestones.map(\.count), gamma: gamma) }
        Function("optim.lr_scheduler.ExponentialLR", "Multiplies the rate by gamma at each step.", opt, gamma(nil), returns: "scheduler",
            example: example("ExponentialLR(opt, 0.9)")) { (o: Optimizer, gamma: Double) -> Scheduler in try ExponentialLR(o, gamma: gamma) }
        Function("optim.lr_scheduler.LinearLR", "Goes from start_factor·lr to end_factor·lr in a straight line.", opt, Param("start_factor", Double.self, default: 1.0 / 3, shown: "1/3", "factor at the start"), Param("end_factor", Double.self, default: 1, "factor at the end"), totalIters, returns: "scheduler",
            example: example("LinearLR(opt, {start_factor=0.5, total_iters=2})")) { (o: Optimizer, start: Double, end: Double, total: StepCount) -> Scheduler in try LinearLR(o, startFactor: start, endFactor: end, totalIters: total.count) }
        Function("optim.lr_scheduler.PolynomialLR", "Lets the rate fall to 0 in total_iters steps, as (1 - t/total) to a power.", opt, totalIters, Param("power", Double.self, default: 1, "the exponent"), returns: "scheduler",
            example: example("PolynomialLR(opt, {total_iters=4, power=2})")) { (o: Optimizer, total: StepCount, power: Double) -> Scheduler in try PolynomialLR(o, totalIters: total.count, power: power) }
        Function("optim.lr_scheduler.LambdaLR", "Multiplies the first rate by a function of the number of steps taken, from 0.", opt, Param("lr_lambda", OneOrMany<LuaFunction>.self, "steps taken → factor, or a table with one function for each group"), returns: "scheduler",
            example: example("LambdaLR(opt, function(n) return 0.9 ^ n end)")) { (o: Optimizer, factors: OneOrMany<LuaFunction>) -> Scheduler in
            try LambdaLR(o, factors.values.map { factor in
                { steps in
                    guard let value = try factor.call([.integer(steps)]).first?.double else {
                        throw LearningError.argument("LambdaLR", "the function must return a number, the factor after \(steps) steps")
                    }
                    return value
                }
            })
        }
    }

    @FunctionBuilder static var cosines: [Function] {
        Function("optim.lr_scheduler.CosineAnnealingLR", "Falls to eta_min along half a cosine of T_max steps (Loshchilov and Hutter 2017).", opt, Param("T_max", StepCount.self, "steps down"), etaMin, returns: "scheduler",
            example: example("CosineAnnealingLR(opt, 3)")) { (o: Optimizer, tMax: StepCount, minimum: Double) -> Scheduler in try CosineAnnealingLR(o, tMax: tMax.count, etaMin: minimum) }
        Function("optim.lr_scheduler.CosineAnnealingWarmRestarts", "Falls along half a cosine again and again, each time T_mult times longer.", opt, Param("T_0", StepCount.self, "steps of the first fall"), Param("T_mult", StepCount.self, default: StepCount(1), "how many times longer each next one is"), etaMin, returns: "scheduler",
            example: example("CosineAnnealingWarmRestarts(opt, 2)")) { (o: Optimizer, first: StepCount, factor: StepCount, minimum: Double) -> Scheduler in try CosineAnnealingWarmRestarts(o, t0: first.count, tMult: factor.count, etaMin: minimum) }
        Function("optim.lr_scheduler.WarmupCosine", "Rises in a straight line, then falls to min_lr along half a cosine.", opt, Param("warmup", StepCount.self, "steps of the rise"), Param("total", StepCount.self, "steps of both"), Param("min_lr", Double.self, default: 0, "the lowest rate"), returns: "scheduler",
            example: example("WarmupCosine(opt, {warmup=2, total=6})")) { (o: Optimizer, warmup: StepCount, total: StepCount, minimum: Double) -> Scheduler in try WarmupCosine(o, warmup: warmup.count, total: total.count, minLR: minimum) }
        Function("optim.lr_scheduler.OneCycleLR", "One rise and one fall over a whole training, counted in batches, momentum moving against it (Smith and Topin 2018).",
            opt, Param("max_lr", OneOrMany<Double>.self, "the highest rate, or one for each group"), Param("total_steps", StepCount?.self, "steps of the whole training"), Param("epochs", StepCount?.self, "with steps_per_epoch, in place of total_steps"), Param("steps_per_epoch", StepCount?.self, "batches in an epoch"),
            Param("pct_start", Double.self, default: 0.3, "share of the steps that rise"), Param("anneal_strategy", Annealing.self, default: .cos, "along a cosine or a line"), Param("cycle_momentum", Bool.self, default: true, "whether momentum changes too"), Param("base_momentum", Double.self, default: 0.85, "the lowest momentum"), Param("max_momentum", Double.self, default: 0.95, "the highest momentum"),
            Param("div_factor", Double.self, default: 25, "the first rate is max_lr / div_factor"), Param("final_div_factor", Double.self, default: 1e4, "the last rate is the first / final_div_factor"), Param("three_phase", Bool.self, default: false, "whether a phase of its own leads from the first rate to the last"), returns: "scheduler",
            example: example("OneCycleLR(opt, {max_lr=0.1, total_steps=10})")) { (o: Optimizer, highest: OneOrMany<Double>, total: StepCount?, epochs: StepCount?, perEpoch: StepCount?, share: Double, strategy: Annealing, cycles: Bool, base: Double, most: Double, div: Double, final: Double, three: Bool) -> Scheduler in
            guard let steps = total?.count ?? epochs.flatMap({ epochs in perEpoch.map { epochs.count * $0.count } }) else {
                throw LearningError.argument("OneCycleLR", "needs total_steps, or epochs and steps_per_epoch")
            }
            return try OneCycleLR(o, maxLR: highest.values, totalSteps: steps, pctStart: share, annealStrategy: strategy.rawValue, cycleMomentum: cycles, baseMomentum: base, maxMomentum: most, divFactor: div, finalDivFactor: final, threePhase: three)
        }
    }

    @FunctionBuilder static var combined: [Function] {
        Function("optim.lr_scheduler.SequentialLR", "Several schedules one after the other, each from its milestone on.", opt, Param("schedulers", [Scheduler].self, "schedules of the same optimizer"), Param("milestones", [StepCount].self, "the steps at which the second, third … begins"), returns: "scheduler",
            example: optimizer + "local lr = optim.lr_scheduler\nlocal s = lr.SequentialLR(opt, {lr.LinearLR(opt), lr.ExponentialLR(opt, 0.9)}, {5})\ns:step()\nprint(opt.lr)") { (o: Optimizer, schedules: [Scheduler], milestones: [StepCount]) -> Scheduler in
            try SequentialLR(o, schedulers: schedules, milestones: milestones.map(\.count))
        }
        Function("optim.lr_scheduler.ReduceLROnPlateau", "Multiplies the rate by a factor when a value has not become better for some steps.", opt, Param("mode", PlateauMode.self, default: .min, "whether smaller or larger is better"), Param("factor", Double.self, default: 0.1, "the factor"), Param("patience", StepCount.self, default: StepCount(10), "steps without improvement that are let pass"),
            Param("threshold", Double.self, default: 1e-4, "the least improvement that counts"), Param("threshold_mode", PlateauThreshold.self, default: .rel, "relative to the best value, or absolute"), Param("cooldown", StepCount.self, default: StepCount(0), "steps after a reduction in which nothing is counted"), Param("min_lr", OneOrMany<Double>.self, default: [0], "the lowest rate, or one for each group"), Param("eps", Double.self, default: 1e-8, "smaller changes of the rate are left out"), returns: "scheduler",
            example: optimizer + "local s = optim.lr_scheduler.ReduceLROnPlateau(opt, {patience=1})\nfor _, loss in ipairs{1, 1, 1, 1} do s:step(loss) end\nprint(opt.lr)") { (o: Optimizer, mode: PlateauMode, factor: Double, patience: StepCount, threshold: Double, thresholdMode: PlateauThreshold, cooldown: StepCount, minimum: OneOrMany<Double>, eps: Double) -> Scheduler in
            try ReduceLROnPlateau(o, mode: mode.rawValue, factor: factor, patience: patience.count, threshold: threshold, thresholdMode: thresholdMode.rawValue, cooldown: cooldown.count, minLR: minimum.values, eps: eps)
        }
    }

    static var schedulerClass: Class {
        let made = optimizer + "local s = optim.lr_scheduler.StepLR(opt, 1)\n"
        return Class(
            Scheduler.self, "optim.lr_scheduler.Scheduler", "Changes an optimizer's learning rate from step to step.", noun: "scheduler", example: made + "s:step()\nprint(opt.lr)",
            foreignNames: ["get_lr": "get_last_lr"],
            members: {
                Property("optimizer", "The optimizer whose rate changes.", of: Scheduler.self) { $0.optimizer }
                Property("last_epoch", "Number of steps taken.", of: Scheduler.self) { $0.count }
                Property("base_lrs", "The rates when the schedule was made, one for each group.", of: Scheduler.self) { $0.baseRates }
                Function("step", "Goes on by one step; ReduceLROnPlateau takes the value it watches, CosineAnnealingWarmRestarts may take a place in the schedule, whole or not.", Param("self", Scheduler.self), Param("metrics", Double?.self, "the value to watch, such as the validation loss"), example: made + "s:step()\nprint(opt.lr)") { (s: Scheduler, metric: Double?) -> Void in
                    if s.count >= StepCount.greatest { throw LearningError.argument(s.name, "has taken \(s.count) steps") }
                    if let metric { try s.step(metric) } else { try s.step() }
                }
                Function("get_last_lr", "The present rates, one for each group.", Param("self", Scheduler.self), returns: "table", example: made + "print(s:get_last_lr()[1])") { (s: Scheduler) in s.rates }
                Function("preview", "The first group's rate now and after each of n steps; nothing changes.", Param("self", Scheduler.self), Param("n", StepCount.self), returns: "table of n + 1 rates", example: made + "for i, rate in ipairs(s:preview(3)) do print(i - 1, rate) end") { (s: Scheduler, n: StepCount) in
                    guard (0...1_000_000).contains(n.count) else { throw LearningError.argument("preview", "n must be 0..1000000, got \(n.count)") }
                    return try s.preview(n.count)
                }
                SchedulerFunctions.plot
                Function("state_dict", "Everything needed to go on later, beside the optimizer's own state.", Param("self", Scheduler.self), returns: "table of numbers by name", example: made + "s:step()\nprint(s:state_dict().count)", see: ["optim.lr_scheduler.Scheduler:load_state_dict"]) { (s: Scheduler) in s.state }
                Function("load_state_dict", "Restores what state_dict gave.", Param("self", Scheduler.self), Param("state", LuaTable.self), example: made + "s:load_state_dict(s:state_dict())") { (s: Scheduler, table: LuaTable) -> Void in
                    var state = s.state
                    for (key, value) in table.pairs {
                        guard let name = key.text, state[name] != nil else {
                            throw LearningError.argument("load_state_dict", "unknown entry '\(key.text ?? key.typeName)'; there are " + state.keys.sorted().joined(separator: ", "))
                        }
                        guard let number = value.double, name.hasSuffix("best") ? !number.isNaN : number >= 0 && number <= Double(StepCount.greatest) && (number == number.rounded() || name.hasSuffix("fraction")) else {
                            throw LearningError.argument("load_state_dict", "'\(name)' is no number that this schedule can have")
                        }
                        state[name] = number
                    }
                    s.state = state
                }
                Function(raw: "__tostring", "Name, steps and rate.", Param("self", Scheduler.self), results: [.string]) { call in
                    let s = try Scheduler.read(call, at: 1)
                    call.push("\(s.name): after \(s.count) steps lr \(TextTable.number(s.optimizer.lr))")
                    return 1
                }
            })
    }
}
