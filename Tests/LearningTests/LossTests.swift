import Learning
import Tensors
import Testing

/// A loss as PyTorch's reference cases have it.
struct LossCase: CustomTestStringConvertible, Sendable {
    let name: String
    var hasReductions = true
    let run: @Sendable (Tensor, Tensor, Reference, DType, Reduction) throws -> Tensor
    var testDescription: String { name }
}

private let lossCases: [LossCase] = [
    LossCase(name: "cross_entropy") { x, t, _, _, r in try x.crossEntropy(t, reduction: r) },
    LossCase(name: "cross_entropy.weight") { x, t, c, d, r in try x.crossEntropy(t, weight: c.get("weight", d), reduction: r) },
    LossCase(name: "cross_entropy.smooth") { x, t, _, _, r in try x.crossEntropy(t, reduction: r, labelSmoothing: 0.1) },
    LossCase(name: "cross_entropy.smooth_weight") { x, t, c, d, r in
        try x.crossEntropy(t, weight: c.get("weight", d), reduction: r, labelSmoothing: 0.2)
    },
    LossCase(name: "cross_entropy.wide") { x, t, _, _, r in try x.crossEntropy(t, reduction: r) },
    LossCase(name: "cross_entropy.spatial") { x, t, _, _, r in try x.crossEntropy(t, reduction: r) },
    LossCase(name: "cross_entropy.probabilities") { x, t, c, d, r in
        try x.crossEntropy(t, weight: c.get("weight", d), reduction: r, labelSmoothing: 0.1)
    },
    LossCase(name: "cross_entropy.probabilities_spatial") { x, t, _, _, r in try x.crossEntropy(t, reduction: r) },
    LossCase(name: "cross_entropy.single", hasReductions: false) { x, t, _, _, r in try x.crossEntropy(t, reduction: r) },
    LossCase(name: "cross_entropy.extreme", hasReductions: false) { x, t, _, _, r in try x.crossEntropy(t, reduction: r) },
    LossCase(name: "nll") { x, t, _, _, r in try NLLLoss(reduction: r)(x, t) },
    LossCase(name: "nll.weight") { x, t, c, d, r in try NLLLoss(weight: c.get("weight", d), reduction: r)(x, t) },
    LossCase(name: "mse") { x, t, _, _, r in try MSELoss(reduction: r)(x, t) },
    LossCase(name: "l1") { x, t, _, _, r in try L1Loss(reduction: r)(x, t) },
    LossCase(name: "smooth_l1") { x, t, _, _, r in try SmoothL1Loss(reduction: r, beta: 0.5)(x, t) },
    LossCase(name: "huber") { x, t, _, _, r in try HuberLoss(reduction: r, delta: 0.7)(x, t) },
    LossCase(name: "bce") { x, t, c, d, r in try BCELoss(weight: c.get("weight", d), reduction: r)(x, t) },
    LossCase(name: "bce_logits") { x, t, _, _, r in try BCEWithLogitsLoss(reduction: r)(x, t) },
    LossCase(name: "bce_logits.weights") { x, t, c, d, r in
        try BCEWithLogitsLoss(weight: c.get("weight", d), positiveWeight: c.get("pos_weight", d), reduction: r)(x, t)
    },
]

private let pairCases: [LossCase] = [
    LossCase(name: "cross_entropy.ignore") { x, t, _, _, r in try CrossEntropyLoss(ignoreIndex: 2, reduction: r, labelSmoothing: 0.1)(x, t) },
    LossCase(name: "nll.ignore") { x, t, _, _, r in try NLLLoss(ignoreIndex: 1, reduction: r)(x, t) },
    LossCase(name: "bce.plain") { x, t, _, _, r in try BCELoss(reduction: r)(x, t) },
    LossCase(name: "kl_div") { x, t, _, _, r in try KLDivLoss(reduction: r)(x, t) },
    LossCase(name: "kl_div.log") { x, t, _, _, r in try KLDivLoss(reduction: r, logTarget: true)(x, t) },
    LossCase(name: "kl_div.batchmean", hasReductions: false) { x, t, _, _, _ in try KLDivLoss(averagesRows: true)(x, t) },
    LossCase(name: "hinge_embedding") { x, t, _, _, r in try HingeEmbeddingLoss(margin: 0.8, reduction: r)(x, t) },
    LossCase(name: "margin_ranking") { x, t, c, d, r in try MarginRankingLoss(margin: 0.3, reduction: r)([x, t, c.get("other1", d)])[0] },
    LossCase(name: "cosine_embedding") { x, t, c, d, r in try CosineEmbeddingLoss(margin: 0.1, reduction: r)([x, t, c.get("other1", d)])[0] },
    LossCase(name: "cosine_embedding.single", hasReductions: false) { x, t, c, d, r in try CosineEmbeddingLoss(reduction: r)([x, t, c.get("other1", d)])[0] },
    LossCase(name: "triplet") { x, t, c, d, r in try TripletMarginLoss(reduction: r)([x, t, c.get("other1", d)])[0] },
    LossCase(name: "triplet.options") { x, t, c, d, r in
        try TripletMarginLoss(margin: 2, power: 3, eps: 1e-3, swap: true, reduction: r)([x, t, c.get("other1", d)])[0]
    },
    LossCase(name: "multi_margin") { x, t, _, _, r in try MultiMarginLoss(reduction: r)(x, t) },
    LossCase(name: "multi_margin.single", hasReductions: false) { x, t, _, _, r in try MultiMarginLoss(reduction: r)(x, t) },
    LossCase(name: "multi_margin.options") { x, t, c, d, r in
        try MultiMarginLoss(power: 2, margin: 0.7, weight: c.get("weight", d), reduction: r)(x, t)
    },
    LossCase(name: "gaussian") { x, t, c, d, r in try GaussianNLLLoss(reduction: r)([x, t, c.get("other1", d)])[0] },
    LossCase(name: "gaussian.full") { x, t, c, d, r in try GaussianNLLLoss(full: true, eps: 0.3, reduction: r)([x, t, c.get("other1", d)])[0] },
    LossCase(name: "poisson") { x, t, _, _, r in try PoissonNLLLoss(reduction: r)(x, t) },
    LossCase(name: "poisson.full") { x, t, _, _, r in try PoissonNLLLoss(logInput: false, full: true, eps: 1e-3, reduction: r)(x, t) },
]

/// These differentiate once only, and gradients are exact for what log-softmax gives.
private let ctcCases: [LossCase] = [
    LossCase(name: "ctc") { x, t, c, _, r in try CTCLoss(reduction: r)([x, t, c.get("other1"), c.get("other2")])[0] },
    LossCase(name: "ctc.flat") { x, t, c, _, r in try CTCLoss(blank: 4, reduction: r, zeroInfinity: true)([x, t, c.get("other1"), c.get("other2")])[0] },
    LossCase(name: "ctc.single", hasReductions: false) { x, t, c, _, r in try CTCLoss(reduction: r)([x, t, c.get("other1"), c.get("other2")])[0] },
]

@Suite struct LossTests {
    @Test(arguments: lossCases + pairCases + ctcCases, [DType.float64, .float32])
    func agreesWithPyTorch(_ loss: LossCase, _ dtype: DType) throws {
        for reduction in loss.hasReductions ? Reduction.allCases : [.mean] {
            let name = loss.hasReductions ? "\(loss.name).\(reduction.rawValue)" : loss.name
            let reference = try Reference("losses", name)
            let x = try reference.get("input", dtype).clone()
            try x.setRequiresGrad(true)
            let y = try loss.run(x, reference.get("target", dtype), reference, dtype, reduction)
            try expectClose(y, reference.get("output"), tolerance(dtype) * 10, "\(name) value")
            try (y * reference.get("slope", dtype)).sum().backward()
            try expectClose(x.grad, reference.get("grad"), tolerance(dtype), "\(name) gradient")
        }
    }

    /// The gradient that is computed for differentiating once more is the fused one.
    @Test(arguments: lossCases + pairCases)
    func gradientsOfGradients(_ loss: LossCase) throws {
        let name = loss.hasReductions ? "\(loss.name).mean" : loss.name
        let reference = try Reference("losses", name)
        let x = try reference.get("input").clone()
        try x.setRequiresGrad(true)
        func gradient(_ x: Tensor) throws -> Tensor {
            let y = try loss.run(x, reference.get("target"), reference, .float64, .mean)
            return try #require(Tensor.gradients(of: [y], withRespectTo: [x], createGraph: true)[0])
        }
        let first = try gradient(x)
        try expectClose(first.mul(reference.get("slope")), reference.get("grad"), 1e-10, name)
        // Piecewise linear losses have no second derivative.
        guard !["l1", "hinge_embedding", "margin_ranking", "multi_margin", "multi_margin.single", "kl_div"].contains(loss.name), first.requiresGrad else { return }
        let direction = try Tensor((0..<x.count).map { Double($0 % 3) - 1 }, shape: x.shape)
        let second = try #require(
            Tensor.gradients(of: [(first * direction).sum()], withRespectTo: [x])[0])
        let h = 1e-6
        let ahead = try leaf(x.detach().add(direction.mul(.double(h)))), behind = try leaf(x.detach().sub(direction.mul(.double(h))))
        let numeric = try gradient(ahead).detach().sub(gradient(behind).detach()).div(.double(2 * h))
        if loss.name != "cross_entropy.extreme" { try expectClose(second, numeric, 1e-6, "\(name), second derivative") }
    }

    private func leaf(_ x: Tensor) throws -> Tensor {
        try x.setRequiresGrad(true)
        return x
    }

    @Test func labelsOutOfRange() throws {
        let x = try Tensor([Float](repeating: 0, count: 12), shape: [4, 3])
        let one = #expect(throws: TensorError.self) { try x.crossEntropy(Tensor([0, 1, 5, 2] as [Int64])) }
        #expect(one?.message(base: 0) == "cross_entropy: label 5 in row 2 is outside 0..2 (3 classes)")
        #expect(one?.message(base: 1) == "cross_entropy: label 6 in row 3 is outside 1..3 (3 classes)")
        let shifted = #expect(throws: TensorError.self) { try x.crossEntropy(Tensor([1, 2, 3, 1] as [Int64])) }
        #expect(shifted?.message(base: 0)
            == "cross_entropy: label 3 in row 2 is outside 0..2 (3 classes). All labels lie in 1..3, shifted by one: use y - 1")
        let low = #expect(throws: TensorError.self) { try x.nllLoss(Tensor([0, -1, 1, 1] as [Int64])) }
        #expect(low?.message(base: 1)
            == "nll_loss: label 0 in row 2 is outside 1..3 (3 classes). All labels lie in 0..2, shifted by one: use y + 1")
        #expect(throws: TensorError.value("cross_entropy", "labels must be whole numbers, got 0.5")) {
            try x.crossEntropy(Tensor([0, 0.5, 1, 1] as [Float]))
        }
        #expect(try numbers(x.crossEntropy(Tensor([0, 1, 2, 2] as [Float]))).map { ($0 * 1e6).rounded() } == [1098612])
    }

    @Test func unusualInput() throws {
        let x = try Tensor([Float](repeating: 0, count: 6), shape: [2, 3])
        #expect(try numbers(x.crossEntropy(Tensor([-100, -100] as [Int64])))[0].isNaN)
        #expect(try numbers(x.crossEntropy(Tensor([-100, -100] as [Int64]), reduction: .sum)) == [0])
        #expect(try numbers(Tensor.zeros([0, 3]).crossEntropy(Tensor([Int64]())))[0].isNaN)
        #expect(throws: TensorError.self) { try x.crossEntropy(Tensor([0, 1, 2] as [Int64])) }
        #expect(throws: TensorError.self) { try x.mseLoss(Tensor.zeros([3])) }
        #expect(throws: TensorError.self) { try x.add(2).binaryCrossEntropy(x) }
        #expect(throws: TensorError.self) { try x.crossEntropy(Tensor([0, 1] as [Int64]), weight: Tensor.ones([2])) }
        #expect(throws: TensorError.self) { try x.crossEntropy(Tensor([0, 1] as [Int64]), labelSmoothing: 2) }
        let broken = try Tensor([Float.nan, 0, 0, 1, 2, 3], shape: [2, 3])
        #expect(try numbers(broken.crossEntropy(Tensor([0, 1] as [Int64])))[0].isNaN)
    }

    @Test func bitsDoNotDependOnThreads() throws {
        let generator = Generator(seed: 5)
        let x = try Tensor.randn([5000, 37], generator: generator)
        let y = try Tensor((0..<5000).map { Int64($0 % 37) })
        let before = Threads.count
        defer { Threads.count = before }
        var results: [[[UInt8]]] = []
        for threads in [1, 2] {
            Threads.count = threads
            let leaf = try leaf(x.clone())
            let loss = try leaf.crossEntropy(y)
            try loss.backward()
            results.append(try bits([loss, #require(leaf.grad)]))
        }
        #expect(results[0] == results[1])
    }
}
