import CKernels

// Elements and slices by position along one dimension. Positions may be negative, counting from the
// end; all are checked before anything is written.

extension Tensor {
    /// Slices of a dimension: position `i` of the result is position `index[i]` of this tensor.
    public func indexSelect(_ dim: Int, _ index: Tensor) throws(TensorError) -> Tensor {
        let d = try resolve(dimension: dim, "index_select")
        let positions = try sliceIndex(index, d, "index_select")
        if rank == 0 { return try reshape([1]).indexSelect(0, index).reshape([]) }
        var sizes = shape
        sizes[d] = positions.count
        let result = try Tensor(uninitialized: sizes, dtype, operation: "index_select")
        try lookupSlices(NJ_LOOKUP_GET, d, positions, result)
        let before = shape
        return try result.finished("index_select", self, saving: [.tensor(positions)]) { node, g in
            [try Tensor.zeros(before, g.dtype).indexAdd(d, node.saved(0), g)]
        }
    }

    /// Slices of a dimension with `alpha * source[i]` added at position `index[i]`; slices that meet
    /// are added up.
    @discardableResult
    public func indexAdd(
        _ dim: Int, _ index: Tensor, _ source: Tensor, alpha: Scalar = 1, inPlace: Bool = false
    ) throws(TensorError) -> Tensor {
        let name = inPlace ? "index_add_" : "index_add"
        let d = try resolve(dimension: dim, name)
        let positions = try sliceIndex(index, d, name)
        try checkSlices(source, d, positions.count, name)
        let added = alpha == 1 ? source : try source.mul(alpha)
        let result = try destination(inPlace, name)
        try result.lookupSlices(NJ_LOOKUP_ADD, d, positions, added.values(as: dtype, apartFrom: inPlace ? self : nil))
        return try result.finished(name, self, added, saving: [.tensor(positions)], inPlace: inPlace) { node, g in
            [g, node.needs(1) ? try g.indexSelect(d, node.saved(0)) : nil]
        }
    }

    /// Slices of a dimension with position `index[i]` replaced by `source[i]`; where a position
    /// comes twice the last one stays.
    @discardableResult
    public func indexCopy(
        _ dim: Int, _ index: Tensor, _ source: Tensor, inPlace: Bool = false
    ) throws(TensorError) -> Tensor {
        let name = inPlace ? "index_copy_" : "index_copy"
        let d = try resolve(dimension: dim, name)
        let positions = try sliceIndex(index, d, name)
        try checkSlices(source, d, positions.count, name)
        let result = try destination(inPlace, name)
        try result.lookupSlices(NJ_LOOKUP_PUT, d, positions, source.values(as: dtype, apartFrom: inPlace ? self : nil))
        return try result.finished(name, self, source, saving: [.tensor(positions)], inPlace: inPlace) { node, g in
            [
                node.needs(0) ? try g.indexFill(d, node.saved(0), 0) : nil,
                node.needs(1) ? try g.indexSelect(d, node.saved(0)) : nil,
            ]
        }
    }

    /// Slices of a dimension with the positions `index` set to a value.
    @discardableResult
    public func indexFill(_ dim: Int, _ index: Tensor, _ value: Scalar, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "index_fill_" : "index_fill"
        let d = try resolve(dimension: dim, name)
        let positions = try sliceIndex(index, d, name)
        var sizes = shape
        if rank > 0 { sizes[d] = positions.count }
        let result = try destination(inPlace, name)
        try result.lookupSlices(NJ_LOOKUP_PUT, d, positions, Tensor.full(sizes, value, dtype, operation: name))
        return try result.finished(name, self, saving: [.tensor(positions)], inPlace: inPlace) { node, g in
            [try g.indexFill(d, node.saved(0), 0)]
        }
    }

    // MARK: Single elements

    /// One element for each position: with `dim` 1, `out[i, j, k] = self[i, index[i, j, k], k]`.
    /// `index` has as many dimensions as this tensor and is nowhere larger except along `dim`; its
    /// positions count from `first`.
    public func gather(_ dim: Int, _ index: Tensor, from first: Int = 0) throws(TensorError) -> Tensor {
        let d = try resolve(dimension: dim, "gather")
        let positions = try elementIndex(index, first, d, "gather")
        let result = try Tensor(uninitialized: index.shape, dtype, operation: "gather")
        try lookup(NJ_LOOKUP_GET, along: d, positions, values: result)
        let before = shape
        return try result.finished("gather", self, saving: [.tensor(positions.tensor)]) { node, g in
            [try Tensor.zeros(before, g.dtype).scatterAdd(d, node.saved(0), g, from: positions.first)]
        }
    }

    /// The elements at the positions of `index` along `dim` replaced by those of `source`; where an
    /// element is named twice the last one stays.
    @discardableResult
    public func scatter(_ dim: Int, _ index: Tensor, _ source: Tensor, from first: Int = 0, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "scatter_" : "scatter"
        let d = try resolve(dimension: dim, name)
        let positions = try elementIndex(inPlace ? index.apart(from: self) : index, first, d, name)
        let values = try matching(source, index.shape, name)
        let result = try destination(inPlace, name)
        try result.lookup(NJ_LOOKUP_PUT, along: d, positions, values: values.values(as: dtype, apartFrom: inPlace ? self : nil))
        return try result.finished(name, self, values, saving: [.tensor(positions.tensor)], inPlace: inPlace) { node, g in
            [
                node.needs(0) ? try g.scatter(d, node.saved(0), 0, from: positions.first) : nil,
                node.needs(1) ? try g.gather(d, node.saved(0), from: positions.first) : nil,
            ]
        }
    }

    /// The elements at the positions of `index` along `dim` replaced by a number.
    @discardableResult
    public func scatter(_ dim: Int, _ index: Tensor, _ value: Scalar, from first: Int = 0, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "scatter_" : "scatter"
        let d = try resolve(dimension: dim, name)
        let positions = try elementIndex(inPlace ? index.apart(from: self) : index, first, d, name)
        try value.check(fits: dtype, name)
        let result = try destination(inPlace, name)
        try result.lookup(NJ_LOOKUP_PUT, along: d, positions, values: Tensor.number(value, dtype))
        return try result.finished(name, self, saving: [.tensor(positions.tensor)], inPlace: inPlace) { node, g in
            [try g.scatter(d, node.saved(0), 0, from: positions.first)]
        }
    }

    /// The elements of `source` added at the positions of `index` along `dim`; those that meet are
    /// added up.
    @discardableResult
    public func scatterAdd(_ dim: Int, _ index: Tensor, _ source: Tensor, from first: Int = 0, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "scatter_add_" : "scatter_add"
        let d = try resolve(dimension: dim, name)
        let positions = try elementIndex(inPlace ? index.apart(from: self) : index, first, d, name)
        let values = try matching(source, index.shape, name)
        let result = try destination(inPlace, name)
        try result.lookup(NJ_LOOKUP_ADD, along: d, positions, values: values.values(as: dtype, apartFrom: inPlace ? self : nil))
        return try result.finished(name, self, values, saving: [.tensor(positions.tensor)], inPlace: inPlace) { node, g in
            [g, node.needs(1) ? try g.gather(d, node.saved(0), from: positions.first) : nil]
        }
    }

    /// One element for each position along a dimension, all other sizes broadcast; without a
    /// dimension, from the flattened tensor. What `argsort` and `argmax` return fits here.
    public func takeAlong(_ index: Tensor, _ dim: Int? = nil) throws(TensorError) -> Tensor {
        guard let dim else { return try flatten().gather(0, index.flatten()) }
        let d = try resolve(dimension: dim, "take_along")
        guard index.rank == rank else {
            throw .shapes("take_along", [shape, index.shape], detail: "the positions need as many dimensions as the tensor")
        }
        if rank == 0 { return try gather(0, index) }
        var own = shape, wanted = index.shape
        own[d] = 1
        wanted[d] = 1
        var common = try Tensor.broadcast(own, wanted, "take_along")
        common[d] = shape[d]
        let source = try expand(common)
        common[d] = index.shape[d]
        return try source.gather(d, index.expand(common))
    }

    /// Elements at positions of the flattened tensor, in the positions' shape.
    public func take(_ index: Tensor) throws(TensorError) -> Tensor {
        let positions = try index.positions("take", in: [count], dimension: 0)
        return try flatten().gather(0, positions.flatten()).reshape(index.shape)
    }

    /// The elements at positions of the flattened tensor replaced by those of `source`, or with
    /// those added when `accumulate`.
    @discardableResult
    public func put(
        _ index: Tensor, _ source: Tensor, accumulate: Bool = false, inPlace: Bool = false
    ) throws(TensorError) -> Tensor {
        let name = inPlace ? "put_" : "put"
        guard source.count == index.count else {
            throw .shapes(name, [index.shape, source.shape], detail: "needs one value for each position")
        }
        let flat = try index.positions(name, in: [count], dimension: 0)
        let values = try source.flatten()
        if inPlace, !isContiguous {
            let changed = try put(index, source, accumulate: accumulate)
            return try copy_(changed)
        }
        let line = try inPlace ? self.view([count]) : flatten()
        let changed = accumulate
            ? try line.scatterAdd(0, flat.flatten(), values, inPlace: inPlace)
            : try line.scatter(0, flat.flatten(), values, inPlace: inPlace)
        return inPlace ? self : try changed.reshape(shape)
    }

    // MARK: Checks

    /// What an operation writes to: this tensor, or a copy of it.
    func destination(_ inPlace: Bool, _ name: String) throws(TensorError) -> Tensor {
        guard inPlace else { return try denseCopy(layout.densest) }
        try checkInPlace(name)
        return self
    }

    /// The elements row-major and of a type; records nothing. A copy of them when they lie in
    /// another order, or in the memory of a tensor that is about to be changed.
    func values(as dtype: DType, apartFrom other: Tensor? = nil) throws(TensorError) -> Tensor {
        if self.dtype == dtype, isContiguous, storage !== other?.storage { return self }
        let result = try Tensor(uninitialized: shape, dtype, operation: "to")
        try result.copyElements(from: self)
        return result
    }

    /// This tensor, or a copy of it when it lies in the memory of one that is about to be changed.
    private func apart(from other: Tensor) throws(TensorError) -> Tensor {
        storage === other.storage ? try values(as: dtype, apartFrom: other) : self
    }

    private func sliceIndex(_ index: Tensor, _ d: Int, _ name: String) throws(TensorError) -> Tensor {
        guard index.rank <= 1 else {
            throw .shapes(name, [shape, index.shape], detail: "the positions must be a vector")
        }
        return try index.positions(name, in: shape, dimension: d)
    }

    private func lookupSlices(_ lookup: nj_lookup, _ d: Int, _ positions: Tensor, _ values: Tensor) throws(TensorError) {
        if rank <= 1 {
            try self.lookup(lookup, along: 0, CountedPositions(tensor: positions, first: 0), values: values)
        } else {
            try self.lookup(lookup, [d], [positions], values: values, place: d)
        }
    }

    private func checkSlices(_ source: Tensor, _ d: Int, _ count: Int, _ name: String) throws(TensorError) {
        var wanted = shape
        if rank > 0 { wanted[d] = count }
        guard source.shape == wanted else {
            throw .shapes(name, [shape, source.shape], detail: "the source must be \(describe(wanted)) for \(count) positions")
        }
    }

    private func elementIndex(_ index: Tensor, _ first: Int, _ d: Int, _ name: String) throws(TensorError) -> CountedPositions {
        guard Swift.max(index.rank, 1) == Swift.max(rank, 1) else {
            throw .shapes(name, [shape, index.shape], detail: "the positions need as many dimensions as the tensor")
        }
        if rank > 0, index.rank > 0 {
            for e in shape.indices where e != d && index.shape[e] > shape[e] {
                throw .shapes(name, [shape, index.shape], detail: "size \(index.shape[e]) of the positions exceeds \(shape[e])")
            }
        }
        return try index.positions(name, from: first, in: shape, dimension: d)
    }

    /// The part of the source that the positions use.
    private func matching(_ source: Tensor, _ shape: [Int], _ name: String) throws(TensorError) -> Tensor {
        guard source.rank == shape.count, zip(shape, source.shape).allSatisfy({ $0 <= $1 }) else {
            throw .shapes(name, [shape, source.shape], detail: "the source must be at least as large as the positions")
        }
        var part = source
        for (d, size) in shape.enumerated() where size != source.shape[d] { part = try part.narrow(d, 0, size) }
        return part
    }
}
