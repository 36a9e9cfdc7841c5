import CKernels

// Tensors that hold positions, and their checks.

/// Checked positions along a dimension, row-major int64, none negative, that count from `first`.
struct CountedPositions {
    let tensor: Tensor
    let first: Int
}

extension Tensor {
    /// The elements as row-major int64; floating numbers must be whole.
    func positions(_ operation: String) throws(TensorError) -> Tensor {
        switch dtype {
        case .int64:
            return isContiguous ? self : try contiguousCopy()
        case .uint8, .int32:
            let result = try Tensor(uninitialized: shape, .int64, operation: operation)
            try result.copyElements(from: self)
            return result
        case .float32, .float64:
            let source = isContiguous ? self : try contiguousCopy()
            let result = try Tensor(uninitialized: shape, .int64, operation: operation)
            let out = result.int64s
            let bad = dtype == .float32
                ? nj_positions_from_f32(out, source.pointer.assumingMemoryBound(to: Float.self), Int64(count))
                : nj_positions_from_f64(out, source.pointer.assumingMemoryBound(to: Double.self), Int64(count))
            if bad >= 0 {
                let value = dtype == .float32
                    ? Double(source.pointer.load(fromByteOffset: Int(bad) * 4, as: Float.self))
                    : source.pointer.load(fromByteOffset: Int(bad) * 8, as: Double.self)
                throw .value(operation, "positions must be whole numbers, found \(value)")
            }
            return result
        case .bool:
            throw .dtypes(operation, [dtype], expected: "expected positions (int64)", hint: .text("A mask works in x[mask] and masked_select"))
        }
    }

    /// Positions within dimension `dimension` of `shape`, counted from its start; row-major int64.
    ///
    /// - Throws: naming the first position outside of the dimension.
    func positions(_ operation: String, in shape: [Int], dimension: Int) throws(TensorError) -> Tensor {
        try positions(operation, from: 0, in: shape, dimension: dimension).tensor
    }

    /// The same for positions that count from `first`, which are left so where all count from the start.
    func positions(
        _ operation: String, from first: Int, in shape: [Int], dimension: Int
    ) throws(TensorError) -> CountedPositions {
        let positions = try positions(operation)
        let size = dimension < shape.count ? shape[dimension] : 1
        let elements = positions.int64s
        var negative = false
        let bad = nj_check_positions(elements, Int64(count), Int64(first), Int64(size), &negative)
        guard bad < 0 else {
            let position = Int(elements[Int(bad)])
            if position >= 0, position < first {
                throw .value(operation, "position \(position): positions start at \(first), and -1 is the last")
            }
            throw .index(operation, position < 0 ? position : position - first, dimension: dimension, shape: shape.isEmpty ? [1] : shape)
        }
        guard negative else { return CountedPositions(tensor: positions, first: first) }
        let result = try Tensor(uninitialized: self.shape, .int64, operation: operation)
        nj_wrap_positions(result.int64s, elements, Int64(count), Int64(first), Int64(size))
        return CountedPositions(tensor: result, first: 0)
    }

    /// The elements as Swift integers, for small tensors of counts or sizes.
    func integers(_ operation: String) throws(TensorError) -> [Int64] {
        let positions = try positions(operation)
        let start = positions.int64s
        return withExtendedLifetime(positions) { [Int64](UnsafeBufferPointer(start: start, count: count)) }
    }

    /// A mask as row-major bytes of a shape that it is broadcast to.
    func mask(_ operation: String, for shape: [Int]) throws(TensorError) -> Tensor {
        guard dtype == .bool else {
            throw .dtypes(operation, [dtype], expected: "the mask must be bool", hint: .text("Compare first: x:gt(0)"))
        }
        let full = self.shape == shape ? self : try Tensor(sharing: self, layout: layout, offset: offset).expand(shape)
        return full.isContiguous ? full : try full.contiguousCopy()
    }
}
