// Repeated, reversed and shifted copies.

extension Tensor {
    /// Copies of the whole, `times[d]` along each dimension; missing leading numbers count as 1.
    public func tile(_ times: [Int]) throws(TensorError) -> Tensor {
        if let bad = times.first(where: { $0 < 0 }) { throw .argument("tile", "cannot repeat \(bad) times") }
        let rank = Swift.max(rank, times.count)
        let times = [Int](repeating: 1, count: rank - times.count) + times
        let sizes = [Int](repeating: 1, count: rank - self.rank) + shape
        // Each repeated dimension is preceded by one that is stretched: [r, n] reshapes to [r * n].
        var single: [Int] = [], stretched: [Int] = [], final: [Int] = []
        for (n, r) in zip(sizes, times) {
            if r != 1 {
                single.append(1)
                stretched.append(r)
            }
            single.append(n)
            stretched.append(n)
            let (size, overflow) = n.multipliedReportingOverflow(by: r)
            if overflow { throw .outOfMemory("tile", shape: sizes, bytes: nil) }
            final.append(size)
        }
        try Layout.check(final, operation: "tile")
        try Layout.check(stretched, operation: "tile")
        let result = try reshape(single).expand(stretched).reshape(final)
        return result.storage === storage ? try result.clone() : result
    }

    /// Each position of a dimension repeated in place: `[1, 2]` twice gives `[1, 1, 2, 2]`. Without
    /// a dimension the tensor is flattened first.
    public func repeatInterleave(_ times: Int, _ dim: Int? = nil) throws(TensorError) -> Tensor {
        guard times >= 0 else { throw .argument("repeat_interleave", "cannot repeat \(times) times") }
        guard let dim else { return try flatten().repeatInterleave(times, 0) }
        guard rank > 0 else { throw .dimension("repeat_interleave", dim, rank: 0) }
        let d = try resolve(dimension: dim, "repeat_interleave")
        var stretched = shape, final = shape
        stretched.insert(times, at: d + 1)
        let (size, overflow) = shape[d].multipliedReportingOverflow(by: times)
        if overflow { throw .outOfMemory("repeat_interleave", shape: stretched, bytes: nil) }
        final[d] = size
        let result = try unsqueeze(d + 1).expand(stretched).reshape(final)
        return result.storage === storage ? try result.clone() : result
    }

    /// Position `i` of a dimension repeated `times[i]` times.
    public func repeatInterleave(_ times: Tensor, _ dim: Int? = nil) throws(TensorError) -> Tensor {
        guard let dim else { return try flatten().repeatInterleave(times, 0) }
        guard rank > 0 else { throw .dimension("repeat_interleave", dim, rank: 0) }
        let d = try resolve(dimension: dim, "repeat_interleave")
        let counts = try times.integers("repeat_interleave")
        if counts.count == 1, times.rank == 0 || shape[d] != 1 { return try repeatInterleave(Int(counts[0]), d) }
        guard counts.count == shape[d] else {
            throw .shapes("repeat_interleave", [shape, times.shape], detail: "needs one count for each of the \(shape[d]) positions")
        }
        var total = 0
        for count in counts {
            guard count >= 0 else { throw .argument("repeat_interleave", "cannot repeat \(count) times") }
            let (sum, overflow) = total.addingReportingOverflow(Int(count))
            if overflow { throw .outOfMemory("repeat_interleave", shape: shape, bytes: nil) }
            total = sum
        }
        let positions = try Tensor(uninitialized: [total], .int64, operation: "repeat_interleave")
        var out = positions.int64s
        for (i, count) in counts.enumerated() {
            out.update(repeating: Int64(i), count: Int(count))
            out += Int(count)
        }
        return try indexSelect(d, positions)
    }

    /// A copy with the order of positions reversed along dimensions.
    public func flip(_ dims: [Int]) throws(TensorError) -> Tensor {
        var steps = strides, start = offset, seen = [Bool](repeating: false, count: rank)
        for dim in dims {
            let d = try resolve(dimension: dim, "flip")
            if rank == 0 { continue }
            guard !seen[d] else { throw .argument("flip", "a dimension is named twice") }
            seen[d] = true
            if shape[d] > 1 {
                start += (shape[d] - 1) * strides[d]
                steps[d] = -strides[d]
            }
        }
        let result = try Tensor(uninitialized: shape, dtype, operation: "flip")
        try result.copyElements(from: Tensor(sharing: self, layout: Layout(shape: shape, strides: steps), offset: start))
        return try result.finished("flip", self) { _, g in [try g.flip(dims)] }
    }

    /// A copy with positions moved cyclically; without dimensions over the flattened tensor.
    public func roll(_ shifts: [Int], _ dims: [Int] = []) throws(TensorError) -> Tensor {
        if dims.isEmpty {
            guard shifts.count == 1 else { throw .argument("roll", "needs one shift, or as many as dimensions") }
            return try flatten().roll(shifts, [0]).reshape(shape)
        }
        guard shifts.count == dims.count else {
            throw .argument("roll", "\(shifts.count) shifts for \(dims.count) dimensions")
        }
        guard rank > 0 else { throw .dimension("roll", dims[0], rank: 0) }
        var result = self
        for (shift, dim) in zip(shifts, dims) { result = try result.rolled(shift, try resolve(dimension: dim, "roll")) }
        return result
    }

    private func rolled(_ shift: Int, _ d: Int) throws(TensorError) -> Tensor {
        let size = shape[d]
        let result = try Tensor(uninitialized: shape, dtype, operation: "roll")
        if size > 0 {
            let first = ((shift % size) + size) % size
            try result.narrow(d, first, size - first).copyElements(from: narrow(d, 0, size - first))
            try result.narrow(d, 0, first).copyElements(from: narrow(d, size - first, first))
        }
        return try result.finished("roll", self) { _, g in [try g.rolled(size > 0 ? -(shift % size) : 0, d)] }
    }
}
