import Tensors

/// A layer that leaves out parts at random in training and nothing in evaluation.
public class DropoutLayer: Module {
    public let probability: Double
    /// Whether results take the inputs' place.
    public let inPlace: Bool

    public required init(_ probability: Double = 0.5, inPlace: Bool = false) throws {
        (self.probability, self.inPlace) = (probability, inPlace)
        super.init()
        try check(kind, "p", probability, (0...1).contains(probability), "between 0 and 1")
    }

    func drop(_ input: Tensor) throws -> Tensor { input }

    public override func forward(_ input: Tensor) throws -> Tensor {
        let result = try drop(input)
        return inPlace && isTraining ? try input.copy_(result) : result
    }

    public override func makeSimilar() throws -> Module { try type(of: self).init(probability, inPlace: inPlace) }
    public override var details: String { "p=\(shortNumber(probability))" + (inPlace ? ", inplace=true" : "") }
}

/// Sets elements to zero with probability p in training and scales the others by 1 / (1 - p), so
/// that the expectation stays (Srivastava et al. 2014).
public final class Dropout: DropoutLayer {
    override func drop(_ input: Tensor) throws -> Tensor { try input.dropout(probability, training: isTraining) }
}

/// Leaves out whole channels of [N, C, H, W] (Tompson et al. 2015).
public final class Dropout2d: DropoutLayer {
    override func drop(_ input: Tensor) throws -> Tensor { try input.dropout2d(probability, training: isTraining) }
}

/// Dropout that keeps mean and variance after SELU (Klambauer et al. 2017).
public final class AlphaDropout: DropoutLayer {
    override func drop(_ input: Tensor) throws -> Tensor { try input.alphaDropout(probability, training: isTraining) }
}
