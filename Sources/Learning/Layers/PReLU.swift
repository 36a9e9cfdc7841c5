import Tensors

/// x for x > 0, else slope·x with a learnt slope, one for all or one for each channel (He et al. 2015).
///
/// Parameter: `weight` [1] or [C], 0.25 at first.
public final class PReLU: Module {
    public let count: Int
    public let start: Double

    public init(_ count: Int = 1, start: Double = 0.25) throws {
        (self.count, self.start) = (count, start)
        super.init()
        try requirePositive("PReLU", ("num_parameters", count))
        try register(parameter: Tensor.full([count], .double(start)), "weight")
    }

    public override func forward(_ input: Tensor) throws -> Tensor {
        var slope = try required("weight")
        if count > 1 {
            guard input.rank >= 2, input.shape[1] == count else {
                throw TensorError.shapes("PReLU", [input.shape], detail: "the input needs \(count) channels in its second dimension")
            }
            slope = try slope.reshape([count] + [Int](repeating: 1, count: input.rank - 2))
        }
        return try input.relu().sub(input.neg().relu().mul(slope))
    }

    public override func makeSimilar() throws -> Module { try PReLU(count, start: start) }
    public override var details: String { String(count) }
}
