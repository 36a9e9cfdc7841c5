import CKernels

// The two ways of looking up elements by position that all indexing operations are made of.

extension Tensor {
    /// Moves blocks between this tensor and a row-major tensor of values.
    ///
    /// The dimensions of this tensor without positions are the blocks; `positions` gives, for
    /// the dimensions `dims`, arrays of one shape, already checked. In the values those dimensions are
    /// replaced by that shape, at dimension `place` of the rest.
    func lookup(
        _ lookup: nj_lookup, _ dims: [Int], _ positions: [Tensor], values: Tensor, place: Int
    ) throws(TensorError) {
        let size = Int64(dtype.size), count = positions.first?.count ?? 1
        let offsets = try Tensor.zeros([count], .int64)
        let start = offsets.int64s
        var isIndexed = [Bool](repeating: false, count: rank)
        for (d, array) in zip(dims, positions) {
            isIndexed[d] = true
            nj_add_offsets(start, array.int64s, Int64(count), Int64(strides[d]) * size)
        }
        let rest = shape.indices.filter { !isIndexed[$0] }
        // Row-major strides of the values: the blocks' dimensions with the positions in between.
        var blocks = nj_blocks()
        var step = size
        var valueStrides = [Int64](repeating: 0, count: rest.count)
        for i in rest.indices.reversed() {
            if i == place - 1 { blocks.values_step = step; step *= Int64(count) }
            valueStrides[i] = step
            step *= Int64(shape[rest[i]])
        }
        if place == 0 { blocks.values_step = step }
        blocks.type = dtype.kernelType
        blocks.tensor = pointer.assumingMemoryBound(to: CChar.self)
        blocks.values = values.pointer.assumingMemoryBound(to: CChar.self)
        blocks.offsets = UnsafePointer(start)
        blocks.count = Int64(count)
        blocks.rank = Int32(rest.count)
        Tensor.fill(&blocks.sizes, rest.map { Int64(shape[$0]) })
        Tensor.fill(&blocks.tensor_strides, rest.map { Int64(strides[$0]) * size })
        Tensor.fill(&blocks.values_strides, valueStrides)
        let finished = withExtendedLifetime((self, values, offsets, positions)) { nj_blocks_run(&blocks, lookup) }
        guard finished else { throw .interrupted }
    }

    /// Moves single elements between this tensor and a row-major tensor of values, or a single
    /// value, by positions along a dimension that have been checked.
    func lookup(_ lookup: nj_lookup, along d: Int, _ counted: CountedPositions, values: Tensor) throws(TensorError) {
        guard rank > 0 else {
            return try reshapedNumber().lookup(lookup, along: 0, counted, values: values)
        }
        let positions = counted.tensor
        let size = Int64(dtype.size)
        var along = nj_along()
        along.type = dtype.kernelType
        along.tensor = pointer.assumingMemoryBound(to: CChar.self)
        along.positions = UnsafePointer(positions.int64s)
        along.values = values.pointer.assumingMemoryBound(to: CChar.self)
        along.values_step = values.count == 1 && positions.count != 1 ? 0 : size
        along.rank = Int32(rank)
        along.dim = Int32(d)
        along.length = Int64(shape[d])
        along.first = Int64(counted.first)
        Tensor.fill(&along.sizes, positions.rank == 0 ? [1] : positions.shape.map(Int64.init))
        Tensor.fill(&along.tensor_strides, strides.map { Int64($0) * size })
        let finished = withExtendedLifetime((self, values, positions)) { nj_along_run(&along, lookup) }
        guard finished else { throw .interrupted }
    }

    /// This single number as a vector; records nothing.
    private func reshapedNumber() -> Tensor {
        Tensor(sharing: self, layout: Layout(shape: [1], strides: [1]), offset: offset)
    }

    /// Copies numbers into a C array.
    private static func fill<Field>(_ field: inout Field, _ numbers: [Int64]) {
        withUnsafeMutableBytes(of: &field) { raw in
            let out = raw.assumingMemoryBound(to: Int64.self)
            for (i, number) in numbers.enumerated() { out[i] = number }
        }
    }
}
