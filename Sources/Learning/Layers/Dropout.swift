import Tensors

/// A layer that leaves out parts at random in training and nothing in evaluation.
public class DropoutLayer: Module {
    public let probability: Double

    public required init(_ probability: Double = 0.5) throws {
        self.probability = probability
        super.init()
        try check(kind, "p", probability, (0...1).contains(probability), "between 0 and 1")
    }

    public override func makeSimilar() throws -> Module { try type(of: self).init(probability) }
    public override var details: String { "p=\(shortNumber(probability))" }
}

/// Sets elements to zero with probability p in training and scales the others by 1 / (1 - p), so
/// that the expectation stays (Srivastava et al. 2014).
public final class Dropout: DropoutLayer {
    public override func forward(_ input: Tensor) throws -> Tensor { try input.dropout(probability, training: isTraining) }
}

/// Leaves out whole channels of [N, C, H, W] (Tompson et al. 2015).
public final class Dropout2d: DropoutLayer {
    public override func forward(_ input: Tensor) throws -> Tensor { try input.dropout2d(probability, training: isTraining) }
}

/// Dropout that keeps mean and variance after SELU (Klambauer et al. 2017).
public final class AlphaDropout: DropoutLayer {
    public override func forward(_ input: Tensor) throws -> Tensor { try input.alphaDropout(probability, training: isTraining) }
}
