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
