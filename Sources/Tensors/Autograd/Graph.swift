import CKernels

/// The recorded computation of a tensor, for looking at.
public struct Graph {
    private let root: Node
    /// Operations shown before the rest is only counted.
    private static let limit = 200

    /// - Throws: when the tensor was not computed from anything that requires gradients.
    public init(of tensor: Tensor) throws(TensorError) {
        guard let node = tensor.currentNode else { throw .noGraph("graph") }
        root = node
    }

    /// A tree, one operation a line: name, shape, and value and gradient where they are one number.
    ///
    ///     mul  []  -8 | grad 1
    ///     ├─ add  []  4 | grad -2
    public var text: String {
        var lines: [String] = [], seen = Set<ObjectIdentifier>(), omitted = 0
        var stack: [(node: Node, stem: String, branch: String)] = [(root, "", "")]
        while let (node, stem, branch) = stack.popLast() {
            let isRepeated = !seen.insert(ObjectIdentifier(node)).inserted
            if lines.count >= Graph.limit { omitted += isRepeated ? 0 : 1; continue }
            lines.append(stem + branch + Graph.label(node) + (isRepeated && !(node is Leaf) ? "  (shown above)" : ""))
            if isRepeated { continue }
            let below = stem + (branch.isEmpty ? "" : branch == "└─ " ? "   " : "│  ")
            let inputs = node.edges.compactMap { $0?.node }
            for (i, input) in inputs.enumerated().reversed() {
                stack.append((input, below, i == inputs.count - 1 ? "└─ " : "├─ "))
            }
        }
        if omitted > 0 { lines.append("… and more: this graph has over \(Graph.limit) operations") }
        return lines.joined(separator: "\n")
    }

    /// An operation or leaf of a graph, for drawing.
    public struct Part {
        public let label: String
        public let isLeaf: Bool
        /// The numbers of the parts it was computed from.
        public let inputs: [Int]
    }

    /// All operations and leaves; the first is the result.
    public var parts: [Part] {
        var numbers: [ObjectIdentifier: Int] = [:], order: [Node] = [], stack = [root]
        while let node = stack.popLast() {
            guard numbers[ObjectIdentifier(node)] == nil else { continue }
            numbers[ObjectIdentifier(node)] = order.count
            order.append(node)
            for edge in node.edges.reversed() { if let edge { stack.append(edge.node) } }
        }
        return order.map { node in
            Part(label: Graph.label(node), isLeaf: node is Leaf, inputs: node.edges.compactMap { $0.flatMap { numbers[ObjectIdentifier($0.node)] } })
        }
    }

    /// The graph in Graphviz's language.
    public var dot: String {
        let parts = parts
        var lines = ["digraph {", "  rankdir=BT; node [shape=box, fontname=\"Helvetica\"];"]
        for (i, part) in parts.enumerated() {
            lines.append("  n\(i) [label=\"\(part.label)\"\(part.isLeaf ? ", style=filled, fillcolor=lightyellow" : "")];")
        }
        for (i, part) in parts.enumerated() {
            for input in part.inputs { lines.append("  n\(input) -> n\(i);") }
        }
        return (lines + ["}"]).joined(separator: "\n")
    }

    private static func label(_ node: Node) -> String {
        let shape = node.outputs.first.map { describe($0.layout.shape) } ?? ""
        var text = "\(node.name)  \(shape)"
        if let value = node.probe?.value { text += "  " + shortest(value) }
        let leafGradient = (node as? Leaf)?.gradient.flatMap(Node.Probe.init)
        if let gradient = (leafGradient ?? node.gradientProbe)?.value { text += " | grad " + shortest(gradient) }
        return text
    }

    /// A number without a needless fraction.
    static func shortest(_ value: Double) -> String {
        if value == value.rounded(), value.magnitude < 1e15 { return String(Int(value)) }
        return "\(Float(value))"
    }
}

extension Node.Probe {
    var value: Double {
        let address = storage.pointer + offset * dtype.size
        switch dtype {
        case .float32: return Double(address.load(as: Float.self))
        case .float64: return address.load(as: Double.self)
        default: return .nan
        }
    }
}
