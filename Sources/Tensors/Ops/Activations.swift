import CKernels
import Glibc

// Activation functions, with fused gradients. When the gradient will be differentiated itself, rules
// use the composed formula instead.

func naturalLogarithm(_ x: Double) -> Double { Glibc.log(x) }

extension Tensor {
    /// Negative elements become 0. The gradient at 0 is 0.
    public func relu(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "relu_" : "relu"
        let result = try numeric(name, NJ_RELU, inPlace: inPlace)
        return try result.finished(name, self, saving: [.result], inPlace: inPlace) { node, g in
            [try g.activationGradient(NJ_ACTIVATION_RELU, node.saved(0), node) { g, y throws(TensorError) in
                try g.mul(y.detach().gt(0).to(g.dtype))
            }]
        }
    }

    /// The hyperbolic tangent.
    public func tanh(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "tanh_" : "tanh"
        let result = try floating(name, NJ_TANH, inPlace: inPlace, cost: 6)
        return try result.finished(name, self, saving: [.result], inPlace: inPlace) { node, g in
            [try g.activationGradient(NJ_ACTIVATION_TANH, node.saved(0), node) { g, y throws(TensorError) in
                try g.mul(y.square().sub(1, reversed: true))
            }]
        }
    }

    /// `1 / (1 + exp(-x))`.
    public func sigmoid(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "sigmoid_" : "sigmoid"
        let result = try activation(name, NJ_SIGMOID, inPlace: inPlace)
        return try result.finished(name, self, saving: [.result], inPlace: inPlace) { node, g in
            [try g.activationGradient(NJ_SIGMOID, node.saved(0), node) { g, y throws(TensorError) in
                try g.mul(y.sub(1, reversed: true)).mul(y)
            }]
        }
    }

    /// x times the normal distribution function (Hendrycks and Gimpel 2016); with `approximate`, its
    /// form with tanh.
    public func gelu(approximate: Bool = false, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "gelu_" : "gelu"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try activation(name, approximate ? NJ_GELU_TANH : NJ_GELU, inPlace: inPlace)
        if approximate {
            return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
                [try g.activationGradient(NJ_GELU_TANH, node.saved(0), node) { g, x throws(TensorError) in
                    let squared = try x.square()
                    let s = try squared.mul(0.044715).add(1).mul(x).mul(1.5957691216057308).sigmoid()
                    let slope = try squared.mul(0.134145).add(1).mul(1.5957691216057308)
                    return try g.mul(s.add(x.mul(s).mul(s.sub(1, reversed: true)).mul(slope)))
                }]
            }
        }
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.activationGradient(NJ_GELU, node.saved(0), node) { g, x throws(TensorError) in
                let below = try x.mul(0.7071067811865476).erf().add(1).mul(0.5)
                let density = try x.square().mul(-0.5).exp().mul(0.3989422804014327)
                return try g.mul(below.add(x.mul(density)))
            }]
        }
    }

    /// `x * sigmoid(x)`, also called Swish (Ramachandran et al. 2017).
    public func silu(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "silu_" : "silu"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try activation(name, NJ_SILU, inPlace: inPlace)
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.activationGradient(NJ_SILU, node.saved(0), node) { g, x throws(TensorError) in
                let s = try x.sigmoid()
                return try g.mul(s.mul(x.mul(s.sub(1, reversed: true)).add(1)))
            }]
        }
    }

    /// x above 0, `alpha * (exp(x) - 1)` below (Clevert et al. 2015).
    public func elu(alpha: Double = 1, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "elu_" : "elu"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try activation(name, NJ_ELU, alpha, inPlace: inPlace)
        guard inPlace || Autograd.isRecording(self) else { return try result.finished(name, self) { _, g in [g] } }
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.activationGradient(NJ_ELU, node.saved(0), node, alpha) { g, x throws(TensorError) in
                let isAbove = try x.detach().gt(0)
                // exp only where it is used, so that a large x does not give 0 times infinity.
                let below = try isAbove.where(0, x).exp().mul(.double(alpha))
                return try g.mul(isAbove.where(1, below))
            }]
        }
    }

    /// `log(1 + exp(beta * x)) / beta`; x itself where `beta * x` exceeds `threshold`.
    public func softplus(beta: Double = 1, threshold: Double = 20, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "softplus_" : "softplus"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try activation(name, NJ_SOFTPLUS, beta, threshold, inPlace: inPlace)
        guard inPlace || Autograd.isRecording(self) else { return try result.finished(name, self) { _, g in [g] } }
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.activationGradient(NJ_SOFTPLUS, node.saved(0), node, beta, threshold) { g, x throws(TensorError) in
                let scaled = try x.mul(.double(beta))
                return try g.mul(scaled.detach().gt(.double(threshold)).where(1, scaled.sigmoid()))
            }]
        }
    }

    /// `x * tanh(softplus(x))` (Misra 2019).
    public func mish(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "mish_" : "mish"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try activation(name, NJ_MISH, inPlace: inPlace)
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.activationGradient(NJ_MISH, node.saved(0), node) { g, x throws(TensorError) in
                let t = try x.softplus().tanh()
                return try g.mul(t.add(x.mul(t.square().sub(1, reversed: true)).mul(x.sigmoid())))
            }]
        }
    }

    /// x above 0, `slope * x` below (Maas et al. 2013).
    public func leakyRelu(slope: Double = 0.01, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "leaky_relu_" : "leaky_relu"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try activation(name, NJ_LEAKY_RELU, slope, inPlace: inPlace)
        guard inPlace || Autograd.isRecording(self) else { return try result.finished(name, self) { _, g in [g] } }
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.activationGradient(NJ_LEAKY_RELU, node.saved(0), node, slope) { g, x throws(TensorError) in
                let zero = Scalar.double(slope)
                return try g.mul(x.detach().gt(0).where(Tensor.number(1, g.dtype), Tensor.number(zero, g.dtype)))
            }]
        }
    }

    /// `log(sigmoid(x))` without overflow.
    public func logSigmoid(inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "log_sigmoid_" : "log_sigmoid"
        let before = try valueToKeep(inPlace: inPlace)
        let result = try activation(name, NJ_LOG_SIGMOID, inPlace: inPlace)
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            [try g.activationGradient(NJ_LOG_SIGMOID, node.saved(0), node) { g, x throws(TensorError) in
                try g.mul(x.neg().sigmoid())
            }]
        }
    }

    /// Elements limited to `minimum...maximum`; the gradient passes strictly between.
    public func hardtanh(minimum: Double = -1, maximum: Double = 1, inPlace: Bool = false) throws(TensorError) -> Tensor {
        let name = inPlace ? "hardtanh_" : "hardtanh"
        guard minimum <= maximum else { throw .argument(name, "the minimum \(minimum) is above the maximum \(maximum)") }
        if dtype.isInteger, let low = Int64(exactly: minimum.rounded(.towardZero)), let high = Int64(exactly: maximum.rounded(.towardZero)) {
            return try clamp(minimum: .int(low), maximum: .int(high), inPlace: inPlace)
        }
        let before = try valueToKeep(inPlace: inPlace)
        let type = dtype.isFloatingPoint ? dtype : .float32
        var parameters = Parameters(type, .double(minimum), .double(maximum))
        let result = try parameters.with { p throws(TensorError) in
            try Tensor.apply(name, nj_unary_kernel(NJ_CLAMP, type.kernelType), self, dtype: type, inPlace: inPlace, context: p)
        }
        guard inPlace || Autograd.isRecording(self) else { return try result.finished(name, self) { _, g in [g] } }
        return try result.finished(name, self, saving: [.tensor(before)], inPlace: inPlace) { node, g in
            let x = try node.saved(0).detach()
            return [try g.mul(x.gt(.double(minimum)).logicalAnd(x.lt(.double(maximum))).to(g.dtype))]
        }
    }

    // MARK: Machinery

    private func activation(
        _ name: String, _ kind: nj_activation, _ a: Double = 0, _ b: Double = 0, inPlace: Bool
    ) throws(TensorError) -> Tensor {
        let type = dtype.isFloatingPoint ? dtype : .float32
        var parameters = Parameters(type, .double(a), .double(b))
        return try parameters.with { p throws(TensorError) in
            try Tensor.apply(
                name, nj_activation_kernel(kind, type.kernelType), self, dtype: type, inPlace: inPlace, cost: 8, context: p)
        }
    }

    /// This gradient of a result times the activation's slope: by one kernel, or by the composed
    /// formula when it will be differentiated.
    private func activationGradient(
        _ kind: nj_activation, _ value: Tensor, _ node: Node, _ a: Double = 0, _ b: Double = 0,
        composed: (Tensor, Tensor) throws(TensorError) -> Tensor
    ) throws(TensorError) -> Tensor {
        if node.isDifferentiatingTwice { return try composed(self, value) }
        var parameters = Parameters(dtype, .double(a), .double(b))
        return try parameters.with { p throws(TensorError) in
            try Tensor.combine(
                node.name, nj_activation_backward_kernel(kind, dtype.kernelType), self, value, dtype: dtype, cost: 6, context: p)
        }
    }
}
