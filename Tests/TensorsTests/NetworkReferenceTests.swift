import TestSupport
import Testing
@testable import Tensors

/// An operation under the name of its reference case.
struct NetworkCase: Sendable, CustomStringConvertible {
    let name: String
    /// Also checked for gradients of gradients; false where the rule is not smooth.
    let isSmooth: Bool
    let run: @Sendable ([Tensor]) throws -> [Tensor]
    var description: String { name }

    init(_ name: String, smooth: Bool = true, _ run: @escaping @Sendable ([Tensor]) throws -> [Tensor]) {
        self.name = name
        isSmooth = smooth
        self.run = run
    }

    static let convolution: [NetworkCase] = [
        .init("conv1d") { [try Tensor.conv1d($0[0], $0[1], $0[2], stride: [2], padding: 1)] },
        .init("conv1d_same") { [try Tensor.conv1d($0[0], $0[1], padding: .same, dilation: [2])] },
        .init("conv2d") { [try Tensor.conv2d($0[0], $0[1], $0[2])] },
        .init("conv2d_groups") { [try Tensor.conv2d($0[0], $0[1], $0[2], stride: [2, 1], padding: [1, 0], groups: 2)] },
        .init("conv2d_dilated") { [try Tensor.conv2d($0[0], $0[1], padding: .same, dilation: [2, 1])] },
        .init("conv2d_unbatched") { [try Tensor.conv2d($0[0], $0[1], $0[2])] },
        .init("conv3d") { [try Tensor.conv3d($0[0], $0[1], $0[2], stride: [1, 2, 1], padding: 1)] },
        .init("conv_transpose1d") { [try Tensor.convTranspose1d($0[0], $0[1], $0[2], stride: [3], padding: [1], outputPadding: [2])] },
        .init("conv_transpose2d") {
            [try Tensor.convTranspose2d($0[0], $0[1], $0[2], stride: [2], padding: [1], outputPadding: [1, 0], groups: 2, dilation: [1, 2])]
        },
    ]

    static let pooling: [NetworkCase] = [
        .init("max_pool2d", smooth: false) { let p = try $0[0].maxPool2dWithIndices([2]); return [p.values, p.indices] },
        .init("max_pool2d_options", smooth: false) {
            let p = try $0[0].maxPool2dWithIndices([3, 2], stride: [2, 1], padding: [1], dilation: [1, 2], ceilMode: true)
            return [p.values, p.indices]
        },
        .init("max_pool1d") { [try $0[0].maxPool1d([3], stride: [2], padding: [1], ceilMode: true)] },
        .init("max_pool1d_overlapping") { [try $0[0].maxPool1d([3], stride: [1])] },
        .init("max_pool2d_nan", smooth: false) { [try $0[0].maxPool2d([2])] },
        .init("avg_pool2d") { [try $0[0].avgPool2d([2])] },
        .init("avg_pool2d_padded") { [try $0[0].avgPool2d([3], stride: [2], padding: [1], ceilMode: true)] },
        .init("avg_pool2d_excluding") { [try $0[0].avgPool2d([3], stride: [2], padding: [1], ceilMode: true, countIncludePad: false)] },
        .init("avg_pool2d_divisor") { [try $0[0].avgPool2d([2, 3], stride: [1], divisor: 5)] },
        .init("avg_pool1d") { [try $0[0].avgPool1d([4], stride: [3], padding: [2])] },
        .init("adaptive_avg_pool2d") { [try $0[0].adaptiveAvgPool2d([3, 4])] },
        .init("adaptive_avg_pool2d_one") { [try $0[0].adaptiveAvgPool2d([1, nil])] },
        .init("adaptive_avg_pool1d") { [try $0[0].adaptiveAvgPool1d(5)] },
        .init("adaptive_max_pool2d") { let p = try $0[0].adaptiveMaxPool2d([3, 2]); return [p.values, p.indices] },
        .init("adaptive_max_pool1d") { let p = try $0[0].adaptiveMaxPool1d(3); return [p.values, p.indices] },
    ]

    private static func batchNorm(_ t: [Tensor], training: Bool, momentum: Double = 0.1) throws -> [Tensor] {
        let mean = try t[3].detach().clone(), variance = try t[4].detach().abs().add(0.5)
        let y = try Tensor.batchNorm(
            t[0], runningMean: mean, runningVar: variance, weight: t[1], bias: t[2], training: training, momentum: momentum, eps: 1e-3)
        return [y, mean, variance]
    }

    static let normalization: [NetworkCase] = [
        .init("batch_norm_train") { try batchNorm($0, training: true) },
        .init("batch_norm_eval", smooth: false) { try batchNorm($0, training: false) },
        .init("batch_norm_features") { try batchNorm($0, training: true, momentum: 0.3) },
        .init("batch_norm_bare") { [try Tensor.batchNorm($0[0], training: true)] },
        .init("batch_norm_eval_bare") {
            let mean = try Tensor([0.5, -1, 2]).to($0[0].dtype), variance = try Tensor([1, 4, 0.25]).to($0[0].dtype)
            return [try Tensor.batchNorm($0[0], runningMean: mean, runningVar: variance)]
        },
        .init("layer_norm") { [try Tensor.layerNorm($0[0], [5], $0[1], $0[2])] },
        .init("layer_norm_two") { [try Tensor.layerNorm($0[0], [3, 5], $0[1], $0[2], eps: 1e-2)] },
        .init("layer_norm_bare", smooth: false) { [try Tensor.layerNorm($0[0], [40])] },
        .init("rms_norm") { [try Tensor.rmsNorm($0[0], [5], $0[1])] },
        .init("rms_norm_bare") { [try Tensor.rmsNorm($0[0], [3, 5], eps: 1e-2)] },
        .init("group_norm") { [try Tensor.groupNorm($0[0], 2, $0[1], $0[2])] },
        .init("group_norm_bare") { [try Tensor.groupNorm($0[0], 3)] },
        .init("instance_norm") { [try Tensor.instanceNorm($0[0], weight: $0[1], bias: $0[2])] },
        .init("instance_norm_running") {
            let mean = try $0[1].detach().clone(), variance = try $0[2].detach().abs()
            return [try Tensor.instanceNorm($0[0], runningMean: mean, runningVar: variance, momentum: 0.2), mean, variance]
        },
    ]

    static let embedding: [NetworkCase] = [
        .init("embedding") { [try Tensor.embedding($0[0], $0[1])] },
        .init("embedding_padding", smooth: false) { [try Tensor.embedding($0[0], $0[1], paddingIndex: 2)] },
        .init("embedding_bag_weights") { [try Tensor.embeddingBag($0[0], $0[1], mode: .sum, perSampleWeights: $0[2])] },
        .init("one_hot") { [try $0[0].oneHot()] },
        .init("one_hot_classes") { [try $0[0].oneHot(9)] },
    ] + ([("sum", .sum), ("mean", .mean), ("max", .max)] as [(String, Tensor.BagMode)]).flatMap { name, mode in
        [
            NetworkCase("embedding_bag_\(name)", smooth: mode != .max) { [try Tensor.embeddingBag($0[0], $0[1], mode: mode)] },
            NetworkCase("embedding_bag_\(name)_offsets", smooth: false) {
                [try Tensor.embeddingBag($0[0], $0[1], offsets: $0[2], mode: mode, paddingIndex: 3)]
            },
        ]
    }

    static let attention: [NetworkCase] = [
        .init("attention") { [try Tensor.scaledDotProductAttention($0[0], $0[1], $0[2])] },
        .init("attention_causal", smooth: false) { [try Tensor.scaledDotProductAttention($0[0], $0[1], $0[2], causal: true)] },
        .init("attention_causal_wide") { [try Tensor.scaledDotProductAttention($0[0], $0[1], $0[2], causal: true, scale: 0.3)] },
        .init("attention_flat") { [try Tensor.scaledDotProductAttention($0[0], $0[1], $0[2])] },
        .init("attention_mask") { [try Tensor.scaledDotProductAttention($0[0], $0[1], $0[2], mask: $0[3])] },
        .init("attention_added") { [try Tensor.scaledDotProductAttention($0[0], $0[1], $0[2], mask: $0[3])] },
    ]

    static let space: [NetworkCase] = [
        .init("interpolate_nearest") { [try $0[0].interpolate(scale: [2])] },
        .init("interpolate_nearest_odd") { [try $0[0].interpolate(size: [3, 8])] },
        .init("interpolate_nearest_exact") { [try $0[0].interpolate(size: [3, 8], mode: .nearestExact)] },
        .init("interpolate_area") { [try $0[0].interpolate(size: [3, 8], mode: .area)] },
        .init("pixel_shuffle") { [try $0[0].pixelShuffle(2)] },
        .init("pixel_unshuffle") { [try $0[0].pixelUnshuffle(3)] },
        .init("cosine_similarity") { [try Tensor.cosineSimilarity($0[0], $0[1])] },
        .init("cosine_similarity_last") { [try Tensor.cosineSimilarity($0[0], $0[1], -1)] },
    ] + ([
        ("linear", .linear, [8], [0.7]), ("bilinear", .bilinear, [7, 3], [1.6, 2]), ("bicubic", .bicubic, [7, 3], [1.5, 2.2]),
        ("trilinear", .trilinear, [5, 3, 4], [2]),
    ] as [(String, Tensor.Interpolation, [Int], [Double])]).flatMap { name, mode, size, scale in
        [
            NetworkCase("interpolate_\(name)") { [try $0[0].interpolate(size: size, mode: mode)] },
            NetworkCase("interpolate_\(name)_corners") { [try $0[0].interpolate(size: size, mode: mode, alignCorners: true)] },
            NetworkCase("interpolate_\(name)_scale") { [try $0[0].interpolate(scale: scale, mode: mode)] },
        ]
    }

    private static func recurrent(
        _ kind: RecurrentCell, _ t: [Tensor], layers: Int = 1, directions: Int = 1, states: Bool = true, lengths: [Int]? = nil,
        bias: Bool = true, batchFirst: Bool = false
    ) throws -> [Tensor] {
        var at = 1
        var weights: [[RecurrentWeights]] = []
        for _ in 0..<layers {
            weights.append((0..<directions).map { _ in
                defer { at += bias ? 4 : 2 }
                return RecurrentWeights(input: t[at], hidden: t[at + 1], inputBias: bias ? t[at + 2] : nil, hiddenBias: bias ? t[at + 3] : nil)
            })
        }
        let (y, h, c) = try Tensor.recurrent(
            kind, t[0], weights, hidden: states ? t[at] : nil, cell: states && kind == .lstm ? t[at + 1] : nil,
            batchFirst: batchFirst, lengths: lengths)
        return [try Tensor.cat([y.reshape([y.count]), h.reshape([h.count])] + (c.map { [try $0.reshape([$0.count])] } ?? []))]
    }

    static let recurrent: [NetworkCase] = ([("lstm", .lstm), ("gru", .gru), ("rnn", .tanh)] as [(String, RecurrentCell)]).flatMap { name, kind in
        [
            NetworkCase(name) { try recurrent(kind, $0) },
            NetworkCase(name + "_two_ways") { try recurrent(kind, $0, layers: 2, directions: 2, states: false) },
            NetworkCase(name + "_lengths") { try recurrent(kind, $0, directions: 2, lengths: [5, 3]) },
            NetworkCase(name + "_bare") { try recurrent(kind, $0, states: false, bias: false, batchFirst: true) },
        ]
    } + [NetworkCase("rnn_relu", smooth: false) { try recurrent(.relu, $0) }]

    static let all = convolution + pooling + normalization + embedding + attention + space + recurrent
}

@Suite struct NetworkReferenceTests {
    static let reference = try? ReferenceNumbers("network")

    @Test(arguments: NetworkCase.all, [DType.float64, .float32])
    func values(_ c: NetworkCase, _ dtype: DType) throws {
        let reference = try #require(NetworkReferenceTests.reference)
        let tolerance = dtype == .float64 ? 1e-10 : 2e-5
        func typed(_ tensor: Tensor) throws -> Tensor { tensor.dtype.isFloatingPoint ? try tensor.to(dtype) : tensor }
        let inputs = try reference.list(c.name, "in").map { try typed(#require($0)).clone() }
        #expect(!inputs.isEmpty, "no case \(c.name)")
        for input in inputs where input.dtype.isFloatingPoint { try input.setRequiresGrad(true) }
        let outputs = try c.run(inputs), expected = try reference.list(c.name, "out").map { try typed(#require($0)) }
        #expect(outputs.count == expected.count)
        for (i, (y, e)) in zip(outputs, expected).enumerated() {
            let wrong = try difference(y, e, relative: tolerance, absolute: tolerance)
            #expect(wrong == nil, "result \(i)")
        }
        guard let g = reference[c.name + ".g"] else { return }
        let targets = inputs.filter { $0.requiresGrad }
        let gradients = try Tensor.gradients(of: [outputs[0]], withRespectTo: targets, startingFrom: [typed(g)])
        let wanted = reference.list(c.name, "grad").compactMap { $0 }
        #expect(wanted.count == targets.count)
        for (i, (gradient, e)) in zip(gradients, wanted).enumerated() {
            let actual = try gradient ?? Tensor.zeros(e.shape, dtype)
            let wrong = try difference(actual, typed(e), relative: tolerance, absolute: tolerance * (dtype == .float64 ? 1 : 3))
            #expect(wrong == nil, "gradient \(i)")
        }
    }

    /// Finite differences, of strided inputs too, and for smooth operations of the gradients as well.
    @Test(arguments: NetworkCase.all.filter { !$0.name.hasSuffix("_two_ways") })
    func differences(_ c: NetworkCase) throws {
        let reference = try #require(NetworkReferenceTests.reference)
        let inputs = try reference.list(c.name, "in").map { try #require($0) }
        guard reference[c.name + ".g"] != nil, c.isSmooth, inputs.reduce(0, { $0 + $1.count }) < 400 else { return }
        let wrong = try gradientCheck(inputs, tolerance: 2e-5) { try c.run($0)[0] }
        #expect(wrong == nil)
    }
}
