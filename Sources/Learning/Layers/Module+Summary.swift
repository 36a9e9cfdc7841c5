import Tensors

/// What a model consists of, for printing.
public struct ModuleSummary {
    public struct Row {
        /// "0.attn"; empty for the model itself.
        public let name: String
        public let kind: String
        /// The settings, such as "784, 128".
        public let details: String
        /// Number of modules around this one.
        public let depth: Int
        /// Shapes of the outputs for a batch of one; empty when the module was not called.
        public let outputShapes: [[Int]]
        /// Elements of the module's own parameters.
        public let parameterCount: Int
        /// How the number comes about, such as "784×128 + 128".
        public let formula: String
        /// Multiplications with addition in the module itself, for one example.
        public let multiplyAdds: Int
        /// Whether the module holds others.
        public let isContainer: Bool
    }

    public let rows: [Row]
    /// The shape that was used, with a batch of one; nil when none was known and nothing was run.
    public let inputShape: [Int]?
    public let parameterCount: Int
    public let trainableCount: Int
    public let multiplyAdds: Int
    /// Bytes of parameters and buffers.
    public let stateBytes: Int
    /// Bytes of all outputs for one example.
    public let outputBytes: Int
}

extension Module {
    /// Describes this module and all inside it, by running it on zeros of a shape (without the
    /// dimension for the batch); the shape may be left out where the first layer knows it.
    ///
    /// Nothing is changed: modes, buffers, hooks, gradients and the generator are as before.
    /// - Throws: what `forward` throws for the shape.
    public func summary(inputShape: [Int]? = nil) throws -> ModuleSummary {
        let shape = (inputShape ?? expectedInputShape).map { [1] + $0 }
        var calls: [ObjectIdentifier: Call] = [:]
        if let shape { calls = try trace(Tensor.full(shape, sampleValue, inputDType)) }
        var rows: [ModuleSummary.Row] = []
        func visit(_ module: Module, _ name: String, _ depth: Int) {
            let own = module.ownParameters, call = calls[ObjectIdentifier(module)]
            rows.append(ModuleSummary.Row(
                name: name, kind: module.kind, details: module.details, depth: depth,
                outputShapes: call?.shapes ?? [], parameterCount: own.reduce(0) { $0 + $1.tensor.count },
                formula: own.map { Module.formula($0.tensor.shape) }.joined(separator: " + "),
                multiplyAdds: call?.multiplyAdds ?? 0, isContainer: !module.children.isEmpty))
            for (childName, child) in module.children { visit(child, Module.join(name, childName), depth + 1) }
        }
        visit(self, "", 0)
        let parameters = parameters, buffers = buffers
        return ModuleSummary(
            rows: rows, inputShape: shape, parameterCount: parameters.reduce(0) { $0 + $1.count },
            trainableCount: parameters.reduce(0) { $0 + ($1.requiresGrad ? $1.count : 0) },
            multiplyAdds: calls.values.reduce(0) { $0 + $1.multiplyAdds },
            stateBytes: (parameters + buffers).reduce(0) { $0 + $1.count * $1.dtype.size },
            outputBytes: calls.values.reduce(0) { $0 + $1.bytes })
    }

    /// What a module's calls gave.
    private struct Call {
        var shapes: [[Int]] = []
        var multiplyAdds = 0
        var bytes = 0
    }

    private func trace(_ input: Tensor) throws -> [ObjectIdentifier: Call] {
        var calls: [ObjectIdentifier: Call] = [:]
        let hooks = modules.map { module in
            module.addForwardHook { module, inputs, outputs in
                var call = calls[ObjectIdentifier(module)] ?? Call()
                call.shapes = outputs.map(\.shape)
                call.multiplyAdds += module.multiplyAdds(inputs: inputs, outputs: outputs)
                if module.children.isEmpty { call.bytes += outputs.reduce(0) { $0 + $1.count * $1.dtype.size } }
                calls[ObjectIdentifier(module)] = call
                return nil
            }
        }
        let kept = try buffers.map { ($0, try $0.detach().clone()) }
        let generator = Generator.shared, state = generator.state
        defer {
            for hook in hooks { hook.remove() }
            generator.state = state
            Autograd.withoutGradients { for (buffer, values) in kept { _ = try? buffer.copy_(values) } }
        }
        _ = try evaluating { try self(input) }
        return calls
    }

    /// The number of a parameter's elements as a product, inputs first: [128, 784] is "784×128".
    private static func formula(_ shape: [Int]) -> String {
        if shape.isEmpty { return "1" }
        return (shape.dropFirst() + shape.prefix(1)).map(String.init).joined(separator: "×")
    }
}

extension Module: CustomStringConvertible {
    /// The modules as a tree, as PyTorch prints them.
    public var description: String {
        let head = "\(kind)(\(details)"
        if children.isEmpty { return head + ")" }
        let lines = children.map { name, child in
            "  (\(name)): " + child.description.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n  ")
        }
        return head + "\n" + lines.joined(separator: "\n") + "\n)"
    }
}
