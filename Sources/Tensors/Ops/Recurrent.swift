import CKernels

// Recurrent layers over whole sequences. Products with all steps' inputs are made at once, before and
// after the walk over the steps; the walk itself is a kernel that takes each sequence through all steps.

/// The cell of a recurrent layer.
public enum RecurrentCell: Sendable {
    case lstm, gru, tanh, relu

    /// Blocks of `hidden` rows in the weights.
    public var gates: Int { self == .lstm ? 4 : self == .gru ? 3 : 1 }

    var kernel: nj_cell { self == .lstm ? NJ_LSTM : self == .gru ? NJ_GRU : self == .tanh ? NJ_RNN_TANH : NJ_RNN_RELU }
    var name: String { self == .lstm ? "lstm" : self == .gru ? "gru" : "rnn" }
}

/// The parameters of one direction of one layer, in PyTorch's order of gates.
public struct RecurrentWeights {
    /// `[gates · hidden, inputs]` and `[gates · hidden, hidden]`.
    public var input: Tensor, hidden: Tensor
    /// `[gates · hidden]` each.
    public var inputBias: Tensor?, hiddenBias: Tensor?
    /// `[P, hidden]`: LSTM states are products with it, of P features (Sak et al. 2014).
    public var projection: Tensor?

    public init(input: Tensor, hidden: Tensor, inputBias: Tensor? = nil, hiddenBias: Tensor? = nil, projection: Tensor? = nil) {
        self.projection = projection
        self.input = input
        self.hidden = hidden
        self.inputBias = inputBias
        self.hiddenBias = hiddenBias
    }
}

extension Tensor {
    /// Several recurrent layers over sequences `[T, B, I]`, or `[B, T, I]` with `batchFirst`; one sequence
    /// may come as `[T, I]`.
    ///
    /// - Parameters:
    ///   - weights: of each layer, and within it of each direction.
    ///   - hidden, cell: first states `[layers · directions, B, H]`; zero when left out.
    ///   - lengths: of each sequence; past its length results are zero, and last states are those of
    ///     its last step.
    ///   - dropout: probability, between layers.
    /// - Returns: the last layer's states `[T, B, directions · H]`, and the last states of all layers (cells
    ///   for LSTM only). As PyTorch's `LSTM`, `GRU` and `RNN`.
    public static func recurrent(
        _ kind: RecurrentCell, _ x: Tensor, _ weights: [[RecurrentWeights]], hidden: Tensor? = nil, cell: Tensor? = nil,
        batchFirst: Bool = false, lengths: [Int]? = nil, dropout: Double = 0, training: Bool = false
    ) throws(TensorError) -> (output: Tensor, hidden: Tensor, cell: Tensor?) {
        let name = kind.name, directions = weights.first?.count ?? 0
        guard directions == 1 || directions == 2, weights.allSatisfy({ $0.count == directions }) else {
            throw .argument(name, "each layer needs weights for one or two directions")
        }
        guard x.rank == 2 || x.rank == 3 else { throw .shapes(name, [x.shape], detail: "the input must be [T, B, I], [B, T, I] with batch_first, or [T, I]") }
        let size = weights[0][0].hidden.shape.last ?? 0, cells = (weights[0][0].hidden.shape.first ?? 0) / kind.gates
        var steps = x.rank == 2 ? try x.unsqueeze(1) : batchFirst ? try x.transpose(0, 1) : x
        let (t, b) = (steps.shape[0], steps.shape[1]), all = weights.count * directions
        func first(_ given: Tensor?, _ what: String, _ size: Int) throws(TensorError) -> Tensor? {
            guard let given else { return nil }
            let batched = x.rank == 2 && given.rank == 2 ? try given.unsqueeze(1) : given
            guard batched.shape == [all, b, size] else {
                throw .shapes(name, [x.shape, given.shape], detail: "the first \(what) must be \(describe(x.rank == 2 ? [all, size] : [all, b, size]))")
            }
            return batched
        }
        let hidden = try first(hidden, "states", size), cell = try first(cell, "cells", cells)
        if let lengths {
            guard lengths.count == b, lengths.allSatisfy({ $0 > 0 && $0 <= t }) else {
                throw .argument(name, "lengths must be \(b) numbers from 1 to \(t)")
            }
        }
        var lastStates: [Tensor] = [], lastCells: [Tensor] = []
        for (l, layer) in weights.enumerated() {
            var outputs: [Tensor] = []
            for (d, own) in layer.enumerated() {
                let k = l * directions + d
                let pass = RecurrentPass(kind, reverse: d == 1, lengths: lengths)
                let h0 = try hidden?.select(0, k), c0 = try cell?.select(0, k)
                let (y, h, c) = if let p = own.projection { try pass.projected(steps, own, p, h0, c0) } else { try pass.run(steps, own, h0, c0) }
                outputs.append(y)
                lastStates.append(h)
                if let c { lastCells.append(c) }
            }
            steps = outputs.count == 1 ? outputs[0] : try cat(outputs, 2)
            if dropout > 0, training, l + 1 < weights.count { steps = try steps.dropout(dropout, training: true) }
        }
        let output = x.rank == 2 ? try steps.squeeze([1]) : batchFirst ? try steps.transpose(0, 1) : steps
        func last(_ states: [Tensor]) throws(TensorError) -> Tensor? {
            if states.isEmpty { return nil }
            let stacked = states.count == 1 ? try states[0].unsqueeze(0) : try stack(states)
            return x.rank == 2 ? try stacked.squeeze([1]) : stacked
        }
        return (output, try last(lastStates) ?? output, try last(lastCells))
    }

    /// One step of an LSTM for inputs `[B, I]` or `[I]`; states and cells are `[B, H]` or `[H]`, zero when left out.
    public static func lstmCell(
        _ x: Tensor, _ weights: RecurrentWeights, hidden: Tensor? = nil, cell: Tensor? = nil
    ) throws(TensorError) -> (hidden: Tensor, cell: Tensor) {
        let (h, c) = try step(.lstm, x, weights, hidden, cell)
        return (h, c ?? h)
    }

    /// One step of a GRU or a plain recurrent cell.
    public static func recurrentCell(
        _ kind: RecurrentCell, _ x: Tensor, _ weights: RecurrentWeights, hidden: Tensor? = nil
    ) throws(TensorError) -> Tensor {
        try step(kind, x, weights, hidden, nil).0
    }

    private static func step(
        _ kind: RecurrentCell, _ x: Tensor, _ weights: RecurrentWeights, _ hidden: Tensor?, _ cell: Tensor?
    ) throws(TensorError) -> (Tensor, Tensor?) {
        let name = kind.name + "_cell"
        guard x.rank == 1 || x.rank == 2 else { throw .shapes(name, [x.shape], detail: "the input must be [B, I] or [I]") }
        let steps = try x.reshape([1, x.rank == 1 ? 1 : x.shape[0], x.shape[x.rank - 1]])
        func batched(_ state: Tensor?) throws(TensorError) -> Tensor? {
            guard let state else { return nil }
            let size = weights.hidden.shape.last ?? 0
            guard state.shape == (x.rank == 1 ? [size] : [x.shape[0], size]) else {
                throw .shapes(name, [x.shape, state.shape], detail: "the state must be \(describe(x.rank == 1 ? [size] : [x.shape[0], size]))")
            }
            return x.rank == 1 ? try state.unsqueeze(0) : state
        }
        let (_, h, c) = try RecurrentPass(kind, reverse: false, lengths: nil).run(steps, weights, batched(hidden), batched(cell))
        return x.rank == 1 ? (try h.squeeze([0]), try c?.squeeze([0])) : (h, c)
    }
}
