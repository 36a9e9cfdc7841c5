import CKernels

// Reductions that follow from the order of elements, and counts by value.

/// What a quantile is where it falls between two elements.
public enum QuantileInterpolation: String, CaseIterable, Sendable {
    /// In proportion to the distances.
    case linear
    case lower, higher, nearest
    /// Their mean.
    case midpoint

    /// Whether it is always one of the elements.
    var isChoice: Bool { self != .linear && self != .midpoint }

    /// Places in a sorted row, whole ones where one element is chosen.
    func rounded(_ ranks: Tensor) throws(TensorError) -> Tensor {
        switch self {
        case .linear, .midpoint: ranks
        case .lower: try ranks.floor()
        case .higher: try ranks.ceil()
        case .nearest: try ranks.round()
        }
    }
}

extension Tensor {
    /// The middle element of all; the lower of two middle ones; NaN when there is one.
    public func median() throws(TensorError) -> Tensor {
        if count == 0 { return try ofNone("median") }
        return try reshape([count]).median(0).values
    }

    /// What is chosen from no elements: NaN, as in PyTorch; integers have none.
    private func ofNone(_ name: String) throws(TensorError) -> Tensor {
        guard dtype.isFloatingPoint else { throw .argument(name, "\(describe(shape)) has no elements to choose from") }
        return try Tensor(.double(.nan), dtype)
    }

    /// The middle element along a dimension and its position; the lower of two middle ones; NaN when
    /// there is one.
    public func median(_ dim: Int, keepdim: Bool = false) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        let d = try resolve(dimension: dim, "median")
        try Reduced("median", self, [d]).requireElements("median")
        if rank == 0 { return (try clone(), try Tensor(0, .int64)) }
        let bare = detach()
        var indices = try shape.contains(0)
            ? Tensor.zeros(Reduced("median", self, [d]).kept, .int64)
            : bare.kthvalue((shape[d] - 1) / 2, d, keepdim: true).indices
        if dtype.isFloatingPoint {
            let isNaN = try bare.isNaN()
            if try isNaN.any().scalar() == .bool(true) {
                // A NaN counts as largest, so the position of the largest is that of the first NaN.
                indices = try isNaN.any([d], keepdim: true).where(bare.argmax(dim: d, keepdim: true), indices)
            }
        }
        return try picked("median", d, indices, keepdim: keepdim)
    }

    /// The middle element of those that are not NaN; NaN where there is none.
    public func nanmedian() throws(TensorError) -> Tensor {
        if count == 0 { return try ofNone("nanmedian") }
        return try reshape([count]).nanmedian(0).values
    }

    /// The middle element along a dimension of those that are not NaN, and its position; NaN where there
    /// is none.
    public func nanmedian(_ dim: Int, keepdim: Bool = false) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        let d = try resolve(dimension: dim, "nanmedian")
        try Reduced("nanmedian", self, [d]).requireElements("nanmedian")
        if rank == 0 { return (try clone(), try Tensor(0, .int64)) }
        let counts = try detach().isNaN().logicalNot().sum([d], keepdim: true)
        let middle = try counts.sub(1).clamp(minimum: 0).floorDivide(2)
        let indices = try detach().argsort(d).gather(d, middle)
        return try picked("nanmedian", d, indices, keepdim: keepdim)
    }

    /// The most frequent element along a dimension, the smallest of equally frequent ones, and the
    /// position where it stands last.
    public func mode(_ dim: Int = -1, keepdim: Bool = false) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        let d = try resolve(dimension: dim, "mode")
        try Reduced("mode", self, [d]).requireElements("mode")
        if rank == 0 { return (try clone(), try Tensor(0, .int64)) }
        let (sorted, order) = try detach().transpose(d, -1).sort(-1)
        let rows = try sorted.contiguousCopy(), n = shape[d]
        let last = try Tensor(uninitialized: Array(rows.shape.dropLast()) + [1], .int64, operation: "mode")
        nj_longest_runs(
            dtype.kernelType, rows.pointer, Int64(n == 0 ? 0 : rows.count / n), Int64(n), last.pointer.assumingMemoryBound(to: Int64.self))
        withExtendedLifetime(rows) {}
        let indices = try order.gather(-1, last).transpose(d, -1)
        return try picked("mode", d, indices, keepdim: keepdim)
    }

    /// The elements at positions along a dimension, one in each row.
    private func picked(
        _ name: String, _ dim: Int, _ indices: Tensor, keepdim: Bool
    ) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        let values = try gather(dim, indices)
        return keepdim ? (values, indices) : (try values.squeeze([dim]), try indices.squeeze([dim]).contiguous())
    }

    /// Quantiles along a dimension, or of all elements. Several `q` give a new first dimension; rows
    /// with a NaN give NaN.
    ///
    /// - Parameter q: numbers in 0...1, none or one dimension.
    public func quantile(
        _ q: Tensor, _ dim: Int? = nil, keepdim: Bool = false, _ interpolation: QuantileInterpolation = .linear
    ) throws(TensorError) -> Tensor {
        try quantiles("quantile", q, dim, keepdim, interpolation, skippingNaN: false)
    }

    public func quantile(_ q: Double, _ dim: Int? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try quantile(Tensor.number(.double(q), .float64), dim, keepdim: keepdim)
    }

    /// Quantiles of the elements that are not NaN; NaN where there is none.
    public func nanquantile(
        _ q: Tensor, _ dim: Int? = nil, keepdim: Bool = false, _ interpolation: QuantileInterpolation = .linear
    ) throws(TensorError) -> Tensor {
        try quantiles("nanquantile", q, dim, keepdim, interpolation, skippingNaN: true)
    }

    private func quantiles(
        _ name: String, _ q: Tensor, _ dim: Int?, _ keepdim: Bool, _ interpolation: QuantileInterpolation, skippingNaN: Bool
    ) throws(TensorError) -> Tensor {
        try requireFloating(name)
        guard q.rank <= 1 else { throw .shapes(name, [q.shape], detail: "q is a number or a vector") }
        let shares = try q.detach().inType(.float64)
        guard try shares.ge(0).logicalAnd(shares.le(1)).all().scalar() == .bool(true) else { throw .value(name, "q must lie in 0..1") }
        let d = try dim.map { d throws(TensorError) in try resolve(dimension: d, name) }
        let rows = try d == nil || rank == 0 ? reshape([1, count]) : transpose(d ?? 0, -1)
        let n = rows.shape[rows.rank - 1]
        guard n > 0 else { throw .argument(name, "\(describe(shape)) has no elements to choose from") }
        let sorted = try rows.sort(-1).values
        // Places in a sorted row, which ends in its NaN; those that are skipped make it shorter.
        let isNaN = try rows.detach().isNaN()
        var ranks = try shares.reshape([q.count])
        if skippingNaN {
            ranks = try isNaN.logicalNot().sum([-1], keepdim: true).sub(1).clamp(minimum: 0).mul(ranks)
        } else {
            ranks = try ranks.mul(.double(Double(n - 1)))
        }
        ranks = try interpolation.rounded(ranks)
        func taken(_ places: Tensor) throws(TensorError) -> Tensor {
            try skippingNaN ? sorted.gather(-1, places.to(.int64)) : sorted.indexSelect(-1, places.to(.int64))
        }
        let weights = try interpolation == .midpoint ? ranks.fullLike(0.5) : ranks.sub(ranks.floor())
        // Between two infinities there is no number, so one that is chosen is not mixed with itself.
        var result = try interpolation.isChoice
            ? taken(ranks) : taken(ranks.floor()).lerp(taken(ranks.ceil()), weights.inType(dtype))
        if !skippingNaN {
            let spoilt = try isNaN.any([-1], keepdim: true)
            if try spoilt.any().scalar() == .bool(true) { result = try spoilt.where(.double(.nan), result) }
        }
        // [..., q] to the shape of the reduction, with q in front when it is a vector.
        let kept = try Reduced(name, self, d.map { [$0] }).shape(keepdim: keepdim)
        if let d, rank > 0 {
            let moved = try result.movedim([-1], [0])
            var wide = rows.shape
            wide[rank - 1] = 1
            result = try moved.reshape([q.count] + wide).transpose(d + 1, -1)
        }
        return try result.reshape((q.rank == 1 ? [q.count] : []) + kept)
    }

    // MARK: Counts

    /// How many elements lie in each of `bins` equal parts of `minimum...maximum`, in this tensor's
    /// type; the data's own range when both are equal. Elements outside are left out.
    public func histc(_ bins: Int = 100, minimum: Double = 0, maximum: Double = 0) throws(TensorError) -> Tensor {
        try requireFloating("histc")
        guard bins > 0 else { throw .argument("histc", "the number of bins must be positive, not \(bins)") }
        var low = minimum, high = maximum
        let source = isContiguous ? detach() : try contiguousCopy()
        if low == high && count > 0 {
            low = try source.amin().scalar().doubleValue
            high = try source.amax().scalar().doubleValue
        }
        guard low.isFinite, high.isFinite, low <= high else {
            throw .argument("histc", "\(Scalar.double(low).text)..\(Scalar.double(high).text) is not a range")
        }
        if low == high { (low, high) = (low - 1, high + 1) }
        let counts = try Tensor.full([bins], 0, dtype, operation: "histc")
        nj_histogram(dtype.kernelType, counts.pointer, source.pointer, Int64(count), Int64(bins), low, high)
        withExtendedLifetime(source) {}
        return counts
    }

    /// How often each whole number from 0 occurs in a vector, or the sum of its `weights`; at least
    /// `minimumLength` counts.
    public func bincount(weights: Tensor? = nil, minimumLength: Int = 0) throws(TensorError) -> Tensor {
        guard dtype.isInteger else { throw .dtypes("bincount", [dtype], expected: "expected integers") }
        guard rank == 1, weights.map({ $0.shape == shape }) ?? true else {
            throw .shapes("bincount", [shape] + (weights.map { [$0.shape] } ?? []), detail: "expected a vector, and weights of its shape")
        }
        guard minimumLength >= 0 else { throw .argument("bincount", "the length is negative: \(minimumLength)") }
        let source = try inType(.int64).contiguousCopy()
        let largest = count == 0 ? -1 : try Int(source.amax().scalar().intValue)
        if count > 0, try source.amin().scalar().intValue < 0 { throw .value("bincount", "a value is negative") }
        let length = Swift.max(largest == .max ? largest : largest + 1, minimumLength)
        let mass = try weights.map { w throws(TensorError) in try w.detach().inType(.float64).contiguousCopy() }
        let result = try Tensor.full([length], 0, mass == nil ? .int64 : .float64, operation: "bincount")
        _ = nj_bincount(
            result.pointer.assumingMemoryBound(to: Int64.self), result.pointer.assumingMemoryBound(to: Double.self),
            source.pointer.assumingMemoryBound(to: Int64.self), mass?.pointer.assumingMemoryBound(to: Double.self),
            Int64(count), Int64(length))
        withExtendedLifetime((source, mass)) {}
        return weights?.dtype == .float32 ? try result.converted(to: .float32) : result
    }
}
