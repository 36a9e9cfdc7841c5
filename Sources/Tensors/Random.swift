import CKernels

/// A source of random numbers that can be seeded, saved and put back.
///
/// It counts blocks of a counter-based generator, Philox4x32-10 (Salmon et al. 2011): the numbers
/// follow from the seed and from how many were drawn before, not from threads or processors. Drawing
/// is safe on any thread; two threads that share a generator share its sequence in no fixed order.
public final class Generator: @unchecked Sendable {
    /// Where a generator stands.
    public struct State: Equatable, Sendable {
        public var seed: UInt64
        /// Blocks of 128 bits drawn so far.
        public var offset: UInt64

        public init(seed: UInt64, offset: UInt64) {
            self.seed = seed
            self.offset = offset
        }
    }

    private let cells: UnsafeMutablePointer<UInt64>

    /// A generator with the given seed, or one drawn from the system.
    public init(seed: UInt64? = nil) {
        cells = .allocate(capacity: 2)
        cells[0] = seed ?? nj_random_seed()
        cells[1] = 0
    }

    deinit { cells.deallocate() }

    /// The generator that operations use when none is given.
    public static let shared = Generator()

    /// The number that the sequence was started with.
    public var initialSeed: UInt64 { cells[0] }

    /// Starts the sequence anew from a seed.
    public func seed(_ seed: UInt64) { state = State(seed: seed, offset: 0) }

    public var state: State {
        get { State(seed: cells[0], offset: cells[1]) }
        set {
            cells[0] = newValue.seed
            cells[1] = newValue.offset
        }
    }

    /// Takes the blocks for `count` elements, `perBlock` of them to a block, out of the sequence.
    func reserve(_ count: Int, perBlock: Int64) -> State {
        let blocks = UInt64((Int64(count) + perBlock - 1) / perBlock)
        return State(seed: cells[0], offset: nj_random_reserve(cells + 1, blocks))
    }

    /// A whole number in 0..<`bound`.
    public func next(below bound: UInt64) -> UInt64 {
        var value: Int64 = 0
        let start = reserve(1, perBlock: 2)
        _ = nj_random_integers(&value, 1, start.seed, start.offset, 0, bound)
        return UInt64(bitPattern: value)
    }
}

extension Tensor {
    // MARK: New tensors

    /// Numbers spread evenly over [0, 1).
    public static func rand(
        _ shape: [Int], _ dtype: DType = .float32, generator: Generator = .shared
    ) throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: shape, dtype, operation: "rand")
        try result.drawUniform("rand", 0, 1, generator)
        return result
    }

    /// Normally distributed numbers with mean 0 and deviation 1.
    public static func randn(
        _ shape: [Int], _ dtype: DType = .float32, generator: Generator = .shared
    ) throws(TensorError) -> Tensor {
        try normal(shape, dtype, generator: generator, operation: "randn")
    }

    /// Normally distributed numbers.
    public static func normal(
        mean: Double = 0, std deviation: Double = 1, _ shape: [Int], _ dtype: DType = .float32,
        generator: Generator = .shared, operation: String = "normal"
    ) throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: shape, dtype, operation: operation)
        try result.drawNormal(operation, mean, deviation, generator)
        return result
    }

    /// Normally distributed numbers, each with its own mean and deviation; both are broadcast.
    public static func normal(mean: Tensor, std deviation: Tensor, generator: Generator = .shared) throws(TensorError) -> Tensor {
        let type = DType.promoted(mean.dtype, deviation.dtype)
        let shape = try broadcast(mean.shape, deviation.shape, "normal")
        if try deviation.detach().lt(0).any().scalar() == .bool(true) {
            throw .value("normal", "a standard deviation is negative")
        }
        let draws = try normal(shape, type.isFloatingPoint ? type : .float32, generator: generator)
        return try draws.mul(deviation.detach()).add(mean.detach())
    }

    /// Whole numbers from `low` up to, not including, `high`.
    public static func randint(
        _ low: Int, _ high: Int, _ shape: [Int], _ dtype: DType = .int64, generator: Generator = .shared
    ) throws(TensorError) -> Tensor {
        let result = try Tensor(uninitialized: shape, dtype, operation: "randint")
        try result.drawIntegers("randint", Int64(low), Int64(high), generator)
        return result
    }

    /// The whole numbers 0..<count in random order (Fisher and Yates).
    public static func randperm(_ count: Int, _ dtype: DType = .int64, generator: Generator = .shared) throws(TensorError) -> Tensor {
        guard count >= 0 else { throw .argument("randperm", "the count is negative: \(count)") }
        let order = try Tensor(uninitialized: [count], .int64, operation: "randperm")
        nj_range_integers(DType.int64.kernelType, order.pointer, Int64(count), 0, 1)
        let start = generator.reserve(count, perBlock: 2)
        guard nj_random_shuffle(order.pointer.assumingMemoryBound(to: Int64.self), Int64(count), start.seed, start.offset) else {
            throw .interrupted
        }
        return try order.inType(dtype)
    }

    /// Numbers as in `rand`, in this tensor's shape.
    public func randLike(_ dtype: DType? = nil, generator: Generator = .shared) throws(TensorError) -> Tensor {
        try Tensor.rand(shape, dtype ?? self.dtype, generator: generator)
    }

    /// Numbers as in `randn`, in this tensor's shape.
    public func randnLike(_ dtype: DType? = nil, generator: Generator = .shared) throws(TensorError) -> Tensor {
        try Tensor.randn(shape, dtype ?? self.dtype, generator: generator)
    }

    /// 1 with the probability that each element gives, 0 otherwise, in this tensor's type.
    public func bernoulli(generator: Generator = .shared) throws(TensorError) -> Tensor {
        try requireFloating("bernoulli")
        let result = try Tensor(uninitialized: shape, dtype, operation: "bernoulli")
        let source = detach()
        let outside = try source.ge(0).logicalAnd(source.le(1)).logicalNot()
        if try outside.any().scalar() == .bool(true) { throw .value("bernoulli", "a probability is not between 0 and 1") }
        let probabilities = try source.converted(to: .float64).contiguousCopy()
        try result.drawBernoulli("bernoulli", 0, probabilities, generator)
        return result
    }

    /// Positions drawn by weight from each row, which need not add up to 1: shape [count] for a vector,
    /// [rows, count] for a matrix. Without replacement no position comes twice.
    public func multinomial(
        _ count: Int, replacement: Bool = false, generator: Generator = .shared
    ) throws(TensorError) -> Tensor {
        try requireFloating("multinomial")
        guard rank == 1 || rank == 2 else {
            throw .shapes("multinomial", [shape], detail: "weights are a vector or a matrix with a row for each draw")
        }
        guard count > 0 else { throw .argument("multinomial", "the number of draws must be positive, not \(count)") }
        let rows = rank == 2 ? shape[0] : 1, width = shape[rank - 1]
        guard replacement || count <= width else {
            throw .argument("multinomial", "\(count) draws without replacement from \(width) weights")
        }
        let weights = try detach().converted(to: .float64).contiguousCopy()
        let result = try Tensor(uninitialized: rank == 2 ? [rows, count] : [count], .int64, operation: "multinomial")
        let start = generator.reserve(rows * (replacement ? count : width), perBlock: 2)
        var badRow: Int64 = -1
        let finished = nj_random_multinomial(
            result.pointer.assumingMemoryBound(to: Int64.self), weights.pointer.assumingMemoryBound(to: Double.self),
            Int64(rows), Int64(width), Int64(count), replacement, start.seed, start.offset, &badRow)
        if badRow >= 0 {
            throw .value("multinomial", "weights must be finite, not negative, and "
                + (replacement ? "not all zero" : "at least \(count) of them above zero"))
        }
        guard finished else { throw .interrupted }
        return result
    }

    // MARK: In place

    /// Fills with numbers spread evenly over [low, high).
    @discardableResult
    public func uniform_(_ low: Double = 0, _ high: Double = 1, generator: Generator = .shared) throws(TensorError) -> Tensor {
        try filled("uniform_") { t throws(TensorError) in try t.drawUniform("uniform_", low, high, generator) }
    }

    /// Fills with normally distributed numbers.
    @discardableResult
    public func normal_(_ mean: Double = 0, _ deviation: Double = 1, generator: Generator = .shared) throws(TensorError) -> Tensor {
        try filled("normal_") { t throws(TensorError) in try t.drawNormal("normal_", mean, deviation, generator) }
    }

    /// Fills with exponentially distributed numbers of the given rate.
    @discardableResult
    public func exponential_(_ rate: Double = 1, generator: Generator = .shared) throws(TensorError) -> Tensor {
        try filled("exponential_") { t throws(TensorError) in try t.drawExponential("exponential_", rate, generator) }
    }

    /// Fills with 1 with the given probability, 0 otherwise.
    @discardableResult
    public func bernoulli_(_ probability: Double = 0.5, generator: Generator = .shared) throws(TensorError) -> Tensor {
        try filled("bernoulli_") { t throws(TensorError) in try t.drawBernoulli("bernoulli_", probability, nil, generator) }
    }

    /// Fills with whole numbers from `low` up to, not including, `high`; by default all that the type
    /// holds exactly from 0 on.
    @discardableResult
    public func random_(_ low: Int = 0, _ high: Int? = nil, generator: Generator = .shared) throws(TensorError) -> Tensor {
        let limit: Int64 = switch dtype {
        case .bool: 2
        case .uint8: 256
        case .int32: Int64(Int32.max) + 1
        case .int64: .max
        case .float32: 1 << 24 + 1
        case .float64: 1 << 53 + 1
        }
        return try filled("random_") { t throws(TensorError) in try t.drawIntegers("random_", Int64(low), high.map(Int64.init) ?? limit, generator) }
    }

    /// Fills this tensor by a body that needs row-major memory.
    private func filled(_ name: String, _ body: (Tensor) throws(TensorError) -> Void) throws(TensorError) -> Tensor {
        try checkInPlace(name)
        if isContiguous {
            try body(self)
        } else {
            let block = try Tensor(uninitialized: shape, dtype, operation: name)
            try body(block)
            try copyElements(from: block)
        }
        return try recordedInPlace(name, [self]) { _, g in [try Tensor.zeros(g.shape, g.dtype)] }
    }

    // MARK: Drawing into row-major memory

    private func drawUniform(_ name: String, _ low: Double, _ high: Double, _ generator: Generator) throws(TensorError) {
        try requireFloating(name)
        guard low <= high, low.isFinite, high.isFinite else {
            throw .argument(name, "\(Scalar.double(low).text)..\(Scalar.double(high).text) is not a range")
        }
        let start = generator.reserve(count, perBlock: nj_random_per_block(dtype.kernelType))
        guard nj_random_uniform(dtype.kernelType, pointer, Int64(count), start.seed, start.offset, low, high) else { throw .interrupted }
    }

    private func drawNormal(_ name: String, _ mean: Double, _ deviation: Double, _ generator: Generator) throws(TensorError) {
        try requireFloating(name)
        guard deviation >= 0 else { throw .argument(name, "the standard deviation must not be negative: \(deviation)") }
        let start = generator.reserve(count, perBlock: nj_random_per_block(dtype.kernelType))
        guard nj_random_normal(dtype.kernelType, pointer, Int64(count), start.seed, start.offset, mean, deviation) else { throw .interrupted }
    }

    private func drawExponential(_ name: String, _ rate: Double, _ generator: Generator) throws(TensorError) {
        try requireFloating(name)
        guard rate > 0 else { throw .argument(name, "the rate must be positive: \(rate)") }
        let start = generator.reserve(count, perBlock: nj_random_per_block(dtype.kernelType))
        guard nj_random_exponential(dtype.kernelType, pointer, Int64(count), start.seed, start.offset, rate) else { throw .interrupted }
    }

    private func drawIntegers(_ name: String, _ low: Int64, _ high: Int64, _ generator: Generator) throws(TensorError) {
        guard low < high else { throw .argument(name, "no whole number from \(low) up to, not including, \(high)") }
        guard dtype.isFloatingPoint || dtype == .bool || Scalar.int(high - 1).clamped(to: dtype) == .int(high - 1) else {
            throw .argument(name, "\(high - 1) does not fit \(dtype.name)")
        }
        let target = dtype == .int64 ? self : try Tensor(uninitialized: shape, .int64, operation: name)
        let start = generator.reserve(count, perBlock: 2)
        let finished = nj_random_integers(
            target.pointer.assumingMemoryBound(to: Int64.self), Int64(count), start.seed, start.offset, low,
            UInt64(bitPattern: high) &- UInt64(bitPattern: low))
        guard finished else { throw .interrupted }
        if target !== self { try copyElements(from: target) }
    }

    private func drawBernoulli(
        _ name: String, _ probability: Double, _ each: Tensor?, _ generator: Generator
    ) throws(TensorError) {
        guard probability >= 0, probability <= 1 else { throw .argument(name, "the probability \(probability) is not between 0 and 1") }
        let target = dtype == .bool || dtype == .uint8 ? self : try Tensor(uninitialized: shape, .uint8, operation: name)
        let start = generator.reserve(count, perBlock: 4)
        let finished = nj_random_bernoulli(
            target.pointer.assumingMemoryBound(to: UInt8.self), Int64(count), start.seed, start.offset, probability,
            each?.pointer.assumingMemoryBound(to: Double.self))
        withExtendedLifetime(each) {}
        guard finished else { throw .interrupted }
        if target !== self { try copyElements(from: target) }
    }
}
