import CKernels

// Norms, variances and sums of exponentials.

extension Tensor {
    /// The p-norm, `(sum |x|^p)^(1/p)`; infinity gives the largest absolute value, 0 counts the
    /// elements that are not zero.
    public func norm(_ p: Double = 2, _ dims: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try requireFloating("norm")
        let reduction = try Reduced("norm", self, dims)
        if p == .infinity || p == -.infinity {
            if p == .infinity, reduction.elements == 0 { return try sum(dims, keepdim: keepdim) }
            let a = try abs()
            return p > 0 ? try a.amax(dims, keepdim: keepdim) : try a.amin(dims, keepdim: keepdim)
        }
        let result: Tensor
        switch p {
        case 0:
            let shape = shape, type = dtype
            return try countNonzero(dims, keepdim: keepdim).to(dtype).finished("norm", self) { _, _ in [try Tensor.zeros(shape, type)] }
        case 1: result = try reduction.run(NJ_SUM_ABS, self, dtype, keepdim: keepdim)
        case 2: result = try reduction.run(NJ_SUM_SQUARES, self, dtype, keepdim: keepdim).sqrt(inPlace: true)
        default:
            if p.isNaN { throw .argument("norm", "the order is NaN") }
            result = try reduction.run(NJ_SUM_POWERS, self, dtype, keepdim: keepdim, parameter: p)
                .pow(.double(1 / p), inPlace: true)
        }
        guard requiresGrad else { return result }
        return try result.finished("norm", self, saving: [.input(0), .result]) { node, g in
            let x = try node.saved(0)
            if p == 1 { return [try reduction.spread(g).mul(x.detach().sign())] }
            let y = try reduction.spread(node.saved(1)), isZero = try y.detach().eq(0)
            // d|x|_p/dx = x |x|^(p-2) / |x|_p^(p-1); 0 at the origin.
            let slope = p == 2
                ? try x.div(y)
                : try x.detach().sign().mul(x.abs().pow(.double(p - 1))).div(y.pow(.double(p - 1)))
            return [try reduction.spread(g).mul(isZero.where(0, slope))]
        }
    }

    /// The variance: squared deviations from the mean, over the count minus `correction`.
    public func `var`(_ dims: [Int]? = nil, correction: Double = 1, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try requireFloating("var")
        let reduction = try Reduced("var", self, dims)
        let divisor = Swift.max(Double(reduction.elements) - correction, 0)
        let centre = try reduction.run(NJ_SUM, self, dtype, keepdim: true, divisor: Double(reduction.elements))
        let result = try reduction.run(
            NJ_SUM_DEVIATIONS, self, dtype, keepdim: keepdim, divisor: divisor, other: centre)
        guard requiresGrad else { return result }
        return try result.finished("var", self, saving: [.input(0)]) { node, g in
            let x = try node.saved(0)
            let deviation = try x.sub(x.mean(reduction.dims, keepdim: true))
            return [try reduction.spread(g).mul(deviation.mul(.double(2 / divisor)))]
        }
    }

    /// The standard deviation, with `correction` subtracted from the count.
    public func std(_ dims: [Int]? = nil, correction: Double = 1, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try requireFloating("std")
        let variance = try self.var(dims, correction: correction, keepdim: keepdim)
        guard variance.requiresGrad else { return try variance.sqrt(inPlace: true) }
        // As sqrt, but with gradient 0 instead of NaN where all elements are equal.
        let result = try variance.detach().sqrt()
        return try result.finished("std", variance, saving: [.result]) { node, g in
            let y = try node.saved(0)
            return [try y.detach().eq(0).where(0, g.div(y.mul(2)))]
        }
    }

    /// `log(sum(exp(x)))` without overflow; minus infinity of none.
    public func logsumexp(_ dims: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        let x = dtype.isFloatingPoint ? self : try to(.float32)
        let reduction = try Reduced("logsumexp", x, dims)
        if reduction.elements == 0 {
            return try Tensor.full(reduction.shape(keepdim: keepdim), .double(-.infinity), x.dtype, operation: "logsumexp")
        }
        let largest = try reduction.run(NJ_AMAX, x, x.dtype, keepdim: true)
        // Infinities are left out of the shift: exp(x - inf) would be NaN.
        let shift = try largest.abs().eq(.double(.infinity)).where(0, largest)
        let total = try reduction.run(NJ_SUM_EXPONENTIALS, x, x.dtype, keepdim: true, other: shift)
        let sums = try total.log(inPlace: true).add(shift, inPlace: true)
        let result = keepdim ? sums : try sums.reshape(reduction.shape(keepdim: false)).detach()
        guard x.requiresGrad else { return result }
        return try result.finished("logsumexp", x, saving: [.input(0), .result]) { node, g in
            let share = try node.saved(0).sub(reduction.spread(node.saved(1))).exp()
            return [try reduction.spread(g).mul(share)]
        }
    }
}
