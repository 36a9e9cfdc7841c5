import Learning
import LuaKit
import Tensors

/// A callback: one of `nn.callbacks`, or a table of one's own.
enum CallbackChoice: LuaArgument {
    case object(Callback)
    case table(LuaTable)

    static var luaType: LuaType { LuaType("callback", phrase: "a callback, or a table with functions such as on_epoch_end", annotation: "nn.callbacks.Callback|table") }
    static var tables: TableUse { .any }

    static func read(_ call: Call, at index: Int32) throws -> CallbackChoice {
        if let callback = call.object(at: index, as: Callback.self) { return .object(callback) }
        guard case .table(let table) = call.value(at: index) else { throw call.mismatch(luaType, at: index) }
        return .table(table)
    }

    func callback() throws -> Callback {
        switch self {
        case .object(let callback): callback
        case .table(let table): try LuaCallback(table, "fit")
        }
    }
}

/// Calls the functions of a Lua table.
final class LuaCallback: Callback {
    private let table: LuaTable
    private static let moments = ["on_train_begin", "on_epoch_begin", "on_batch_begin", "on_batch_end", "on_epoch_end", "on_train_end"]

    /// - Throws: for a function that is never called, and for a table without any.
    init(_ table: LuaTable, _ operation: String) throws {
        self.table = table
        var count = 0
        for (key, value) in table.pairs {
            guard let name = key.text, name.hasPrefix("on_") else { continue }
            guard LuaCallback.moments.contains(name) else {
                let near = nearest(to: name, in: LuaCallback.moments).map { ". Did you mean \($0)?" } ?? ". There are " + LuaCallback.moments.joined(separator: ", ")
                throw LearningError.argument(operation, "the callback has a function '\(name)' that is never called\(near)")
            }
            guard case .function = value else { throw LearningError.argument(operation, "the callback must have a function as '\(name)', got a \(value.typeName)") }
            count += 1
        }
        guard count > 0 else { throw LearningError.argument(operation, "the callback has none of the functions " + LuaCallback.moments.joined(separator: ", ")) }
    }

    /// The table's field `monitor`.
    override var monitored: [String] { table["monitor"].text.map { [$0] } ?? [] }

    override func onTrainBegin(_ state: TrainingState) throws { try run("on_train_begin", state) }
    override func onEpochBegin(_ state: TrainingState) throws { try run("on_epoch_begin", state) }
    override func onBatchBegin(_ state: TrainingState) throws { try run("on_batch_begin", state) }
    override func onBatchEnd(_ state: TrainingState) throws { try run("on_batch_end", state) }
    override func onEpochEnd(_ state: TrainingState) throws { try run("on_epoch_end", state) }
    /// Also after Ctrl-C, so that it can save what was learnt.
    override func onTrainEnd(_ state: TrainingState) throws {
        try table.reference.runtime().despiteInterrupt { try run("on_train_end", state) }
    }

    private func run(_ name: String, _ state: TrainingState) throws {
        guard case .function(let function) = table[name] else { return }
        try function.call([.object(state)])
    }
}

extension TrainingState: LuaObject {
    static var declaration: Class {
        Class(
            TrainingState.self, "nn.TrainingState", "Where a training stands; given to callbacks. Values such as `loss` and `val_loss` are fields.", noun: "state",
            example: "local set = data.TensorDataset(tensor{{1}}, tensor{{2}})\nnn.Linear(1, 1):fit(set, {loss=\"mse\", verbose=false, callbacks={{on_epoch_end=function(state) print(state.epoch, state.loss ~= nil) end}}})",
            index: { call in
                let state = try TrainingState.read(call, at: 1)
                guard let name = call.text(at: 2), let value = state.value(name) else { return false }
                call.push(value)
                return true
            },
            members: {
                Property("epoch", "Number of the epoch, from 1.", of: TrainingState.self) { $0.epoch + 1 }
                Property("epochs", "Number of epochs in all.", of: TrainingState.self) { $0.epochs }
                Property("batch", "Batches done in this epoch.", of: TrainingState.self) { $0.batch }
                Property("batches", "Batches in an epoch.", of: TrainingState.self) { $0.batches }
                Property("lr", "The learning rate with which the epoch began.", of: TrainingState.self) { $0.lr }
                Property("batch_loss", "The loss of the last batch.", of: TrainingState.self) { $0.batchLoss }
                Property("is_complete", "Whether the training ended by itself, not by Ctrl-C or an error; for on_train_end.", of: TrainingState.self) { $0.isComplete }
                Property("model", "The model.", of: TrainingState.self) { $0.model }
                Property("optimizer", "The optimizer.", of: TrainingState.self) { $0.optimizer }
                Property("history", "The history so far.", of: TrainingState.self) { HistoryView($0.history) }
                Function("stop", "Ends the training after this batch.", Param("self", TrainingState.self),
                    example: "local set = data.TensorDataset(tensor{{1}}, tensor{{2}})\nlocal h = nn.Linear(1, 1):fit(set, {epochs=9, loss=\"mse\", verbose=false, callbacks={{on_epoch_end=function(s) s:stop() end}}})\nprint(#h)") { (state: TrainingState) -> Void in state.shouldStop = true }
            })
    }
}

/// The history of a training: `history.loss[i]`, a table, a file.
final class HistoryView: LuaObject {
    let history: History
    init(_ history: History) { self.history = history }

    static var declaration: Class {
        Class(
            HistoryView.self, "nn.History", "Loss and metrics of each epoch of a training; each name is a field holding a table of numbers.", noun: "history",
            example: "local set = data.TensorDataset(tensor{{1}}, tensor{{2}})\nlocal history = nn.Linear(1, 1):fit(set, {epochs=2, loss=\"mse\", verbose=false})\nprint(#history.loss)",
            index: { call in
                let view = try HistoryView.read(call, at: 1)
                guard let name = call.text(at: 2), let values = view.history[name] ?? (name == "loss" && view.history.epochs == 0 ? [] : nil) else { return false }
                return try values.push(to: call) == 1
            },
            members: {
                Function("table", "All values: name → one number for each epoch.", Param("self", HistoryView.self), returns: "table",
                    example: "local set = data.TensorDataset(tensor{{1}}, tensor{{2}})\nprint(#nn.Linear(1, 1):fit(set, {loss=\"mse\", verbose=false}):table().loss)") { (view: HistoryView) in
                    Dictionary(view.history.series.map { ($0.name, $0.values) }) { $1 }
                }
                HistoryView.plot
                Function("save", "Writes the values as CSV, one row for each epoch.", Param("self", HistoryView.self), Param("path", String.self),
                    example: "local set = data.TensorDataset(tensor{{1}}, tensor{{2}})\nlocal path = os.tmpname()\nnn.Linear(1, 1):fit(set, {loss=\"mse\", verbose=false}):save(path)\nos.remove(path)") { (view: HistoryView, path: String) -> Void in try view.history.save(path) }
                Function(raw: "__len", "Number of epochs.", Param("self", HistoryView.self), results: [.integer]) { call in
                    call.push(try HistoryView.read(call, at: 1).history.epochs)
                    return 1
                }
                Function(raw: "__tostring", "The values as a table.", Param("self", HistoryView.self), results: [.string]) { call in
                    call.push(try HistoryView.read(call, at: 1).text)
                    return 1
                }
            })
    }

    /// One line for each epoch.
    private var text: String {
        let names = history.series.map(\.name)
        var lines = [["epoch"] + names]
        for epoch in 0..<history.epochs {
            lines.append([String(epoch + 1)] + history.series.map { TextTable.number($0.values[epoch]) })
        }
        return TextTable(lines, rightAligned: true).text
    }
}
