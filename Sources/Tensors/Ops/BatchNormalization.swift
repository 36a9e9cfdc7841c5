import CKernels

// Normalization over the images of a batch, for each channel.

extension Tensor {
    /// Each channel of `[N, C, …]` brought to mean 0 and variance 1, then scaled by `weight` and
    /// shifted by `bias`, both `[C]`.
    ///
    /// In training the batch's own moments are used, and the running ones move towards them by
    /// `momentum` (the variance with Bessel's correction); otherwise the running ones are used when
    /// given. Ioffe and Szegedy 2015; as PyTorch's `batch_norm`.
    public static func batchNorm(
        _ x: Tensor, runningMean: Tensor? = nil, runningVar: Tensor? = nil, weight: Tensor? = nil, bias: Tensor? = nil,
        training: Bool = false, momentum: Double = 0.1, eps: Double = 1e-5
    ) throws(TensorError) -> Tensor {
        let name = "batch_norm"
        try checkChannels(name, x, [("running_mean", runningMean), ("running_var", runningVar), ("weight", weight), ("bias", bias)])
        if !training, let runningMean, let runningVar {
            return try normalize(name, x, weight, bias, eps, fixed: (runningMean, runningVar)).y
        }
        let each = x.count / Swift.max(x.shape[1], 1)
        guard each != 1 else {
            throw .shapes(name, [x.shape], detail: "training needs more than one value for each channel")
        }
        guard each > 0 else { return try x.clone() }
        let (y, mean, variance) = try normalize(name, x, weight, bias, eps, fixed: nil)
        try runningMean?.approach(mean, by: momentum)
        try runningVar?.approach(variance.mul(.double(Double(each) / Double(each - 1))), by: momentum)
        return y
    }

    /// Moves running statistics towards new ones.
    func approach(_ value: Tensor, by momentum: Double) throws(TensorError) {
        let next = try detach().mul(.double(1 - momentum)).add(value.detach().to(dtype).mul(.double(momentum)))
        try copyElements(from: next)
        markChanged()
    }

    /// The operation with moments of its own, or with fixed ones.
    private static func normalize(
        _ name: String, _ x: Tensor, _ weight: Tensor?, _ bias: Tensor?, _ eps: Double, fixed: (mean: Tensor, variance: Tensor)?
    ) throws(TensorError) -> (y: Tensor, mean: Tensor, variance: Tensor) {
        let images = try ChannelImages(x, name), each = Double(x.count / Swift.max(x.shape[1], 1))
        let mean: Tensor, variance: Tensor
        if let fixed {
            mean = try fixed.mean.values(as: x.dtype).detach()
            variance = try fixed.variance.values(as: x.dtype).detach()
        } else {
            let (m, squares) = try images.moments(perImage: false)
            mean = m
            variance = try squares.div(.double(each))
        }
        let rstd = try variance.add(.double(eps)).rsqrt()
        let scale = try weight.map { (w) throws(TensorError) in try rstd.mul(w.detach()) } ?? rstd
        let shift = if let bias { bias.detach() } else { try Tensor.zeros(mean.shape, x.dtype) }
        let y = try images.apply(mean: mean, scale: scale, shift: shift, perImage: false)
        let inputs = [x] + [weight, bias].compactMap { $0 }
        guard Autograd.isRecording(inputs) else { return (y, mean, variance) }
        let hasWeight = weight != nil, hasBias = bias != nil, isFixed = fixed != nil
        let saved: [SavedValue] = [.input(0), .tensor(mean), .tensor(rstd)] + (hasWeight ? [.input(1)] : [])
        let result = try y.recorded(name, inputs, saving: saved) { node, g in
            let x = try node.saved(0), mean = try node.saved(1), rstd = try node.saved(2)
            let weight = hasWeight ? try node.saved(3) : nil
            if node.isDifferentiatingTwice {
                // The bias does not matter to any gradient but its own, which is a plain sum.
                let last = hasBias ? [try Tensor.zeros([x.shape[1]], x.dtype)] : []
                let inputs = [x] + (weight.map { [$0] } ?? []) + last
                var all = try node.recomputed(inputs, [g]) { all in
                    [try plain(all[0], hasWeight ? all[1] : nil, nil, eps, fixed: isFixed ? (mean, rstd) : nil)]
                }
                if hasBias { all[all.count - 1] = try g.sum([0] + (2..<g.rank)) }
                return all
            }
            let images = try ChannelImages(x, name), scale = try weight?.detach().mul(rstd) ?? rstd
            let gy = try images.matching(g)
            var gx: Tensor?
            if isFixed, !hasWeight, !hasBias {
                gx = try images.gradient(gy, mean: mean, scale, nil, nil, perImage: false)
                return [gx]
            }
            let (sums, products) = try images.sums(gy, mean: mean, perImage: false)
            if node.needs(0) {
                let b = isFixed ? nil : try scale.mul(products).mul(rstd.square()).div(.double(-each))
                let c = isFixed ? nil : try scale.mul(sums).div(.double(-each))
                gx = try images.gradient(gy, mean: mean, scale, b, c, perImage: false)
            }
            return [gx] + (hasWeight ? [try products.mul(rstd)] : []) + (hasBias ? [sums] : [])
        }
        return (result, mean, variance)
    }

    /// The same in differentiable operations.
    private static func plain(
        _ x: Tensor, _ weight: Tensor?, _ bias: Tensor?, _ eps: Double, fixed: (mean: Tensor, rstd: Tensor)?
    ) throws(TensorError) -> Tensor {
        let dims = [0] + (2..<x.rank), shape = [1, x.shape[1]] + [Int](repeating: 1, count: x.rank - 2)
        let mean = if let fixed { try fixed.mean.reshape(shape) } else { try x.mean(dims, keepdim: true) }
        let rstd = if let fixed { try fixed.rstd.reshape(shape) } else {
            try x.var(dims, correction: 0, keepdim: true).add(.double(eps)).rsqrt()
        }
        var y = try x.sub(mean).mul(rstd)
        if let weight { y = try y.mul(weight.reshape(shape)) }
        if let bias { y = try y.add(bias.reshape(shape)) }
        return y
    }

    /// Checks an input `[N, C, …]` and numbers that belong to its channels.
    static func checkChannels(_ name: String, _ x: Tensor, _ numbers: [(String, Tensor?)]) throws(TensorError) {
        guard x.rank >= 2 else { throw .shapes(name, [x.shape], detail: "the input must be [N, C, …]") }
        guard x.dtype.isFloatingPoint else { throw .dtypes(name, [x.dtype], expected: "expected a floating point input") }
        for case (let what, let tensor?) in numbers {
            guard tensor.shape == [x.shape[1]] else {
                throw .shapes(name, [x.shape, tensor.shape], detail: "\(what) must have one number for each of the \(x.shape[1]) channels")
            }
            guard tensor.dtype == x.dtype || what.hasPrefix("running") else {
                throw .dtypes(name, [x.dtype, tensor.dtype], expected: "\(what) must have the input's type")
            }
        }
    }
}

/// Images laid out for the channel kernels: row-major or channels-last.
struct ChannelImages {
    let x: Tensor
    private let name: String
    private let channelsLast: Bool

    init(_ x: Tensor, _ name: String) throws(TensorError) {
        channelsLast = x.rank == 2 || (!x.isContiguous && x.layout.isChannelsLast)
        self.x = channelsLast && x.rank > 2 ? x : try x.contiguousIfNeeded()
        self.name = name
    }

    private func geometry(_ perImage: Bool) -> nj_channels {
        nj_channels(
            images: Int64(x.shape[0]), channels: Int64(x.shape[1]), size: Int64(x.shape.dropFirst(2).reduce(1, *)),
            channels_last: channelsLast, per_image: perImage)
    }

    private func numbers(_ perImage: Bool) throws(TensorError) -> Tensor {
        try Tensor(uninitialized: perImage ? [x.shape[0], x.shape[1]] : [x.shape[1]], x.dtype, operation: name)
    }

    /// A gradient in the images' layout.
    func matching(_ g: Tensor) throws(TensorError) -> Tensor {
        g.layout == x.layout && g.dtype == x.dtype ? g : try g.detach().to(x.dtype).denseCopy(x.layout)
    }

    /// Means and sums of squared deviations.
    func moments(perImage: Bool) throws(TensorError) -> (mean: Tensor, squares: Tensor) {
        let mean = try numbers(perImage), squares = try numbers(perImage)
        var g = geometry(perImage)
        try finish(nj_channel_moments(x.dtype.kernelType, &g, x.pointer, mean.pointer, squares.pointer), name, x.shape)
        return (mean, squares)
    }

    /// `(x - mean) · scale + shift`.
    func apply(mean: Tensor, scale: Tensor, shift: Tensor, perImage: Bool) throws(TensorError) -> Tensor {
        let y = try Tensor(uninitialized: x.layout, x.dtype, operation: name)
        let m = try mean.contiguousIfNeeded(), a = try scale.contiguousIfNeeded(), b = try shift.contiguousIfNeeded()
        var g = geometry(perImage)
        let outcome = withExtendedLifetime((m, a, b)) {
            nj_channel_apply(x.dtype.kernelType, &g, x.pointer, m.pointer, a.pointer, b.pointer, y.pointer)
        }
        try finish(outcome, name, x.shape)
        return y
    }

    /// Sums of `gy` and of `gy · (x - mean)`.
    func sums(_ gy: Tensor, mean: Tensor, perImage: Bool) throws(TensorError) -> (sums: Tensor, products: Tensor) {
        let sums = try numbers(perImage), products = try numbers(perImage), m = try mean.contiguousIfNeeded()
        var g = geometry(perImage)
        let outcome = withExtendedLifetime((m, gy)) {
            nj_channel_sums(x.dtype.kernelType, &g, gy.pointer, x.pointer, m.pointer, sums.pointer, products.pointer)
        }
        try finish(outcome, name, x.shape)
        return (sums, products)
    }

    /// `gy · a + (x - mean) · b + c`.
    func gradient(
        _ gy: Tensor, mean: Tensor, _ a: Tensor, _ b: Tensor?, _ c: Tensor?, perImage: Bool
    ) throws(TensorError) -> Tensor {
        let gx = try Tensor(uninitialized: x.layout, x.dtype, operation: name)
        let m = try mean.contiguousIfNeeded(), a = try a.contiguousIfNeeded()
        var g = geometry(perImage)
        let outcome: nj_outcome
        if let b, let c {
            let b = try b.contiguousIfNeeded(), c = try c.contiguousIfNeeded()
            outcome = withExtendedLifetime((m, a, b, c, gy)) {
                nj_channel_gradient(x.dtype.kernelType, &g, gy.pointer, x.pointer, m.pointer, a.pointer, b.pointer, c.pointer, gx.pointer)
            }
        } else {
            let zero = try Tensor.zeros(m.shape, x.dtype)
            outcome = withExtendedLifetime((a, zero, gy)) {
                nj_channel_apply(x.dtype.kernelType, &g, gy.pointer, zero.pointer, a.pointer, zero.pointer, gx.pointer)
            }
        }
        try finish(outcome, name, x.shape)
        return gx
    }
}
