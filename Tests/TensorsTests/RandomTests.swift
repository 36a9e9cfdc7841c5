import CKernels
import Testing
import TestSupport
@testable import Tensors

@Suite struct RandomTests {
    /// Vectors of the authors of Philox4x32-10.
    @Test func generator() {
        var words: [Int64] = [0, 0]
        _ = nj_random_integers(&words, 2, 0, 0, 0, 0)
        #expect(words.map { UInt64(bitPattern: $0) } == [0x6627_e8d5_e169_c58d, 0xbc57_ac4c_9b00_dbd8])
        _ = nj_random_integers(&words, 2, .max, .max, 0, 0)
        #expect(words[0] != words[1])
    }

    static let draws: [(String, @Sendable (Generator) throws -> Tensor)] = [
        ("rand", { try Tensor.rand([100_003], generator: $0) }),
        ("rand float64", { try Tensor.rand([50_001], .float64, generator: $0) }),
        ("randn", { try Tensor.randn([100_003], generator: $0) }),
        ("randn float64", { try Tensor.randn([50_001], .float64, generator: $0) }),
        ("exponential", { try Tensor.zeros([100_003]).exponential_(2, generator: $0) }),
        ("bernoulli", { try Tensor.zeros([100_003]).bernoulli_(0.3, generator: $0) }),
        ("randint", { try Tensor.randint(-5, 17, [50_001], generator: $0) }),
        ("randperm", { try Tensor.randperm(20_001, generator: $0) }),
        ("multinomial", { try Tensor([Float(1), 2, 3]).multinomial(5000, replacement: true, generator: $0) }),
    ]

    @Test(arguments: draws.indices) func sameBitsForASeed(_ which: Int) throws {
        let draw = RandomTests.draws[which].1
        let before = Threads.count
        defer { Threads.count = before }
        var seen: [[Double]] = []
        for threads in [1, 2, 3] {
            Threads.count = threads
            seen.append(try doubles(draw(Generator(seed: 42))))
        }
        #expect(seen[0] == seen[1])
        #expect(seen[0] == seen[2])
        #expect(try doubles(draw(Generator(seed: 43))) != seen[0])
    }

    /// Pinned, so that a change of processor, compiler or code that changes them is noticed.
    @Test func bits() throws {
        let g = Generator(seed: 1)
        let uniform = try Tensor.rand([4], generator: g).withElements(Float.self) { $0.map(\.bitPattern) }
        let normal = try Tensor.randn([4], generator: g).withElements(Float.self) { $0.map(\.bitPattern) }
        let wide = try Tensor.randn([2], .float64, generator: g).withElements(Double.self) { $0.map(\.bitPattern) }
        let whole = try doubles(Tensor.randint(0, 100, [4], generator: g))
        #expect(uniform == [1063512070, 1063586318, 1058402850, 1060509098])
        #expect(normal == [3206696131, 1059094440, 3212946592, 3207439157])
        #expect(wide == [13833376966028471973, 13823956524968463857])
        #expect(whole == [75, 14, 24, 65])
        #expect(try doubles(Tensor.randperm(5, generator: g).sort(0).values) == [0, 1, 2, 3, 4])
    }

    @Test func stateCanBeSavedAndPutBack() throws {
        let g = Generator(seed: 9)
        _ = try Tensor.rand([5], generator: g)
        let state = g.state
        let first = try doubles(Tensor.randn([7], generator: g))
        g.state = state
        #expect(try doubles(Tensor.randn([7], generator: g)) == first)
        #expect(g.initialSeed == 9)
        g.seed(9)
        #expect(g.state == Generator.State(seed: 9, offset: 0))
        #expect(Generator().initialSeed != Generator().initialSeed)
    }

    /// A view is filled in the order of its own positions.
    @Test func views() throws {
        let x = try Tensor.zeros([3, 4])
        let view = try strided(x)
        _ = try x.uniform_(generator: Generator(seed: 3))
        _ = try view.uniform_(generator: Generator(seed: 3))
        #expect(try doubles(x) == doubles(view))
    }

    // MARK: Distributions

    /// The largest distance between a sample's distribution and the expected one (Kolmogorov and
    /// Smirnov), times the root of its size: above 2 in one of 1,500 samples. Seeds are fixed.
    func distance(_ sample: Tensor, _ below: (Double) -> Double) throws -> Double {
        let values = try doubles(sample).sorted(), n = Double(values.count)
        var worst = 0.0
        for (i, x) in values.enumerated() {
            worst = max(worst, abs(below(x) - Double(i) / n), abs(below(x) - Double(i + 1) / n))
        }
        return worst * n.squareRoot()
    }

    @Test(arguments: [DType.float32, .float64]) func continuous(_ dtype: DType) throws {
        let g = Generator(seed: 2024), n = 20_000
        #expect(try distance(Tensor.rand([n], dtype, generator: g)) { $0 } < 2)
        #expect(try distance(Tensor.zeros([n], dtype).uniform_(-3, 5, generator: g)) { ($0 + 3) / 8 } < 2)
        let normal = { (x: Double) -> Double in (try? Tensor([x / 2.squareRoot()]).erf().add(1).mul(0.5).scalar().doubleValue) ?? .nan }
        #expect(try distance(Tensor.randn([n], dtype, generator: g), normal) < 2)
        #expect(try distance(Tensor.normal(mean: 3, std: 0.5, [n], dtype, generator: g).sub(3).mul(2), normal) < 2)
        let decay = { (x: Double) -> Double in (try? Tensor([-2 * x]).expm1().neg().scalar().doubleValue) ?? .nan }
        #expect(try distance(Tensor.zeros([n], dtype).exponential_(2, generator: g), decay) < 2)
    }

    @Test func momentsOfNormalNumbers() throws {
        let x = try Tensor.randn([400_000], generator: Generator(seed: 5)).to(.float64)
        #expect(abs(try x.mean().scalar().doubleValue) < 0.0065)
        #expect(abs(try x.var().scalar().doubleValue - 1) < 0.01)
        #expect(abs(try x.pow(3).mean().scalar().doubleValue) < 0.02)
        #expect(abs(try x.pow(4).mean().scalar().doubleValue - 3) < 0.06)
        // Neighbours do not go together.
        let a = try x.narrow(0, 0, 399_999), b = try x.narrow(0, 1, 399_999)
        #expect(abs(try a.mul(b).mean().scalar().doubleValue) < 0.005)
        #expect(try x.abs().amax().scalar().doubleValue > 4)
    }

    /// The sum of squared surprises over their variance; its mean is the number of kinds less one.
    func surprise(_ draws: Tensor, _ shares: [Double]) throws -> Double {
        let counts = try doubles(draws.bincount(minimumLength: shares.count)), n = Double(draws.count)
        return zip(counts, shares).reduce(0) { $0 + ($1.0 - n * $1.1) * ($1.0 - n * $1.1) / (n * $1.1) }
    }

    @Test func discrete() throws {
        let g = Generator(seed: 77)
        #expect(try surprise(Tensor.randint(0, 20, [100_000], generator: g), .init(repeating: 0.05, count: 20)) < 50)
        #expect(try surprise(Tensor.zeros([50_000], .int64).bernoulli_(0.3, generator: g), [0.7, 0.3]) < 11)
        let p = try Tensor.full([50_000], 0.8)
        #expect(try surprise(p.bernoulli(generator: g).to(.int64), [0.2, 0.8]) < 11)
        let weights = try Tensor([Float(1), 0, 2, 7])
        let drawn = try weights.multinomial(50_000, replacement: true, generator: g)
        #expect(try doubles(drawn.bincount())[1] == 0)
        #expect(try surprise(drawn.sub(1).abs(), [0, 0.3, 0.7].map { max($0, 1e-9) }) < 15)
        // Without replacement the first drawn follows the weights, and nothing comes twice.
        let rows = try weights.expand([20_000, 4]).multinomial(3, generator: g)
        #expect(try surprise(rows.select(1, 0).contiguous(), [0.1, 1e-9, 0.2, 0.7]) < 17)
        #expect(try doubles(rows.sort(1).values.select(1, 1)) == .init(repeating: 2, count: 20_000))
    }

    @Test func orders() throws {
        let g = Generator(seed: 1)
        #expect(try doubles(Tensor.randperm(1000, generator: g).sort().values) == (0..<1000).map(Double.init))
        var places = [Int](repeating: 0, count: 36)
        for _ in 0..<6000 {
            for (i, v) in try doubles(Tensor.randperm(6, generator: g)).enumerated() { places[6 * i + Int(v)] += 1 }
        }
        #expect(places.allSatisfy { abs($0 - 1000) < 150 })
        #expect(try Tensor.randperm(0).shape == [0])
    }

    @Test func limits() throws {
        let g = Generator(seed: 8)
        let u = try Tensor.rand([1_000_000], generator: g)
        #expect(try u.amin().scalar().doubleValue >= 0)
        #expect(try u.amax().scalar().doubleValue < 1)
        #expect(try doubles(Tensor.zeros([100]).uniform_(2, 2, generator: g)) == .init(repeating: 2, count: 100))
        #expect(try Tensor.zeros([1000]).bernoulli_(0).sum().scalar().doubleValue == 0)
        #expect(try Tensor.zeros([1000], .bool).bernoulli_(1).all().scalar() == true)
        let whole = try Tensor.zeros([1000], .int64).random_(.min, .max, generator: g)
        #expect(try whole.amin().scalar().intValue < 0)
        #expect(try Tensor.zeros([1000], .uint8).random_(generator: g).amax().scalar().intValue > 200)
        #expect(try Tensor.rand([0, 3]).shape == [0, 3])
        #expect(try Tensor.randn([]).shape == [])
    }

    @Test func mistakes() throws {
        #expect(throws: TensorError.self) { try Tensor.rand([2], .int64) }
        #expect(throws: TensorError.self) { try Tensor.randint(3, 3, [2]) }
        #expect(throws: TensorError.self) { try Tensor.randint(0, 300, [2], .uint8) }
        #expect(throws: TensorError.self) { try Tensor.randperm(-1) }
        #expect(throws: TensorError.self) { try Tensor.zeros([2]).normal_(0, -1) }
        #expect(throws: TensorError.self) { try Tensor.zeros([2]).uniform_(1, 0) }
        #expect(throws: TensorError.self) { try Tensor.zeros([2]).exponential_(0) }
        #expect(throws: TensorError.self) { try Tensor.zeros([2]).bernoulli_(1.5) }
        #expect(throws: TensorError.self) { try Tensor([Float(0.5), 1.5]).bernoulli() }
        #expect(throws: TensorError.self) { try Tensor([Float.nan]).bernoulli() }
        #expect(throws: TensorError.self) { try Tensor([Float(1), -1]).multinomial(1) }
        #expect(throws: TensorError.self) { try Tensor([Float(0), 0]).multinomial(1, replacement: true) }
        #expect(throws: TensorError.self) { try Tensor([Float(1), 0]).multinomial(2) }
        #expect(throws: TensorError.self) { try Tensor([Float(1), 0]).multinomial(3) }
        let leaf = try Tensor.zeros([2])
        try leaf.setRequiresGrad(true)
        #expect(throws: TensorError.self) { try leaf.uniform_() }
        try Autograd.withoutGradients { _ = try leaf.uniform_() }
    }
}
