import CKernels

// Running sums, products and extremes along a dimension.

extension Tensor {
    /// Running sums along a dimension; integers and booleans are added up in int64.
    public func cumsum(_ dim: Int, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try total(inPlace ? "cumsum_" : "cumsum", dim, reversed: false, inPlace: inPlace)
    }

    /// The sum of each element and those before it, or after it when reversed.
    private func total(_ name: String, _ dim: Int, reversed: Bool, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let d = try resolve(dimension: dim, name)
        let result = try scanned(name, NJ_CUMSUM, d, reversed: reversed, inPlace: inPlace)
        return try result.finished(name, self, inPlace: inPlace) { _, g in
            [try g.total("cumsum_backward", d, reversed: !reversed)]
        }
    }

    /// Running products along a dimension; integers and booleans multiply in int64.
    public func cumprod(_ dim: Int, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "cumprod_" : "cumprod"
        let d = try resolve(dimension: dim, name)
        let before = try valueToKeep(inPlace: inPlace)
        let result = try scanned(name, NJ_CUMPROD, d, inPlace: inPlace)
        return try result.finished(name, self, saving: [.tensor(before), .result], inPlace: inPlace) { node, g in
            let x = try node.saved(0)
            let isZero = try x.detach().eq(0)
            if try isZero.any().scalar() == .bool(false) {
                return [try g.mul(node.saved(1)).total("cumprod_backward", d, reversed: true).div(x)]
            }
            // Up to the first zero as usual; at it, the products without it count; after it, nothing.
            let zeros = try isZero.cumsum(d)
            let isFirst = try isZero.logicalAnd(zeros.eq(1))
            let filled = try isFirst.where(1, x)
            let before = try zeros.eq(0).where(g.mul(filled.cumprod(d)), 0).total("cumprod_backward", d, reversed: true).div(filled)
            let at = try zeros.eq(1).where(g.mul(filled.cumprod(d)), 0).total("cumprod_backward", d, reversed: true)
            return [try isFirst.where(at, zeros.eq(0).where(before, 0))]
        }
    }

    /// Running largest elements along a dimension and their positions; the last of equal ones.
    public func cummax(_ dim: Int) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        try runningExtreme("cummax", NJ_CUMMAX, dim)
    }

    /// Running smallest elements along a dimension and their positions; the last of equal ones.
    public func cummin(_ dim: Int) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        try runningExtreme("cummin", NJ_CUMMIN, dim)
    }

    private func runningExtreme(
        _ name: String, _ kind: nj_scan_kind, _ dim: Int
    ) throws(TensorError) -> (values: Tensor, indices: Tensor) {
        let d = try resolve(dimension: dim, name)
        let source = isContiguous ? self : try contiguousCopy()
        let values = try Tensor(uninitialized: source.layout, dtype, operation: name)
        let indices = try Tensor(uninitialized: source.layout, .int64, operation: name)
        let (outer, n, inner) = extents(around: d)
        let finished = nj_scan(
            kind, dtype.kernelType, values.pointer, indices.pointer.assumingMemoryBound(to: Int64.self), source.pointer,
            outer, n, inner, false)
        withExtendedLifetime(source) {}
        guard finished else { throw .interrupted }
        guard requiresGrad else { return (values, indices) }
        let shape = shape
        let result = try values.finished(name, self, saving: [.tensor(indices)]) { node, g in
            if shape.isEmpty { return [g] }
            return [try Tensor.zeros(shape, g.dtype).scatterAdd(d, node.saved(0), g)]
        }
        return (result, indices)
    }

    private func scanned(
        _ name: String, _ kind: nj_scan_kind, _ dim: Int, reversed: Bool = false, inPlace: Bool
    ) throws(TensorError) -> Tensor {
        let type = dtype.isFloatingPoint ? dtype : .int64
        if inPlace {
            try checkInPlace(name)
            try checkDestination(name, type, shape: shape, [shape])
        }
        let typed = try inType(type)
        let source = typed.isContiguous ? typed : try typed.contiguousCopy()
        let result = inPlace && source === self ? self : try Tensor(uninitialized: source.layout, type, operation: name)
        let (outer, n, inner) = extents(around: dim)
        let finished = nj_scan(kind, type.kernelType, result.pointer, nil, source.pointer, outer, n, inner, reversed)
        withExtendedLifetime(source) {}
        guard finished else { throw .interrupted }
        if inPlace && result !== self {
            try copyElements(from: result)
            return self
        }
        return result
    }
}
