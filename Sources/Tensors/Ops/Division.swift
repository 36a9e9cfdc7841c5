// Division with a rounded quotient.

extension Tensor {
    /// How `div` rounds its quotient.
    public enum QuotientRounding: String, CaseIterable, Sendable {
        /// Toward zero, as C does.
        case trunc
        /// Down, as `floorDivide` does.
        case floor
    }

    /// `a / b`, elementwise and rounded; integers stay integers. As PyTorch's `div` with `rounding_mode`.
    public func div(_ other: Tensor, rounding: QuotientRounding, inPlace: Bool = false) throws(TensorError) -> Tensor {
        if rounding == .floor { return try floorDivide(other, inPlace: inPlace) }
        if dtype.isFloatingPoint || other.dtype.isFloatingPoint {
            if inPlace { try checkInPlace("div_") }
            let quotient = try detach().div(other.detach(), inPlace: inPlace).trunc(inPlace: true)
            return try (inPlace ? self : quotient).finished(inPlace ? "div_" : "div", self, other, inPlace: inPlace) { _, g in
                let zeros = try Tensor.zeros(g.shape, g.dtype)
                return [zeros, zeros]
            }
        }
        // What fmod leaves has the dividend's sign, so that the rest divides evenly.
        return try sub(fmod(other), inPlace: inPlace).floorDivide(other, inPlace: inPlace)
    }
}
