import Learning
import LuaKit
import Plotting
import Tensors

// What other modules' objects show of themselves.

extension FigureBox {
    /// Itself, shown or not.
    func shown(in runtime: Runtime, _ isShown: Bool) throws -> FigureBox {
        if isShown { try show(in: runtime) }
        return self
    }

    convenience init(confusion box: ConfusionBox, normalized: Bool = false) throws {
        var mark = try Plotting.ConfusionMatrix(box.grid, names: box.names)
        mark.normalized = normalized
        self.init(Figure(Panel([mark], xLabel: "predicted", yLabel: "true")))
    }

    /// A curve or a confusion matrix.
    convenience init(_ value: MeasureValue, named name: String) throws {
        switch value {
        case .confusion(let matrix): try self.init(confusion: ConfusionBox(matrix))
        case .roc, .precisionRecall, .calibration: self.init(Figure(try FigureBox.panel(of: value)))
        case .perClass(let values): self.init(Figure(Panel([try Bars(values)], title: name, xLabel: "class")))
        case .number, .report: throw LearningError.argument(name, "this is no curve: there is nothing to plot")
        }
    }

    private static func panel(of value: MeasureValue) throws -> Panel {
        var panel: Panel
        switch value {
        case .roc(let curve):
            panel = Panel([try Line(x: curve.falsePositiveRate, y: curve.truePositiveRate, name: "area \(TextTable.number(curve.area))"), Rule(.from(Point(0, 0), to: Point(1, 1)), name: "guessing")],
                title: "ROC curve", xLabel: "false positive rate", yLabel: "true positive rate")
        case .precisionRecall(let curve):
            // Precision holds from one threshold to the next: steps, as average precision counts them.
            var x: [Double] = [], y: [Double] = []
            for i in curve.recall.indices.reversed() {
                if let before = x.last, before != curve.recall[i] {
                    x.append(before)
                    y.append(curve.precision[i])
                }
                x.append(curve.recall[i])
                y.append(curve.precision[i])
            }
            panel = Panel([try Line(x: x, y: y)], title: "Precision and recall, average precision \(TextTable.number(curve.averagePrecision))", xLabel: "recall", yLabel: "precision")
        case .calibration(let curve):
            var line = try Line(x: curve.predicted, y: curve.observed, name: "model")
            line.markers = true
            panel = Panel([line, Rule(.from(Point(0, 0), to: Point(1, 1)), name: "calibrated")], title: "Calibration", xLabel: "mean predicted probability", yLabel: "share that came true")
        default: panel = Panel()
        }
        (panel.xLimits, panel.yLimits) = (Limits(0, 1), Limits(0, 1.02))
        panel.equalUnits = true
        return panel
    }
}

/// A curve, as Lua holds it beside its tensors.
final class CurveBox: LuaObject {
    private let value: MeasureValue
    init(_ value: MeasureValue) { self.value = value }

    static var declaration: Class {
        let example = "local fpr, tpr, thresholds, curve = metrics.roc_curve(tensor{0.1, 0.4, 0.35, 0.8}, tensor{1, 1, 2, 2})\n"
        return Class(CurveBox.self, "metrics.Curve", "A curve that plots itself; metrics.roc_curve and the like return it after their tensors.", noun: "curve", example: example + "curve:plot()", members: {
            Function("plot", "Shows the curve with its area beside what guessing gives.", Param("self", CurveBox.self), Param("show", Bool.self, default: true, "whether it is shown at once"), returns: "figure", example: example + "curve:plot()") { (call: Call, box: CurveBox, show: Bool) in
                try FigureBox(box.value, named: "curve").shown(in: call.runtime, show)
            }
            Function(raw: "__tostring", "What it is.", Param("self", CurveBox.self), results: [.string]) { call in
                switch try CurveBox.read(call, at: 1).value {
                case .roc(let curve): call.push("ROC curve of \(curve.thresholds.count) points, area \(TextTable.number(curve.area)); :plot() shows it")
                case .precisionRecall(let curve): call.push("precision-recall curve of \(curve.thresholds.count) points, average precision \(TextTable.number(curve.averagePrecision)); :plot() shows it")
                default: call.push("calibration curve; :plot() shows it")
                }
                return 1
            }
        })
    }
}

extension HistoryView {
    /// Loss, with that of validation, in one panel; each metric in one of its own.
    static var plot: Function {
        Function("plot", "Shows loss and metrics over epochs, training beside validation.", Param("self", HistoryView.self), Param("show", Bool.self, default: true, "whether it is shown at once"), returns: "figure",
            example: "local set = data.TensorDataset(tensor{{1}, {2}}, tensor{{2}, {4}})\nnn.Linear(1, 1):fit(set, {epochs=3, loss=\"mse\", verbose=false}):plot()", see: ["plot.line"]) { (call: Call, view: HistoryView, show: Bool) in
            let all = view.history.series.filter { $0.values.contains(where: \.isFinite) }
            let names = all.map(\.name).filter { !$0.hasPrefix("val_") } + all.map(\.name).filter { name in name.hasPrefix("val_") && !all.contains { "val_" + $0.name == name } }
            guard !names.isEmpty else { throw LearningError.argument("plot", "the history holds no epoch") }
            let columns = min(names.count, 2)
            let box = FigureBox(try Figure(rows: (names.count + columns - 1) / columns, columns: columns))
            for (i, name) in names.enumerated() {
                let parts = [(name, "training"), ("val_" + name, "validation")].compactMap { part in all.first { $0.name == part.0 }.map { (part.1, $0.values) } }
                box[i] = Panel(try parts.map { try Line($0.1, name: parts.count > 1 ? $0.0 : nil) }, title: name, xLabel: "epoch")
            }
            return try box.shown(in: call.runtime, show)
        }
    }
}

extension SweepView {
    static var plot: Function {
        Function("plot", "Shows the loss over the learning rate, with the suggestion marked.", Param("self", SweepView.self), Param("show", Bool.self, default: true, "whether it is shown at once"), returns: "figure",
            example: "local set = data.TensorDataset(tensor.randn(64, 2), tensor.randint(1, 2, {64}))\nnn.lr_find(nn.Linear(2, 2), set, {loss=\"cross_entropy\"}):plot()", see: ["nn.lr_find"]) { (call: Call, view: SweepView, show: Bool) in
            let sweep = view.sweep
            var marks: [any Mark] = [try Line(x: sweep.rates.map { Double($0) }, y: sweep.losses.map { Double($0) })]
            if let suggestion = sweep.suggestion { marks.append(Rule(.vertical(Double(suggestion)), name: "suggestion \(TextTable.number(Double(suggestion)))")) }
            var panel = Panel(marks, title: "Learning rates", xLabel: "learning rate", yLabel: "loss")
            panel.xScale = .log
            return try FigureBox(Figure(panel)).shown(in: call.runtime, show)
        }
    }
}

extension SchedulerFunctions {
    static var plot: Function {
        let made = "local opt = optim.SGD(nn.Linear(2, 1):parameters(), {lr=0.1})\nlocal s = optim.lr_scheduler.StepLR(opt, 10)\n"
        return Function("plot", "Shows the first group's rate over n steps; nothing changes.", Param("self", Scheduler.self), Param("n", StepCount.self, default: StepCount(100), "how many"), Param("show", Bool.self, default: true, "whether it is shown at once"), returns: "figure",
            example: made + "s:plot(30)", see: ["optim.lr_scheduler.Scheduler:preview"]) { (call: Call, s: Scheduler, n: StepCount, show: Bool) in
            guard (1...1_000_000).contains(n.count) else { throw LearningError.argument("plot", "n must be 1..1000000, got \(n.count)") }
            let first = s.count
            let line = try Line(s.preview(n.count), start: Double(first))
            return try FigureBox(Figure(Panel([line], title: s.name, xLabel: "step", yLabel: "learning rate"))).shown(in: call.runtime, show)
        }
    }
}

extension GraphView {
    static var plot: Function {
        Function("plot", "Shows the graph as boxes and arrows.", Param("self", GraphView.self), Param("show", Bool.self, default: true, "whether it is shown at once"), returns: "figure",
            example: "local x = tensor({2}, {requires_grad=true})\nautograd.graph(x * x):plot()", see: ["plot.graph"]) { (call: Call, view: GraphView, show: Bool) in
            try FigureBox(Figure(Panel([view.graph.mark()]))).shown(in: call.runtime, show)
        }
    }
}
