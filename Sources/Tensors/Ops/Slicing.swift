// Parts of a tensor, as views.

extension Tensor {
    /// A view of `length` positions of a dimension from `start` on.
    public func narrow(_ dim: Int, _ start: Int, _ length: Int) throws(TensorError) -> Tensor {
        guard rank > 0 else { throw .dimension("narrow", dim, rank: 0) }
        let d = try resolve(dimension: dim, "narrow"), size = shape[d]
        guard start >= -size, start <= size else {
            throw .index("narrow", start, dimension: d, shape: shape)
        }
        let first = start < 0 ? start + size : start
        guard length >= 0, length <= size - first else {
            throw .argument("narrow", "a length of \(length) does not fit: \(size - first) positions are left in a "
                + "dimension of size \(size)")
        }
        return try sliced(d, first, length, 1, "narrow")
    }

    /// A view of the positions `start..<end` of a dimension in steps; ends beyond the dimension are
    /// clamped and negative ones count from the end, as in PyTorch's slices.
    public func slice(_ dim: Int, _ start: Int? = nil, _ end: Int? = nil, step: Int = 1) throws(TensorError) -> Tensor {
        guard rank > 0 else { throw .dimension("slice", dim, rank: 0) }
        let d = try resolve(dimension: dim, "slice"), size = shape[d]
        guard step > 0 else {
            throw .argument("slice", "the step must be positive, not \(step). To reverse a dimension use flip")
        }
        func clamped(_ position: Int) -> Int { Swift.min(Swift.max(position < 0 ? position + size : position, 0), size) }
        let first = clamped(start ?? 0), last = Swift.max(clamped(end ?? size), first)
        let length = last - first
        return try sliced(d, first, length == 0 ? 0 : (length - 1) / step + 1, step, "slice")
    }

    private func sliced(_ d: Int, _ first: Int, _ length: Int, _ step: Int, _ name: String) throws(TensorError) -> Tensor {
        var sizes = shape, steps = strides
        sizes[d] = length
        if length > 1 { steps[d] = strides[d] * step }
        let before = shape
        return try view(name, Layout(shape: sizes, strides: steps), offset: length == 0 ? offset : offset + first * strides[d]) { _, g in
            [try g.placed(in: before) { try $0.sliced(d, first, length, step, name) }]
        }
    }

    /// A view of one position of a dimension, which disappears.
    public func select(_ dim: Int, _ index: Int) throws(TensorError) -> Tensor {
        guard rank > 0 else { throw .dimension("select", dim, rank: 0) }
        let d = try resolve(dimension: dim, "select"), size = shape[d]
        guard index >= -size, index < size else { throw .index("select", index, dimension: d, shape: shape) }
        let i = index < 0 ? index + size : index
        var sizes = shape, steps = strides
        sizes.remove(at: d)
        steps.remove(at: d)
        let before = shape
        return try view("select", Layout(shape: sizes, strides: steps), offset: offset + i * strides[d]) { _, g in
            [try g.placed(in: before) { try $0.select(d, i) }]
        }
    }

    /// A view of the diagonal of two dimensions, which move to the end as one; `offset` counts
    /// columns to the right of the main diagonal.
    public func diagonal(_ offset: Int = 0, _ dim1: Int = 0, _ dim2: Int = 1) throws(TensorError) -> Tensor {
        guard rank >= 2 else { throw .shapes("diagonal", [shape], detail: "needs at least two dimensions") }
        let a = try resolve(dimension: dim1, "diagonal"), b = try resolve(dimension: dim2, "diagonal")
        guard a != b else { throw .argument("diagonal", "the two dimensions are the same") }
        let down = offset < 0 ? offset.magnitude : 0, right = offset > 0 ? offset.magnitude : 0
        let rows = down < shape[a].magnitude ? shape[a] - Int(down) : 0
        let columns = right < shape[b].magnitude ? shape[b] - Int(right) : 0
        let length = Swift.min(rows, columns)
        let start = length > 0 ? self.offset + Int(down) * strides[a] + Int(right) * strides[b] : self.offset
        let kept = shape.indices.filter { $0 != a && $0 != b }
        let layout = Layout(
            shape: kept.map { shape[$0] } + [length], strides: kept.map { strides[$0] } + [strides[a] + strides[b]])
        let before = shape
        return try view("diagonal", layout, offset: start) { _, g in
            [try g.placed(in: before) { try $0.diagonal(offset, a, b) }]
        }
    }

    /// A view of all windows of `size` positions of a dimension, `step` apart; the position within
    /// a window becomes the last dimension.
    public func unfold(_ dim: Int, _ size: Int, _ step: Int) throws(TensorError) -> Tensor {
        let d = try resolve(dimension: dim, "unfold"), length = rank == 0 ? 1 : shape[d]
        guard size >= 0, size <= length else {
            throw .argument("unfold", "a window of \(size) does not fit into \(length) positions")
        }
        guard step > 0 else { throw .argument("unfold", "the step must be positive, not \(step)") }
        var sizes = shape, steps = strides
        let stride = rank == 0 ? 1 : strides[d]
        if rank > 0 {
            sizes[d] = (length - size) / step + 1
            if sizes[d] > 1 { steps[d] = strides[d] * step }
        }
        try Layout.check(sizes + [size], operation: "unfold")
        let before = shape
        return try view("unfold", Layout(shape: sizes + [size], strides: steps + [stride]), offset: offset) { _, g in
            [try g.placed(in: before, overlapping: true) { try $0.unfold(d, size, step) }]
        }
    }

    // MARK: Into pieces

    /// Views of all positions of a dimension, in order.
    public func unbind(_ dim: Int = 0) throws(TensorError) -> [Tensor] {
        guard rank > 0 else { throw .dimension("unbind", dim, rank: 0) }
        let d = try resolve(dimension: dim, "unbind")
        var sizes = shape, steps = strides
        sizes.remove(at: d)
        steps.remove(at: d)
        let layout = Layout(shape: sizes, strides: steps)
        let results = (0..<shape[d]).map { Tensor(sharing: self, layout: layout, offset: offset + $0 * strides[d]) }
        return try pieces(results, "unbind") { try Tensor.stack($0, d) }
    }

    /// Views of consecutive pieces of `size` positions of a dimension; the last may be smaller.
    public func split(_ size: Int, _ dim: Int = 0) throws(TensorError) -> [Tensor] {
        guard rank > 0 else { throw .dimension("split", dim, rank: 0) }
        let length = shape[try resolve(dimension: dim, "split")]
        guard size > 0 || (size == 0 && length == 0) else {
            throw .argument("split", "the size of a piece must be positive, not \(size)")
        }
        if length == 0 { return try split([0], dim) }
        let whole = length / size, rest = length % size
        return try split([Int](repeating: size, count: whole) + (rest > 0 ? [rest] : []), dim)
    }

    /// Views of consecutive pieces of the given sizes.
    public func split(_ sizes: [Int], _ dim: Int = 0) throws(TensorError) -> [Tensor] {
        guard rank > 0 else { throw .dimension("split", dim, rank: 0) }
        let d = try resolve(dimension: dim, "split")
        guard sizes.allSatisfy({ $0 >= 0 && $0 <= shape[d] }), sizes.reduce(0, +) == shape[d] else {
            throw .argument("split", "the sizes \(describe(sizes)) do not add up to \(shape[d]), the size of the dimension")
        }
        var results: [Tensor] = [], start = offset
        for size in sizes {
            var piece = shape
            piece[d] = size
            results.append(Tensor(sharing: self, layout: Layout(shape: piece, strides: strides), offset: start))
            start += size * strides[d]
        }
        return try pieces(results, "split") { try Tensor.cat($0, d) }
    }

    /// Views of about equal pieces of a dimension: `count` of them, or fewer when it is too small.
    public func chunk(_ count: Int, _ dim: Int = 0) throws(TensorError) -> [Tensor] {
        guard rank > 0 else { throw .dimension("chunk", dim, rank: 0) }
        guard count > 0 else { throw .argument("chunk", "the number of pieces must be positive, not \(count)") }
        let length = shape[try resolve(dimension: dim, "chunk")]
        if length == 0 { return try split([Int](repeating: 0, count: Swift.min(count, 1 << 20)), dim) }
        return try split((length - 1) / count + 1, dim)
    }

    /// Ends an operation that cuts a tensor into views: their gradients are joined again at once.
    private func pieces(
        _ results: [Tensor], _ name: String, joining join: @escaping ([Tensor]) throws -> Tensor
    ) throws(TensorError) -> [Tensor] {
        let recording = Autograd.isRecording(self), root = base ?? self
        for result in results {
            result.base = root
            result.generation = root.generation
        }
        guard recording, !results.isEmpty else { return results }
        let layouts = results.map(\.layout), dtype = dtype
        try Tensor.record(name, [self], results: results) { _, gradients in
            var all: [Tensor] = []
            for (gradient, layout) in zip(gradients, layouts) {
                all.append(try gradient ?? Tensor.zeros(layout.shape, dtype))
            }
            return [try join(all)]
        }
        return results
    }

    /// Zeros of a shape with these elements at the positions that `part` views: the gradient of
    /// that view. Where the view is `overlapping`, elements that meet are added up.
    func placed(
        in shape: [Int], overlapping: Bool = false, _ part: @escaping (Tensor) throws -> Tensor
    ) throws -> Tensor {
        let whole = try Tensor.zeros(shape, dtype)
        let target = try part(whole)
        if overlapping { try target.accumulateSequentially(self) } else { try target.copyElements(from: self) }
        return try whole.finished("view_backward", self) { _, g in [try part(g)] }
    }
}
