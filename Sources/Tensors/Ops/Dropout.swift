// Dropout: elements left out at random while training.

extension Tensor {
    /// Elements set to 0 with probability `p` and the others divided by 1 - p, while training; the tensor
    /// itself otherwise.
    ///
    /// Srivastava et al. 2014; as PyTorch's `dropout`.
    public func dropout(_ p: Double = 0.5, training: Bool = true, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try leavingOut("dropout", p, training, shape, inPlace)
    }

    /// Whole channels of `[N, C, …]`, or `[C, …]` with three dimensions, set to 0 with probability `p`.
    ///
    /// As PyTorch's `dropout2d`; Tompson et al. 2015.
    public func dropout2d(_ p: Double = 0.5, training: Bool = true, inPlace: Bool = false) throws(TensorError) -> Tensor {
        guard rank >= 3 else { throw .shapes("dropout2d", [shape], detail: "the input must be [N, C, H, W] or [C, H, W]") }
        let kept = rank == 3 ? 1 : 2
        return try leavingOut("dropout2d", p, training, Array(shape.prefix(kept)) + [Int](repeating: 1, count: rank - kept), inPlace)
    }

    /// Elements set to the value that SELU tends to with probability `p`, such that mean and variance stay.
    ///
    /// Klambauer et al. 2017; as PyTorch's `alpha_dropout`.
    public func alphaDropout(_ p: Double = 0.5, training: Bool = true) throws(TensorError) -> Tensor {
        try check("alpha_dropout", p)
        if !training || p == 0 { return self }
        if p == 1 { return try mul(0) }
        let low = -1.7580993408473766
        let a = 1 / ((1 - p) * (1 + p * low * low)).squareRoot(), b = -a * p * low
        let mask = try Tensor.rand(shape).ge(.double(p)).to(dtype)
        // a (x mask + low (1 - mask)) + b
        return try mul(mask).add(mask.mul(.double(-low)).add(.double(low))).mul(.double(a)).add(.double(b))
    }

    private func check(_ name: String, _ p: Double) throws(TensorError) {
        guard p >= 0, p <= 1 else { throw .argument(name, "the probability must be from 0 to 1, not \(p)") }
        guard dtype.isFloatingPoint else { throw .dtypes(name, [dtype], expected: "expected a floating point input") }
    }

    private func leavingOut(
        _ name: String, _ p: Double, _ training: Bool, _ drawn: [Int], _ inPlace: Bool
    ) throws(TensorError) -> Tensor {
        try check(name, p)
        if !training || p == 0 { return self }
        if p == 1 { return try mul(0, inPlace: inPlace) }
        let mask = try Tensor.rand(drawn).ge(.double(p)).to(dtype).mul(.double(1 / (1 - p)))
        return try mul(mask, inPlace: inPlace)
    }
}
