import Glibc
import Testing
@testable import Tensors

/// Functions of float32 numbers against the C library's in float64, over all numbers there are.
@Suite struct AccuracyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let apply: @Sendable (Tensor) throws -> Tensor
        let exact: @Sendable (Double) -> Double
        var testDescription: String { name }

        init(_ name: String, _ apply: @escaping @Sendable (Tensor) throws -> Tensor, _ exact: @escaping @Sendable (Double) -> Double) {
            self.name = name
            self.apply = apply
            self.exact = exact
        }
    }

    private static func sigmoid(_ x: Double) -> Double { x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)) }
    private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
    private static func normal(_ x: Double) -> Double { 0.5 * erfc(-x * 0.5.squareRoot()) }

    static let rows: [Row] = [
        Row("exp", { try $0.exp() }, { exp($0) }),
        Row("expm1", { try $0.expm1() }, { expm1($0) }),
        Row("log", { try $0.log() }, { log($0) }),
        Row("log1p", { try $0.log1p() }, { log1p($0) }),
        Row("log2", { try $0.log2() }, { log2($0) }),
        Row("log10", { try $0.log10() }, { log10($0) }),
        Row("sin", { try $0.sin() }, { sin($0) }),
        Row("cos", { try $0.cos() }, { cos($0) }),
        Row("tan", { try $0.tan() }, { tan($0) }),
        Row("asin", { try $0.asin() }, { asin($0) }),
        Row("acos", { try $0.acos() }, { acos($0) }),
        Row("atan", { try $0.atan() }, { atan($0) }),
        Row("sinh", { try $0.sinh() }, { sinh($0) }),
        Row("cosh", { try $0.cosh() }, { cosh($0) }),
        Row("tanh", { try $0.tanh() }, { tanh($0) }),
        Row("erf", { try $0.erf() }, { erf($0) }),
        Row("sigmoid", { try $0.sigmoid() }, { sigmoid($0) }),
        Row("silu", { try $0.silu() }, { $0 * sigmoid($0) }),
        Row("gelu", { try $0.gelu() }, { $0 * normal($0) }),
        Row("softplus", { try $0.softplus() }, { $0 > 20 ? $0 : softplus($0) }),
        Row("mish", { try $0.mish() }, { $0 * tanh(softplus($0)) }),
        Row("sqrt", { try $0.sqrt() }, { $0.squareRoot() }),
        Row("pow", { try $0.pow(2.5) }, { pow($0, 2.5) }),
    ]

    /// At most 2 units in the last place, for every 4,099th of all float32 numbers.
    @Test(arguments: rows)
    func isGoodToTwoUnits(_ row: Row) throws {
        let numbers = stride(from: UInt32(0), through: .max - 4099, by: 4099).map { Float(bitPattern: $0) }
        let results = try row.apply(Tensor(numbers)).withElements(Float.self) { Array($0) }
        var worst = (units: 0.0, at: Float(0))
        for (x, result) in zip(numbers, results) {
            let exact = row.exact(Double(x)), nearest = Float(exact)
            var units = 0.0
            if exact.isNaN || result.isNaN {
                // x · f(x) of minus infinity has no number in either.
                units = exact.isNaN && result.isNaN ? 0 : .infinity
            } else if nearest.isInfinite || result.isInfinite {
                units = nearest == result ? 0 : .infinity
            } else {
                units = abs(Double(result) - exact) / Double(max(nearest.magnitude, .leastNormalMagnitude).ulp)
            }
            if units > worst.units { worst = (units, x) }
        }
        #expect(worst.units <= 2, "\(row.name) is off by \(worst.units) units at \(worst.at)")
    }
}
