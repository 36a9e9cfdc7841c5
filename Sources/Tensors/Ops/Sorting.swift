import CKernels

// Order along a dimension. NaN counts as greater than every number; equal elements keep their order.

extension Tensor {
    /// The elements of each row along a dimension in order, and the positions they came from.
    public func sort(_ dim: Int = -1, descending: Bool = false) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        try ordered("sort", dim) { rows, n, source, values, indices in
            nj_sort(source.dtype.kernelType, source.pointer, values.pointer, indices.int64s, rows, n, descending)
        }
    }

    /// The positions that would sort each row along a dimension.
    public func argsort(_ dim: Int = -1, descending: Bool = false) throws(TensorError) -> Tensor {
        try detach().sort(dim, descending: descending).indices
    }

    /// The `k` largest (or smallest) elements of each row along a dimension, in order, and their
    /// positions.
    public func topk(_ k: Int, _ dim: Int = -1, largest: Bool = true) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        let size = rank == 0 ? 1 : shape[try resolve(dimension: dim, "topk")]
        guard k >= 0, k <= size else {
            throw .argument("topk", "k is \(k), but the dimension of \(describe(shape)) has size \(size)")
        }
        return try ordered("topk", dim, keeping: k) { rows, n, source, values, indices in
            nj_topk(source.dtype.kernelType, source.pointer, values.pointer, indices.int64s, rows, n, Int64(k), largest)
        }
    }

    /// The element that stands at position `k` (from 0) of each sorted row along a dimension, and
    /// where it came from.
    public func kthvalue(_ k: Int, _ dim: Int = -1, keepdim: Bool = false) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        let d = try resolve(dimension: dim, "kthvalue"), size = rank == 0 ? 1 : shape[d]
        guard k >= 0, k < size else {
            throw .index("kthvalue", k, dimension: d, shape: rank == 0 ? [1] : shape)
        }
        let (values, indices) = try ordered("kthvalue", d, keeping: 1) { rows, n, source, values, indices in
            nj_kth(source.dtype.kernelType, source.pointer, values.pointer, indices.int64s, rows, n, Int64(k))
        }
        return keepdim || rank == 0 ? (values, indices) : (try values.squeeze([d]), try indices.squeeze([d]))
    }

    /// Runs a kernel over rows along a dimension, which gives some of each row's elements and
    /// where they stood; the gradient goes back there.
    private func ordered(
        _ name: String, _ dim: Int, keeping k: Int? = nil,
        _ kernel: (Int64, Int64, _ source: Tensor, _ values: Tensor, _ indices: Tensor) -> nj_outcome
    ) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        let d = try resolve(dimension: dim, name)
        if rank == 0 {
            let (values, indices) = try reshape([1]).ordered(name, 0, keeping: k, kernel)
            return (try values.reshape(values.count == 1 ? [] : [0]), try indices.reshape(indices.count == 1 ? [] : [0]))
        }
        let isLast = d == rank - 1, n = shape[d]
        var order = Array(shape.indices)
        order.swapAt(d, rank - 1)
        let bare = detach()
        let source = try (isLast ? bare : bare.permute(order)).values(as: dtype)
        var sizes = source.shape
        sizes[rank - 1] = k ?? n
        var values = try Tensor(uninitialized: sizes, dtype, operation: name)
        var indices = try Tensor(uninitialized: sizes, .int64, operation: name)
        let rows = n == 0 ? 0 : source.count / n
        switch withExtendedLifetime(source, { kernel(Int64(rows), Int64(n), source, values, indices) }) {
        case NJ_STOPPED: throw .interrupted
        case NJ_NO_MEMORY: throw .outOfMemory(name, shape: shape, bytes: nil)
        default: break
        }
        if !isLast {
            values = try values.permute(order).contiguousCopy()
            indices = try indices.permute(order).contiguousCopy()
        }
        let before = shape
        let result = try values.finished(name, self, saving: [.tensor(indices)]) { node, g in
            [try Tensor.zeros(before, g.dtype).scatter(d, node.saved(0), g)]
        }
        return (result, indices)
    }

    /// The different elements in order, for each element of this tensor the position of its value
    /// among them, and how often each occurs.
    public func unique() throws(TensorError) -> (values: Tensor, inverse: Tensor, counts: Tensor) {
        let (sorted, indices) = try detach().flatten().sort()
        let values = try Tensor(uninitialized: [count], dtype, operation: "unique")
        let inverse = try Tensor(uninitialized: shape, .int64, operation: "unique")
        let counts = try Tensor(uninitialized: [count], .int64, operation: "unique")
        let m = Int(nj_unique(
            dtype.kernelType, sorted.pointer, indices.int64s, Int64(count), values.pointer, inverse.int64s, counts.int64s))
        return (try values.narrow(0, 0, m).contiguousCopy(), inverse, try counts.narrow(0, 0, m).contiguousCopy())
    }

    /// The different slices of a dimension in order (the first element counts most), for each slice of
    /// this tensor the position of its equal among them, and how often each occurs.
    public func unique(_ dim: Int) throws(TensorError) -> (values: Tensor, inverse: Tensor, counts: Tensor) {
        let d = try resolve(dimension: dim, "unique")
        if rank == 0 { return try unique() }
        let n = shape[d], bare = detach()
        guard n > 0 else { return (try bare.clone(), try Tensor.zeros([0], .int64), try Tensor.zeros([0], .int64)) }
        let slices = try bare.movedim([d], [0]).reshape([n, n == 0 ? 0 : count / n])
        // Sorted by the last element first; each later sort keeps the order of what is equal to it.
        var order = try Tensor.range(n)
        for k in (0..<slices.shape[1]).reversed() {
            order = try order.indexSelect(0, slices.select(1, k).indexSelect(0, order).argsort(0))
        }
        let sorted = try slices.indexSelect(0, order)
        let differs = try sorted.narrow(0, 1, n - 1).ne(sorted.narrow(0, 0, n - 1)).any([1])
        let isFirst = try Tensor.cat([Tensor([true]), differs], 0)
        let group = try isFirst.to(.int64).cumsum(0).sub(1)
        let firsts = try order.maskedSelect(isFirst)
        let inverse = try Tensor.zeros([n], .int64).scatter(0, order, group)
        return (try bare.indexSelect(d, firsts), inverse, try group.bincount())
    }

    /// Where values would have to be inserted into this sorted tensor to keep it sorted: before
    /// equal elements, or after them with `right`. Rows along the last dimension are matched with
    /// the values' rows; a vector serves for values of any shape.
    public func searchsorted(_ values: Tensor, right: Bool = false) throws(TensorError) -> Tensor {
        guard rank > 0, rank == 1 || (values.rank == rank && shape.dropLast() == values.shape.dropLast()) else {
            throw .shapes("searchsorted", [shape, values.shape], detail: "all sizes but the last must agree, or the first be a vector")
        }
        let common = DType.promoted(dtype, isScalar: false, values.dtype, isScalar: values.rank == 0)
        let sorted = try self.values(as: common), wanted = try values.values(as: common)
        let result = try Tensor(uninitialized: values.shape, .int64, operation: "searchsorted")
        let n = shape[rank - 1], rows = rank == 1 ? 1 : shape.dropLast().reduce(1, *)
        let finished = withExtendedLifetime((sorted, wanted)) {
            nj_search(
                common.kernelType, sorted.pointer, Int64(rows), Int64(n), wanted.pointer,
                Int64(rank == 1 ? values.count : values.shape[rank - 1]), result.int64s, right)
        }
        guard finished else { throw .interrupted }
        return result
    }
}

extension Tensor {
    /// The first element of an int64 tensor.
    var int64s: UnsafeMutablePointer<Int64> { pointer.assumingMemoryBound(to: Int64.self) }
}
