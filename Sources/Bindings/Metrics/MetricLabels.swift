import Learning
import LuaKit
import Tensors

/// Which of a metric's inputs are class labels, counted from 1 in Lua.
enum MetricLabels {
    /// Predictions and targets; predictions may be scores with a column for each class.
    case classes
    /// As `classes`, with scores that have one dimension more than the targets.
    case anyShape
    /// Targets only.
    case targets
    /// Nothing: both are values.
    case none

    /// Predictions and targets with labels counted from 0.
    ///
    /// - Throws: for labels below 1, naming `metric` and the first row.
    func countedFromZero(_ predictions: Tensor, _ targets: Tensor, _ metric: String) throws -> (Tensor, Tensor) {
        switch self {
        case .none: return (predictions, targets)
        case .targets: return (predictions, try MetricLabels.shifted(targets, metric))
        case .anyShape:
            return (predictions.rank > targets.rank ? predictions : try MetricLabels.shifted(predictions, metric), try MetricLabels.shifted(targets, metric))
        case .classes:
            let areScores = predictions.rank > 2 || (predictions.rank == 2 && predictions.shape[1] != 1)
            return (areScores ? predictions : try MetricLabels.shifted(predictions, metric), try MetricLabels.shifted(targets, metric))
        }
    }

    /// Labels counted from 0. False and true are the first and the second class; what holds no whole
    /// numbers is left for the metric to refuse.
    private static func shifted(_ labels: Tensor, _ metric: String) throws -> Tensor {
        let labels = labels.detach()
        if labels.dtype == .bool { return labels }
        if labels.dtype.isFloatingPoint {
            let values = try labels.to(.float64).clone().contiguous()
            let areWhole = try values.withElements(Double.self) { $0.allSatisfy { $0 == $0.rounded() && $0.magnitude < 0x1p53 } }
            guard areWhole else { return labels }
        }
        let shifted = try labels.to(.int64).add(-1).contiguous()
        try shifted.withElements(Int64.self) { elements in
            guard let smallest = elements.min(), smallest < 0, let largest = elements.max(), let row = elements.firstIndex(where: { $0 < 0 }) else { return }
            throw TensorError.label(metric, Int(elements[row]), row: row, classes: max(Int(largest), 0) + 2, smallest: Int(smallest), largest: Int(largest))
        }
        return shifted
    }
}

/// A class label of Lua's, counted from 0 here.
struct ClassLabel: LuaArgument {
    let index: Int

    static var luaType: LuaType { LuaType("integer", phrase: "a class label (1, 2, …)") }

    static func read(_ call: Call, at index: Int32) throws -> ClassLabel { ClassLabel(index: try Int.read(call, at: index) &- 1) }

    static func literal(_ value: ClassLabel) -> String { String(value.index &+ 1) }
}

/// The classes to look at: labels, or the names of all classes in order.
struct ClassList: LuaArgument {
    /// Counted from 0.
    let labels: [Int]
    /// `names[i]` is that of class i.
    let names: [String]?

    static var luaType: LuaType { LuaType("classes", phrase: "a table of labels, or of the names of all classes", annotation: "integer[]|string[]") }
    static var tables: TableUse { .elements }

    static func read(_ call: Call, at index: Int32) throws -> ClassList {
        guard case .table(let table) = call.value(at: index) else { throw call.mismatch(luaType, at: index) }
        let elements = table.elements
        if elements.isEmpty { throw Mismatch("must name at least one class") }
        let names = elements.compactMap(\.text)
        if names.count == elements.count { return ClassList(labels: Array(names.indices), names: names) }
        let labels = elements.compactMap(\.int)
        guard labels.count == elements.count else { throw Mismatch("must hold labels (integers), or the names of all classes in order") }
        guard Set(labels).count == labels.count else { throw Mismatch("names a class twice") }
        return ClassList(labels: labels.map { $0 &- 1 }, names: nil)
    }
}
