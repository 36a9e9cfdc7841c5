import Learning
import LuaKit
import Tensors

extension Callback: LuaObject {}

/// When a schedule takes its step, or values are written.
enum TrainingInterval: String, CaseIterable, LuaOption { case epoch, batch }

/// Which way a value gets better.
enum MonitorMode: String, CaseIterable, LuaOption { case auto, min, max }

/// A schedule, or a function of the epoch's number and the present rate.
enum ScheduleChoice: LuaArgument {
    case scheduler(Scheduler)
    case function(LuaFunction)

    static var luaType: LuaType { LuaType("scheduler|function", phrase: "a scheduler, or a function(epoch, lr) that returns a rate", annotation: "optim.lr_scheduler.Scheduler|function") }

    static func read(_ call: Call, at index: Int32) throws -> ScheduleChoice {
        if let scheduler = call.object(at: index, as: Scheduler.self) { return .scheduler(scheduler) }
        do { return .function(try LuaFunction.read(call, at: index)) } catch is Mismatch { throw call.mismatch(luaType, at: index) }
    }
}

extension Bindings {
    /// The module `nn.callbacks`.
    static var callbacks: Namespace {
        Namespace(
            "nn.callbacks", "What happens during fit: given to it as {callbacks={…}}. Values to monitor are \"loss\", the metrics' names, and with validation the same after \"val_\".",
            foreignNames: ["LearningRateScheduler": "LRScheduler", "LambdaCallback": "Lambda", "TensorBoardLogger": "TensorBoard", "LearningRateMonitor": "CSVLogger", "Checkpoint": "ModelCheckpoint"]
        ) {
            CallbackFunctions.stopping
            CallbackFunctions.rates
            CallbackFunctions.writing
            CallbackFunctions.own
            CallbackFunctions.callbackClass
        }
    }
}

enum CallbackFunctions {
    /// A program that trains with a callback.
    private static func example(_ arguments: String, before: String = "", options: String = "", after: String = "") -> String {
        """
        local x = tensor.randn(32, 2)
        local set = data.TensorDataset(x, x:sum(2, {keepdim=true}))
        local model = nn.Linear(2, 1)
        \(before)model:fit(set, {epochs=3, loss="mse", validation=0.25, verbose=false\(options), callbacks={nn.callbacks.\(arguments)}})\(after)
        """
    }

    private static func monitor(_ value: String?) -> Param<String> { Param("monitor", String.self, default: value, "the value to look at") }
    private static var mode: Param<MonitorMode> { Param("mode", MonitorMode.self, default: .auto, "whether less or more is better; \"auto\" goes by the name") }

    @FunctionBuilder static var stopping: [Function] {
        Function("nn.callbacks.EarlyStopping", "Ends the training when a value has not improved for some epochs, and goes back to the weights of the best epoch.",
            monitor("val_loss"), Param("min_delta", Double.self, default: 0, "what counts as an improvement"), Param("patience", Int.self, default: 0, "epochs without improvement after which it stops"), mode,
            Param("baseline", Double?.self, "a value to be reached within that patience"), Param("restore_best_weights", Bool.self, default: true, "whether the model ends with the weights of its best epoch"),
            Param("start_from_epoch", Int.self, default: 0, "epochs at the start that are not looked at"), returns: "callback",
            example: example("EarlyStopping{patience=1}")) { (name: String, delta: Double, patience: Int, mode: MonitorMode, baseline: Double?, restores: Bool, start: Int) -> Callback in
            try EarlyStopping(monitor: name, patience: patience, minDelta: delta, mode: mode.rawValue, baseline: baseline, restoresBest: restores, startEpoch: start)
        }
        Function("nn.callbacks.TerminateOnNaN", "Ends the training as soon as the loss of a batch is NaN or infinite.", returns: "callback", example: example("TerminateOnNaN()")) { () -> Callback in TerminateOnNaN() }
    }

    @FunctionBuilder static var rates: [Function] {
        Function("nn.callbacks.LRScheduler", "Changes the learning rate by a schedule over the same optimizer, or by a function of the epoch's number (from 1) and the present rate.",
            Param("scheduler", ScheduleChoice.self, "a schedule, or a function(epoch, lr) that returns the rate"), Param("interval", TrainingInterval.self, default: .epoch, "after what the schedule takes a step"), Param("monitor", String?.self, "the value given to each step, for ReduceLROnPlateau; \"val_loss\" there when left out"), returns: "callback",
            example: example("LRScheduler(optim.lr_scheduler.StepLR(opt, 1))", before: "local opt = optim.SGD(model:parameters(), {lr=0.1})\n", options: ", optimizer=opt", after: "\nprint(opt.lr)"), see: ["optim.lr_scheduler.StepLR"]) { (choice: ScheduleChoice, interval: TrainingInterval, monitor: String?) -> Callback in
            switch choice {
            case .scheduler(let scheduler): return try LRScheduler(scheduler, isPerBatch: interval == .batch, monitor: monitor)
            case .function(let function):
                guard interval == .epoch, monitor == nil else { throw LearningError.argument("LRScheduler", "a function is asked once an epoch and gets the epoch and the rate only") }
                return LRFunction { epoch, present in
                    guard let rate = try function.call([.integer(epoch + 1), .number(present)]).first?.double else {
                        throw LearningError.argument("LRScheduler", "the function must return a number, the rate of epoch \(epoch + 1)")
                    }
                    return rate
                }
            }
        }
        Function("nn.callbacks.ReduceLROnPlateau", "Multiplies the learning rate by a factor when a value has not improved for more than some epochs.",
            monitor("val_loss"), Param("factor", Double.self, default: 0.1, "between 0 and 1"), Param("patience", Int.self, default: 10, "epochs without improvement that are let pass"), mode, Param("min_delta", Double.self, default: 1e-4, "what counts as an improvement"),
            Param("cooldown", Int.self, default: 0, "epochs to wait after a change"), Param("min_lr", Double.self, default: 0, "the lowest rate"), returns: "callback",
            example: example("ReduceLROnPlateau{factor=0.5, patience=0}"), see: ["optim.lr_scheduler.ReduceLROnPlateau"]) { (name: String, factor: Double, patience: Int, mode: MonitorMode, delta: Double, cooldown: Int, minimum: Double) -> Callback in
            try LRPlateau(monitor: name, factor: factor, patience: patience, minDelta: delta, mode: mode.rawValue, cooldown: cooldown, minLR: minimum)
        }
    }

    @FunctionBuilder static var writing: [Function] {
        Function("nn.callbacks.ModelCheckpoint", "Saves the whole training after epochs, for fit{resume=path}; or only the model. The file is whole or untouched at any moment.",
            Param("path", String.self, "a file; \"{epoch:02}\" and \"{val_loss:.3}\" are filled in"), Param("monitor", String?.self, "the value that tells which is best; \"val_loss\" when left out"), Param("save_best_only", Bool.self, default: false, "whether only improvements are saved"),
            Param("save_weights_only", Bool.self, default: false, "whether the file holds just what model:load reads"), mode, Param("every_n_epochs", Int.self, default: 1, "epochs from one save to the next"), returns: "callback",
            example: example("ModelCheckpoint(path)", before: "local path = os.tmpname()\n", after: "\nmodel:fit(set, {epochs=5, loss=\"mse\", validation=0.25, verbose=false, resume=path})\nos.remove(path)"), see: ["nn.save_checkpoint", "nn.Module:fit"]
        ) { (path: String, monitor: String?, best: Bool, weights: Bool, mode: MonitorMode, every: Int) -> Callback in
            try ModelCheckpoint(path, monitor: monitor, savesBestOnly: best, savesWeightsOnly: weights, mode: mode.rawValue, every: every)
        }
        Function("nn.callbacks.CSVLogger", "Writes loss, metrics and learning rate of each epoch as a line of a CSV file.", Param("path", String.self), Param("separator", String.self, default: ",", "between two values"), Param("append", Bool.self, default: false, "whether what the file holds stays"), returns: "callback",
            example: example("CSVLogger(path)", before: "local path = os.tmpname()\n", after: "\nprint(data.read_csv(path).shape[1])\nos.remove(path)")) { (path: String, separator: String, append: Bool) -> Callback in
            CSVLogger(path, separator: separator, appends: append)
        }
        Function("nn.callbacks.TensorBoard", "Writes loss, metrics and learning rate of each epoch as event files for TensorBoard.", Param("log_dir", String.self, default: "runs", "a folder, made where missing"), Param("update_freq", TrainingInterval.self, default: .epoch, "\"batch\" writes each batch's loss as well"), returns: "callback",
            example: "print(nn.callbacks.TensorBoard(\"runs/first\"))") { (folder: String, interval: TrainingInterval) -> Callback in
            TensorBoard(folder, isPerBatch: interval == .batch)
        }
    }

    @FunctionBuilder static var own: [Function] {
        Function("nn.callbacks.Lambda", "A callback of one's own: functions by the moment at which they are called, each with the training's state. fit takes the bare table as well.",
            Param("functions", LuaTable.self, "on_train_begin, on_epoch_begin, on_batch_begin, on_batch_end, on_epoch_end, on_train_end; `monitor` names a value that must exist"), returns: "the table, checked",
            example: example("Lambda{on_epoch_end=function(state) print(state.epoch, state.loss > 0) end}"), see: ["nn.TrainingState"]) { (table: LuaTable) -> LuaTable in
            _ = try LuaCallback(table, "nn.callbacks.Lambda")
            return table
        }
    }

    private static func text(_ number: Scalar) -> String {
        if case .int(let value) = number { String(value) } else { TextTable.number(number.doubleValue) }
    }

    static var callbackClass: Class {
        Class(
            Callback.self, "nn.callbacks.Callback", "Something that happens during a training. Numbers such as `best` and `best_epoch` are fields once they are known.", noun: "callback",
            example: "print(nn.callbacks.EarlyStopping().wait)",
            index: { call in
                let callback = try Callback.read(call, at: 1)
                guard let name = call.text(at: 2) else { return false }
                if name == "last_path", let path = (callback as? ModelCheckpoint)?.lastPath {
                    call.push(path)
                    return true
                }
                if let field = callback.fields.first(where: { $0.name == name }) { _ = field.value.push(to: call) } else { call.pushNil() }
                return true
            },
            members: {
                Function(raw: "__tostring", "The kind and what is known.", Param("self", Callback.self), results: [.string]) { call in
                    let callback = try Callback.read(call, at: 1)
                    call.push("\(type(of: callback))(" + callback.fields.map { "\($0.name)=\(text($0.value))" }.joined(separator: ", ") + ")")
                    return 1
                }
            })
    }
}
