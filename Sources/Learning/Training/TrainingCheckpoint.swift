import Tensors

/// A checkpoint of a `fit`: model, optimizer and generator, and how far the training was: epoch,
/// history, order of the data, what callbacks keep.
struct TrainingCheckpoint {
    let path: String
    /// Number of epochs that are done.
    let epoch: Int
    /// Where the shared generator stood before the set was divided.
    let atSplit: Generator.State
    /// Where the generator of the data order stands.
    let loader: Generator.State
    private let contents: Checkpoint.Contents
    private let training: StateDict

    /// Reads a file; restores nothing yet.
    init(_ path: String) throws {
        self.path = path
        contents = try Checkpoint.read(path)
        training = contents.state("training")
        guard let epoch = try training["epoch"]?.scalar(), let atSplit = try training["split"].flatMap(Generator.State.init),
            let loader = try training["loader"].flatMap(Generator.State.init), (0...1_000_000_000).contains(epoch.doubleValue)
        else {
            throw LearningError.file(path, nil, "this checkpoint was not made by fit; nn.load_checkpoint reads it")
        }
        (self.epoch, self.atSplit, self.loader) = (Int(epoch.doubleValue), atSplit, loader)
    }

    static func save(
        _ path: String, _ state: TrainingState, _ callbacks: [Callback], loader: Generator.State, atSplit: Generator.State
    ) throws {
        var training = try state.history.stateDict()
        training["epoch"] = try Tensor(.int(Int64(state.epoch + 1)), .int64)
        training["split"] = try atSplit.tensor()
        training["loader"] = try loader.tensor()
        for (i, callback) in callbacks.enumerated() {
            for (name, tensor) in try callback.stateDict() { training[prefix(i, callback) + name] = tensor }
        }
        try Checkpoint.save(path, [
            ("model", .module(state.model)), ("optimizer", .optimizer(state.optimizer)), ("training", .state(training)),
        ])
    }

    func restore(_ state: TrainingState, _ callbacks: [Callback]) throws {
        try contents.restore([("model", .module(state.model)), ("optimizer", .optimizer(state.optimizer))])
        try state.history.loadStateDict(training)
        for (i, callback) in callbacks.enumerated() {
            let kept = training.under(TrainingCheckpoint.prefix(i, callback))
            if kept.count > 0 { try callback.loadStateDict(kept) }
        }
    }

    private static func prefix(_ index: Int, _ callback: Callback) -> String { "callbacks.\(index).\(type(of: callback))." }
}
