import CKernels

// Softmax and its logarithm along one dimension, fused forward and backward.

extension Tensor {
    /// `exp(x) / sum(exp(x))` along a dimension, without overflow.
    public func softmax(_ dim: Int) throws(TensorError) -> Tensor { try softmax("softmax", dim, logarithm: false) }

    /// `log(softmax(x))` along a dimension, exact where softmax itself would round to 0.
    public func logSoftmax(_ dim: Int) throws(TensorError) -> Tensor { try softmax("log_softmax", dim, logarithm: true) }

    private func softmax(_ name: String, _ dim: Int, logarithm: Bool) throws(TensorError) -> Tensor {
        let dim = try resolve(dimension: dim, name)
        let x = dtype.isFloatingPoint ? self : try to(.float32)
        let source = x.isContiguous ? x : try x.contiguousCopy()
        let result = try Tensor(uninitialized: source.layout, x.dtype, operation: name)
        let (outer, n, inner) = source.extents(around: dim)
        guard nj_softmax(x.dtype.kernelType, result.pointer, source.pointer, outer, n, inner, logarithm) else {
            throw .interrupted
        }
        guard x.requiresGrad else { return result }
        return try result.finished(name, x, saving: [.result]) { node, g in
            let y = try node.saved(0)
            if node.isDifferentiatingTwice {
                if logarithm { return [try g.sub(y.exp().mul(g.sum([dim], keepdim: true)))] }
                return [try y.mul(g.sub(g.mul(y).sum([dim], keepdim: true)))]
            }
            let gradient = g.isContiguous ? g : try g.contiguousCopy()
            let slope = try Tensor(uninitialized: gradient.layout, gradient.dtype, operation: name)
            let finished = nj_softmax_backward(
                gradient.dtype.kernelType, slope.pointer, gradient.pointer, y.pointer, outer, n, inner, logarithm)
            guard finished else { throw TensorError.interrupted }
            return [slope]
        }
    }

    /// Elements before, along and after a dimension.
    func extents(around dim: Int) -> (outer: Int64, n: Int64, inner: Int64) {
        if rank == 0 { return (1, 1, 1) }
        var outer = 1, inner = 1
        for d in 0..<dim { outer *= shape[d] }
        for d in (dim + 1)..<Swift.max(rank, dim + 1) { inner *= shape[d] }
        return (Int64(outer), Int64(shape[dim]), Int64(inner))
    }
}
