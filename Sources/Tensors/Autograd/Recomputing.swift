extension Node {
    /// Gradients that can themselves be differentiated, for an operation whose own backward kernel
    /// cannot: the results are computed once more by differentiable operations, which are then
    /// differentiated.
    ///
    /// - Parameters:
    ///   - inputs: the operation's inputs, in order.
    ///   - gradients: of the results; nil for results that were not used.
    ///   - body: the operation in terms of others.
    func recomputed(
        _ inputs: [Tensor], _ gradients: [Tensor?], _ body: ([Tensor]) throws -> [Tensor]
    ) throws -> [Tensor?] {
        // Stand-ins, so that a path from one input to another does not count.
        let standIns = try inputs.enumerated().map { i, input in
            let standIn = Tensor(sharing: input, layout: input.layout, offset: input.offset)
            return needs(i) ? try standIn.finished(name, input) { _, g in [g] } : standIn
        }
        let wanted = standIns.indices.filter { standIns[$0].requiresGrad }
        let used = try zip(body(standIns), gradients).filter { $0.requiresGrad && $1 != nil }
        var result = [Tensor?](repeating: nil, count: inputs.count)
        if wanted.isEmpty || used.isEmpty { return result }
        let found = try Tensor.gradients(
            of: used.map(\.0), withRespectTo: wanted.map { standIns[$0] }, startingFrom: used.map(\.1), createGraph: true)
        for (i, gradient) in zip(wanted, found) { result[i] = gradient }
        return result
    }
}
