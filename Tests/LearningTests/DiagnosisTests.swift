@testable import Learning
import Tensors
import Testing

/// What check, health and the sweep of rates see; each with a case where they must be silent.
@Suite struct DiagnosisTests {
    private static func network(_ layers: Module...) throws -> Sequential {
        let model = Sequential(layers), generator = Generator(seed: 3)
        for parameter in model.parameters {
            let scale = 1 / Double(parameter.shape.last ?? 1).squareRoot()
            _ = try Autograd.withoutGradients { try parameter.copy_(Tensor.randn(parameter.shape, generator: generator).mul(.double(scale))) }
        }
        return model
    }

    private static func set(scale: Double = 1, nan: Bool = false) throws -> TensorDataset {
        let generator = Generator(seed: 5), x = try Tensor.randn([64, 4], generator: generator).mul(.double(scale))
        let y = try x.select(1, 0).gt(0).to(.int64)
        if nan { try x.withElements(Float.self) { $0[0] = .nan } }
        return try TensorDataset(x, y, classes: ["no", "yes"])
    }

    /// Models with the codes that a check of them gives; nil stands for a finding without one.
    static let checks: [(name: String, model: @Sendable () throws -> Sequential, scale: Double, nan: Bool, codes: [String?])] = [
        ("sound", { try network(Linear(4, 16), Activation("ReLU"), Linear(16, 2)) }, 1, false, []),
        ("dropout between", { try network(Linear(4, 16), Activation("Tanh"), Dropout(0.5), Linear(16, 2)) }, 1, false, []),
        ("two linear", { try network(Linear(4, 16), Dropout(0.1), Linear(16, 2)) }, 1, false, ["N16"]),
        ("softmax", { try network(Linear(4, 16), Activation("ReLU"), Linear(16, 2), Activation("Softmax")) }, 1, false, ["N04", nil]),
        ("wrong shape", { try network(Linear(5, 2)) }, 1, false, ["N01"]),
        ("unscaled", { try network(Linear(4, 16), Activation("ReLU"), Linear(16, 2)) }, 100, false, ["N14", nil]),
        ("dirty", { try network(Linear(4, 16), Activation("ReLU"), Linear(16, 2)) }, 1, true, ["N15", "N12"]),
    ]

    @Test(arguments: checks.indices)
    func check(_ i: Int) throws {
        let row = DiagnosisTests.checks[i], model = try row.model(), before = try bits(model.parameters)
        try model.module(at: 0).eval()
        let check = try model.tryOut(on: DiagnosisTests.set(scale: row.scale, nan: row.nan), loss: CrossEntropyLoss())
        #expect(check.findings.map(\.code) == row.codes, "\(row.name): \(check.findings)")
        #expect(try bits(model.parameters) == before && model.parameters.allSatisfy { $0.grad == nil })
        #expect(model.modules.dropFirst(2).allSatisfy(\.isTraining) && !model.modules[1].isTraining)
        if row.codes.isEmpty, let start = check.initialLoss, let end = check.finalLoss {
            #expect(end < start / 2 && check.expectedLoss.map { abs($0 - 0.6931) < 1e-3 } == true)
        }
    }

    @Test func healthSeesDeadAndSaturatedUnits() throws {
        let set = try DiagnosisTests.set()
        let sound = try DiagnosisTests.network(Linear(4, 8), Activation("ReLU"), Linear(8, 8), Activation("Tanh"), Linear(8, 2))
        let optimizer = try SGD(sound.parameters, lr: 0.01, momentum: 0.9), before = try bits(sound.parameters)
        let fine = try sound.health(on: set, loss: CrossEntropyLoss(), optimizer: optimizer)
        #expect(fine.findings == [] && fine.examples == 64 && fine.layers.map(\.kind) == ["Linear", "ReLU", "Linear", "Tanh", "Linear"])
        #expect(fine.layers[1].dead == 0 && (fine.layers[0].updateRatio ?? 1) < 0.1 && fine.layers[2].gradientStd != nil)
        #expect(try bits(sound.parameters) == before && optimizer.stateDict().names.allSatisfy { $0.hasPrefix("param_groups") })
        let sick = try DiagnosisTests.network(Linear(4, 8), Activation("ReLU"), Linear(8, 8), Activation("Tanh"), Linear(8, 2))
        try Autograd.withoutGradients {
            _ = try sick.parameters[1].narrow(0, 0, 4).fill_(-100)
            _ = try sick.parameters[2].mul(100, inPlace: true)
        }
        let findings = try sick.health(on: set, loss: CrossEntropyLoss()).findings
        #expect(findings.map(\.code) == ["N17", "N17"] && findings[0].text.hasPrefix("4 of 8 units of ReLU \"1\" gave 0 for all 64 examples"))
        #expect(try sick.health().examples == 0)
    }

    @Test func sweepSuggestsWhereTheLossFalls() throws {
        Generator.shared.seed(1)  // the order of the batches
        var rates: [Double] = [], losses: [Double] = []
        for i in 0..<40 {
            rates.append(1e-4 * Double(1 + i) * Double(1 + i))
            losses.append(max(min(2, 2 - 0.15 * Double(i - 15)), 0.5) + 0.3 * Double(max(0, i - 25)))
        }
        let sweep = RateSweep(rates, losses, diverged: true)
        #expect(sweep.lowest == rates[25] && (rates[16]...rates[23]).contains(sweep.suggestion ?? 0))
        #expect(RateSweep(rates, rates.map { _ in 1 }, diverged: false).suggestion == nil)
        let model = try DiagnosisTests.network(Linear(4, 8), Activation("ReLU"), Linear(8, 2)), before = try bits(model.parameters)
        let optimizer = try SGD(model.parameters, lr: 0.3), found = try model.sweepRates(DiagnosisTests.set(), loss: CrossEntropyLoss(), optimizer: optimizer, to: 1e4, batchSize: 32)
        #expect(try bits(model.parameters) == before && optimizer.lr == 0.3)
        #expect(found.suggestion.map { (1e-4...10).contains($0) } == true && found.diverged)
        #expect(throws: LearningError.self) { try model.sweepRates(DiagnosisTests.set(), loss: CrossEntropyLoss(), optimizer: optimizer, from: 0) }
    }
}
