import Tensors

/// A list of modules for a model that uses them in its own way.
public final class ModuleList: Module {
    public init(_ modules: [Module] = []) {
        super.init()
        for module in modules { append(module) }
    }

    /// Appends a module, named by its position from 0.
    @discardableResult
    public func append(_ module: Module) -> Self {
        register(module, String(count))
        return self
    }

    public var count: Int { children.count }

    /// The module at a position, counted from 0 or, when negative, from the end.
    public func module(at index: Int) throws -> Module {
        guard index >= -count, index < count else {
            throw TensorError.index("ModuleList", index, dimension: 0, shape: [count])
        }
        return child(index < 0 ? index + count : index)
    }

    /// Puts another module at a position.
    public func setModule(_ module: Module, at index: Int) throws {
        _ = try self.module(at: index)
        _ = replace(String(index < 0 ? index + count : index), with: module)
    }

    public override func makeSimilar() throws -> Module { ModuleList(children.map(\.module)) }
}

/// Modules by name for a model that uses them in its own way.
public final class ModuleDict: Module {
    public init(_ modules: [(name: String, module: Module)] = []) throws {
        super.init()
        for (name, module) in modules { try set(name, module) }
    }

    /// Adds or replaces a module.
    public func set(_ name: String, _ module: Module) throws {
        guard !name.isEmpty, !name.contains(".") else {
            throw LearningError.argument("ModuleDict", "\"\(name)\" is no name for a module: it must not be empty or hold a point")
        }
        if !replace(name, with: module) { register(module, name) }
    }

    public func module(_ name: String) throws -> Module {
        guard let module = children.first(where: { $0.name == name })?.module else {
            throw LearningError.argument("ModuleDict", "there is no module named \"\(name)\"")
        }
        return module
    }

    public override func makeSimilar() throws -> Module { try ModuleDict(children) }
}

/// `x + f(x)` (He et al. 2016).
public final class Residual: Module {
    public init(_ body: Module) {
        super.init()
        register(body, "0")
    }

    public override func forward(_ input: Tensor) throws -> Tensor { try input.add(child(0)(input)) }
    public override func makeSimilar() throws -> Module { Residual(child(0)) }
    public override var expectedInputShape: [Int]? { child(0).expectedInputShape }
}

/// Applies each module to the same input and joins the results along dimension 1.
public final class Parallel: Module {
    public init(_ modules: [Module]) {
        super.init()
        for (i, module) in modules.enumerated() { register(module, String(i)) }
    }

    public override func forward(_ input: Tensor) throws -> Tensor {
        guard !children.isEmpty else { throw LearningError.argument("Parallel", "there are no modules") }
        return try Tensor.cat(children.map { try $0.module(input) }, 1)
    }
    public override func makeSimilar() throws -> Module { Parallel(children.map(\.module)) }
    public override var expectedInputShape: [Int]? { children.first?.module.expectedInputShape }
}
