import CKernels
import Tensors

/// A measure of predictions that is gathered batch by batch.
public protocol Metric: AnyObject {
    /// The name under which it appears in the history.
    var name: String { get }
    func reset()
    func update(_ prediction: Tensor, _ target: Tensor) throws
    func compute() throws -> Double
}

/// The share of predictions that are right.
public final class Accuracy: Metric {
    public let name = "accuracy"
    private var right = 0
    private var total = 0

    public init() {}

    public func reset() { (right, total) = (0, 0) }

    public func update(_ prediction: Tensor, _ target: Tensor) throws {
        let counts = try countRight(prediction, target)
        right += counts.right
        total += counts.total
    }

    /// NaN before the first update.
    public func compute() -> Double { Double(right) / Double(total) }
}

/// The share of predictions that are right.
///
/// - Parameters:
///   - prediction: classes [N], or scores [N, C] of which the highest counts (the first of equals).
///   - target: classes 0..<C, [N].
public func accuracy(_ prediction: Tensor, _ target: Tensor) throws -> Double {
    let counts = try countRight(prediction, target)
    return Double(counts.right) / Double(counts.total)
}

/// What accuracy has learnt from batches.
struct RightCounts: MeasureState {
    private(set) var right = 0
    private(set) var total = 0

    var isEmpty: Bool { total == 0 }

    mutating func update(_ predictions: Tensor, _ targets: Tensor, _ operation: String) throws {
        let counts = try countRight(predictions, targets)
        right += counts.right
        total += counts.total
    }
}

private func countRight(_ prediction: Tensor, _ target: Tensor) throws -> (right: Int, total: Int) {
    let name = "accuracy", prediction = prediction.detach()
    if prediction.rank == target.rank + 1, prediction.rank >= 2 {
        var rows = prediction.shape
        let classes = rows.remove(at: 1)
        if rows == target.shape, classes > 0 {
            let labels = try target.labels(name, classes: classes, ignoreIndex: .min)
            return try count(prediction.argmax(dim: 1), labels)
        }
    }
    guard prediction.shape == target.shape else {
        throw TensorError.shapes(name, [prediction.shape, target.shape], detail: "predictions must be classes of the "
            + "targets' shape or scores with one more dimension for the classes")
    }
    return try count(prediction.wholeNumbers(name, "classes"), target.wholeNumbers(name, "classes"))
}

private func count(_ a: Tensor, _ b: Tensor) throws -> (right: Int, total: Int) {
    let a = try a.contiguous(), b = try b.contiguous()
    let right = try a.withElements(Int64.self) { x in
        try b.withElements(Int64.self) { y in
            var right = 0
            for i in 0..<x.count where x[i] == y[i] { right += 1 }
            return right
        }
    }
    return (right, a.count)
}
