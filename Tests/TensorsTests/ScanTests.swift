import Testing
import TestSupport
@testable import Tensors

@Suite struct ScanTests {
    static let functions: [(String, Int, @Sendable (Tensor, Int) throws -> Tensor)] = [
        ("cumsum", 1, { try $0.cumsum($1) }),
        ("cumprod", 2, { try $0.cumprod($1) }),
        ("cummax", 1, { try $0.cummax($1).values }),
        ("cummin", 1, { try $0.cummin($1).values }),
        ("median", 1, { try $0.median($1).values }),
        ("mode", 1, { try $0.mode($1).values }),
        ("quantile", 1, { try $0.quantile(0.3, $1) }),
        ("softmax", 2, { try $0.softmax($1) }),
        ("log_softmax", 2, { try $0.logSoftmax($1) }),
    ]

    @Test(arguments: functions.indices) func gradients(_ which: Int) throws {
        let (name, order, function) = ScanTests.functions[which]
        for (shape, dim) in [([5], 0), ([3, 4], 1), ([3, 4], 0), ([2, 3, 2], -2), ([], 0)] {
            let wrong = try gradientCheck([scattered(shape, seed: 9)], order: order) { try function($0[0], dim) }
            #expect(wrong == nil, "\(name) \(shape) \(dim)")
        }
    }

    @Test func cumprodAtZeros() throws {
        for values in [[2, 0, 3, 4], [0, 2, 3], [1, 0, 2, 0, 5]] as [[Double]] {
            #expect(try gradientCheck([tensor(values)], order: 1) { try $0[0].cumprod(0) } == nil)
        }
        #expect(try gradientCheck([tensor([2, 0, 3, 4])], order: 2) { try $0[0].prod() } == nil)
        #expect(try gradientCheck([tensor([2, 0, 3, 0, 1, 5], [2, 3])], order: 2) { try $0[0].prod([1]) } == nil)
        #expect(try gradientCheck([tensor([2, 0, 3, 0, 1, 5], [3, 2])], order: 2) { try $0[0].prod([0]) } == nil)
        #expect(try gradientCheck([tensor([2, 0, 3, 0, 1, 5, 1, 2], [2, 2, 2])], order: 2) { try $0[0].prod([0, 2]) } == nil)
    }

    @Test(arguments: [1, 3, 4, 5, 127, 128, 1000, 100_000]) func sums(_ n: Int) throws {
        let x = try scattered([n], .float32)
        var total = 0.0
        let expected = try doubles(x).map { value -> Double in
            total += value
            return Double(Float(total))
        }
        #expect(zip(try doubles(x.cumsum(0)), expected).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) })
        let wide = try x.reshape([n, 1]).expand([n, 3]).contiguous()
        #expect(try doubles(wide.cumsum(0).select(1, 2)) == doubles(x.cumsum(0)))
    }

    @Test func positions() throws {
        let x = try Tensor([Float(1), 3, 3, .nan, 5, 2])
        let (values, indices) = try x.cummax(0)
        #expect(try doubles(indices) == [0, 1, 2, 3, 3, 3])
        #expect(try doubles(values)[2] == 3 && doubles(values)[5].isNaN)
        #expect(try doubles(Tensor([Int64(3), 1, 2]).cummin(0).values) == [3, 1, 1])
        #expect(try Tensor([UInt8(200), 100]).cumsum(0).dtype == .int64)
        #expect(try doubles(Tensor([UInt8(200), 100]).cumsum(0)) == [200, 300])
        #expect(try doubles(Tensor([true, true]).cumsum(0)) == [1, 2])
        #expect(try Tensor.zeros([0, 3]).cumsum(0).shape == [0, 3])
    }

    @Test func order() throws {
        let x = try tensor([3, 1, 2, 4, 1, 3], [2, 3])
        #expect(try doubles(x.median()) == [2])
        #expect(try doubles(x.median(1).indices) == [2, 2])
        #expect(try doubles(tensor([1, .nan, 3]).median(0).indices) == [1])
        #expect(try doubles(tensor([2, 1, 2, 1, 3]).mode().values) == [1])
        #expect(try doubles(tensor([2, 1, 2, 1, 3]).mode().indices) == [3])
        #expect(try doubles(tensor([0, 1, 2, 3]).quantile(tensor([0, 0.5, 1]))) == [0, 1.5, 3])
        #expect(try x.quantile(tensor([0.1, 0.9]), 1, keepdim: true).shape == [2, 2, 1])
        #expect(try x.quantile(tensor([0.1, 0.9]), 0).shape == [2, 3])
        #expect(try doubles(x.quantile(0.5, 0)) == [3.5, 1, 2.5])
        #expect(try doubles(tensor([1, .nan]).quantile(0.5))[0].isNaN)
        #expect(throws: TensorError.self) { try x.quantile(1.5) }
        #expect(try doubles(Tensor.zeros([0]).median())[0].isNaN)
    }

    @Test func counts() throws {
        #expect(try doubles(tensor([0, 1, 2, 2.5, 4, 9, .nan]).histc(4, minimum: 0, maximum: 4)) == [1, 1, 2, 1])
        #expect(try doubles(tensor([1, 1]).histc(2)) == [0, 2])
        #expect(try doubles(Tensor([Int64(1), 3, 1]).bincount()) == [0, 2, 0, 1])
        #expect(try doubles(Tensor([Int64(1), 3, 1]).bincount(weights: tensor([0.5, 2, 1]), minimumLength: 6)) == [0, 1.5, 0, 2, 0, 0])
        #expect(throws: TensorError.self) { try Tensor([Int64(-1)]).bincount() }
        #expect(throws: TensorError.self) { try Tensor([Int64.max]).bincount() }
        #expect(throws: TensorError.self) { try tensor([1]).bincount() }
    }

    @Test func softmaxOfExtremes() throws {
        let x = try Tensor([Float(1000), 999, -1000])
        #expect(try difference(x.softmax(0), tensor([0.7310586, 0.2689414, 0], nil, .float32)) == nil)
        #expect(try difference(x.logSoftmax(0), tensor([-0.3132617, -1.3132617, -2000.3132617], nil, .float32)) == nil)
        #expect(try doubles(Tensor([-Float.infinity, 0]).softmax(0)) == [0, 1])
        #expect(try doubles(Tensor([-Float.infinity, -.infinity]).softmax(0)).allSatisfy(\.isNaN))
        #expect(try Tensor.zeros([0, 4]).softmax(1).shape == [0, 4])
        let wide = try scattered([7, 300, 5], in: -20...20, .float32)
        #expect(try difference(wide.softmax(1).sum([1]), Tensor.ones([7, 5])) == nil)
        #expect(try difference(wide.softmax(1), wide.transpose(1, 2).contiguous().softmax(2).transpose(1, 2)) == nil)
    }
}
