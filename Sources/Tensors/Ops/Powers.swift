import CKernels

// Powers, whole-number division and other functions of two numbers.

extension Tensor {
    // MARK: Powers

    /// Elements to the power of the other's. Integers stay integers; 0 to the power of 0 is 1.
    public func pow(_ exponent: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "pow_" : "pow"
        let before = try Autograd.isRecording(exponent) ? valueToKeep(inPlace: inPlace, for: exponent) : valueToKeep(inPlace: inPlace)
        let result = try Tensor.binary(name, NJ_POW, self, exponent, inPlace: inPlace, cost: 16)
        return try result.finished(
            name, self, exponent, saving: [.tensor(before), .input(1), .result], inPlace: inPlace
        ) { node, g in
            let a = try node.saved(0), b = try node.saved(1)
            var gradients: [Tensor?] = [nil, nil]
            if node.needs(0) {
                // 0 where the exponent is 0, also at a = 0 where a^(b-1) is infinite.
                let slope = try b.mul(a.pow(b.sub(1)))
                gradients[0] = try g.mul(b.detach().eq(0).where(0, slope))
            }
            if node.needs(1) {
                let isFlat = try a.detach().eq(0).logicalAnd(b.detach().ge(0))
                gradients[1] = try g.mul(isFlat.where(0, node.saved(2).mul(a.log())))
            }
            return gradients
        }
    }

    /// Elements to the power of a number.
    public func pow(_ exponent: Scalar, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "pow_" : "pow"
        let type = exponent.promoted(with: dtype)
        if !type.isFloatingPoint, exponent.intValue < 0 {
            throw .argument(name, "integers cannot be raised to a negative power (\(exponent.intValue)). Convert to float32 first")
        }
        let p = exponent.doubleValue
        let before = try valueToKeep(inPlace: inPlace)
        let result = try power(name, exponent, type, inPlace: inPlace)
        guard inPlace || Autograd.isRecording(self) else { return try result.finished(name, self) { _, g in [g] } }
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            let a = try node.saved(0)
            if p == 0 { return [try Tensor.zeros(g.shape, g.dtype)] }
            if p == 1 { return [g] }
            if p == 2 { return [try g.mul(a.mul(2))] }
            return [try g.mul(a.pow(.double(p - 1)).mul(.double(p)))]
        }
    }

    /// The powers that have a faster way, and the others.
    private func power(
        _ name: String, _ exponent: Scalar, _ type: DType, inPlace: Bool
    ) throws(TensorError) -> Tensor {
        let simple: nj_unary?
        switch exponent.doubleValue {
        case 2 where type != .bool: simple = NJ_SQUARE
        case 0.5 where type.isFloatingPoint: simple = NJ_SQRT
        case -0.5 where type.isFloatingPoint: simple = NJ_RSQRT
        case -1 where type.isFloatingPoint: simple = NJ_RECIPROCAL
        default: simple = nil
        }
        if let simple {
            return try Tensor.apply(name, nj_unary_kernel(simple, type.kernelType), self, dtype: type, inPlace: inPlace)
        }
        return try Tensor.binary(name, NJ_POW, self, exponent, inPlace: inPlace, dtype: type, cost: 16)
    }

    /// A number to the power of each element.
    public static func pow(_ base: Scalar, _ exponent: Tensor) throws(TensorError) -> Tensor {
        let result = try binary("pow", NJ_POW, exponent, base, reversed: true, cost: 16)
        return try result.finished("pow", exponent, saving: [.input(0), .result]) { node, g in
            let b = base.doubleValue
            if b == 0 {
                // The slope is that of 0^x: infinitely steep below 0, flat above.
                return [try g.mul(node.saved(0).detach().ge(0).where(0, node.saved(1).mul(.double(-.infinity))))]
            }
            return [try g.mul(node.saved(1).mul(.double(naturalLogarithm(b))))]
        }
    }

    // MARK: Division to whole numbers

    /// The quotient rounded toward minus infinity.
    public func floorDivide(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "floor_divide_" : "floor_divide"
        try checkDivisor(name, other)
        let result = try Tensor.binary(name, NJ_FLOOR_DIVIDE, self, other, inPlace: inPlace, cost: 8)
        return try result.finished(name, self, other, inPlace: inPlace) { _, g in
            let zeros = try Tensor.zeros(g.shape, g.dtype)
            return [zeros, zeros]
        }
    }

    public func floorDivide(_ number: Scalar, reversed: Bool = false, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "floor_divide_" : "floor_divide"
        try checkDivisor(name, number, reversed: reversed)
        return try Tensor.binary(name, NJ_FLOOR_DIVIDE, self, number, reversed: reversed, inPlace: inPlace, cost: 8)
            .stepwise(name, self, inPlace: inPlace)
    }

    /// What is left of the division, with the divisor's sign.
    public func remainder(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try modulo(inPlace ? "remainder_" : "remainder", NJ_REMAINDER, other, inPlace: inPlace) { a, b throws(TensorError) in
            try a.floorDivide(b)
        }
    }

    public func remainder(_ number: Scalar, reversed: Bool = false, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try modulo(inPlace ? "remainder_" : "remainder", NJ_REMAINDER, number, reversed: reversed, inPlace: inPlace)
    }

    /// What is left of the division, with the dividend's sign, as C has it.
    public func fmod(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try modulo(inPlace ? "fmod_" : "fmod", NJ_FMOD, other, inPlace: inPlace) { a, b throws(TensorError) in
            try a.div(b).trunc()
        }
    }

    public func fmod(_ number: Scalar, reversed: Bool = false, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try modulo(inPlace ? "fmod_" : "fmod", NJ_FMOD, number, reversed: reversed, inPlace: inPlace)
    }

    private func modulo(
        _ name: String, _ operation: nj_binary, _ other: Tensor, inPlace: Bool,
        quotient: @escaping (Tensor, Tensor) throws(TensorError) -> Tensor
    ) throws(TensorError) -> Tensor {
        try checkDivisor(name, other)
        let before = try valueToKeep(inPlace: inPlace, for: other)
        let result = try Tensor.binary(name, operation, self, other, inPlace: inPlace, cost: 8)
        return try result.finished(name, self, other, saving: [.tensor(before), .input(1)], inPlace: inPlace) { node, g in
            [g, node.needs(1) ? try g.mul(quotient(node.saved(0).detach(), node.saved(1).detach())).neg() : nil]
        }
    }

    private func modulo(
        _ name: String, _ operation: nj_binary, _ number: Scalar, reversed: Bool, inPlace: Bool
    ) throws(TensorError) -> Tensor {
        if reversed {
            let dividend = try operand(number)
            return try operation == NJ_FMOD ? dividend.fmod(self) : dividend.remainder(self)
        }
        try checkDivisor(name, number, reversed: false)
        let result = try Tensor.binary(name, operation, self, number, inPlace: inPlace, cost: 8)
        return try result.finished(name, self, inPlace: inPlace) { _, g in [g] }
    }

    private func checkDivisor(_ name: String, _ divisor: Tensor) throws(TensorError) {
        guard !dtype.isFloatingPoint, !divisor.dtype.isFloatingPoint else { return }
        if try divisor.eq(0).any().scalar() == .bool(true) { throw .value(name, "an integer is divided by zero") }
    }

    private func checkDivisor(_ name: String, _ number: Scalar, reversed: Bool) throws(TensorError) {
        guard !number.promoted(with: dtype).isFloatingPoint else { return }
        if reversed { return try checkDivisor(name, self) }
        if number.intValue == 0 { throw .value(name, "an integer is divided by zero") }
    }

    // MARK: Others

    /// The smaller of two elements; NaN when either is. Equal ones share the gradient.
    public func minimum(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try extreme(inPlace ? "minimum_" : "minimum", NJ_MINIMUM, NJ_SHARE_SMALLER, other, inPlace: inPlace)
    }

    /// The larger of two elements; NaN when either is. Equal ones share the gradient.
    public func maximum(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try extreme(inPlace ? "maximum_" : "maximum", NJ_MAXIMUM, NJ_SHARE_LARGER, other, inPlace: inPlace)
    }

    private func extreme(
        _ name: String, _ operation: nj_binary, _ share: nj_binary, _ other: Tensor, inPlace: Bool
    ) throws(TensorError) -> Tensor {
        let before = try Autograd.isRecording(other) ? valueToKeep(inPlace: inPlace, for: other) : valueToKeep(inPlace: inPlace)
        let result = try Tensor.binary(name, operation, self, other, inPlace: inPlace)
        return try result.finished(name, self, other, saving: [.tensor(before), .input(1)], inPlace: inPlace) { node, g in
            let a = try node.saved(0).detach(), b = try node.saved(1).detach()
            return [
                node.needs(0) ? try g.mul(Tensor.binary(name, share, a, b, dtype: g.dtype)) : nil,
                node.needs(1) ? try g.mul(Tensor.binary(name, share, b, a, dtype: g.dtype)) : nil,
            ]
        }
    }

    /// The angle of the point (x: `other`, y: this) in [-π, π].
    public func atan2(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "atan2_" : "atan2"
        let before = try valueToKeep(inPlace: inPlace)
        let y = try inPlace && before === self && Autograd.isRecording(other) ? valueToKeep(inPlace: true, for: other) : before
        let type = floatingResult(other)
        let result = try Tensor.binary(name, NJ_ATAN2, self, other, inPlace: inPlace, dtype: type, cost: 10)
        return try result.finished(name, self, other, saving: [.tensor(y), .input(1)], inPlace: inPlace) { node, g in
            let y = try node.saved(0), x = try node.saved(1)
            let scaled = try g.div(x.square().add(y.square()))
            return [
                node.needs(0) ? try scaled.mul(x) : nil,
                node.needs(1) ? try scaled.mul(y).neg() : nil,
            ]
        }
    }

    /// `log(exp(a) + exp(b))` without overflow.
    public func logaddexp(_ other: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "logaddexp_" : "logaddexp"
        let a = try Autograd.isRecording(other) ? valueToKeep(inPlace: inPlace, for: other) : valueToKeep(inPlace: inPlace)
        let result = try Tensor.binary(
            name, NJ_LOGADDEXP, self, other, inPlace: inPlace, dtype: floatingResult(other), cost: 10)
        return try result.finished(name, self, other, saving: [.tensor(a), .input(1)], inPlace: inPlace) { node, g in
            let difference = try node.saved(0).sub(node.saved(1))
            return [
                node.needs(0) ? try g.mul(difference.sigmoid()) : nil,
                node.needs(1) ? try g.mul(difference.neg().sigmoid()) : nil,
            ]
        }
    }

    /// `a + weight * (b - a)`.
    public func lerp(_ end: Tensor, _ weight: Scalar, inPlace: Bool = false) throws(TensorError) -> Tensor {
        try lerp(end, Tensor.number(weight, dtype), inPlace: inPlace)
    }

    /// `a + weight * (b - a)`, all broadcast.
    public func lerp(_ end: Tensor, _ weight: Tensor, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "lerp_" : "lerp"
        guard let kernel = nj_lerp_kernel(dtype.kernelType), end.dtype == dtype, weight.dtype == dtype else {
            throw .dtypes(name, [dtype, end.dtype, weight.dtype], expected: "expected one floating point type")
        }
        let shape = try Tensor.broadcast(Tensor.broadcast(self.shape, end.shape, name), weight.shape, name)
        var a = self
        let result: Tensor
        if inPlace {
            try checkInPlace(name)
            try checkDestination(name, dtype, shape: shape, [self.shape, end.shape, weight.shape])
            if Autograd.isRecording([self, end, weight]) { a = try valueToKeep(inPlace: true, for: requiresGrad ? self : end.requiresGrad ? end : weight) }
            result = self
            try Tensor.run(kernel, self, self, checkOverlap(end, name), checkOverlap(weight, name))
        } else {
            result = try Tensor(uninitialized: shape, dtype, operation: name)
            try Tensor.run(kernel, result, self, end, weight)
        }
        let rule: GradientRule = { node, g in
            let weight = try node.saved(2)
            return [
                node.needs(0) ? try g.mul(weight.sub(1, reversed: true)) : nil,
                node.needs(1) ? try g.mul(weight) : nil,
                node.needs(2) ? try g.mul(node.saved(1).sub(node.saved(0))) : nil,
            ]
        }
        let kept: [SavedValue] = [.tensor(a), .input(1), .input(2)]
        if inPlace { return try recordedInPlace(name, [self, end, weight], saving: kept, rule: rule) }
        guard Autograd.isRecording([self, end, weight]) else { return result }
        return try result.recorded(name, [self, end, weight], saving: kept, rule: rule)
    }

    private func floatingResult(_ other: Tensor) -> DType {
        let type = DType.promoted(dtype, isScalar: rank == 0, other.dtype, isScalar: other.rank == 0)
        return type.isFloatingPoint ? type : .float32
    }
}
