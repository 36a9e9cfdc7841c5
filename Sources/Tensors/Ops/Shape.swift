// Shapes: views where memory allows.

extension Tensor {
    /// The same elements in another shape: a view where strides allow, a copy otherwise.
    public func reshape(_ shape: [Int]) throws(TensorError) -> Tensor {
        let layout = try Layout(contiguous: shape, operation: "reshape")
        guard layout.count == count else {
            throw .shapes("reshape", [self.shape, shape], detail: "\(count) elements do not fill \(layout.count) places")
        }
        let source = try contiguous()
        let before = self.shape
        return try source.view("reshape", layout, offset: source.offset) { _, g in [try g.reshape(before)] }
    }

    /// A view whose dimensions of size 1, and new leading ones, repeat to fill `shape`; -1 keeps a size.
    public func expand(_ shape: [Int]) throws(TensorError) -> Tensor {
        let shift = shape.count - rank
        guard shift >= 0 else {
            throw .shapes("expand", [self.shape, shape], detail: "the new shape has fewer dimensions")
        }
        var sizes = shape, strides = [Int](repeating: 0, count: shape.count)
        for d in shape.indices {
            let old = d >= shift ? self.shape[d - shift] : 1
            if shape[d] == -1, d >= shift { sizes[d] = old }
            guard sizes[d] == old || old == 1 else {
                throw .shapes("expand", [self.shape, shape], detail: "size \(old) cannot be stretched to \(sizes[d])")
            }
            strides[d] = d >= shift && sizes[d] == old ? self.strides[d - shift] : 0
        }
        try Layout.check(sizes, operation: "expand")
        return try view("expand", Layout(shape: sizes, strides: strides), offset: offset) { _, g in [g] }
    }
}
