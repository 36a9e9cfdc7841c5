import CKernels

/// What stands between the brackets of `x[…]`, for one dimension or several.
public enum Index {
    /// One position; the dimension disappears.
    case position(Int)
    /// Positions `first..<end` in steps, clamped to the dimension; negative ones count from the end.
    case range(Int?, Int?, step: Int = 1)
    /// The whole dimension.
    case all
    /// A new dimension of size 1.
    case newAxis
    /// As many whole dimensions as are not mentioned otherwise.
    case ellipsis
    /// The elements where a mask over one or several dimensions is true.
    case mask(Tensor)
    /// Chosen positions in any order; several such tensors are broadcast and pick elements together.
    case positions(Tensor)

    /// How many dimensions of the tensor this takes up.
    fileprivate var dimensions: Int {
        switch self {
        case .position, .range, .all, .positions: 1
        case .newAxis, .ellipsis: 0
        case .mask(let mask): mask.rank
        }
    }
}

extension Tensor {
    /// The elements that indices choose: a view unless masks or position tensors are among them.
    ///
    /// As in PyTorch, dimensions chosen by tensors are replaced by the tensors' broadcast shape
    /// where they stand next to one another, and moved to the front otherwise.
    public func get(_ indices: [Index]) throws(TensorError) -> Tensor {
        if indices.count == 1, case .mask(let mask) = indices[0], mask.shape == shape, rank > 0 {
            return try maskedSelect(mask)
        }
        let (part, chosen) = try resolve(indices)
        if chosen.isEmpty { return part }
        let (picks, arrays) = try part.picks(chosen)
        return try part.pick(picks, arrays)
    }

    /// Replaces the elements that indices choose by those of `value`, which is broadcast.
    public func set(_ indices: [Index], _ value: Tensor) throws(TensorError) {
        let (part, chosen) = try resolve(indices)
        var source = value
        if chosen.isEmpty {
            while source.rank > part.rank, source.shape[0] == 1 { source = try source.select(0, 0) }
            guard try Tensor.broadcast(part.shape, source.shape, "index") == part.shape else {
                throw .shapes("index", [part.shape, value.shape], detail: "the value does not fit")
            }
            _ = try part.copy_(source)
            return
        }
        let (picks, arrays) = try part.picks(chosen)
        while source.rank > picks.shape.count, source.shape[0] == 1 { source = try source.select(0, 0) }
        guard try Tensor.broadcast(picks.shape, source.shape, "index") == picks.shape else {
            throw .shapes("index", [picks.shape, value.shape], detail: "the value does not fit")
        }
        try part.replace(picks, arrays, source.expand(picks.shape))
    }

    /// Sets the elements that indices choose to a number.
    public func set(_ indices: [Index], _ value: Scalar) throws(TensorError) {
        try value.check(fits: dtype, "index")
        if indices.count == 1, case .mask(let mask) = indices[0], mask.shape == shape {
            try maskedFill(mask, value, inPlace: true)
            return
        }
        let (part, chosen) = try resolve(indices)
        if chosen.isEmpty {
            try part.fill_(value)
        } else {
            let (picks, arrays) = try part.picks(chosen)
            try part.replace(picks, arrays, Tensor.number(value, dtype).expand(picks.shape))
        }
    }

    /// Takes positions and ranges as views; masks and position tensors remain, by dimension.
    private func resolve(_ indices: [Index]) throws(TensorError) -> (Tensor, [(Int, Tensor)]) {
        let mentioned = indices.reduce(0) { $0 + $1.dimensions }
        guard mentioned <= rank else {
            throw .argument("index", rank == 0 ? "a single number has no positions"
                : "\(describe(shape)) has \(rank) dimension\(rank == 1 ? "" : "s"), but \(mentioned) were indexed")
        }
        var part = self, d = 0, original = 0, chosen: [(Int, Tensor)] = [], openSeen = false
        for index in indices {
            switch index {
            case .position(let position):
                let size = shape[original]
                guard position >= -size, position < size else {
                    throw .index("index", position, dimension: original, shape: shape)
                }
                part = try part.select(d, position)
                d -= 1
            case .range(let first, let end, let step):
                if first == nil, end == nil, step == 1 { break }
                part = try part.slice(d, first, end, step: step)
            case .all:
                break
            case .newAxis:
                part = try part.unsqueeze(d)
            case .ellipsis:
                guard !openSeen else { throw .argument("index", "only one \"...\" is possible") }
                openSeen = true
                d += rank - mentioned - 1
                original += rank - mentioned
            case .positions(let positions):
                if positions.dtype == .bool {
                    throw .dtypes("index", [positions.dtype], expected: "expected positions")
                }
                chosen.append((d, try positions.positions("index", in: shape, dimension: original)))
            case .mask(let mask):
                guard mask.dtype == .bool else {
                    throw .dtypes("index", [mask.dtype], expected: "the mask must be bool")
                }
                if mask.rank == 0 { part = try part.unsqueeze(d) }
                let covered = Array(part.shape[d..<(d + Swift.max(mask.rank, 1))])
                guard mask.rank == 0 || mask.shape == covered else {
                    throw .shapes("index", [shape, mask.shape], detail: "the mask must be \(describe(covered))")
                }
                let places = try mask.rank == 0 ? mask.flatten().nonzero() : mask.nonzero()
                for k in covered.indices { chosen.append((d + k, try places.select(1, k).contiguousCopy())) }
                d += covered.count - 1
            }
            d += 1
            original += index.dimensions
        }
        return (part, chosen)
    }

    // MARK: Elements chosen by position tensors

    /// Which dimensions position tensors of one shape choose from, and the shape of what they choose.
    private struct Picks {
        let dims: [Int]
        /// Where the positions' dimensions stand in the result.
        let place: Int
        let shape: [Int]
    }

    /// Brings checked position tensors to one shape.
    private func picks(_ chosen: [(Int, Tensor)]) throws(TensorError) -> (Picks, [Tensor]) {
        var common = chosen[0].1.shape
        for (_, array) in chosen.dropFirst() { common = try Tensor.broadcast(common, array.shape, "index") }
        var arrays: [Tensor] = []
        for (_, array) in chosen {
            arrays.append(array.shape == common ? array : try array.expand(common).contiguousCopy())
        }
        let dims = chosen.map(\.0), rest = shape.indices.filter { !dims.contains($0) }
        let adjacent = zip(dims, dims.dropFirst()).allSatisfy { $1 == $0 + 1 }
        let place = adjacent ? dims[0] : 0
        let result = rest[..<place].map { shape[$0] } + common + rest[place...].map { shape[$0] }
        try Layout.check(result, operation: "index")
        return (Picks(dims: dims, place: place, shape: result), arrays)
    }

    private func pick(_ picks: Picks, _ arrays: [Tensor]) throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: picks.shape, dtype, operation: "index")
        try lookup(NJ_LOOKUP_GET, picks.dims, arrays, values: result, place: picks.place)
        let before = shape
        return try result.finished("index", self, saving: arrays.map { .tensor($0) }) { node, g in
            [try g.spread(picks, picks.dims.indices.map { try node.saved($0) }, in: before)]
        }
    }

    /// Zeros with these elements added at the picked positions.
    private func spread(_ picks: Picks, _ arrays: [Tensor], in shape: [Int]) throws(TensorError) -> Tensor {
        let result = try Tensor.zeros(shape, dtype)
        try result.lookup(NJ_LOOKUP_ADD, picks.dims, arrays, values: values(as: dtype), place: picks.place)
        return try result.finished("index_backward", self, saving: arrays.map { .tensor($0) }) { node, g in
            [try g.pick(picks, picks.dims.indices.map { try node.saved($0) })]
        }
    }

    /// Replaces picked elements in place.
    private func replace(_ picks: Picks, _ arrays: [Tensor], _ values: Tensor) throws(TensorError) {
        try checkInPlace("index")
        try lookup(
            NJ_LOOKUP_PUT, picks.dims, arrays, values: values.values(as: dtype, apartFrom: self), place: picks.place)
        _ = try finished("index", self, values, saving: arrays.map { .tensor($0) }, inPlace: true) { node, g in
            let arrays = try picks.dims.indices.map { try node.saved($0) }
            var outer: Tensor?
            if node.needs(0) {
                let copy = try g.clone()
                try copy.replace(picks, arrays, Tensor.zeros([], g.dtype).expand(picks.shape))
                outer = copy
            }
            return [outer, node.needs(1) ? try g.pick(picks, arrays) : nil]
        }
    }
}
