// Normalization within each image, over groups of channels.

extension Tensor {
    /// The channels of `[N, C, …]` in `groups` groups, each brought to mean 0 and variance 1 within its
    /// image; then scaled by `weight` and shifted by `bias`, both `[C]`.
    ///
    /// Wu and He 2018; as PyTorch's `group_norm`.
    public static func groupNorm(
        _ x: Tensor, _ groups: Int, _ weight: Tensor? = nil, _ bias: Tensor? = nil, eps: Double = 1e-5
    ) throws(TensorError) -> Tensor {
        try checkChannels("group_norm", x, [("weight", weight), ("bias", bias)])
        guard groups > 0, x.shape[1] % groups == 0 else {
            throw .shapes("group_norm", [x.shape], detail: "\(x.shape[1]) channels cannot be split into \(groups) groups")
        }
        return try grouped("group_norm", x, groups, weight, bias, eps)
    }

    /// Each channel of each image `[N, C, …]` brought to mean 0 and variance 1; then scaled by `weight`
    /// and shifted by `bias`, both `[C]`.
    ///
    /// With running statistics, they move towards the batch's averages, and replace the image's own when
    /// `useInputStats` is false. Ulyanov et al. 2016; as PyTorch's `instance_norm`.
    public static func instanceNorm(
        _ x: Tensor, runningMean: Tensor? = nil, runningVar: Tensor? = nil, weight: Tensor? = nil, bias: Tensor? = nil,
        useInputStats: Bool = true, momentum: Double = 0.1, eps: Double = 1e-5
    ) throws(TensorError) -> Tensor {
        let name = "instance_norm"
        try checkChannels(name, x, [("running_mean", runningMean), ("running_var", runningVar), ("weight", weight), ("bias", bias)])
        if !useInputStats {
            guard runningMean != nil, runningVar != nil else {
                throw .argument(name, "without the input's own statistics, running ones are needed")
            }
            return try batchNorm(x, runningMean: runningMean, runningVar: runningVar, weight: weight, bias: bias, eps: eps)
        }
        let each = x.shape.dropFirst(2).reduce(1, *)
        guard each > 1 || x.count == 0 else {
            throw .shapes(name, [x.shape], detail: "needs more than one value for each channel of an image")
        }
        if let runningMean, let runningVar, x.count > 0 {
            let (mean, squares) = try ChannelImages(x.detach(), name).moments(perImage: true)
            try runningMean.approach(mean.mean([0]), by: momentum)
            try runningVar.approach(squares.mean([0]).div(.double(Double(each - 1))), by: momentum)
        }
        return try grouped(name, x, x.shape[1], weight, bias, eps)
    }

    private static func grouped(
        _ name: String, _ x: Tensor, _ groups: Int, _ weight: Tensor?, _ bias: Tensor?, _ eps: Double
    ) throws(TensorError) -> Tensor {
        if x.count == 0 { return try x.clone() }
        let images = try ChannelImages(x, name), n = x.shape[0], channels = x.shape[1], share = channels / groups
        let size = x.count / (n * channels), each = Double(size * share)
        // Numbers for each image, group and channel within the group.
        let (means, squares) = try images.moments(perImage: true)
        let each3 = [n, groups, share], m = try means.reshape(each3)
        let mean = try m.mean([2], keepdim: true)
        let spread = try m.sub(mean).square().mul(.double(Double(size)))
        let variance = try squares.reshape(each3).add(spread).sum([2], keepdim: true).div(.double(each))
        let rstd = try variance.add(.double(eps)).rsqrt()
        let byChannel = [1, groups, share]
        let scale = try weight.map { (w) throws(TensorError) in try rstd.mul(w.detach().reshape(byChannel)) } ?? rstd
        let shift = if let bias { bias.detach() } else { try Tensor.zeros([channels], x.dtype) }
        let y = try images.apply(
            mean: mean.expand(each3), scale: scale.expand(each3), shift: shift.reshape(byChannel).expand(each3), perImage: true)
        let inputs = [x] + [weight, bias].compactMap { $0 }
        guard Autograd.isRecording(inputs) else { return y }
        let hasWeight = weight != nil, hasBias = bias != nil
        let saved: [SavedValue] = [.input(0), .tensor(mean), .tensor(rstd)] + (hasWeight ? [.input(1)] : [])
        return try y.recorded(name, inputs, saving: saved) { node, g in
            let x = try node.saved(0), mean = try node.saved(1), rstd = try node.saved(2)
            let weight = hasWeight ? try node.saved(3) : nil
            if node.isDifferentiatingTwice {
                let last = hasBias ? [try Tensor.zeros([channels], x.dtype)] : []
                let inputs = [x] + (weight.map { [$0] } ?? []) + last
                var all = try node.recomputed(inputs, [g]) { all in
                    [try plainGroups(all[0], groups, hasWeight ? all[1] : nil, eps)]
                }
                if hasBias { all[all.count - 1] = try g.sum([0] + (2..<g.rank)) }
                return all
            }
            let images = try ChannelImages(x, name), gy = try images.matching(g)
            let factor = try weight?.detach().reshape(byChannel)
            let (s, p) = try images.sums(gy, mean: mean.expand(each3), perImage: true)
            let sums = try s.reshape(each3), products = try p.reshape(each3)
            var gx: Tensor?
            if node.needs(0) {
                let scale = try factor.map { (f) throws(TensorError) in try rstd.mul(f) } ?? rstd
                let weightedSums = try factor.map { (f) throws(TensorError) in try sums.mul(f) } ?? sums
                let weightedProducts = try factor.map { (f) throws(TensorError) in try products.mul(f) } ?? products
                let b = try weightedProducts.sum([2], keepdim: true).mul(rstd).mul(rstd.square()).div(.double(-each))
                let c = try weightedSums.sum([2], keepdim: true).mul(rstd).div(.double(-each))
                gx = try images.gradient(
                    gy, mean: mean.expand(each3), scale.expand(each3), b.expand(each3), c.expand(each3), perImage: true)
            }
            return [gx] + (hasWeight ? [try products.mul(rstd).sum([0]).reshape([channels])] : [])
                + (hasBias ? [try s.sum([0])] : [])
        }
    }

    /// The same in differentiable operations, without bias.
    private static func plainGroups(_ x: Tensor, _ groups: Int, _ weight: Tensor?, _ eps: Double) throws(TensorError) -> Tensor {
        let flat = try x.reshape([x.shape[0], groups, x.count / (x.shape[0] * groups)])
        let mean = try flat.mean([2], keepdim: true), variance = try flat.var([2], correction: 0, keepdim: true)
        let y = try flat.sub(mean).mul(variance.add(.double(eps)).rsqrt()).reshape(x.shape)
        guard let weight else { return y }
        return try y.mul(weight.reshape([1, x.shape[1]] + [Int](repeating: 1, count: x.rank - 2)))
    }
}
