import Tensors

/// Layers that walk over sequences with a state: `RNN`, `LSTM` and `GRU`.
///
/// Shapes: [T, N, in], or [N, T, in] with `batchFirst`, or [T, in] for one sequence → the last
/// layer's states [T, N, directions·hidden], and the last state of each layer and direction. In a
/// `Sequential` only the states go on.
/// Parameters of layer k: `weight_ih_lk`, `weight_hh_lk`, `bias_ih_lk`, `bias_hh_lk`, with "_reverse"
/// for the second direction; all uniform in ±1/√hidden.
public class Recurrent: Module {
    public let cell: RecurrentCell
    public let inputSize: Int
    public let hiddenSize: Int
    public let layers: Int
    public let hasBias: Bool
    public let batchFirst: Bool
    public let dropout: Double
    public let bidirectional: Bool
    /// Features of the states where an LSTM projects them; 0 for none.
    public let projected: Int

    init(
        _ cell: RecurrentCell, _ inputSize: Int, _ hiddenSize: Int, layers: Int, bias: Bool, batchFirst: Bool,
        dropout: Double, bidirectional: Bool, projected: Int = 0
    ) throws {
        self.projected = projected
        (self.cell, self.inputSize, self.hiddenSize, self.layers) = (cell, inputSize, hiddenSize, layers)
        (hasBias, self.batchFirst, self.dropout, self.bidirectional) = (bias, batchFirst, dropout, bidirectional)
        super.init()
        try requirePositive(kind, ("input_size", inputSize), ("hidden_size", hiddenSize))
        try requirePositive(kind, ("num_layers", layers), atMost: mostLayers)
        try check(kind, "dropout", dropout, (0...1).contains(dropout), "between 0 and 1")
        guard projected >= 0, projected == 0 || projected < hiddenSize else {
            throw LearningError.argument(kind, "proj_size must be less than hidden_size, \(hiddenSize), got \(projected)")
        }
        let bound = 1 / Double(hiddenSize).squareRoot(), rows = cell.gates * hiddenSize, states = projected > 0 ? projected : hiddenSize
        for layer in 0..<layers {
            let inputs = layer == 0 ? inputSize : states * (bidirectional ? 2 : 1)
            for suffix in bidirectional ? ["", "_reverse"] : [""] {
                try register(parameter: Initialize.uniform(Tensor.zeros([rows, inputs]), -bound, bound), "weight_ih_l\(layer)\(suffix)")
                try register(parameter: Initialize.uniform(Tensor.zeros([rows, states]), -bound, bound), "weight_hh_l\(layer)\(suffix)")
                for name in ["bias_ih", "bias_hh"] {
                    let offsets = bias ? try Initialize.uniform(Tensor.zeros([rows]), -bound, bound) : nil
                    try register(parameter: offsets, "\(name)_l\(layer)\(suffix)")
                }
                if projected > 0 {
                    try register(parameter: Initialize.uniform(Tensor.zeros([projected, hiddenSize]), -bound, bound), "weight_hr_l\(layer)\(suffix)")
                }
            }
        }
    }

    /// Parameters of each layer and direction.
    private func weights() throws -> [[RecurrentWeights]] {
        let directions = bidirectional ? 2 : 1
        return try (0..<layers).map { layer in
            try (0..<directions).map { direction in
                let slot = (projected > 0 ? 5 : 4) * (layer * directions + direction)
                guard let input = parameter(slot), let hidden = parameter(slot + 1) else {
                    throw LearningError.argument(kind, "a weight was removed")
                }
                return RecurrentWeights(input: input, hidden: hidden, inputBias: parameter(slot + 2), hiddenBias: parameter(slot + 3), projection: projected > 0 ? parameter(slot + 4) : nil)
            }
        }
    }

    /// Walks over sequences.
    ///
    /// - Parameters:
    ///   - hidden, memory: the first states [layers·directions, N, hidden], zero when left out; the
    ///     second is for LSTM.
    ///   - lengths: of each sequence; what lies behind does not count.
    public func run(
        _ input: Tensor, hidden: Tensor? = nil, memory: Tensor? = nil, lengths: [Int]? = nil
    ) throws -> [Tensor] {
        try observed([input] + [hidden, memory].compactMap { $0 }) {
            try compute(input, hidden, memory, lengths)
        }
    }

    private func compute(_ input: Tensor, _ hidden: Tensor?, _ memory: Tensor?, _ lengths: [Int]?) throws -> [Tensor] {
        guard input.rank == 2 || input.rank == 3, input.shape.last == inputSize else { throw misfit(input.shape) }
        let result = try Tensor.recurrent(
            cell, input, weights(), hidden: hidden, cell: memory, batchFirst: batchFirst, lengths: lengths,
            dropout: dropout, training: isTraining)
        return [result.output, result.hidden] + (result.cell.map { [$0] } ?? [])
    }

    private func misfit(_ shape: [Int]) -> LayerInputError {
        var text = "takes \(batchFirst ? "[N, T, \(inputSize)]" : "[T, N, \(inputSize)]") but got \(describe(shape))."
        if shape.count == 4, shape[1] == 1, shape[3] == inputSize { text += " Take out the dimension of size 1: x:squeeze(2)." }
        if shape.count == 2, shape.last != inputSize, inputSize == 1 { text += " Add a dimension for the one feature: x:unsqueeze(-1)." }
        return LayerInputError(self, text)
    }

    /// The input, and first states if there are any.
    public override func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        let most = cell == .lstm ? 3 : 2
        guard (1...most).contains(inputs.count) else {
            throw LearningError.argument(kind, "takes an input and first states, got \(inputs.count) inputs")
        }
        return try compute(inputs[0], inputs.count > 1 ? inputs[1] : nil, inputs.count > 2 ? inputs[2] : nil, nil)
    }

    public override func forward(_ input: Tensor) throws -> Tensor { try compute(input, nil, nil, nil)[0] }

    public override var details: String {
        "\(inputSize), \(hiddenSize)" + (layers > 1 ? ", num_layers=\(layers)" : "") + (bidirectional ? ", bidirectional=true" : "") + (projected > 0 ? ", proj_size=\(projected)" : "")
    }
    public override func multiplyAdds(inputs: [Tensor], outputs: [Tensor]) -> Int {
        guard let input = inputs.first, input.rank >= 2 else { return 0 }
        let steps = input.shape.dropLast().reduce(1, *)
        return steps * ownParameters.filter { $0.tensor.rank == 2 }.reduce(0) { $0 + $1.tensor.count }
    }
    public override var expectedInputShape: [Int]? { nil }
}

/// `h = tanh(x·Wᵢᵀ + bᵢ + h·Wₕᵀ + bₕ)`, or with relu in place of tanh (Elman 1990).
public final class RNN: Recurrent {
    public init(
        _ inputSize: Int, _ hiddenSize: Int, layers: Int = 1, nonlinearity: String = "tanh", bias: Bool = true,
        batchFirst: Bool = false, dropout: Double = 0, bidirectional: Bool = false
    ) throws {
        guard nonlinearity == "tanh" || nonlinearity == "relu" else {
            throw LearningError.argument("RNN", "nonlinearity must be \"tanh\" or \"relu\", got \"\(nonlinearity)\"")
        }
        try super.init(
            nonlinearity == "tanh" ? .tanh : .relu, inputSize, hiddenSize, layers: layers, bias: bias, batchFirst: batchFirst,
            dropout: dropout, bidirectional: bidirectional)
    }

    public override func makeSimilar() throws -> Module {
        try RNN(inputSize, hiddenSize, layers: layers, nonlinearity: cell == .tanh ? "tanh" : "relu", bias: hasBias,
            batchFirst: batchFirst, dropout: dropout, bidirectional: bidirectional)
    }
}

/// Long short-term memory (Hochreiter and Schmidhuber 1997); gates in the order i, f, g, o.
public final class LSTM: Recurrent {
    public init(
        _ inputSize: Int, _ hiddenSize: Int, layers: Int = 1, bias: Bool = true, batchFirst: Bool = false,
        dropout: Double = 0, bidirectional: Bool = false, projected: Int = 0
    ) throws {
        try super.init(.lstm, inputSize, hiddenSize, layers: layers, bias: bias, batchFirst: batchFirst, dropout: dropout,
            bidirectional: bidirectional, projected: projected)
    }

    public override func makeSimilar() throws -> Module {
        try LSTM(inputSize, hiddenSize, layers: layers, bias: hasBias, batchFirst: batchFirst, dropout: dropout,
            bidirectional: bidirectional, projected: projected)
    }
}

/// Gated recurrent units (Cho et al. 2014); gates in the order r, z, n.
public final class GRU: Recurrent {
    public init(
        _ inputSize: Int, _ hiddenSize: Int, layers: Int = 1, bias: Bool = true, batchFirst: Bool = false,
        dropout: Double = 0, bidirectional: Bool = false
    ) throws {
        try super.init(.gru, inputSize, hiddenSize, layers: layers, bias: bias, batchFirst: batchFirst, dropout: dropout,
            bidirectional: bidirectional)
    }

    public override func makeSimilar() throws -> Module {
        try GRU(inputSize, hiddenSize, layers: layers, bias: hasBias, batchFirst: batchFirst, dropout: dropout,
            bidirectional: bidirectional)
    }
}
