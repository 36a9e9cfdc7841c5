import CKernels
import Glibc

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

    /// A tensor whose elements are whatever was in memory.
    public static func empty(_ shape: [Int], _ dtype: DType = .float32) throws(TensorError) -> Tensor {
        try Tensor(uninitialized: shape, dtype, operation: "empty")
    }

    /// Zeros of this tensor's shape, and type unless another is given.
    public func zerosLike(_ dtype: DType? = nil) throws(TensorError) -> Tensor {
        try Tensor.full(shape, 0, dtype ?? self.dtype, operation: "zeros_like")
    }

    /// Ones of this tensor's shape, and type unless another is given.
    public func onesLike(_ dtype: DType? = nil) throws(TensorError) -> Tensor {
        try Tensor.full(shape, 1, dtype ?? self.dtype, operation: "ones_like")
    }

    /// One value in this tensor's shape, and type unless another is given.
    public func fullLike(_ value: Scalar, _ dtype: DType? = nil) throws(TensorError) -> Tensor {
        try Tensor.full(shape, value, dtype ?? self.dtype, operation: "full_like")
    }

    /// Ones on the diagonal, zeros elsewhere.
    public static func eye(_ rows: Int, _ columns: Int? = nil, _ dtype: DType = .float32) throws(TensorError) -> Tensor {
        let result = try full([rows, columns ?? rows], 0, dtype, operation: "eye")
        let diagonal = Swift.min(rows, columns ?? rows), step = result.strides[0] + 1
        guard diagonal > 0 else { return result }
        try Tensor(sharing: result, layout: Layout(shape: [diagonal], strides: [step]), offset: 0).fillElements(1)
        return result
    }

    // MARK: Sequences

    /// `first`, `first + step`, … up to and including `last`. Whole numbers give int64, others float32,
    /// unless a type is given. A last value that rounding misses by a hair is included.
    ///
    /// - Throws: when the step is 0, leads away from `last`, or a bound is not finite.
    public static func range(
        _ first: Scalar, _ last: Scalar, step: Scalar = 1, _ dtype: DType? = nil
    ) throws(TensorError) -> Tensor {
        let isWhole = [first, last, step].allSatisfy { if case .double = $0 { false } else { true } }
        let type = dtype ?? (isWhole ? .int64 : .float32)
        let (a, b, s) = (first.doubleValue, last.doubleValue, step.doubleValue)
        guard a.isFinite, b.isFinite, s.isFinite else { throw .argument("range", "bounds and step must be finite") }
        guard s != 0 else { throw .argument("range", "the step is 0") }
        guard type != .bool else { throw .dtypes("range", [type], expected: "expected numbers") }
        var count: Int
        if isWhole {
            let (distance, overflow) = last.intValue.subtractingReportingOverflow(first.intValue)
            if overflow { throw .outOfMemory("range", shape: [.max], bytes: nil) }
            if (distance > 0) != (step.intValue > 0), distance != 0 { throw away(first, last, step) }
            count = Int(distance / step.intValue) + 1
        } else {
            let steps = (b - a) / s
            if steps < 0 { throw away(first, last, step) }
            guard steps < 0x1p62 else { throw .outOfMemory("range", shape: [.max], bytes: nil) }
            count = Int(Glibc.floor(steps * (1 + 1e-14) + 1e-9)) + 1
        }
        count = Swift.max(count, 0)
        let result = try Tensor(uninitialized: [count], type, operation: "range")
        if isWhole && !type.isFloatingPoint {
            nj_range_integers(type.kernelType, result.pointer, Int64(count), first.intValue, step.intValue)
        } else if type.isFloatingPoint {
            nj_range_floating(type.kernelType, result.pointer, Int64(count), a, s, a + s * Double(count - 1))
        } else {
            let values = try Tensor(uninitialized: [count], .float64, operation: "range")
            nj_range_floating(DType.float64.kernelType, values.pointer, Int64(count), a, s, a + s * Double(count - 1))
            try result.copyElements(from: values)
        }
        return result
    }

    private static func away(_ first: Scalar, _ last: Scalar, _ step: Scalar) -> TensorError {
        .argument("range", "a step of \(step.text) does not lead from \(first.text) to \(last.text)")
    }

    /// Positions 0, 1, … as int64.
    static func range(_ count: Int) throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: [count], .int64, operation: "range")
        nj_range_integers(DType.int64.kernelType, result.pointer, Int64(count), 0, 1)
        return result
    }

    /// `steps` numbers at equal distances, from `first` to `last`, both included.
    public static func linspace(
        _ first: Double, _ last: Double, _ steps: Int, _ dtype: DType = .float32
    ) throws(TensorError) -> Tensor {
        guard steps >= 0 else { throw .argument("linspace", "the number of steps is negative: \(steps)") }
        let values = try Tensor(uninitialized: [steps], dtype.isFloatingPoint ? dtype : .float64, operation: "linspace")
        let step = steps > 1 ? (last - first) / Double(steps - 1) : 0
        nj_range_floating(values.dtype.kernelType, values.pointer, Int64(steps), first, step, steps > 1 ? last : first)
        return try values.inType(dtype)
    }

    /// `base` to the power of `steps` numbers at equal distances from `first` to `last`.
    public static func logspace(
        _ first: Double, _ last: Double, _ steps: Int, base: Double = 10, _ dtype: DType = .float32
    ) throws(TensorError) -> Tensor {
        guard steps >= 0 else { throw .argument("logspace", "the number of steps is negative: \(steps)") }
        return try Tensor.pow(.double(base), linspace(first, last, steps, .float64)).inType(dtype)
    }

    // MARK: From values

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
        guard let kernel = nj_fill_kernel(dtype.kernelType) else { return }
        var bits = value.bits(in: dtype)
        let finished = withUnsafeBytes(of: &bits) { raw in
            if layout.isDense {
                return nj_flat1(kernel, pointer, Int64(dtype.size), Int64(count), raw.baseAddress)
            }
            var loop = nj_loop(over: self)
            return nj_loop_run(&loop, kernel, raw.baseAddress, 1)
        }
        guard finished else { throw .interrupted }
    }
}

extension Scalar {
    /// The number as text.
    var text: String {
        switch self {
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .double(let value): value.isNaN ? "nan" : value == value.rounded() && Swift.abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
        }
    }
}
