// The order of dimensions. All of these are views.

extension Tensor {
    /// A view with two dimensions exchanged.
    @discardableResult
    public func transpose(_ a: Int, _ b: Int, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "transpose_" : "transpose"
        let a = try resolve(dimension: a, name), b = try resolve(dimension: b, name)
        let result = try exchanging(a, b, name)
        return inPlace ? try becoming(result, name) : result
    }

    /// A view of a matrix with rows and columns exchanged; vectors and numbers stay.
    ///
    /// - Throws: for more than two dimensions.
    @discardableResult
    public func t(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "t_" : "t"
        guard rank <= 2 else {
            throw .shapes(name, [shape], detail: "only a matrix can be transposed like this",
                hint: .text("Use transpose(dim0, dim1)"))
        }
        let result = try exchanging(0, rank == 2 ? 1 : 0, name)
        return inPlace ? try becoming(result, name) : result
    }

    /// Another word for `transpose`.
    public func swapaxes(_ a: Int, _ b: Int) throws(TensorError) -> Tensor { try transpose(a, b) }

    private func exchanging(_ a: Int, _ b: Int, _ name: String) throws(TensorError) -> Tensor {
        var sizes = shape, steps = strides
        if a != b {
            sizes.swapAt(a, b)
            steps.swapAt(a, b)
        }
        return try view(name, Layout(shape: sizes, strides: steps), offset: offset) { _, g in
            [a == b ? g : try g.transpose(a, b)]
        }
    }

    /// A view whose dimension `i` is this tensor's dimension `order[i]`.
    public func permute(_ order: [Int]) throws(TensorError) -> Tensor {
        guard order.count == rank else {
            throw .argument("permute", "\(describe(shape)) has \(rank) dimensions, but the order names \(order.count)")
        }
        var from: [Int] = [], back = [Int](repeating: -1, count: rank)
        for (i, dim) in order.enumerated() {
            let d = try resolve(dimension: dim, "permute")
            guard back[d] < 0 else { throw .argument("permute", "a dimension is named twice") }
            back[d] = i
            from.append(d)
        }
        let layout = Layout(shape: from.map { shape[$0] }, strides: from.map { strides[$0] })
        let inverse = back
        return try view("permute", layout, offset: offset) { _, g in [try g.permute(inverse)] }
    }

    /// A view with dimensions moved to other positions, the rest keeping their order.
    public func movedim(_ sources: [Int], _ destinations: [Int]) throws(TensorError) -> Tensor {
        guard sources.count == destinations.count else {
            throw .argument("movedim", "\(sources.count) dimensions cannot move to \(destinations.count) places")
        }
        var order = [Int](repeating: -1, count: rank), moved = [Bool](repeating: false, count: rank)
        for (source, destination) in zip(sources, destinations) {
            let s = try resolve(dimension: source, "movedim"), d = try resolve(dimension: destination, "movedim")
            if rank == 0 { return self }
            guard !moved[s], order[d] < 0 else { throw .argument("movedim", "a dimension is named twice") }
            order[d] = s
            moved[s] = true
        }
        var rest = shape.indices.filter { !moved[$0] }[...]
        for d in order.indices where order[d] < 0 { order[d] = rest.removeFirst() }
        return try permute(order)
    }
}
