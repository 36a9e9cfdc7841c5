import CKernels

/// Switches and questions about recording operations for gradients.
public enum Autograd {
    /// Whether operations on this thread are recorded.
    public static var isEnabled: Bool {
        get { nj_gradient_mode() }
        set { nj_set_gradient_mode(newValue) }
    }

    /// Runs `body` without recording.
    @discardableResult
    public static func withoutGradients<R>(_ body: () throws -> R) rethrows -> R {
        let before = nj_gradient_mode()
        nj_set_gradient_mode(false)
        defer { nj_set_gradient_mode(before) }
        return try body()
    }

    /// Whether each operation checks its result for NaN and infinities.
    public nonisolated(unsafe) static var detectsAnomalies = false

    static func isRecording(_ a: Tensor) -> Bool { a.requiresGrad && nj_gradient_mode() }

    static func isRecording(_ a: Tensor, _ b: Tensor) -> Bool {
        (a.requiresGrad || b.requiresGrad) && nj_gradient_mode()
    }

    static func isRecording(_ tensors: [Tensor]) -> Bool {
        nj_gradient_mode() && tensors.contains { $0.requiresGrad }
    }
}

extension Tensor {
    /// Whether a gradient flows to or through this tensor.
    public var requiresGrad: Bool { base == nil ? node != nil : currentNode != nil }

    /// Whether the user made this tensor, rather than a recorded operation.
    public var isLeaf: Bool {
        guard let node = currentNode else { return true }
        return node is Leaf
    }

    /// Starts or stops collecting a gradient for this tensor.
    ///
    /// - Throws: for integers and booleans, and when stopping on a tensor that was computed.
    public func setRequiresGrad(_ wanted: Bool) throws(TensorError) {
        guard isLeaf else {
            if wanted { return }
            throw .argument("requires_grad_", "only tensors that were not computed can stop requiring gradients. Use x:detach()")
        }
        if wanted {
            guard dtype.isFloatingPoint else {
                throw .dtypes("requires_grad_", [dtype], expected: "only floating point tensors have gradients")
            }
            if node == nil {
                let leaf = Leaf(layout: layout, dtype: dtype)
                leaf.probe = Node.Probe(self)
                node = leaf
            }
        } else {
            node = nil
        }
        outputIndex = 0
        if let base { generation = base.generation }
    }

    /// The gradient collected by `backward`, for leaves and for tensors that retain theirs.
    public var grad: Tensor? {
        get { (node as? Leaf)?.gradient ?? retained?.gradient }
        set { (node as? Leaf)?.gradient = newValue }
    }

    /// The operation that computed this tensor; nil for leaves.
    public var operation: Node? {
        guard let node = currentNode, !(node is Leaf) else { return nil }
        return node
    }

    /// Where the gradient of this tensor goes.
    var edge: Node.Edge? { currentNode.map { Node.Edge(node: $0, output: outputIndex) } }

    // MARK: Recording

    /// Ends a differentiable operation of one or two inputs: when any of them needs a gradient,
    /// attaches the history to the result, or to the tensor that was changed in place.
    ///
    /// The rule may return gradients of the broadcast shape; the engine sums them down to the
    /// input's. Whatever else the rule needs it asks for with `saving`.
    @inline(__always)
    func finished(
        _ name: String, _ a: Tensor, _ b: Tensor? = nil, saving kept: @autoclosure () -> [SavedValue] = [],
        inPlace: Bool = false, rule: @escaping GradientRule
    ) throws(TensorError) -> Tensor {
        if inPlace {
            return try recordedInPlace(name, b.map { [a, $0] } ?? [a], saving: kept(), rule: rule)
        }
        guard nj_gradient_mode(), dtype.isFloatingPoint, a.requiresGrad || (b?.requiresGrad ?? false) else {
            if Autograd.detectsAnomalies { try checkFinite(name) }
            return self
        }
        return try recorded(name, b.map { [a, $0] } ?? [a], saving: kept(), rule: rule)
    }

    /// Attaches the history of an operation to its result, unconditionally; operations with more
    /// than two inputs end with this after asking `Autograd.isRecording`.
    func recorded(
        _ name: String, _ inputs: [Tensor], saving kept: [SavedValue] = [], rule: @escaping GradientRule
    ) throws(TensorError) -> Tensor {
        try Tensor.record(name, inputs, results: [self], saving: kept) { node, gradients in
            guard let gradient = gradients[0] else { return [Tensor?](repeating: nil, count: node.edges.count) }
            return try rule(node, gradient)
        }
        return self
    }

    /// Attaches the history of an operation with several results.
    static func record(
        _ name: String, _ inputs: [Tensor], results: [Tensor], saving kept: [SavedValue] = [],
        rule: @escaping MultiGradientRule
    ) throws(TensorError) {
        if Autograd.detectsAnomalies { for result in results { try result.checkFinite(name) } }
        let node = Node(
            name: name, edges: inputs.map(\.edge),
            outputs: results.map { Node.Output(layout: $0.layout, dtype: $0.dtype) }, rule: rule)
        node.save(kept, inputs: inputs, results: results)
        if results.count == 1 { node.probe = Node.Probe(results[0]) }
        for (i, result) in results.enumerated() where result.dtype.isFloatingPoint {
            result.node = node
            result.outputIndex = i
        }
    }

    /// Collects the gradient of a tensor that is not a leaf as well, as its hooks leave it.
    public func retainGradient() throws(TensorError) {
        guard let node = currentNode else { throw .noGraph("retain_grad") }
        if node is Leaf || retained != nil { return }
        let box = RetainedGradient()
        retained = box
        _ = GradientHook(on: node, output: outputIndex, comesLast: true) { gradient in
            if let sum = box.gradient { box.gradient = try sum.add(gradient) } else { box.gradient = gradient }
            return nil
        }
    }

    /// Runs `body` on this tensor's gradient during `backward`; what it returns, if anything,
    /// replaces the gradient.
    @discardableResult
    public func addGradientHook(_ body: @escaping (Tensor) throws -> Tensor?) throws(TensorError) -> GradientHook {
        guard let node = currentNode else { throw .noGraph("register_hook") }
        return GradientHook(on: node, output: outputIndex, body: body)
    }
}

extension Tensor {
    /// Refuses NaN and infinities, naming the operation that made them.
    func checkFinite(_ operation: String, at position: nj_position? = nil) throws(TensorError) {
        guard dtype.isFloatingPoint else { return }
        let elements = isContiguous ? self : try contiguousCopy()
        let bad = nj_first_not_finite(elements.dtype.kernelType, elements.pointer, Int64(count))
        if bad < 0 { return }
        let place = (position ?? nj_current_position()).description.map { " at \($0)" } ?? ""
        throw .value(operation, "first NaN or infinity\(place), in a result of \(describe(shape))")
    }
}

final class RetainedGradient {
    var gradient: Tensor?
}

extension Tensor {
    /// Attaches a rule from outside of the library, such as a user's own, to the results of an
    /// operation. The rule sees one gradient for each result, nil where a result was not used.
    public static func recordCustom(
        _ name: String, _ inputs: [Tensor], results: [Tensor], rule: @escaping ([Tensor?]) throws -> [Tensor?]
    ) throws(TensorError) {
        guard Autograd.isRecording(inputs) else { return }
        try record(name, inputs, results: results) { _, gradients in try rule(gradients) }
    }
}
