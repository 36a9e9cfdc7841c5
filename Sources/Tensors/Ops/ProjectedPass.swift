extension RecurrentPass {
    /// One direction of an LSTM whose states are projected to fewer features (Sak et al. 2014), step by step in
    /// differentiable operations: states `[T, B, P]`, the last state `[B, P]` and the last cell `[B, H]`.
    func projected(
        _ x: Tensor, _ w: RecurrentWeights, _ projection: Tensor, _ first: Tensor?, _ firstCell: Tensor?
    ) throws(TensorError) -> (Tensor, Tensor, Tensor?) {
        let (t, b, p) = (x.shape[0], x.shape[1], projection.shape.first ?? 0), size = projection.shape.last ?? 0
        guard kind == .lstm, projection.rank == 2, w.hidden.shape == [4 * size, p], w.input.shape == [4 * size, x.shape[2]] else {
            throw .shapes(kind.name, [w.input.shape, w.hidden.shape, projection.shape], detail: "weights must be [4 · H, I], [4 · H, P] and [P, H]")
        }
        let none = try Tensor.zeros([b, p], x.dtype), noCell = try Tensor.zeros([b, size], x.dtype)
        var h = first ?? none, c = firstCell ?? noCell
        let all = try Tensor.linear(x, w.input, w.inputBias)
        var outputs = [Tensor](repeating: none, count: t)
        for step in 0..<t {
            let at = reverse ? t - 1 - step : step
            let gates = try all.select(0, at).add(Tensor.linear(h, w.hidden, w.hiddenBias)).chunk(4, 1)
            let nextCell = try gates[1].sigmoid().mul(c).add(gates[0].sigmoid().mul(gates[2].tanh()))
            let next = try Tensor.linear(gates[3].sigmoid().mul(nextCell.tanh()), projection)
            if let lengths {
                let active = try Tensor(lengths.map { Int64(at) < $0 }, shape: [b, 1])
                outputs[at] = try active.where(next, none)
                h = try active.where(next, h)
                c = try active.where(nextCell, c)
            } else {
                outputs[at] = next
                (h, c) = (next, nextCell)
            }
        }
        return (try Tensor.stack(outputs), h, c)
    }
}
