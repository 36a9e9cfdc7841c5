import CKernels

/// How the losses of a batch's rows become the result.
public enum Reduction: String, CaseIterable, Sendable {
    /// One number: the average, weighted where the loss has weights.
    case mean
    /// One number: the sum.
    case sum
    /// All of them.
    case none
}

extension Tensor {
    /// Cross-entropy between scores before softmax and classes (PyTorch's `cross_entropy`).
    ///
    /// - Parameters:
    ///   - target: class numbers 0..<C of shape [N] (or [N, d…] for scores [N, C, d…], or one number
    ///     for [C]); or probabilities of the scores' shape.
    ///   - weight: a factor for each class, [C]. The mean divides by the sum of the factors used.
    ///   - ignoreIndex: targets with this number take no part.
    ///   - labelSmoothing: share of the target that is spread evenly over all classes.
    /// - Throws: when shapes do not fit, or a label is out of range.
    public func crossEntropy(
        _ target: Tensor, weight: Tensor? = nil, ignoreIndex: Int = -100, reduction: Reduction = .mean,
        labelSmoothing: Double = 0
    ) throws(TensorError) -> Tensor {
        let name = "cross_entropy"
        guard dtype.isFloatingPoint else {
            throw .dtypes(name, [dtype], expected: "scores must be floating point numbers")
        }
        guard (0...1).contains(labelSmoothing) else {
            throw .argument(name, "label_smoothing must lie in 0..1, not \(labelSmoothing)")
        }
        guard rank > 0 else { throw .shapes(name, [shape], detail: "scores need a dimension for the classes") }
        let classes = shape[rank == 1 ? 0 : 1]
        let factors = try classWeights(weight, classes, name)
        if target.shape == shape, target.dtype.isFloatingPoint {
            return try crossEntropy(probabilities: target, factors, reduction, labelSmoothing)
        }
        var rows = shape
        rows.remove(at: rank == 1 ? 0 : 1)
        guard target.shape == rows else {
            throw .shapes(name, [shape, target.shape], detail: "scores \(describe(shape)) need class numbers "
                + "\(describe(rows)) or probabilities \(describe(shape))")
        }
        let labels = try target.labels(name, classes: classes, ignoreIndex: ignoreIndex)
        return try crossEntropy(labels: labels, factors, ignoreIndex, reduction, labelSmoothing)
    }

    private func crossEntropy(
        labels: Tensor, _ weight: Tensor?, _ ignoreIndex: Int, _ reduction: Reduction, _ smoothing: Double
    ) throws(TensorError) -> Tensor {
        let name = "cross_entropy"
        let scores = try detach().classesLast().contiguousCopyIfNeeded()
        let classes = scores.shape[scores.rank - 1]
        let losses = try Tensor(uninitialized: labels.shape, dtype, operation: name)
        let slopes = try Tensor(uninitialized: scores.layout, dtype, operation: name)
        let recording = Autograd.isRecording(self)
        var job = nj_cross_entropy_job()
        job.type = dtype.kernelType
        job.rows = Int64(labels.count)
        job.classes = Int64(classes)
        job.scores = UnsafeRawPointer(scores.pointer)
        job.labels = UnsafePointer(labels.pointer.assumingMemoryBound(to: Int64.self))
        job.weights = weight.map { UnsafeRawPointer($0.pointer) }
        job.ignored = Int64(ignoreIndex)
        job.smoothing = smoothing
        job.losses = losses.pointer
        job.slopes = slopes.pointer
        job.wants_slopes = recording
        withExtendedLifetime((scores, labels, weight)) { nj_cross_entropy(&job) }
        let total = job.weight_sum
        let result: Tensor
        switch reduction {
        case .mean: result = try Tensor(.double(job.loss_sum / total), dtype)
        case .sum: result = try Tensor(.double(job.loss_sum), dtype)
        case .none: result = losses
        }
        guard recording else {
            if Autograd.detectsAnomalies { try result.checkFinite(name) }
            return result
        }
        return try result.recorded(name, [self], saving: [.tensor(slopes), .input(0)]) { node, g in
            let rowGradient = reduction == .none ? try g.reshape(g.shape + [1]) : g
            // Where no row counts the mean is NaN, but nothing depends on the scores.
            let factor = reduction == .mean && total != 0 ? try rowGradient.div(.double(total)) : rowGradient
            var slopes = try node.saved(0)
            if node.isDifferentiatingTwice {
                // The same value, with the dependence on the scores: each row's softmax, times the
                // weight of its target.
                let softmax = try node.saved(1).classesLast().softmax(-1)
                let share = try Tensor.targetWeights(labels, weight, classes, ignoreIndex, smoothing, softmax.dtype)
                slopes = try slopes.add(softmax.sub(softmax.detach()).mul(share))
            }
            return [try slopes.mul(factor).classesBack()]
        }
    }

    /// For each row, the sum of its target over the classes: [N…, 1].
    private static func targetWeights(
        _ labels: Tensor, _ weight: Tensor?, _ classes: Int, _ ignoreIndex: Int, _ smoothing: Double, _ dtype: DType
    ) throws(TensorError) -> Tensor {
        let result = try Tensor.zeros(labels.shape + [1], .float64)
        let weights = try weight?.converted(to: .float64)
        let target = result.pointer.assumingMemoryBound(to: Double.self)
        let label = labels.pointer.assumingMemoryBound(to: Int64.self)
        let factor = weights?.pointer.assumingMemoryBound(to: Double.self)
        withExtendedLifetime((labels, weights)) {
            var all = Double(classes)
            if let factor { all = (0..<classes).reduce(0) { $0 + factor[$1] } }
            for i in 0..<labels.count where label[i] != Int64(ignoreIndex) {
                target[i] = (1 - smoothing) * (factor?[Int(label[i])] ?? 1) + smoothing / Double(classes) * all
            }
        }
        return dtype == .float64 ? result : try result.converted(to: dtype)
    }

    private func crossEntropy(
        probabilities: Tensor, _ weight: Tensor?, _ reduction: Reduction, _ smoothing: Double
    ) throws(TensorError) -> Tensor {
        let axis = rank == 1 ? 0 : 1
        let classes = Swift.max(shape[axis], 1)
        var target = probabilities
        if smoothing > 0 { target = try target.mul(.double(1 - smoothing)).add(.double(smoothing / Double(classes))) }
        if let weight {
            var sizes = [Int](repeating: 1, count: rank)
            sizes[axis] = weight.count
            target = try target.mul(weight.reshape(sizes))
        }
        let losses = try logSoftmax(axis).mul(target).sum([axis]).neg()
        guard reduction == .mean else { return try losses.reduced(reduction) }
        return try losses.sum().div(.double(Double(losses.count)))
    }
}

extension Tensor {
    /// Weights of the classes in this tensor's type.
    func classWeights(_ weight: Tensor?, _ classes: Int, _ name: String) throws(TensorError) -> Tensor? {
        guard let weight else { return nil }
        guard weight.shape == [classes] else {
            throw .shapes(name, [weight.shape], detail: "weight needs one number for each of the \(classes) classes")
        }
        return try weight.detach().to(dtype).contiguousCopyIfNeeded()
    }

    /// Class numbers as int64 in row-major order, whole floating numbers included.
    ///
    /// - Throws: for a number that is not whole, or a label outside of 0..<classes that is not
    ///   `ignoreIndex`.
    public func labels(_ name: String, classes: Int, ignoreIndex: Int = -100) throws(TensorError) -> Tensor {
        let labels = try wholeNumbers(name, "labels")
        var smallest: Int64 = 0, largest: Int64 = 0
        let numbers = labels.pointer.assumingMemoryBound(to: Int64.self)
        let bad = nj_find_bad_label(
            numbers, Int64(labels.count), Int64(classes), Int64(ignoreIndex), &smallest, &largest)
        guard bad >= 0 else { return labels }
        throw labels.badLabel(name, at: Int(bad), classes: classes, smallest, largest)
    }

    /// The error for the label at a place of this row-major int64 tensor.
    private func badLabel(_ name: String, at place: Int, classes: Int, _ smallest: Int64, _ largest: Int64) -> TensorError {
        let label = withExtendedLifetime(self) { pointer.assumingMemoryBound(to: Int64.self)[place] }
        return .label(
            name, Int(label), row: place / (shape.isEmpty ? 1 : count / shape[0]), classes: classes, smallest: Int(smallest),
            largest: Int(largest))
    }

    /// The error for the label at a place of this row-major int64 tensor, when none is ignored.
    func badLabel(_ name: String, at place: Int, classes: Int) -> TensorError {
        var smallest: Int64 = 0, largest: Int64 = 0
        withExtendedLifetime(self) {
            _ = nj_find_bad_label(pointer.assumingMemoryBound(to: Int64.self), Int64(count), Int64(classes), .min, &smallest, &largest)
        }
        return badLabel(name, at: place, classes: classes, smallest, largest)
    }

    /// The elements as int64 in row-major order.
    ///
    /// - Throws: naming the first element that is not a whole number.
    public func wholeNumbers(_ name: String, _ role: String) throws(TensorError) -> Tensor {
        if dtype == .int64 { return try detach().contiguousCopyIfNeeded() }
        let result = try contiguousCopyIfNeeded().converted(to: .int64)
        guard dtype.isFloatingPoint else { return result }
        let values = try contiguousCopyIfNeeded().converted(to: .float64)
        let whole = result.pointer.assumingMemoryBound(to: Int64.self)
        let given = values.pointer.assumingMemoryBound(to: Double.self)
        for i in 0..<count where Double(whole[i]) != given[i] {
            throw .value(name, "\(role) must be whole numbers, got \(given[i])")
        }
        return result
    }

    func contiguousCopyIfNeeded() throws(TensorError) -> Tensor { isContiguous ? self : try contiguousCopy() }

    /// [N, C, d…] seen as [N, d…, C].
    fileprivate func classesLast() throws(TensorError) -> Tensor {
        rank <= 2 ? self : try movedim([1], [-1])
    }

    /// [N, d…, C] seen as [N, C, d…].
    fileprivate func classesBack() throws(TensorError) -> Tensor {
        rank <= 2 ? self : try movedim([-1], [1])
    }

    /// The losses of all rows or elements, reduced.
    func reduced(_ reduction: Reduction) throws(TensorError) -> Tensor {
        switch reduction {
        case .mean: try mean()
        case .sum: try sum()
        case .none: self
        }
    }
}
