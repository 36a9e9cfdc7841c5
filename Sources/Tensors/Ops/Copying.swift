import CKernels

extension Tensor {
    /// Copies elements into this tensor, converting and broadcasting; records nothing.
    func copyElements(from source: Tensor) throws(TensorError) {
        guard let kernel = nj_copy_kernel(dtype.kernelType, source.dtype.kernelType) else { return }
        try Tensor.run(kernel, self, source)
    }

    /// Adds elements to this tensor's one after the other, where some may lie in the same place.
    func accumulateSequentially(_ source: Tensor) throws(TensorError) {
        guard let kernel = nj_accumulate_kernel(dtype.kernelType) else {
            throw .dtypes("add", [dtype], expected: "cannot add up")
        }
        let source = try source.inType(dtype)
        var loop = nj_loop(over: self)
        loop.add(source)
        withExtendedLifetime((self, source)) { nj_loop_run_sequentially(&loop, kernel, nil) }
    }

    /// A copy with the given layout; records nothing.
    func denseCopy(_ layout: Layout) throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: layout, dtype, operation: "clone")
        try result.copyElements(from: self)
        return result
    }

    /// A row-major copy; records nothing.
    func contiguousCopy() throws(TensorError) -> Tensor {
        try denseCopy(isContiguous ? layout : Layout(shape: shape, strides: Layout.contiguousStrides(shape)))
    }

    /// The elements in another type; records nothing.
    func converted(to dtype: DType) throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: layout.densest, dtype, operation: "to")
        try result.copyElements(from: self)
        return result
    }

    /// The tensor in another type; itself when it has that type already.
    public func to(_ dtype: DType) throws(TensorError) -> Tensor {
        if dtype == self.dtype { return self }
        let result = try converted(to: dtype)
        return try result.finished("to", self) { _, gradient in [gradient] }
    }

    /// A copy with its own storage.
    public func clone() throws(TensorError) -> Tensor {
        let result = try denseCopy(layout.densest)
        return try result.finished("clone", self) { _, gradient in [gradient] }
    }

    /// The tensor in row-major order; itself when it is already.
    public func contiguous() throws(TensorError) -> Tensor {
        if isContiguous { return self }
        let result = try contiguousCopy()
        return try result.finished("contiguous", self) { _, gradient in [gradient] }
    }

    /// Copies another tensor's elements into this one, converting and broadcasting.
    @discardableResult
    public func copy_(_ source: Tensor) throws(TensorError) -> Tensor {
        try checkInPlace("copy_")
        guard try Tensor.broadcast(shape, source.shape, "copy_") == shape else {
            throw .shapes("copy_", [shape, source.shape], detail: "the source does not fit")
        }
        try copyElements(from: checkOverlap(source, "copy_"))
        return try recordedInPlace("copy_", [self, source]) { node, gradient in
            [node.needs(0) ? try Tensor.zeros(gradient.shape, gradient.dtype) : nil, gradient]
        }
    }

    /// Sets all elements to a value.
    @discardableResult
    public func fill_(_ value: Scalar) throws(TensorError) -> Tensor {
        try checkInPlace("fill_")
        try value.check(fits: dtype, "fill_")
        try fillElements(value)
        return try recordedInPlace("fill_", [self]) { _, gradient in [try Tensor.zeros(gradient.shape, gradient.dtype)] }
    }
}
