// The same elements in another shape.

extension Tensor {
    /// The same elements in another shape: a view where strides allow, a copy otherwise.
    /// One size may be -1, which is then worked out from the others.
    public func reshape(_ shape: [Int]) throws(TensorError) -> Tensor {
        let sizes = try resolved(shape, "reshape")
        let before = self.shape
        if let strides = strides(viewedAs: sizes) {
            let layout = isContiguous && sizes == before ? self.layout : Layout(shape: sizes, strides: strides)
            return try view("reshape", layout, offset: offset) { _, g in [try g.reshape(before)] }
        }
        let copy = try contiguousCopy()
        let result = Tensor(
            sharing: copy, layout: Layout(shape: sizes, strides: Layout.contiguousStrides(sizes)), offset: 0)
        return try result.finished("reshape", self) { _, g in [try g.reshape(before)] }
    }

    /// The same elements in another shape, always sharing memory.
    ///
    /// - Throws: when the strides of this tensor do not allow it.
    public func view(_ shape: [Int]) throws(TensorError) -> Tensor {
        let sizes = try resolved(shape, "view")
        guard strides(viewedAs: sizes) != nil else {
            throw .shapes("view", [self.shape, sizes],
                detail: "the elements do not lie in an order that allows this without a copy", hint: .text("Use reshape"))
        }
        return try reshape(sizes)
    }

    /// Joins the dimensions `first` to `last` (included) into one; a single number becomes `[1]`.
    public func flatten(_ first: Int = 0, _ last: Int = -1) throws(TensorError) -> Tensor {
        let first = try resolve(dimension: first, "flatten"), last = try resolve(dimension: last, "flatten")
        guard first <= last else { throw .argument("flatten", "the first dimension must not come after the last") }
        if rank == 0 { return try reshape([1]) }
        if first == last { return self }
        let size = shape[first...last].reduce(1, *)
        return try reshape(shape[..<first] + [size] + shape[(last + 1)...])
    }

    /// Splits a dimension into several; one size may be -1.
    public func unflatten(_ dim: Int, _ sizes: [Int]) throws(TensorError) -> Tensor {
        guard rank > 0 else { throw .dimension("unflatten", dim, rank: 0) }
        let d = try resolve(dimension: dim, "unflatten")
        guard !sizes.isEmpty else { throw .argument("unflatten", "needs at least one size") }
        let resolved = try Tensor.resolve(sizes, count: shape[d], "unflatten", from: [shape[d]])
        return try reshape(shape[..<d] + resolved + shape[(d + 1)...])
    }

    /// Drops dimensions of size 1: all of them, or those given where their size is 1.
    @discardableResult
    public func squeeze(_ dims: [Int]? = nil, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "squeeze_" : "squeeze"
        var dropped = [Bool](repeating: dims == nil, count: rank)
        for dim in dims ?? [] {
            let d = try resolve(dimension: dim, name)
            if rank > 0 { dropped[d] = true }
        }
        let kept = shape.indices.filter { !(dropped[$0] && shape[$0] == 1) }
        let layout = Layout(shape: kept.map { shape[$0] }, strides: kept.map { strides[$0] })
        let before = shape
        let result = try view(name, layout, offset: offset) { _, g in [try g.reshape(before)] }
        return inPlace ? try becoming(result, name) : result
    }

    /// Inserts a dimension of size 1 at a position; -1 appends it.
    @discardableResult
    public func unsqueeze(_ dim: Int, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "unsqueeze_" : "unsqueeze"
        guard dim >= -rank - 1, dim <= rank else { throw .dimension(name, dim, rank: rank + 1) }
        let d = dim < 0 ? dim + rank + 1 : dim
        try Layout.check(shape + [1], operation: name)
        var sizes = shape, steps = strides
        steps.insert(d < rank ? shape[d] * strides[d] : 1, at: d)
        sizes.insert(1, at: d)
        let before = shape
        let result = try view(name, Layout(shape: sizes, strides: steps), offset: offset) { _, g in [try g.reshape(before)] }
        return inPlace ? try becoming(result, name) : result
    }

    // MARK: Helpers

    /// The strides of a view of this tensor with another shape of as many elements; nil when
    /// there is none. Follows PyTorch's `computeStride`.
    func strides(viewedAs shape: [Int]) -> [Int]? {
        if isContiguous { return Layout.contiguousStrides(shape) }
        var result = [Int](repeating: 1, count: shape.count)
        var d = shape.count - 1
        var step = strides.last ?? 1, run = 1, viewed = 1
        for old in self.shape.indices.reversed() {
            run *= self.shape[old]
            // The end of a run of dimensions that lie behind one another in memory.
            if old == 0 || (self.shape[old - 1] != 1 && strides[old - 1] != run * step) {
                while d >= 0, viewed < run || shape[d] == 1 {
                    result[d] = viewed * step
                    viewed *= shape[d]
                    d -= 1
                }
                if viewed != run { return nil }
                if old > 0 {
                    step = strides[old - 1]
                    run = 1
                    viewed = 1
                }
            }
        }
        return d == -1 ? result : nil
    }

    /// Replaces -1 in a shape, which must hold as many elements as this tensor.
    private func resolved(_ shape: [Int], _ operation: String) throws(TensorError) -> [Int] {
        try Tensor.resolve(shape, count: count, operation, from: self.shape)
    }

    private static func resolve(
        _ shape: [Int], count: Int, _ operation: String, from before: [Int]
    ) throws(TensorError) -> [Int] {
        guard let open = shape.firstIndex(of: -1) else {
            try Layout.check(shape, operation: operation)
            let places = shape.reduce(1, &*)
            guard places == count else {
                throw .shapes(operation, [before, shape], detail: "\(count) elements do not fill \(places) places")
            }
            return shape
        }
        var result = shape
        result[open] = 1
        guard !result.contains(-1) else { throw .argument(operation, "only one size can be -1: \(describe(shape))") }
        try Layout.check(result, operation: operation)
        let others = result.reduce(1, &*)
        guard others > 0, count % others == 0 else {
            let detail = others == 0 ? "the size at -1 could be anything, as there are no elements"
                : "\(count) elements are not a multiple of \(others)"
            throw .shapes(operation, [before, shape], detail: detail)
        }
        result[open] = count / others
        return result
    }

    /// Takes over the layout and the history of a view of this tensor.
    func becoming(_ view: Tensor, _ operation: String) throws(TensorError) -> Tensor {
        if currentNode is Leaf {
            throw .inPlace(operation, "this tensor collects a gradient (requires_grad), so its shape cannot be changed in "
                + "place. Use the form without underscore")
        }
        markChanged()
        layout = view.layout
        offset = view.offset
        node = view.node
        outputIndex = view.outputIndex
        return self
    }
}
