import Tensors

/// A function applied to every element, or along a dimension; it has no parameters.
///
/// All of them are rows of `Activation.kinds`, named as in PyTorch.
public final class Activation: Module {
    /// An activation as a row of the table.
    public struct Kind: Sendable {
        public let name: String
        /// One sentence with the formula.
        public let summary: String
        /// Options in order, with their defaults.
        public let options: [Option]
        /// Whether it may put its results in the place of its inputs.
        public var worksInPlace = false
        let body: @Sendable (Tensor, [Double], Bool) throws -> Tensor
    }

    public struct Option: Sendable {
        public let name: String
        public let value: Double
        /// Whether this is a dimension, counted from 0 here.
        public var isDimension = false
        /// For an option with names for values, those names; the value is the position.
        public var choices: [String] = []
    }

    public let activation: Kind
    /// The options' values, in order.
    public let values: [Double]
    /// Whether results take the inputs' place.
    public let inPlace: Bool

    /// - Parameters:
    ///   - options: values by name; the rest has the defaults.
    ///   - inPlace: whether results take the inputs' place.
    public init(_ name: String, _ options: [String: Double] = [:], inPlace: Bool = false) throws {
        guard let found = Activation.kinds.first(where: { $0.name == name }) else {
            throw LearningError.argument("Activation", "there is no activation named \"\(name)\"")
        }
        for option in options.keys where !found.options.contains(where: { $0.name == option }) {
            throw LearningError.argument(name, "there is no option named \"\(option)\"")
        }
        if inPlace, !found.worksInPlace { throw LearningError.argument(name, "has no form in place") }
        (activation, self.inPlace) = (found, inPlace)
        values = found.options.map { options[$0.name] ?? $0.value }
    }

    public override func forward(_ input: Tensor) throws -> Tensor { try activation.body(input, values, inPlace) }
    public override var kind: String { activation.name }
    public override var details: String {
        (zip(activation.options, values).filter { $0.value != $1 }.map { "\($0.name)=\(shortNumber($1))" } + (inPlace ? ["inplace=true"] : [])).joined(separator: ", ")
    }
    public override func makeSimilar() throws -> Module {
        try Activation(activation.name, Dictionary(zip(activation.options.map(\.name), values)) { $1 }, inPlace: inPlace)
    }
}

extension Activation {
    public static let kinds: [Kind] = [
        Kind(name: "ReLU", summary: "max(x, 0)", options: [], worksInPlace: true) { x, _, p in try x.relu(inPlace: p) },
        Kind(name: "ReLU6", summary: "min(max(x, 0), 6)", options: [], worksInPlace: true) { x, _, p in try x.hardtanh(minimum: 0, maximum: 6, inPlace: p) },
        Kind(name: "LeakyReLU", summary: "x for x > 0, else slope·x (Maas et al. 2013)",
            options: [Option(name: "negative_slope", value: 0.01)], worksInPlace: true) { x, o, p in try x.leakyRelu(slope: o[0], inPlace: p) },
        Kind(name: "ELU", summary: "x for x > 0, else alpha·(eˣ - 1) (Clevert et al. 2016)",
            options: [Option(name: "alpha", value: 1)], worksInPlace: true) { x, o, p in try x.elu(alpha: o[0], inPlace: p) },
        Kind(name: "SELU", summary: "ELU scaled so that signals keep mean 0 and variance 1 (Klambauer et al. 2017)",
            options: [], worksInPlace: true) { x, _, p in try x.elu(alpha: 1.6732632423543772, inPlace: p).mul(1.0507009873554805, inPlace: p) },
        Kind(name: "CELU", summary: "x for x > 0, else alpha·(e^(x/alpha) - 1) (Barron 2017)",
            options: [Option(name: "alpha", value: 1)], worksInPlace: true
        ) { x, o, p in try x.div(.double(o[0]), inPlace: p).elu(inPlace: p).mul(.double(o[0]), inPlace: p) },
        Kind(name: "Hardshrink", summary: "x where |x| > lambd, else 0", options: [Option(name: "lambd", value: 0.5)]) { x, o, _ in
            try x.mul(x.detach().abs().gt(.double(o[0])).to(x.dtype))
        },
        Kind(name: "Softshrink", summary: "x brought nearer to 0 by lambd, 0 where |x| < lambd", options: [Option(name: "lambd", value: 0.5)]) { x, o, _ in
            try x.sub(x.hardtanh(minimum: -o[0], maximum: o[0]))
        },
        Kind(name: "Tanhshrink", summary: "x - tanh(x)", options: []) { x, _, _ in try x.sub(x.tanh()) },
        Kind(name: "Softmin", summary: "e⁻ˣ / Σ e⁻ˣ along a dimension", options: [Option(name: "dim", value: -1, isDimension: true)]
        ) { x, o, _ in try x.neg().softmax(Int(o[0])) },
        Kind(name: "GELU", summary: "x·Φ(x), Φ being the normal distribution (Hendrycks and Gimpel 2016); "
            + "or an approximation by tanh",
            options: [Option(name: "approximate", value: 0, choices: ["none", "tanh"])]) { x, o, _ in try x.gelu(approximate: o[0] != 0) },
        Kind(name: "SiLU", summary: "x·sigmoid(x)", options: [], worksInPlace: true) { x, _, p in try x.silu(inPlace: p) },
        Kind(name: "Mish", summary: "x·tanh(softplus(x)) (Misra 2019)", options: [], worksInPlace: true) { x, _, p in try x.mish(inPlace: p) },
        Kind(name: "Sigmoid", summary: "1 / (1 + e⁻ˣ)", options: []) { x, _, _ in try x.sigmoid() },
        Kind(name: "LogSigmoid", summary: "log(1 / (1 + e⁻ˣ))", options: []) { x, _, _ in try x.logSigmoid() },
        Kind(name: "Tanh", summary: "tanh(x)", options: []) { x, _, _ in try x.tanh() },
        Kind(name: "Hardtanh", summary: "x between min_val and max_val, the nearer of them outside",
            options: [Option(name: "min_val", value: -1), Option(name: "max_val", value: 1)], worksInPlace: true
        ) { x, o, p in try x.hardtanh(minimum: o[0], maximum: o[1], inPlace: p) },
        Kind(name: "Hardsigmoid", summary: "min(max(x/6 + 1/2, 0), 1)", options: [], worksInPlace: true) { x, _, p in
            try x.add(3, inPlace: p).hardtanh(minimum: 0, maximum: 6, inPlace: p).div(6, inPlace: p)
        },
        Kind(name: "Hardswish", summary: "x·hardsigmoid(x) (Howard et al. 2019)", options: [], worksInPlace: true) { x, _, p in
            try x.mul(x.add(3).hardtanh(minimum: 0, maximum: 6), inPlace: p).div(6, inPlace: p)
        },
        Kind(name: "Softplus", summary: "log(1 + e^(beta·x)) / beta, x itself where beta·x > threshold",
            options: [Option(name: "beta", value: 1), Option(name: "threshold", value: 20)]
        ) { x, o, _ in try x.softplus(beta: o[0], threshold: o[1]) },
        Kind(name: "Softsign", summary: "x / (1 + |x|)", options: []) { x, _, _ in try x.div(x.abs().add(1)) },
        Kind(name: "Softmax", summary: "eˣ / Σ eˣ along a dimension", options: [Option(name: "dim", value: -1, isDimension: true)]
        ) { x, o, _ in try x.softmax(Int(o[0])) },
        Kind(name: "LogSoftmax", summary: "log(eˣ / Σ eˣ) along a dimension",
            options: [Option(name: "dim", value: -1, isDimension: true)]) { x, o, _ in try x.logSoftmax(Int(o[0])) },
        Kind(name: "GLU", summary: "a·sigmoid(b) for the halves a, b of x along a dimension (Dauphin et al. 2017)",
            options: [Option(name: "dim", value: -1, isDimension: true)]) { x, o, _ in try gatedLinear(x, Int(o[0])) },
    ]

    private static func gatedLinear(_ x: Tensor, _ dim: Int) throws -> Tensor {
        let d = dim < 0 ? dim + x.rank : dim
        guard d >= 0, d < x.rank else { throw TensorError.dimension("GLU", dim, rank: x.rank) }
        guard x.shape[d] % 2 == 0 else {
            throw TensorError.shapes("GLU", [x.shape], detail: "the dimension's size \(x.shape[d]) is odd, it has no halves")
        }
        let half = x.shape[d] / 2
        return try x.narrow(d, 0, half).mul(x.narrow(d, half, half).sigmoid())
    }
}

/// A number as people write it: "0.01", "6".
func shortNumber(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
}
