import Tensors

/// Each channel brought to mean 0 and variance 1, over the batch in training and by running averages
/// in evaluation; then scaled and shifted (Ioffe and Szegedy 2015).
///
/// Shapes: [N, C] or [N, C, L] for one dimension, [N, C, H, W] for two. Parameters: `weight`, `bias`
/// [C]. Buffers: `running_mean`, `running_var` [C], `num_batches_tracked`.
public class BatchNorm: Module {
    public let channels: Int
    public let eps: Double
    /// Share of a new batch in the running averages; nil for the plain average of all batches.
    public let momentum: Double?
    public let affine: Bool
    public let tracksStatistics: Bool
    /// The numbers of dimensions that inputs may have.
    class var ranks: [Int] { [] }

    public required init(
        _ channels: Int, eps: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true, trackRunningStats: Bool = true,
        bias: Bool = true
    ) throws {
        (self.channels, self.eps, self.momentum) = (channels, eps, momentum)
        (self.affine, tracksStatistics) = (affine, trackRunningStats)
        super.init()
        try requirePositive(kind, ("num_features", channels))
        try register(parameter: affine ? Tensor.ones([channels]) : nil, "weight")
        try register(parameter: affine && bias ? Tensor.zeros([channels]) : nil, "bias")
        register(buffer: trackRunningStats ? try Tensor.zeros([channels]) : nil, "running_mean")
        register(buffer: trackRunningStats ? try Tensor.ones([channels]) : nil, "running_var")
        register(buffer: trackRunningStats ? try Tensor(.int(0), .int64) : nil, "num_batches_tracked")
    }

    /// Whether training counts in `num_batches_tracked`.
    class var countsBatches: Bool { true }

    public override func forward(_ input: Tensor) throws -> Tensor {
        let ranks = type(of: self).ranks
        guard ranks.contains(input.rank), !type(of: self).countsBatches || input.shape[1] == channels else { throw misfit(input.shape) }
        var share = momentum ?? 0
        if isTraining, type(of: self).countsBatches, let batches = buffer(2) {
            try Autograd.withoutGradients { _ = try batches.add(1, inPlace: true) }
            if momentum == nil { share = 1 / (try batches.scalar().doubleValue) }
        }
        return try normalize(input, share)
    }

    private func misfit(_ shape: [Int]) -> LayerInputError {
        let forms = type(of: self).ranks.map { ["[C, L]", "[N, C]", "[N, C, L]", "[C, H, W]", "[N, C, H, W]"][$0 == 2 ? (type(of: self).countsBatches ? 1 : 0) : $0 == 3 ? (self is InstanceNorm2d ? 3 : 2) : 4] }
        var text = "takes \(forms.joined(separator: " or ")) with C = \(channels) but got \(describe(shape))."
        if self is BatchNorm1d, shape.count == 4 { text += " For pictures there is nn.BatchNorm2d." }
        if self is BatchNorm2d, shape.count < 4 { text += " For vectors and sequences there is nn.BatchNorm1d." }
        return LayerInputError(self, text)
    }

    func normalize(_ input: Tensor, _ momentum: Double) throws -> Tensor {
        try Tensor.batchNorm(
            input, runningMean: buffer(0), runningVar: buffer(1), weight: parameter(0), bias: parameter(1),
            training: isTraining || buffer(0) == nil, momentum: momentum, eps: eps)
    }

    public override func makeSimilar() throws -> Module {
        try type(of: self).init(channels, eps: eps, momentum: momentum, affine: affine, trackRunningStats: tracksStatistics, bias: parameter(1) != nil)
    }
    public override var details: String { String(channels) }
}

/// Batch normalisation of [N, C] or [N, C, L].
public final class BatchNorm1d: BatchNorm {
    override class var ranks: [Int] { [2, 3] }
}

/// Batch normalisation of [N, C, H, W].
public final class BatchNorm2d: BatchNorm {
    override class var ranks: [Int] { [4] }
}

/// Each channel of each example brought to mean 0 and variance 1 (Ulyanov et al. 2016); without
/// parameters and running averages unless asked for.
public class InstanceNorm: BatchNorm {
    // As in PyTorch, the counter is there but stays 0.
    override class var countsBatches: Bool { false }

    public convenience init(_ channels: Int, eps: Double = 1e-5) throws {
        try self.init(channels, eps: eps, momentum: 0.1, affine: false, trackRunningStats: false)
    }

    override func normalize(_ input: Tensor, _ momentum: Double) throws -> Tensor {
        let isSingle = input.rank == type(of: self).ranks[0], batch = isSingle ? try input.unsqueeze(0) : input
        let result = try Tensor.instanceNorm(
            batch, runningMean: buffer(0), runningVar: buffer(1), weight: parameter(0), bias: parameter(1),
            useInputStats: isTraining || buffer(0) == nil, momentum: momentum, eps: eps)
        return isSingle ? try result.squeeze([0]) : result
    }
}

/// Instance normalisation of [N, C, L], or [C, L].
public final class InstanceNorm1d: InstanceNorm {
    override class var ranks: [Int] { [2, 3] }
}

/// Instance normalisation of [N, C, H, W], or [C, H, W].
public final class InstanceNorm2d: InstanceNorm {
    override class var ranks: [Int] { [3, 4] }
}
