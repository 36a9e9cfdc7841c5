import CKernels
import Glibc

// Reductions that follow from the order of elements, and counts by value.

extension Tensor {
    /// The middle element of all; the lower of two middle ones; NaN when there is one.
    public func median() throws(TensorError) -> Tensor {
        guard count > 0 else { throw .argument("median", "\(describe(shape)) has no elements to choose from") }
        return try reshape([count]).median(0).values
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

    /// Quantiles along a dimension, or of all elements, between neighbours in proportion. Several
    /// `q` give a new first dimension.
    ///
    /// - Parameter q: numbers in 0...1, none or one dimension.
    public func quantile(_ q: Tensor, _ dim: Int? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try requireFloating("quantile")
        guard q.rank <= 1 else { throw .shapes("quantile", [q.shape], detail: "q is a number or a vector") }
        let wanted = try q.detach().inType(.float64).scalars().map(\.doubleValue)
        guard wanted.allSatisfy({ $0 >= 0 && $0 <= 1 }) else { throw .value("quantile", "q must lie in 0..1") }
        let d = try dim.map { d throws(TensorError) in try resolve(dimension: d, "quantile") }
        let rows = try d == nil || rank == 0 ? reshape([1, count]) : transpose(d ?? 0, -1)
        let n = rows.shape[rows.rank - 1]
        guard n > 0 else { throw .argument("quantile", "\(describe(shape)) has no elements to choose from") }
        let sorted = try rows.sort(-1).values
        let ranks = wanted.map { $0 * Double(n - 1) }
        let below = try Tensor(ranks.map { Int64($0) })
        let above = try Tensor(ranks.map { Int64(Glibc.ceil($0)) })
        let weights = try Tensor(ranks.map { $0 - Glibc.floor($0) }).inType(dtype)
        var result = try sorted.indexSelect(-1, below).lerp(sorted.indexSelect(-1, above), weights)
        let hasNaN = try rows.detach().isNaN().any([-1], keepdim: true)
        if try hasNaN.any().scalar() == .bool(true) { result = try hasNaN.where(.double(.nan), result) }
        // [..., q] to the shape of the reduction, with q in front when it is a vector.
        let kept = try Reduced("quantile", self, d.map { [$0] }).shape(keepdim: keepdim)
        if let d, rank > 0 {
            let moved = try result.movedim([-1], [0])
            var wide = rows.shape
            wide[rank - 1] = 1
            let ordered = try moved.reshape([wanted.count] + wide).transpose(d + 1, -1)
            return try ordered.reshape((q.rank == 1 ? [wanted.count] : []) + kept)
        }
        return try result.reshape((q.rank == 1 ? [wanted.count] : []) + kept)
    }

    public func quantile(_ q: Double, _ dim: Int? = nil, keepdim: Bool = false) throws(TensorError) -> Tensor {
        try quantile(Tensor.number(.double(q), .float64), dim, keepdim: keepdim)
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
