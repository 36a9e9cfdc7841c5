import CKernels

// Normalization of each row: over the last dimensions.

extension Tensor {
    /// The last dimensions, of sizes `normalizedShape`, brought to mean 0 and variance 1; then scaled by
    /// `weight` and shifted by `bias`, both of that shape.
    ///
    /// Ba et al. 2016; as PyTorch's `layer_norm`.
    public static func layerNorm(
        _ x: Tensor, _ normalizedShape: [Int], _ weight: Tensor? = nil, _ bias: Tensor? = nil, eps: Double = 1e-5
    ) throws(TensorError) -> Tensor {
        try normalizedRows("layer_norm", x, normalizedShape, weight, bias, centered: true, eps)
    }

    /// The last dimensions, of sizes `normalizedShape`, divided by the root of their mean square; then
    /// scaled by `weight`.
    ///
    /// `eps` defaults to the type's machine epsilon. Zhang and Sennrich 2019; as PyTorch's `rms_norm`.
    public static func rmsNorm(
        _ x: Tensor, _ normalizedShape: [Int], _ weight: Tensor? = nil, eps: Double? = nil
    ) throws(TensorError) -> Tensor {
        let epsilon = eps ?? (x.dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne))
        return try normalizedRows("rms_norm", x, normalizedShape, weight, nil, centered: false, epsilon)
    }

    private static func normalizedRows(
        _ name: String, _ x: Tensor, _ sizes: [Int], _ weight: Tensor?, _ bias: Tensor?, centered: Bool, _ eps: Double
    ) throws(TensorError) -> Tensor {
        guard x.dtype.isFloatingPoint else { throw .dtypes(name, [x.dtype], expected: "expected a floating point input") }
        guard !sizes.isEmpty, x.rank >= sizes.count, Array(x.shape.suffix(sizes.count)) == sizes else {
            throw .shapes(name, [x.shape, sizes], detail: "the input must end in the normalized shape \(describe(sizes))")
        }
        for case let tensor? in [weight, bias] {
            guard tensor.shape == sizes else {
                throw .shapes(name, [sizes, tensor.shape], detail: "weight and bias must have the normalized shape")
            }
            guard tensor.dtype == x.dtype else {
                throw .dtypes(name, [x.dtype, tensor.dtype], expected: "weight and bias must have the input's type")
            }
        }
        let width = sizes.reduce(1, *), rows = width == 0 ? 0 : x.count / width
        let source = try x.contiguousIfNeeded()
        let y = try Tensor(uninitialized: x.shape, x.dtype, operation: name)
        let mean = try Tensor(uninitialized: [centered ? rows : 0], x.dtype, operation: name)
        let rstd = try Tensor(uninitialized: [rows], x.dtype, operation: name)
        let w = try weight?.contiguousIfNeeded(), b = try bias?.contiguousIfNeeded()
        let outcome = withExtendedLifetime((source, w, b)) {
            nj_row_normalize(
                x.dtype.kernelType, Int64(rows), Int64(width), centered, eps, source.pointer, w?.pointer, b?.pointer,
                y.pointer, mean.pointer, rstd.pointer)
        }
        try finish(outcome, name, x.shape)
        let inputs = [x] + [weight, bias].compactMap { $0 }
        guard Autograd.isRecording(inputs) else { return y }
        let hasWeight = weight != nil, hasBias = bias != nil
        let saved: [SavedValue] = [.input(0), .tensor(mean), .tensor(rstd)] + (hasWeight ? [.input(1)] : [])
        return try y.recorded(name, inputs, saving: saved) { node, g in
            let x = try node.saved(0), mean = try node.saved(1), rstd = try node.saved(2)
            let weight = hasWeight ? try node.saved(3) : nil
            let leading = Array(0..<(x.rank - sizes.count))
            if node.isDifferentiatingTwice {
                let last = hasBias ? [try Tensor.zeros(sizes, x.dtype)] : []
                var all = try node.recomputed([x] + (weight.map { [$0] } ?? []) + last, [g]) { all in
                    [try plainRows(all[0], sizes, hasWeight ? all[1] : nil, centered: centered, eps)]
                }
                if hasBias { all[all.count - 1] = leading.isEmpty ? g : try g.sum(leading) }
                return all
            }
            let source = try x.contiguousIfNeeded(), gy = try g.contiguousIfNeeded(), w = try weight?.contiguousIfNeeded()
            let gx = try Tensor(uninitialized: x.shape, x.dtype, operation: name)
            let gw = hasWeight ? try Tensor(uninitialized: sizes, x.dtype, operation: name) : nil
            let gb = hasBias ? try Tensor(uninitialized: sizes, x.dtype, operation: name) : nil
            let outcome = withExtendedLifetime((source, gy, w)) {
                nj_row_normalize_backward(
                    x.dtype.kernelType, Int64(rows), Int64(width), centered, gy.pointer, source.pointer, w?.pointer,
                    mean.pointer, rstd.pointer, gx.pointer, gw?.pointer, gb?.pointer)
            }
            try finish(outcome, name, x.shape)
            var gradients: [Tensor?] = [gx]
            if let gw { gradients.append(gw) }
            if let gb { gradients.append(gb) }
            return gradients
        }
    }

    /// The same in differentiable operations, without bias.
    private static func plainRows(
        _ x: Tensor, _ sizes: [Int], _ weight: Tensor?, centered: Bool, _ eps: Double
    ) throws(TensorError) -> Tensor {
        let dims = Array((x.rank - sizes.count)..<x.rank)
        let centre = centered ? try x.sub(x.mean(dims, keepdim: true)) : x
        let y = try centre.mul(centre.square().mean(dims, keepdim: true).add(.double(eps)).rsqrt())
        return try weight.map { (w) throws(TensorError) in try y.mul(w) } ?? y
    }
}
