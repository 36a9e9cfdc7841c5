import CKernels

// Dropout: elements left out at random while training.

extension Tensor {
    /// Elements set to 0 with probability `p` and the others divided by 1 - p, while training; the tensor
    /// itself otherwise.
    ///
    /// Srivastava et al. 2014; as PyTorch's `dropout`.
    public func dropout(
        _ p: Double = 0.5, training: Bool = true, inPlace: Bool = false, generator: Generator = .shared
    ) throws(TensorError) -> Tensor {
        try leavingOut("dropout", p, training, shape, inPlace, generator)
    }

    /// Whole channels of `[N, C, …]`, or `[C, …]` with three dimensions, set to 0 with probability `p`.
    ///
    /// As PyTorch's `dropout2d`; Tompson et al. 2015.
    public func dropout2d(
        _ p: Double = 0.5, training: Bool = true, inPlace: Bool = false, generator: Generator = .shared
    ) throws(TensorError) -> Tensor {
        guard rank >= 3 else { throw .shapes("dropout2d", [shape], detail: "the input must be [N, C, H, W] or [C, H, W]") }
        let kept = rank == 3 ? 1 : 2
        let drawn = Array(shape.prefix(kept)) + [Int](repeating: 1, count: rank - kept)
        return try leavingOut("dropout2d", p, training, drawn, inPlace, generator)
    }

    /// Elements set to the value that SELU tends to with probability `p`, such that mean and variance stay.
    ///
    /// Klambauer et al. 2017; as PyTorch's `alpha_dropout`.
    public func alphaDropout(
        _ p: Double = 0.5, training: Bool = true, generator: Generator = .shared
    ) throws(TensorError) -> Tensor {
        try check("alpha_dropout", p)
        if !training || p == 0 { return self }
        if p == 1 { return try mul(0) }
        let low = -1.7580993408473766
        let a = 1 / ((1 - p) * (1 + p * low * low)).squareRoot(), b = -a * p * low
        let mask = try Tensor.keptMask(shape, p, generator).to(dtype)
        // a (x mask + low (1 - mask)) + b
        return try mul(mask).add(mask.mul(.double(-low)).add(.double(low))).mul(.double(a)).add(.double(b))
    }

    private func check(_ name: String, _ p: Double) throws(TensorError) {
        guard p >= 0, p <= 1 else { throw .argument(name, "the probability must be from 0 to 1, not \(p)") }
        guard dtype.isFloatingPoint else { throw .dtypes(name, [dtype], expected: "expected a floating point input") }
    }

    /// 1 for what is kept.
    private static func keptMask(_ shape: [Int], _ p: Double, _ generator: Generator) throws(TensorError) -> Tensor {
        try Tensor(uninitialized: shape, .uint8, operation: "dropout").bernoulli_(1 - p, generator: generator)
    }

    private func leavingOut(
        _ name: String, _ p: Double, _ training: Bool, _ drawn: [Int], _ inPlace: Bool, _ generator: Generator
    ) throws(TensorError) -> Tensor {
        try check(name, p)
        if !training || p == 0 { return self }
        if p == 1 { return try mul(0, inPlace: inPlace) }
        let mask = try Tensor.keptMask(drawn, p, generator), scale = 1 / (1 - p)
        if !inPlace, drawn == shape { return try masked(name, mask, scale: scale) }
        return try mul(mask.to(dtype).mul(.double(scale)), inPlace: inPlace)
    }

    /// The elements where `mask` is 1, scaled; 0 elsewhere. The mask is kept as bytes.
    private func masked(_ name: String, _ mask: Tensor, scale: Double) throws(TensorError) -> Tensor {
        let x = try contiguousCopyIfNeeded()
        let result = try Tensor(uninitialized: shape, dtype, operation: name)
        let finished = nj_masked_scale(
            dtype.kernelType, result.pointer, x.pointer, mask.pointer.assumingMemoryBound(to: UInt8.self), Int64(count), scale)
        withExtendedLifetime((x, mask)) {}
        guard finished else { throw .interrupted }
        return try result.finished(name, self, saving: [.tensor(mask)]) { node, g in
            [try g.masked(name, node.saved(0), scale: scale)]
        }
    }
}
