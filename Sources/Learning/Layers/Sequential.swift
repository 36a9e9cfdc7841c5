import Tensors

/// Modules applied one after the other. Children are named "0", "1", ….
public final class Sequential: Module {
    public init(_ modules: [Module] = []) {
        super.init()
        for module in modules { add(module) }
    }

    public convenience init(_ modules: Module...) { self.init(modules) }

    /// Appends a module.
    @discardableResult
    public func add(_ module: Module) -> Self {
        register(module, String(count))
        return self
    }

    public var count: Int { children.count }

    /// The module at a position, counted from 0 or, when negative, from the end.
    public func module(at index: Int) throws -> Module {
        try children[position(index)].module
    }

    /// Puts another module at a position.
    public func setModule(_ module: Module, at index: Int) throws {
        _ = replace(children[try position(index)].name, with: module)
    }

    /// The module at a position, which must exist; see `module(at:)` for one that throws.
    public subscript(index: Int) -> Module { child(index) }

    private func position(_ index: Int) throws -> Int {
        guard index >= -count, index < count else {
            throw TensorError.index("Sequential", index, dimension: 0, shape: [count])
        }
        return index < 0 ? index + count : index
    }

    /// The children that were looked through for mistakes.
    private var examined = 0

    public override func forward(_ input: Tensor) throws -> Tensor {
        if isTraining, examined != count, Autograd.isEnabled { examine() }
        var value = input
        do {
            for (_, module) in children { value = try module(value) }
        } catch var error as LayerInputError {
            error.locate(in: self)
            throw error
        }
        return value
    }

    /// Hints on neighbours that make no sense together.
    private func examine() {
        examined = count
        for (i, (first, second)) in zip(children, children.dropFirst()).enumerated() {
            guard let first = first.module as? Linear else { continue }
            if let second = second.module as? Linear, first.outFeatures >= min(first.inFeatures, second.outFeatures) {
                Hint.say("N16", "Linear → Linear without an activation between equals one Linear (layers \(i + 1) and \(i + 2)). Add nn.ReLU().")
            }
            if first.outFeatures == 1, let second = second.module as? Activation, second.activation.name == "Softmax", [1, -1].contains(second.values[0]) {
                Hint.say("N05", "softmax over one value is always 1 (layer \(i + 2)). Use Sigmoid with BCELoss, or two outputs.")
            }
        }
    }

    public override func makeSimilar() throws -> Module {
        let copy = Sequential()
        for (name, module) in children { copy.register(module, name) }
        return copy
    }

    public override var expectedInputShape: [Int]? { children.first?.module.expectedInputShape }
}
