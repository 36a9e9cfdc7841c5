// Reading elements as plain numbers.

extension Tensor {
    /// The value of a tensor with one element.
    ///
    /// - Throws: when there is not exactly one.
    public func scalar(_ operation: String = "item") throws(TensorError) -> Scalar {
        guard layout.count == 1 else {
            throw .argument(operation, "only a tensor with one element is a number; this is \(describe(shape))")
        }
        return Tensor.read(pointer, dtype)
    }

    /// All elements in row-major order.
    public func scalars() throws(TensorError) -> [Scalar] {
        let source = isContiguous ? self : try contiguousCopy()
        let size = dtype.size, base = source.pointer
        return withExtendedLifetime(source) { (0..<count).map { Tensor.read(base + $0 * size, dtype) } }
    }

    static func read(_ pointer: UnsafeMutableRawPointer, _ dtype: DType) -> Scalar {
        switch dtype {
        case .bool: .bool(pointer.load(as: UInt8.self) != 0)
        case .uint8: .int(Int64(pointer.load(as: UInt8.self)))
        case .int32: .int(Int64(pointer.load(as: Int32.self)))
        case .int64: .int(pointer.load(as: Int64.self))
        case .float32: .double(Double(pointer.load(as: Float.self)))
        case .float64: .double(pointer.load(as: Double.self))
        }
    }
}
