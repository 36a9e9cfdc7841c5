/// Transforms one after the other, fitted and applied as one.
public final class Pipeline: Transform {
    public override class var kind: String { "Pipeline" }
    public override class var summary: String { "Transforms one after the other, fitted and applied as one." }

    override var learnsFromValues: Bool { steps.contains { $0.transform.learnsFromValues } }

    public internal(set) var steps: [(name: String, transform: Transform)] = []

    public required init(_ settings: [String: JSON] = [:]) throws { try super.init(settings) }

    /// - Throws: when two steps have one name.
    public convenience init(_ steps: [(name: String, transform: Transform)]) throws {
        try self.init()
        try set(steps)
    }

    /// Steps named after their kinds, numbered where one comes twice.
    public convenience init(_ steps: Transform...) throws { try self.init(steps) }

    public convenience init(_ steps: [Transform]) throws {
        try self.init(steps.enumerated().map { i, step in
            let kind = type(of: step).kind, before = steps[..<i].count { type(of: $0).kind == kind }
            return (before == 0 ? kind : "\(kind)_\(before + 1)", step)
        })
    }

    func set(_ steps: [(name: String, transform: Transform)]) throws {
        for (i, step) in steps.enumerated() {
            if steps[..<i].contains(where: { $0.name == step.name }) {
                throw LearningError.argument(Self.kind, "two steps are named \"\(step.name)\"")
            }
            if steps[..<i].contains(where: { $0.transform === step.transform }) {
                throw LearningError.argument(Self.kind, "one transform is two steps; each step needs its own")
            }
        }
        self.steps = steps
    }

    /// The step of a name.
    public subscript(name: String) -> Transform? { steps.first { $0.name == name }?.transform }

    public override var outputWidth: Int { steps.last?.transform.outputWidth ?? width ?? 0 }

    @discardableResult
    public override func fit(_ features: Features) throws -> Self {
        _ = try fitTransform(features)
        return self
    }

    public override func fitTransform(_ features: Features) throws -> Features {
        let (columns, _) = try features.columns(Self.kind + ".fit")
        var result = features
        for (_, step) in steps { result = try step.fitTransform(result) }
        didFit(features, columns.count)
        return result
    }

    public override func transform(_ features: Features) throws -> Features {
        try checkFitted(Self.kind + ".transform")
        return try steps.reduce(features) { try $1.transform.transform($0) }
    }

    public override func inverseTransform(_ features: Features) throws -> Features {
        try checkFitted(Self.kind + ".inverse_transform")
        return try steps.reversed().reduce(features) { try $1.transform.inverseTransform($0) }
    }
}
