/// What `pad` puts around a tensor.
public enum PadMode: String, CaseIterable, Sendable {
    case constant, reflect, replicate, circular
}

extension Tensor {
    /// The tensor with positions added before and after dimensions, or taken away where a size is
    /// negative: `sizes` holds pairs for the last dimension first, as in PyTorch's `F.pad`.
    ///
    /// - Parameter value: what `constant` padding is filled with.
    public func pad(_ sizes: [Int], mode: PadMode = .constant, value: Scalar = 0) throws(TensorError) -> Tensor {
        guard sizes.count % 2 == 0, sizes.count / 2 <= rank else {
            throw .argument("pad", "needs two sizes for each padded dimension, at most \(2 * rank) for \(describe(shape)), not \(sizes.count)")
        }
        var before = [Int](repeating: 0, count: rank), after = before, padded = shape
        for i in 0..<(sizes.count / 2) {
            let d = rank - 1 - i
            before[d] = sizes[2 * i]
            after[d] = sizes[2 * i + 1]
            let (partial, o1) = shape[d].addingReportingOverflow(before[d])
            let (size, o2) = partial.addingReportingOverflow(after[d])
            guard !o1, !o2, size >= 0 else {
                throw .argument("pad", "padding \(before[d]) and \(after[d]) leaves no valid size of \(shape[d])")
            }
            padded[d] = size
        }
        if mode == .constant { return try constantPadded(before, after, padded, value) }
        var result = self
        for d in shape.indices where before[d] != 0 || after[d] != 0 {
            result = try result.indexSelect(d, mode.sources(shape, d, before[d], after[d]))
        }
        return result
    }

    private func constantPadded(
        _ before: [Int], _ after: [Int], _ padded: [Int], _ value: Scalar
    ) throws(TensorError) -> Tensor {
        let result = try Tensor.full(padded, value, dtype, operation: "pad")
        func inner(_ whole: Tensor, _ low: [Int], _ length: [Int]) throws(TensorError) -> Tensor {
            var part = whole
            for d in length.indices { part = try part.narrow(d, Swift.max(low[d], 0), Swift.max(length[d], 0)) }
            return part
        }
        let length = shape.indices.map { shape[$0] + Swift.min(before[$0], 0) + Swift.min(after[$0], 0) }
        if length.allSatisfy({ $0 > 0 }) {
            try inner(result, before, length).copyElements(from: inner(self, before.map { -$0 }, length))
        }
        let sizes = shape.indices.reversed().flatMap { [-before[$0], -after[$0]] }
        return try result.finished("pad", self) { _, g in [try g.pad(sizes)] }
    }
}

extension PadMode {
    /// The position each padded position takes its value from.
    fileprivate func sources(_ shape: [Int], _ d: Int, _ before: Int, _ after: Int) throws(TensorError) -> Tensor {
        let size = shape[d], limit = self == .reflect ? size - 1 : self == .circular ? size : Int.max
        guard size > 0, before <= limit, after <= limit else {
            throw .argument("pad", "\(rawValue) padding of \(before) and \(after) is too much for size \(size) of \(describe(shape))")
        }
        let result = try Tensor(uninitialized: [size + before + after], .int64, operation: "pad")
        let out = result.int64s
        for i in 0..<result.count {
            let position = i - before
            switch self {
            case .reflect: out[i] = Int64(position < 0 ? -position : position >= size ? 2 * (size - 1) - position : position)
            case .circular: out[i] = Int64(position < 0 ? position + size : position >= size ? position - size : position)
            default: out[i] = Int64(Swift.min(Swift.max(position, 0), size - 1))
            }
        }
        return result
    }
}
