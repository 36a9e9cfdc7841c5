import Tensors

/// One step of a recurrent layer: [N, in] or [in], and a state → the new state.
///
/// Parameters: `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`, uniform in ±1/√hidden.
public class RecurrentStep: Module {
    public let cell: RecurrentCell
    public let inputSize: Int
    public let hiddenSize: Int
    public let hasBias: Bool

    init(_ cell: RecurrentCell, _ inputSize: Int, _ hiddenSize: Int, bias: Bool) throws {
        (self.cell, self.inputSize, self.hiddenSize, hasBias) = (cell, inputSize, hiddenSize, bias)
        super.init()
        try requirePositive(kind, ("input_size", inputSize), ("hidden_size", hiddenSize))
        let bound = 1 / Double(hiddenSize).squareRoot(), rows = cell.gates * hiddenSize
        try register(parameter: Initialize.uniform(Tensor.zeros([rows, inputSize]), -bound, bound), "weight_ih")
        try register(parameter: Initialize.uniform(Tensor.zeros([rows, hiddenSize]), -bound, bound), "weight_hh")
        for name in ["bias_ih", "bias_hh"] {
            try register(parameter: bias ? Initialize.uniform(Tensor.zeros([rows]), -bound, bound) : nil, name)
        }
    }

    /// The input, and the state if there is one: the new state; for LSTM input, state and memory: both.
    public override func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        let most = cell == .lstm ? 3 : 2
        guard (1...most).contains(inputs.count) else {
            throw LearningError.argument(kind, "takes an input and its state, got \(inputs.count) inputs")
        }
        let weights = try RecurrentWeights(
            input: required("weight_ih"), hidden: required("weight_hh"), inputBias: parameter(2), hiddenBias: parameter(3))
        let hidden = inputs.count > 1 ? inputs[1] : nil
        guard cell == .lstm else { return [try Tensor.recurrentCell(cell, inputs[0], weights, hidden: hidden)] }
        let (h, c) = try Tensor.lstmCell(inputs[0], weights, hidden: hidden, cell: inputs.count > 2 ? inputs[2] : nil)
        return [h, c]
    }

    public override func forward(_ input: Tensor) throws -> Tensor { try forward([input])[0] }
    public override var details: String { "\(inputSize), \(hiddenSize)" }
    public override var expectedInputShape: [Int]? { [inputSize] }
    public override func multiplyAdds(inputs: [Tensor], outputs: [Tensor]) -> Int {
        (outputs.first?.count ?? 0) * cell.gates * (inputSize + hiddenSize)
    }
}

/// One step of an `RNN`.
public final class RNNCell: RecurrentStep {
    public init(_ inputSize: Int, _ hiddenSize: Int, bias: Bool = true, nonlinearity: String = "tanh") throws {
        guard nonlinearity == "tanh" || nonlinearity == "relu" else {
            throw LearningError.argument("RNNCell", "nonlinearity must be \"tanh\" or \"relu\", got \"\(nonlinearity)\"")
        }
        try super.init(nonlinearity == "tanh" ? .tanh : .relu, inputSize, hiddenSize, bias: bias)
    }

    public override func makeSimilar() throws -> Module {
        try RNNCell(inputSize, hiddenSize, bias: hasBias, nonlinearity: cell == .tanh ? "tanh" : "relu")
    }
}

/// One step of an `LSTM`: h and c from x, h and c.
public final class LSTMCell: RecurrentStep {
    public init(_ inputSize: Int, _ hiddenSize: Int, bias: Bool = true) throws {
        try super.init(.lstm, inputSize, hiddenSize, bias: bias)
    }

    public override func makeSimilar() throws -> Module { try LSTMCell(inputSize, hiddenSize, bias: hasBias) }
}

/// One step of a `GRU`.
public final class GRUCell: RecurrentStep {
    public init(_ inputSize: Int, _ hiddenSize: Int, bias: Bool = true) throws {
        try super.init(.gru, inputSize, hiddenSize, bias: bias)
    }

    public override func makeSimilar() throws -> Module { try GRUCell(inputSize, hiddenSize, bias: hasBias) }
}
