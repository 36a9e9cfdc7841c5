import Tensors

// Everything inside a module, in the order of registration.
extension Module {
    /// This module and all modules inside it, each once, with their names ("" for itself, "0", "0.attn").
    public func namedModules() -> [(name: String, module: Module)] {
        var seen = Set<ObjectIdentifier>(), result: [(name: String, module: Module)] = []
        walk("") { name, module in
            guard seen.insert(ObjectIdentifier(module)).inserted else { return false }
            result.append((name, module))
            return true
        }
        return result
    }

    /// All parameters with their names, such as "0.weight"; one that is used twice counts once.
    public func namedParameters() -> [(name: String, tensor: Tensor)] {
        var seen = Set<ObjectIdentifier>(), result: [(name: String, tensor: Tensor)] = []
        for (prefix, module) in namedModules() {
            for (name, tensor) in module.ownParameters where seen.insert(ObjectIdentifier(tensor)).inserted {
                result.append((Module.join(prefix, name), tensor))
            }
        }
        return result
    }

    /// All buffers with their names.
    public func namedBuffers() -> [(name: String, tensor: Tensor)] {
        var seen = Set<ObjectIdentifier>(), result: [(name: String, tensor: Tensor)] = []
        for (prefix, module) in namedModules() {
            for (name, tensor, _) in module.ownBuffers where seen.insert(ObjectIdentifier(tensor)).inserted {
                result.append((Module.join(prefix, name), tensor))
            }
        }
        return result
    }

    public var parameters: [Tensor] { namedParameters().map(\.tensor) }
    public var buffers: [Tensor] { namedBuffers().map(\.tensor) }
    public var modules: [Module] { namedModules().map(\.module) }

    /// Number of elements of all parameters.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

    /// Visits modules in order, each place of a shared one as well but none inside itself; `body` says whether
    /// to go inside.
    func walk(_ prefix: String, inside outer: [Module] = [], _ body: (String, Module) -> Bool) {
        guard !outer.contains(where: { $0 === self }), body(prefix, self) else { return }
        for (name, child) in children { child.walk(Module.join(prefix, name), inside: outer + [self], body) }
    }

    static func join(_ prefix: String, _ name: String) -> String { prefix.isEmpty ? name : prefix + "." + name }

    // MARK: Acting on all

    /// Sets this module and all inside it to training (or to evaluation).
    @discardableResult
    public func train(_ isTraining: Bool = true) -> Self {
        for module in modules {
            module.isTraining = isTraining
            module.modeChanged()
        }
        return self
    }

    /// Sets this module and all inside it to evaluation.
    @discardableResult
    public func eval() -> Self { train(false) }

    /// Forgets all gradients.
    public func zeroGrad() {
        for parameter in parameters { parameter.grad = nil }
    }

    /// Converts parameters and floating point buffers in place: optimizers that hold them go on working.
    @discardableResult
    public func to(_ dtype: DType) throws -> Self {
        guard dtype.isFloatingPoint else {
            throw TensorError.dtypes("to", [dtype], expected: "a module's parameters are floating point numbers")
        }
        for tensor in parameters + buffers where tensor.dtype.isFloatingPoint { try tensor.convert(to: dtype) }
        return self
    }

    /// Calls `body` with every module inside this one, the innermost first, and with this one.
    @discardableResult
    public func apply(_ body: (Module) throws -> Void) rethrows -> Self {
        var seen = Set<ObjectIdentifier>()
        try applyOnce(body, &seen)
        return self
    }

    private func applyOnce(_ body: (Module) throws -> Void, _ seen: inout Set<ObjectIdentifier>) rethrows {
        guard seen.insert(ObjectIdentifier(self)).inserted else { return }
        for (_, child) in children { try child.applyOnce(body, &seen) }
        try body(self)
    }

    /// Stops all parameters from collecting gradients.
    @discardableResult
    public func freeze() throws -> Self {
        for parameter in parameters { try parameter.setRequiresGrad(false) }
        return self
    }

    /// Lets all parameters collect gradients again.
    @discardableResult
    public func unfreeze() throws -> Self {
        for parameter in parameters { try parameter.setRequiresGrad(true) }
        return self
    }

    /// Runs `body` with this module and all inside it in evaluation mode, without gradients, and
    /// restores each one's mode.
    public func evaluating<R>(_ body: () throws -> R) rethrows -> R {
        let modes = modules.map { ($0, $0.isTraining) }
        eval()
        defer {
            for (module, mode) in modes where module.isTraining != mode {
                module.isTraining = mode
                module.modeChanged()
            }
        }
        return try Autograd.withoutGradients(body)
    }
}
