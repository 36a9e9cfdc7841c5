import Learning
import LuaKit
import Tensors

/// What a plain recurrent layer applies to its sums.
enum Nonlinearity: String, CaseIterable, LuaOption { case tanh, relu }

extension LayerFunctions {
    /// Layers for sequences.
    @FunctionBuilder static var recurrent: [Function] {
        Function("nn.RNN", "Walks over sequences with a state h = tanh(W·x + U·h + b) (Elman 1990).", inputSize, hiddenSize, numLayers,
            Param("nonlinearity", Nonlinearity.self, default: .tanh, "in place of tanh"), Param("bias", Bool.self, default: true), batchFirst, dropout, bidirectional,
            returns: "module: y, h = rnn(x[, h[, {lengths=}]])", details: recurrentDetails, example: recurrentExample("RNN"), see: ["nn.LSTM", "nn.GRU", "nn.RNNCell"]
        ) { (inputs: Int, hidden: Int, layers: Int, form: Nonlinearity, bias: Bool, first: Bool, dropout: Double, both: Bool) -> Module in
            try RNN(inputs, hidden, layers: layers, nonlinearity: form.rawValue, bias: bias, batchFirst: first, dropout: dropout, bidirectional: both)
        }
        Function("nn.LSTM", "Walks over sequences with a state and a memory that gates open and close (Hochreiter and Schmidhuber 1997).", inputSize, hiddenSize, numLayers,
            Param("bias", Bool.self, default: true), batchFirst, dropout, bidirectional, Param("proj_size", Int.self, default: 0, "features that states are projected to (Sak et al. 2014); 0 for none"),
            returns: "module: y, h, c = lstm(x[, {h, c}[, {lengths=}]])", details: recurrentDetails, example: recurrentExample("LSTM"), see: ["nn.GRU", "nn.LSTMCell"]
        ) { (inputs: Int, hidden: Int, layers: Int, bias: Bool, first: Bool, dropout: Double, both: Bool, projected: Int) -> Module in
            try LSTM(inputs, hidden, layers: layers, bias: bias, batchFirst: first, dropout: dropout, bidirectional: both, projected: projected)
        }
        Function("nn.GRU", "Walks over sequences with a state that two gates open and close (Cho et al. 2014).", inputSize, hiddenSize, numLayers,
            Param("bias", Bool.self, default: true), batchFirst, dropout, bidirectional,
            returns: "module: y, h = gru(x[, h[, {lengths=}]])", details: recurrentDetails, example: recurrentExample("GRU"), see: ["nn.LSTM", "nn.GRUCell"]
        ) { (inputs: Int, hidden: Int, layers: Int, bias: Bool, first: Bool, dropout: Double, both: Bool) -> Module in
            try GRU(inputs, hidden, layers: layers, bias: bias, batchFirst: first, dropout: dropout, bidirectional: both)
        }
        Function("nn.RNNCell", "One step of an RNN.", inputSize, hiddenSize, Param("bias", Bool.self, default: true), Param("nonlinearity", Nonlinearity.self, default: .tanh, "in place of tanh"),
            returns: "module: h = cell(x [N, in][, h])", example: cellExample("RNNCell", "h", "h"), see: ["nn.RNN"]) { (inputs: Int, hidden: Int, bias: Bool, form: Nonlinearity) -> Module in
            try RNNCell(inputs, hidden, bias: bias, nonlinearity: form.rawValue)
        }
        Function("nn.LSTMCell", "One step of an LSTM.", inputSize, hiddenSize, Param("bias", Bool.self, default: true),
            returns: "module: h, c = cell(x [N, in][, {h, c}])", example: cellExample("LSTMCell", "h, c", "{h, c}"), see: ["nn.LSTM"]) { (inputs: Int, hidden: Int, bias: Bool) -> Module in
            try LSTMCell(inputs, hidden, bias: bias)
        }
        Function("nn.GRUCell", "One step of a GRU.", inputSize, hiddenSize, Param("bias", Bool.self, default: true),
            returns: "module: h = cell(x [N, in][, h])", example: cellExample("GRUCell", "h", "h"), see: ["nn.GRU"]) { (inputs: Int, hidden: Int, bias: Bool) -> Module in
            try GRUCell(inputs, hidden, bias: bias)
        }
    }

    private static var inputSize: Param<Int> { Param("input_size", Int.self, "features of each step") }
    private static var hiddenSize: Param<Int> { Param("hidden_size", Int.self, "features of the state") }
    private static var numLayers: Param<Int> { Param("num_layers", Int.self, default: 1, "layers on top of each other") }
    private static var batchFirst: Param<Bool> { Param("batch_first", Bool.self, default: false, "whether x is [N, T, in] instead of [T, N, in]") }
    private static var dropout: Param<Double> { Param("dropout", Double.self, default: 0, "probability between layers") }
    private static var bidirectional: Param<Bool> { Param("bidirectional", Bool.self, default: false, "whether a second pass walks backwards") }

    private static let recurrentDetails = "x is [T, N, in], or [T, in] for one sequence; y holds the last layer's states [T, N, directions·hidden], "
        + "h (and c) the last ones of each layer and direction [layers·directions, N, hidden]. With lengths, what lies behind each sequence's end does not count and y is 0 there. "
        + "In a Sequential only y goes on."

    private static func recurrentExample(_ name: String) -> String {
        "local layer = nn.\(name)(3, 4, {batch_first=true})\nlocal y, h = layer(tensor.rand(2, 5, 3), nil, {lengths={5, 3}})\nprint(y.shape[2], h.shape[3])"
    }

    private static func cellExample(_ name: String, _ results: String, _ state: String) -> String {
        "local cell = nn.\(name)(3, 4)\nlocal x = tensor.rand(2, 3)\nlocal \(results) = cell(x)\n\(results) = cell(x, \(state))\nprint(h.shape[2])"
    }
}

/// The lengths of sequences in a batch: a table of numbers, or a tensor.
struct Lengths: LuaArgument {
    let values: [Int]

    static var luaType: LuaType { LuaType("lengths", phrase: "a table of integers or a tensor of them", annotation: "integer[]|tensor.Tensor") }
    static var tables: TableUse { .positions }

    static func read(_ call: Call, at index: Int32) throws -> Lengths {
        guard let tensor = call.object(at: index, as: Tensor.self) else {
            do { return Lengths(values: try [Int].read(call, at: index)) } catch is Mismatch { throw call.mismatch(luaType, at: index) }
        }
        guard tensor.rank <= 1, let whole = try? tensor.wholeNumbers("lengths", "lengths") else { throw call.mismatch(luaType, at: index) }
        return Lengths(values: try whole.reshape([whole.count]).withElements(Int64.self) { $0.map { Int($0) } })
    }
}
