import Learning
import LuaKit
import Tensors

/// A metric, as Lua and `fit` hold it: class labels are counted from 1.
final class MetricBox: LuaObject, Metric {
    private let measure: Measure
    private let labels: MetricLabels

    init(_ measure: Measure, _ labels: MetricLabels) {
        self.measure = measure
        self.labels = labels
    }

    var name: String { measure.name }
    var luaBrief: String { "the metric \(name)" }

    func reset() { measure.reset() }
    func compute() throws -> Double { try measure.compute() }

    func update(_ prediction: Tensor, _ target: Tensor) throws {
        let (prediction, target) = try labels.countedFromZero(prediction, target, name)
        try measure.update(prediction, target)
    }

    func result() throws -> MetricResult { MetricResult(value: try measure.result()) }

    func result(of predictions: Tensor, _ targets: Tensor) throws -> MetricResult {
        let (predictions, targets) = try labels.countedFromZero(predictions, targets, name)
        return MetricResult(value: try measure.result(of: predictions, targets))
    }

    /// A metric by the name that `fit` takes.
    static func named(_ name: String) throws -> MetricBox {
        let kinds = MetricKind.all
        if let kind = kinds.first(where: { $0.name == name }) { return try kind.standard() }
        let names = kinds.map(\.name)
        let near = (MetricFunctions.foreignNames[name] ?? nearest(to: name, in: names)).map { ". Did you mean \"\($0)\"?" } ?? "; there are " + names.map { "\"\($0)\"" }.joined(separator: ", ")
        throw LearningError.argument("metrics", "there is no metric named \"\(name)\"\(near)")
    }

    static var declaration: Class {
        let example = "local metric = metrics.Accuracy()\nmetric:update(tensor{1, 2}, tensor{1, 1})\nmetric:update(tensor{2}, tensor{2})\nprint(metric:compute())\nmetric:reset()"
        return Class(MetricBox.self, "metrics.Metric", "A measure that is fed batches of predictions and targets.", noun: "metric", example: example, members: {
            Property("name", "The name under which fit lists it.", of: MetricBox.self) { $0.name }
            Function("update", "Adds a batch.", Param("self", MetricBox.self), Param("predictions", Tensor.self), Param("targets", Tensor.self), example: example) { (metric: MetricBox, p: Tensor, t: Tensor) -> Void in
                try metric.update(p, t)
            }
            Function("compute", "The value over all batches since the last reset.", Param("self", MetricBox.self), returns: "what the function of the same name returns", example: example) { (metric: MetricBox) in try metric.result() }
            Function("plot", "Shows what a curve or a confusion matrix gives over all batches as a figure.", Param("self", MetricBox.self), Param("show", Bool.self, default: true, "whether it is shown at once"), returns: "figure",
                example: "local metric = metrics.ROCCurve()\nmetric:update(tensor{0.1, 0.4, 0.35, 0.8}, tensor{1, 1, 2, 2})\nmetric:plot()") { (call: Call, metric: MetricBox, show: Bool) in
                try FigureBox(metric.result().value, named: metric.name).shown(in: call.runtime, show)
            }
            Function("reset", "Forgets all batches.", Param("self", MetricBox.self), example: example) { (metric: MetricBox) -> Void in metric.reset() }
        })
    }
}

/// A metric for `fit`: an object or a name.
struct MetricChoice: LuaArgument {
    let metric: MetricBox

    static var luaType: LuaType { LuaType("metric", phrase: "a metric or its name", annotation: "metrics.Metric|string") }

    static func read(_ call: Call, at index: Int32) throws -> MetricChoice {
        if let metric = call.object(at: index, as: MetricBox.self) { return MetricChoice(metric: metric) }
        if let name = call.text(at: index) { return MetricChoice(metric: try MetricBox.named(name)) }
        throw call.mismatch(luaType, at: index)
    }

    static func literal(_ value: MetricChoice) -> String { "\"\(value.metric.name)\"" }
}

/// What a metric says, as Lua gets it: a number, a tensor with one for each class, the tensors of a
/// curve, or a table that prints.
struct MetricResult: LuaResult {
    let value: MeasureValue

    static var luaType: LuaType { LuaType("number|tensor", phrase: "a value", annotation: "any") }

    func push(to call: Call) throws -> Int32 {
        func tensors(_ lists: [Double]...) throws -> Int32 {
            for list in lists { call.push(new: try Tensor(list)) }
            return Int32(lists.count)
        }
        switch value {
        case .number(let number): return number.push(to: call)
        case .perClass(let numbers): return try tensors(numbers)
        case .confusion(let matrix): return ConfusionBox(matrix).push(to: call)
        case .report(let report): return ReportBox(report).push(to: call)
        case .roc(let curve): return try tensors(curve.falsePositiveRate, curve.truePositiveRate, curve.thresholds) + CurveBox(value).push(to: call)
        case .precisionRecall(let curve): return try tensors(curve.precision, curve.recall, curve.thresholds) + CurveBox(value).push(to: call)
        case .calibration(let curve): return try tensors(curve.observed, curve.predicted) + CurveBox(value).push(to: call)
        }
    }
}
