import Testing
@testable import Tensors

@Suite struct AutogradTests {
    func leaf(_ values: [Float], _ shape: [Int]? = nil) throws -> Tensor {
        let tensor = try Tensor(values, shape: shape)
        try tensor.setRequiresGrad(true)
        return tensor
    }

    func floats(_ tensor: Tensor?) throws -> [Float] {
        try #require(tensor).contiguous().withElements(Float.self) { Array($0) }
    }

    @Test func neuron() throws {
        let a = try leaf([2]), b = try leaf([-3]), c = try leaf([10]), f = try leaf([-2])
        let loss = try (a * b + c) * f
        #expect(try floats(loss) == [-8])
        try loss.backward()
        #expect(try floats(a.grad) == [6])
        #expect(try floats(b.grad) == [-4])
        #expect(try floats(c.grad) == [-2])
        #expect(try floats(f.grad) == [4])
        #expect(throws: TensorError.self) { try loss.backward() }
    }

    @Test func gradientsAreNotShared() throws {
        let a = try leaf([1, 2]), b = try leaf([3, 4])
        try (a + b).sum().backward()
        let ga = try #require(a.grad), gb = try #require(b.grad)
        try ga.fill_(9)
        #expect(try floats(gb) == [1, 1])
    }

    @Test func broadcastGradientsAreSummed() throws {
        let a = try leaf([1, 2, 3, 4, 5, 6], [2, 3]), b = try leaf([1, 2, 3])
        try (a * b).sum().backward()
        #expect(try floats(b.grad) == [5, 7, 9])
        #expect(try floats(a.grad) == [1, 2, 3, 1, 2, 3])
    }

    @Test func gradientOfGradient() throws {
        let x = try leaf([3])
        let y = try x * x * x
        let g = try #require(Tensor.gradients(of: [y], withRespectTo: [x], createGraph: true)[0])
        #expect(try floats(g) == [27])
        let h = try #require(Tensor.gradients(of: [g], withRespectTo: [x])[0])
        #expect(try floats(h) == [18])
        #expect(x.grad == nil)
    }

    @Test func changesInPlaceOnViewsReachTheBase() throws {
        let w = try leaf([10, 20, 30])
        let x = try Tensor.zeros([2, 3])
        let row = try x.view("select", Layout(shape: [3], strides: [1]), offset: 3) { _, g in [g] }
        try row.copy_(w * 2)
        _ = try row.mul(w, inPlace: true)
        try x.sum().backward()
        #expect(try floats(w.grad) == [40, 80, 120])
    }

    @Test func valuesChangedAfterwardsAreRefused() throws {
        let a = try leaf([1, 2]), b = try Tensor([Float(3), 4])
        let y = try a * b
        _ = try b.add(1, inPlace: true)
        #expect(throws: TensorError.self) { try y.sum().backward() }
    }

    @Test func millionNodes() throws {
        let x = try leaf([0])
        var y = x
        for _ in 0..<1_000_000 { y = try y + 1 }
        try y.backward()
        #expect(try floats(x.grad) == [1])
    }

    @Test func graphsHoldNoCycles() throws {
        weak var node: Node?
        for runsBackward in [true, false] {
            do {
                let a = try leaf([1, 2]), b = try leaf([3, 4])
                let loss = try (a + b).mul(a, inPlace: true).sum()
                node = loss.node
                if runsBackward { try loss.backward() }
            }
            #expect(node == nil)
        }
    }
}
