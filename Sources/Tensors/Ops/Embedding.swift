import CKernels

extension Tensor {
    /// Rows of a table `[V, D]` by number: `[…]` positions give `[…, D]`.
    ///
    /// The row `paddingIndex` receives no gradient; negative numbers of it count from the end. Rows that
    /// are looked up and longer than `limit` are first shortened to it, in place. With `averagesGradient`,
    /// a row's gradient is divided by how often it is looked up. As PyTorch's `embedding`.
    /// - Throws: naming the first position outside of the table.
    public static func embedding(
        _ positions: Tensor, _ weight: Tensor, paddingIndex: Int? = nil, limit: NormLimit? = nil, averagesGradient: Bool = false
    ) throws(TensorError) -> Tensor {
        let rows = try rowNumbers("embedding", positions, weight)
        let skip = try skipped("embedding", paddingIndex, weight)
        if let limit { try weight.shorten(rows, limit, "embedding") }
        let share = averagesGradient ? try Tensor(shares(of: rows)).to(weight.dtype).unsqueeze(1) : nil
        return try weight.takeRows("embedding", rows, positions.shape, skip: skip, share: share)
    }

    /// The greatest norm that rows of a table may have.
    public struct NormLimit: Sendable {
        public let norm: Double
        /// The power of the norm.
        public let power: Double

        public init(_ norm: Double, power: Double = 2) { (self.norm, self.power) = (norm, power) }
    }

    /// One over how often each row comes.
    private static func shares(of rows: Tensor) -> [Double] {
        let numbers = rows.pointer.assumingMemoryBound(to: Int64.self)
        var counts: [Int64: Int] = [:]
        for i in 0..<rows.count { counts[numbers[i], default: 0] += 1 }
        defer { withExtendedLifetime(rows) {} }
        return (0..<rows.count).map { 1 / Double(counts[numbers[$0]] ?? 1) }
    }

    /// Shortens rows that are longer than a limit, in place and unrecorded.
    private func shorten(_ rows: Tensor, _ limit: NormLimit, _ name: String) throws(TensorError) {
        guard limit.norm >= 0, limit.power > 0 else { throw .argument(name, "max_norm must not be negative and norm_type must be positive") }
        do {
            try Autograd.withoutGradients {
                let own = try rows.reshape([rows.count]).unique().values, taken = try detach().indexSelect(0, own)
                let norms = try taken.norm(limit.power, [1], keepdim: true)
                let factors = try norms.gt(.double(limit.norm)).where(norms.add(1e-7).reciprocal().mul(.double(limit.norm)), Tensor.ones(norms.shape, dtype))
                _ = try indexCopy(0, own, taken.mul(factors), inPlace: true)
            }
        } catch let error as TensorError { throw error } catch { throw .argument(name, "\(error)") }
    }

    /// Rows of a table `[V, D]`, put together in bags: sums, means or maxima `[bags, D]`.
    ///
    /// Positions `[B, n]` are B bags of n; positions `[n]` are cut into bags at `offsets`, which start with
    /// 0 (with `includeLastOffset`, the last one is the end). `perSampleWeights` scale the rows of a sum.
    /// Empty bags are 0. As PyTorch's `embedding_bag`.
    public static func embeddingBag(
        _ positions: Tensor, _ weight: Tensor, offsets: Tensor? = nil, mode: BagMode = .mean,
        perSampleWeights: Tensor? = nil, includeLastOffset: Bool = false, paddingIndex: Int? = nil, limit: NormLimit? = nil,
        averagesGradient: Bool = false
    ) throws(TensorError) -> Tensor {
        let name = "embedding_bag"
        if averagesGradient, mode == .max || perSampleWeights != nil {
            throw .argument(name, "gradients can be averaged by frequency for sums and means without weights only")
        }
        let rows = try rowNumbers(name, positions, weight), skip = try skipped(name, paddingIndex, weight)
        var ends: [Int64]
        if positions.rank == 2 {
            guard offsets == nil else { throw .argument(name, "positions with two dimensions take no offsets") }
            ends = (0...positions.shape[0]).map { Int64($0 * positions.shape[1]) }
        } else {
            guard positions.rank == 1, let offsets, offsets.rank == 1 else {
                throw .shapes(name, [positions.shape], detail: "positions must be [B, n], or [n] with offsets [B]")
            }
            ends = try offsets.integers(name)
            if !includeLastOffset { ends.append(Int64(positions.count)) }
            guard ends.first == 0 || ends.isEmpty, zip(ends, ends.dropFirst()).allSatisfy({ $0 <= $1 }), ends.last ?? 0 <= positions.count else {
                throw .value(name, "offsets must start with the first position and rise to at most \(positions.count)")
            }
        }
        if let perSampleWeights {
            guard mode == .sum else { throw .argument(name, "weights for each sample need mode \"sum\"") }
            guard perSampleWeights.shape == positions.shape, perSampleWeights.dtype == weight.dtype else {
                throw .shapes(name, [positions.shape, perSampleWeights.shape], detail: "weights for each sample must match the positions and the table's type")
            }
        }
        if let limit { try weight.shorten(rows, limit, name) }
        return try weight.bags(name, rows, ends, mode, perSampleWeights, skip, averagesGradient ? shares(of: rows) : nil)
    }

    /// How `embeddingBag` puts rows together.
    public enum BagMode: Sendable {
        case sum, mean, max
    }

    /// 1 at each position and 0 elsewhere, in a new last dimension of `classes`; int64.
    ///
    /// Without a number of classes, one more than the largest position.
    public func oneHot(_ classes: Int? = nil) throws(TensorError) -> Tensor {
        let numbers = try positions("one_hot")
        let elements = numbers.pointer.assumingMemoryBound(to: Int64.self)
        var width = classes ?? 0
        if classes == nil {
            guard count > 0 else { throw .argument("one_hot", "the number of classes cannot be told from no positions") }
            for i in 0..<count { width = Swift.max(width, Int(clamping: elements[i]) &+ 1) }
        }
        let result = try Tensor.zeros(shape + [width], .int64)
        let out = result.pointer.assumingMemoryBound(to: Int64.self)
        for i in 0..<count {
            guard elements[i] >= 0, elements[i] < width else { throw numbers.badLabel("one_hot", at: i, classes: width) }
            out[i * width + Int(elements[i])] = 1
        }
        withExtendedLifetime(numbers) {}
        return result
    }

    // MARK: How

    /// Positions as row numbers of a table.
    private static func rowNumbers(_ name: String, _ positions: Tensor, _ weight: Tensor) throws(TensorError) -> Tensor {
        guard weight.rank == 2 else { throw .shapes(name, [positions.shape, weight.shape], detail: "the table must be [V, D]") }
        guard weight.dtype.isFloatingPoint else { throw .dtypes(name, [weight.dtype], expected: "the table must be floating point") }
        let rows = try positions.positions(name), elements = rows.pointer.assumingMemoryBound(to: Int64.self)
        for i in 0..<rows.count where elements[i] < 0 || elements[i] >= weight.shape[0] {
            throw rows.badLabel(name, at: i, classes: weight.shape[0])
        }
        return rows
    }

    private static func skipped(_ name: String, _ index: Int?, _ weight: Tensor) throws(TensorError) -> Int {
        guard let index else { return -1 }
        let size = weight.shape[0]
        guard index >= -size, index < size else { throw .index(name, index, dimension: 0, shape: weight.shape) }
        return index < 0 ? index + size : index
    }

    private func takeRows(_ name: String, _ rows: Tensor, _ shape: [Int], skip: Int, share: Tensor? = nil) throws(TensorError) -> Tensor {
        let table = try contiguousIfNeeded(), width = self.shape[1], size = self.shape[0]
        let result = try Tensor(uninitialized: shape + [width], dtype, operation: name)
        let outcome = withExtendedLifetime((table, rows)) {
            nj_take_rows(table.pointer, rows.pointer.assumingMemoryBound(to: Int64.self), Int64(rows.count), Int64(width * dtype.size), result.pointer)
        }
        try finish(outcome, name, shape)
        return try result.finished(name, self, saving: [.tensor(rows)] + (share.map { [.tensor($0)] } ?? [])) { node, g in
            let rows = try node.saved(0), each = try g.reshape([rows.count, width])
            return [try (share == nil ? each : each.mul(node.saved(1))).addRows(name + "_backward", rows, size: size, skip: skip)]
        }
    }

    /// A table of `size` rows to which each of these rows `[n, D]` is added at its number.
    private func addRows(_ name: String, _ rows: Tensor, size: Int, skip: Int) throws(TensorError) -> Tensor {
        let source = try contiguousIfNeeded(), width = shape[1]
        let table = try Tensor(uninitialized: [size, width], dtype, operation: name)
        let outcome = withExtendedLifetime((source, rows)) {
            nj_add_rows(
                dtype.kernelType, source.pointer, nil, nil, rows.pointer.assumingMemoryBound(to: Int64.self),
                Int64(rows.count), Int64(width), Int64(size), Int64(skip), table.pointer)
        }
        try finish(outcome, name, shape)
        return try table.finished(name, self, saving: [.tensor(rows)]) { node, g in
            let rows = try node.saved(0), taken = try g.takeRows(name, rows, [rows.count], skip: skip)
            return [skip < 0 ? taken : try taken.mul(rows.ne(.int(Int64(skip))).to(taken.dtype).unsqueeze(1))]
        }
    }

    private func bags(
        _ name: String, _ rows: Tensor, _ ends: [Int64], _ mode: BagMode, _ weights: Tensor?, _ skip: Int, _ frequency: [Double]?
    ) throws(TensorError) -> Tensor {
        let table = try contiguousIfNeeded(), width = shape[1], size = shape[0], bags = Swift.max(ends.count - 1, 0)
        let result = try Tensor(uninitialized: [bags, width], dtype, operation: name)
        let chosen = mode == .max ? try Tensor(uninitialized: [bags, width], .int64, operation: name) : nil
        let scales = try weights?.contiguousIfNeeded(), kind = mode == .sum ? NJ_BAG_SUM : mode == .mean ? NJ_BAG_MEAN : NJ_BAG_MAX
        let outcome = withExtendedLifetime((table, rows, scales)) {
            nj_bag_rows(
                dtype.kernelType, kind, table.pointer, rows.pointer.assumingMemoryBound(to: Int64.self), scales?.pointer,
                ends, Int64(bags), Int64(width), Int64(skip), result.pointer, chosen?.pointer.assumingMemoryBound(to: Int64.self))
        }
        try finish(outcome, name, [bags, width])
        let inputs = weights.map { [self, $0] } ?? [self]
        guard Autograd.isRecording(inputs) else { return result }
        if let chosen {
            return try result.recorded(name, inputs, saving: [.tensor(chosen)]) { node, g in
                // Empty bags chose row -1: their gradient goes to row 0 as zero.
                let chosen = try node.saved(0), isReal = try chosen.ge(0)
                let zeros = try Tensor.zeros([size, width], g.dtype)
                return [try zeros.scatterAdd(0, chosen.clamp(minimum: 0), g.mul(isReal.to(g.dtype)))]
            }
        }
        let isWeighted = weights != nil
        // Which bag each position is in, and its share of it.
        var bag = [Int64](repeating: 0, count: rows.count), share = [Double](repeating: 0, count: rows.count)
        let numbers = rows.pointer.assumingMemoryBound(to: Int64.self)
        for b in 0..<bags {
            let members = (ends[b]..<ends[b + 1]).filter { numbers[Int($0)] != skip }
            for i in ends[b]..<ends[b + 1] { bag[Int(i)] = Int64(b) }
            for i in members { share[Int(i)] = (mode == .mean ? 1 / Double(members.count) : 1) * (frequency?[Int(i)] ?? 1) }
        }
        let bagOf = try Tensor(bag), shares = try Tensor(share).to(dtype), shapeOfWeights = weights?.shape ?? []
        return try result.recorded(
            name, inputs, saving: [.tensor(rows), .tensor(bagOf), .tensor(shares), .input(0)] + (isWeighted ? [.input(1)] : [])
        ) { node, g in
            let rows = try node.saved(0), table = try node.saved(3)
            let weights = isWeighted ? try node.saved(4).reshape([rows.count]) : nil
            let each = try g.indexSelect(0, node.saved(1)).mul(node.saved(2).unsqueeze(1))
            let scaled = try weights.map { (w) throws(TensorError) in try each.mul(w.unsqueeze(1)) } ?? each
            let forTable = node.needs(0) ? try scaled.addRows(name + "_backward", rows, size: size, skip: skip) : nil
            guard isWeighted, node.needs(1) else { return isWeighted ? [forTable, nil] : [forTable] }
            let taken = try table.takeRows(name + "_backward", rows, [rows.count], skip: skip)
            return [forTable, try each.mul(taken).sum([1]).reshape(shapeOfWeights)]
        }
    }
}
