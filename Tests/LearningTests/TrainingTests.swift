@testable import Learning
import CKernels
import Glibc
import Tensors
import Testing

@Suite struct TrainingTests {
    /// A model whose weights come from a generator of its own, so that tests running at the same
    /// time do not meet.
    private func model(_ seed: UInt64 = 1) throws -> Sequential {
        let model = try Sequential(Linear(4, 8), Activation("Tanh"), Linear(8, 3))
        let generator = Generator(seed: seed)
        for parameter in model.parameters {
            try Autograd.withoutGradients {
                _ = try parameter.copy_(Tensor.randn(parameter.shape, generator: generator).mul(0.3))
            }
        }
        return model
    }

    @Test func fitIsTheLoopByHand() throws {
        let set = try KnownSets.iris()
        var options = FitOptions()
        options.epochs = 3
        options.batchSize = 16
        options.seed = 42
        options.validation = .fraction(0.2)
        options.metrics = [Accuracy()]

        let fitted = try model()
        let trainer = try Trainer(model: fitted, optimizer: Adam(fitted.parameters, lr: 0.01), loss: CrossEntropyLoss())
        try trainer.fit(set, options)

        let byHand = try model(), parts = try set.split([0.8, 0.2], seed: 42)
        let optimizer = try Adam(byHand.parameters, lr: 0.01), loss = CrossEntropyLoss()
        let loader = try DataLoader(parts[0], batchSize: 16, shuffle: true, seed: 42)
        var losses: [Double] = [], accuracies: [Double] = []
        for _ in 0..<3 {
            var sum = 0.0
            byHand.train()
            let pass = try loader.makePass()
            while let batch = try pass.next() {
                optimizer.zeroGrad()
                let value = try loss(byHand(batch[0]), batch[1])
                try value.backward()
                try optimizer.step()
                sum += try value.scalar().doubleValue * Double(batch[1].shape[0])
            }
            losses.append(sum / Double(parts[0].count))
            let all = try parts[1].batch(Array(0..<parts[1].count))
            accuracies.append(try accuracy(byHand.predict(all[0]), all[1]))
        }
        #expect(try bits(fitted.parameters) == bits(byHand.parameters))
        #expect(trainer.history["loss"] == losses)
        #expect(trainer.history["val_accuracy"] == accuracies)
        #expect(trainer.history.series.map(\.name) == ["loss", "accuracy", "val_loss", "val_accuracy"])
        #expect(trainer.history.epochs == 3 && trainer.history.seconds.count == 3)
    }

    @Test func sameSeedSameBits() throws {
        func train() throws -> [[UInt8]] {
            let model = try model(9)
            var options = FitOptions()
            options.seed = 5
            options.epochs = 2
            try Trainer(model: model, optimizer: SGD(model.parameters, lr: 0.05, momentum: 0.9), loss: CrossEntropyLoss())
                .fit(KnownSets.iris(), options)
            return try bits(model.parameters)
        }
        #expect(try train() == train())
    }

    @Test func learnsIris() throws {
        let set = try KnownSets.iris(), model = try model()
        var options = FitOptions()
        options.epochs = 150
        options.batchSize = 16
        options.seed = 3
        let trainer = try Trainer(model: model, optimizer: Adam(model.parameters, lr: 0.02), loss: CrossEntropyLoss())
        try trainer.fit(set, options)
        let result = try trainer.evaluate(set, metrics: [Accuracy()])
        #expect(result.map(\.name) == ["loss", "accuracy"] && result[1].value >= 0.95)
        #expect(try accuracy(model.predict(set, batchSize: 7), set.tensors[1]) == result[1].value)
        #expect(model.isTraining)
    }

    private final class Recorder: Callback {
        var events: [String] = []
        var names: [String] = []
        var stopAt: Int?
        override var monitored: [String] { names }
        override func onTrainBegin(_ state: TrainingState) { events.append("begin") }
        override func onEpochBegin(_ state: TrainingState) { events.append("epoch \(state.epoch)") }
        override func onBatchEnd(_ state: TrainingState) {
            events.append("batch \(state.batch)")
            if state.batch == stopAt { state.shouldStop = true }
        }
        override func onEpochEnd(_ state: TrainingState) { events.append("end \(state.value("loss") != nil)") }
        override func onTrainEnd(_ state: TrainingState) { events.append("done") }
    }

    @Test func callbacks() throws {
        let set = try KnownSets.iris(), model = try model(), recorder = Recorder()
        var options = FitOptions()
        options.batchSize = 75
        options.epochs = 2
        options.callbacks = [recorder]
        let trainer = try Trainer(model: model, optimizer: SGD(model.parameters, lr: 0.01), loss: CrossEntropyLoss())
        try trainer.fit(set, options)
        #expect(recorder.events == [
            "begin", "epoch 0", "batch 1", "batch 2", "end true", "epoch 1", "batch 1", "batch 2", "end true", "done",
        ])
        recorder.names = ["val_loss"]
        recorder.events = []
        #expect(throws: LearningError.unknownMonitor("fit", monitored: "val_loss", known: ["loss"])) {
            try trainer.fit(set, options)
        }
        #expect(recorder.events == [])
        recorder.names = []
        recorder.stopAt = 1
        try trainer.fit(set, options)
        #expect(recorder.events == ["begin", "epoch 0", "batch 1", "end true", "done"])
    }

    private final class Interrupter: Callback {
        override func onBatchEnd(_ state: TrainingState) throws {
            if state.epoch == 1, state.batch == 2 { throw TensorError.interrupted }
        }
    }

    @Test func interruptKeepsWhatWasLearnt() throws {
        let set = try KnownSets.iris(), model = try model(), before = try bits(model.parameters)
        try model.module(at: 1).eval()
        var options = FitOptions()
        options.epochs = 5
        let recorder = Recorder()
        options.callbacks = [recorder, Interrupter()]
        let trainer = try Trainer(model: model, optimizer: SGD(model.parameters, lr: 0.1), loss: CrossEntropyLoss())
        #expect(throws: TensorError.interrupted) { try trainer.fit(set, options) }
        #expect(try trainer.history.epochs == 1 && bits(model.parameters) != before)
        #expect(recorder.events.last == "done")
        #expect(model.modules.map(\.isTraining) == [true, true, false, true])
        options.callbacks = []
        try trainer.fit(set, options)
        #expect(trainer.history.epochs == 6)
    }

    @Test func mistakesAreRefusedBeforeTraining() throws {
        let set = try KnownSets.iris(), model = try model(), before = try bits(model.parameters)
        let trainer = try Trainer(model: model, optimizer: SGD(model.parameters, lr: 0.1), loss: CrossEntropyLoss())
        var options = FitOptions()
        options.epochs = 0
        #expect(throws: LearningError.self) { try trainer.fit(set, options) }
        options = FitOptions()
        options.validation = .fraction(1.5)
        #expect(throws: LearningError.self) { try trainer.fit(set, options) }
        options.validation = .none
        options.batchSize = 0
        #expect(throws: LearningError.self) { try trainer.fit(set, options) }
        options.batchSize = 200
        options.dropLast = true
        #expect(throws: LearningError.self) { try trainer.fit(set, options) }
        #expect(throws: LearningError.self) { try trainer.fit(TensorDataset([set.tensors[0]])) }
        #expect(try bits(model.parameters) == before)
    }

    @Test func savingAndLoading() throws {
        let folder = try TemporaryFolder(), path = folder.path + "/model.safetensors"
        let one = try model(1), two = try model(2)
        try one.save(path)
        try two.load(path)
        #expect(try bits(one.parameters) == bits(two.parameters))
        let error = #expect(throws: LearningError.self) { try Sequential(Linear(4, 8)).load(path) }
        #expect(error?.description == "\(path): unexpected \"2.weight\", \"2.bias\". Nothing was loaded.")
    }

    @Test func plainProgress() throws {
        var text = ""
        let progress = TextProgress(isLive: false) { text += $0 }
        progress.begin("epoch 1/2", total: 10)
        progress.advance(5, [("loss", 0.5)])
        progress.end([("loss", 0.123456), ("accuracy", 0.98765)])
        progress.close()
        #expect(text.hasPrefix("epoch 1/2  loss 0.1235  accuracy 0.9877  ") && text.hasSuffix("s\n"))
        #expect(text.utf8.allSatisfy { $0 >= 32 || $0 == 10 })
    }

    @Test func liveProgress() throws {
        var text = ""
        let progress = TextProgress(isLive: true, width: { 60 }) { text += $0 }
        progress.begin("epoch 1/2", total: 10)
        progress.advance(5, [("loss", 0.5)])
        let line = try #require(text.split(separator: "\u{1B}[K").last)
        #expect(line.hasPrefix("epoch 1/2") && line.contains("5/10") && line.contains("ms/step") && line.count < 60)
        progress.note("stopped")
        progress.end([("loss", 0.1)])
        #expect(text.contains("\r\u{1B}[Kstopped\nepoch 1/2  loss 0.1000  "))
    }

    /// Loss and accuracy leave room for a bar on a terminal of 80 columns.
    @Test func liveProgressHasABar() throws {
        var text = ""
        let progress = TextProgress(isLive: true, width: { 80 }) { text += $0 }
        progress.begin("epoch 1/10", total: 938)
        progress.advance(469, [("loss", 0.1426), ("accuracy", 0.9582)])
        let line = try #require(text.split(separator: "\u{1B}[K").last)
        #expect(line.contains("│") && line.contains("accuracy 0.9582") && line.count < 80)
    }

    @Test func numbersInProgress() {
        let cases: [(Double, String)] = [
            (0, "0"), (1, "1.000"), (0.12345, "0.1235"), (12.3456, "12.35"), (-3.14159, "-3.142"), (1234.56, "1235"),
            (0.00001234, "1.234e-5"), (1.5e9, "1.500e9"), (.nan, "nan"), (.infinity, "inf"), (99999, "99999"),
        ]
        for (value, text) in cases { #expect(TextProgress.significant(value) == text) }
        #expect([0.04, 9.96, 61, 3601].map(TextProgress.duration) == ["40 ms", "10.0 s", "1:01", "1:00:01"])
    }

    @Test func historyAsTable() throws {
        let folder = try TemporaryFolder(), history = History()
        history.append([("loss", 0.5)], seconds: 1)
        history.append([("loss", 0.25), ("val_loss", 1)], seconds: 1)
        try history.save(folder.path + "/h.csv")
        #expect(String(decoding: try readFile(folder.path + "/h.csv"), as: UTF8.self) == "epoch,loss,val_loss\n1,0.5,nan\n2,0.25,1.0\n")
    }
}
