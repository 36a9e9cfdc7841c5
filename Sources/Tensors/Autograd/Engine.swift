import CKernels

extension Tensor {
    /// Computes the gradient of this tensor with respect to every leaf it depends on, and adds it
    /// to each leaf's `grad`.
    ///
    /// - Parameters:
    ///   - gradient: the gradient of what comes after, of this tensor's shape; 1 when left out.
    ///   - retainGraph: keep what is needed to run again; defaults to `createGraph`.
    ///   - createGraph: record the computation of the gradients, so that they can be differentiated.
    /// - Throws: when this is not one number and no gradient is given, when nothing requires
    ///   gradients, when the graph was freed, or when a value needed was changed in place.
    public func backward(
        gradient: Tensor? = nil, retainGraph: Bool? = nil, createGraph: Bool = false
    ) throws {
        let start = try initialGradient(gradient, "backward")
        var pass = BackwardPass(retainsGraph: retainGraph ?? createGraph, createsGraph: createGraph)
        try pass.run(from: [(self, start)], capturing: nil)
    }

    /// The gradient a backward pass starts with: one, or what the caller gives.
    func initialGradient(_ given: Tensor?, _ operation: String) throws(TensorError) -> Tensor {
        guard requiresGrad else { throw .noGraph(operation) }
        guard let given else {
            guard count == 1 else { throw .notOneNumber(operation, shape) }
            return try Tensor.ones(shape, dtype)
        }
        guard given.shape == shape else {
            throw .shapes(operation, [given.shape, shape], detail: "the gradient must have the tensor's shape")
        }
        return given.dtype == dtype ? given : try given.to(dtype)
    }

    /// The gradients of the sum of `outputs` with respect to `inputs`, leaving every `grad` alone;
    /// nil for an input that the outputs do not depend on.
    public static func gradients(
        of outputs: [Tensor], withRespectTo inputs: [Tensor], startingFrom starts: [Tensor?]? = nil,
        retainGraph: Bool? = nil, createGraph: Bool = false
    ) throws -> [Tensor?] {
        var seeds: [(Tensor, Tensor)] = []
        for (i, output) in outputs.enumerated() {
            seeds.append((output, try output.initialGradient(starts?[i], "grad")))
        }
        var targets: [Node.Edge] = []
        for input in inputs {
            guard let edge = input.edge else { throw TensorError.noGraph("grad") }
            targets.append(edge)
        }
        var pass = BackwardPass(retainsGraph: retainGraph ?? createGraph, createsGraph: createGraph)
        return try pass.run(from: seeds, capturing: targets)
    }
}

/// One walk over the graph from results to leaves.
///
/// Nodes are visited in the reverse order of their creation, which is a topological order, since an
/// operation's inputs exist before it does.
struct BackwardPass {
    let retainsGraph: Bool
    let createsGraph: Bool
    private let number: Int
    private let position: nj_position
    private var visits: [Visit] = []
    private var queue = Heap()
    /// Nodes on a path to the captured inputs; nil when gradients go to all leaves.
    private var relevant: Set<ObjectIdentifier>?
    /// Nodes whose gradient is captured.
    private var capturedNodes: Set<ObjectIdentifier> = []
    /// Sees each node with the gradients of its results, and of its inputs as the rule gave them.
    var observer: ((Node, [Tensor?], [Tensor?]) -> Void)?

    private struct Visit {
        let node: Node
        /// What has arrived for each of the node's results.
        var gradients: [Tensor?]
        /// Whether a sum is this pass's own, so that it may be added to in place.
        var isOwn: Bool = false
        var previousSlot: Node.Slot
    }

    init(retainsGraph: Bool, createsGraph: Bool) {
        self.retainsGraph = retainsGraph
        self.createsGraph = createsGraph
        number = Int(nj_next_number())
        position = nj_current_position()
    }

    /// Runs the pass. With `targets`, returns their gradients and touches no leaf.
    @discardableResult
    mutating func run(from seeds: [(Tensor, Tensor)], capturing targets: [Node.Edge]?) throws -> [Tensor?] {
        let recording = nj_gradient_mode()
        nj_set_gradient_mode(createsGraph)
        defer {
            nj_set_gradient_mode(recording)
            leaveSlots()
        }
        if let targets {
            capturedNodes = Set(targets.map { ObjectIdentifier($0.node) })
            relevant = BackwardPass.nodesLeading(
                to: capturedNodes, noneBefore: targets.map(\.node.sequence).min() ?? 0,
                from: seeds.compactMap { $0.0.currentNode })
        }
        try begin(from: seeds)
        var captured = [Tensor?](repeating: nil, count: targets?.count ?? 0)
        while let index = queue.popLargest() {
            if nj_interrupted() { throw TensorError.interrupted }
            try visit(index, targets, &captured)
        }
        return captured
    }

    /// Queues what the pass starts with.
    mutating func begin(from seeds: [(Tensor, Tensor)]) throws {
        for (tensor, gradient) in seeds {
            if let edge = tensor.edge { try deliver(gradient, to: edge) }
        }
    }

    /// Visits one node of a pass to all leaves that was begun; false when none is left.
    mutating func step() throws -> Bool {
        guard let index = queue.popLargest() else { return false }
        var captured: [Tensor?] = []
        try visit(index, nil, &captured)
        return true
    }

    /// Gives the nodes back what another pass had noted there.
    func leaveSlots() {
        for visit in visits.reversed() { visit.node.slot = visit.previousSlot }
    }

    /// Notes this pass's places in the nodes again, after `leaveSlots`.
    mutating func enterSlots() {
        for i in visits.indices {
            visits[i].previousSlot = visits[i].node.slot
            visits[i].node.slot = Node.Slot(pass: number, index: i)
        }
    }

    private mutating func visit(_ index: Int, _ targets: [Node.Edge]?, _ captured: inout [Tensor?]) throws {
        let node = visits[index].node
        var gradients = visits[index].gradients
        visits[index].gradients = []
        for hook in node.hooks {
            if let gradient = gradients[hook.output], let replaced = try hook.body(gradient) {
                guard replaced.shape == gradient.shape else {
                    throw TensorError.rule("register_hook", "the hook returned \(describe(replaced.shape)) for a gradient of \(describe(gradient.shape))")
                }
                gradients[hook.output] = replaced
            }
        }
        if let targets, capturedNodes.contains(ObjectIdentifier(node)) {
            for (i, target) in targets.enumerated() where target.node === node { captured[i] = gradients[target.output] }
        }
        if let leaf = node as? Leaf {
            observer?(node, gradients, [])
            if targets == nil, gradients[0] != nil { try leaf.collect(&gradients[0], differentiably: createsGraph) }
            return
        }
        if gradients.count == 1, let gradient = gradients[0] { node.gradientProbe = Node.Probe(gradient) }
        if relevant != nil, !node.edges.contains(where: { $0.map(isRelevant) ?? false }) { return }
        let results = try withoutChecks { try node.gradients(of: gradients) }
        guard results.count == node.edges.count else {
            throw TensorError.rule(node.name, "the gradient rule returned \(results.count) gradients for \(node.edges.count) inputs")
        }
        observer?(node, gradients, results)
        gradients = []
        if !retainsGraph { node.free(at: position) }
        for (edge, gradient) in zip(node.edges, results) {
            guard let edge, isRelevant(edge), let gradient else { continue }
            if Autograd.detectsAnomalies { try gradient.checkFinite(node.name + " (gradient)", at: node.position) }
            try deliver(node.fitted(gradient, to: edge), to: edge)
        }
    }

    /// Runs a rule whose result is checked as a whole, under the operation's own name and line.
    private func withoutChecks<R>(_ rule: () throws -> R) rethrows -> R {
        guard Autograd.detectsAnomalies else { return try rule() }
        Autograd.detectsAnomalies = false
        defer { Autograd.detectsAnomalies = true }
        return try rule()
    }

    private func isRelevant(_ edge: Node.Edge) -> Bool {
        relevant?.contains(ObjectIdentifier(edge.node)) ?? true
    }

    /// Adds a gradient to what has arrived for a node's result, queueing the node the first time.
    private mutating func deliver(_ gradient: Tensor, to edge: Node.Edge) throws {
        let node = edge.node
        if node.slot.pass != number {
            visits.append(Visit(
                node: node, gradients: [Tensor?](repeating: nil, count: node.outputs.count), previousSlot: node.slot))
            node.slot = Node.Slot(pass: number, index: visits.count - 1)
            queue.push(key: node.sequence, value: visits.count - 1)
        }
        let index = node.slot.index
        guard let sum = visits[index].gradients[edge.output] else {
            visits[index].gradients[edge.output] = gradient
            return
        }
        if visits[index].isOwn, node.outputs.count == 1 {
            _ = try sum.add(gradient, inPlace: true)
        } else {
            visits[index].gradients[edge.output] = try sum.add(gradient)
            visits[index].isOwn = !createsGraph
        }
    }

    /// The nodes from which one of `targets` can be reached.
    private static func nodesLeading(
        to targets: Set<ObjectIdentifier>, noneBefore oldest: Int, from roots: [Node]
    ) -> Set<ObjectIdentifier> {
        var seen = Set<ObjectIdentifier>(), nodes: [Node] = [], stack = roots
        while let node = stack.popLast() {
            // Nodes older than every target cannot depend on one.
            guard node.sequence >= oldest, seen.insert(ObjectIdentifier(node)).inserted else { continue }
            nodes.append(node)
            for edge in node.edges { if let edge { stack.append(edge.node) } }
        }
        var leading = Set<ObjectIdentifier>()
        for node in nodes.sorted(by: { $0.sequence < $1.sequence }) {
            let id = ObjectIdentifier(node)
            let leads = node.edges.contains { $0.map { leading.contains(ObjectIdentifier($0.node)) } ?? false }
            if leads || targets.contains(id) { leading.insert(id) }
        }
        return leading
    }
}

extension Node {
    /// Makes a rule's gradient fit the input it belongs to: summed down to the shape before
    /// broadcasting, in the input's type.
    fileprivate func fitted(_ gradient: Tensor, to edge: Edge) throws(TensorError) -> Tensor {
        let expected = edge.node.outputs[edge.output]
        var result = gradient
        if result.layout !== expected.layout, result.shape != expected.layout.shape {
            guard let reduced = try result.summed(to: expected.layout.shape) else {
                throw .rule(name, "the gradient rule returned \(describe(gradient.shape)) for an input of \(describe(expected.layout.shape))")
            }
            result = reduced
        }
        return result.dtype == expected.dtype ? result : try result.to(expected.dtype)
    }
}

extension Leaf {
    /// Adds a gradient to the one collected so far. Takes it over when nobody else holds it.
    fileprivate func collect(_ gradient: inout Tensor?, differentiably: Bool) throws(TensorError) {
        let isUnique = isKnownUniquelyReferenced(&gradient)
        guard let arrived = gradient else { return }
        if let sum = self.gradient {
            if differentiably || sum.requiresGrad {
                self.gradient = try sum.add(arrived)
            } else {
                _ = try sum.add(arrived, inPlace: true)
                additions &+= 1
            }
            return
        }
        let wanted = outputs[0].layout.densest
        if differentiably || (isUnique && arrived.layout == wanted && isKnownUniquelyReferenced(&arrived.storage)) {
            self.gradient = arrived
        } else {
            self.gradient = try arrived.denseCopy(wanted)
        }
    }
}

/// The nodes waiting in a pass, largest key first.
private struct Heap {
    private var items: [(key: Int, value: Int)] = []

    mutating func push(key: Int, value: Int) {
        items.append((key, value))
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if items[parent].key >= items[child].key { break }
            items.swapAt(parent, child)
            child = parent
        }
    }

    mutating func popLargest() -> Int? {
        guard let top = items.first else { return nil }
        let last = items.removeLast()
        if items.isEmpty { return top.value }
        items[0] = last
        var parent = 0
        while true {
            var largest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < items.count && items[child].key > items[largest].key {
                largest = child
            }
            if largest == parent { break }
            items.swapAt(parent, largest)
            parent = largest
        }
        return top.value
    }
}
