import Testing
import TestSupport
@testable import Tensors

@Suite struct ReductionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let order: Int
        let apply: @Sendable (Tensor, [Int]?, Bool) throws -> Tensor
        var testDescription: String { name }

        init(_ name: String, order: Int = 2, _ apply: @escaping @Sendable (Tensor, [Int]?, Bool) throws -> Tensor) {
            self.name = name
            self.order = order
            self.apply = apply
        }
    }

    static let rows: [Row] = [
        Row("sum", order: 1) { try $0.sum($1, keepdim: $2) },
        Row("mean", order: 1) { try $0.mean($1, keepdim: $2) },
        Row("nansum", order: 1) { try $0.nansum($1, keepdim: $2) },
        Row("nanmean", order: 1) { try $0.nanmean($1, keepdim: $2) },
        Row("prod") { try $0.prod($1, keepdim: $2) },
        Row("amax", order: 1) { try $0.amax($1, keepdim: $2) },
        Row("amin", order: 1) { try $0.amin($1, keepdim: $2) },
        Row("norm 1", order: 1) { try $0.norm(1, $1, keepdim: $2) },
        Row("norm 2") { try $0.norm(2, $1, keepdim: $2) },
        Row("norm 3") { try $0.norm(3, $1, keepdim: $2) },
        Row("norm inf", order: 1) { try $0.norm(.infinity, $1, keepdim: $2) },
        Row("var") { try $0.var($1, keepdim: $2) },
        Row("std") { try $0.std($1, correction: 0, keepdim: $2) },
        Row("logsumexp") { try $0.logsumexp($1, keepdim: $2) },
    ]

    @Test(arguments: rows) func gradients(_ row: Row) throws {
        for dims in [nil, [0], [-1], [0, 2], [1]] as [[Int]?] {
            for keepdim in [true, false] {
                #expect(try gradientCheck([scattered([2, 3, 2])], order: row.order) { try row.apply($0[0], dims, keepdim) } == nil)
            }
        }
    }

    /// Sums of all shapes and layouts against a plain loop.
    @Test(arguments: [[7], [3, 5], [1000, 3], [3, 1000], [4, 1, 6], [2, 700, 5], [40, 30, 20], [200, 1100], [1100, 200], [0, 3], [3, 0], []])
    func sumsAgainstLoops(_ shape: [Int]) throws {
        for dtype in [DType.float32, .float64, .int32] {
            let x = try scattered(shape, in: -50...50, dtype)
            let values = try doubles(x)
            for input in [x, try strided(x)] {
                for dims in subsets(shape.count) {
                    let expected = plainSum(values, shape, dims)
                    let actual = try input.sum(dims)
                    #expect(zip(try doubles(actual), expected).allSatisfy { abs($0 - $1) <= 1e-4 * max(1, abs($1)) })
                    #expect(actual.count == expected.count)
                    #expect(actual.dtype == (dtype == .int32 ? .int64 : dtype))
                }
            }
        }
    }

    @Test(arguments: [[7], [3, 5], [1000, 3], [3, 1000], [70, 600], [600, 70], [9, 8, 7]])
    func positionsAgainstLoops(_ shape: [Int]) throws {
        let x = try scattered(shape, in: -9...9).round().to(.float32)
        let values = try doubles(x)
        for input in [x, try strided(x)] {
            #expect(try doubles(input.argmax()) == [Double(values.firstIndex(of: values.max()!)!)])
            #expect(try doubles(input.argmin()) == [Double(values.firstIndex(of: values.min()!)!)])
            for dim in shape.indices {
                let (largest, at) = try input.max(dim: dim)
                let inner = shape[(dim + 1)...].reduce(1, *), n = shape[dim]
                for (k, (value, position)) in zip(try doubles(largest), try doubles(at)).enumerated() {
                    let start = k / inner * n * inner + k % inner
                    let line = (0..<n).map { values[start + $0 * inner] }
                    #expect(value == line.max()!)
                    #expect(Int(position) == line.firstIndex(of: line.max()!)!)
                }
            }
        }
    }

    @Test func specialValues() throws {
        let x = try Tensor([Float.nan, 1, .infinity, -.infinity, 2, 0], shape: [2, 3])
        #expect(try doubles(x.argmax()) == [0])
        #expect(try doubles(x.max(dim: 1).indices) == [0, 1])
        #expect(try doubles(x.amax([1]))[0].isNaN)
        #expect(try doubles(x.nansum([0])) == [-.infinity, 3, .infinity])
        #expect(try doubles(x.any([1])) == [1, 1])
        #expect(try doubles(x.all([1])) == [1, 0])
        #expect(try doubles(x.countNonzero()) == [5])
        #expect(try doubles(Tensor([Float(1000), 1000]).logsumexp())[0] == Double(Float(1000.6931472)))
        #expect(try doubles(Tensor([-Float.infinity, -.infinity]).logsumexp()) == [-.infinity])
        #expect(try doubles(Tensor([Float.infinity, 1]).logsumexp()) == [.infinity])
    }

    @Test func empty() throws {
        let x = try Tensor.zeros([0, 3])
        #expect(try doubles(x.sum()) == [0])
        #expect(try doubles(x.prod([0])) == [1, 1, 1])
        #expect(try x.sum([1]).shape == [0])
        #expect(try doubles(x.mean())[0].isNaN)
        #expect(try doubles(x.all()) == [1])
        #expect(try x.argmax(dim: 1).shape == [0])
        #expect(throws: TensorError.self) { try x.amax() }
        #expect(throws: TensorError.self) { try x.max(dim: 0) }
        #expect(throws: TensorError.self) { try x.sum([0, 0]) }
        #expect(throws: TensorError.self) { try x.sum([2]) }
    }

    @Test func productsWithZeros() throws {
        let x = try tensor([2, 0, 3, 0, 0, 5, 1, 2, 3], [3, 3])
        try x.setRequiresGrad(true)
        try x.prod([1]).sum().backward()
        #expect(try doubles(x.grad!) == [0, 6, 0, 0, 0, 0, 6, 3, 2])
        #expect(try gradientCheck([tensor([2, 0, 3])], order: 1) { try $0[0].prod() } == nil)
    }

    @Test func tiesShareTheGradient() throws {
        let x = try tensor([1, 3, 3])
        try x.setRequiresGrad(true)
        try x.max().backward()
        #expect(try doubles(x.grad!) == [0, 0.5, 0.5])
    }

    @Test func bitsDoNotDependOnThreads() throws {
        let x = try scattered([300, 1001], .float32)
        let before = Threads.count
        defer { Threads.count = before }
        var seen: [[Double]] = []
        for threads in [1, 2, 3] {
            Threads.count = threads
            seen.append(try doubles(x.sum()) + doubles(x.sum([0])) + doubles(x.sum([1])) + doubles(x.var()))
        }
        #expect(seen[0] == seen[1])
        #expect(seen[0] == seen[2])
    }

    @Test func largeSumsAreAccurate() throws {
        let x = try Tensor.full([3_000_000], 0.1)
        #expect(abs(try x.sum().scalar().doubleValue - 300_000.00447) < 0.05)
    }

    private func subsets(_ rank: Int) -> [[Int]] {
        (1..<max(1 << rank, 2)).map { mask in (0..<rank).filter { mask >> $0 & 1 == 1 } }
    }

    private func plainSum(_ values: [Double], _ shape: [Int], _ dims: [Int]) -> [Double] {
        let reduced = dims.isEmpty ? Array(shape.indices) : dims
        let kept = shape.indices.map { reduced.contains($0) ? 1 : shape[$0] }
        let strides = Layout.contiguousStrides(kept)
        var result = [Double](repeating: 0, count: kept.reduce(1, *))
        for (i, value) in values.enumerated() {
            var rest = i, at = 0
            for d in shape.indices.reversed() {
                if kept[d] != 1 { at += rest % shape[d] * strides[d] }
                rest /= shape[d]
            }
            result[at] += value
        }
        return result
    }
}
