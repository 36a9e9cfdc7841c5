extension Tensor {
    /// The leaf that collects this tensor's gradient; nil for one that was computed or needs none.
    public var leaf: Leaf? { currentNode as? Leaf }

    /// The leaves that some results were computed from, without going behind the inputs; each once.
    public static func leaves(of results: [Tensor], behind inputs: [Tensor]) -> [Leaf] {
        var seen = Set(inputs.compactMap { $0.currentNode.map(ObjectIdentifier.init) })
        var leaves: [Leaf] = [], stack = results.compactMap(\.currentNode)
        while let node = stack.popLast() {
            guard seen.insert(ObjectIdentifier(node)).inserted else { continue }
            if let leaf = node as? Leaf { leaves.append(leaf) }
            for edge in node.edges { if let edge { stack.append(edge.node) } }
        }
        return leaves
    }
}

extension Leaf {
    /// The shape of the tensor it belongs to.
    public var shape: [Int] { outputs.first?.layout.shape ?? [] }
}
