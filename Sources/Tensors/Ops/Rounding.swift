import CKernels

// Rounding, signs and limits. Rounding integers returns them as they are; its gradient is zero.

extension Tensor {
    /// The absolute value. The gradient at 0 is 0.
    public func abs(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "abs_" : "abs"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try numeric(name, NJ_ABS, inPlace: inPlace)
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.mul(node.saved(0).sign())]
        }
    }

    /// -1, 0 or 1 by the sign; NaN stays.
    public func sign(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "sign_" : "sign"
        if dtype == .bool { return self }
        return try numeric(name, NJ_SIGN, inPlace: inPlace).stepwise(name, self, inPlace: inPlace)
    }

    /// The largest whole number that is not greater.
    public func floor(inPlace: Bool = false) throws(TensorError) -> Tensor {
        try rounding(inPlace ? "floor_" : "floor", NJ_FLOOR, inPlace: inPlace)
    }

    /// The smallest whole number that is not less.
    public func ceil(inPlace: Bool = false) throws(TensorError) -> Tensor {
        try rounding(inPlace ? "ceil_" : "ceil", NJ_CEIL, inPlace: inPlace)
    }

    /// The whole number toward zero.
    public func trunc(inPlace: Bool = false) throws(TensorError) -> Tensor {
        try rounding(inPlace ? "trunc_" : "trunc", NJ_TRUNC, inPlace: inPlace)
    }

    /// The nearest whole number, halves to the even one; with `decimals`, the nearest multiple of
    /// 10^-decimals.
    public func round(decimals: Int = 0, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "round_" : "round"
        if decimals == 0 { return try rounding(name, NJ_ROUND, inPlace: inPlace) }
        guard dtype.isFloatingPoint else { return try rounding(name, NJ_ROUND, inPlace: inPlace) }
        var power = 1.0
        for _ in 0..<Swift.min(Swift.abs(decimals), 400) { power *= 10 }
        var parameters = Parameters(dtype, .double(power), decimals < 0 ? 1 : 0)
        let result = try parameters.with { p throws(TensorError) in
            try Tensor.apply(
                name, nj_unary_kernel(NJ_ROUND_TO, dtype.kernelType), self, dtype: dtype, inPlace: inPlace, context: p)
        }
        return try result.stepwise(name, self, inPlace: inPlace)
    }

    /// The part behind the decimal point, with the number's sign.
    public func frac(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "frac_" : "frac"
        guard dtype.isFloatingPoint else {
            throw .dtypes(name, [dtype], expected: "only floating point numbers have a fraction")
        }
        let result = try numeric(name, NJ_FRAC, inPlace: inPlace)
        return try result.finished(name, self, inPlace: inPlace) { _, g in [g] }
    }

    private func rounding(_ name: String, _ operation: nj_unary, inPlace: Bool) throws(TensorError) -> Tensor {
        guard dtype.isFloatingPoint else {
            if dtype == .bool { throw .dtypes(name, [dtype], expected: "not defined for booleans") }
            return inPlace ? self : try clone()
        }
        return try numeric(name, operation, inPlace: inPlace).stepwise(name, self, inPlace: inPlace)
    }

    /// Ends an operation whose slope is zero wherever it has one.
    func stepwise(_ name: String, _ input: Tensor, inPlace: Bool) throws(TensorError) -> Tensor {
        try finished(name, input, inPlace: inPlace) { _, g in [try Tensor.zeros(g.shape, g.dtype)] }
    }

    // MARK: Limits

    /// Limits elements to `minimum...maximum`; nil leaves a side open. Where the limits cross,
    /// `maximum` counts. The gradient passes where the element is within the limits.
    public func clamp(
        minimum: Scalar? = nil, maximum: Scalar? = nil, inPlace: Bool = false
    ) throws(TensorError) -> Tensor {
        let name = inPlace ? "clamp_" : "clamp"
        guard minimum != nil || maximum != nil else { throw .argument(name, "needs a minimum, a maximum, or both") }
        var type = dtype
        if let minimum { type = minimum.promoted(with: type) }
        if let maximum { type = maximum.promoted(with: type) }
        if [minimum, maximum].contains(where: { $0?.doubleValue.isNaN ?? false }) {
            throw .argument(name, "a limit is NaN")
        }
        let lowest: Scalar, highest: Scalar
        switch type {
        case .bool: throw .dtypes(name, [dtype], expected: "not defined for booleans")
        case .uint8: (lowest, highest) = (0, 255)
        case .int32: (lowest, highest) = (.int(Int64(Int32.min)), .int(Int64(Int32.max)))
        case .int64: (lowest, highest) = (.int(.min), .int(.max))
        case .float32, .float64: (lowest, highest) = (.double(-.infinity), .double(.infinity))
        }
        let before = try valueToKeep(inPlace: inPlace)
        let low = (minimum ?? lowest).clamped(to: type), high = (maximum ?? highest).clamped(to: type)
        var parameters = Parameters(type, low, high)
        let result = try parameters.with { p throws(TensorError) in
            try Tensor.apply(name, nj_unary_kernel(NJ_CLAMP, type.kernelType), self, dtype: type, inPlace: inPlace, context: p)
        }
        guard inPlace || Autograd.isRecording(self) else { return try result.finished(name, self) { _, g in [g] } }
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            let x = try node.saved(0).detach()
            return [try g.mul(x.ge(low).logicalAnd(x.le(high)).to(g.dtype))]
        }
    }

    /// Limits elements to those of tensors, which are broadcast. The gradient goes to the element where it
    /// is within the limits, else to the limit that counts.
    public func clamp(minimum: Tensor?, maximum: Tensor?, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "clamp_" : "clamp"
        guard minimum != nil || maximum != nil else { throw .argument(name, "needs a minimum, a maximum, or both") }
        let limits = [minimum, maximum].compactMap { $0 }, inputs = [self] + limits
        let isRecording = Autograd.isRecording(inputs)
        if isRecording, inPlace { try checkInPlace(name) }
        let before = isRecording && inPlace ? try detach().clone() : self
        var result = isRecording ? detach() : self
        if let minimum { result = try result.maximum(minimum.detach(), inPlace: inPlace) }
        if let maximum { result = try result.minimum(maximum.detach(), inPlace: inPlace) }
        guard isRecording else { return inPlace ? self : result }
        let last = limits.count
        let rule: GradientRule = { node, g in
            let x = try node.saved(0).detach()
            let low = minimum == nil ? nil : try node.saved(1).detach(), high = maximum == nil ? nil : try node.saved(last).detach()
            let isAbove = try low.map { (low) throws(TensorError) in try x.ge(low) }
            let isBelow = try high.map { (high) throws(TensorError) in try x.le(high) }
            func passed(_ g: Tensor, where conditions: Tensor?...) throws(TensorError) -> Tensor {
                var mask = try g.onesLike(.bool)
                for case let condition? in conditions { mask = try mask.logicalAnd(condition) }
                return try g.mul(mask.to(g.dtype))
            }
            var gradients: [Tensor?] = [try passed(g, where: isAbove, isBelow)]
            if let low { gradients.append(try passed(g, where: x.lt(low), high.map { (high) throws(TensorError) in try low.lt(high) })) }
            if let high {
                var isLimit = try x.gt(high)
                if let low { isLimit = try isLimit.logicalOr(high.le(low)) }
                gradients.append(try passed(g, where: isLimit))
            }
            return gradients
        }
        let kept: [SavedValue] = [.tensor(before)] + limits.indices.map { SavedValue.input($0 + 1) }
        if inPlace { return try recordedInPlace(name, inputs, saving: kept, rule: rule) }
        return result.dtype.isFloatingPoint ? try result.recorded(name, inputs, saving: kept, rule: rule) : result
    }

    /// Replaces NaN and infinities; infinities become the type's largest and smallest finite number
    /// when nothing is given.
    public func nanToNum(
        nan: Double = 0, positiveInfinity: Double? = nil, negativeInfinity: Double? = nil, inPlace: Bool = false
    ) throws(TensorError) -> Tensor {
        let name = inPlace ? "nan_to_num_" : "nan_to_num"
        guard dtype.isFloatingPoint else { return inPlace ? self : try clone() }
        let largest = dtype == .float32 ? Double(Float.greatestFiniteMagnitude) : Double.greatestFiniteMagnitude
        var parameters = Parameters(
            dtype, .double(nan), .double(positiveInfinity ?? largest), .double(negativeInfinity ?? -largest))
        let before = try valueToKeep(inPlace: inPlace)
        let result = try parameters.with { p throws(TensorError) in
            try Tensor.apply(
                name, nj_unary_kernel(NJ_NAN_TO_NUM, dtype.kernelType), self, dtype: dtype, inPlace: inPlace, context: p)
        }
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.mul(node.saved(0).detach().isFinite().to(g.dtype))]
        }
    }
}

extension Scalar {
    /// Refuses a number that no element of an integer type can be; a negative one wraps around in uint8,
    /// as in PyTorch.
    public func check(fits dtype: DType, _ name: String) throws(TensorError) {
        let range: ClosedRange<Double>
        switch dtype {
        case .uint8: range = -255...255
        case .int32: range = Double(Int32.min)...Double(Int32.max)
        case .int64: range = -0x1p63...0x1p63.nextDown
        case .bool, .float32, .float64: return
        }
        if case .int = self, dtype == .int64 { return }
        guard range.contains(doubleValue.rounded(.towardZero)) else {
            let limits = dtype == .uint8 ? "0..255" : dtype == .int32 ? "-2147483648..2147483647" : "-2^63..2^63-1"
            throw .argument(name, "\(text) does not fit into \(dtype.name) (\(limits))")
        }
    }

    /// The nearest number that the type holds.
    func clamped(to dtype: DType) -> Scalar {
        switch dtype {
        case .uint8: .int(Swift.min(Swift.max(intValue, 0), 255))
        case .int32: .int(Swift.min(Swift.max(intValue, Int64(Int32.min)), Int64(Int32.max)))
        case .bool, .int64, .float32, .float64: self
        }
    }
}
