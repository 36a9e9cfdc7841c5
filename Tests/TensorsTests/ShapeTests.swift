import Testing
@testable import Tensors

@Suite struct ShapeTests {
    let x: Tensor
    init() throws { x = try .counting([2, 3, 4]) }

    @Test func viewsShareMemory() throws {
        let views = [
            try x.reshape([6, -1]), try x.view([4, 6]), try x.flatten(), try x.unflatten(2, [2, -1]), try x.unsqueeze(1),
            try x.transpose(0, 2), try x.permute([2, 0, 1]), try x.movedim([0], [-1]), try x.expand([5, 2, 3, 4]),
            try x.narrow(1, 1, 2), try x.select(2, -1), try x.slice(2, 1, nil, step: 2), try x.diagonal(1, 1, 2),
            try x.unfold(2, 2, 1), try x.squeeze(), try x.unbind(1)[1], try x.split(2, 2)[1], try x.chunk(2, 1)[0],
            try x.get([.position(1), .range(0, 2), .newAxis, .ellipsis]),
        ]
        for view in views { #expect(view.storage === x.storage) }
        try x.select(0, 1).fill_(7)
        #expect(try x.doubles()[12...] == ArraySlice([Double](repeating: 7, count: 12)))
    }

    @Test func values() throws {
        #expect(try x.transpose(0, 2).reshape([24]).doubles()[..<4] == [0, 12, 4, 16])
        #expect(try x.flip([0, 2]).doubles()[..<4] == [15, 14, 13, 12])
        #expect(try Tensor.counting([5]).roll([2], [0]).doubles() == [3, 4, 0, 1, 2])
        #expect(try Tensor.counting([2, 2]).tile([2, 1]).doubles() == [0, 1, 2, 3, 0, 1, 2, 3])
        #expect(try Tensor.counting([2]).repeatInterleave(2).doubles() == [0, 0, 1, 1])
        #expect(try Tensor.counting([3]).repeatInterleave(Tensor([Int64(2), 0, 1]), 0).doubles() == [0, 0, 2])
        #expect(try Tensor.counting([3]).pad([1, 2], value: 9).doubles() == [9, 0, 1, 2, 9, 9])
        #expect(try Tensor.counting([3]).pad([2, 2], mode: .reflect).doubles() == [2, 1, 0, 1, 2, 1, 0])
        #expect(try Tensor.counting([3]).pad([2, 1], mode: .circular).doubles() == [1, 2, 0, 1, 2, 0])
        #expect(try Tensor.counting([3]).pad([-1, 1], mode: .replicate).doubles() == [1, 2, 2])
        #expect(try Tensor.counting([2, 3]).pad([-1, 0, 1, 0]).doubles() == [0, 0, 1, 2, 4, 5])
        #expect(try Tensor.counting([3, 3]).tril(-1).doubles() == [0, 0, 0, 3, 0, 0, 6, 7, 0])
        #expect(try Tensor.counting([2, 3]).triu(1).doubles() == [0, 1, 2, 0, 0, 5])
        #expect(try Tensor.counting([2]).diag(1).doubles() == [0, 0, 0, 0, 0, 1, 0, 0, 0])
        #expect(try Tensor.counting([2, 3]).diag().doubles() == [0, 4])
        #expect(try Tensor.counting([6]).unfold(0, 3, 2).doubles() == [0, 1, 2, 2, 3, 4])
        #expect(try Tensor.cat([.counting([2, 2]), .zeros([0]), .counting([2, 1], .float64)], 1).doubles() == [0, 1, 0, 2, 3, 1])
        #expect(try Tensor.stack([.counting([2]), .counting([2])], -1).doubles() == [0, 0, 1, 1])
        #expect(try Tensor.hstack([.counting([2]), .counting([1])]).shape == [3])
        #expect(try Tensor.vstack([.counting([2]), .counting([1, 2])]).shape == [2, 2])
        #expect(try Tensor.meshgrid([.counting([2]), .counting([3])])[1].doubles() == [0, 1, 2, 0, 1, 2])
        #expect(try Tensor.counting([7]).split(3).map(\.count) == [3, 3, 1])
        #expect(try Tensor.counting([7]).chunk(3).map(\.count) == [3, 3, 1])
    }

    @Test func inPlaceShapes() throws {
        let a = try Tensor.counting([2, 3])
        try a.t(inPlace: true)
        #expect(a.shape == [3, 2])
        try a.unsqueeze(0, inPlace: true)
        #expect(a.shape == [1, 3, 2])
        try a.squeeze(inPlace: true)
        try a.transpose(0, 1, inPlace: true)
        #expect(try a.doubles() == [0, 1, 2, 3, 4, 5])
        let leaf = try Tensor.counting([2, 3])
        try leaf.setRequiresGrad(true)
        #expect(throws: TensorError.self) { try leaf.t(inPlace: true) }
        let y = try leaf * 2
        try y.t(inPlace: true)
        try (y * Tensor.counting([3, 2])).sum().backward()
        #expect(try #require(leaf.grad).doubles() == [0, 4, 8, 2, 6, 10])
    }

    @Test func gradients() throws {
        let cases: [(String, [[Int]], ([Tensor]) throws -> Tensor)] = [
            ("reshape", [[2, 3, 2]], { try $0[0].reshape([3, -1]) }),
            ("flatten", [[2, 3, 2]], { try $0[0].flatten(1) }),
            ("unflatten", [[2, 6]], { try $0[0].unflatten(1, [3, 2]) }),
            ("squeeze", [[2, 1, 3]], { try $0[0].squeeze([1]) }),
            ("unsqueeze", [[2, 3]], { try $0[0].unsqueeze(1) }),
            ("transpose", [[2, 3, 2]], { try $0[0].transpose(0, 2) }),
            ("permute", [[2, 3, 4]], { try $0[0].permute([2, 0, 1]) }),
            ("expand", [[3, 1]], { try $0[0].expand([2, 3, 4]) }),
            ("narrow", [[3, 4]], { try $0[0].narrow(1, 1, 2) }),
            ("select", [[3, 4]], { try $0[0].select(1, 2) }),
            ("slice", [[3, 5]], { try $0[0].slice(1, 1, nil, step: 2) }),
            ("diagonal", [[3, 4, 2]], { try $0[0].diagonal(1) }),
            ("unfold", [[6]], { try $0[0].unfold(0, 3, 2) }),
            ("unbind", [[2, 3]], { let p = try $0[0].unbind(); return try p[0] * p[1] }),
            ("split", [[5, 2]], { let p = try $0[0].split([2, 2, 1]); return try p[0] * p[1] }),
            ("cat", [[2, 3], [2, 1], [2, 2]], { try Tensor.cat($0, 1) }),
            ("stack", [[2, 3], [2, 3]], { try Tensor.stack($0, 1) }),
            ("tile", [[2, 3]], { try $0[0].tile([2, 1, 2]) }),
            ("repeat_interleave", [[2, 3]], { try $0[0].repeatInterleave(2, 1) }),
            ("flip", [[2, 3]], { try $0[0].flip([0, 1]) }),
            ("roll", [[2, 3]], { try $0[0].roll([1, 2], [0, 1]) }),
            ("pad", [[2, 3]], { try $0[0].pad([1, -1, 0, 2]) }),
            ("pad reflect", [[2, 3]], { try $0[0].pad([2, 1], mode: .reflect) }),
            ("pad replicate", [[2, 3]], { try $0[0].pad([2, 1], mode: .replicate) }),
            ("pad circular", [[2, 3]], { try $0[0].pad([2, 1], mode: .circular) }),
            ("tril", [[2, 3, 3]], { try $0[0].tril() }),
            ("triu", [[3, 4]], { try $0[0].triu(1) }),
            ("diag", [[3]], { try $0[0].diag(-1) }),
            ("diag of matrix", [[3, 2]], { try $0[0].diag() }),
            ("meshgrid", [[2], [3]], { let g = try Tensor.meshgrid($0); return try g[0] * g[1] }),
        ]
        for (name, shapes, function) in cases { try checkGradients(name, shapes, function) }
    }

    @Test(arguments: [
        (0, "reshape: [2, 3, 4] and [5, 5]: 24 elements do not fill 25 places"),
        (1, "reshape: only one size can be -1: [-1, -1]"),
        (2, "transpose: dimension 3 does not exist: the tensor has 3 dimensions (0..2 or -3..-1)"),
        (3, "narrow: a length of 3 does not fit: 2 positions are left in a dimension of size 3"),
        (4, "select: position 4 is outside dimension 2 of [2, 3, 4] (valid: 0..3 or -4..-1)"),
        (5, "cat: [2, 3, 4] and [2, 3]: all sizes except the joined dimension's must agree"),
        (6, "view: [4, 3, 2] and [24]: the elements do not lie in an order that allows this without a copy. Use reshape"),
        (7, "expand: [2, 3, 4] and [2, 5, 4]: size 3 cannot be stretched to 5"),
        (8, "reshape: sizes cannot be negative: [2, -12]"),
        (9, "t: [2, 3, 4]: only a matrix can be transposed like this. Use transpose(dim0, dim1)"),
        (10, "split: the sizes [1, 1] do not add up to 3, the size of the dimension"),
        (11, "slice: the step must be positive, not -1. To reverse a dimension use flip"),
        (12, "pad: reflect padding of 4 and 0 is too much for size 4 of [2, 3, 4]"),
    ])
    func messages(_ number: Int, _ message: String) throws {
        let calls: [() throws -> Any] = [
            { try x.reshape([5, 5]) }, { try x.reshape([-1, -1]) }, { try x.transpose(0, 3) }, { try x.narrow(1, 1, 3) },
            { try x.select(2, 4) }, { try Tensor.cat([x, .zeros([2, 3])]) }, { try x.transpose(0, 2).view([24]) },
            { try x.expand([2, 5, 4]) }, { try x.reshape([2, -12]) }, { try x.t() }, { try x.split([1, 1], 1) },
            { try x.slice(0, 0, 1, step: -1) }, { try x.pad([4, 0], mode: .reflect) },
        ]
        do {
            _ = try calls[number]()
            Issue.record("no error: \(message)")
        } catch { #expect("\(error)" == message) }
    }

    @Test func extremes() throws {
        for extreme in [Int.min, Int.max, -1 << 40, 1 << 40] {
            _ = try? x.narrow(0, extreme, extreme)
            _ = try? x.slice(0, extreme, extreme, step: Int.max)
            _ = try? x.diagonal(extreme)
            _ = try? x.unfold(0, 1, extreme)
            _ = try? x.roll([extreme], [0])
            _ = try? x.roll([extreme])
            _ = try? x.pad([extreme, extreme])
            _ = try? x.pad([extreme, 0], mode: .replicate)
            _ = try? x.tile([extreme])
            _ = try? x.repeatInterleave(extreme, 0)
            _ = try? x.repeatInterleave(Tensor([Int64(extreme), 1]), 0)
            _ = try? x.tril(extreme)
            _ = try? x.triu(extreme)
            _ = try? Tensor.counting([3]).diag(extreme)
            _ = try? x.reshape([extreme, -1])
            _ = try? x.expand([extreme, 2, 3, 4])
            _ = try? x.split(extreme)
            _ = try? x.chunk(extreme)
            _ = try? x.select(0, extreme)
            _ = try? x.unflatten(0, [extreme, -1])
            _ = try? x.get([.range(extreme, extreme, step: extreme)])
        }
        let empty = try Tensor.zeros([0, 3])
        #expect(try empty.reshape([3, 0]).shape == [3, 0])
        #expect(throws: TensorError.self) { try empty.reshape([-1, 0]) }
        #expect(try empty.t().flip([0]).roll([1], [0]).pad([1, 1]).shape == [3, 2])
        #expect(try Tensor.cat([empty, empty], 0).shape == [0, 3])
        #expect(try Tensor(5).unsqueeze(0).squeeze().flatten().shape == [1])
    }
}
