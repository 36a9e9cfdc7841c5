import CKernels
import Glibc

/// The gradient rule of an operation: from the gradient of its result to those of its inputs, nil
/// for inputs that need none. Saved values come from the node; see `Node.saved(_:)`.
public typealias GradientRule = (Node, Tensor) throws -> [Tensor?]

/// The rule of an operation with several results; a gradient is nil when that result was not used.
public typealias MultiGradientRule = (Node, [Tensor?]) throws -> [Tensor?]

/// What an operation keeps for its gradient rule.
public enum SavedValue {
    case input(Int)
    case result(Int)
    /// Something else the rule needs, such as a mask or positions.
    case tensor(Tensor)

    static var result: SavedValue { .result(0) }
}

/// One recorded operation in the graph that `backward` walks, or a leaf that collects a gradient.
public class Node {
    /// The operation's name as users know it.
    public let name: String
    /// Creation order: every input's node has a smaller number.
    let sequence: Int
    /// Where the user's program called the operation.
    public let position: nj_position
    /// Where each input's gradient goes; nil for an input that needs none.
    public private(set) var edges: [Edge?]
    /// Shape and type of each result.
    let outputs: [Output]
    private var values: [Saved]
    private var rule: MultiGradientRule?
    /// Set when `backward` has freed the saved values.
    fileprivate(set) var freedAt: nj_position?
    /// Functions run on the gradient of a result before the rule sees it.
    var hooks: [GradientHook] = []
    /// The place of this node in the running backward pass.
    var slot = Slot.none
    /// The value of a one-number result, for printing the graph.
    var probe: Probe?
    /// The gradient of a one-number result, for printing the graph.
    var gradientProbe: Probe?

    /// A node's input: result `output` of `node`.
    public struct Edge {
        public let node: Node
        public let output: Int
    }

    struct Output {
        let layout: Layout
        let dtype: DType
    }

    fileprivate struct Saved {
        let tensor: Tensor
        let version: Int32
        /// Which of the node's own results this is: kept without history, as it would hold itself.
        let output: Int?
    }

    /// What a node held, on its way to being released.
    fileprivate struct Remains {
        let edges: [Edge?]
        let values: [Saved]
        let rule: MultiGradientRule?
    }

    init(name: String, edges: [Edge?], outputs: [Output], rule: MultiGradientRule?) {
        self.name = name
        self.edges = edges
        self.outputs = outputs
        self.rule = rule
        position = nj_current_position()
        sequence = Int(nj_next_number())
        values = []
    }

    deinit {
        if edges.isEmpty && values.isEmpty { return }
        let remains = Remains(edges: edges, values: values, rule: rule)
        // The graveyard must hold the last references: what is released here recurses.
        edges = []
        values = []
        rule = nil
        Graveyard.bury(remains)
    }

    /// Keeps tensors that the rule will need.
    ///
    /// `overwritten` is the input that the operation changed in place: asking for its old value
    /// is an error that says so.
    func save(_ kept: [SavedValue], inputs: [Tensor], results: [Tensor], overwritten: Tensor? = nil) {
        values.reserveCapacity(kept.count)
        for value in kept {
            switch value {
            case .input(let i) where inputs[i] === overwritten:
                values.append(Saved(tensor: inputs[i].detach(), version: inputs[i].storage.version - 1, output: nil))
            case .input(let i):
                values.append(Saved(tensor: inputs[i], version: inputs[i].storage.version, output: nil))
            case .result(let i):
                values.append(Saved(tensor: results[i].detach(), version: results[i].storage.version, output: i))
            case .tensor(let tensor):
                values.append(Saved(tensor: tensor, version: tensor.storage.version, output: nil))
            }
        }
    }

    /// The saved tensor at a position.
    ///
    /// - Throws: when the graph was freed or the tensor was changed in place since.
    public func saved(_ index: Int) throws(TensorError) -> Tensor {
        guard index < values.count else { throw .graphFreed(name, freedAt: freedAt?.description) }
        let value = values[index]
        guard value.version == value.tensor.storage.version else {
            throw .changedInPlace(
                name, at: position.description, changedAt: value.tensor.storage.lastChange.description)
        }
        guard let output = value.output, nj_gradient_mode() else { return value.tensor }
        let result = value.tensor.detach()
        result.node = self
        result.outputIndex = output
        return result
    }

    /// Whether the input at a position needs a gradient.
    public func needs(_ input: Int) -> Bool { edges[input] != nil }

    /// Whether the gradient being computed will itself be differentiated, so that the rule must
    /// use differentiable operations.
    public var isDifferentiatingTwice: Bool { nj_gradient_mode() }

    var isFreed: Bool { freedAt != nil }

    /// Runs the rule.
    func gradients(of gradients: [Tensor?]) throws -> [Tensor?] {
        guard let rule else { throw TensorError.graphFreed(name, freedAt: freedAt?.description) }
        return try rule(self, gradients)
    }

    /// Frees what the rule kept; the shape of the graph stays, for printing.
    func free(at position: nj_position) {
        guard rule != nil else { return }
        Graveyard.bury(Remains(edges: [], values: values, rule: rule))
        values = []
        rule = nil
        // They will not run again; what they hold may be tensors of this very graph.
        hooks = []
        freedAt = position
    }

    /// The part of a pass that concerns a node; kept here rather than in a dictionary for speed.
    struct Slot {
        var pass: Int
        var index: Int
        static let none = Slot(pass: 0, index: 0)
    }

    /// One number as it was when recorded.
    struct Probe {
        let storage: Storage
        let offset: Int
        let dtype: DType

        init?(_ tensor: Tensor) {
            guard tensor.count == 1 else { return nil }
            storage = tensor.storage
            offset = tensor.offset
            dtype = tensor.dtype
        }
    }
}

/// A tensor whose gradient is collected: a parameter or an input marked by the user.
public final class Leaf: Node {
    /// The gradient collected so far.
    var gradient: Tensor?
    /// How often a gradient was added in place to one that was there.
    var additions = 0

    init(layout: Layout, dtype: DType) {
        super.init(name: "leaf", edges: [], outputs: [Output(layout: layout, dtype: dtype)], rule: nil)
    }

    override var isFreed: Bool { false }
}

/// A function that sees, and may replace, the gradient of a tensor.
public final class GradientHook {
    let output: Int
    let body: (Tensor) throws -> Tensor?
    private weak var node: Node?
    /// Whether it only looks, at what all other hooks made of the gradient.
    private let comesLast: Bool

    /// Puts a hook on a node.
    init(on node: Node, output: Int, comesLast: Bool = false, body: @escaping (Tensor) throws -> Tensor?) {
        self.node = node
        self.output = output
        self.comesLast = comesLast
        self.body = body
        let end = comesLast ? nil : node.hooks.firstIndex(where: \.comesLast)
        node.hooks.insert(self, at: end ?? node.hooks.count)
    }

    /// Takes the hook off again.
    public func remove() { node?.hooks.removeAll { $0 === self } }
}

/// Releases long chains of nodes one after the other instead of recursively, which would overflow
/// the stack on deep graphs.
private final class Graveyard {
    private var remains: [Node.Remains] = []
    private var isEmptying = false

    static func bury(_ remains: consuming Node.Remains) {
        let graveyard = current
        graveyard.remains.append(remains)
        if graveyard.isEmptying { return }
        graveyard.isEmptying = true
        // Releasing what is taken out here may bury more.
        while let last = graveyard.remains.popLast() { withExtendedLifetime(last) {} }
        graveyard.isEmptying = false
    }

    /// This thread's graveyard; threads that end take theirs along.
    private static var current: Graveyard {
        if let raw = pthread_getspecific(key) {
            return Unmanaged<Graveyard>.fromOpaque(raw).takeUnretainedValue()
        }
        let graveyard = Graveyard()
        pthread_setspecific(key, Unmanaged.passRetained(graveyard).toOpaque())
        return graveyard
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key) { raw in
            if let raw { Unmanaged<Graveyard>.fromOpaque(raw).release() }
        }
        return key
    }()
}

extension nj_position {
    /// `file:line`, or nil when unknown.
    public var description: String? { file.map { "\(String(cString: $0)):\(line)" } }
}
