import Testing
@testable import Tensors

@Suite struct IndexingTests {
    let x: Tensor
    init() throws { x = try .counting([3, 4]) }

    @Test func reading() throws {
        let idx = try Tensor([Int64(2), 0]), mask = try Tensor([true, false, true])
        #expect(try x.get([.position(-1)]).doubles() == [8, 9, 10, 11])
        #expect(try x.get([.all, .position(1)]).doubles() == [1, 5, 9])
        #expect(try x.get([.range(0, 3, step: 2), .range(1, -1)]).doubles() == [1, 2, 9, 10])
        #expect(try x.get([.positions(idx)]).doubles() == [8, 9, 10, 11, 0, 1, 2, 3])
        #expect(try x.get([.all, .positions(idx)]).doubles() == [2, 0, 6, 4, 10, 8])
        #expect(try x.get([.positions(idx), .positions(idx)]).doubles() == [10, 0])
        #expect(try x.get([.positions(idx.unsqueeze(1)), .positions(idx)]).doubles() == [10, 8, 2, 0])
        #expect(try x.get([.mask(mask)]).shape == [2, 4])
        #expect(try x.get([.mask(mask), .position(1)]).doubles() == [1, 9])
        #expect(try x.get([.positions(Tensor([Float(-1)]))]).doubles() == [8, 9, 10, 11])
        let y = try Tensor.counting([2, 3, 4])
        #expect(try y.get([.positions(Tensor([Int64(1)])), .all, .positions(idx)]).shape == [2, 3])
        #expect(try y.get([.all, .positions(idx.reshape([2, 1])), .positions(idx)]).shape == [2, 2, 2])
        #expect(try y.get([.all, .positions(idx)]).doubles()[..<5] == [8, 9, 10, 11, 0])
        #expect(try y.get([.ellipsis, .positions(idx)]).doubles()[..<4] == [2, 0, 6, 4])
        #expect(try y.transpose(0, 2).get([.positions(idx), .position(0)]).doubles() == [2, 14, 0, 12])
    }

    /// A row as long as threads share, with positions that come several times.
    @Test(arguments: [DType.bool, .uint8, .int32, .int64, .float32, .float64])
    func scatteringIntoALongRow(dtype: DType) throws {
        let size = 70_001, n = 100_003
        let places = (0..<n).map { Int64(($0 &* 7919 &+ $0 / 3) % size) }
        let sources = (0..<n).map { Double($0 % 2) }
        var put = [Double](repeating: 0, count: size), sums = put
        for (place, value) in zip(places, sources) {
            put[Int(place)] = value
            sums[Int(place)] = dtype == .bool ? max(sums[Int(place)], value) : sums[Int(place)] + value
        }
        let source = try Tensor(sources.map { Float($0) }).to(dtype), zeros = try Tensor.zeros([size], dtype)
        for first in [0, 1] {
            let index = try Tensor(places.map { $0 + Int64(first) })
            #expect(try zeros.scatter(0, index, source, from: first).doubles() == put)
            #expect(try zeros.scatterAdd(0, index, source, from: first).doubles() == sums)
            #expect(try zeros.scatter(0, index, 1, from: first).sum().doubles() == [Double(Set(places).count)])
            #expect(try zeros.scatter(0, index, source, from: first).gather(0, index, from: first).doubles() == places.map { put[Int($0)] })
        }
        let both = try Tensor((0..<Int64(size)).map { (Int64(size) - $0) % Int64(size) })
        let expected = try both.scatter(0, both.clone(), both.clone()).doubles()
        #expect(try both.scatter(0, both, both, inPlace: true).doubles() == expected)
    }

    @Test func writing() throws {
        let idx = try Tensor([Int64(2), 0])
        let a = try x.clone()
        try a.set([.position(0)], 5)
        try a.set([.all, .positions(idx)], .counting([2]))
        #expect(try a.doubles() == [1, 5, 0, 5, 1, 5, 0, 7, 1, 9, 0, 11])
        try a.set([.mask(Tensor([true, false, false]))], .zeros([1, 4]))
        #expect(try a.doubles()[..<4] == [0, 0, 0, 0])
        try a.set([.positions(idx), .positions(idx)], Tensor([Float(30), 40]))
        #expect(try a.doubles() == [40, 0, 0, 0, 1, 5, 0, 7, 1, 9, 30, 11])
        let m = try x.clone()
        try m.set([.mask(Tensor((0..<12).map { $0 % 2 == 0 }, shape: [3, 4]))], -1)
        #expect(try m.doubles()[..<4] == [-1, 1, -1, 3])
        let t = try x.t().clone()
        try t.set([.positions(idx)], -1)
        #expect(try t.doubles()[..<3] == [-1, -1, -1])
        // Nothing is written when a position is wrong.
        let before = try m.doubles()
        #expect(throws: TensorError.self) { try m.set([.positions(Tensor([Int64(0), 3]))], 9) }
        #expect(try m.doubles() == before)
    }

    @Test func families() throws {
        let idx = try Tensor([Int64(1), 1, 0])
        #expect(try Tensor.zeros([2, 2]).indexAdd(0, idx, .ones([3, 2])).doubles() == [1, 1, 2, 2])
        #expect(try Tensor.zeros([2]).indexCopy(0, idx, .counting([3])).doubles() == [2, 1])
        #expect(try x.gather(1, Tensor([Int64(3), 0, 1, 1, 2, 2], shape: [3, 2])).doubles() == [3, 0, 5, 5, 10, 10])
        #expect(try x.gather(0, Tensor([Int64(2), 0, 1], shape: [1, 3])).doubles() == [8, 1, 6])
        #expect(try Tensor.zeros([2, 3]).scatterAdd(0, Tensor([Int64(0), 1, 1, 0, 1, 1], shape: [2, 3]), .ones([2, 3])).doubles() == [2, 0, 0, 0, 2, 2])
        #expect(try Tensor.zeros([2, 3]).scatter(1, Tensor([Int64(2), 0], shape: [2, 1]), 5).doubles() == [0, 0, 5, 5, 0, 0])
        #expect(try x.take(Tensor([Int64(0), -1])).doubles() == [0, 11])
        #expect(try Tensor.zeros([3]).put(Tensor([Int64(0), 0]), .ones([2]), accumulate: true).doubles() == [2, 0, 0])
        #expect(try x.takeAlong(Tensor([Int64(1)], shape: [1, 1]), 1).doubles() == [1, 5, 9])
        let mask = try Tensor([true, false, false, true])
        #expect(try x.maskedSelect(mask).doubles() == [0, 3, 4, 7, 8, 11])
        #expect(try x.maskedFill(mask, -1).doubles()[..<4] == [-1, 1, 2, -1])
        #expect(try x.nonzero().shape == [11, 2])
        let line = try Tensor.counting([4])
        try line.indexAdd(0, Tensor([Int64(1), 2, 3]), line.narrow(0, 0, 3), inPlace: true)
        #expect(try line.doubles() == [0, 1, 3, 5])
    }

    @Test func largeLookups() throws {
        let n = 100_000
        let table = try Tensor.counting([1000, 64])
        let positions = (0..<n).map { Int64(($0 * 7919) % 1000) }
        let index = try Tensor(positions)
        let rows = try table.indexSelect(0, index)
        let sum = try Tensor.zeros([1000, 64]).indexAdd(0, index, rows)
        #expect(try sum.doubles() == table.doubles().map { $0 * 100 })
        let columns = try table.t().contiguous().indexSelect(1, index)
        #expect(try columns.t().doubles() == rows.doubles())
        #expect(try Tensor.zeros([64, 1000]).indexAdd(1, index, columns).t().doubles() == sum.doubles())
    }

    @Test func gradients() throws {
        let idx = try Tensor([Int64(2), 0, 2]), mask = try Tensor([true, false, true])
        let along = try Tensor([Int64(2), 0, 1, 1, 0, 0], shape: [3, 2])
        let cases: [(String, [[Int]], ([Tensor]) throws -> Tensor)] = [
            ("index position", [[3, 4]], { try $0[0].get([.position(1), .range(0, 3, step: 2)]) }),
            ("index tensor", [[3, 4]], { try $0[0].get([.positions(idx)]) }),
            ("index tensor, second", [[4, 3]], { try $0[0].get([.all, .positions(idx)]) }),
            ("index pairs", [[3, 3, 2]], { try $0[0].get([.positions(idx), .positions(idx)]) }),
            ("index apart", [[3, 2, 3]], { try $0[0].get([.positions(idx), .all, .positions(idx)]) }),
            ("index mask", [[3, 2]], { try $0[0].get([.mask(mask)]) }),
            ("set position", [[3, 2], [2]], { let y = try $0[0] * 2; try y.set([.position(1)], $0[1]); return y }),
            ("set tensor", [[4, 3], [2, 3]], { let y = try $0[0] * 2; try y.set([.positions(Tensor([Int64(3), 1]))], $0[1]); return y }),
            ("set part of view", [[4, 3], [2]], {
                let y = try $0[0] * 2
                try y.set([.range(1, 3), .positions(Tensor([Int64(0), 2]))], $0[1])
                return y
            }),
            ("set mask", [[3, 2], [1, 2]], { let y = try $0[0] * 2; try y.set([.mask(mask)], $0[1]); return y }),
            ("index_select", [[3, 2]], { try $0[0].indexSelect(0, idx) }),
            ("index_add", [[3, 2], [3, 2]], { try $0[0].indexAdd(0, idx, $0[1], alpha: 2) }),
            ("index_copy", [[3, 2], [2, 2]], { try $0[0].indexCopy(0, Tensor([Int64(2), 0]), $0[1]) }),
            ("index_fill", [[3, 2]], { try $0[0].indexFill(0, idx, 2) }),
            ("gather", [[3, 3]], { try $0[0].gather(1, along) }),
            ("gather rows", [[3, 3]], { try $0[0].gather(0, along) }),
            ("scatter", [[3, 3], [3, 2]], { try $0[0].scatter(1, Tensor([Int64(0), 1, 2, 1, 0, 1], shape: [3, 2]), $0[1]) }),
            ("scatter_add", [[3, 3], [3, 3]], { try $0[0].scatterAdd(0, along, $0[1]) }),
            ("take_along", [[3, 3]], { try $0[0].takeAlong(along, 1) }),
            ("take", [[3, 3]], { try $0[0].take(along) }),
            ("put", [[3, 3], [3]], { try $0[0].put(idx, $0[1], accumulate: true) }),
            ("masked_select", [[2, 3]], { try $0[0].maskedSelect(mask) }),
            ("masked_fill", [[2, 3]], { try $0[0].maskedFill(mask, 2) }),
            ("masked_fill tensor", [[2, 3], []], { try $0[0].maskedFill(mask, $0[1]) }),
            ("masked_scatter", [[2, 3], [5]], { try $0[0].maskedScatter(mask, $0[1]) }),
            ("scatter_ in place", [[3, 3], [3, 2]], { let y = try $0[0] * 2; return try y.scatterAdd(1, along, $0[1], inPlace: true) }),
        ]
        for (name, shapes, function) in cases { try checkGradients(name, shapes, function) }
    }

    @Test(arguments: [
        (0, "index: position 3 is outside dimension 0 of [3, 4] (valid: 0..2 or -3..-1)"),
        (1, "index: [3, 4] has 2 dimensions, but 3 were indexed"),
        (2, "index: position 4 is outside dimension 1 of [3, 4] (valid: 0..3 or -4..-1)"),
        (3, "index: [3, 4] and [4]: the mask must be [3]"),
        (4, "gather: position 9 is outside dimension 1 of [3, 4] (valid: 0..3 or -4..-1)"),
        (5, "index: positions must be whole numbers, found 0.5"),
        (6, "index: [4] and [3]: sizes 4 and 3 differ and neither is 1, so the shapes do not broadcast"),
        (7, "index_add: [3, 4] and [2, 3]: the source must be [2, 4] for 2 positions"),
        (8, "masked_fill: the mask must be bool, got float32. Compare first: x:gt(0)"),
    ])
    func messages(_ number: Int, _ message: String) throws {
        let two = try Tensor([Int64(0), 1])
        let calls: [() throws -> Any] = [
            { try x.get([.position(3)]) }, { try x.get([.all, .all, .position(0)]) },
            { try x.get([.all, .positions(Tensor([Int64(1), 4]))]) },
            { try x.get([.mask(Tensor([true, false, true, true]))]) },
            { try x.gather(1, Tensor([Int64(9)], shape: [1, 1])) }, { try x.get([.positions(Tensor([Float(0.5)]))]) },
            { try x.set([.position(0)], .zeros([3])) }, { try x.indexAdd(0, two, .zeros([2, 3])) },
            { try x.maskedFill(x, 1) },
        ]
        do {
            _ = try calls[number]()
            Issue.record("no error: \(message)")
        } catch { #expect("\(error)" == message) }
    }
}
