import Tensors

/// How to train.
public struct FitOptions {
    public var epochs = 1
    public var batchSize = 32
    public var shuffle = true
    public var dropLast = false
    /// Makes data order and validation split reproducible; without one the shared generator decides.
    public var seed: UInt64?
    public var validation = Validation.none
    public var metrics: [any Metric] = []
    public var callbacks: [Callback] = []
    /// A checkpoint to go on from; `epochs` counts those that it has behind it too.
    public var resume: String?
    /// Where progress is told; nil for silence.
    public var progress: (any ProgressSink)?

    public enum Validation {
        case none
        case dataset(any Dataset)
        /// Share of the training set that is set apart by `split`, with the same seed.
        case fraction(Double)
    }

    public init() {}
}

/// Trains a model: every epoch one pass over a set in batches, each of which updates the parameters.
///
/// The loop uses public parts only, in the order in which one would write it by hand:
/// `zeroGrad`, model, loss, `backward`, `step`.
public final class Trainer {
    public let model: Module
    public let optimizer: Optimizer
    public let loss: Loss
    /// What was reached so far; it stays when training is interrupted.
    public let history: History

    public init(model: Module, optimizer: Optimizer, loss: Loss, history: History = History()) {
        self.model = model
        self.optimizer = optimizer
        self.loss = loss
        self.history = history
    }

    /// Trains on a set whose examples are inputs and, last, a target.
    ///
    /// - Throws: for options that make no sense, before anything is changed; errors of the model,
    ///   the loss or the set; and `TensorError.interrupted`. What was learnt so far is kept.
    public func fit(_ set: any Dataset, _ options: FitOptions = FitOptions()) throws {
        try requirePositive("fit", ("epochs", options.epochs), ("batch_size", options.batchSize))
        let checkpoint = try options.resume.map(TrainingCheckpoint.init)
        // The division comes from the shared generator where there is no seed: a resumed training
        // divides as the first one did.
        let before = Generator.shared.state
        let atSplit = checkpoint?.atSplit ?? before
        if options.seed == nil { Generator.shared.state = atSplit }
        let (train, validation): (any Dataset, (any Dataset)?)
        do { (train, validation) = try parts(of: set, options) } catch {
            Generator.shared.state = before
            throw error
        }
        guard train.count > 0 else { throw LearningError.argument("fit", "the training set is empty") }
        let loader = try DataLoader(
            train, batchSize: options.batchSize, shuffle: options.shuffle, dropLast: options.dropLast, seed: options.seed)
        try run(loader, validation, options, checkpoint, atSplit)
    }

    /// Trains on the batches of a loader, which decides on their size and order.
    ///
    /// - Throws: as for a set; also where a share for validation is asked for, since only sets can be divided.
    public func fit(_ loader: DataLoader, _ options: FitOptions = FitOptions()) throws {
        try requirePositive("fit", ("epochs", options.epochs))
        let validation: (any Dataset)?
        switch options.validation {
        case .none: validation = nil
        case .dataset(let set): validation = set
        case .fraction: throw LearningError.argument("fit", "a loader cannot be divided: split its set and give one part as validation")
        }
        try run(loader, validation, options, try options.resume.map(TrainingCheckpoint.init), Generator.shared.state)
    }

    private func run(
        _ loader: DataLoader, _ validation: (any Dataset)?, _ options: FitOptions, _ checkpoint: TrainingCheckpoint?, _ atSplit: Generator.State
    ) throws {
        guard loader.count > 0 else {
            throw LearningError.argument("fit", "the training set has \(loader.dataset.count) examples, fewer than one batch of \(loader.batchSize)")
        }
        try checkMonitors(options, hasValidation: validation != nil)
        let state = TrainingState(
            model: model, optimizer: optimizer, history: history, epochs: options.epochs, batches: loader.count, sink: options.progress
        ) { path, state in
            try TrainingCheckpoint.save(path, state, options.callbacks, loader: loader.generator.state, atSplit: atSplit)
        }
        state.epoch = checkpoint?.epoch ?? 0
        let hints = TrainingHints(optimizer, loss)
        hints.see(model)
        let modes = model.modules.map { ($0, $0.isTraining) }
        defer {
            for (module, mode) in modes where module.isTraining != mode {
                module.isTraining = mode
                module.modeChanged()
            }
            options.progress?.close()
        }
        do {
            for callback in options.callbacks { try callback.onTrainBegin(state) }
            if let checkpoint {
                try checkpoint.restore(state, options.callbacks)
                if loader.generator !== Generator.shared { loader.generator.state = checkpoint.loader }
                state.shouldStop = options.callbacks.contains(where: \.hasStopped)
                let rest = state.shouldStop ? ", where it was stopped" : state.epoch < options.epochs ? "" : ": all \(options.epochs) epochs are done"
                state.note("resumed from \(checkpoint.path) after epoch \(state.epoch)\(rest)")
            }
            for epoch in state.epoch..<max(options.epochs, state.epoch) where !state.shouldStop {
                state.epoch = epoch
                try runEpoch(state, loader, validation, options, hints)
            }
            state.isComplete = true
        } catch {
            for callback in options.callbacks {
                do { try callback.onTrainEnd(state) } catch { state.note("at the end of the training: \(error)") }
            }
            throw error
        }
        for callback in options.callbacks { try callback.onTrainEnd(state) }
    }

    private func runEpoch(
        _ state: TrainingState, _ loader: DataLoader, _ validation: (any Dataset)?, _ options: FitOptions, _ hints: TrainingHints
    ) throws {
        let start = monotonicSeconds()
        options.progress?.begin("epoch \(state.epoch + 1)/\(state.epochs)", total: loader.count)
        state.values = []
        for callback in options.callbacks { try callback.onEpochBegin(state) }
        state.lr = optimizer.lr
        model.train()
        for metric in options.metrics { metric.reset() }
        var average = Average()
        let pass = try loader.makePass()
        state.batch = 0
        while !state.shouldStop, let batch = try pass.next() {
            for callback in options.callbacks { try callback.onBatchBegin(state) }
            let (inputs, target) = try Trainer.parts(of: batch)
            let (prediction, value) = try update(inputs, target)
            state.batchLoss = try value.scalar("fit").doubleValue
            try hints.see(loss: state.batchLoss, target: target)
            average.add(state.batchLoss, target.shape.first ?? 1)
            for metric in options.metrics { try metric.update(prediction.detach(), target) }
            let loss = average.value, metrics = options.metrics
            state.setValues { [("loss", loss)] + metrics.map { ($0.name, (try? $0.compute()) ?? .nan) } }
            state.batch += 1
            options.progress?.advance(state.batch, state.values)
            for callback in options.callbacks { try callback.onBatchEnd(state) }
        }
        guard state.batch > 0 else { return }
        state.values = try [("loss", average.value)] + options.metrics.map { ($0.name, try $0.compute()) }
        if let validation {
            state.values += try evaluate(validation, batchSize: loader.batchSize, metrics: options.metrics + [hints.validationWatch].compactMap { $0 })
                .filter { !$0.name.isEmpty }.map { ("val_" + $0.name, $0.value) }
        }
        history.append(state.values, seconds: monotonicSeconds() - start)
        hints.see(history, validation: validation)
        options.progress?.end(state.values)
        for callback in options.callbacks where !callback.comesLast { try callback.onEpochEnd(state) }
        for callback in options.callbacks where callback.comesLast { try callback.onEpochEnd(state) }
    }

    /// One step on a batch: the prediction and the loss before it.
    private func update(_ inputs: [Tensor], _ target: Tensor) throws -> (prediction: Tensor, loss: Tensor) {
        func compute() throws -> (prediction: Tensor, loss: Tensor) {
            optimizer.zeroGrad()
            let prediction = try model.output(inputs), value = try loss(prediction, target)
            try value.backward()
            return (prediction, value)
        }
        guard optimizer.needsClosure else {
            let first = try compute()
            try optimizer.step()
            return first
        }
        var first: (prediction: Tensor, loss: Tensor)?
        let value = try optimizer.step {
            let result = try compute()
            first = first ?? result
            return result.loss
        }
        return first ?? (value, value)
    }

    /// Loss and metrics on a set, in evaluation mode; the mode is restored.
    public func evaluate(
        _ set: any Dataset, batchSize: Int = 32, metrics: [any Metric] = [], progress: (any ProgressSink)? = nil
    ) throws -> [(name: String, value: Double)] {
        try model.evaluate(set, loss: loss, batchSize: batchSize, metrics: metrics, progress: progress)
    }

    private func parts(of set: any Dataset, _ options: FitOptions) throws -> (any Dataset, (any Dataset)?) {
        switch options.validation {
        case .none: return (set, nil)
        case .dataset(let validation): return (set, validation)
        case .fraction(let share):
            guard share > 0, share < 1 else {
                throw LearningError.argument("fit", "validation must be a set or a share between 0 and 1, not \(shortNumber(share))")
            }
            let parts = try set.split([1 - share, share], seed: options.seed)
            guard parts[1].count > 0 else {
                throw LearningError.argument("fit", "validation of \(shortNumber(share)) leaves no example of \(set.count) for it")
            }
            return (parts[0], parts[1])
        }
    }

    private func checkMonitors(_ options: FitOptions, hasValidation: Bool) throws {
        let trained = ["loss"] + options.metrics.map(\.name)
        let known = trained + (hasValidation ? trained.map { "val_" + $0 } : [])
        for callback in options.callbacks {
            for name in callback.monitored where !known.contains(name) {
                throw LearningError.unknownMonitor("fit", monitored: name, known: known)
            }
        }
    }

    /// Inputs and target of a batch.
    static func parts(of batch: [Tensor]) throws -> ([Tensor], Tensor) {
        guard batch.count >= 2, let target = batch.last else {
            throw LearningError.argument("fit", "an example needs an input and a target, got \(batch.count) part\(batch.count == 1 ? "" : "s")")
        }
        return (Array(batch.dropLast()), target)
    }

    /// An average of batches, each counting by its number of rows.
    fileprivate struct Average {
        private var sum = 0.0
        private var rows = 0
        var value: Double { sum / Double(rows) }

        mutating func add(_ batch: Double, _ rows: Int) {
            sum += batch * Double(rows)
            self.rows += rows
        }
    }
}

extension Module {
    /// Loss and metrics on a set, in evaluation mode; the mode is restored.
    public func evaluate(
        _ set: any Dataset, loss: Loss, batchSize: Int = 32, metrics: [any Metric] = [], progress: (any ProgressSink)? = nil
    ) throws -> [(name: String, value: Double)] {
        let loader = try DataLoader(set, batchSize: batchSize)
        guard loader.count > 0 else { throw LearningError.argument("evaluate", "the set is empty") }
        for metric in metrics { metric.reset() }
        return try evaluating {
            var average = Trainer.Average(), done = 0
            let pass = try loader.makePass()
            progress?.begin("evaluate", total: loader.count)
            defer { progress?.close() }
            while let batch = try pass.next() {
                let (inputs, target) = try Trainer.parts(of: batch)
                let prediction = try output(inputs)
                average.add(try loss(prediction, target).scalar("evaluate").doubleValue, target.shape.first ?? 1)
                for metric in metrics { try metric.update(prediction, target) }
                done += 1
                progress?.advance(done, [("loss", average.value)])
            }
            return try [("loss", average.value)] + metrics.map { ($0.name, try $0.compute()) }
        }
    }

    /// The first output for some inputs.
    func output(_ inputs: [Tensor]) throws -> Tensor {
        if inputs.count == 1 { return try self(inputs[0]) }
        guard let first = try self(inputs).first else { throw LearningError.argument(kind, "forward returned nothing") }
        return first
    }

    /// The outputs for many examples, computed in batches in evaluation mode and without gradients;
    /// the mode is restored.
    public func predict(_ input: Tensor, batchSize: Int = 256) throws -> Tensor {
        guard input.rank > 0 else { throw TensorError.shapes("predict", [input.shape], detail: "the input needs a dimension for the examples") }
        return try predict(TensorDataset([input]), batchSize: batchSize, hasTarget: false)
    }

    /// The outputs for the examples of a set, whose last part is a target unless `hasTarget` is false.
    public func predict(_ set: any Dataset, batchSize: Int = 256, hasTarget: Bool = true) throws -> Tensor {
        let pass = try DataLoader(set, batchSize: batchSize).makePass()
        return try evaluating {
            var outputs: [Tensor] = []
            while let batch = try pass.next() {
                outputs.append(try output(hasTarget && batch.count > 1 ? Array(batch.dropLast()) : batch))
            }
            guard !outputs.isEmpty else { throw LearningError.argument("predict", "there are no examples") }
            return outputs.count == 1 ? outputs[0] : try Tensor.cat(outputs, 0)
        }
    }

    /// Writes parameters and persistent buffers as safetensors under PyTorch's names.
    ///
    /// - Parameter transform: what inputs go through before the model; `Transform.load` reads it from the file.
    public func save(_ path: String, transform: Transform? = nil) throws {
        try saveSafetensors(path, stateDict(), metadata: [("format", "pt")] + (transform.map { [try $0.metadata] } ?? []))
    }

    /// Reads what `save`, or PyTorch with the safetensors library, wrote; of a checkpoint, the part "model".
    ///
    /// - Throws: when the file is damaged or its names or shapes do not fit; then nothing is changed.
    @discardableResult
    public func load(_ path: String, strict: Bool = true) throws -> StateMismatch {
        let weights = Checkpoint.weights(try loadSafetensors(path))
        do { return try loadStateDict(weights, strict: strict) } catch LearningError.state(_, let mismatch) {
            throw LearningError.state(path, mismatch)
        }
    }
}
