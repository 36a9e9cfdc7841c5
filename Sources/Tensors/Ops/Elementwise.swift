import CKernels

// The machinery that elementwise operations share: operands are broadcast, brought to one type, and
// walked together by a C kernel.

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

    /// Adds this tensor as an operand of a loop over `shape`, with stride 0 where it is broadcast.
    @inline(__always)
    private func join(_ loop: inout nj_loop, as operand: Int) {
        let shift = Int(loop.rank) - rank, size = Int64(dtype.size)
        withUnsafeMutableBytes(of: &loop.strides) { raw in
            let row = raw.assumingMemoryBound(to: Int64.self).baseAddress! + operand * Int(NJ_MAX_DIMS)
            for d in 0..<shift { row[d] = 0 }
            for d in 0..<rank { row[shift + d] = layout.shape[d] == 1 ? 0 : Int64(layout.strides[d]) * size }
        }
        withUnsafeMutableBytes(of: &loop.data) { raw in
            raw.assumingMemoryBound(to: UnsafeMutablePointer<CChar>.self)[operand] = pointer.assumingMemoryBound(to: CChar.self)
        }
    }

    /// A loop over the first operand's shape; that operand is the result.
    static func loop(_ operands: [Tensor]) -> nj_loop {
        var loop = nj_loop()
        let shape = operands[0].shape
        loop.rank = Int32(shape.count)
        loop.operands = Int32(operands.count)
        withUnsafeMutableBytes(of: &loop.sizes) { raw in
            let sizes = raw.assumingMemoryBound(to: Int64.self)
            for d in shape.indices { sizes[d] = Int64(shape[d]) }
        }
        for (i, operand) in operands.enumerated() { operand.join(&loop, as: i) }
        return loop
    }

    /// Runs a kernel over operands that broadcast to the first one's shape, which is the result.
    /// `cost` is the rough price of one element in additions.
    static func run(
        _ kernel: nj_kernel, _ operands: Tensor..., cost: Int32 = 1, context: UnsafeRawPointer? = nil
    ) throws(TensorError) {
        var loop = Tensor.loop(operands)
        let finished = withExtendedLifetime(operands) { nj_loop_run(&loop, kernel, context, cost) }
        guard finished else { throw .interrupted }
    }

    /// A one-element tensor of a type, for a number that meets a tensor.
    static func number(_ value: Scalar, _ dtype: DType) throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: .scalar, dtype, operation: "tensor")
        result.storeScalar(value)
        return result
    }

    /// Writes a number to the first element.
    func storeScalar(_ value: Scalar) {
        switch dtype {
        case .bool: pointer.storeBytes(of: value.doubleValue != 0 ? 1 : 0, as: UInt8.self)
        case .uint8: pointer.storeBytes(of: UInt8(truncatingIfNeeded: value.intValue), as: UInt8.self)
        case .int32: pointer.storeBytes(of: Int32(truncatingIfNeeded: value.intValue), as: Int32.self)
        case .int64: pointer.storeBytes(of: value.intValue, as: Int64.self)
        case .float32: pointer.storeBytes(of: Float(value.doubleValue), as: Float.self)
        case .float64: pointer.storeBytes(of: value.doubleValue, as: Double.self)
        }
    }

    /// Refuses a change in place whose operands partly overlap the destination, where the order of
    /// the elements would decide the outcome.
    func checkOverlap(_ other: Tensor, _ operation: String) throws(TensorError) -> Tensor {
        guard other.storage === storage, !(other.offset == offset && other.layout == layout) else { return other }
        return try other.denseCopy(Layout(shape: other.shape, strides: Layout.contiguousStrides(other.shape)))
    }
}

// MARK: - Binary operations

extension Tensor {
    /// Applies a binary kernel to two tensors, which are broadcast and brought to one type.
    /// With `inPlace`, the result goes to `a`'s own elements.
    static func binary(
        _ name: String, _ operation: nj_binary, _ a: Tensor, _ b: Tensor, inPlace: Bool = false,
        dtype resultType: DType? = nil
    ) throws(TensorError) -> Tensor {
        let dtype = resultType ?? DType.promoted(a.dtype, isScalar: a.rank == 0, b.dtype, isScalar: b.rank == 0)
        guard let kernel = nj_binary_kernel(operation, dtype.kernelType) else {
            throw .dtypes(name, [a.dtype, b.dtype], expected: "not defined for these types")
        }
        let x = a.dtype == dtype ? a : try a.converted(to: dtype)
        var y = b.dtype == dtype ? b : try b.converted(to: dtype)
        if inPlace {
            try a.checkInPlace(name)
            try a.checkDestination(name, dtype, shape: try broadcast(a.shape, b.shape, name), [a.shape, b.shape])
            y = try a.checkOverlap(y, name)
            if a.dtype == dtype {
                try run(kernel, a, a, y)
            } else {
                let result = try Tensor(uninitialized: a.layout.densest, dtype, operation: name)
                try run(kernel, result, x, y)
                try a.copyElements(from: result)
            }
            return a
        }
        let layout: Layout
        if x.layout === y.layout && x.layout.isDense {
            layout = x.layout
        } else {
            let shape = try broadcast(x.shape, y.shape, name)
            layout = x.layout.isDense && x.shape == shape
                ? x.layout : y.layout.isDense && y.shape == shape ? y.layout : try Layout(contiguous: shape, operation: name)
        }
        let result = try Tensor(uninitialized: layout, dtype, operation: name)
        // Small operands of one layout, the common case at the prompt, skip the general loop.
        if x.layout === y.layout, layout === x.layout, layout.count <= 4096 {
            nj_run_flat3(kernel, result.pointer, x.pointer, y.pointer, Int64(layout.count), Int64(dtype.size))
        } else {
            try run(kernel, result, x, y)
        }
        return result
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
}
