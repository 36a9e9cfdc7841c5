import CKernels
import Tensors

/// Changes parameters by their gradients, step by step.
///
/// An optimizer is its options and one update rule: a subclass lists `options`, the arrays it keeps
/// for each parameter (`stateNames`), and overrides `update`.
open class Optimizer {
    public private(set) var groups: [ParameterGroup] = []
    /// What is kept for each parameter that has been updated.
    var states: [ObjectIdentifier: State] = [:]
    private var spec: [OptimizerOption] { type(of: self).options }
    var watch = GradientWatch()
    /// What groups have that say nothing else.
    private let defaults: [String: Double]

    /// What an optimizer keeps for one parameter.
    public final class State {
        /// Number of updates.
        public var step = 0
        /// By `stateNames`; empty before the first update.
        public var arrays: [Tensor] = []
        /// Further numbers that some rules keep.
        public var numbers: [String: Double] = [:]
    }

    /// Name of the type, as users write it.
    open class var name: String { String(describing: self) }
    /// The options, in PyTorch's order; "lr" is one of them.
    open class var options: [OptimizerOption] { [] }
    /// The arrays kept for each parameter, each of its shape.
    open class var stateNames: [String] { [] }

    /// - Parameters:
    ///   - groups: parameters, with options of their own where they differ.
    ///   - options: values by name; the rest has the defaults.
    /// - Throws: for no parameters, one that is listed twice, an unknown option or a value out of range.
    public required init(groups: [(parameters: [Tensor], options: [String: Double])], options: [String: Double] = [:]) throws {
        defaults = options
        for group in groups { try addGroup(group.parameters, group.options) }
        guard self.groups.contains(where: { !$0.parameters.isEmpty }) else {
            throw LearningError.argument(type(of: self).name, "there are no parameters to optimize")
        }
        register()
    }

    public convenience init(_ parameters: [Tensor], options: [String: Double] = [:]) throws {
        try self.init(groups: [(parameters, [:])], options: options)
    }

    /// Adds parameters with options of their own; the others are those the optimizer was made with.
    public func addGroup(_ parameters: [Tensor], _ own: [String: Double] = [:]) throws {
        let name = type(of: self).name, given = defaults.merging(own) { $1 }
        for option in given.keys where !spec.contains(where: { $0.name == option }) {
            throw LearningError.argument(name, "there is no option named \"\(option)\"; there are "
                + spec.map(\.name).joined(separator: ", "))
        }
        var seen = Set(groups.flatMap { $0.parameters.map(ObjectIdentifier.init) })
        for parameter in parameters {
            guard parameter.isLeaf, parameter.dtype.isFloatingPoint else {
                throw LearningError.argument(name, "only tensors that were not computed can be optimized")
            }
            guard seen.insert(ObjectIdentifier(parameter)).inserted else {
                throw LearningError.argument(name, "a parameter is listed more than once")
            }
        }
        var values: [(name: String, value: Double)] = []
        for option in spec {
            guard let value = given[option.name] ?? option.value else {
                throw LearningError.argument(name, "\(option.name) must be given")
            }
            try option.check(value, name)
            values.append((option.name, value))
        }
        let group = ParameterGroup(parameters, values)
        try check(group)
        groups.append(group)
    }

    /// The first group's learning rate; setting it sets all groups'.
    public var lr: Double {
        get { groups.first?["lr"] ?? 0 }
        set { for group in groups { group["lr"] = newValue } }
    }

    /// Sets an option of a group after checking its value.
    public func set(_ option: String, to value: Double, inGroup index: Int) throws {
        guard let known = spec.first(where: { $0.name == option }) else {
            throw LearningError.argument(type(of: self).name, "there is no option named \"\(option)\"")
        }
        try known.check(value, type(of: self).name)
        groups[index][option] = value
    }

    /// Forgets the gradients of all parameters.
    public func zeroGrad() {
        for group in groups { for parameter in group.parameters { parameter.grad = nil } }
    }

    /// Makes the gradients of all parameters that have one zero.
    public func fillGradWithZeros() throws {
        for group in groups { for parameter in group.parameters { parameter.grad = try parameter.grad?.detach().zerosAlike() } }
    }

    /// Updates all parameters that have a gradient.
    open func step() throws {
        ForgottenParameters.check(self)
        try Autograd.withoutGradients {
            for group in groups { try update(group) }
        }
    }

    /// Computes the loss anew, with gradients, and updates; some optimizers compute it several times.
    @discardableResult
    open func step(_ closure: () throws -> Tensor) throws -> Tensor {
        let loss = try closure()
        try step()
        return loss
    }

    // MARK: To override

    /// Whether steps need a function that computes the loss, as they evaluate it several times.
    open var needsClosure: Bool { false }

    /// Refuses combinations of options that make no sense.
    open func check(_ group: ParameterGroup) throws {}

    /// Updates the parameters of a group; runs without recording gradients.
    open func update(_ group: ParameterGroup) throws {}

    /// What an optimizer keeps beside its parameters' states.
    open func ownState() throws -> StateDict { StateDict() }

    /// Checks what `ownState` gave and returns what puts it back.
    /// - Throws: before anything is changed.
    open func readOwnState(_ state: StateDict) throws -> () -> Void {
        guard state.count == 0 else {
            throw LearningError.state("load_state_dict", StateMismatch(unexpected: state.names.map { "own." + $0 }))
        }
        return {}
    }

    /// The number that an array kept for a parameter starts with.
    open func initialValue(_ name: String, _ group: ParameterGroup) -> Double { 0 }

    /// The names of the arrays that a group's options need; others stay empty.
    open func stateNames(_ group: ParameterGroup) -> [String] { type(of: self).stateNames }
}

extension Optimizer {
    /// The state of a parameter, made with arrays of zeros when it is new.
    func state(of parameter: Tensor, _ group: ParameterGroup) throws -> State {
        let state = states[ObjectIdentifier(parameter)] ?? State()
        // Options that need further arrays may have been switched on since.
        for name in stateNames(group).dropFirst(state.arrays.count) {
            let array = try parameter.zerosAlike(), value = initialValue(name, group)
            if value != 0 { try array.fill_(.double(value)) }
            state.arrays.append(array)
        }
        states[ObjectIdentifier(parameter)] = state
        return state
    }

    /// Runs an update rule of CKernels over all parameters of a group that have gradients, in one call.
    ///
    /// - Parameters:
    ///   - options: the rule's options, as optimizers.c lists them.
    ///   - numbers: the rule's numbers for one parameter, whose step has been counted.
    func run(
        _ rule: nj_update, _ group: ParameterGroup, options: [Double], numbers: (State) -> [Double] = { _ in [] }
    ) throws {
        var items: [nj_update_item] = [], kept: [Tensor] = [], copies: [(copy: Tensor, parameter: Tensor)] = []
        items.reserveCapacity(group.parameters.count)
        for parameter in group.parameters {
            guard let gradient = parameter.grad else { continue }
            let state = try state(of: parameter, group)
            // Rules walk flat memory: all arrays must lie in it in the same order.
            var target = parameter
            if !parameter.layout.isDense {
                target = try parameter.contiguous()
                copies.append((target, parameter))
            }
            let slope = try gradient.laidOut(like: target)
            for i in state.arrays.indices { state.arrays[i] = try state.arrays[i].laidOut(like: target) }
            state.step += 1
            var item = nj_update_item()
            item.count = Int64(target.count)
            item.type = nj_dtype(UInt32(target.dtype.rawValue))
            withUnsafeMutableBytes(of: &item.arrays) { raw in
                let arrays = raw.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
                arrays[0] = target.pointer
                arrays[1] = slope.pointer
                for (i, array) in state.arrays.enumerated() { arrays[2 + i] = array.pointer }
            }
            withUnsafeMutableBytes(of: &item.numbers) { raw in
                let target = raw.assumingMemoryBound(to: Double.self)
                for (i, number) in numbers(state).enumerated() { target[i] = number }
            }
            items.append(item)
            kept.append(slope)
            kept.append(target)
        }
        withExtendedLifetime(kept) { nj_update_run(rule, items, Int64(items.count), options) }
        for item in copies { try item.parameter.copy_(item.copy) }
        for parameter in group.parameters where parameter.grad != nil { parameter.markChanged() }
    }
}

extension Tensor {
    /// Zeros of this tensor's shape, type and order in memory.
    func zerosAlike() throws -> Tensor {
        let result = try detach().clone()
        try result.fill_(0)
        return result
    }

    /// This tensor with its elements in the type of another one and in the order of its memory.
    func laidOut(like other: Tensor) throws -> Tensor {
        if dtype == other.dtype, layout === other.layout || strides == other.strides { return self }
        let result = try other.detach().clone()
        try result.copy_(self)
        return result
    }
}
