import Tensors

/// A module's parameters and persistent buffers by name, in order of definition.
public struct StateDict: Sequence {
    public private(set) var entries: [(name: String, tensor: Tensor)] = []
    private var positions: [String: Int] = [:]

    public init() {}

    public init(_ entries: some Sequence<(name: String, tensor: Tensor)>) {
        for entry in entries { self[entry.name] = entry.tensor }
    }

    public subscript(name: String) -> Tensor? {
        get { positions[name].map { entries[$0].tensor } }
        set {
            if let position = positions[name] {
                if let newValue {
                    entries[position].tensor = newValue
                } else {
                    entries.remove(at: position)
                    positions = [:]
                    for (i, entry) in entries.enumerated() { positions[entry.name] = i }
                }
            } else if let newValue {
                positions[name] = entries.count
                entries.append((name, newValue))
            }
        }
    }

    public var names: [String] { entries.map(\.name) }
    public var count: Int { entries.count }
    public func makeIterator() -> some IteratorProtocol<(name: String, tensor: Tensor)> { entries.makeIterator() }
}

extension Module {
    /// Parameters and persistent buffers by PyTorch's names. The tensors share the module's memory;
    /// a parameter that is used in two places is listed under both names.
    public func stateDict() -> StateDict {
        var result = StateDict()
        walk("") { prefix, module in
            for (name, tensor) in module.ownParameters { result[Module.join(prefix, name)] = tensor.detach() }
            for (name, tensor, isPersistent) in module.ownBuffers where isPersistent {
                result[Module.join(prefix, name)] = tensor.detach()
            }
            return true
        }
        return result
    }

    /// Copies values into parameters and buffers, converting types.
    ///
    /// - Parameter strict: whether missing and unexpected names are errors.
    /// - Returns: the names that were missing and unexpected, where not strict.
    /// - Throws: listing all names and shapes that do not fit, before anything is changed.
    @discardableResult
    public func loadStateDict(_ state: StateDict, strict: Bool = true) throws -> StateMismatch {
        let own = stateDict()
        var mismatch = StateMismatch()
        for (name, tensor) in own {
            guard let given = state[name] else {
                mismatch.missing.append(name)
                continue
            }
            if given.shape != tensor.shape { mismatch.misshapen.append((name, given.shape, tensor.shape)) }
        }
        mismatch.unexpected = state.names.filter { own[$0] == nil }
        if !mismatch.misshapen.isEmpty || (strict && !mismatch.isEmpty) {
            throw LearningError.state("load_state_dict", mismatch)
        }
        try Autograd.withoutGradients {
            for (name, tensor) in own {
                if let given = state[name] { try tensor.copy_(given.detach()) }
            }
        }
        return mismatch
    }

    /// A copy with parameters, buffers and modules of its own. What was shared inside stays shared
    /// inside the copy; hooks are not copied.
    public func clone() throws -> Module {
        var made: [ObjectIdentifier: Module] = [:], tensors: [ObjectIdentifier: Tensor] = [:]
        let generator = Generator.shared, state = generator.state
        defer { generator.state = state }
        return try clone(&made, &tensors)
    }

    private func clone(
        _ made: inout [ObjectIdentifier: Module], _ tensors: inout [ObjectIdentifier: Tensor]
    ) throws -> Module {
        if let copy = made[ObjectIdentifier(self)] { return copy }
        let copy = try makeSimilar()
        made[ObjectIdentifier(self)] = copy
        copy.parametrizations = parametrizations.map { $0.makeSimilar() }
        for (name, tensor) in ownParameters {
            _ = copy.replace(name, with: try Module.copy(tensor, &tensors))
        }
        for (name, tensor, _) in ownBuffers {
            _ = copy.replace(name, with: try Module.copy(tensor, &tensors))
        }
        for (name, child) in children {
            _ = copy.replace(name, with: try child.clone(&made, &tensors))
        }
        copy.isTraining = isTraining
        return copy
    }

    private static func copy(_ tensor: Tensor, _ tensors: inout [ObjectIdentifier: Tensor]) throws -> Tensor {
        if let copy = tensors[ObjectIdentifier(tensor)] { return copy }
        let copy = try tensor.detach().clone()
        copy.isParameter = tensor.isParameter
        if tensor.requiresGrad { try copy.setRequiresGrad(true) }
        tensors[ObjectIdentifier(tensor)] = copy
        return copy
    }
}
