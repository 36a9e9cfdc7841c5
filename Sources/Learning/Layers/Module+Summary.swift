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
        /// How the number comes about, such as "784×128 + 128"; "as above" for a module or parameters listed before.
        public let formula: String
        /// Bytes of the module's own parameters and buffers.
        public let bytes: Int
        /// Multiplications with addition in the module itself, for one example.
        public let multiplyAdds: Int
        /// Whether the module holds others.
        public let isContainer: Bool
    }

    public let rows: [Row]
    /// The shapes that were used; empty when none was known and nothing was run.
    public let inputShapes: [[Int]]
    public let parameterCount: Int
    public let trainableCount: Int
    public let multiplyAdds: Int
    /// Bytes of parameters and buffers.
    public let stateBytes: Int
    /// Bytes of all outputs for one example.
    public let outputBytes: Int
}

extension Module {
    /// Describes this module and all inside it, by running it on a constant of a shape (without the
    /// dimension for the batch); the shape may be left out where the first layer knows it.
    ///
    /// Nothing is changed: modes, buffers, hooks, gradients and the generator are as before.
    /// - Throws: what `forward` throws for the shape.
    public func summary(inputShape: [Int]? = nil) throws -> ModuleSummary {
        guard let shape = inputShape ?? expectedInputShape else { return try summary(inputs: []) }
        return try summary(inputs: [Tensor.full([1] + shape, sampleValue, inputDType)])
    }

    /// Describes this module and all inside it, by running it on inputs; without any, outputs are left out.
    public func summary(inputs: [Tensor]) throws -> ModuleSummary {
        let calls = inputs.isEmpty ? [:] : try trace(inputs.map { $0.detach() })
        var rows: [ModuleSummary.Row] = [], seen = Set<ObjectIdentifier>()
        func visit(_ module: Module, _ name: String, _ depth: Int) {
            let isNew = seen.insert(ObjectIdentifier(module)).inserted, call = calls[ObjectIdentifier(module)]
            let own = module.ownParameters, new = own.filter { seen.insert(ObjectIdentifier($0.tensor)).inserted }
            let buffers = module.ownBuffers.filter { seen.insert(ObjectIdentifier($0.tensor)).inserted }
            let parts = new.map { module.formula(of: $0.tensor.shape) } + (new.count < own.count ? ["as above"] : [])
            rows.append(ModuleSummary.Row(
                name: name, kind: module.kind, details: module.details, depth: depth,
                outputShapes: call?.shapes ?? [], parameterCount: new.reduce(0) { $0 + $1.tensor.count }, formula: Module.sum(parts),
                bytes: (new.map(\.tensor) + buffers.map(\.tensor)).reduce(0) { $0 + $1.count * $1.dtype.size },
                multiplyAdds: isNew ? call?.multiplyAdds ?? 0 : 0, isContainer: !module.children.isEmpty))
            guard isNew else { return }
            for (childName, child) in module.children { visit(child, Module.join(name, childName), depth + 1) }
        }
        visit(self, "", 0)
        let parameters = parameters, buffers = buffers
        return ModuleSummary(
            rows: rows, inputShapes: inputs.map(\.shape), parameterCount: parameters.reduce(0) { $0 + $1.count },
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

    private func trace(_ inputs: [Tensor]) throws -> [ObjectIdentifier: Call] {
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
        _ = try evaluating { try self(inputs) }
        return calls
    }

    /// Terms of a sum, equal ones together where they are many: "3×16 + 4×16 + 2·16".
    private static func sum(_ terms: [String]) -> String {
        guard terms.count > 4 else { return terms.joined(separator: " + ") }
        var counts: [String: Int] = [:]
        for term in terms { counts[term, default: 0] += 1 }
        var parts: [String] = []
        for term in terms {
            guard let count = counts.removeValue(forKey: term) else { continue }
            parts.append(count == 1 ? term : "\(count)·\(term)")
        }
        return parts.joined(separator: " + ")
    }
}

extension Module: CustomStringConvertible {
    /// The modules as a tree, as PyTorch prints them.
    public var description: String { description(inside: []) }

    private func description(inside outer: [Module]) -> String {
        let head = "\(kind)(\(details)"
        if outer.contains(where: { $0 === self }) { return head + "…)" }
        if children.isEmpty { return head + ")" }
        let lines = children.map { name, child in
            "  (\(name)): " + child.description(inside: outer + [self]).split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n  ")
        }
        return head + "\n" + lines.joined(separator: "\n") + "\n)"
    }
}
