import Tensors

// Layers without parameters.

/// Returns its input.
public final class Identity: Module {
    public override func forward(_ input: Tensor) throws -> Tensor { input }
    public override func makeSimilar() throws -> Module { Identity() }
}

/// Makes one dimension of several: [N, 1, 28, 28] → [N, 784].
public final class Flatten: Module {
    public let start: Int
    public let end: Int

    public init(start: Int = 1, end: Int = -1) {
        self.start = start
        self.end = end
    }

    public override func forward(_ input: Tensor) throws -> Tensor { try input.flatten(start, end) }
    public override func makeSimilar() throws -> Module { Flatten(start: start, end: end) }
}

/// Applies a function.
public final class Lambda: Module {
    private let body: (Tensor) throws -> Tensor

    public init(_ body: @escaping (Tensor) throws -> Tensor) { self.body = body }

    public override func forward(_ input: Tensor) throws -> Tensor { try body(input) }
    public override func makeSimilar() throws -> Module { Lambda(body) }
}
