import CKernels

// Exponentials, logarithms, trigonometry, roots and rounding. Integers and booleans become float32
// where the result is not whole. Rules use saved results where that is cheaper than the input.

extension Tensor {
    /// Applies a kernel for floating point numbers; integers and booleans become float32.
    @inline(__always)
    func floating(_ name: String, _ operation: nj_unary, inPlace: Bool, cost: Int32 = 1) throws(TensorError) -> Tensor {
        let type = dtype.isFloatingPoint ? dtype : .float32
        return try Tensor.apply(
            name, nj_unary_kernel(operation, type.kernelType), self, dtype: type, inPlace: inPlace, cost: cost)
    }

    /// Applies a kernel that keeps the type.
    @inline(__always)
    func numeric(_ name: String, _ operation: nj_unary, inPlace: Bool) throws(TensorError) -> Tensor {
        try Tensor.apply(name, nj_unary_kernel(operation, dtype.kernelType), self, dtype: dtype, inPlace: inPlace)
    }

    // MARK: Exponentials and logarithms

    /// e to the power of each element.
    public func exp(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "exp_" : "exp"
        let result = try floating(name, NJ_EXP, inPlace: inPlace, cost: 4)
        return try result.finished(name, self, saving: [.result], inPlace: inPlace) { node, g in
            [try g.mul(node.saved(0))]
        }
    }

    /// `exp(x) - 1`, exact for small x.
    public func expm1(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "expm1_" : "expm1"
        let result = try floating(name, NJ_EXPM1, inPlace: inPlace, cost: 4)
        return try result.finished(name, self, saving: [.result], inPlace: inPlace) { node, g in
            [try g.mul(node.saved(0).add(1))]
        }
    }

    /// The natural logarithm; NaN below 0.
    public func log(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "log_" : "log"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try floating(name, NJ_LOG, inPlace: inPlace, cost: 4)
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.div(node.saved(0))]
        }
    }

    /// `log(1 + x)`, exact for small x.
    public func log1p(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "log1p_" : "log1p"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try floating(name, NJ_LOG1P, inPlace: inPlace, cost: 6)
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.div(node.saved(0).add(1))]
        }
    }

    /// The logarithm to base 2.
    public func log2(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "log2_" : "log2"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try floating(name, NJ_LOG2, inPlace: inPlace, cost: 6)
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.div(node.saved(0).mul(0.693147180559945309))]
        }
    }

    /// The logarithm to base 10.
    public func log10(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "log10_" : "log10"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try floating(name, NJ_LOG10, inPlace: inPlace, cost: 6)
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.div(node.saved(0).mul(2.302585092994045684))]
        }
    }

    // MARK: Trigonometry

    /// The sine of an angle in radians.
    public func sin(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "sin_" : "sin"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try floating(name, NJ_SIN, inPlace: inPlace, cost: 6)
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.mul(node.saved(0).cos())]
        }
    }

    /// The cosine of an angle in radians.
    public func cos(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "cos_" : "cos"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try floating(name, NJ_COS, inPlace: inPlace, cost: 6)
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.mul(node.saved(0).sin()).neg()]
        }
    }

    /// The tangent of an angle in radians.
    public func tan(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "tan_" : "tan"
        let result = try floating(name, NJ_TAN, inPlace: inPlace, cost: 8)
        return try result.finished(name, self, saving: [.result], inPlace: inPlace) { node, g in
            [try g.mul(node.saved(0).square().add(1))]
        }
    }

    /// The angle in [-π/2, π/2] of a sine; NaN outside of [-1, 1].
    public func asin(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "asin_" : "asin"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try floating(name, NJ_ASIN, inPlace: inPlace, cost: 8)
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.mul(node.saved(0).square().sub(1, reversed: true).rsqrt())]
        }
    }

    /// The angle in [0, π] of a cosine; NaN outside of [-1, 1].
    public func acos(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "acos_" : "acos"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try floating(name, NJ_ACOS, inPlace: inPlace, cost: 8)
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.mul(node.saved(0).square().sub(1, reversed: true).rsqrt()).neg()]
        }
    }

    /// The angle in (-π/2, π/2) of a tangent.
    public func atan(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "atan_" : "atan"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try floating(name, NJ_ATAN, inPlace: inPlace, cost: 8)
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.div(node.saved(0).square().add(1))]
        }
    }

    /// The hyperbolic sine.
    public func sinh(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "sinh_" : "sinh"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try floating(name, NJ_SINH, inPlace: inPlace, cost: 6)
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.mul(node.saved(0).cosh())]
        }
    }

    /// The hyperbolic cosine.
    public func cosh(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "cosh_" : "cosh"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try floating(name, NJ_COSH, inPlace: inPlace, cost: 6)
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.mul(node.saved(0).sinh())]
        }
    }

    /// The error function.
    public func erf(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "erf_" : "erf"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try floating(name, NJ_ERF, inPlace: inPlace, cost: 6)
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.mul(node.saved(0).square().neg().exp().mul(1.1283791670955126))]
        }
    }

    // MARK: Roots and powers

    /// The square root; NaN below 0.
    public func sqrt(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "sqrt_" : "sqrt"
        let result = try floating(name, NJ_SQRT, inPlace: inPlace, cost: 2)
        return try result.finished(name, self, saving: [.result], inPlace: inPlace) { node, g in
            [try g.div(node.saved(0).mul(2))]
        }
    }

    /// One over the square root.
    public func rsqrt(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "rsqrt_" : "rsqrt"
        let result = try floating(name, NJ_RSQRT, inPlace: inPlace, cost: 2)
        return try result.finished(name, self, saving: [.result], inPlace: inPlace) { node, g in
            let y = try node.saved(0)
            return [try g.mul(y.square().mul(y).mul(-0.5))]
        }
    }

    /// Each element times itself.
    public func square(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "square_" : "square"
        if dtype == .bool { return try to(.int64).square() }
        let before = try valueToKeep(inPlace: inPlace)
        let result = try numeric(name, NJ_SQUARE, inPlace: inPlace)
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.mul(node.saved(0)).mul(2)]
        }
    }

    /// One over each element.
    public func reciprocal(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "reciprocal_" : "reciprocal"
        let result = try floating(name, NJ_RECIPROCAL, inPlace: inPlace)
        return try result.finished(name, self, saving: [.result], inPlace: inPlace) { node, g in
            [try g.mul(node.saved(0).square()).neg()]
        }
    }
}
