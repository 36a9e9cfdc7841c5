import CKernels
import TestSupport
import Testing
@testable import Tensors

@Suite struct NetworkTests {
    private func message(_ body: () throws -> Void) -> String {
        do { try body(); return "no error" } catch { return "\(error)" }
    }

    // MARK: Attention

    /// Several blocks of queries and keys, one and many heads, against the long way.
    @Test(arguments: [(1, 150, 150, true), (1, 200, 70, false), (6, 130, 130, true), (2, 64, 129, false)])
    func attentionInBlocks(_ pairs: Int, _ queries: Int, _ keys: Int, _ causal: Bool) throws {
        let inputs = try [[pairs, queries, 8], [pairs, keys, 8], [pairs, keys, 5]].enumerated().map { i, shape in
            let t = try scattered(shape, seed: i + 1)
            try t.setRequiresGrad(true)
            return t
        }
        let g = try scattered([pairs, queries, 5], seed: 9)
        let y = try Tensor.scaledDotProductAttention(inputs[0], inputs[1], inputs[2], causal: causal)
        let e = try Tensor.attentionWithWeights(inputs[0], inputs[1], inputs[2], causal: causal).output
        #expect(try difference(y.detach(), e.detach(), relative: 1e-9, absolute: 1e-11) == nil)
        let gy = try Tensor.gradients(of: [y], withRespectTo: inputs, startingFrom: [g])
        let ge = try Tensor.gradients(of: [e], withRespectTo: inputs, startingFrom: [g])
        for (a, b) in zip(gy, ge) { #expect(try difference(#require(a), #require(b), relative: 1e-8, absolute: 1e-10) == nil) }
        let single = try inputs.map { try $0.detach().to(.float32) }
        let ys = try Tensor.scaledDotProductAttention(single[0], single[1], single[2], causal: causal)
        #expect(try difference(ys.to(.float64), e.detach(), relative: 1e-4, absolute: 1e-5) == nil)
    }

    @Test func packedAttention() throws {
        let heads = 3
        let qkv = try scattered([2, 5, 3 * heads * 4])
        let together = { (t: [Tensor]) in try Tensor.packedAttention(t[0], heads: heads, causal: true) }
        let apart = { (t: [Tensor]) -> Tensor in
            let parts = try t[0].chunk(3, 2).map { try $0.reshape([2, 5, heads, 4]).transpose(1, 2) }
            return try Tensor.scaledDotProductAttention(parts[0], parts[1], parts[2], causal: true).transpose(1, 2).reshape([2, 5, heads * 4])
        }
        #expect(try difference(together([qkv]), apart([qkv]), relative: 1e-12) == nil)
        #expect(try gradientCheck([qkv], tolerance: 2e-5, together) == nil)
        // Heads side by side in memory stay so: joining them copies nothing.
        let q = try scattered([2, 5, heads, 4]).transpose(1, 2)
        let y = try Tensor.scaledDotProductAttention(q, q, q).transpose(1, 2)
        #expect(y.isContiguous)
    }

    @Test func queriesThatSeeNothing() throws {
        let q = try scattered([2, 4]), k = try scattered([3, 4], seed: 2)
        let mask = try Tensor([true, false, true, false, false, false], shape: [2, 3])
        for t in [q, k] { try t.setRequiresGrad(true) }
        let y = try Tensor.scaledDotProductAttention(q, k, k, mask: mask)
        #expect(try doubles(y.select(0, 1)) == [0, 0, 0, 0])
        let g = try Tensor.gradients(of: [y.sum()], withRespectTo: [q, k])
        for gradient in g { #expect(try doubles(#require(gradient)).allSatisfy(\.isFinite)) }
        let long = try Tensor.attentionWithWeights(q, k, k, mask: mask).output
        #expect(try difference(y.detach(), long.detach(), relative: 1e-12) == nil)
        let h = try Tensor.gradients(of: [long.sum()], withRespectTo: [q, k])
        for (a, b) in zip(g, h) { #expect(try difference(#require(a), #require(b), relative: 1e-10) == nil) }
    }

    @Test func attentionErrors() throws {
        let q = try Tensor.zeros([2, 3, 4]), k = try Tensor.zeros([2, 5, 3])
        #expect(message { _ = try Tensor.scaledDotProductAttention(q, k, k) }
            == "scaled_dot_product_attention: [2, 3, 4] and [2, 5, 3] and [2, 5, 3]: queries are 4 wide, keys 3")
        let v = try Tensor.zeros([2, 6, 4]), w = try Tensor.zeros([2, 5, 4])
        #expect(message { _ = try Tensor.scaledDotProductAttention(q, w, v) }
            == "scaled_dot_product_attention: [2, 3, 4] and [2, 5, 4] and [2, 6, 4]: there are 5 keys but 6 values")
        #expect(message { _ = try Tensor.scaledDotProductAttention(q, w, w, mask: Tensor.ones([3, 4], .bool)) }
            == "scaled_dot_product_attention: [2, 3, 5] and [3, 4]: sizes 5 and 4 differ and neither is 1, so the shapes do not broadcast")
    }

    // MARK: Recurrent layers

    @Test func cells() throws {
        let x = try scattered([3, 2, 4])
        let w = RecurrentWeights(input: try scattered([20, 4], seed: 2), hidden: try scattered([20, 5], seed: 3),
            inputBias: try scattered([20], seed: 4), hiddenBias: try scattered([20], seed: 5))
        let (y, h, c) = try Tensor.recurrent(.lstm, x, [[w]])
        var state: (hidden: Tensor, cell: Tensor)?
        for t in 0..<3 { state = try Tensor.lstmCell(x.select(0, t), w, hidden: state?.hidden, cell: state?.cell) }
        let last = try #require(state)
        #expect(try difference(last.hidden, h.select(0, 0), relative: 1e-12) == nil)
        #expect(try difference(last.cell, #require(c).select(0, 0), relative: 1e-12) == nil)
        #expect(try difference(y.select(0, 2), last.hidden, relative: 1e-12) == nil)
    }

    @Test func oneSequence() throws {
        let x = try scattered([6, 4])
        let w = RecurrentWeights(input: try scattered([15, 4], seed: 2), hidden: try scattered([15, 5], seed: 3))
        let (y, h, _) = try Tensor.recurrent(.gru, x, [[w]])
        #expect(y.shape == [6, 5] && h.shape == [1, 5])
        let (z, _, _) = try Tensor.recurrent(.gru, x.unsqueeze(1), [[w]])
        #expect(try difference(y, z.squeeze([1])) == nil)
    }

    /// A batch large enough for several threads has the bits of its sequences one by one.
    @Test func batchesDoNotMatter() throws {
        let x = try scattered([12, 40, 16], .float32)
        let w = RecurrentWeights(input: try scattered([256, 16], seed: 2, .float32), hidden: try scattered([256, 64], in: -0.2...0.2, seed: 3, .float32))
        let y = try Tensor.recurrent(.lstm, x, [[w]]).output
        let part = try Tensor.recurrent(.lstm, x.narrow(1, 8, 8), [[w]]).output
        #expect(try difference(y.narrow(1, 8, 8), part, relative: 1e-6, absolute: 1e-6) == nil)
    }

    @Test func recurrentErrors() throws {
        let x = try Tensor.zeros([3, 2, 4])
        let w = RecurrentWeights(input: try Tensor.zeros([20, 3]), hidden: try Tensor.zeros([20, 5]))
        #expect(message { _ = try Tensor.recurrent(.lstm, x, [[w]]) }
            == "lstm: [3, 2, 4] and [20, 3]: the input has 4 features, the weight takes 3")
        #expect(message { _ = try Tensor.recurrent(.gru, x, [[w]]) }
            == "gru: [20, 3] and [20, 5]: weights must be [3 · H, I] and [3 · H, H]")
        let fit = RecurrentWeights(input: try Tensor.zeros([20, 4]), hidden: try Tensor.zeros([20, 5]))
        #expect(message { _ = try Tensor.recurrent(.lstm, x, [[fit]], lengths: [3, 4]) } == "lstm: lengths must be 2 numbers from 1 to 3")
    }

    // MARK: Pooling and normalization

    /// Images that lie channels-last give the same numbers, in the same order of memory.
    @Test func channelsLast() throws {
        let x = try scattered([2, 6, 7, 5]), other = try x.channelsLast()
        #expect(!other.isContiguous)
        let operations: [(Tensor) throws -> Tensor] = [
            { try $0.maxPool2d([2]) }, { try $0.maxPool2d([3], stride: [1], padding: [1]) }, { try $0.avgPool2d([3], padding: [1]) },
            { try $0.adaptiveAvgPool2d([1]) }, { try Tensor.batchNorm($0, training: true) }, { try Tensor.groupNorm($0, 2) },
            { try Tensor.instanceNorm($0) }, { try $0.interpolate(size: [9, 4], mode: .bilinear) },
        ]
        for (i, operation) in operations.enumerated() {
            let a = try x.clone(), b = try other.clone()
            for t in [a, b] { try t.setRequiresGrad(true) }
            let ya = try operation(a), yb = try operation(b), g = try scattered(ya.shape, seed: 3)
            #expect(try difference(yb.detach(), ya.detach(), relative: 1e-12, absolute: 1e-13) == nil, "operation \(i)")
            #expect(yb.layout.isChannelsLast, "operation \(i)")
            let ga = try Tensor.gradients(of: [ya], withRespectTo: [a], startingFrom: [g])[0]
            let gb = try Tensor.gradients(of: [yb], withRespectTo: [b], startingFrom: [g])[0]
            #expect(try difference(#require(gb), #require(ga), relative: 1e-11, absolute: 1e-12) == nil, "operation \(i)")
        }
    }

    /// Moments of large, far-off numbers, which naive sums would lose.
    @Test func momentsAreExact() throws {
        let x = try scattered([16, 3, 40, 40], .float32).add(1000)
        for images in [x, try x.channelsLast()] {
            let y = try Tensor.batchNorm(images, training: true)
            let expected = try Tensor.batchNorm(x.to(.float64), training: true)
            #expect(try difference(y.to(.float64), expected, relative: 0, absolute: 2e-3) == nil)
        }
    }

    @Test func normalizationErrors() throws {
        let x = try Tensor.zeros([1, 3])
        #expect(message { _ = try Tensor.batchNorm(x, training: true) }
            == "batch_norm: [1, 3]: training needs more than one value for each channel")
        #expect(message { _ = try Tensor.batchNorm(x, weight: Tensor.zeros([4]), training: true) }
            == "batch_norm: [1, 3] and [4]: weight must have one number for each of the 3 channels")
        #expect(message { _ = try Tensor.layerNorm(x, [4]) }
            == "layer_norm: [1, 3] and [4]: the input must end in the normalized shape [4]")
        #expect(message { _ = try Tensor.groupNorm(x, 2) } == "group_norm: [1, 3]: 3 channels cannot be split into 2 groups")
        #expect(message { _ = try Tensor.zeros([1, 2, 2]).maxPool2d([2], padding: [2]) }
            == "max_pool2d: padding 2 is more than half of the window's span 2")
        #expect(message { _ = try Tensor.embedding(Tensor([Int64(1), 7]), Tensor.zeros([7, 2])) }
            == "embedding: id 7 in row 1 is outside 0..6 (7 rows). All ids lie in 1..7, shifted by one: use y - 1")
    }

    @Test func emptyInputs() throws {
        #expect(try Tensor.batchNorm(Tensor.zeros([0, 3, 2]), training: true).shape == [0, 3, 2])
        #expect(try Tensor.layerNorm(Tensor.zeros([0, 4]), [4]).shape == [0, 4])
        #expect(try Tensor.zeros([0, 2, 4, 4]).maxPool2d([2]).shape == [0, 2, 2, 2])
        #expect(try Tensor.embedding(Tensor.zeros([0], .int64), Tensor.zeros([5, 2])).shape == [0, 2])
        #expect(try Tensor.scaledDotProductAttention(Tensor.zeros([0, 3, 2]), Tensor.zeros([0, 4, 2]), Tensor.zeros([0, 4, 2])).shape == [0, 3, 2])
        #expect(try doubles(Tensor.scaledDotProductAttention(Tensor.ones([3, 2]), Tensor.zeros([0, 2]), Tensor.zeros([0, 2]))) == [0, 0, 0, 0, 0, 0])
        #expect(try Tensor.zeros([2, 0, 4, 4]).adaptiveAvgPool2d([1]).shape == [2, 0, 1, 1])
    }

    // MARK: Dropout

    @Test func dropout() throws {
        let x = try Tensor.ones([200, 100])
        let y = try x.dropout(0.3)
        let values = try doubles(y), dropped = values.filter { $0 == 0 }.count
        #expect(abs(Double(dropped) / 20000 - 0.3) < 0.02)
        #expect(values.allSatisfy { $0 == 0 || abs($0 - 1 / 0.7) < 1e-6 })
        #expect(try x.dropout(0.5, training: false) === x)
        #expect(try doubles(x.dropout(1)).allSatisfy { $0 == 0 })
        let channels = try Tensor.ones([20, 10, 3, 3]).dropout2d(0.5)
        for c in try channels.reshape([200, 9]).unbind() { #expect(Set(try doubles(c)).count == 1) }
        #expect(message { _ = try x.dropout(1.5) } == "dropout: the probability must be from 0 to 1, not 1.5")
        let z = try x.clone()
        try z.setRequiresGrad(true)
        let d = try z.dropout(0.5)
        let g = try #require(Tensor.gradients(of: [d.sum()], withRespectTo: [z])[0])
        #expect(try doubles(g) == doubles(d.detach()))
    }

    @Test func alphaDropoutKeepsMoments() throws {
        let x = try scattered([300, 300], in: -1.732...1.732, .float32)
        let y = try x.alphaDropout(0.2)
        #expect(try abs(y.mean().scalar().doubleValue) < 0.02)
        #expect(try abs(y.var().scalar().doubleValue - 1) < 0.03)
    }
}
