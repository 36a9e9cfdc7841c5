import Tensors

/// The quasi-Newton method with limited memory, for whole data sets and smooth losses (Nocedal 1980;
/// PyTorch's form, with or without a line search that meets the strong Wolfe conditions).
///
/// It evaluates the loss several times per step: call `step` with a closure that computes it.
public final class LBFGS: Optimizer {
    public override class var name: String { "LBFGS" }
    public override class var options: [OptimizerOption] {
        [
            OptimizerOption("lr", 1, "factor of the steps", .positive),
            OptimizerOption("max_iter", 20, "directions per step", .count(from: 1)),
            OptimizerOption("max_eval", 0, "evaluations per step; 0 for 1.25·max_iter", .count(from: 0)),
            OptimizerOption("tolerance_grad", 1e-7, "ends when no slope is larger"),
            OptimizerOption("tolerance_change", 1e-9, "ends when a step changes less"),
            OptimizerOption("history_size", 100, "steps that are remembered", .count(from: 1)),
            OptimizerOption("line_search_fn", 0, "searches along each direction; none when left out", .choice(["strong_wolfe"])),
        ]
    }

    /// What is remembered between steps.
    private struct Memory {
        var steps: [Tensor] = []
        var changes: [Tensor] = []
        var curvatures: [Double] = []
        var scale = 1.0
        var direction: Tensor?
        var gradient: Tensor?
        var length = 0.0
        var iterations = 0
    }
    private var memory = Memory()

    public override var needsClosure: Bool { true }

    /// Not possible without a closure.
    public override func step() throws {
        throw LearningError.argument("LBFGS", "step needs a function that computes the loss: opt:step(function() … end)")
    }

    public override func check(_ group: ParameterGroup) throws {
        guard groups.isEmpty else { throw LearningError.argument("LBFGS", "there can be only one group of parameters") }
        if group.value("max_eval") == 0 { group["max_eval"] = Double(Int(group.value("max_iter")) * 5 / 4) }
    }

    @discardableResult
    public override func step(_ closure: () throws -> Tensor) throws -> Tensor {
        let group = groups[0], lr = group.value("lr"), limit = Int(group.value("max_iter"))
        let evaluations = Int(group.value("max_eval"))
        let small = group.value("tolerance_grad"), smallChange = group.value("tolerance_change")
        let first = try closure()
        var loss = try first.scalar().doubleValue, used = 1
        var gradient = try flatGradient()
        if try largest(gradient) <= small { return first }
        var iterations = 0
        while iterations < limit {
            try checkInterrupt()
            iterations += 1
            memory.iterations += 1
            let direction = try nextDirection(gradient, Int(group.value("history_size")))
            let before = loss, previous = gradient
            var length = memory.iterations == 1 ? min(1, 1 / (try gradient.abs().sum().scalar().doubleValue)) * lr : lr
            let slope = try dot(gradient, direction)
            memory.gradient = previous
            memory.direction = direction
            if slope > -smallChange { break }
            if group.value("line_search_fn") != 0 {
                let start = try flatParameters()
                var search = StrongWolfe(tolerance: smallChange)
                let found = try search.run(length, direction, loss, gradient, slope) { t in
                    try self.setParameters(start, plus: direction, times: t)
                    let value = try closure().scalar().doubleValue
                    return (value, try self.flatGradient())
                }
                (loss, gradient, length) = (found.loss, found.gradient, found.length)
                try setParameters(start, plus: direction, times: length)
                used += found.evaluations
            } else {
                try setParameters(flatParameters(), plus: direction, times: length)
                if iterations < limit {
                    loss = try closure().scalar().doubleValue
                    gradient = try flatGradient()
                    used += 1
                }
            }
            memory.length = length
            if used >= evaluations { break }
            if try largest(gradient) <= small { break }
            if try largest(direction.mul(.double(length))) <= smallChange { break }
            if abs(loss - before) < smallChange { break }
        }
        return first
    }

    /// The direction of steepest descent, bent by the curvature that past steps showed.
    private func nextDirection(_ gradient: Tensor, _ size: Int) throws -> Tensor {
        guard memory.iterations > 1, let last = memory.direction, let previous = memory.gradient else {
            memory.scale = 1
            return try gradient.neg()
        }
        let change = try gradient.sub(previous), step = try last.mul(.double(memory.length))
        let curvature = try dot(change, step)
        if curvature > 1e-10 {
            if memory.steps.count >= size {
                memory.steps.removeFirst()
                memory.changes.removeFirst()
                memory.curvatures.removeFirst()
            }
            memory.steps.append(step)
            memory.changes.append(change)
            memory.curvatures.append(1 / curvature)
            memory.scale = curvature / (try dot(change, change))
        }
        var factors = [Double](repeating: 0, count: memory.steps.count)
        var q = try gradient.neg()
        for i in memory.steps.indices.reversed() {
            factors[i] = try dot(memory.steps[i], q) * memory.curvatures[i]
            q = try q.sub(memory.changes[i].mul(.double(factors[i])))
        }
        q = try q.mul(.double(memory.scale))
        for i in memory.steps.indices {
            let factor = try dot(memory.changes[i], q) * memory.curvatures[i]
            q = try q.add(memory.steps[i].mul(.double(factors[i] - factor)))
        }
        return q
    }

    // MARK: Parameters as one vector

    private func flatGradient() throws -> Tensor {
        try Tensor.cat(groups[0].parameters.map { parameter in
            try (parameter.grad ?? parameter.zerosAlike()).detach().reshape([parameter.count])
        })
    }

    private func flatParameters() throws -> Tensor {
        try Tensor.cat(groups[0].parameters.map { try $0.detach().reshape([$0.count]) })
    }

    private func setParameters(_ start: Tensor, plus direction: Tensor, times length: Double) throws {
        try Autograd.withoutGradients {
            let all = try start.add(direction.mul(.double(length)))
            var offset = 0
            for parameter in groups[0].parameters {
                try parameter.copy_(all.narrow(0, offset, parameter.count).reshape(parameter.shape))
                offset += parameter.count
            }
        }
    }

    private func dot(_ a: Tensor, _ b: Tensor) throws -> Double { try a.dot(b).scalar().doubleValue }
    private func largest(_ a: Tensor) throws -> Double { a.count == 0 ? 0 : try a.abs().max().scalar().doubleValue }

    // MARK: State

    public override func ownState() throws -> StateDict {
        var result = StateDict()
        func number(_ name: String, _ value: Double) throws { result[name] = try Tensor(.double(value), .float64) }
        try number("iterations", Double(memory.iterations))
        try number("scale", memory.scale)
        try number("length", memory.length)
        result["direction"] = memory.direction
        result["gradient"] = memory.gradient
        for (i, curvature) in memory.curvatures.enumerated() {
            result["steps.\(i)"] = memory.steps[i]
            result["changes.\(i)"] = memory.changes[i]
            try number("curvatures.\(i)", curvature)
        }
        return result
    }

    public override func readOwnState(_ state: StateDict) throws -> () -> Void {
        var loaded = Memory(), mismatch = StateMismatch()
        let size = groups[0].parameters.reduce(0) { $0 + $1.count }
        func tensor(_ name: String, _ shape: [Int]) throws -> Tensor {
            guard let tensor = state[name], tensor.shape == shape else {
                if let tensor = state[name] { mismatch.misshapen.append(("own.\(name)", tensor.shape, shape)) } else {
                    mismatch.missing.append("own.\(name)")
                }
                return try Tensor.zeros(shape)
            }
            return try tensor.detach().clone()
        }
        func number(_ name: String) throws -> Double { try tensor(name, []).scalar().doubleValue }
        let iterations = try number("iterations")
        guard iterations >= 0, iterations <= 1e15 else { throw LearningError.argument("load_state_dict", "'own.iterations' is no number of steps") }
        loaded.iterations = Int(iterations)
        (loaded.scale, loaded.length) = (try number("scale"), try number("length"))
        if state["direction"] != nil { loaded.direction = try tensor("direction", [size]) }
        if state["gradient"] != nil { loaded.gradient = try tensor("gradient", [size]) }
        while state["curvatures.\(loaded.curvatures.count)"] != nil {
            let i = loaded.curvatures.count
            loaded.steps.append(try tensor("steps.\(i)", [size]))
            loaded.changes.append(try tensor("changes.\(i)", [size]))
            loaded.curvatures.append(try number("curvatures.\(i)"))
        }
        guard mismatch.isEmpty else { throw LearningError.state("load_state_dict", mismatch) }
        return { self.memory = loaded }
    }
}
