import Tensors

/// Delivers a set in batches, in order or shuffled anew for every pass.
///
/// What a batch holds depends on the seed, the pass and its place alone, not on how many threads make
/// batches.
public final class DataLoader {
    public let dataset: any Dataset
    public let batchSize: Int
    public let shuffle: Bool
    public let dropLast: Bool
    /// Threads that make batches ahead; 0 makes each when it is asked for.
    public let workers: Int
    /// Batches that each of them may be ahead.
    public let prefetch: Int
    /// Where the order comes from: an own generator when there is a seed, else the shared one.
    let generator: Generator

    /// - Parameters:
    ///   - seed: makes the orders of all passes, one after the other, and random changes reproducible.
    ///   - workers: when nil, one for sets whose examples are made by augmentations, else none. Sets
    ///     written in another language stay on the thread that asks.
    public init(
        _ dataset: any Dataset, batchSize: Int = 32, shuffle: Bool = false, dropLast: Bool = false, seed: UInt64? = nil,
        workers: Int? = nil, prefetch: Int = 2
    ) throws {
        try requirePositive("DataLoader", ("batch_size", batchSize), ("prefetch", prefetch))
        let wanted = workers ?? (dataset.isRandom ? 1 : 0)
        guard wanted >= 0, wanted <= 64, prefetch <= 1024 else {
            throw LearningError.argument("DataLoader", "workers must lie in 0..64 and prefetch in 1..1024, got \(wanted) and \(prefetch)")
        }
        self.dataset = dataset
        self.batchSize = batchSize
        self.shuffle = shuffle
        self.dropLast = dropLast
        self.workers = dataset.isThreadSafe ? wanted : 0
        self.prefetch = prefetch
        generator = seed.map { Generator(seed: $0) } ?? .shared
    }

    /// Number of batches in a pass.
    public var count: Int {
        let n = dataset.count
        return dropLast ? n / batchSize : n / batchSize + (n % batchSize == 0 ? 0 : 1)
    }

    /// Starts a pass over the set; a shuffled order is drawn now.
    public func makePass() throws -> Pass {
        let order = shuffle ? try randomOrder(dataset.count, generator) : Array(0..<dataset.count)
        // Drawn for every pass, so that the generator's state is all there is to go on from.
        let chance = Chance(seed: dataset.isRandom ? generator.next(below: 1 << 63) : 0, pass: 0)
        return Pass(self, order, chance)
    }

    /// One pass over a set.
    public final class Pass {
        private let dataset: any Dataset
        private let order: [Int]
        private let chance: Chance
        private let batchSize: Int
        private let count: Int
        private var position = 0
        private let prefetcher: Prefetcher?

        fileprivate init(_ loader: DataLoader, _ order: [Int], _ chance: Chance) {
            (dataset, self.order, self.chance) = (loader.dataset, order, chance)
            (batchSize, count) = (loader.batchSize, loader.count)
            guard loader.workers > 0, count > 0 else {
                prefetcher = nil
                return
            }
            let work = Work(dataset: loader.dataset, order: order, chance: chance, batchSize: batchSize)
            prefetcher = Prefetcher(count: count, workers: min(loader.workers, count), ahead: loader.prefetch) { try work.batch($0) }
        }

        deinit { close() }

        /// Ends the threads that make batches.
        public func close() { prefetcher?.stop() }

        /// Positions in the set of the batch to come, or nil at the end.
        public func nextIndices() throws -> [Int]? {
            try checkInterrupt()
            guard position < count else { return nil }
            defer { position += 1 }
            return Array(order[position * batchSize..<min((position + 1) * batchSize, order.count)])
        }

        /// The next batch, or nil at the end.
        public func next() throws -> [Tensor]? {
            guard let prefetcher else { return try nextIndices().map { try dataset.batch($0, chance) } }
            try checkInterrupt()
            guard position < count else { return nil }
            defer { position += 1 }
            return try prefetcher.take()
        }
    }

    /// What makes a batch, on any thread: sets that allow it are only read.
    private struct Work: @unchecked Sendable {
        let dataset: any Dataset
        let order: [Int]
        let chance: Chance
        let batchSize: Int

        func batch(_ number: Int) throws -> [Tensor] {
            try dataset.batch(Array(order[number * batchSize..<min((number + 1) * batchSize, order.count)]), chance)
        }
    }
}
