import CKernels

// The machinery that elementwise operations share: operands are broadcast, brought to one type, and
// walked together by a C kernel. A number that meets a tensor stays on the stack.

extension Tensor {
    /// The shape that two shapes broadcast to: aligned at the end, with sizes equal or 1.
    static func broadcast(_ a: [Int], _ b: [Int], _ operation: String) throws(TensorError) -> [Int] {
        if a == b { return a }
        var result = a.count >= b.count ? a : b
        let shorter = a.count >= b.count ? b : a
        let shift = result.count - shorter.count
        for d in shorter.indices {
            let x = result[d + shift], y = shorter[d]
            if x == y || y == 1 { continue }
            guard x == 1 else {
                throw .shapes(operation, [a, b], detail: "sizes \(x) and \(y) differ and neither is 1, so the shapes do not broadcast")
            }
            result[d + shift] = y
        }
        return result
    }

    /// Runs a kernel over operands that broadcast to the first one's shape, which is the result.
    /// `cost` is the rough price of one element in additions.
    static func run(
        _ kernel: nj_kernel, _ result: Tensor, _ a: Tensor? = nil, _ b: Tensor? = nil, _ c: Tensor? = nil,
        cost: Int32 = 1, context: UnsafeRawPointer? = nil
    ) throws(TensorError) {
        var loop = nj_loop(over: result)
        if let a { loop.add(a) }
        if let b { loop.add(b) }
        if let c { loop.add(c) }
        let finished = withExtendedLifetime((result, a, b, c)) { nj_loop_run(&loop, kernel, context, cost) }
        guard finished else { throw .interrupted }
    }

    /// Refuses a change in place whose operands partly overlap the destination, where the order of
    /// the elements would decide the outcome.
    func checkOverlap(_ other: Tensor, _ operation: String) throws(TensorError) -> Tensor {
        guard other.storage === storage, !(other.offset == offset && other.layout == layout) else { return other }
        return try other.denseCopy(Layout(shape: other.shape, strides: Layout.contiguousStrides(other.shape)))
    }

    /// Refuses a change in place whose result would not fit the destination.
    func checkDestination(_ name: String, _ dtype: DType, shape: [Int], _ shapes: [[Int]]) throws(TensorError) {
        guard shape == self.shape else {
            throw .shapes(name, shapes, detail: "the result \(describe(shape)) does not fit in place")
        }
        let lossy = (dtype.isFloatingPoint && !self.dtype.isFloatingPoint) || (self.dtype == .bool && dtype != .bool)
        if lossy {
            throw .dtypes(name, [self.dtype], expected: "the result is \(dtype.name), which cannot be kept in place",
                hint: .text("Convert first: x:to(\"\(dtype.name)\")"))
        }
    }

    /// The tensor itself in the given type, or a conversion; records nothing.
    @inline(__always)
    func inType(_ dtype: DType) throws(TensorError) -> Tensor {
        self.dtype == dtype ? self : try converted(to: dtype)
    }
}

extension nj_loop {
    /// A loop over a result's shape, with the result as first operand.
    init(over result: Tensor) {
        self.init()
        rank = Int32(result.rank)
        withUnsafeMutableBytes(of: &sizes) { raw in
            let sizes = raw.assumingMemoryBound(to: Int64.self)
            for d in result.layout.shape.indices { sizes[d] = Int64(result.layout.shape[d]) }
        }
        add(result)
    }

    /// Adds an operand, with stride 0 where it is broadcast.
    mutating func add(_ tensor: Tensor) {
        let operand = Int(operands), layout = tensor.layout
        let shift = Int(rank) - layout.shape.count, size = Int64(tensor.dtype.size)
        withUnsafeMutableBytes(of: &strides) { raw in
            let row = raw.assumingMemoryBound(to: Int64.self).baseAddress! + operand * Int(NJ_MAX_DIMS)
            for d in layout.shape.indices { row[shift + d] = layout.shape[d] == 1 ? 0 : Int64(layout.strides[d]) * size }
        }
        withUnsafeMutableBytes(of: &elements) { raw in raw.assumingMemoryBound(to: Int64.self)[operand] = size }
        add(pointer: tensor.pointer)
    }

    /// Adds a single number as an operand.
    mutating func add(pointer: UnsafeMutableRawPointer) {
        let operand = Int(operands)
        withUnsafeMutableBytes(of: &data) { raw in
            raw.assumingMemoryBound(to: UnsafeMutablePointer<CChar>.self)[operand] = pointer.assumingMemoryBound(to: CChar.self)
        }
        operands += 1
    }
}

// MARK: - One operand

extension Tensor {
    /// Applies a kernel to each element, taken in type `dtype`; the result has type `resultType`.
    static func apply(
        _ name: String, _ kernel: nj_kernel?, _ a: Tensor, dtype: DType, result resultType: DType? = nil,
        inPlace: Bool = false, cost: Int32 = 1, context: UnsafeRawPointer? = nil
    ) throws(TensorError) -> Tensor {
        guard let kernel else { throw .dtypes(name, [a.dtype], expected: "not defined for this type") }
        let resultType = resultType ?? dtype
        if inPlace {
            try a.checkInPlace(name)
            try a.checkDestination(name, resultType, shape: a.shape, [a.shape])
        }
        let x = try a.inType(dtype)
        let isDirect = inPlace && resultType == a.dtype
        let result = isDirect ? a : try Tensor(uninitialized: x.layout.densest, resultType, operation: name)
        if result.layout === x.layout, x.layout.isDense {
            let finished = nj_flat2(
                kernel, result.pointer, Int64(resultType.size), x.pointer, Int64(dtype.size), Int64(x.layout.count), context, cost)
            guard finished else { throw .interrupted }
        } else {
            try run(kernel, result, x, cost: cost, context: context)
        }
        if inPlace && !isDirect {
            try a.copyElements(from: result)
            return a
        }
        return result
    }
}

// MARK: - Two operands

extension Tensor {
    /// Applies a binary kernel to two tensors, which are broadcast and brought to one type.
    /// With `inPlace`, the result goes to `a`'s own elements.
    static func binary(
        _ name: String, _ operation: nj_binary, _ a: Tensor, _ b: Tensor, inPlace: Bool = false,
        dtype given: DType? = nil, cost: Int32 = 1
    ) throws(TensorError) -> Tensor {
        let dtype = given ?? DType.promoted(a.dtype, isScalar: a.rank == 0, b.dtype, isScalar: b.rank == 0)
        return try combine(name, nj_binary_kernel(operation, dtype.kernelType), a, b, dtype: dtype, inPlace: inPlace, cost: cost)
    }

    /// Applies a kernel to pairs of elements, taken in type `dtype`; the result has type `resultType`.
    static func combine(
        _ name: String, _ kernel: nj_kernel?, _ a: Tensor, _ b: Tensor, dtype: DType, result resultType: DType? = nil,
        inPlace: Bool = false, cost: Int32 = 1, context: UnsafeRawPointer? = nil
    ) throws(TensorError) -> Tensor {
        guard let kernel else { throw .dtypes(name, [a.dtype, b.dtype], expected: "not defined for these types") }
        let resultType = resultType ?? dtype
        if inPlace {
            try a.checkInPlace(name)
            try a.checkDestination(name, resultType, shape: broadcast(a.shape, b.shape, name), [a.shape, b.shape])
        }
        let x = try a.inType(dtype)
        var y = try b.inType(dtype)
        if inPlace { y = try a.checkOverlap(y, name) }
        let isDirect = inPlace && resultType == a.dtype
        let sameLayout = x.layout == y.layout && x.layout.isDense
        let result: Tensor
        if isDirect {
            result = a
        } else if sameLayout {
            result = try Tensor(uninitialized: x.layout, resultType, operation: name)
        } else {
            let shape = try broadcast(x.shape, y.shape, name)
            let layout = x.layout.isDense && x.shape == shape
                ? x.layout : y.layout.isDense && y.shape == shape ? y.layout : try Layout(contiguous: shape, operation: name)
            result = try Tensor(uninitialized: layout, resultType, operation: name)
        }
        if sameLayout, result.layout == x.layout {
            let size = Int64(dtype.size)
            let finished = nj_flat3(
                kernel, result.pointer, Int64(resultType.size), x.pointer, size, y.pointer, size,
                Int64(x.layout.count), context, cost)
            guard finished else { throw .interrupted }
        } else {
            try run(kernel, result, x, y, cost: cost, context: context)
        }
        if inPlace && !isDirect {
            try a.copyElements(from: result)
            return a
        }
        return result
    }

    /// Applies a binary kernel to a tensor and a number, in that order unless `reversed`.
    static func binary(
        _ name: String, _ operation: nj_binary, _ a: Tensor, _ number: Scalar, reversed: Bool = false,
        inPlace: Bool = false, dtype given: DType? = nil, cost: Int32 = 1
    ) throws(TensorError) -> Tensor {
        let dtype = given ?? number.promoted(with: a.dtype)
        return try combine(
            name, nj_binary_kernel(operation, dtype.kernelType), a, number, reversed: reversed, dtype: dtype,
            inPlace: inPlace, cost: cost)
    }

    /// Applies a kernel to each element and a number, both taken in type `dtype`.
    static func combine(
        _ name: String, _ kernel: nj_kernel?, _ a: Tensor, _ number: Scalar, reversed: Bool = false, dtype: DType,
        result resultType: DType? = nil, inPlace: Bool = false, cost: Int32 = 1, context: UnsafeRawPointer? = nil
    ) throws(TensorError) -> Tensor {
        guard let kernel else { throw .dtypes(name, [a.dtype], expected: "not defined for this type") }
        let resultType = resultType ?? dtype
        if inPlace {
            try a.checkInPlace(name)
            try a.checkDestination(name, resultType, shape: a.shape, [a.shape])
        }
        let x = try a.inType(dtype)
        let isDirect = inPlace && resultType == a.dtype
        let result = isDirect ? a : try Tensor(uninitialized: x.layout.densest, resultType, operation: name)
        var cell = number.bits(in: dtype)
        let isFlat = result.layout === x.layout && x.layout.isDense
        let finished = withUnsafeMutableBytes(of: &cell) { bytes in
            let number = bytes.baseAddress!, size = Int64(dtype.size)
            if isFlat {
                return nj_flat3(
                    kernel, result.pointer, Int64(resultType.size), reversed ? number : x.pointer, reversed ? 0 : size,
                    reversed ? x.pointer : number, reversed ? size : 0, Int64(x.layout.count), context, cost)
            }
            var loop = nj_loop(over: result)
            if reversed { loop.add(pointer: number) }
            loop.add(x)
            if !reversed { loop.add(pointer: number) }
            return nj_loop_run(&loop, kernel, context, cost)
        }
        withExtendedLifetime((x, result)) {}
        guard finished else { throw .interrupted }
        if inPlace && !isDirect {
            try a.copyElements(from: result)
            return a
        }
        return result
    }
}

// MARK: - Numbers

extension Scalar {
    /// The bytes of this number as an element of type `dtype`, from the lowest.
    func bits(in dtype: DType) -> UInt64 {
        switch dtype {
        case .bool: doubleValue != 0 ? 1 : 0
        case .uint8: UInt64(UInt8(truncatingIfNeeded: intValue))
        case .int32: UInt64(UInt32(truncatingIfNeeded: intValue))
        case .int64: UInt64(bitPattern: intValue)
        case .float32: UInt64(Float(doubleValue).bitPattern)
        case .float64: doubleValue.bitPattern
        }
    }
}

/// A few numbers for a kernel, in the type of its elements.
struct Parameters {
    private var values: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    init(_ dtype: DType, _ a: Scalar, _ b: Scalar = 0, _ c: Scalar = 0) {
        let size = dtype.size
        withUnsafeMutableBytes(of: &values) { raw in
            for (i, number) in [a, b, c].enumerated() {
                withUnsafeBytes(of: number.bits(in: dtype)) { raw.baseAddress!.advanced(by: i * size).copyMemory(from: $0.baseAddress!, byteCount: size) }
            }
        }
    }

    /// Calls `body` with the address of the numbers.
    mutating func with<R>(_ body: (UnsafeRawPointer) throws(TensorError) -> R) throws(TensorError) -> R {
        try withUnsafeBytes(of: &values) { (raw) throws(TensorError) -> R in try body(raw.baseAddress!) }
    }
}

extension Tensor {
    /// A one-element tensor of a type, for a number that meets a tensor.
    static func number(_ value: Scalar, _ dtype: DType) throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: .scalar, dtype, operation: "tensor")
        result.storeScalar(value)
        return result
    }

    /// Writes a number to the first element.
    func storeScalar(_ value: Scalar) {
        var bits = value.bits(in: dtype)
        pointer.copyMemory(from: &bits, byteCount: dtype.size)
    }
}
