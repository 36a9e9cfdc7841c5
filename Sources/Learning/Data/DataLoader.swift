import Tensors

/// Delivers a set in batches, in order or shuffled anew for every pass.
public final class DataLoader {
    public let dataset: any Dataset
    public let batchSize: Int
    public let shuffle: Bool
    public let dropLast: Bool
    /// Where the order comes from: an own generator when there is a seed, else the shared one.
    let generator: Generator

    /// - Parameter seed: makes the orders of all passes, one after the other, reproducible.
    public init(
        _ dataset: any Dataset, batchSize: Int = 32, shuffle: Bool = false, dropLast: Bool = false, seed: UInt64? = nil
    ) throws {
        try requirePositive("DataLoader", ("batch_size", batchSize))
        self.dataset = dataset
        self.batchSize = batchSize
        self.shuffle = shuffle
        self.dropLast = dropLast
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
        return Pass(loader: self, order: order)
    }

    /// One pass over a set.
    public final class Pass {
        private let loader: DataLoader
        private let order: [Int]
        private var position = 0

        init(loader: DataLoader, order: [Int]) {
            self.loader = loader
            self.order = order
        }

        /// The next batch, or nil at the end.
        public func next() throws -> [Tensor]? {
            try checkInterrupt()
            let end = min(position + loader.batchSize, order.count)
            guard position < end, !loader.dropLast || end - position == loader.batchSize else { return nil }
            let indices = Array(order[position..<end])
            position = end
            return try loader.dataset.batch(indices)
        }
    }
}
