import Learning
import LuaKit
import Tensors

extension Bindings {
    /// The module `metrics`.
    static var metrics: Namespace {
        Namespace("metrics", "Measures of predictions; predictions first, targets second.") {
            Function("metrics.accuracy", "Share of predictions that are right.", Param("predictions", Tensor.self, "classes [N], or scores [N, C] of which the highest counts"), Param("targets", Tensor.self, shape: "[N]", "classes 1..C"),
                returns: "number", example: "print(metrics.accuracy(tensor{{0.9, 0.1}, {0.2, 0.8}}, tensor{1, 1}))") { (predictions: Tensor, targets: Tensor) in
                let (predictions, targets) = try LuaMetric.countedFromZero(predictions, targets)
                return try accuracy(predictions, targets)
            }
        }
    }
}

/// A metric whose class labels are counted from 1.
final class LuaMetric: Metric {
    private let inner: any Metric
    init(_ inner: any Metric) { self.inner = inner }

    var name: String { inner.name }
    func reset() { inner.reset() }
    func compute() throws -> Double { try inner.compute() }

    func update(_ prediction: Tensor, _ target: Tensor) throws {
        let (prediction, target) = try LuaMetric.countedFromZero(prediction, target)
        try inner.update(prediction, target)
    }

    /// Labels beside scores, counted from 0; labels beside labels may count as they like.
    static func countedFromZero(_ prediction: Tensor, _ target: Tensor) throws -> (Tensor, Tensor) {
        guard prediction.rank > target.rank else { return (prediction, target) }
        do { return (prediction, try target.labelsFromZero()) } catch let mismatch as Mismatch {
            throw TensorError.value("accuracy", "the targets " + mismatch.problem)
        }
    }

    /// A metric by the name that `fit` takes.
    static func named(_ name: String) throws -> LuaMetric {
        switch name {
        case "accuracy": return LuaMetric(Accuracy())
        default:
            let near = nearest(to: name, in: ["accuracy"]).map { ". Did you mean \"\($0)\"?" } ?? "; there is \"accuracy\""
            throw LearningError.argument("metrics", "there is no metric named \"\(name)\"\(near)")
        }
    }
}
