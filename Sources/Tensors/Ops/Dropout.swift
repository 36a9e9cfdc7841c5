import CKernels

extension Tensor {
    /// Sets elements to zero with probability p and scales the others by 1 / (1 - p), so that the
    /// expectation stays (Srivastava et al. 2014); itself when not training or when p is 0.
    public func dropout(
        _ probability: Double = 0.5, training: Bool = true, generator: Generator = .shared
    ) throws(TensorError) -> Tensor {
        try checkDropout("dropout", probability)
        if !training || probability == 0 { return self }
        let mask = try Tensor(uninitialized: shape, .uint8, operation: "dropout")
        try mask.bernoulli_(1 - probability, generator: generator)
        return try masked(mask, scale: probability == 1 ? 0 : 1 / (1 - probability))
    }

    /// Drops whole channels: all elements that share their first two positions, [N, C, …] (Tompson
    /// et al. 2015).
    public func channelDropout(
        _ probability: Double = 0.5, training: Bool = true, generator: Generator = .shared
    ) throws(TensorError) -> Tensor {
        try checkDropout("dropout2d", probability)
        guard rank >= 2 else { throw .shapes("dropout2d", [shape], detail: "expected [N, C, …]") }
        if !training || probability == 0 { return self }
        let mask = try Tensor(uninitialized: [shape[0], shape[1]], .uint8, operation: "dropout2d")
        try mask.bernoulli_(1 - probability, generator: generator)
        let wide = try mask.reshape([shape[0], shape[1]] + [Int](repeating: 1, count: rank - 2)).expand(shape).contiguousCopy()
        return try masked(wide, scale: probability == 1 ? 0 : 1 / (1 - probability))
    }

    private func checkDropout(_ name: String, _ probability: Double) throws(TensorError) {
        guard dtype.isFloatingPoint else { throw .dtypes(name, [dtype], expected: "expected floating point numbers") }
        guard (0...1).contains(probability) else {
            throw .argument(name, "the probability must lie in 0..1, not \(probability)")
        }
    }

    /// The elements where `mask` is 1, scaled; 0 elsewhere.
    func masked(_ mask: Tensor, scale: Double) throws(TensorError) -> Tensor {
        let x = try contiguousCopyIfNeeded()
        let result = try Tensor(uninitialized: shape, dtype, operation: "dropout")
        let finished = nj_masked_scale(
            dtype.kernelType, result.pointer, x.pointer, mask.pointer.assumingMemoryBound(to: UInt8.self), Int64(count), scale)
        withExtendedLifetime((x, mask)) {}
        guard finished else { throw .interrupted }
        return try result.finished("dropout", self, saving: [.tensor(mask)]) { node, g in
            [try g.masked(node.saved(0), scale: scale)]
        }
    }
}
