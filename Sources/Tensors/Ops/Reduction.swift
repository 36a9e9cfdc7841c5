import CKernels

extension Tensor {
    /// Sum over dimensions, or over all.
    public func sum(_ dims: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        var kept = shape
        for d in dims ?? Array(shape.indices) { kept[try resolve(dimension: d, "sum")] = 1 }
        let result = try Tensor.zeros(kept, dtype)
        let target = Tensor(sharing: result, layout: Layout(shape: shape, strides: zip(kept, result.strides).map { $0 == 1 ? 0 : $1 }), offset: 0)
        try target.accumulateSequentially(self)
        let before = shape
        let summed = keepdim ? result : try result.reshape(zip(shape.indices, kept).filter { d, _ in !(dims ?? Array(shape.indices)).contains(d) }.map(\.1))
        return try summed.finished("sum", self) { _, g in [try g.reshape(kept).expand(before)] }
    }

    /// Undoes broadcasting in a gradient: sums over the dimensions that were stretched to reach this
    /// shape. Nil when `shape` does not broadcast to this one.
    func summed(to target: [Int]) throws(TensorError) -> Tensor? {
        guard rank >= target.count else { return nil }
        let shift = rank - target.count
        var dims = Array(0..<shift)
        for d in target.indices where target[d] != shape[d + shift] {
            guard target[d] == 1 else { return nil }
            dims.append(d + shift)
        }
        let result = dims.isEmpty ? self : try sum(dims, keepdim: true)
        return result.shape == target ? result : try result.reshape(target)
    }
}
