/// What can go wrong in a tensor operation.
///
/// Positions and dimensions are 0-based here; `message(base:)` renders them for a language that
/// counts from another number.
public enum TensorError: Error, Equatable {
    /// Shapes that do not fit together. `detail` says which sizes differ and why they must agree.
    case shapes(String, [[Int]], detail: String, hint: Hint? = nil)
    /// Element types that the operation does not take.
    case dtypes(String, [DType], expected: String, hint: Hint? = nil)
    /// A dimension that the tensor does not have.
    case dimension(String, Int, rank: Int)
    /// A position outside of a dimension.
    case index(String, Int, dimension: Int, shape: [Int])
    /// Any other argument that cannot be used; the text names it.
    case argument(String, String)
    /// A value in a tensor that cannot be used, such as a label out of range.
    case value(String, String)
    /// A prediction and a target that would be broadcast against each other.
    case pairs(String, String)
    /// A class label outside of 0..<classes, in a row of the targets. `smallest` and `largest` are
    /// those of all labels, which tell when all are shifted.
    case label(String, Int, row: Int, classes: Int, smallest: Int, largest: Int)
    /// Not enough memory; `bytes` is nil when the number of elements itself overflows.
    case outOfMemory(String, shape: [Int], bytes: Int?)
    /// `backward` from more than one number.
    case notOneNumber(String, [Int])
    /// Nothing that requires gradients was used to compute the tensor.
    case noGraph(String)
    /// The graph was freed by an earlier `backward`, at the position given.
    case graphFreed(String, freedAt: String?)
    /// A value needed for a gradient was changed in place afterwards.
    case changedInPlace(String, at: String?, changedAt: String?)
    /// A change in place that gradients forbid.
    case inPlace(String, String)
    /// A gradient rule broke the engine's rules: wrong number or shape of gradients.
    case rule(String, String)
    /// A matrix without an inverse, or a decomposition that did not converge.
    case singular(String, String)
    /// The user asked to stop.
    case interrupted
    /// A library underneath failed.
    case library(String, String)

    /// What to do about it, rendered in the words of the language in use.
    public enum Hint: Equatable, Sendable {
        /// The operand of that name fits when transposed.
        case transpose(String)
        /// Any other advice.
        case text(String)
    }

    /// The operation that failed, if one did.
    public var operation: String? {
        switch self {
        case .shapes(let name, _, _, _), .dtypes(let name, _, _, _), .dimension(let name, _, _),
            .index(let name, _, _, _), .argument(let name, _), .value(let name, _), .pairs(let name, _),
            .label(let name, _, _, _, _, _), .outOfMemory(let name, _, _), .notOneNumber(let name, _), .noGraph(let name),
            .graphFreed(let name, _), .changedInPlace(let name, _, _), .inPlace(let name, _),
            .rule(let name, _), .singular(let name, _), .library(let name, _):
            name
        case .interrupted: nil
        }
    }
}

extension TensorError: CustomStringConvertible {
    public var description: String { message(base: 0) }

    /// The message, with positions and dimensions counted from `base`.
    public func message(base: Int) -> String {
        switch self {
        case .shapes(let name, let shapes, let detail, let hint):
            let list = shapes.map(describe).joined(separator: ["matmul", "mm", "bmm", "mv", "dot"].contains(name) ? " × " : " and ")
            return "\(name): \(list): \(detail)" + render(hint)
        case .dtypes(let name, let types, let expected, let hint):
            let list = types.map(\.name).joined(separator: " and ")
            return "\(name): \(expected), got \(list)" + render(hint)
        case .dimension(let name, let dimension, let rank):
            if rank == 0 { return "\(name): dimension \(dimension + base): the tensor is a single number, it has no dimensions" }
            return "\(name): dimension \(dimension >= 0 ? dimension + base : dimension) does not exist: "
                + "the tensor has \(rank) dimension\(rank == 1 ? "" : "s") (\(base)..\(rank - 1 + base) or -\(rank)..-1)"
        case .index(let name, let index, let dimension, let shape):
            let size = dimension < shape.count ? shape[dimension] : 0
            let shown = index >= 0 ? index + base : index
            let range = size == 0 ? "it is empty" : "valid: \(base)..\(size - 1 + base) or -\(size)..-1"
            return "\(name): position \(shown) is outside dimension \(dimension + base) of \(describe(shape)) (\(range))"
        case .argument(let name, let text), .value(let name, let text), .pairs(let name, let text), .inPlace(let name, let text),
            .rule(let name, let text), .singular(let name, let text), .library(let name, let text):
            return "\(name): \(text)"
        case .label(let name, let label, let row, let classes, let smallest, let largest):
            // Embeddings look up rows of a table by id.
            let (word, noun) = name.hasPrefix("embedding") ? ("id", classes == 1 ? "row" : "rows") : ("label", classes == 1 ? "class" : "classes")
            return "\(name): \(word) \(label &+ base) in row \(row + base) is outside \(base)..\(classes - 1 + base) (\(classes) \(noun))"
                + TensorError.shiftAdvice(word: word, classes: classes, smallest: smallest, largest: largest, base: base)
        case .outOfMemory(let name, let shape, let bytes):
            let size = bytes.map { " needs " + TensorError.bytes($0) } ?? " has too many elements"
            return "\(name): not enough memory: \(describe(shape))\(size)"
        case .notOneNumber(let name, let shape):
            return "\(name)() starts from one number; this is \(describe(shape)). Try loss:mean()."
        case .noGraph(let name):
            return "\(name): the value depends on no tensor that requires gradients: "
                + "nothing was marked with requires_grad, or the path was cut (item, detach, no_grad)"
        case .graphFreed(let name, let position):
            let place = position.map { " at \($0)" } ?? ""
            return "\(name): this graph was freed by backward()\(place). Compute the loss again, or pass {retain_graph=true}."
        case .changedInPlace(let name, let position, let change):
            let place = position.map { " at \($0)" } ?? ""
            let changed = change.map { " at \($0)" } ?? ""
            return "backward: \(name)\(place) needs a value for its gradient that was changed in place\(changed). "
                + "Change a copy instead (x:clone()), or use the form without underscore."
        case .interrupted:
            return "interrupted"
        }
    }

    private func render(_ hint: Hint?) -> String {
        switch hint {
        case nil: ""
        case .transpose(let name): ". Did you mean \(name):t()?"
        case .text(let text): ". " + text
        }
    }

    /// The line that fixes labels that are all shifted by one.
    private static func shiftAdvice(word: String, classes: Int, smallest: Int, largest: Int, base: Int) -> String {
        if smallest == -1, largest < classes - 1, smallest < largest {
            return ". All \(word)s lie in \(smallest + base)..\(largest + base), shifted by one: use y + 1"
        }
        if smallest >= 1, largest == classes, smallest < largest {
            return ". All \(word)s lie in \(smallest + base)..\(largest + base), shifted by one: use y - 1"
        }
        return ""
    }

    static func bytes(_ count: Int) -> String {
        let units = ["bytes", "KB", "MB", "GB", "TB", "PB", "EB"]
        var value = Double(count), unit = 0
        while value >= 1000, unit < units.count - 1 { value /= 1000; unit += 1 }
        let tenths = Int((value * 10).rounded())
        return unit == 0 ? "\(count) bytes" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
