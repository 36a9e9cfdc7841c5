@testable import Learning
import Tensors
import Testing

/// Callbacks, and going on from what they saved.
@Suite struct CallbackTests {
    /// Gives each epoch's values from a list instead of training.
    private func run(_ callback: Callback, _ values: [Double], _ name: String = "val_loss") throws -> (state: TrainingState, weights: [Double], notes: [String]) {
        final class Notes: ProgressSink {
            var lines: [String] = []
            func begin(_ title: String, total: Int) {}
            func advance(_ done: Int, _ values: @autoclosure () -> [(name: String, value: Double)]) {}
            func end(_ values: [(name: String, value: Double)]) {}
            func close() {}
            func note(_ text: String) { lines.append(text) }
        }
        let model = try Linear(1, 1, bias: false), sink = Notes(), optimizer = try SGD(model.parameters, lr: 1)
        let state = TrainingState(model: model, optimizer: optimizer, history: History(), epochs: values.count, batches: 1, sink: sink) { _, _ in }
        var weights: [Double] = []
        try callback.onTrainBegin(state)
        for (epoch, value) in values.enumerated() where !state.shouldStop {
            state.epoch = epoch
            _ = try Autograd.withoutGradients { try model.parameters[0].fill_(.double(Double(epoch + 1))) }
            state.values = [(name, value)]
            state.batchLoss = value
            try callback.onBatchEnd(state)
            try callback.onEpochEnd(state)
            weights.append(optimizer.lr)
        }
        state.isComplete = true
        try callback.onTrainEnd(state)
        return (state, weights, sink.lines)
    }

    /// Values by epoch; the epoch at which the training ends and the one whose weights the model has.
    static let stops: [(values: [Double], patience: Int, delta: Double, mode: String, restores: Bool, end: Int, weights: Double)] = [
        ([3, 2, 1, 0.5], 1, 0, "auto", true, 4, 4),
        ([3, 2, 2.5, 2.2, 1], 2, 0, "auto", true, 4, 2),
        ([3, 2, 2.5, 1.5, 1.6, 1.7, 1.8], 2, 0, "auto", true, 6, 4),
        ([3, 2, 2.5], 0, 0, "auto", true, 3, 2),
        ([3, 2, 2.5, 2.2], 2, 0, "min", false, 4, 4),
        ([3, 2.9, 2.8, 2.7], 2, 0.5, "auto", true, 3, 1),
        ([1, 2, 3, 1, 1], 2, 0, "max", true, 5, 3),
        ([.nan, 2, .nan, .nan], 2, 0, "auto", true, 4, 2),
        ([3, 4, 5], 5, 0, "auto", true, 3, 1),
    ]

    @Test(arguments: stops.indices)
    func earlyStopping(_ i: Int) throws {
        let row = CallbackTests.stops[i]
        let callback = try EarlyStopping(patience: row.patience, minDelta: row.delta, mode: row.mode, restoresBest: row.restores)
        let (state, _, notes) = try run(callback, row.values)
        #expect(state.epoch + 1 == row.end)
        #expect(try state.model.parameters[0].scalar().doubleValue == row.weights)
        #expect(notes.isEmpty == (row.end == row.values.count && row.weights == Double(row.end) && !state.shouldStop))
    }

    @Test func earlyStoppingSaysWhatItDid() throws {
        let (_, _, notes) = try run(EarlyStopping(patience: 2), [3, 2, 2.5, 2.2])
        #expect(notes == ["EarlyStopping: stopped after epoch 4: val_loss did not improve for 2 epochs; best weights restored, those of epoch 2 (val_loss 2.000)"])
    }

    @Test func plateauLowersTheRate() throws {
        let (_, rates, notes) = try run(LRPlateau(factor: 0.5, patience: 1, minLR: 0.3), [3, 3, 3, 3, 3, 3])
        #expect(rates == [1, 1, 0.5, 0.5, 0.3, 0.3] && notes.count == 2)
    }

    @Test func nanStops() throws {
        let (state, _, notes) = try run(TerminateOnNaN(), [1, .infinity, 1], "loss")
        #expect(state.epoch == 1 && notes == ["TerminateOnNaN: the loss became inf in batch 0 of epoch 2"])
    }

    @Test(arguments: [
        ("val_loss", "min"), ("loss", "min"), ("val_accuracy", "max"), ("f1", "max"), ("val_mse", "min"), ("r2", "max"), ("max_error", "min"),
    ])
    func modeGoesByTheName(_ name: String, _ mode: String) { #expect(Monitor.mode(of: name) == mode) }

    @Test(arguments: [
        ("a-{epoch}.st", "a-7.st"), ("a-{epoch:03}.st", "a-007.st"), ("{val_loss:.2}", "0.12"), ("{epoch:02d}-{val_loss:.3f}", "07-0.123"), ("plain", "plain"),
    ])
    func pathsAreFilledIn(_ path: String, _ expected: String) throws {
        let text = try FilledPath.parse(path).map { part in part.name.map { part.text($0 == "epoch" ? 7 : 0.1234) } ?? part.literal }.joined()
        #expect(text == expected)
    }

    @Test(arguments: ["a{b", "{epoch:x}", "{loss:.99}"])
    func wrongPathsAreRefused(_ path: String) { #expect(throws: LearningError.self) { try ModelCheckpoint(path) } }

    @Test func filesOfLogs() throws {
        let folder = try TemporaryFolder()
        _ = try run(CSVLogger(folder.path + "/log.csv"), [0.5, 0.25])
        #expect(String(decoding: try readFile(folder.path + "/log.csv"), as: UTF8.self) == "epoch,val_loss,lr\n1,0.5,1\n2,0.25,1\n")
        // The check value of CRC-32C and TFRecord's mask of it.
        #expect(EventFile.maskedCRC(Array("123456789".utf8)) == UInt32(0xE306_9283).rotated &+ 0xA282_EAD8)
        let file = try EventFile(folder: folder.path)
        try file.write([("loss", 0.5)], step: 3)
    }

    @Test func metricsAreComputedOnlyWhenAskedFor() throws {
        final class Counting: Metric {
            let name = "counting"
            var computed = 0
            func reset() {}
            func update(_ prediction: Tensor, _ target: Tensor) {}
            func compute() -> Double { computed += 1; return 1 }
        }
        let set = try KnownSets.iris(), model = try Linear(4, 3), metric = Counting()
        var options = FitOptions()
        options.metrics = [metric]
        options.epochs = 2
        options.seed = 1
        options.batchSize = 1
        try Trainer(model: model, optimizer: SGD(model.parameters, lr: 0.01), loss: CrossEntropyLoss()).fit(set, options)
        #expect(metric.computed == 2)
    }

    /// Whole trainings against ones that were cut in two; each with what makes them random.
    @Test(arguments: [1, 3])
    func resumedEqualsUninterrupted(_ cut: Int) throws {
        let folder = try TemporaryFolder(), path = folder.path + "/training.safetensors", set = try KnownSets.iris()
        func train(_ epochs: Int, resume: String? = nil) throws -> ([[UInt8]], [Double]?) {
            let model = try Sequential(Linear(4, 8), Activation("ReLU"), Linear(8, 3)), generator = Generator(seed: 2)
            for parameter in model.parameters { _ = try Autograd.withoutGradients { try parameter.copy_(Tensor.randn(parameter.shape, generator: generator)) } }
            let optimizer = try Adam(model.parameters, lr: 0.05)
            var options = FitOptions()
            options.epochs = epochs
            options.seed = 11
            options.validation = .fraction(0.2)
            options.resume = resume
            options.callbacks = try [ModelCheckpoint(path), LRScheduler(CosineAnnealingLR(optimizer, tMax: 4)), EarlyStopping(patience: 3)]
            let trainer = Trainer(model: model, optimizer: optimizer, loss: CrossEntropyLoss())
            try trainer.fit(set, options)
            return try (bits(model.parameters), trainer.history["val_loss"])
        }
        let whole = try train(4)
        _ = try train(cut)
        let resumed = try train(4, resume: path)
        #expect(whole.0 == resumed.0 && whole.1 == resumed.1)
        // A checkpoint is also a file of weights.
        #expect(try Sequential(Linear(4, 8), Activation("ReLU"), Linear(8, 3)).load(path).isEmpty)
    }

    @Test func checkpointsThatDoNotFitChangeNothing() throws {
        let folder = try TemporaryFolder(), path = folder.path + "/c.safetensors"
        let model = try Linear(2, 1), optimizer = try Adam(model.parameters, lr: 0.1)
        try Checkpoint.save(path, [("model", .module(model)), ("optimizer", .optimizer(optimizer)), ("epoch", .number(.int(3)))])
        let contents = try Checkpoint.read(path), other = try Linear(2, 1), before = try bits(other.parameters)
        #expect(contents.parts.map(\.kind) == ["module", "optimizer Adam", "number"])
        let mistakes: [[(name: String, part: Checkpoint.Part)]] = [
            [("net", .module(other))],
            [("optimizer", .module(other))],
            [("model", .module(other)), ("optimizer", .optimizer(try SGD(other.parameters, lr: 0.1)))],
            [("model", .module(try Linear(3, 1)))],
        ]
        for parts in mistakes { #expect(throws: LearningError.self) { try contents.restore(parts) } }
        #expect(try bits(other.parameters) == before)
        #expect(throws: LearningError.self) { try Checkpoint.save(path, [("a.b", .module(model))]) }
        try model.save(path)
        #expect(throws: LearningError.self) { try Checkpoint.read(path) }
    }

    /// saved_model.py wrote it.
    @Test func filesOfPyTorchLoad() throws {
        let path = String(#filePath.dropLast("CallbackTests.swift".count)) + "Reference/saved_model.safetensors"
        let model = try Sequential(Conv2d(1, 2, [3]), BatchNorm2d(2), Activation("ReLU"), Flatten(), Linear(8, 3))
        try model.load(path)
        let x = try Tensor((0..<16).map { Float(-1 + Double($0) * 2 / 15) }, shape: [1, 1, 4, 4])
        let text = try #require(try loadSafetensors(path).metadata.first { $0.key == "output" }?.value)
        let expected = text.split { "[], ".contains($0) }.compactMap { Double($0) }
        let output = try model.predict(x).withElements(Float.self) { $0.map(Double.init) }
        #expect(expected.count == 3 && zip(output, expected).allSatisfy { abs($0 - $1) < 1e-6 })
        let folder = try TemporaryFolder()
        try model.save(folder.path + "/again.safetensors")
        #expect(try loadSafetensors(folder.path + "/again.safetensors").tensors.names.sorted() == loadSafetensors(path).tensors.names.sorted())
    }
}

extension UInt32 {
    fileprivate var rotated: UInt32 { self >> 15 | self << 17 }
}
