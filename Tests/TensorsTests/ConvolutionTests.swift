import Testing
@testable import Tensors

/// One convolution: input, weight and options.
struct ConvolutionCase: Sendable, CustomStringConvertible {
    var x: [Int], w: [Int]
    var stride = [1], padding: Padding = 0, dilation = [1], groups = 1
    var transposed = false, outputPadding = [0]

    var description: String {
        "\(transposed ? "transposed " : "")\(x)*\(w) stride \(stride) padding \(padding) dilation \(dilation) groups \(groups)"
    }

    var channels: Int { transposed ? w[1] * groups : w[0] }

    func apply(_ x: Tensor, _ w: Tensor, _ b: Tensor?) throws -> Tensor {
        if transposed {
            guard case .amounts(let amounts) = padding else { return x }
            let f = w.rank == 3 ? Tensor.convTranspose1d : Tensor.convTranspose2d
            return try f(x, w, b, stride, amounts, outputPadding, groups, dilation)
        }
        let f = w.rank == 3 ? Tensor.conv1d : w.rank == 4 ? Tensor.conv2d : Tensor.conv3d
        return try f(x, w, b, stride, padding, dilation, groups)
    }

    static let small: [ConvolutionCase] = [
        .init(x: [2, 2, 7], w: [3, 2, 3]),
        .init(x: [2, 9], w: [4, 1, 4], stride: [2], padding: 1, dilation: [2], groups: 2),
        .init(x: [1, 4, 8], w: [4, 1, 3], padding: .same, groups: 4),
        .init(x: [2, 2, 4, 5], w: [3, 2, 3, 2]),
        .init(x: [2, 2, 5, 6], w: [2, 2, 3, 3], stride: [2, 1], padding: [1, 0]),
        .init(x: [1, 4, 5, 5], w: [6, 2, 2, 3], padding: .same, dilation: [1, 2], groups: 2),
        .init(x: [1, 1, 4, 4], w: [1, 1, 2, 2], padding: .sides(before: [1, 0], after: [0, 2])),
        .init(x: [1, 2, 3, 4, 3], w: [2, 2, 2, 2, 2], stride: [1, 2, 1], padding: [1]),
        .init(x: [1, 2, 3], w: [2, 2, 3], stride: [2], padding: 1, transposed: true, outputPadding: [1]),
        .init(x: [1, 2, 3, 3], w: [2, 3, 2, 3], stride: [2], transposed: true),
        .init(x: [2, 4, 2, 3], w: [4, 1, 3, 2], stride: [2, 1], padding: [1, 0], groups: 2, transposed: true, outputPadding: [1, 0]),
        .init(x: [3, 3, 3], w: [3, 2, 2, 2], dilation: [2], transposed: true),
    ]
    static let large: [ConvolutionCase] = [
        .init(x: [8, 1, 28, 28], w: [32, 1, 3, 3]),
        .init(x: [4, 32, 13, 13], w: [64, 32, 3, 3]),
        .init(x: [4, 3, 32, 32], w: [16, 3, 3, 3], stride: [2], padding: 1),
        .init(x: [4, 16, 9, 9], w: [32, 16, 1, 1], stride: [2]),
        .init(x: [2, 24, 10, 10], w: [24, 1, 3, 3], padding: 1, groups: 24),
        .init(x: [3, 20, 50], w: [40, 20, 5], padding: .same),
        .init(x: [2, 5, 6, 7, 8], w: [7, 5, 3, 3, 3], padding: 1),
        .init(x: [2, 32, 7, 7], w: [32, 16, 4, 4], stride: [2], padding: 1, transposed: true),
        .init(x: [2, 6, 9, 9], w: [6, 5, 3, 3], stride: [3], groups: 2, transposed: true, outputPadding: [2]),
    ]
}

@Suite struct ConvolutionTests {
    @Test(arguments: ConvolutionCase.small)
    func gradients(_ c: ConvolutionCase) throws {
        try checkGradients(c.description, [c.x, c.w, [c.channels]]) { try c.apply($0[0], $0[1], $0[2]) }
        try checkGradients(c.description, [c.x, c.w], second: false) { try c.apply($0[0], $0[1], nil) }
    }

    /// oneDNN's float32 against our own float64.
    @Test(arguments: ConvolutionCase.small + ConvolutionCase.large)
    func precisions(_ c: ConvolutionCase) throws {
        var random = SeededNumbers(7)
        let inputs = try [c.x, c.w, [c.channels]].map { try random.tensor($0, .float64) }
        var results: [[[Double]]] = []
        for dtype in [DType.float64, .float32] {
            let leaves = try inputs.map { try $0.to(dtype).clone() }
            for leaf in leaves { try leaf.setRequiresGrad(true) }
            let y = try c.apply(leaves[0], leaves[1], leaves[2])
            var seeded = SeededNumbers(8)
            let g = try seeded.tensor(y.shape, dtype)
            let gradients = try Tensor.gradients(of: [y], withRespectTo: leaves, startingFrom: [g])
            #expect(gradients.map { $0?.shape } == inputs.map(\.shape))
            results.append(try [y.doubles()] + gradients.map { try $0?.doubles() ?? [] })
        }
        for (exact, single) in zip(results[0], results[1]) {
            let scale = exact.reduce(1) { max($0, abs($1)) }
            #expect(exact.count == single.count)
            #expect(zip(exact, single).allSatisfy { abs($0 - $1) < 1e-5 * scale })
        }
    }

    @Test func layouts() throws {
        var random = SeededNumbers(1)
        let x = try random.tensor([2, 3, 8, 8]), w = try random.tensor([4, 3, 3, 3])
        let y = try Tensor.conv2d(x, w)
        #expect(y.shape == [2, 4, 6, 6])
        #expect(y.layout.isChannelsLast)
        let other = try Tensor.conv2d(x.channelsLast(), w.permute([0, 1, 3, 2]).clone().permute([0, 1, 3, 2]))
        #expect(try y.doubles() == other.doubles())
    }

    @Test func weightsThatStayAreKept() throws {
        var random = SeededNumbers(1)
        let x = try random.tensor([1, 16, 8, 8]), w = try random.tensor([16, 16, 3, 3])
        let expected = try Tensor.conv2d(x, w).doubles()
        try Autograd.withoutGradients {
            for _ in 0..<3 { #expect(try Tensor.conv2d(x, w).doubles() == expected) }
            try w.fill_(0)
            #expect(try Tensor.conv2d(x, w).doubles().allSatisfy { $0 == 0 })
        }
    }

    @Test func empty() throws {
        let w = try Tensor.ones([2, 3, 2, 2]), b = try Tensor([Float(1), 2])
        #expect(try Tensor.conv2d(Tensor.zeros([0, 3, 4, 4]), w, b).shape == [0, 2, 3, 3])
        #expect(try Tensor.conv2d(Tensor.zeros([1, 0, 2, 2]), Tensor.zeros([2, 0, 2, 2]), b).doubles() == [1, 2])
    }

    @Test func errors() throws {
        let x = try Tensor.zeros([1, 3, 4, 4]), w = try Tensor.zeros([2, 4, 3, 3])
        func message(_ body: () throws -> Tensor) -> String {
            do { _ = try body(); return "no error" } catch { return "\(error)" }
        }
        #expect(message { try Tensor.conv2d(x, w) }
            == "conv2d: [1, 3, 4, 4] and [2, 4, 3, 3]: the input has 3 channels, the weight takes 4. Channels come before the spatial dimensions: [N, C, …]")
        #expect(message { try Tensor.conv2d(x, Tensor.zeros([2, 3, 5, 3])) }
            == "conv2d: [1, 3, 4, 4] and [2, 3, 5, 3]: the window spans 5 but the padded input has only 4 positions")
        #expect(message { try Tensor.conv2d(x, Tensor.zeros([2, 3, 3, 3]), stride: [2], padding: .same) }
            == "conv2d: padding \"same\" needs stride 1")
        #expect(message { try Tensor.conv2d(x, Tensor.zeros([2, 3, 3, 3], .float64)) }
            == "conv2d: input and weight need the same floating point type, got float32 and float64")
        #expect(message { try Tensor.conv2d(x, Tensor.zeros([2, 3, 3, 3]), Tensor.zeros([3])) }
            == "conv2d: [2, 3, 3, 3] and [3]: the bias must be [2]")
        #expect(message { try Tensor.conv2d(x, Tensor.zeros([2, 3, 3, 3]), stride: [0]) } == "conv2d: stride must be at least 1, not 0")
    }
}

/// Numbers in -1..<1 that are the same for a seed.
struct SeededNumbers {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / Double(1 << 52) - 1
    }

    mutating func tensor(_ shape: [Int], _ dtype: DType = .float32) throws -> Tensor {
        try Tensor((0..<shape.reduce(1, *)).map { _ in next() }, shape: shape).to(dtype)
    }
}
