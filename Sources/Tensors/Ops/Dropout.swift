import CKernels

extension Tensor {
    /// Sets elements to zero with a probability and scales the others by `1 / (1 - probability)`, so
    /// that the expectation stays (Srivastava et al. 2014); the tensor itself unless `training`.
    public func dropout(
        _ probability: Double = 0.5, training: Bool = true, generator: Generator = .shared
    ) throws(TensorError) -> Tensor {
        try requireFloating("dropout")
        guard probability >= 0, probability <= 1 else {
            throw .argument("dropout", "the probability \(probability) is not between 0 and 1")
        }
        if !training || probability == 0 { return self }
        let mask = try Tensor(uninitialized: shape, .bool, operation: "dropout")
        try mask.bernoulli_(1 - probability, generator: generator)
        return try masked(by: mask, scale: probability == 1 ? 0 : 1 / (1 - probability))
    }

    /// Elements times `scale` where the mask is set, 0 elsewhere.
    private func masked(by mask: Tensor, scale: Double) throws(TensorError) -> Tensor {
        guard let kernel = nj_masked_scale_kernel(dtype.kernelType) else { throw .dtypes("dropout", [dtype], expected: "expected floating point numbers") }
        let result = try Tensor(uninitialized: layout.densest, dtype, operation: "dropout")
        var parameters = Parameters(dtype, .double(scale))
        try parameters.with { p throws(TensorError) in try Tensor.run(kernel, result, mask, self, context: p) }
        guard requiresGrad else { return result }
        return try result.finished("dropout", self, saving: [.tensor(mask)]) { node, g in
            [try g.masked(by: node.saved(0), scale: scale)]
        }
    }
}
