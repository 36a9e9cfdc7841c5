import Testing
import TestSupport
@testable import Tensors

/// Every elementwise function against central differences: one row each.
@Suite struct ElementwiseGradientTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let range: ClosedRange<Double>
        let order: Int
        let apply: @Sendable (Tensor) throws -> Tensor
        var testDescription: String { name }

        init(
            _ name: String, in range: ClosedRange<Double> = -2...2, order: Int = 2,
            _ apply: @escaping @Sendable (Tensor) throws -> Tensor
        ) {
            self.name = name
            self.range = range
            self.order = order
            self.apply = apply
        }
    }

    static let unary: [Row] = [
        Row("neg") { try $0.neg() },
        Row("abs", in: 0.1...2) { try $0.mul(-1).abs() },
        Row("sign", order: 1) { try $0.sign() },
        Row("sqrt", in: 0.2...3) { try $0.sqrt() },
        Row("rsqrt", in: 0.3...3) { try $0.rsqrt() },
        Row("square") { try $0.square() },
        Row("reciprocal", in: 0.4...3) { try $0.reciprocal() },
        Row("exp") { try $0.exp() },
        Row("expm1") { try $0.expm1() },
        Row("log", in: 0.3...3) { try $0.log() },
        Row("log1p", in: -0.6...3) { try $0.log1p() },
        Row("log2", in: 0.3...3) { try $0.log2() },
        Row("log10", in: 0.3...3) { try $0.log10() },
        Row("sin") { try $0.sin() },
        Row("cos") { try $0.cos() },
        Row("tan", in: -1...1) { try $0.tan() },
        Row("asin", in: -0.8...0.8) { try $0.asin() },
        Row("acos", in: -0.8...0.8) { try $0.acos() },
        Row("atan") { try $0.atan() },
        Row("sinh") { try $0.sinh() },
        Row("cosh") { try $0.cosh() },
        Row("tanh") { try $0.tanh() },
        Row("sigmoid") { try $0.sigmoid() },
        Row("erf") { try $0.erf() },
        Row("relu") { try $0.relu() },
        Row("gelu") { try $0.gelu() },
        Row("gelu tanh") { try $0.gelu(approximate: true) },
        Row("silu") { try $0.silu() },
        Row("elu") { try $0.elu(alpha: 1.5) },
        Row("softplus") { try $0.softplus(beta: 1.3, threshold: 2) },
        Row("mish") { try $0.mish() },
        Row("leaky_relu") { try $0.leakyRelu(slope: 0.2) },
        Row("log_sigmoid") { try $0.logSigmoid() },
        Row("hardtanh", order: 1) { try $0.hardtanh() },
        Row("floor", order: 1) { try $0.floor() },
        Row("frac") { try $0.frac() },
        Row("clamp", order: 1) { try $0.clamp(minimum: -1, maximum: 1) },
        Row("nan_to_num", order: 1) { try $0.nanToNum() },
        Row("pow 3") { try $0.pow(3) },
        Row("pow 2.5", in: 0.3...2) { try $0.pow(2.5) },
        Row("pow 0.5", in: 0.3...2) { try $0.pow(0.5) },
        Row("pow 2") { try $0.pow(2) },
        Row("pow -1", in: 0.4...2) { try $0.pow(-1) },
        Row("3 pow") { try Tensor.pow(3, $0) },
        Row("2 / x", in: 0.4...2) { try $0.div(2, reversed: true) },
        Row("1 - x") { try $0.sub(1, reversed: true) },
        Row("where") { try $0.detach().gt(0).where($0.mul(3), $0.square()) },
        Row("remainder 0.7") { try $0.remainder(0.7) },
        Row("lerp") { try $0.lerp($0.square(), 0.3) },
    ]

    @Test(arguments: unary) func oneOperand(_ row: Row) throws {
        for shape in [[3, 4], [5], []] {
            #expect(try gradientCheck([scattered(shape, in: row.range)], order: row.order) { try row.apply($0[0]) } == nil)
        }
    }

    struct Pair: Sendable, CustomTestStringConvertible {
        let name: String
        let a: ClosedRange<Double>, b: ClosedRange<Double>
        let order: Int
        let apply: @Sendable (Tensor, Tensor) throws -> Tensor
        var testDescription: String { name }

        init(
            _ name: String, a: ClosedRange<Double> = -2...2, b: ClosedRange<Double> = -2...2, order: Int = 2,
            _ apply: @escaping @Sendable (Tensor, Tensor) throws -> Tensor
        ) {
            self.name = name
            self.a = a
            self.b = b
            self.order = order
            self.apply = apply
        }
    }

    static let binary: [Pair] = [
        Pair("add") { try $0.add($1) },
        Pair("sub") { try $0.sub($1) },
        Pair("mul") { try $0.mul($1) },
        Pair("div", b: 0.5...2) { try $0.div($1) },
        Pair("pow", a: 0.4...2) { try $0.pow($1) },
        Pair("atan2", a: 0.5...2) { try $0.atan2($1) },
        Pair("logaddexp") { try $0.logaddexp($1) },
        Pair("minimum", order: 1) { try $0.minimum($1) },
        Pair("maximum", order: 1) { try $0.maximum($1) },
        Pair("remainder", b: 0.7...0.8, order: 1) { try $0.remainder($1) },
        Pair("fmod", b: 0.7...0.8, order: 1) { try $0.fmod($1) },
        Pair("lerp") { try $0.lerp($1, $1.square()) },
        Pair("clamp", order: 1) { try $0.clamp(minimum: $1, maximum: nil) },
    ]

    @Test(arguments: binary) func twoOperands(_ row: Pair) throws {
        for (a, b) in [([2, 3], [2, 3]), ([2, 3], [3]), ([1, 3], [2, 1]), ([], [4])] {
            let inputs = [try scattered(a, in: row.a, seed: 3), try scattered(b, in: row.b, seed: 5)]
            #expect(try gradientCheck(inputs, order: row.order) { try row.apply($0[0], $0[1]) } == nil)
        }
    }

    static let inPlace: [Row] = [
        Row("exp_", in: -1...1) { try $0.exp(inPlace: true) },
        Row("sin_") { try $0.sin(inPlace: true) },
        Row("tanh_") { try $0.tanh(inPlace: true) },
        Row("gelu_") { try $0.gelu(inPlace: true) },
        Row("log_", in: 0.4...3) { try $0.log(inPlace: true) },
        Row("mul_") { try $0.mul($0.clone(), inPlace: true) },
        Row("pow_", in: 0.4...2) { try $0.pow(2.5, inPlace: true) },
        Row("sub_") { try $0.sub(2, reversed: true, inPlace: true) },
        Row("div_", in: 0.4...2) { try $0.div(2, reversed: true, inPlace: true) },
        Row("clamp_", order: 1) { try $0.clamp(minimum: -1, maximum: 1, inPlace: true) },
        Row("relu_", order: 1) { try $0.relu(inPlace: true) },
        Row("maximum_", order: 1) { try $0.maximum(Tensor(0.3, .float64), inPlace: true) },
    ]

    /// The change is made on something computed, since leaves refuse it.
    @Test(arguments: inPlace) func changes(_ row: Row) throws {
        #expect(try gradientCheck([scattered([3, 2], in: row.range)], order: row.order) { leaves in
            let x = try leaves[0].mul(1.1)
            return try row.apply(x).mul(x)
        } == nil)
    }
}
