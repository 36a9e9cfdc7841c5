extension Tensor {
    /// Gives this very tensor another floating point type, its gradient with it: whoever holds the
    /// tensor sees the change. For a module's parameters and buffers.
    ///
    /// - Throws: for a tensor that an operation computed, and for views, which share their elements.
    public func convert(to dtype: DType) throws(TensorError) {
        if dtype == self.dtype { return }
        guard isLeaf, base == nil else {
            throw .argument("to", "only tensors that were not computed change their type in place")
        }
        let wasRequired = requiresGrad, gradient = try grad?.converted(to: dtype)
        if wasRequired, !dtype.isFloatingPoint {
            throw .dtypes("to", [dtype], expected: "only floating point tensors have gradients")
        }
        let converted = try converted(to: dtype)
        try setRequiresGrad(false)
        self.dtype = dtype
        layout = converted.layout
        storage = converted.storage
        offset = converted.offset
        if wasRequired { try setRequiresGrad(true) }
        grad = gradient
    }
}
