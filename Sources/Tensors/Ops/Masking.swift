import CKernels

// Elements chosen by a mask.

extension Tensor {
    /// The elements where the mask is true, as a vector; both are broadcast.
    public func maskedSelect(_ mask: Tensor) throws(TensorError) -> Tensor {
        let shape = try Tensor.broadcast(self.shape, mask.shape, "masked_select")
        let chosen = try mask.mask("masked_select", for: shape)
        let source = try self.shape == shape ? self : expand(shape)
        let elements = source.isContiguous ? source : try source.contiguousCopy()
        let n = Int(nj_count_nonzero(NJ_BOOL, chosen.pointer, Int64(chosen.count)))
        let result = try Tensor(uninitialized: [n], dtype, operation: "masked_select")
        withExtendedLifetime((elements, chosen)) {
            nj_masked_select(
                Int64(dtype.size), result.pointer.assumingMemoryBound(to: CChar.self),
                elements.pointer.assumingMemoryBound(to: CChar.self),
                chosen.pointer.assumingMemoryBound(to: UInt8.self), Int64(n))
        }
        return try result.finished("masked_select", source, saving: [.tensor(chosen)]) { node, g in
            [try Tensor.zeros(shape, g.dtype).maskedScatter(node.saved(0), g)]
        }
    }

    /// The tensor with elements set to a number where the mask, which is broadcast, is true.
    @discardableResult
    public func maskedFill(_ mask: Tensor, _ value: Scalar, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "masked_fill_" : "masked_fill"
        guard mask.dtype == .bool else {
            throw .dtypes(name, [mask.dtype], expected: "the mask must be bool", hint: .text("Compare first: x:gt(0)"))
        }
        let full = try Tensor.broadcast(shape, mask.shape, name)
        let source = inPlace || full == shape ? self : try expand(full)
        guard full == source.shape else {
            throw .shapes(name, [shape, mask.shape], detail: "the result \(describe(full)) does not fit in place")
        }
        try value.check(fits: dtype, name)
        if inPlace { try checkInPlace(name) }
        let result = try inPlace ? self : Tensor(uninitialized: source.layout.densest, dtype, operation: name)
        let number = try Tensor.number(value, dtype)
        try Tensor.run(nj_masked_fill_kernel(dtype.kernelType), result, source, inPlace ? try checkOverlap(mask, name) : mask, context: number.pointer)
        return try result.finished(name, source, saving: [.tensor(mask)], inPlace: inPlace) { node, g in
            [try g.maskedFill(node.saved(0), 0)]
        }
    }

    /// The tensor with elements set to a one-element tensor where the mask is true.
    @discardableResult
    public func maskedFill(_ mask: Tensor, _ value: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "masked_fill_" : "masked_fill"
        guard value.count == 1 else { throw .shapes(name, [shape, value.shape], detail: "the value must be one number") }
        if !Autograd.isRecording(value) { return try maskedFill(mask, value.scalar(), inPlace: inPlace) }
        let filled = try maskedFill(mask, 0, inPlace: inPlace)
        let spread = try Tensor.zeros(filled.shape, dtype).maskedScatterRepeated(mask, value)
        return try filled.add(spread, inPlace: inPlace)
    }

    /// `value` where the mask is true, zero elsewhere.
    private func maskedScatterRepeated(_ mask: Tensor, _ value: Tensor) throws(TensorError) -> Tensor {
        let chosen = try mask.mask("masked_fill", for: shape)
        let n = Int(nj_count_nonzero(NJ_BOOL, chosen.pointer, Int64(chosen.count)))
        return try maskedScatter(chosen, value.reshape([1]).expand([n]).to(dtype))
    }

    /// The tensor with the elements where the mask is true taken from `source` in order; the mask
    /// is broadcast.
    ///
    /// - Throws: when the source has too few elements.
    @discardableResult
    public func maskedScatter(_ mask: Tensor, _ source: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "masked_scatter_" : "masked_scatter"
        let chosen = try mask.mask(name, for: shape)
        let n = Int(nj_count_nonzero(NJ_BOOL, chosen.pointer, Int64(chosen.count)))
        guard source.count >= n else {
            throw .argument(name, "the mask chooses \(n) elements, but the source has \(source.count)")
        }
        if inPlace { try checkInPlace(name) }
        let values = try source.values(as: dtype, apartFrom: inPlace ? self : nil)
        let elements = isContiguous ? self : try contiguousCopy()
        let result = inPlace && isContiguous ? self : try Tensor(uninitialized: shape, dtype, operation: name)
        withExtendedLifetime((elements, chosen, values)) {
            nj_masked_scatter(
                Int64(dtype.size), result.pointer.assumingMemoryBound(to: CChar.self),
                elements.pointer.assumingMemoryBound(to: CChar.self),
                chosen.pointer.assumingMemoryBound(to: UInt8.self),
                values.pointer.assumingMemoryBound(to: CChar.self), Int64(count))
        }
        if inPlace, result !== self { try copyElements(from: result) }
        let size = source.count, sourceShape = source.shape
        return try (inPlace ? self : result).finished(name, self, source, saving: [.tensor(chosen)], inPlace: inPlace) { node, g in
            let mask = try node.saved(0)
            var inner: Tensor?
            if node.needs(1) {
                let used = try g.maskedSelect(mask)
                inner = try (n == size ? used : used.pad([0, size - n])).reshape(sourceShape)
            }
            return [node.needs(0) ? try g.maskedFill(mask, 0) : nil, inner]
        }
    }

    /// The positions of all elements that are not zero, one row of coordinates each: `[n, rank]`.
    public func nonzero() throws(TensorError) -> Tensor {
        let flat = try flatNonzero("nonzero")
        if rank == 1 { return try flat.unsqueeze(1) }
        let result = try Tensor(uninitialized: [flat.count, rank], .int64, operation: "nonzero")
        let sizes = shape.map(Int64.init)
        nj_unravel(
            flat.int64s, Int64(flat.count), Int32(rank), sizes,
            result.int64s)
        return result
    }

    /// The positions of elements that are not zero in the flattened tensor.
    func flatNonzero(_ operation: String) throws(TensorError) -> Tensor {
        let elements = isContiguous ? self : try contiguousCopy()
        let n = Int(nj_count_nonzero(dtype.kernelType, elements.pointer, Int64(count)))
        let flat = try Tensor(uninitialized: [n], .int64, operation: operation)
        withExtendedLifetime(elements) {
            nj_nonzero(dtype.kernelType, elements.pointer, Int64(n), flat.int64s)
        }
        return flat
    }

    /// The first element as a number.
    func scalar() -> Scalar {
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
