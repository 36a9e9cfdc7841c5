import Glibc
import Learning
import LuaKit
import Tensors

/// Looking at a model before and during training. Each restores all it changed.
enum DiagnosisFunctions {
    private static let setting = "tensor.manual_seed(1)\nlocal x = tensor.randn(64, 4)\nlocal set = data.TensorDataset(x, (x:select(2, 1):gt(0)):long() + 1, {classes={\"no\", \"yes\"}})\nlocal model = nn.Sequential{nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2)}\n"

    private static var loss: Param<LossChoice?> { Param("loss", LossChoice?.self, "that of the last fit when left out, else by the targets: \"cross_entropy\" for classes, \"mse\" for numbers") }

    @FunctionBuilder static var all: [Function] {
        Function("nn.lr_find", "Finds a learning rate: trains for some batches while the rate rises until the loss explodes, and suggests the rate where it falls fastest; then puts everything back.",
            Param("model", Module.self), Param("data", AnyDataset.self, "data set of inputs and targets"), loss,
            Param("optimizer", OptimizerChoice?.self, "that of the last fit when left out, else \"adam\""), Param("start_lr", Double.self, default: 1e-6, "the first rate"), Param("end_lr", Double.self, default: 10, "the last rate"),
            Param("num_steps", Int.self, default: 100, "batches at most"), Param("batch_size", Int.self, default: 32),
            returns: "a sweep that prints itself, with suggestion, lrs and losses", example: setting + "local sweep = nn.lr_find(model, set)\nprint(sweep.suggestion, #sweep.lrs == #sweep.losses)", see: ["nn.check"]
        ) { (call: Call, model: Module, set: AnyDataset, loss: LossChoice?, optimizer: OptimizerChoice?, start: Double, end: Double, steps: Int, batchSize: Int) in
            let last = LastFit.of(call)
            let chosen = try optimizer?.optimizer(for: model, after: nil) ?? last?.trainer.optimizer ?? Optimizer.named("adam", model.parameters)
            return SweepView(try model.sweepRates(set.dataset, loss: judge(loss, last, set.dataset), optimizer: chosen, from: start, to: end, steps: steps, batchSize: batchSize), optimizer: type(of: chosen).name)
        }
        Function("nn.check", "Tries a model on one batch before training: shapes, the loss at the start against ln C, whether the batch can be learnt by heart, and the usual mistakes; then puts everything back.",
            Param("model", Module.self), Param("data", AnyDataset.self, "data set of inputs and targets"), loss, Param("batch_size", Int.self, default: 32), Param("steps", Int.self, default: 200, "updates to learn the batch by heart, at most"),
            returns: "a report that prints itself", example: setting + "print(nn.check(model, set).ok)", see: ["nn.health", "nn.lr_find"]
        ) { (call: Call, model: Module, set: AnyDataset, loss: LossChoice?, batchSize: Int, steps: Int) in
            CheckView(try model.tryOut(
                on: set.dataset, loss: judge(loss, LastFit.of(call), set.dataset), batchSize: batchSize, maxSteps: steps,
                describe: { ($0 as? TensorError)?.message(base: 1) ?? ($0 as? LayerInputError)?.description ?? ($0 as? any LuaDescribableError)?.luaMessage ?? "\($0)" },
                code: { ModelCheck.code(of: ($0 as? LuaError)?.underlying ?? $0) }))
        }
        Function("nn.health", "Looks inside a model: statistics of each layer's outputs, weights, gradients and updates, and what looks wrong. Runs a batch of the data, or of the last fit's; without either, reads weights and the gradients there are.",
            Param("model", Module.self), Param("data", AnyDataset?.self, "data set of inputs and targets; that of the last fit when left out"), loss, Param("batch_size", Int.self, default: 256),
            returns: "a report that prints itself", example: setting + "print(nn.health(model, set).layers[2].dead)", see: ["nn.check"]
        ) { (call: Call, model: Module, set: AnyDataset?, loss: LossChoice?, batchSize: Int) -> HealthView in
            let last = LastFit.of(call)
            guard let set = set?.dataset ?? last?.dataset else { return HealthView(try model.health()) }
            return HealthView(try model.health(on: set, loss: judge(loss, last, set), optimizer: last?.trainer.optimizer, batchSize: batchSize))
        }
    }

    /// The loss to judge by.
    private static func judge(_ choice: LossChoice?, _ last: LastFit?, _ set: any Dataset) throws -> Loss {
        if let choice { return try LabelledLoss(choice.loss()) }
        if let last { return last.trainer.loss }
        guard set.count > 0, let target = try set.get(0).last else { throw LearningError.argument("dataset", "the set is empty") }
        return try LabelledLoss(Loss.named(set.classes != nil || !target.dtype.isFloatingPoint ? "cross_entropy" : "mse"))
    }

    static func text(_ findings: [Finding]) -> [String] { findings.map { "! " + ($0.code.map { "\($0): " } ?? "") + $0.text } }
}

/// What lr_find found.
final class SweepView: LuaObject {
    let sweep: RateSweep
    private let optimizer: String
    init(_ sweep: RateSweep, optimizer: String) { (self.sweep, self.optimizer) = (sweep, optimizer) }

    static var declaration: Class {
        Class(SweepView.self, "nn.RateSweep", "How the loss went while the learning rate rose.", noun: "sweep", example: "help(nn.lr_find)", members: {
            Property("suggestion", "The rate at which the loss falls fastest; nil when it never does.", of: SweepView.self) { $0.sweep.suggestion }
            Property("lowest", "The rate with the lowest loss.", of: SweepView.self) { $0.sweep.lowest }
            Property("diverged", "Whether the loss exploded before the last rate.", of: SweepView.self) { $0.sweep.diverged }
            Property("lrs", "The rates.", of: SweepView.self) { $0.sweep.rates }
            Property("losses", "The loss at each rate, smoothed.", of: SweepView.self) { $0.sweep.losses }
            SweepView.plot
            Function(raw: "__tostring", "The losses as a chart of bars, and the suggestion.", Param("self", SweepView.self), results: [.string]) { call in
                call.push(try SweepView.read(call, at: 1).text)
                return 1
            }
        })
    }

    /// A rate with two significant digits.
    private static func rate(_ value: Double) -> String {
        guard value > 0, value.isFinite else { return "0" }
        let unit = pow(10, log10(value).rounded(.down) - 1)
        return String(Float((value / unit).rounded() * unit))
    }

    private var text: String {
        let (rates, losses) = (sweep.rates, sweep.losses)
        var rows = [["lr", "loss", ""]]
        let low = losses.min() ?? 0, top = max(losses.prefix(1).first ?? 1, low) * 1.2, count = min(16, rates.count)
        for row in 0..<count {
            let i = count == 1 ? 0 : row * (rates.count - 1) / (count - 1)
            let share = top > low ? min(max((losses[i] - low) / (top - low), 0), 1) : 0
            rows.append([SweepView.rate(rates[i]), TextTable.number(losses[i]), String(repeating: "#", count: Int(share * 40))])
        }
        let table = TextTable(rows) { $0 < 2 }.text
        guard let suggestion = sweep.suggestion, let lowest = sweep.lowest else {
            return table + "\nThe loss never falls: no rate to suggest. nn.check(model, data) looks for the reason."
        }
        return table + "\nsuggested lr for \(optimizer): \(SweepView.rate(suggestion)) (the loss falls fastest there; it is lowest at \(SweepView.rate(lowest))"
            + (sweep.diverged ? " and explodes after \(SweepView.rate(rates.last ?? lowest)))" : ")")
    }
}

/// What check found.
final class CheckView: LuaObject {
    let check: ModelCheck
    init(_ check: ModelCheck) { self.check = check }

    static var declaration: Class {
        Class(CheckView.self, "nn.Check", "What trying a model on one batch showed.", noun: "check", example: "help(nn.check)", members: {
            Property("ok", "Whether nothing was found.", of: CheckView.self) { $0.check.isFine }
            Property("input_shape", "Shape of the batch's first input.", of: CheckView.self) { $0.check.inputShapes.first }
            Property("target_shape", "Shape of the batch's target.", of: CheckView.self) { $0.check.targetShape }
            Property("output_shape", "Shape of the output; nil when the model raised an error.", of: CheckView.self) { $0.check.outputShape }
            Property("initial_loss", "The loss before any training.", of: CheckView.self) { $0.check.initialLoss }
            Property("expected_loss", "The loss of knowing nothing: ln C for C classes.", of: CheckView.self) { $0.check.expectedLoss }
            Property("final_loss", "The loss after training on that batch alone.", of: CheckView.self) { $0.check.finalLoss }
            Property("steps", "How many updates that took.", of: CheckView.self) { $0.check.steps }
            Property("findings", "What was found: one text each, with its code.", of: CheckView.self) { view in view.check.findings.map { ($0.code.map { "\($0): " } ?? "") + $0.text } }
            Property("codes", "Codes of the mistakes that were looked for.", of: CheckView.self) { _ in ModelCheck.codes }
            Function(raw: "__tostring", "The report.", Param("self", CheckView.self), results: [.string]) { call in
                call.push(try CheckView.read(call, at: 1).text)
                return 1
            }
        })
    }

    private var text: String {
        var lines = ["shapes   " + check.inputShapes.map(describe).joined(separator: ", ") + " → " + (check.outputShape.map(describe) ?? "an error") + ", target " + describe(check.targetShape)]
        if let start = check.initialLoss {
            lines.append("loss     \(TextTable.number(start)) at the start" + (check.expectedLoss.map { "; knowing nothing gives \(TextTable.number($0))" } ?? ""))
        }
        if let end = check.finalLoss { lines.append("by heart \(TextTable.number(check.initialLoss ?? .nan)) → \(TextTable.number(end)) in \(check.steps) steps on this batch alone") }
        lines += DiagnosisFunctions.text(check.findings)
        lines.append((check.isFine ? "nothing found; " : "") + "looked for " + ModelCheck.codes.joined(separator: " "))
        return lines.joined(separator: "\n")
    }
}

/// What health found.
final class HealthView: LuaObject {
    let health: ModelHealth
    init(_ health: ModelHealth) { self.health = health }

    static var declaration: Class {
        Class(HealthView.self, "nn.Health", "What goes on inside a model.", noun: "health report", example: "help(nn.health)", members: {
            Property("ok", "Whether nothing looks wrong.", of: HealthView.self) { $0.health.findings.isEmpty }
            Property("examples", "How many examples went through the model.", of: HealthView.self) { $0.health.examples }
            Property("loss", "Their loss; nil without data.", of: HealthView.self) { $0.health.loss }
            Property("layers", "For each layer its name and kind, and of its outputs, weights and gradients mean, std, dead, saturated, weight_std, grad_std, grad_ratio, update_ratio, where they are known.", of: HealthView.self) { view in
                view.health.layers.map(LayerFields.init)
            }
            Property("findings", "What looks wrong: one text each, with its code.", of: HealthView.self) { view in view.health.findings.map { ($0.code.map { "\($0): " } ?? "") + $0.text } }
            Property("codes", "Codes of the mistakes that were looked for.", of: HealthView.self) { _ in ModelHealth.codes }
            Function(raw: "__tostring", "The report.", Param("self", HealthView.self), results: [.string]) { call in
                call.push(try HealthView.read(call, at: 1).text)
                return 1
            }
        })
    }

    private var text: String {
        let named = health.layers.map { (layer: $0, fields: LayerFields.numbers($0)) }
        // Columns that no layer fills are left out.
        let columns = LayerFields.names.filter { name in named.contains { $0.fields[name] != nil } }
        var rows = [["layer"] + columns]
        for (layer, fields) in named {
            rows.append(["\(layer.name) \(layer.kind)"] + columns.map { name in
                fields[name].map { name == "dead" || name == "saturated" ? "\(Int(($0 * 100).rounded())) %" : TextTable.number($0) } ?? ""
            })
        }
        var lines = [TextTable(rows) { $0 > 0 }.text]
        lines.append(health.examples > 0
            ? "\(health.examples) examples, loss \(TextTable.number(health.loss ?? .nan))"
            : "no data: weights and the gradients there are. nn.health(model, data) runs a batch.")
        lines += DiagnosisFunctions.text(health.findings)
        lines.append((health.findings.isEmpty ? "nothing looks wrong; " : "") + "looked for " + ModelHealth.codes.joined(separator: " "))
        return lines.joined(separator: "\n")
    }
}

/// A layer of a health report as a table.
private struct LayerFields: LuaResult {
    let layer: ModelHealth.Layer
    static var luaType: LuaType { .table }
    static let names = ["mean", "std", "dead", "saturated", "weight_std", "grad_std", "grad_ratio", "update_ratio"]

    static func numbers(_ layer: ModelHealth.Layer) -> [String: Double] {
        let values = [layer.mean, layer.std, layer.dead, layer.saturated, layer.weightStd, layer.gradientStd, layer.gradientRatio, layer.updateRatio]
        return Dictionary(zip(names, values).compactMap { name, value in value.map { (name, $0) } }) { a, _ in a }
    }

    func push(to call: Call) throws -> Int32 {
        let table = call.runtime.makeTable()
        table["name"] = .text(layer.name)
        table["kind"] = .text(layer.kind)
        for (name, value) in LayerFields.numbers(layer) { table[name] = .number(value) }
        call.push(.table(table))
        return 1
    }
}
