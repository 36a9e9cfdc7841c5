@testable import Learning
import Tensors
import Testing

@Suite struct ModuleTests {
    private func model() throws -> Sequential {
        // With other draws all four units may be dead or dropped.
        Generator.shared.seed(3)
        return try Sequential(Flatten(), Linear(6, 4), Activation("ReLU"), Dropout(0.5), Sequential(Linear(4, 3, bias: false)))
    }

    @Test func names() throws {
        let model = try model()
        #expect(model.namedParameters().map(\.name) == ["1.weight", "1.bias", "4.0.weight"])
        #expect(model.namedModules().map(\.name) == ["", "0", "1", "2", "3", "4", "4.0"])
        #expect(model.stateDict().names == ["1.weight", "1.bias", "4.0.weight"])
        #expect(model.parameterCount == 6 * 4 + 4 + 12)
        #expect(try model.module(at: -1) === model.module(at: 4))
        #expect(throws: TensorError.self) { try model.module(at: 5) }
        #expect(model.description.hasPrefix("Sequential(\n  (0): Flatten()\n  (1): Linear(6, 4)\n"))
    }

    @Test func modes() throws {
        let model = try model()
        model.eval()
        #expect(model.modules.allSatisfy { !$0.isTraining })
        try model.module(at: 3).train()
        model.evaluating { #expect(model.modules.allSatisfy { !$0.isTraining }) }
        #expect(model.modules.map(\.isTraining) == [false, false, false, false, true, false, false])
    }

    @Test func conversionKeepsIdentity() throws {
        let model = try model(), before = model.parameters, values = try before.map(numbers)
        let optimizer = try SGD(before, lr: 0.1)
        try model(Tensor.ones([2, 6])).sum().backward()
        try model.to(.float64)
        #expect(zip(before, model.parameters).allSatisfy { $0 === $1 })
        #expect(before.allSatisfy { $0.dtype == .float64 && $0.requiresGrad && $0.grad?.dtype == .float64 })
        #expect(try before.map(numbers) == values)
        try optimizer.step()
        #expect(try before.map(numbers) != values)
        #expect(throws: TensorError.self) { try model.to(.int64) }
        try model(Tensor.ones([2, 6], .float64)).sum().backward()
    }

    @Test func freezing() throws {
        let model = try model()
        try model.module(at: 1).freeze()
        #expect(model.parameters.map(\.requiresGrad) == [false, false, true])
        try model(Tensor.ones([2, 6])).sum().backward()
        #expect(model.parameters[0].grad == nil && model.parameters[2].grad != nil)
        try model.unfreeze()
        #expect(model.parameters.allSatisfy { $0.requiresGrad })
    }

    @Test func loadingIsAllOrNothing() throws {
        let model = try model(), before = try bits(model.parameters)
        var state = StateDict()
        state["1.weight"] = try Tensor.ones([4, 6])
        state["1.bias"] = try Tensor.ones([5])
        state["extra"] = try Tensor.ones([1])
        let error = #expect(throws: LearningError.self) { try model.loadStateDict(state) }
        #expect(error?.description == "load_state_dict: missing \"4.0.weight\"; unexpected \"extra\"; "
            + "\"1.bias\" has shape [5], expected [4]. Nothing was loaded.")
        #expect(try bits(model.parameters) == before)
        state["1.bias"] = try Tensor.ones([4], .float64)
        let mismatch = try model.loadStateDict(state, strict: false)
        #expect(mismatch.missing == ["4.0.weight"] && mismatch.unexpected == ["extra"])
        #expect(try numbers(#require(model.stateDict()["1.bias"])) == [1, 1, 1, 1])
    }

    @Test func cloning() throws {
        let shared = try Linear(3, 3)
        let model = try Sequential(shared, Activation("LeakyReLU", ["negative_slope": 0.3]), shared, Dropout(0.1))
        try shared.freeze()
        try model.module(at: 3).eval()
        let copy = try model.clone()
        #expect(copy.description == model.description)
        #expect(try bits(copy.parameters) == bits(model.parameters))
        #expect(copy.parameters.count == 2 && zip(copy.parameters, model.parameters).allSatisfy { $0 !== $1 })
        #expect(copy.modules.map(\.isTraining) == model.modules.map(\.isTraining))
        #expect(copy.parameters.allSatisfy { !$0.requiresGrad })
        try Autograd.withoutGradients { _ = try copy.parameters[0].fill_(0) }
        #expect(try bits(copy.parameters) != bits(model.parameters))
    }

    @Test func hooks() throws {
        let model = try model()
        var seen: [String] = []
        let hook = try model.module(at: 1).addForwardHook { module, inputs, outputs in
            seen.append("\(module.kind) \(inputs[0].shape) \(outputs[0].shape)")
            return [try outputs[0].mul(0)]
        }
        let y = try model(Tensor.ones([2, 6]))
        #expect(seen == ["Linear [2, 6] [2, 4]"])
        #expect(try numbers(y) == [Double](repeating: 0, count: 6))
        hook.remove()
        _ = try model(Tensor.ones([2, 6]))
        #expect(seen.count == 1)
    }

    @Test func summary() throws {
        let model = try model()
        try model.module(at: 2).eval()
        let modes = model.modules.map(\.isTraining), before = try bits(model.parameters)
        let summary = try model.summary(inputShape: [2, 3])
        #expect(summary.rows.map(\.formula) == ["", "", "6×4 + 4", "", "", "", "4×3"])
        #expect(summary.rows.map(\.parameterCount) == [0, 0, 28, 0, 0, 0, 12])
        #expect(summary.rows.map(\.outputShapes) == [[[1, 3]], [[1, 6]], [[1, 4]], [[1, 4]], [[1, 4]], [[1, 3]], [[1, 3]]])
        #expect(summary.multiplyAdds == 24 + 12)
        #expect(summary.parameterCount == 40 && summary.stateBytes == 160 && summary.trainableCount == 40)
        #expect(model.modules.map(\.isTraining) == modes && model.modules.allSatisfy { $0.hooks.isEmpty })
        #expect(try bits(model.parameters) == before)
        // Known from the first layer, and unknown.
        #expect(try Sequential(Linear(6, 4)).summary().inputShapes == [[1, 6]])
        #expect(try model.summary().inputShapes == [])
        #expect(throws: LayerInputError.self) { try model.summary(inputShape: [5]) }
        #expect(model.modules.allSatisfy { $0.hooks.isEmpty })
    }
}
