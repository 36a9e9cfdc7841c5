import CKernels

extension Tensor {
    /// Zeros of a shape.
    public static func zeros(_ shape: [Int], _ dtype: DType = .float32) throws(TensorError) -> Tensor {
        try full(shape, 0, dtype, operation: "zeros")
    }

    /// Ones of a shape.
    public static func ones(_ shape: [Int], _ dtype: DType = .float32) throws(TensorError) -> Tensor {
        try full(shape, 1, dtype, operation: "ones")
    }

    /// A tensor filled with one value.
    public static func full(
        _ shape: [Int], _ value: Scalar, _ dtype: DType = .float32, operation: String = "full"
    ) throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: shape, dtype, operation: operation)
        try result.fillElements(value)
        return result
    }

    /// A single number as a 0-dimensional tensor.
    public convenience init(_ value: Scalar, _ dtype: DType = .float32) throws(TensorError) {
        try self.init(uninitialized: .scalar, dtype, operation: "tensor")
        storeScalar(value)
    }

    /// A tensor with the given elements in row-major order.
    ///
    /// - Throws: when the number of elements does not match the shape.
    public convenience init<T: TensorElement>(_ elements: [T], shape: [Int]? = nil) throws(TensorError) {
        let shape = shape ?? [elements.count]
        try self.init(uninitialized: shape, T.dtype, operation: "tensor")
        guard elements.count == count else {
            throw .argument("tensor", "\(elements.count) values do not fill \(describe(shape))")
        }
        elements.withUnsafeBytes { bytes in
            if let source = bytes.baseAddress { pointer.copyMemory(from: source, byteCount: bytes.count) }
        }
    }

    /// Sets all elements without history.
    func fillElements(_ value: Scalar) throws(TensorError) {
        let number = try Tensor.number(value, dtype)
        guard let kernel = nj_fill_kernel(dtype.kernelType) else { return }
        try Tensor.run(kernel, self, context: number.pointer)
    }
}
