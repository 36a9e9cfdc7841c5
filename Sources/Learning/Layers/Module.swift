import Tensors

/// A part of a model: it holds parameters, buffers and other modules, and computes an output from
/// an input.
///
/// A layer registers what it holds in its initialiser, in the order in which it shall be listed,
/// and overrides `forward`. Names are PyTorch's.
open class Module {
    /// Whether layers such as dropout act as in training rather than in evaluation.
    public var isTraining = true
    /// Run after `forward`, in order of registration.
    private(set) var hooks: [ForwardHook] = [] { didSet { isPlain = hooks.isEmpty && parametrizations.isEmpty } }
    /// Parameters that are computed before each forward.
    public internal(set) var parametrizations: [Parametrization] = [] { didSet { isPlain = hooks.isEmpty && parametrizations.isEmpty } }
    /// Whether a call is just `forward`.
    private(set) var isPlain = true
    private var parameterSlots: [(name: String, tensor: Tensor?)] = []
    private var bufferSlots: [(name: String, tensor: Tensor?, isPersistent: Bool)] = []
    private var childSlots: [(name: String, module: Module)] = []

    public init() {}

    // MARK: To override

    /// Computes the output for one input.
    open func forward(_ input: Tensor) throws -> Tensor {
        throw LearningError.argument(kind, "this module has no forward for one input")
    }

    /// Computes outputs for any number of inputs; layers of one input and one output leave this alone.
    open func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        guard inputs.count == 1 else {
            throw LearningError.argument(kind, "takes 1 input, got \(inputs.count)")
        }
        return [try forward(inputs[0])]
    }

    /// A module of the same type and settings; `clone` fills in parameters, buffers and modules.
    open func makeSimilar() throws -> Module {
        throw LearningError.argument("clone", "\(kind) cannot be copied")
    }

    /// The name of the type, as users write it.
    open var kind: String { String(describing: type(of: self)) }

    /// The settings as printed between parentheses after the kind.
    open var details: String { "" }

    /// The shape of one input, without the batch, where the layer knows it.
    open var expectedInputShape: [Int]? { nil }

    /// The type of inputs.
    open var inputDType: DType { ownParameters.first?.tensor.dtype ?? children.first?.module.inputDType ?? .float32 }

    /// The number that inputs are filled with when the module is only looked at.
    open var sampleValue: Scalar { ownParameters.isEmpty ? children.first?.module.sampleValue ?? .int(0) : .int(0) }

    /// The number of a parameter's elements as a product, inputs first: [128, 784] is "784×128".
    open func formula(of shape: [Int]) -> String { shape.isEmpty ? "1" : product(shape.dropFirst() + shape.prefix(1)) }

    /// How many multiplications with addition a forward takes, apart from the modules inside.
    open func multiplyAdds(inputs: [Tensor], outputs: [Tensor]) -> Int { 0 }

    /// Parameters of this module itself, in order of registration.
    open var ownParameters: [(name: String, tensor: Tensor)] {
        let own = parameterSlots.compactMap { slot in slot.tensor.map { (name: slot.name, tensor: $0) } }
        if parametrizations.isEmpty { return own }
        return own.filter { entry in !parametrizations.contains { $0.name == entry.name } } + parametrizations.flatMap(\.parameters)
    }

    /// Buffers of this module itself; those that are not persistent stay out of files.
    open var ownBuffers: [(name: String, tensor: Tensor, isPersistent: Bool)] {
        let own = bufferSlots.compactMap { slot in slot.tensor.map { (name: slot.name, tensor: $0, isPersistent: slot.isPersistent) } }
        return parametrizations.isEmpty ? own : own + parametrizations.flatMap { $0.buffers.map { ($0.name, $0.tensor, true) } }
    }

    /// Modules directly inside this one, with their names.
    open var children: [(name: String, module: Module)] { childSlots }

    /// Puts another tensor in the place of a parameter or buffer; false when there is none of the name.
    open func replace(_ name: String, with tensor: Tensor) -> Bool {
        for parametrization in parametrizations where parametrization.replace(name, with: tensor) { return true }
        if let i = parameterSlots.firstIndex(where: { $0.name == name }) {
            parameterSlots[i].tensor = tensor
            return true
        }
        if let i = bufferSlots.firstIndex(where: { $0.name == name }) {
            bufferSlots[i].tensor = tensor
            return true
        }
        return false
    }

    /// Takes a parameter away, such as the bias; its place stays. False when there is none of the name.
    public func removeParameter(_ name: String) -> Bool {
        guard let i = parameterSlots.firstIndex(where: { $0.name == name }) else { return false }
        parameterSlots[i].tensor = nil
        return true
    }

    /// Puts another module in the place of a child; false when there is none of the name.
    open func replace(_ name: String, with module: Module) -> Bool {
        guard let i = childSlots.firstIndex(where: { $0.name == name }) else { return false }
        childSlots[i].module = module
        return true
    }

    /// Called when the mode changes, after `isTraining` has.
    open func modeChanged() {}

    // MARK: Registration

    /// Registers a parameter, which then collects a gradient; nil keeps its place empty.
    /// - Returns: its slot, to ask `parameter(_:)` for it.
    @discardableResult
    public func register(parameter tensor: Tensor?, _ name: String) throws -> Int {
        if let tensor {
            tensor.isParameter = true
            try tensor.setRequiresGrad(true)
        }
        parameterSlots.append((name, tensor))
        return parameterSlots.count - 1
    }

    /// Registers a tensor that belongs to the module's state but is not learnt.
    @discardableResult
    public func register(buffer tensor: Tensor?, _ name: String, isPersistent: Bool = true) -> Int {
        bufferSlots.append((name, tensor, isPersistent))
        return bufferSlots.count - 1
    }

    /// Registers a module inside this one.
    @discardableResult
    public func register(_ module: Module, _ name: String) -> Int {
        childSlots.append((name, module))
        return childSlots.count - 1
    }

    /// Whether a parameter or buffer of this name has a place here, also where it was left out.
    open func hasPlace(_ name: String) -> Bool {
        parameterSlots.contains { $0.name == name } || bufferSlots.contains { $0.name == name }
    }

    /// The parameter or buffer in the place of this name; for one that is computed, its last value.
    public func tensor(named name: String) -> Tensor? {
        parameterSlots.first { $0.name == name }?.tensor ?? bufferSlots.first { $0.name == name }?.tensor
    }

    /// Computes the parameters that are made from others.
    func prepare() throws {
        for parametrization in parametrizations {
            _ = replace(parametrization.name, with: try parametrization.compute(isTraining: isTraining))
        }
    }

    /// Removes all children, for containers that lay them out anew.
    func removeChildren() { childSlots = [] }

    /// The parameter in a slot.
    public func parameter(_ slot: Int) -> Tensor? { parameterSlots[slot].tensor }
    /// The parameter of a name, which the layer cannot do without.
    public func required(_ name: String) throws -> Tensor {
        guard let tensor = parameterSlots.first(where: { $0.name == name })?.tensor else {
            throw LearningError.argument(kind, "the parameter \(name) was removed")
        }
        return tensor
    }
    /// The buffer in a slot.
    public func buffer(_ slot: Int) -> Tensor? { bufferSlots[slot].tensor }
    /// The module in a slot.
    public func child(_ slot: Int) -> Module { childSlots[slot].module }

    // MARK: Calling

    /// Runs `forward` and the hooks.
    public final func callAsFunction(_ input: Tensor) throws -> Tensor {
        if isPlain { return try forward(input) }
        let outputs = try observed([input]) { [try forward(input)] }
        guard let first = outputs.first else { throw LearningError.argument(kind, "a forward hook removed the output") }
        return first
    }

    /// Runs `forward` with several inputs and the hooks.
    public final func callAsFunction(_ inputs: [Tensor]) throws -> [Tensor] {
        if isPlain { return try forward(inputs) }
        return try observed(inputs) { try forward(inputs) }
    }

    /// Runs a computation of this module's outputs with the hooks around it; for layers that are
    /// called in ways of their own.
    public final func observed(_ inputs: [Tensor], _ body: () throws -> [Tensor]) throws -> [Tensor] {
        if !parametrizations.isEmpty { try prepare() }
        var outputs = try body()
        for hook in hooks {
            if let replaced = try hook.body(self, inputs, outputs) { outputs = replaced }
        }
        return outputs
    }

    /// Calls `body` with inputs and outputs after each forward; what it returns, if anything, takes
    /// the outputs' place.
    @discardableResult
    public final func addForwardHook(_ body: @escaping ForwardHook.Body) -> ForwardHook {
        let hook = ForwardHook(module: self, body: body)
        hooks.append(hook)
        return hook
    }

    fileprivate func remove(_ hook: ForwardHook) { hooks.removeAll { $0 === hook } }
}

/// A function that watches a module's forward.
public final class ForwardHook {
    public typealias Body = (_ module: Module, _ inputs: [Tensor], _ outputs: [Tensor]) throws -> [Tensor]?
    let body: Body
    private weak var module: Module?

    init(module: Module, body: @escaping Body) {
        self.module = module
        self.body = body
    }

    /// Takes the hook off again.
    public func remove() { module?.remove(self) }
}
