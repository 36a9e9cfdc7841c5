// Sums of products over named dimensions.

extension Tensor {
    /// The Einstein sum of tensors: `"bij,bjk->bik"`. Each letter names a dimension; letters that the
    /// result does not name are summed over, a letter that comes twice in one operand takes the
    /// diagonal, and `...` stands for further dimensions, which are broadcast. Without `->` the
    /// result has the letters that come once, in alphabetical order.
    public static func einsum(_ equation: String, _ operands: [Tensor]) throws(TensorError) -> Tensor {
        let plan = try EinsumPlan(equation, operands)
        var result = try plan.aligned(operands[0], 0)
        // Labels of which this operand is the last to have more than one position are summed.
        for i in operands.indices {
            let dims = plan.summed(at: i)
            if i == 0 {
                if !dims.isEmpty { result = try result.sum(dims, keepdim: true) }
            } else {
                result = try result.sumOfProducts(plan.aligned(operands[i], i), over: dims)
            }
        }
        return try result.reshape(Array(result.shape.prefix(plan.outputRank)))
    }

    /// The products of two tensors of one rank, which are broadcast, summed over some dimensions,
    /// which stay with size 1: one batched product of matrices.
    private func sumOfProducts(_ other: Tensor, over dims: [Int]) throws(TensorError) -> Tensor {
        var left = self, right = other
        var batch: [Int] = [], rows: [Int] = [], columns: [Int] = [], inner: [Int] = []
        for d in left.shape.indices {
            let inLeft = left.shape[d] != 1, inRight = right.shape[d] != 1
            if dims.contains(d), inLeft != inRight {
                if inLeft { left = try left.sum([d], keepdim: true) } else { right = try right.sum([d], keepdim: true) }
                columns.append(d)
            } else if dims.contains(d) {
                inner.append(d)
            } else if inLeft, inRight {
                batch.append(d)
            } else if inLeft {
                rows.append(d)
            } else {
                columns.append(d)
            }
        }
        func size(_ tensor: Tensor, _ dims: [Int]) -> Int { dims.reduce(1) { $0 * tensor.shape[$1] } }
        let a = try left.permute(batch + rows + inner + columns)
            .reshape([size(left, batch), size(left, rows), size(left, inner)])
        let b = try right.permute(batch + inner + columns + rows)
            .reshape([size(right, batch), size(right, inner), size(right, columns)])
        let order = batch + rows + columns + inner
        let shape = batch.map { left.shape[$0] } + rows.map { left.shape[$0] } + columns.map { right.shape[$0] }
            + [Int](repeating: 1, count: inner.count)
        var back = order
        for (i, d) in order.enumerated() { back[d] = i }
        return try a.matmul(b).reshape(shape).permute(back)
    }
}

/// Where each dimension of each operand goes: the result's dimensions first, then those summed over.
private struct EinsumPlan {
    /// The labels of each operand's dimensions; numbers below zero stand for those under `...`.
    private var labels: [[Int]] = []
    /// Where a label's dimension goes.
    private var place: [Int: Int] = [:]
    let outputRank: Int
    private let rank: Int
    private let name = "einsum"
    /// For each operand, the places of labels that it is the last to have.
    private var last: [[Int]] = []

    init(_ equation: String, _ operands: [Tensor]) throws(TensorError) {
        let name = "einsum"
        func fail(_ text: String) -> TensorError { .argument(name, "\"\(equation)\": \(text)") }
        guard let first = operands.first else { throw fail("needs at least one tensor") }
        let text = equation.filter { $0 != " " }
        let halves = text.split(separator: ">", omittingEmptySubsequences: false)
        guard halves.count <= 2, halves.count == 1 || halves[0].hasSuffix("-") else { throw fail("expected one \"->\" at most") }
        let inputs = (halves.count == 2 ? halves[0].dropLast() : halves[0])
            .split(separator: ",", omittingEmptySubsequences: false)
        guard inputs.count == operands.count else {
            throw fail("names \(inputs.count) operand\(inputs.count == 1 ? "" : "s"), but \(operands.count) came")
        }
        /// Letters as numbers from 0; the dimensions under `...` count from -1 for the last backwards.
        func parse(_ part: Substring, hidden: Int) throws(TensorError) -> [Int] {
            var result: [Int] = [], rest = part, openSeen = false
            while let c = rest.first {
                if rest.hasPrefix("...") {
                    if openSeen { throw fail("\"...\" comes twice in one operand") }
                    openSeen = true
                    result += (0..<hidden).map { $0 - hidden }
                    rest = rest.dropFirst(3)
                    continue
                }
                guard c.isASCII, c.isLetter, let code = c.asciiValue else { throw fail("\"\(c)\" is not a letter") }
                // Upper case comes before lower case, as in PyTorch.
                result.append(Int(code))
                rest = rest.dropFirst()
            }
            return result
        }
        var sizes: [Int: Int] = [:], owners: [Int: Int] = [:], hiddenMost = 0
        for (i, operand) in operands.enumerated() {
            let letters = inputs[i].filter { $0 != "." }.count, hasOpen = inputs[i].contains("...")
            guard hasOpen ? operand.rank >= letters : operand.rank == letters else {
                throw fail("operand \(i + 1) \(describe(operand.shape)) has \(operand.rank) dimensions, but \"\(inputs[i])\" names \(letters)")
            }
            let hidden = hasOpen ? operand.rank - letters : 0
            hiddenMost = max(hiddenMost, hidden)
            let own = try parse(inputs[i], hidden: hidden)
            labels.append(own)
            for (d, label) in own.enumerated() {
                let size = operand.shape[d], known = sizes[label] ?? 1
                guard size == known || size == 1 || known == 1 else {
                    let what = label < 0 ? "the dimensions under \"...\"" : "\"\(Character(UnicodeScalar(UInt8(label))))\""
                    let first = owners[label] ?? i
                    throw fail("\(what) is \(known) in operand \(first + 1) \(describe(operands[first].shape)), but \(size) in operand \(i + 1) \(describe(operand.shape))")
                }
                if size != 1, owners[label] == nil { owners[label] = i }
                sizes[label] = max(size, known) == 1 ? size : (size == 1 ? known : size)
            }
        }
        let output: [Int]
        if halves.count == 2 {
            output = try parse(halves[1], hidden: hiddenMost)
            guard Set(output).count == output.count else { throw fail("a letter comes twice in the result") }
            for label in output where label >= 0 && sizes[label] == nil {
                throw fail("the result's \"\(Character(UnicodeScalar(UInt8(label))))\" is in no operand")
            }
        } else {
            var counts: [Int: Int] = [:]
            for label in labels.joined() where label >= 0 { counts[label, default: 0] += 1 }
            output = (0..<hiddenMost).map { $0 - hiddenMost } + counts.filter { $0.value == 1 }.keys.sorted()
        }
        let all = output + Set(labels.joined()).subtracting(output).sorted()
        for (i, label) in all.enumerated() { place[label] = i }
        outputRank = output.count
        rank = all.count
        guard rank <= Layout.maximumRank else { throw fail("names more than \(Layout.maximumRank) dimensions") }
        var lastOperand: [Int: Int] = [:]
        for (i, own) in labels.enumerated() { for label in own { lastOperand[label] = i } }
        last = operands.indices.map { i in
            all.filter { lastOperand[$0] == i && !output.contains($0) }.compactMap { place[$0] }
        }
        _ = first
    }

    /// The places to sum over once operand `i` has joined.
    func summed(at i: Int) -> [Int] { last[i] }

    /// An operand with one dimension for each label, in the common order.
    func aligned(_ operand: Tensor, _ index: Int) throws(TensorError) -> Tensor {
        var tensor = operand, own = labels[index]
        // A label that comes twice: the diagonal, which moves to the end.
        while let (i, j) = repeated(own) {
            guard tensor.shape[i] == tensor.shape[j] else {
                throw .shapes(name, [operand.shape], detail: "a letter that comes twice in one operand has sizes \(tensor.shape[i]) and \(tensor.shape[j])")
            }
            let label = own[i]
            tensor = try tensor.diagonal(0, i, j)
            own.remove(at: j)
            own.remove(at: i)
            own.append(label)
        }
        let order = own.indices.sorted { (place[own[$0]] ?? 0) < (place[own[$1]] ?? 0) }
        tensor = try tensor.permute(order)
        var shape = [Int](repeating: 1, count: rank)
        for (i, d) in order.enumerated() { shape[place[own[d]] ?? 0] = tensor.shape[i] }
        return try tensor.reshape(shape)
    }

    private func repeated(_ labels: [Int]) -> (Int, Int)? {
        for (j, label) in labels.enumerated() {
            if let i = labels[..<j].firstIndex(of: label) { return (i, j) }
        }
        return nil
    }
}
