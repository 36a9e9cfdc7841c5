// Views that repeat dimensions of size 1 without copying.

extension Tensor {
    /// A view whose dimensions of size 1, and new leading ones, repeat to fill `shape`; -1 keeps a size.
    public func expand(_ shape: [Int]) throws(TensorError) -> Tensor { try stretched(shape, "expand") }

    /// A view in the shape that broadcasting would give this tensor.
    public func broadcast(to shape: [Int]) throws(TensorError) -> Tensor { try stretched(shape, "broadcast_to") }

    private func stretched(_ shape: [Int], _ name: String) throws(TensorError) -> Tensor {
        let shift = shape.count - rank
        guard shift >= 0 else {
            throw .shapes(name, [self.shape, shape], detail: "the new shape has fewer dimensions")
        }
        var sizes = shape, steps = [Int](repeating: 0, count: shape.count)
        for d in shape.indices {
            let old = d >= shift ? self.shape[d - shift] : 1
            if shape[d] == -1, d >= shift { sizes[d] = old }
            guard sizes[d] == old || old == 1 else {
                throw .shapes(name, [self.shape, shape], detail: "size \(old) cannot be stretched to \(sizes[d])")
            }
            steps[d] = d >= shift && sizes[d] == old ? strides[d - shift] : 0
        }
        try Layout.check(sizes, operation: name)
        return try view(name, Layout(shape: sizes, strides: steps), offset: offset) { _, g in [g] }
    }
}
