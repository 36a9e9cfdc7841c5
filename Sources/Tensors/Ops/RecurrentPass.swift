import CKernels

/// One direction of one recurrent layer.
struct RecurrentPass {
    let kind: RecurrentCell
    let reverse: Bool
    let lengths: [Int64]?

    init(_ kind: RecurrentCell, reverse: Bool, lengths: [Int]?) {
        self.kind = kind
        self.reverse = reverse
        self.lengths = lengths.map { $0.map(Int64.init) }
    }

    /// States `[T, B, H]` for inputs `[T, B, I]`, with the last state and cell `[B, H]`.
    func run(
        _ x: Tensor, _ w: RecurrentWeights, _ first: Tensor?, _ firstCell: Tensor?
    ) throws(TensorError) -> (Tensor, Tensor, Tensor?) {
        let hidden = try check(x, w), b = x.shape[1], dtype = x.dtype
        let zeros = first == nil || (kind == .lstm && firstCell == nil) ? try Tensor.zeros([b, hidden], dtype) : nil
        let h0 = first ?? zeros ?? x, c0 = kind == .lstm ? firstCell ?? zeros : nil
        var inputs = [x, w.input, w.hidden, h0]
        if let c0 { inputs.append(c0) }
        let hasBias = w.inputBias != nil && w.hiddenBias != nil
        if let ib = w.inputBias, let hb = w.hiddenBias { inputs += [ib, hb] }
        let states = try Trace(self, inputs, hidden, hasBias: hasBias)
        let (y, last, lastCell) = try states.results()
        guard Autograd.isRecording(inputs) else { return (y, last, lastCell) }
        var saved: [SavedValue] = inputs.indices.map { .input($0) }
        saved += states.kept.map { .tensor($0) }
        let pass = self, count = inputs.count
        try Tensor.record(kind.name, inputs, results: [y, last] + (lastCell.map { [$0] } ?? []), saving: saved) { node, g in
            var inputs: [Tensor] = []
            for i in 0..<count { inputs.append(try node.saved(i)) }
            if node.isDifferentiatingTwice {
                return try node.recomputed(inputs, g) { try pass.plain($0, hidden, hasBias: hasBias) }
            }
            var kept: [Tensor] = []
            for i in 0..<states.keptCount { kept.append(try node.saved(count + i)) }
            return try Trace(pass, inputs, hidden, hasBias: hasBias, kept: kept).gradients(g, node)
        }
        return (y, last, lastCell)
    }

    /// The number of hidden units, after checking shapes and types.
    private func check(_ x: Tensor, _ w: RecurrentWeights) throws(TensorError) -> Int {
        let name = kind.name
        guard w.hidden.rank == 2, w.input.rank == 2, w.hidden.shape[0] == kind.gates * w.hidden.shape[1],
            w.input.shape[0] == w.hidden.shape[0]
        else {
            throw .shapes(name, [w.input.shape, w.hidden.shape], detail: "weights must be [\(kind.gates) · H, I] and [\(kind.gates) · H, H]")
        }
        guard x.shape[2] == w.input.shape[1] else {
            throw .shapes(name, [x.shape, w.input.shape], detail: "the input has \(x.shape[2]) features, the weight takes \(w.input.shape[1])")
        }
        for case let bias? in [w.inputBias, w.hiddenBias] where bias.shape != [w.input.shape[0]] {
            throw .shapes(name, [w.input.shape, bias.shape], detail: "biases must be [\(w.input.shape[0])]")
        }
        let types = [x, w.input, w.hidden].map(\.dtype)
        guard x.dtype.isFloatingPoint, types.allSatisfy({ $0 == x.dtype }) else {
            throw .dtypes(name, types, expected: "input and weights need the same floating point type")
        }
        return w.hidden.shape[1]
    }

    /// The pass step by step, in differentiable operations: states, last state and last cell.
    private func plain(_ inputs: [Tensor], _ hidden: Int, hasBias: Bool) throws -> [Tensor] {
        let x = inputs[0], isLSTM = kind == .lstm, (t, b) = (x.shape[0], x.shape[1])
        var h = inputs[3], c = isLSTM ? inputs[4] : inputs[3]
        let inputBias = hasBias ? inputs[inputs.count - 2] : nil, hiddenBias = hasBias ? inputs[inputs.count - 1] : nil
        let all = try Tensor.linear(x, inputs[1], inputBias)
        var outputs = [Tensor?](repeating: nil, count: t)
        for step in 0..<t {
            let at = reverse ? t - 1 - step : step
            let gx = try all.select(0, at), gh = try Tensor.linear(h, inputs[2], hiddenBias)
            func part(_ g: Tensor, _ k: Int) throws -> Tensor { try g.narrow(1, k * hidden, hidden) }
            var next: Tensor, nextCell = c
            switch kind {
            case .lstm:
                let sum = try gx.add(gh)
                let i = try part(sum, 0).sigmoid(), f = try part(sum, 1).sigmoid()
                nextCell = try f.mul(c).add(i.mul(part(sum, 2).tanh()))
                next = try part(sum, 3).sigmoid().mul(nextCell.tanh())
            case .gru:
                let r = try part(gx, 0).add(part(gh, 0)).sigmoid(), z = try part(gx, 1).add(part(gh, 1)).sigmoid()
                let n = try part(gx, 2).add(r.mul(part(gh, 2))).tanh()
                next = try n.add(z.mul(h.sub(n)))
            case .tanh: next = try gx.add(gh).tanh()
            case .relu: next = try gx.add(gh).relu()
            }
            if let lengths {
                let active = try Tensor(lengths.map { Int64(at) < $0 }, shape: [b, 1]), none = try Tensor.zeros(next.shape, x.dtype)
                outputs[at] = try active.where(next, none)
                h = try active.where(next, h)
                c = isLSTM ? try active.where(nextCell, c) : c
            } else {
                outputs[at] = next
                h = next
                c = nextCell
            }
        }
        return [try Tensor.stack(outputs.compactMap { $0 }), h] + (isLSTM ? [c] : [])
    }
}

/// What the forward pass of a layer leaves behind, and what its gradients are made from.
private struct Trace {
    let pass: RecurrentPass
    let hidden: Int
    private let inputs: [Tensor]
    private let hasBias: Bool
    /// Gates, states, then cells (LSTM) or the state's part of the new gate (GRU).
    let kept: [Tensor]

    var keptCount: Int { kept.count }
    private var steps: Int { inputs[0].shape[0] }
    private var batch: Int { inputs[0].shape[1] }
    private var dtype: DType { inputs[0].dtype }
    private var width: Int { pass.kind.gates * hidden }

    /// From what a forward pass kept.
    init(_ pass: RecurrentPass, _ inputs: [Tensor], _ hidden: Int, hasBias: Bool, kept: [Tensor]) {
        self.pass = pass
        self.inputs = inputs.map { $0.detach() }
        self.hidden = hidden
        self.hasBias = hasBias
        self.kept = kept
    }

    /// Runs the forward pass.
    init(_ pass: RecurrentPass, _ inputs: [Tensor], _ hidden: Int, hasBias: Bool) throws(TensorError) {
        let plain = inputs.map { $0.detach() }, name = pass.kind.name
        let (t, b, dtype) = (plain[0].shape[0], plain[0].shape[1], plain[0].dtype)
        let isLSTM = pass.kind == .lstm, isGRU = pass.kind == .gru
        let states = try Tensor(uninitialized: [t + 1, b, hidden], dtype, operation: name)
        let origin = pass.reverse ? t : 0
        try states.select(0, origin).copyElements(from: plain[3])
        var kept = [states]
        if isLSTM {
            let cells = try Tensor(uninitialized: [t + 1, b, hidden], dtype, operation: name)
            try cells.select(0, origin).copyElements(from: plain[4])
            kept.append(cells)
        } else if isGRU {
            kept.append(try Tensor(uninitialized: [t, b, hidden], dtype, operation: name))
        }
        // Biases of the state's part join those of the input's, except where a gate scales it.
        var bias: Tensor?
        if hasBias {
            let ib = plain[plain.count - 2], hb = plain[plain.count - 1]
            bias = try isGRU ? Tensor.cat([ib.narrow(0, 0, 2 * hidden).add(hb.narrow(0, 0, 2 * hidden)), ib.narrow(0, 2 * hidden, hidden)]) : ib.add(hb)
        }
        let gates = try Tensor.linear(plain[0], plain[1], bias)
        self.init(pass, inputs, hidden, hasBias: hasBias, kept: [gates] + kept)
        var r = nj_recurrent()
        let weight = try plain[2].contiguousIfNeeded()
        let newBias = isGRU && hasBias ? try plain[plain.count - 1].narrow(0, 2 * hidden, hidden).contiguousIfNeeded() : nil
        fill(&r, weight)
        r.new_bias = newBias.map { UnsafeRawPointer($0.pointer) }
        try run(&r, nj_recurrent_forward)
        withExtendedLifetime((weight, newBias)) {}
    }

    private func fill(_ r: inout nj_recurrent, _ weight: Tensor) {
        r.cell = pass.kind.kernel
        (r.steps, r.batch, r.hidden) = (Int64(steps), Int64(batch), Int64(hidden))
        r.reverse = pass.reverse
        r.weight = UnsafeRawPointer(weight.pointer)
        r.gates = kept[0].pointer
        r.states = kept[1].pointer
        if pass.kind == .lstm { r.cells = kept[2].pointer }
        if pass.kind == .gru { r.new_states = kept[2].pointer }
    }

    private func run(
        _ r: inout nj_recurrent, _ kernel: (nj_dtype, UnsafePointer<nj_recurrent>) -> nj_outcome
    ) throws(TensorError) {
        let outcome: nj_outcome
        if let lengths = pass.lengths {
            outcome = lengths.withUnsafeBufferPointer { lengths in
                r.lengths = lengths.baseAddress
                return kernel(dtype.kernelType, &r)
            }
        } else {
            outcome = kernel(dtype.kernelType, &r)
        }
        try finish(outcome, pass.kind.name, inputs[0].shape)
    }

    /// States of all steps, the last state and the last cell.
    func results() throws(TensorError) -> (Tensor, Tensor, Tensor?) {
        let states = kept[1], end = pass.reverse ? 0 : steps
        var y = part(states, pass.reverse ? 0 : batch * hidden, [steps, batch, hidden])
        if let lengths = pass.lengths {
            y = try y.contiguousCopy()
            let row = hidden * dtype.size, plane = batch * row
            for (b, length) in lengths.enumerated() {
                for t in Int(length)..<steps { (y.pointer + t * plane + b * row).initializeMemory(as: UInt8.self, repeating: 0, count: row) }
            }
            y = part(y, 0, y.shape)
        }
        let last = part(states, end * batch * hidden, [batch, hidden])
        // The last state is a tensor of its own, as changing it must not change the results.
        return (y, try last.contiguousCopy(), pass.kind == .lstm ? try part(kept[2], end * batch * hidden, [batch, hidden]).contiguousCopy() : nil)
    }

    private func part(_ tensor: Tensor, _ offset: Int, _ shape: [Int]) -> Tensor {
        Tensor(sharing: tensor, layout: Layout(shape: shape, strides: Layout.contiguousStrides(shape)), offset: tensor.offset + offset)
    }

    /// Gradients of the inputs from those of the results.
    func gradients(_ g: [Tensor?], _ node: Node) throws(TensorError) -> [Tensor?] {
        let name = pass.kind.name + "_backward"
        let dgates = try Tensor(uninitialized: [steps, batch, width], dtype, operation: name)
        let inner = pass.kind == .gru ? try Tensor(uninitialized: [steps, batch, width], dtype, operation: name) : dgates
        let dh = try Tensor(uninitialized: [batch, hidden], dtype, operation: name)
        let dc = pass.kind == .lstm ? try Tensor(uninitialized: [batch, hidden], dtype, operation: name) : nil
        let given = try g.map { (g) throws(TensorError) in try g?.contiguousIfNeeded() }
        let weight = try inputs[2].contiguousIfNeeded()
        var r = nj_recurrent()
        fill(&r, weight)
        r.grad_out = given[0].map { UnsafeRawPointer($0.pointer) }
        r.grad_state = given[1].map { UnsafeRawPointer($0.pointer) }
        if pass.kind == .lstm { r.grad_cell = given[2].map { UnsafeRawPointer($0.pointer) } }
        r.grad_gates = dgates.pointer
        if pass.kind == .gru { r.grad_inner = inner.pointer }
        r.grad_first_state = dh.pointer
        r.grad_first_cell = dc?.pointer
        try run(&r, nj_recurrent_backward)
        withExtendedLifetime((weight, given, dgates, inner)) {}
        let rows = steps * batch
        let flat = part(dgates, 0, [rows, width]), flatInner = part(inner, 0, [rows, width])
        let before = part(kept[1], pass.reverse ? batch * hidden : 0, [rows, hidden])
        let x = inputs[0]
        var result: [Tensor?] = [
            node.needs(0) ? try flat.mm(inputs[1]).reshape(x.shape) : nil,
            node.needs(1) ? try flat.t().mm(x.reshape([rows, x.shape[2]])) : nil,
            node.needs(2) ? try flatInner.t().mm(before) : nil,
            dh,
        ]
        if let dc { result.append(dc) }
        if hasBias {
            let n = inputs.count, sum = node.needs(n - 2) || node.needs(n - 1) ? try flat.sum([0]) : nil
            result += [sum, pass.kind == .gru ? try flatInner.sum([0]) : sum]
        }
        return result
    }
}
