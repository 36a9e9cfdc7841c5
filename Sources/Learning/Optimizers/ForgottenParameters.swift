import Tensors

/// Tensors that a module's forward computes with and that need gradients, but that are none of its
/// parameters: if no optimizer has them either when the module's own are first updated, they were
/// forgotten, and a hint (N10) says so.
public enum ForgottenParameters {
    private struct Entry {
        weak var module: Module?
        var leaves: [Candidate]
    }

    private struct Candidate {
        weak var leaf: Leaf?
        let name: String
    }

    private nonisolated(unsafe) static var waiting: [Entry] = []

    /// Keeps in mind what a module used, with names for the hint.
    public static func note(_ module: Module, _ used: [(leaf: Leaf, name: String)]) {
        waiting.append(Entry(module: module, leaves: used.map { Candidate(leaf: $0.leaf, name: $0.name) }))
    }

    /// Called before each update.
    static func check(_ optimizer: Optimizer) {
        if waiting.isEmpty { return }
        let updated = leaves(of: [optimizer])
        waiting = waiting.filter { entry in
            guard let module = entry.module else { return false }
            let own = module.parameters.compactMap { $0.leaf.map(ObjectIdentifier.init) }
            guard own.contains(where: updated.contains) else { return true }
            let known = leaves(of: Optimizer.living)
            let forgotten = entry.leaves.filter { candidate in candidate.leaf.map { !known.contains(ObjectIdentifier($0)) } ?? false }
            if !forgotten.isEmpty { Hint.say("N10", text(forgotten.map(\.name), module)) }
            return false
        }
    }

    private static func leaves(of optimizers: [Optimizer]) -> Set<ObjectIdentifier> {
        Set(optimizers.flatMap { $0.groups.flatMap { $0.parameters.compactMap { $0.leaf.map(ObjectIdentifier.init) } } })
    }

    private static func text(_ names: [String], _ module: Module) -> String {
        let shown = names.prefix(6).joined(separator: ", ") + (names.count > 6 ? " and \(names.count - 6) more" : "")
        let tensors = names.count == 1 ? "a tensor that needs gradients but is" : "\(names.count) tensors that need gradients but are"
        return "forward of \(module.kind) used \(tensors) not in the optimizer: \(shown). "
            + "Set modules and nn.Parameter(…) as fields of self, so that parameters() finds them."
    }
}

extension Optimizer {
    private struct Living { weak var optimizer: Optimizer? }
    private nonisolated(unsafe) static var all: [Living] = []

    /// All optimizers that are in use.
    static var living: [Optimizer] { all.compactMap(\.optimizer) }

    /// Keeps this optimizer in mind as long as it lives.
    func register() {
        Optimizer.all.removeAll { $0.optimizer == nil }
        Optimizer.all.append(Living(optimizer: self))
    }
}
