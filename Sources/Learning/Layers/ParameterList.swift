import Tensors

/// A list of parameters for a model that uses them in its own way.
///
/// Parameters are named by their positions from 0.
public final class ParameterList: Module {
    public init(_ parameters: [Tensor] = []) throws {
        super.init()
        for parameter in parameters { try append(parameter) }
    }

    /// Appends a parameter, which from then on collects a gradient unless it is frozen.
    @discardableResult
    public func append(_ parameter: Tensor) throws -> Self {
        let isFrozen = parameter.isParameter && !parameter.requiresGrad
        try register(parameter: parameter, String(count))
        if isFrozen { try parameter.setRequiresGrad(false) }
        return self
    }

    public var count: Int { ownParameters.count }

    public override func makeSimilar() throws -> Module { try ParameterList(ownParameters.map(\.tensor)) }
}
