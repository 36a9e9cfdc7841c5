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
            return try div(other, inPlace: inPlace).trunc(inPlace: inPlace)
        }
        // What fmod leaves has the dividend's sign, so that the rest divides evenly.
        return try sub(fmod(other), inPlace: inPlace).floorDivide(other, inPlace: inPlace)
    }
}
