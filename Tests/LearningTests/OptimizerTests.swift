@testable import Learning
import Tensors
import Testing

struct OptimizerCase: CustomTestStringConvertible, Sendable {
    let name: String
    let kind: Optimizer.Type
    let options: [String: Double]
    var testDescription: String { name }

    init(_ name: String, _ kind: Optimizer.Type, _ options: [String: Double] = [:]) {
        (self.name, self.kind, self.options) = (name, kind, options)
    }
}

private let optimizerCases: [OptimizerCase] = [
    OptimizerCase("SGD.plain", SGD.self, ["lr": 0.1]),
    OptimizerCase("SGD.momentum", SGD.self, ["lr": 0.1, "momentum": 0.9]),
    OptimizerCase("SGD.dampening", SGD.self, ["lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.05]),
    OptimizerCase("SGD.nesterov", SGD.self,
        ["lr": 0.1, "momentum": 0.8, "nesterov": 1, "weight_decay": 0.05, "maximize": 1]),
    OptimizerCase("Adam.plain", Adam.self),
    OptimizerCase("Adam.options", Adam.self,
        ["lr": 0.02, "beta1": 0.8, "beta2": 0.95, "eps": 1e-3, "weight_decay": 0.1, "maximize": 1]),
    OptimizerCase("Adam.amsgrad", Adam.self, ["lr": 0.02, "amsgrad": 1]),
    OptimizerCase("AdamW.plain", AdamW.self),
    OptimizerCase("AdamW.options", AdamW.self,
        ["lr": 0.02, "beta1": 0.8, "beta2": 0.95, "weight_decay": 0.3, "amsgrad": 1]),
    OptimizerCase("NAdam.plain", NAdam.self),
    OptimizerCase("NAdam.options", NAdam.self, ["lr": 0.02, "beta1": 0.8, "beta2": 0.9, "weight_decay": 0.1, "maximize": 1]),
    OptimizerCase("NAdam.decoupled", NAdam.self,
        ["lr": 0.02, "beta1": 0.8, "beta2": 0.6, "weight_decay": 0.1, "decoupled_weight_decay": 1]),
    OptimizerCase("RAdam.plain", RAdam.self),
    OptimizerCase("RAdam.options", RAdam.self, ["lr": 0.02, "beta1": 0.8, "beta2": 0.9, "weight_decay": 0.1, "maximize": 1]),
    OptimizerCase("RAdam.decoupled", RAdam.self,
        ["lr": 0.02, "beta1": 0.8, "beta2": 0.6, "weight_decay": 0.1, "decoupled_weight_decay": 1]),
    OptimizerCase("Adamax.plain", Adamax.self),
    OptimizerCase("Adamax.options", Adamax.self, ["lr": 0.02, "beta1": 0.8, "beta2": 0.95, "weight_decay": 0.1, "maximize": 1]),
    OptimizerCase("Adagrad.plain", Adagrad.self),
    OptimizerCase("Adagrad.options", Adagrad.self,
        ["lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.2, "eps": 1e-3]),
    OptimizerCase("Adadelta.plain", Adadelta.self),
    OptimizerCase("Adadelta.options", Adadelta.self, ["lr": 0.5, "rho": 0.8, "eps": 1e-3, "weight_decay": 0.1]),
    OptimizerCase("RMSprop.plain", RMSprop.self),
    OptimizerCase("RMSprop.momentum", RMSprop.self, ["lr": 0.02, "alpha": 0.9, "momentum": 0.8, "weight_decay": 0.1]),
    OptimizerCase("RMSprop.centered", RMSprop.self, ["lr": 0.02, "alpha": 0.9, "centered": 1, "eps": 1e-2]),
    OptimizerCase("RMSprop.both", RMSprop.self, ["lr": 0.02, "alpha": 0.9, "momentum": 0.8, "centered": 1, "eps": 1e-2]),
    OptimizerCase("Rprop.plain", Rprop.self),
    OptimizerCase("Rprop.options", Rprop.self,
        ["lr": 0.1, "eta_minus": 0.4, "eta_plus": 1.3, "step_min": 0.05, "step_max": 0.12]),
    OptimizerCase("Lion.plain", Lion.self),
    OptimizerCase("Lion.options", Lion.self, ["lr": 0.02, "beta1": 0.8, "beta2": 0.9, "weight_decay": 0.3]),
    OptimizerCase("Lamb.plain", Lamb.self),
    OptimizerCase("Lamb.options", Lamb.self, ["lr": 0.05, "beta1": 0.8, "beta2": 0.9, "weight_decay": 0]),
]

@Suite struct OptimizerTests {
    /// The case's parameters, and a function that gives them the gradients of a step.
    private func setUp(_ reference: Reference, _ dtype: DType) throws -> ([Tensor], (Int) throws -> Void) {
        let parameters = try (0..<3).map { i in
            let parameter = try reference.get("start\(i)", dtype).clone()
            try parameter.setRequiresGrad(true)
            return parameter
        }
        return (parameters, { step in
            for (i, parameter) in parameters.enumerated() {
                parameter.grad = try reference["grad\(i).\(step)"].map { try $0.to(dtype) }
            }
        })
    }

    @Test(arguments: optimizerCases, [DType.float64, .float32])
    func agreesWithPyTorch(_ test: OptimizerCase, _ dtype: DType) throws {
        let reference = try Reference("optimizers", test.name)
        let (parameters, giveGradients) = try setUp(reference, dtype)
        let optimizer = try test.kind.init(groups: [(parameters, [:])], options: test.options)
        for step in 0..<10 {
            try giveGradients(step)
            try optimizer.step()
            guard step == 0 || step == 9 else { continue }
            for (i, parameter) in parameters.enumerated() {
                try expectClose(parameter, reference.get("after\(i).\(step)"), tolerance(dtype), "\(test.name) parameter \(i) after \(step + 1)")
            }
        }
    }

    /// Six steps, saved, loaded into a new optimizer, four more: the same bits as ten.
    @Test(arguments: optimizerCases)
    func goesOnFromItsState(_ test: OptimizerCase) throws {
        let reference = try Reference("optimizers", test.name)
        let folder = try TemporaryFolder()
        let (whole, giveWhole) = try setUp(reference, .float32)
        let (parts, giveParts) = try setUp(reference, .float32)
        let one = try test.kind.init(groups: [(whole, [:])], options: test.options)
        var two = try test.kind.init(groups: [(parts, [:])], options: test.options)
        for step in 0..<10 {
            if step == 6 {
                try saveSafetensors("\(folder.path)/state", two.stateDict())
                two = try test.kind.init(groups: [(parts, [:])], options: ["lr": 77])
                try two.loadStateDict(loadSafetensors("\(folder.path)/state").tensors)
            }
            try giveWhole(step)
            try giveParts(step)
            try one.step()
            try two.step()
        }
        #expect(try bits(whole) == bits(parts))
    }

    @Test(arguments: [
        ("LBFGS.plain", ["lr": 0.1, "max_iter": 5]), ("LBFGS.wolfe", ["max_iter": 6, "line_search_fn": 1]),
        ("LBFGS.history", ["max_iter": 6, "history_size": 2, "line_search_fn": 1]),
    ])
    func closures(_ name: String, _ options: [String: Double]) throws {
        let reference = try Reference("optimizers", name)
        let p = try reference.get("start0").clone()
        try p.setRequiresGrad(true)
        var optimizer = try LBFGS([p], options: options)
        for step in 0..<4 {
            let loss = try optimizer.step {
                optimizer.zeroGrad()
                let x = try p.narrow(0, 0, 3), y = try p.narrow(0, 1, 3)
                let loss = try y.sub(x.square()).square().mul(100).add(x.sub(1).square()).sum()
                try loss.backward()
                return loss
            }
            try expectClose(loss, reference.get("loss.\(step)"), 1e-9, "loss \(step)")
            try expectClose(p, reference.get("after0.\(step)"), 1e-9, "parameters \(step)")
            if step == 1 {
                let state = try optimizer.stateDict()
                optimizer = try LBFGS([p])
                try optimizer.loadStateDict(state)
            }
        }
        #expect(throws: LearningError.self) { try optimizer.step() }
    }

    @Test func everyKindHasACase() {
        let tested = Set(optimizerCases.map { $0.kind.name } + ["LBFGS"])
        #expect(tested == Set(Optimizer.kinds.map { $0.name }))
    }

    @Test func strangeLayoutsAndFrozenParameters() throws {
        let generator = Generator(seed: 3)
        let base = try Tensor.randn([4, 6], generator: generator), gradient = try Tensor.randn([3, 4], generator: generator)
        // A view with gaps, transposed: rules walk flat memory.
        let view = try base.narrow(1, 0, 3).t().detach()
        let plain = try view.contiguous().clone(), frozen = try Tensor.ones([2])
        try view.setRequiresGrad(true)
        try plain.setRequiresGrad(true)
        let before = try numbers(base.narrow(1, 3, 3))
        let a = try Adam([view, frozen]), b = try Adam([plain])
        for _ in 0..<3 {
            view.grad = gradient
            plain.grad = gradient
            try a.step()
            try b.step()
        }
        #expect(try bits([view]) == bits([plain]))
        #expect(try numbers(base.narrow(1, 3, 3)) == before)
        #expect(try numbers(frozen) == [1, 1])
    }

    @Test func optionsAreChecked() throws {
        let p = try Tensor.ones([2])
        func message(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return ""
        }
        #expect(message { _ = try SGD([p], lr: -1) } == "SGD: lr must be 0 or more, got -1")
        #expect(message { _ = try Adam([p], betas: (0.9, 1)) } == "Adam: beta2 must be at least 0 and less than 1, got 1")
        #expect(message { _ = try Adam([p, p]) } == "Adam: a parameter is listed more than once")
        #expect(message { _ = try Adam([]) } == "Adam: there are no parameters to optimize")
        #expect(message { _ = try SGD([p], lr: 1, nesterov: true) } == "SGD: nesterov needs momentum above 0 and no dampening")
        #expect(message { _ = try SGD([p], options: ["speed": 1]) }.hasPrefix("SGD: there is no option named \"speed\"; there are lr,"))
        #expect(message { _ = try Optimizer.named("adm", [p]) } == "optimizer: there is no optimizer named \"adm\"; there are "
            + Optimizer.kinds.map { "\"\($0.name.lowercased())\"" }.joined(separator: ", "))
    }

    @Test func groupsAndRates() throws {
        let a = try Tensor.ones([1]), b = try Tensor.ones([1])
        try a.setRequiresGrad(true)
        try b.setRequiresGrad(true)
        let optimizer = try SGD(groups: [([a], [:]), ([b], ["lr": 0.5])], options: ["lr": 0.1])
        (a.grad, b.grad) = (try Tensor.ones([1]), try Tensor.ones([1]))
        try optimizer.step()
        #expect(try numbers(b) == [0.5])
        #expect(optimizer.lr == 0.1)
        optimizer.lr = 0.25
        try optimizer.step()
        #expect(try numbers(b) == [0.25])
        optimizer.zeroGrad()
        #expect(a.grad == nil && b.grad == nil)
        // Momentum switched on in the middle needs arrays that were not there.
        try optimizer.set("momentum", to: 0.9, inGroup: 0)
        a.grad = try Tensor.ones([1])
        try optimizer.step()
    }
}
