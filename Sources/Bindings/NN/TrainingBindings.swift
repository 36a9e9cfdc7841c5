import Learning
import LuaKit
import Tensors

extension Bindings {
    /// Training, judging and predicting: methods of every module.
    @FunctionBuilder static var moduleTraining: [Function] {
        Function("fit", "Trains on a data set and returns the history of loss and metrics; Ctrl-C keeps what was learnt, and fit again goes on.",
            Param("self", Module.self), Param("train", TrainingInput.self, "data set of inputs and targets, or a loader of one"),
            Param("epochs", Int.self, default: 1), Param("batch_size", Int?.self, shown: "32", "examples in a batch; a loader brings its own"),
            Param("optimizer", OptimizerChoice.self, default: .name("adam"), "an optimizer over the model's parameters, or its name"),
            Param("loss", LossChoice?.self, "a loss, or its name such as \"cross_entropy\" or \"mse\""),
            Param("metrics", [MetricChoice].self, default: [], "names such as \"accuracy\", or objects such as metrics.F1()"),
            Param("validation", ValidationChoice?.self, "a data set, or a share of the training set"),
            Param("shuffle", Bool?.self, shown: "true", "whether the order is drawn anew for every epoch; a loader brings its own"), Param("drop_last", Bool.self, default: false, "leaves out a last batch that is not full"),
            Param("callbacks", [CallbackChoice].self, default: [], "those of nn.callbacks, or tables with functions such as on_epoch_end(state)"),
            Param("seed", Int?.self, "for the order of the data; else the shared generator decides"),
            Param("verbose", Bool.self, default: true, "whether progress is shown"),
            Param("resume", String?.self, "a file of nn.callbacks.ModelCheckpoint to go on from; epochs counts those behind it too"),
            returns: "history",
            example: "tensor.manual_seed(1)\nlocal x = tensor.randn(64, 2)\nlocal set = data.TensorDataset(x, x:sum(2, {keepdim=true}))\nlocal model = nn.Linear(2, 1)\nlocal history = model:fit(set, {epochs=5, loss=\"mse\", optimizer=optim.SGD(model:parameters(), {lr=0.1}), verbose=false})\nprint(history.loss[5] < history.loss[1])",
            see: ["nn.Module:evaluate", "nn.Module:predict", "nn.callbacks.ModelCheckpoint"]
        ) { (call: Call, model: Module, train: TrainingInput, epochs: Int, batchSize: Int?, optimizer: OptimizerChoice, loss: LossChoice?, metrics: [MetricChoice],
            validation: ValidationChoice?, shuffle: Bool?, dropLast: Bool, callbacks: [CallbackChoice], seed: Int?, verbose: Bool, resume: String?) -> HistoryView in
            guard let loss else { throw LearningError.argument("fit", "needs a loss: {loss=\"cross_entropy\"} for classes, {loss=\"mse\"} for numbers") }
            var options = FitOptions()
            options.epochs = epochs
            options.batchSize = batchSize ?? 32
            options.shuffle = shuffle ?? true
            options.dropLast = dropLast
            options.seed = seed.map { UInt64(bitPattern: Int64($0)) }
            options.metrics = metrics.map(\.metric)
            options.callbacks = try callbacks.map { try $0.callback() }
            options.resume = resume
            options.progress = verbose ? Presentation.of(call.runtime).progress(call.runtime) : nil
            switch validation {
            case nil: options.validation = .none
            case .dataset(let set): options.validation = .dataset(set.dataset)
            case .fraction(let share): options.validation = .fraction(share)
            }
            let trainer = Trainer(model: model, optimizer: try optimizer.optimizer(for: model, after: LastFit.of(call)), loss: try LabelledLoss(loss.loss()))
            call.setUserField(at: 1, key: .text(LastFit.key), .object(LastFit(trainer, metrics.map(\.metric), train.dataset, hasNamedOptimizer: optimizer.isName)))
            do {
                switch train {
                case .dataset(let set): try trainer.fit(set.dataset, options)
                case .loader(let loader):
                    guard batchSize == nil, shuffle == nil, seed == nil, !dropLast else {
                        throw LearningError.argument("fit", "a loader brings its own batch_size, shuffle, drop_last and seed: give them to data.DataLoader")
                    }
                    try trainer.fit(loader.loader, options)
                }
            } catch {
                if call.runtime.isInterrupted { options.progress?.note(trainer.history.interruption) }
                throw error
            }
            return HistoryView(trainer.history)
        }
        Function("evaluate", "Loss and metrics on a data set, in evaluation mode; the mode is restored.", Param("self", Module.self), Param("dataset", AnyDataset.self),
            Param("loss", LossChoice?.self, "that of the last fit when left out"), Param("metrics", [MetricChoice]?.self, "those of the last fit when left out"), Param("batch_size", Int.self, default: 256),
            returns: "table of numbers: loss and each metric",
            example: "local set = data.TensorDataset(tensor{{1}, {2}}, tensor{{2}, {4}})\nprint(nn.Linear(1, 1):evaluate(set, {loss=\"mse\"}).loss >= 0)", see: ["nn.Module:fit"]
        ) { (call: Call, model: Module, set: AnyDataset, loss: LossChoice?, metrics: [MetricChoice]?, batchSize: Int) -> [String: Double] in
            let last = LastFit.of(call)
            guard let judge = try loss.map({ try LabelledLoss($0.loss()) }) ?? last?.trainer.loss else {
                throw LearningError.argument("evaluate", "needs a loss, since this model was not fitted: {loss=\"cross_entropy\"}")
            }
            // Evaluation updates nothing, so any optimizer will do; a model without parameters has none.
            let values = try model.evaluate(set.dataset, loss: judge, batchSize: batchSize, metrics: metrics?.map(\.metric) ?? last?.metrics ?? [])
            return Dictionary(values.map { ($0.name, $0.value) }) { $1 }
        }
        Function("predict", "Outputs for many examples: computed in batches, in evaluation mode, without gradients; the mode is restored.", Param("self", Module.self), Param("x", PredictionInput.self, "a tensor of examples, or a data set"), Param("batch_size", Int.self, default: 256),
            returns: "tensor [N, ...]", example: "print(nn.Linear(2, 1):predict(tensor.zeros(5, 2)).shape[1])", see: ["nn.Module:evaluate"]) { (model: Module, input: PredictionInput, batchSize: Int) in
            switch input {
            case .tensor(let x): return try model.predict(x, batchSize: batchSize)
            case .dataset(let set): return try model.predict(set.dataset, batchSize: batchSize)
            }
        }
        Function("history", "The history of the last fit, one that was interrupted included; nil before.", Param("self", Module.self), returns: "history or nil",
            example: "print(nn.Linear(1, 1):history())", see: ["nn.Module:fit"]) { (call: Call, model: Module) -> HistoryView? in
            LastFit.of(call).map { HistoryView($0.trainer.history) }
        }
    }
}

extension History {
    /// What is told after Ctrl-C.
    fileprivate var interruption: String {
        "fit was interrupted: the model keeps what it learnt and fit again goes on; model:history() has "
            + (epochs == 0 ? "no whole epoch yet" : "\(epochs) whole epoch\(epochs == 1 ? "" : "s")")
    }
}

/// What a model was last trained with; kept in its user table.
final class LastFit: LuaObject {
    let trainer: Trainer
    let metrics: [MetricBox]
    let dataset: any Dataset
    let hasNamedOptimizer: Bool
    static let key = "__fit"

    init(_ trainer: Trainer, _ metrics: [MetricBox], _ dataset: any Dataset, hasNamedOptimizer: Bool) {
        (self.trainer, self.metrics, self.dataset, self.hasNamedOptimizer) = (trainer, metrics, dataset, hasNamedOptimizer)
    }

    /// That of the module at 1 on the stack.
    static func of(_ call: Call) -> LastFit? {
        guard let module = call.object(at: 1, as: Module.self), let table = call.runtime.userTable(of: module),
            case .object(let object) = table[key]
        else { return nil }
        return object as? LastFit
    }

    static var declaration: Class {
        Class(LastFit.self, "nn.Fit", "What a model was last trained with.", noun: "fit", example: "print(nn.Linear(1, 1):history())", members: {})
    }
}

/// A loss whose class labels are counted from 1, as data sets in Lua hold them.
final class LabelledLoss: Loss {
    private let inner: Loss

    init(_ inner: Loss) throws {
        self.inner = inner
        super.init(reduction: inner.reduction)
        guard inner.reduction != .none else { throw LearningError.argument("fit", "the loss must be one number: reduction \"mean\" or \"sum\"") }
    }

    override func forward(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
        try inner(prediction, inner.targetFromLua(target, prediction: prediction))
    }

    override var kind: String { inner.kind }
    override var firstClass: Int { 1 }
}

/// A loss as an object or by name.
enum LossChoice: LuaArgument {
    case object(Loss)
    case name(String)

    static var luaType: LuaType { LuaType("loss", phrase: "a loss or its name", annotation: "nn.Module|string") }

    /// Names from Keras and PyTorch, and ours.
    private static let foreignNames = [
        "categorical_crossentropy": "cross_entropy", "sparse_categorical_crossentropy": "cross_entropy", "crossentropy": "cross_entropy",
        "ce": "cross_entropy", "nll_loss": "nll", "binary_crossentropy": "bce", "binary_cross_entropy": "bce",
        "binary_cross_entropy_with_logits": "bce_with_logits", "mean_squared_error": "mse", "mse_loss": "mse",
        "mean_absolute_error": "l1", "mae": "l1", "l1_loss": "l1", "kl_divergence": "kl_div",
    ]

    static func read(_ call: Call, at index: Int32) throws -> LossChoice {
        if let name = call.text(at: index) {
            guard Loss.names.contains(where: { $0.name == name }) else {
                var mismatch = call.mismatch(LuaType("loss", phrase: "a loss or one of " + Loss.names.map { "\"\($0.name)\"" }.joined(separator: ", ")), at: index)
                if let near = foreignNames[name] ?? nearest(to: name, in: Loss.names.map(\.name)) { mismatch.problem += ". Did you mean \"\(near)\"?" }
                throw mismatch
            }
            return .name(name)
        }
        if let loss = call.object(at: index, as: Loss.self) { return .object(loss) }
        if case .function(let function) = call.value(at: index) { return .object(FunctionLoss(function)) }
        if let module = call.object(at: index, as: Module.self) { return .object(ModuleLoss(module)) }
        throw call.mismatch(luaType, at: index)
    }

    func loss() throws -> Loss {
        switch self {
        case .object(let loss): loss
        case .name(let name): try Loss.named(name)
        }
    }
}

/// A loss that is a Lua function of prediction and target.
final class FunctionLoss: Loss {
    private let function: LuaFunction
    init(_ function: LuaFunction) {
        self.function = function
        super.init()
    }

    override func forward(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
        try AutogradFunctions.tensorResult(of: function, [.object(prediction), .object(target)], "loss")
    }
}

/// A loss that is a module of one's own, called with prediction and target.
final class ModuleLoss: Loss {
    private let module: Module
    init(_ module: Module) {
        self.module = module
        super.init()
    }

    override func forward(_ prediction: Tensor, _ target: Tensor) throws -> Tensor {
        guard let loss = try module([prediction, target]).first else { throw LearningError.argument("loss", "the module returned nothing") }
        return loss
    }
}

/// An optimizer as an object or by name.
enum OptimizerChoice: LuaArgument {
    case object(Optimizer)
    case name(String)

    static var luaType: LuaType { LuaType("optimizer", phrase: "an optimizer or its name", annotation: "optim.Optimizer|string") }

    static func read(_ call: Call, at index: Int32) throws -> OptimizerChoice {
        if let name = call.text(at: index) { return .name(name) }
        if let optimizer = call.object(at: index, as: Optimizer.self) { return .object(optimizer) }
        throw call.mismatch(luaType, at: index)
    }

    static func literal(_ value: OptimizerChoice) -> String {
        if case .name(let name) = value { return "\"\(name)\"" }
        return "optimizer"
    }

    var isName: Bool { if case .name = self { true } else { false } }

    /// The optimizer; by name, that of the last fit goes on when it is of the kind and for the same parameters.
    func optimizer(for model: Module, after last: LastFit?) throws -> Optimizer {
        switch self {
        case .object(let optimizer): return optimizer
        case .name(let name):
            let parameters = model.parameters
            if let last, last.hasNamedOptimizer, case let used = last.trainer.optimizer, type(of: used).name.lowercased() == name.lowercased(),
                used.groups.flatMap(\.parameters).elementsEqual(parameters, by: ===) {
                return used
            }
            return try Optimizer.named(name, parameters)
        }
    }
}

/// What a model is trained on.
enum TrainingInput: LuaArgument {
    case dataset(AnyDataset)
    case loader(LoaderBox)

    static var luaType: LuaType { AnyDataset.luaType }
    static var tables: TableUse { .any }

    static func read(_ call: Call, at index: Int32) throws -> TrainingInput {
        if let loader = call.object(at: index, as: LoaderBox.self) { return .loader(loader) }
        return .dataset(try AnyDataset.read(call, at: index))
    }

    var dataset: any Dataset {
        switch self {
        case .dataset(let set): set.dataset
        case .loader(let loader): loader.loader.dataset
        }
    }
}

/// What a training is validated on.
enum ValidationChoice: LuaArgument {
    case dataset(AnyDataset)
    case fraction(Double)

    static var luaType: LuaType { LuaType("dataset|number", phrase: "a data set or a share between 0 and 1", annotation: "data.Dataset|number") }

    static func read(_ call: Call, at index: Int32) throws -> ValidationChoice {
        if let share = call.number(at: index) { return .fraction(share) }
        return .dataset(try AnyDataset.read(call, at: index))
    }
}

/// What `predict` takes.
enum PredictionInput: LuaArgument {
    case tensor(Tensor)
    case dataset(AnyDataset)

    static var luaType: LuaType { LuaType("tensor|dataset", phrase: "a tensor or a data set", annotation: "tensor.Tensor|data.Dataset") }
    static var tables: TableUse { .any }

    static func read(_ call: Call, at index: Int32) throws -> PredictionInput {
        if let x = call.object(at: index, as: Tensor.self) { return .tensor(x) }
        do { return .dataset(try AnyDataset.read(call, at: index)) } catch is Mismatch { throw call.mismatch(luaType, at: index) }
    }
}
