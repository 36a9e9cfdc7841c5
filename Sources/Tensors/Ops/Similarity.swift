// Rearranging channels into space, and comparing vectors.

extension Tensor {
    /// Channels turned into space: `[…, C · r², H, W]` gives `[…, C, H · r, W · r]`.
    ///
    /// Shi et al. 2016; as PyTorch's `pixel_shuffle`.
    public func pixelShuffle(_ factor: Int) throws(TensorError) -> Tensor {
        let name = "pixel_shuffle", r = factor
        guard rank >= 3, r > 0, shape[rank - 3] % (r * r) == 0 else {
            throw .shapes(name, [shape], detail: "the input must be […, C · \(r)², H, W]")
        }
        let lead = Array(shape.dropLast(3)), n = lead.count
        let (c, h, w) = (shape[rank - 3] / (r * r), shape[rank - 2], shape[rank - 1])
        let order = Array(0..<n) + [n, n + 3, n + 1, n + 4, n + 2]
        return try reshape(lead + [c, r, r, h, w]).permute(order).reshape(lead + [c, h * r, w * r])
    }

    /// Space turned into channels: the inverse of `pixelShuffle`.
    public func pixelUnshuffle(_ factor: Int) throws(TensorError) -> Tensor {
        let name = "pixel_unshuffle", r = factor
        guard rank >= 3, r > 0, shape[rank - 2] % r == 0, shape[rank - 1] % r == 0 else {
            throw .shapes(name, [shape], detail: "the last two sizes must be multiples of \(r)")
        }
        let lead = Array(shape.dropLast(3)), n = lead.count
        let (c, h, w) = (shape[rank - 3], shape[rank - 2] / r, shape[rank - 1] / r)
        let order = Array(0..<n) + [n, n + 2, n + 4, n + 1, n + 3]
        return try reshape(lead + [c, h, r, w, r]).permute(order).reshape(lead + [c * r * r, h, w])
    }

    /// The cosine of the angle between vectors along a dimension; their norms count as at least `eps`.
    public static func cosineSimilarity(
        _ a: Tensor, _ b: Tensor, _ dim: Int = 1, eps: Double = 1e-8
    ) throws(TensorError) -> Tensor {
        let name = "cosine_similarity"
        guard a.dtype.isFloatingPoint, b.dtype.isFloatingPoint else {
            throw .dtypes(name, [a.dtype, b.dtype], expected: "expected floating point operands")
        }
        let shape = try broadcast(a.shape, b.shape, name)
        let x = try a.expand(shape), y = try b.expand(shape), d = try x.resolve(dimension: dim, name)
        let nx = try x.norm(2, [d], keepdim: true).clamp(minimum: .double(eps))
        let ny = try y.norm(2, [d], keepdim: true).clamp(minimum: .double(eps))
        return try x.div(nx).mul(y.div(ny)).sum([d])
    }
}
