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

extension Leaf {
    /// A gradient at one moment, to tell later whether others were only added to it since.
    public struct Moment {
        weak var gradient: Tensor?
        let additions: Int
        let version: Int32

        /// Whether the tensor's gradient is this one with others added, and nothing else was done to it.
        public func isAddedTo(_ tensor: Tensor) -> Bool {
            guard let leaf = tensor.leaf, let gradient, leaf.gradient === gradient else { return false }
            let added = leaf.additions - additions
            return added > 0 && gradient.storage.version &- version == Int32(truncatingIfNeeded: added)
        }
    }

    public var moment: Moment? { gradient.map { Moment(gradient: $0, additions: additions, version: $0.storage.version) } }
}
