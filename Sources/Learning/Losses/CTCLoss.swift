import Glibc
import Tensors

/// Minus the log-probability of label sequences that are shorter than their inputs, summed over all ways
/// to align them, with blanks in between (Graves et al. 2006).
///
/// Shapes: log-probabilities [T, N, C], labels [N, S] or all one after the other [sum of lengths], and the
/// lengths of each input and label sequence → [N]; or [T, C] and [S] → []. The mean first divides each
/// sequence's loss by its number of labels.
public final class CTCLoss: Loss {
    public let blank: Int
    /// Whether impossible sequences count 0 instead of infinity.
    public let zeroInfinity: Bool

    public init(blank: Int = 0, reduction: Reduction = .mean, zeroInfinity: Bool = false) {
        (self.blank, self.zeroInfinity) = (blank, zeroInfinity)
        super.init(reduction: reduction)
    }

    public override func makeSimilar() throws -> Module { CTCLoss(blank: blank, reduction: reduction, zeroInfinity: zeroInfinity) }

    public override func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        guard inputs.count == 4 else {
            throw LearningError.argument(kind, "takes log-probabilities, targets, input lengths and target lengths, got \(inputs.count) input\(inputs.count == 1 ? "" : "s")")
        }
        let lengths = try inputs[2...].map { try $0.wholeNumbers(kind, "lengths").reshape([$0.count]).withElements(Int64.self) { $0.map(Int.init) } }
        return [try compute(inputs[0], inputs[1], lengths[0], lengths[1])]
    }

    /// The loss for lengths that are known as numbers.
    public func run(_ logProbabilities: Tensor, _ targets: Tensor, inputLengths: [Int], targetLengths: [Int]) throws -> Tensor {
        try observed([logProbabilities, targets]) { [try compute(logProbabilities, targets, inputLengths, targetLengths)] }[0]
    }

    private func compute(_ given: Tensor, _ targets: Tensor, _ inputLengths: [Int], _ targetLengths: [Int]) throws -> Tensor {
        guard given.rank == 3 || given.rank == 2, given.dtype.isFloatingPoint else {
            throw TensorError.shapes(kind, [given.shape], detail: "log-probabilities must be [T, N, C] or [T, C]")
        }
        let x = given.rank == 2 ? try given.unsqueeze(1) : given, (t, n, c) = (x.shape[0], x.shape[1], x.shape[2])
        guard inputLengths.count == n, targetLengths.count == n else {
            throw LearningError.argument(kind, "needs \(n) lengths of inputs and of targets, got \(inputLengths.count) and \(targetLengths.count)")
        }
        guard inputLengths.allSatisfy({ (0...t).contains($0) }), targetLengths.allSatisfy({ $0 >= 0 && $0 <= targets.count }) else {
            throw LearningError.argument(kind, "lengths of inputs must be at most \(t), those of targets at most their number")
        }
        guard (0..<c).contains(blank) else { throw TensorError.index(kind, blank, dimension: x.rank - 1, shape: x.shape) }
        let starts = try firstLabels(targets, targetLengths, n)
        let labels = try targets.wholeNumbers(kind, "targets").reshape([targets.count]).withElements(Int64.self) { $0.map(Int.init) }
        for (i, start) in starts.enumerated() {
            for label in labels[start..<start + targetLengths[i]] where !(0..<c).contains(label) || label == blank {
                if label == blank { throw TensorError.value(kind, "a target is the blank, which stands for no label") }
                throw TensorError.label(kind, label, row: i, classes: c, smallest: 0, largest: 0)
            }
        }
        let values = try x.detach().to(.float64).contiguous(), losses = try Tensor.zeros([n], .float64)
        let slopes = try Tensor.zeros(x.shape, .float64)
        try values.withElements(Double.self) { x in
            try losses.withElements(Double.self) { losses in
                try slopes.withElements(Double.self) { slopes in
                    for i in 0..<n {
                        let path = CTCPath(labels[starts[i]..<starts[i] + targetLengths[i]], blank: blank)
                        losses[i] = path.loss(x, slopes, steps: inputLengths[i], row: n * c, offset: i * c, classes: c)
                    }
                }
            }
        }
        if zeroInfinity {
            let isInfinite = try losses.eq(.double(.infinity))
            _ = try losses.maskedFill(isInfinite, 0, inPlace: true)
            _ = try slopes.maskedFill(isInfinite.reshape([1, n, 1]), 0, inPlace: true)
        }
        let result = try losses.to(given.dtype), gradient = try slopes.to(given.dtype)
        try Tensor.recordCustom("ctc_loss", [x], results: [result]) { g in
            guard let g = g[0] else { return [nil] }
            let slope = try gradient.mul(g.detach().reshape([1, n, 1]))
            try Tensor.recordCustom("ctc_loss_backward", [x, g], results: [slope]) { _ in
                throw LearningError.argument("CTCLoss", "the gradient of its gradient is not known")
            }
            return [slope]
        }
        if given.rank == 2 { return try reduce(divided(result, targetLengths).squeeze([0])) }
        return try reduce(divided(result, targetLengths))
    }

    private func divided(_ losses: Tensor, _ lengths: [Int]) throws -> Tensor {
        guard reduction == .mean else { return losses }
        return try losses.div(Tensor(lengths.map { Double(max($0, 1)) }).to(losses.dtype))
    }

    /// Where each sequence's labels begin.
    private func firstLabels(_ targets: Tensor, _ lengths: [Int], _ n: Int) throws -> [Int] {
        if targets.rank == 2, targets.shape[0] == n {
            guard lengths.allSatisfy({ $0 <= targets.shape[1] }) else {
                throw LearningError.argument(kind, "targets \(describe(targets.shape)) hold fewer labels than their lengths say")
            }
            return (0..<n).map { $0 * targets.shape[1] }
        }
        guard targets.rank == 1, lengths.reduce(0, +) <= targets.count else {
            throw TensorError.shapes(kind, [targets.shape], detail: "targets must be [\(n), S], or [S] with all sequences one after the other")
        }
        return lengths.indices.map { lengths[..<$0].reduce(0, +) }
    }
}

/// The labels of a sequence with blanks around them: blank, a, blank, b, blank.
private struct CTCPath {
    let symbols: [Int]
    let blank: Int

    init(_ labels: ArraySlice<Int>, blank: Int) {
        self.blank = blank
        symbols = [blank] + labels.flatMap { [$0, blank] }
    }

    /// Minus the log-probability; adds PyTorch's gradient with respect to the log-probabilities to `slopes`: each
    /// class's probability minus its share in the alignments, which is exact for what comes out of log-softmax.
    func loss(
        _ x: UnsafeMutableBufferPointer<Double>, _ slopes: UnsafeMutableBufferPointer<Double>, steps: Int, row: Int, offset: Int,
        classes: Int
    ) -> Double {
        let s = symbols.count
        guard steps > 0 else { return s == 1 ? 0 : .infinity }
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * steps * s + classes) { space in
            let ahead = UnsafeMutableBufferPointer(rebasing: space[..<(steps * s)])
            let behind = UnsafeMutableBufferPointer(rebasing: space[(steps * s)..<(2 * steps * s)])
            let sums = UnsafeMutableBufferPointer(rebasing: space[(2 * steps * s)...])
            ahead.initialize(repeating: -.infinity)
            behind.initialize(repeating: -.infinity)
            for i in 0..<min(s, 2) {
                ahead[i] = x[offset + symbols[i]]
                behind[(steps - 1) * s + s - 1 - i] = x[(steps - 1) * row + offset + symbols[s - 1 - i]]
            }
            for t in 1..<max(steps, 1) {
                let back = steps - 1 - t
                for i in 0..<s {
                    var sum = ahead[(t - 1) * s + i]
                    if i > 0 { sum = logSum(sum, ahead[(t - 1) * s + i - 1]) }
                    if i > 1, symbols[i] != blank, symbols[i] != symbols[i - 2] { sum = logSum(sum, ahead[(t - 1) * s + i - 2]) }
                    ahead[t * s + i] = sum + x[t * row + offset + symbols[i]]
                    sum = behind[(back + 1) * s + i]
                    if i + 1 < s { sum = logSum(sum, behind[(back + 1) * s + i + 1]) }
                    if i + 2 < s, symbols[i] != blank, symbols[i] != symbols[i + 2] { sum = logSum(sum, behind[(back + 1) * s + i + 2]) }
                    behind[back * s + i] = sum + x[back * row + offset + symbols[i]]
                }
            }
            let last = (steps - 1) * s + s - 1
            let total = s > 1 ? logSum(ahead[last], ahead[last - 1]) : ahead[last]
            for t in 0..<steps {
                sums.initialize(repeating: -.infinity)
                for i in 0..<s { sums[symbols[i]] = logSum(sums[symbols[i]], ahead[t * s + i] + behind[t * s + i]) }
                for c in 0..<classes {
                    let value = x[t * row + offset + c]
                    slopes[t * row + offset + c] += exp(value) - (sums[c] == -.infinity && total > -.infinity ? 0 : exp(sums[c] - total - value))
                }
            }
            return -total
        }
    }

    /// log(eᵃ + eᵇ).
    private func logSum(_ a: Double, _ b: Double) -> Double {
        let top = max(a, b)
        return top == -.infinity ? top : top + log1p(exp(min(a, b) - top))
    }
}
