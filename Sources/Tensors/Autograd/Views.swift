import CKernels

// Views and changes in place.
//
// Every view knows the tensor it was taken from, its base, which owns the history. When a view is
// changed in place, the change is recorded on the base ("these elements were replaced"), and every
// view of that base rebuilds its own history from the base's when it is next asked for it.

extension Tensor {
    /// The node this tensor's gradient goes to, rebuilt when the base of a view was changed.
    var currentNode: Node? {
        guard let base, generation != base.generation else { return node }
        generation = base.generation
        guard base.node != nil else { return node }
        let geometry = Geometry(self)
        let root = Geometry(base)
        let rebuilt = Node(
            name: "view", edges: [base.edge], outputs: [Node.Output(layout: layout, dtype: dtype)]
        ) { node, gradients in
            guard let gradient = gradients[0] else { return [nil] }
            return [try gradient.scattered(from: geometry, to: root)]
        }
        node = rebuilt
        outputIndex = 0
        return rebuilt
    }

    /// A view of this tensor with another layout, whose gradient is `rule` of its own.
    func view(
        _ name: String, _ layout: Layout, offset: Int, rule: @escaping GradientRule
    ) throws(TensorError) -> Tensor {
        let result = Tensor(sharing: self, layout: layout, offset: offset)
        let recording = Autograd.isRecording(self)  // rebuilds this tensor's history if need be
        result.base = base ?? self
        result.generation = (base ?? self).generation
        return recording ? try result.recorded(name, [self], rule: rule) : result
    }

    // MARK: Changes in place

    /// Refuses a change in place that gradients forbid. Call before touching the elements.
    func checkInPlace(_ name: String) throws(TensorError) {
        if layout.count > 1, zip(layout.shape, layout.strides).contains(where: { $0 > 1 && $1 == 0 }) {
            throw .inPlace(name, "several positions of \(describe(shape)) share one element (expand); change a copy: x:clone()")
        }
        guard nj_gradient_mode() else { return }
        if currentNode is Leaf {
            throw .inPlace(name, "this tensor collects a gradient (requires_grad), so it cannot be changed in place. "
                + "Put the change in autograd.no_grad(), or use the form without underscore")
        }
        if let base, base.node is Leaf {
            throw .inPlace(name, "this is a view of a tensor that collects a gradient (requires_grad), so it cannot be "
                + "changed in place. Put the change in autograd.no_grad(), or change a copy")
        }
    }

    /// Notes that the elements were changed, for values saved before.
    public func markChanged() {
        storage.version &+= 1
        storage.lastChange = nj_current_position()
    }

    /// Gives this tensor, already changed in place, the history of the change. `inputs[0]` is the
    /// tensor itself, as it was before.
    func recordedInPlace(
        _ name: String, _ inputs: [Tensor], saving kept: [SavedValue] = [], rule: @escaping GradientRule
    ) throws(TensorError) -> Tensor {
        markChanged()
        guard Autograd.isRecording(inputs) else { return self }
        if Autograd.detectsAnomalies { try checkFinite(name) }
        guard dtype.isFloatingPoint else { return self }
        let change = Node(
            name: name, edges: inputs.map(\.edge), outputs: [Node.Output(layout: layout, dtype: dtype)]
        ) { node, gradients in
            guard let gradient = gradients[0] else { return [Tensor?](repeating: nil, count: node.edges.count) }
            return try rule(node, gradient)
        }
        change.save(kept, inputs: inputs, results: [self], overwritten: self)
        guard let base else {
            change.probe = Node.Probe(self)
            node = change
            outputIndex = 0
            generation &+= 1
            return self
        }
        base.replaceHistory(by: change, in: self)
        return self
    }

    /// Records on a base that the elements of one of its views were replaced by `change`.
    private func replaceHistory(by change: Node, in view: Tensor) {
        let part = Geometry(view), root = Geometry(self)
        let edges = [edge] + change.edges.dropFirst()
        node = Node(
            name: change.name, edges: edges, outputs: [Node.Output(layout: layout, dtype: dtype)]
        ) { node, gradients in
            guard let gradient = gradients[0] else { return [Tensor?](repeating: nil, count: edges.count) }
            let local = try change.gradients(of: [gradient.gathered(part, from: root)])
            var result = local
            let inner = try local[0] ?? Tensor.zeros(part.layout.shape, gradient.dtype)
            result[0] = edges[0] == nil ? nil : try gradient.replacing(part, of: root, with: inner)
            return result
        }
        outputIndex = 0
        generation &+= 1
    }
}

/// Where a tensor's elements lie in its storage.
struct Geometry {
    let layout: Layout
    let offset: Int

    init(_ tensor: Tensor) {
        layout = tensor.layout
        offset = tensor.offset
    }

    /// Elements of storage up to the last one used.
    var extent: Int {
        if layout.count == 0 { return offset }
        return zip(layout.shape, layout.strides).reduce(offset + 1) { $0 + ($1.0 - 1) * $1.1 }
    }
}

// Gradients travel between a base and its views as plain tensors; these three lay a gradient of the
// base out like the base's storage, so that a view's geometry finds its elements in it. They are
// each other's gradients.
extension Tensor {
    /// A gradient of the base, from that of a view: zero elsewhere, summed where elements repeat.
    fileprivate func scattered(from part: Geometry, to root: Geometry) throws(TensorError) -> Tensor {
        let block = try Tensor.zeros([Swift.max(root.extent, part.extent)], dtype)
        let target = Tensor(sharing: block, layout: part.layout, offset: part.offset)
        try target.accumulateSequentially(self)
        let result = Tensor(sharing: block, layout: root.layout, offset: root.offset)
        guard Autograd.isRecording(self) else { return result }
        return try result.recorded("view_backward", [self]) { _, gradient in [try gradient.gathered(part, from: root)] }
    }

    /// The part of a base's gradient that belongs to a view.
    fileprivate func gathered(_ part: Geometry, from root: Geometry) throws(TensorError) -> Tensor {
        let block = try spread(like: root)
        let result = try Tensor(sharing: block, layout: part.layout, offset: part.offset).contiguousCopy()
        guard Autograd.isRecording(self) else { return result }
        return try result.recorded("view", [self]) { _, gradient in [try gradient.scattered(from: part, to: root)] }
    }

    /// A base's gradient with the part of a view replaced.
    fileprivate func replacing(_ part: Geometry, of root: Geometry, with inner: Tensor) throws(TensorError) -> Tensor {
        let block = try spread(like: root)
        try Tensor(sharing: block, layout: part.layout, offset: part.offset).copyElements(from: inner)
        let result = Tensor(sharing: block, layout: root.layout, offset: root.offset)
        guard Autograd.isRecording(self, inner) else { return result }
        return try result.recorded("view", [self, inner]) { node, gradient in
            let zeros = try Tensor.zeros(part.layout.shape, gradient.dtype)
            return [
                node.needs(0) ? try gradient.replacing(part, of: root, with: zeros) : nil,
                node.needs(1) ? try gradient.gathered(part, from: root) : nil,
            ]
        }
    }

    /// A copy of this gradient in a fresh block laid out like the base's storage.
    private func spread(like root: Geometry) throws(TensorError) -> Tensor {
        let block = try Tensor.zeros([root.extent], dtype)
        try Tensor(sharing: block, layout: root.layout, offset: root.offset).copyElements(from: self)
        return block
    }
}
