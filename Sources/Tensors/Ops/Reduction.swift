import CKernels

// Reductions over all dimensions, one, or several; `keepdim` leaves the reduced dimensions with size
// 1. No list of dimensions, or an empty one, means all of them.

extension Tensor {
    // MARK: Sums

    /// The sum; integers and booleans are counted in int64.
    public func sum(_ dims: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        let reduction = try Reduced("sum", self, dims)
        let result = try reduction.run(NJ_SUM, self, dtype.isFloatingPoint ? dtype : .int64, keepdim: keepdim)
        guard requiresGrad else { return result }
        return try result.finished("sum", self) { _, g in [try reduction.spread(g)] }
    }

    /// The mean of floating point numbers; NaN of none.
    public func mean(_ dims: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try requireFloating("mean")
        let reduction = try Reduced("mean", self, dims), count = Double(reduction.elements)
        let result = try reduction.run(NJ_SUM, self, dtype, keepdim: keepdim, divisor: count)
        guard requiresGrad else { return result }
        return try result.finished("mean", self) { _, g in [try reduction.spread(g.div(.double(count)))] }
    }

    /// The sum of the elements that are not NaN.
    public func nansum(_ dims: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        guard dtype.isFloatingPoint else { return try sum(dims, keepdim: keepdim) }
        let reduction = try Reduced("nansum", self, dims)
        let result = try reduction.run(NJ_NANSUM, self, dtype, keepdim: keepdim)
        guard requiresGrad else { return result }
        return try result.finished("nansum", self, saving: [.input(0)]) { node, g in
            [try node.saved(0).detach().isNaN().where(0, reduction.spread(g))]
        }
    }

    /// The mean of the elements that are not NaN; NaN when there are none.
    public func nanmean(_ dims: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try requireFloating("nanmean")
        let numbers = try Reduced("nanmean", self, dims).run(NJ_COUNT_NUMBERS, detach(), .int64, keepdim: keepdim)
        return try nansum(dims, keepdim: keepdim).div(numbers.to(dtype))
    }

    /// How many elements are not zero, as int64.
    public func countNonzero(_ dims: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try Reduced("count_nonzero", self, dims).run(NJ_COUNT, self, .int64, keepdim: keepdim)
    }

    /// The product; integers and booleans multiply in int64.
    public func prod(_ dims: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        let reduction = try Reduced("prod", self, dims)
        let result = try reduction.run(NJ_PROD, self, dtype.isFloatingPoint ? dtype : .int64, keepdim: keepdim)
        guard requiresGrad else { return result }
        return try result.finished("prod", self, saving: [.input(0), .result]) { node, g in
            let x = try node.saved(0)
            if try x.detach().all().scalar() == .bool(true) {
                return [try reduction.spread(g).mul(reduction.spread(node.saved(1))).div(x)]
            }
            return [try reduction.spread(g).mul(x.productOfOthers(reduction))]
        }
    }

    /// For each element the product of the others in its group, where a division by it will not do.
    private func productOfOthers(_ reduction: Reduced) throws(TensorError) -> Tensor {
        let kept = shape.indices.filter { !reduction.dims.contains($0) }
        let order = kept + reduction.dims, n = reduction.elements
        let rows = try permute(order).reshape([n == 0 ? 0 : count / n, n])
        let ones = try Tensor.ones([rows.shape[0], 1], dtype)
        // What lies before each element, times what lies after it.
        let before = try Tensor.cat([ones, rows.narrow(1, 0, n - 1)], 1).cumprod(1)
        let after = try Tensor.cat([ones, rows.narrow(1, 1, n - 1).flip([1])], 1).cumprod(1).flip([1])
        var back = order
        for (i, d) in order.enumerated() { back[d] = i }
        return try before.mul(after).reshape(order.map { shape[$0] }).permute(back)
    }

    // MARK: Truth

    /// Whether any element is not zero.
    public func any(_ dims: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try truth(Reduced("any", self, dims).run(NJ_ANY, self, .bool, keepdim: keepdim))
    }

    /// Whether all elements are not zero; true of none.
    public func all(_ dims: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try truth(Reduced("all", self, dims).run(NJ_ALL, self, .bool, keepdim: keepdim))
    }

    /// As in PyTorch the answer about uint8 is uint8.
    private func truth(_ answer: Tensor) throws(TensorError) -> Tensor { dtype == .uint8 ? try answer.to(.uint8) : answer }

    // MARK: Extremes

    /// The largest elements; NaN when there is one. Equal ones share the gradient.
    public func amax(_ dims: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try extreme("amax", NJ_AMAX, dims, keepdim: keepdim)
    }

    /// The smallest elements; NaN when there is one. Equal ones share the gradient.
    public func amin(_ dims: [Int]? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try extreme("amin", NJ_AMIN, dims, keepdim: keepdim)
    }

    /// The largest element.
    public func max() throws(TensorError) -> Tensor { try extreme("max", NJ_AMAX, nil, keepdim: false) }

    /// The smallest element.
    public func min() throws(TensorError) -> Tensor { try extreme("min", NJ_AMIN, nil, keepdim: false) }

    private func extreme(
        _ name: String, _ kind: nj_reduction, _ dims: [Int]?, keepdim: Bool
    ) throws(TensorError) -> Tensor {
        let reduction = try Reduced(name, self, dims)
        try reduction.requireElements(name)
        let result = try reduction.run(kind, self, dtype, keepdim: keepdim)
        guard requiresGrad else { return result }
        return try result.finished(name, self, saving: [.input(0), .result]) { node, g in
            let isExtreme = try node.saved(0).detach().eq(reduction.spread(node.saved(1).detach())).to(g.dtype)
            let shares = try isExtreme.div(isExtreme.sum(reduction.dims, keepdim: true))
            return [try reduction.spread(g).mul(shares)]
        }
    }

    /// The largest element along a dimension and its position; the first of equal ones.
    public func max(dim: Int, keepdim: Bool = false) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        try find("max", NJ_ARGMAX, dim, keepdim: keepdim)
    }

    /// The smallest element along a dimension and its position; the first of equal ones.
    public func min(dim: Int, keepdim: Bool = false) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        try find("min", NJ_ARGMIN, dim, keepdim: keepdim)
    }

    private func find(
        _ name: String, _ kind: nj_reduction, _ dim: Int, keepdim: Bool
    ) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        let reduction = try Reduced(name, self, [dim])
        try reduction.requireElements(name)
        let values = try Tensor(uninitialized: reduction.shape(keepdim: keepdim), dtype, operation: name)
        let indices = try reduction.run(kind, self, .int64, keepdim: keepdim, values: values)
        guard requiresGrad else { return (values, indices) }
        let isNumber = rank == 0
        let result = try values.finished(name, self, saving: [.tensor(indices)]) { node, g in
            if isNumber { return [g] }
            return [try reduction.spread(g).selecting(reduction.unreduced(node.saved(0)), along: reduction.dims[0])]
        }
        return (result, indices)
    }

    /// This tensor where the position along a dimension is the one given, 0 elsewhere.
    private func selecting(_ position: Tensor, along dim: Int) throws(TensorError) -> Tensor {
        var shape = [Int](repeating: 1, count: rank)
        shape[dim] = self.shape[dim]
        let positions = try Tensor.range(shape[dim])
        let isSelected = try Tensor(sharing: positions, layout: Layout(shape: shape, strides: Layout.contiguousStrides(shape)), offset: 0)
            .eq(position)
        return try isSelected.where(self, 0)
    }

    /// The position of the largest element along a dimension, or in row-major order; the first of
    /// equal ones.
    public func argmax(dim: Int? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try position("argmax", NJ_ARGMAX, dim, keepdim: keepdim)
    }

    /// The position of the smallest element along a dimension, or in row-major order; the first of
    /// equal ones.
    public func argmin(dim: Int? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try position("argmin", NJ_ARGMIN, dim, keepdim: keepdim)
    }

    private func position(_ name: String, _ kind: nj_reduction, _ dim: Int?, keepdim: Bool) throws(TensorError) -> Tensor {
        let reduction = try Reduced(name, self, dim.map { [$0] })
        try reduction.requireElements(name)
        return try reduction.run(kind, self, .int64, keepdim: keepdim)
    }

    // MARK: Machinery

    /// Undoes broadcasting in a gradient: sums over the dimensions that were stretched to reach this
    /// shape. Nil when `shape` does not broadcast to this one.
    func summed(to target: [Int]) throws(TensorError) -> Tensor? {
        guard rank >= target.count else { return nil }
        let shift = rank - target.count
        var dims = Array(0..<shift)
        for d in target.indices where target[d] != shape[d + shift] {
            guard target[d] == 1 else { return nil }
            dims.append(d + shift)
        }
        let result = dims.isEmpty ? self : try sum(dims, keepdim: true)
        return result.shape == target ? result : try result.reshape(target)
    }

    func requireFloating(_ name: String) throws(TensorError) {
        guard dtype.isFloatingPoint else {
            throw .dtypes(name, [dtype], expected: "expected floating point numbers", hint: .text("Convert first: x:float()"))
        }
    }
}

/// Which dimensions an operation reduces, and the shapes that follow from it.
struct Reduced {
    let name: String
    /// The shape before.
    let shape: [Int]
    /// The reduced dimensions, resolved, in ascending order.
    let dims: [Int]
    /// The shape after, with size 1 along reduced dimensions.
    let kept: [Int]

    /// - Throws: when a dimension does not exist or is named twice.
    init(_ name: String, _ tensor: Tensor, _ given: [Int]?) throws(TensorError) {
        self.name = name
        shape = tensor.shape
        var kept = tensor.shape
        guard let given, !given.isEmpty else {
            dims = Array(shape.indices)
            for d in kept.indices { kept[d] = 1 }
            self.kept = kept
            return
        }
        var mask = 0
        for d in given {
            let resolved = try tensor.resolve(dimension: d, name)
            if mask & 1 << resolved != 0 { throw .argument(name, "a dimension is named twice") }
            mask |= 1 << resolved
            if resolved < kept.count { kept[resolved] = 1 }
        }
        self.kept = kept
        dims = shape.indices.filter { mask & 1 << $0 != 0 }
    }

    /// Elements in each group.
    var elements: Int { dims.reduce(1) { $0 * shape[$1] } }

    func shape(keepdim: Bool) -> [Int] {
        if keepdim { return kept }
        if dims.count == shape.count { return [] }
        return shape.indices.filter { !dims.contains($0) }.map { shape[$0] }
    }

    /// Refuses to look for an extreme among no elements.
    func requireElements(_ name: String) throws(TensorError) {
        if elements == 0, !kept.contains(0) {
            throw .argument(name, "\(describe(shape)) has no elements to choose from")
        }
    }

    /// A result with its reduced dimensions back at size 1.
    func unreduced(_ result: Tensor) throws(TensorError) -> Tensor {
        result.shape == kept ? result : try result.reshape(kept)
    }

    /// A result, or its gradient, stretched over the elements it came from.
    func spread(_ result: Tensor) throws(TensorError) -> Tensor {
        try unreduced(result).expand(shape)
    }

    /// Runs a reduction. `other` has the shape after; `values` receives what was found.
    func run(
        _ kind: nj_reduction, _ input: Tensor, _ type: DType, keepdim: Bool, divisor: Double = 1, parameter: Double = 0,
        other: Tensor? = nil, values: Tensor? = nil
    ) throws(TensorError) -> Tensor {
        guard nj_reduce_supports(kind, input.dtype.kernelType) else {
            throw .dtypes(name, [input.dtype], expected: "not defined for this type")
        }
        let result = try Tensor(uninitialized: shape(keepdim: keepdim), type, operation: name)
        var job = nj_reduce_job()
        job.rank = Int32(shape.count)
        job.divisor = divisor
        job.parameter = parameter
        job.input = UnsafePointer(input.pointer.assumingMemoryBound(to: CChar.self))
        job.result = result.pointer.assumingMemoryBound(to: CChar.self)
        job.other = other.map { UnsafePointer($0.pointer.assumingMemoryBound(to: CChar.self)) }
        job.values = values?.pointer.assumingMemoryBound(to: CChar.self)
        fill(&job.sizes, shape)
        fill(&job.input_strides, input.strides, input.dtype.size)
        fill(&job.result_strides, strides, type.size)
        if let other { fill(&job.other_strides, strides, other.dtype.size) }
        if let values { fill(&job.values_strides, strides, values.dtype.size) }
        withUnsafeMutableBytes(of: &job.reduced) { raw in for d in dims { raw[d] = 1 } }
        let finished = withExtendedLifetime((input, result, other, values)) { nj_reduce_run(&job, kind, input.dtype.kernelType) }
        guard finished else { throw .interrupted }
        return result
    }

    /// Steps of a row-major result, 0 along reduced dimensions.
    private var strides: [Int] {
        var strides = Layout.contiguousStrides(kept)
        for d in dims { strides[d] = 0 }
        return strides
    }

    private func fill<T>(_ field: inout T, _ values: [Int], _ scale: Int = 1) {
        withUnsafeMutableBytes(of: &field) { raw in
            let target = raw.assumingMemoryBound(to: Int64.self)
            for d in values.indices { target[d] = Int64(values[d] * scale) }
        }
    }
}
