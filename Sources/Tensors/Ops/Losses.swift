// Losses of predictions and targets of one shape, and of log-probabilities and classes. They are
// written with differentiable operations, so that gradients of gradients work.

extension Tensor {
    /// (x - t)², times weights of the same shape where given; the mean then divides by their sum.
    public func mseLoss(_ target: Tensor, weight: Tensor? = nil, reduction: Reduction = .mean) throws(TensorError) -> Tensor {
        try difference(target, "mse_loss").square().averaged(weight, reduction, "mse_loss")
    }

    /// |x - t|, times weights of the same shape where given; the mean then divides by their sum.
    public func l1Loss(_ target: Tensor, weight: Tensor? = nil, reduction: Reduction = .mean) throws(TensorError) -> Tensor {
        try difference(target, "l1_loss").abs().averaged(weight, reduction, "l1_loss")
    }

    private func averaged(_ weight: Tensor?, _ reduction: Reduction, _ name: String) throws(TensorError) -> Tensor {
        let all = try weighted(weight, name)
        guard let weight, reduction == .mean else { return try all.reduced(reduction) }
        return try all.sum().div(weight.sum())
    }

    /// Elements times weights, if there are any.
    private func weighted(_ weight: Tensor?, _ name: String) throws(TensorError) -> Tensor {
        guard let weight else { return self }
        guard weight.shape == shape else { throw .shapes(name, [shape, weight.shape], detail: "weights must have the predictions' shape, \(describe(shape))") }
        return try mul(weight)
    }

    /// 0.5·d² / beta where |d| < beta, |d| - 0.5·beta elsewhere, for d = x - t (Girshick 2015).
    public func smoothL1Loss(
        _ target: Tensor, beta: Double = 1, reduction: Reduction = .mean
    ) throws(TensorError) -> Tensor {
        guard beta >= 0 else { throw .argument("smooth_l1_loss", "beta must not be negative, got \(beta)") }
        if beta == 0 { return try l1Loss(target, reduction: reduction) }
        let distance = try difference(target, "smooth_l1_loss").abs()
        return try distance.quadraticNearZero(beta, "smooth_l1_loss").div(.double(beta)).reduced(reduction)
    }

    /// 0.5·d² where |d| < delta, delta·(|d| - 0.5·delta) elsewhere, for d = x - t (Huber 1964); times
    /// weights of the same shape where given.
    public func huberLoss(
        _ target: Tensor, delta: Double = 1, weight: Tensor? = nil, reduction: Reduction = .mean
    ) throws(TensorError) -> Tensor {
        guard delta > 0 else { throw .argument("huber_loss", "delta must be positive, got \(delta)") }
        let distance = try difference(target, "huber_loss").abs()
        return try distance.quadraticNearZero(delta, "huber_loss").weighted(weight, "huber_loss").reduced(reduction)
    }

    /// m·(d - 0.5·m) with m = min(d, limit): 0.5·d² up to the limit, a line beyond it.
    private func quadraticNearZero(_ limit: Double, _ name: String) throws(TensorError) -> Tensor {
        let nearest = try clamp(maximum: .double(limit))
        return try nearest.mul(sub(nearest.mul(0.5)))
    }

    /// -w·x at each row's class, for log-probabilities x [N, C, d…] and classes [N, d…]; the mean
    /// divides by the sum of the weights used (PyTorch's `nll_loss`).
    public func nllLoss(
        _ target: Tensor, weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: Reduction = .mean
    ) throws(TensorError) -> Tensor {
        let name = "nll_loss"
        guard dtype.isFloatingPoint, rank > 0 else {
            throw .argument(name, "log-probabilities must be floating point numbers with a dimension for the classes")
        }
        let axis = rank == 1 ? 0 : 1, classes = shape[axis]
        var rows = shape
        rows.remove(at: axis)
        guard target.shape == rows else {
            throw .shapes(name, [shape, target.shape], detail: "log-probabilities \(describe(shape)) need classes \(describe(rows))")
        }
        let labels = try target.labels(name, classes: classes, ignoreIndex: ignoreIndex)
        let factors = try classWeights(weight, classes, name)
        // Ignored labels may lie outside; they look anywhere and count nothing.
        let used = try labels.ne(.int(Int64(ignoreIndex)))
        let safe = try labels.mul(used.to(.int64))
        var counts = try used.to(dtype)
        if let factors { counts = try counts.mul(factors.gather(0, safe.reshape([safe.count])).reshape(safe.shape)) }
        let chosen = try gather(axis, safe.unsqueeze(axis)).squeeze([axis])
        // Where nothing is counted the value is 0, even where a log-probability is infinite.
        let losses = try used.where(chosen.mul(counts).neg(), 0)
        guard reduction == .mean else { return try losses.reduced(reduction) }
        return try losses.sum().div(counts.sum())
    }

    /// -w·(t·log x + (1 - t)·log(1 - x)) for probabilities x; logarithms are not below -100.
    public func binaryCrossEntropy(
        _ target: Tensor, weight: Tensor? = nil, reduction: Reduction = .mean
    ) throws(TensorError) -> Tensor {
        let name = "binary_cross_entropy"
        try checkSameShape(target, name)
        let probabilities = try contiguousCopyIfNeeded().detach().converted(to: .float64)
        let values = probabilities.pointer.assumingMemoryBound(to: Double.self)
        for i in 0..<count where !(values[i] >= 0 && values[i] <= 1) && !values[i].isNaN {
            throw .value(name, "probabilities must lie in 0..1, got \(values[i]). "
                + "For scores before sigmoid use binary_cross_entropy_with_logits")
        }
        let t = try target.to(dtype)
        let positive = try log().clamp(minimum: -100).mul(t)
        let negative = try neg().add(1).log().clamp(minimum: -100).mul(t.neg().add(1))
        var losses = try positive.add(negative).neg()
        if let weight { losses = try losses.mul(weight) }
        return try losses.reduced(reduction)
    }

    /// Binary cross-entropy of scores before sigmoid, exact for large ones.
    ///
    /// - Parameter positiveWeight: a factor for the positive part, which broadcasts.
    public func binaryCrossEntropyWithLogits(
        _ target: Tensor, weight: Tensor? = nil, positiveWeight: Tensor? = nil, reduction: Reduction = .mean
    ) throws(TensorError) -> Tensor {
        try checkSameShape(target, "binary_cross_entropy_with_logits")
        let t = try target.to(dtype)
        // -log sigmoid(x), which also gives -log(1 - sigmoid(x)) = x - log sigmoid(x).
        var softplus = try logSigmoid().neg()
        if let positiveWeight { softplus = try softplus.mul(positiveWeight.sub(1).mul(t).add(1)) }
        var losses = try t.neg().add(1).mul(self).add(softplus)
        if let weight { losses = try losses.mul(weight) }
        return try losses.reduced(reduction)
    }

    /// t·(log t - x) for log-probabilities x and probabilities t, 0 where t is; with `logTarget` t is given
    /// by its logarithm. Kullback and Leibler 1951; as PyTorch's `kl_div`.
    public func klDiv(
        _ target: Tensor, logTarget: Bool = false, reduction: Reduction = .mean
    ) throws(TensorError) -> Tensor {
        try checkSameShape(target, "kl_div")
        if logTarget { return try target.exp().mul(target.sub(self)).reduced(reduction) }
        let logarithms = try target.detach().eq(0).where(1, target).log()
        return try target.mul(logarithms).sub(target.mul(self)).reduced(reduction)
    }

    private func difference(_ target: Tensor, _ name: String) throws(TensorError) -> Tensor {
        try checkSameShape(target, name)
        return try sub(target)
    }

    /// Refuses a target of another shape: broadcasting it would average over the wrong pairs.
    private func checkSameShape(_ target: Tensor, _ name: String) throws(TensorError) {
        guard dtype.isFloatingPoint else {
            throw .dtypes(name, [dtype], expected: "predictions must be floating point numbers")
        }
        guard target.shape != shape else { return }
        if let pairs = try? Tensor.broadcast(shape, target.shape, name) {
            let all = pairs.map(String.init).joined(separator: "×")
            let hint = target.count == count ? ". Use target:reshape(\(shape.map(String.init).joined(separator: ", ")))." : ""
            throw .pairs(name, "prediction \(describe(shape)) and target \(describe(target.shape)) would compare every pair (\(all))" + hint)
        }
        throw .shapes(name, [shape, target.shape], detail: "prediction and target must have the same shape")
    }
}
