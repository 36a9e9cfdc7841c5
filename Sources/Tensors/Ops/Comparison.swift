import CKernels

// Comparisons, questions about numbers, logic, and choices by a condition. Results are booleans,
// which carry no gradient; in place they are written as 0 and 1.

extension Tensor {
    /// Whether elements are equal.
    public func eq(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try compare(inPlace ? "eq_" : "eq", NJ_EQ, other, inPlace: inPlace)
    }
    /// Whether elements differ.
    public func ne(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try compare(inPlace ? "ne_" : "ne", NJ_NE, other, inPlace: inPlace)
    }
    /// Whether elements are less than the other's.
    public func lt(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try compare(inPlace ? "lt_" : "lt", NJ_LT, other, inPlace: inPlace)
    }
    /// Whether elements are less than or equal to the other's.
    public func le(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try compare(inPlace ? "le_" : "le", NJ_LE, other, inPlace: inPlace)
    }
    /// Whether elements are greater than the other's.
    public func gt(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try compare(inPlace ? "gt_" : "gt", NJ_GT, other, inPlace: inPlace)
    }
    /// Whether elements are greater than or equal to the other's.
    public func ge(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try compare(inPlace ? "ge_" : "ge", NJ_GE, other, inPlace: inPlace)
    }

    public func eq(_ number: Scalar, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try compare(inPlace ? "eq_" : "eq", NJ_EQ, number, inPlace: inPlace)
    }
    public func ne(_ number: Scalar, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try compare(inPlace ? "ne_" : "ne", NJ_NE, number, inPlace: inPlace)
    }
    public func lt(_ number: Scalar, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try compare(inPlace ? "lt_" : "lt", NJ_LT, number, inPlace: inPlace)
    }
    public func le(_ number: Scalar, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try compare(inPlace ? "le_" : "le", NJ_LE, number, inPlace: inPlace)
    }
    public func gt(_ number: Scalar, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try compare(inPlace ? "gt_" : "gt", NJ_GT, number, inPlace: inPlace)
    }
    public func ge(_ number: Scalar, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try compare(inPlace ? "ge_" : "ge", NJ_GE, number, inPlace: inPlace)
    }

    private func compare(
        _ name: String, _ comparison: nj_compare, _ other: Tensor, inPlace: Bool
    ) throws(TensorError) -> Tensor {
        let type = DType.promoted(dtype, isScalar: rank == 0, other.dtype, isScalar: other.rank == 0)
        return try Tensor.combine(
            name, nj_compare_kernel(comparison, type.kernelType), self, other, dtype: type, result: .bool, inPlace: inPlace
        ).replaced(name, self, inPlace: inPlace)
    }

    private func compare(
        _ name: String, _ comparison: nj_compare, _ number: Scalar, inPlace: Bool
    ) throws(TensorError) -> Tensor {
        var type = number.promoted(with: dtype)
        // A whole number outside of a small type's range is compared as it is.
        if case .int = number, number.clamped(to: type) != number { type = .int64 }
        return try Tensor.combine(
            name, nj_compare_kernel(comparison, type.kernelType), self, number, dtype: type, result: .bool, inPlace: inPlace
        ).replaced(name, self, inPlace: inPlace)
    }

    /// Ends an operation whose result does not depend smoothly on its operand: in place it cuts the
    /// history.
    private func replaced(_ name: String, _ input: Tensor, inPlace: Bool) throws(TensorError) -> Tensor {
        inPlace ? try stepwise(name, input, inPlace: true) : self
    }

    // MARK: Questions

    /// Whether elements are NaN.
    public func isNaN() throws(TensorError) -> Tensor { try question("isnan", NJ_ISNAN, otherwise: false) }
    /// Whether elements are infinite.
    public func isInf() throws(TensorError) -> Tensor { try question("isinf", NJ_ISINF, otherwise: false) }
    /// Whether elements are neither infinite nor NaN.
    public func isFinite() throws(TensorError) -> Tensor { try question("isfinite", NJ_ISFINITE, otherwise: true) }

    private func question(_ name: String, _ operation: nj_unary, otherwise: Bool) throws(TensorError) -> Tensor {
        guard dtype.isFloatingPoint else { return try Tensor.full(shape, .bool(otherwise), .bool, operation: name) }
        return try Tensor.apply(name, nj_unary_kernel(operation, dtype.kernelType), self, dtype: dtype, result: .bool)
    }

    /// Whether `|a - b| <= absolute + relative * |b|`, elementwise; infinities are close to
    /// themselves, NaN to itself with `equalNaN`.
    public func isClose(
        _ other: Tensor, relative: Double = 1e-5, absolute: Double = 1e-8, equalNaN: Bool = false
    ) throws(TensorError) -> Tensor {
        let a = detach(), b = other.detach()
        var close = try a.eq(b)
        if equalNaN { close = try close.logicalOr(a.isNaN().logicalAnd(b.isNaN())) }
        if relative == 0 && absolute == 0 { return close }
        let type = DType.promoted(dtype, other.dtype)
        let wide: DType = type.isFloatingPoint ? type : .float64
        let x = try a.inType(wide), y = try b.inType(wide)
        let distance = try x.sub(y).abs()
        let limit = try y.abs().mul(.double(relative)).add(.double(absolute))
        return try close.logicalOr(distance.le(limit).logicalAnd(distance.isFinite()))
    }

    /// Whether all elements are close; see `isClose`. Shapes broadcast.
    public func allClose(
        _ other: Tensor, relative: Double = 1e-5, absolute: Double = 1e-8, equalNaN: Bool = false
    ) throws(TensorError) -> Bool {
        try isClose(other, relative: relative, absolute: absolute, equalNaN: equalNaN).all().scalar() == .bool(true)
    }

    /// Whether shapes and all elements are equal.
    public func equal(_ other: Tensor) throws(TensorError) -> Bool {
        guard shape == other.shape else { return false }
        return try detach().eq(other.detach()).all().scalar() == .bool(true)
    }

    // MARK: Logic

    /// Whether both are not zero.
    public func logicalAnd(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try logic(inPlace ? "logical_and_" : "logical_and", NJ_MUL, other, inPlace: inPlace)
    }
    /// Whether at least one is not zero.
    public func logicalOr(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try logic(inPlace ? "logical_or_" : "logical_or", NJ_ADD, other, inPlace: inPlace)
    }
    /// Whether exactly one is not zero.
    public func logicalXor(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try logic(inPlace ? "logical_xor_" : "logical_xor", NJ_LOGICAL_XOR, other, inPlace: inPlace)
    }
    /// Whether elements are zero.
    public func logicalNot(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "logical_not_" : "logical_not"
        return try Tensor.apply(
            name, nj_unary_kernel(NJ_LOGICAL_NOT, dtype.kernelType), self, dtype: dtype, result: .bool, inPlace: inPlace
        ).replaced(name, self, inPlace: inPlace)
    }

    private func logic(_ name: String, _ operation: nj_binary, _ other: Tensor, inPlace: Bool) throws(TensorError) -> Tensor {
        try Tensor.combine(
            name, nj_binary_kernel(operation, DType.bool.kernelType), self, other, dtype: .bool, inPlace: inPlace
        ).replaced(name, self, inPlace: inPlace)
    }
}

// MARK: - Choosing

extension Tensor {
    /// This condition's choice between two tensors: `a` where true, `b` elsewhere. All are broadcast;
    /// other conditions than booleans count as true where not zero.
    public func `where`(_ a: Tensor, _ b: Tensor) throws(TensorError) -> Tensor {
        let type = DType.promoted(a.dtype, isScalar: a.rank == 0, b.dtype, isScalar: b.rank == 0)
        return try chosen(a, b, type)
    }

    public func `where`(_ a: Tensor, _ b: Scalar) throws(TensorError) -> Tensor {
        try `where`(a, a.operand(b))
    }

    public func `where`(_ a: Scalar, _ b: Tensor) throws(TensorError) -> Tensor {
        try `where`(b.operand(a), b)
    }

    public func `where`(_ a: Scalar, _ b: Scalar) throws(TensorError) -> Tensor {
        let type: DType
        switch (a, b) {
        case (.bool, .bool): type = .bool
        case (.double, _), (_, .double): type = .float32
        default: type = .int64
        }
        return try chosen(Tensor.number(a, type), Tensor.number(b, type), type)
    }

    private func chosen(_ a: Tensor, _ b: Tensor, _ type: DType) throws(TensorError) -> Tensor {
        let condition = try detach().inType(.bool)
        let x = try a.inType(type), y = try b.inType(type)
        let choices = try Tensor.broadcast(x.shape, y.shape, "where")
        let shape = try Tensor.broadcast(condition.shape, choices, "where")
        guard let kernel = nj_where_kernel(type.kernelType) else { throw .dtypes("where", [type], expected: "not defined") }
        let layout = x.shape == shape && x.layout.isDense ? x.layout : try Layout(contiguous: shape, operation: "where")
        let result = try Tensor(uninitialized: layout, type, operation: "where")
        try Tensor.run(kernel, result, condition, x, y)
        guard nj_gradient_mode() else { return result }
        return try result.finished("where", a, b, saving: [.tensor(condition)]) { node, g in
            let condition = try node.saved(0)
            return [
                node.needs(0) ? try condition.where(g, 0) : nil,
                node.needs(1) ? try condition.where(0, g) : nil,
            ]
        }
    }
}
