import Glibc
import Tensors

/// A set whose pictures, the first tensor of each example, go through an augmentation.
public final class AugmentedDataset: Dataset {
    public let base: any Dataset
    public let augmentation: Augmentation

    public init(_ base: any Dataset, _ augmentation: Augmentation) {
        self.base = base
        self.augmentation = augmentation
    }

    public var count: Int { base.count }
    public var classes: [String]? { base.classes }
    public var isThreadSafe: Bool { base.isThreadSafe && augmentation.isThreadSafe }
    public var isRandom: Bool { base.isRandom || augmentation.isRandom }
    public func labels() throws -> [Int]? { try base.labels() }

    public func get(_ index: Int) throws -> [Tensor] {
        try check(index)
        return try batch([index]).map { try $0.select(0, 0) }
    }

    public func batch(_ indices: [Int]) throws -> [Tensor] {
        try batch(indices, isRandom ? .drawn() : Chance(seed: 0, pass: 0))
    }

    public func batch(_ indices: [Int], _ chance: Chance) throws -> [Tensor] {
        var tensors = try base.batch(indices, chance.inner)
        guard let x = tensors.first else { return tensors }
        // Rows of numbers, [N, W], are no pictures; [N, H, W] are pictures of one plane.
        guard x.rank == 3 || x.rank == 4 else {
            throw TensorError.shapes("map", [Array(x.shape.dropFirst())], detail: "transforms change pictures: [C, H, W] or [H, W]")
        }
        let pictures = x.rank == 3 ? try x.unsqueeze(1) : x
        let changed = try augmentation.apply(to: pictures) { chance.draws(indices[$0]) }
        tensors[0] = x.rank == 3 && changed.shape[1] == 1 ? try changed.squeeze([1]) : changed
        return tensors
    }
}

/// Mixes every example with another one of the set (Zhang and others 2018): λ·x + (1-λ)·x' with λ from
/// Beta(α, α); targets become probabilities [N, classes] mixed in the same way.
public final class MixupDataset: Dataset {
    public let base: any Dataset
    private let mixup: Mixup
    public let classes: [String]?

    public init(_ base: any Dataset, _ mixup: Mixup) throws {
        guard mixup.classes != nil || base.classes != nil else {
            throw LearningError.argument("Mixup", "num_classes is needed for a set that does not name its classes")
        }
        self.base = base
        self.mixup = mixup
        classes = base.classes
    }

    public var count: Int { base.count }
    public var isThreadSafe: Bool { base.isThreadSafe }
    public var isRandom: Bool { true }
    public func labels() throws -> [Int]? { nil }

    public func get(_ index: Int) throws -> [Tensor] {
        try check(index)
        return try batch([index]).map { try $0.select(0, 0) }
    }

    public func batch(_ indices: [Int]) throws -> [Tensor] { try batch(indices, .drawn()) }

    public func batch(_ indices: [Int], _ chance: Chance) throws -> [Tensor] {
        var partners: [Int] = [], shares: [Double] = []
        for index in indices {
            var draws = chance.draws(index)
            shares.append(mixup.share(&draws))
            partners.append(draws.below(count))
        }
        let first = try base.batch(indices, chance.inner), second = try base.batch(partners, chance.inner)
        guard first.count == 2, second.count == 2 else { throw LearningError.argument("Mixup", "examples must be an input and a class") }
        let classes = mixup.classes ?? base.classes?.count ?? 1
        return try Mixup.mix(first[0], first[1], with: second[0], second[1], shares, classes: classes, first: mixup.firstLabel)
    }
}

/// What `MixupDataset` does, for batches at hand.
public final class Mixup {
    public let alpha: Double
    public let classes: Int?
    /// The number of the first class: 0, or 1 for targets from Lua.
    public let firstLabel: Int

    public init(alpha: Double = 1, classes: Int? = nil, firstLabel: Int = 0) throws {
        guard alpha > 0, alpha.isFinite else { throw LearningError.argument("Mixup", "alpha must be positive, got \(shortNumber(alpha))") }
        if let classes { guard classes > 0, classes <= 1 << 24 else { throw LearningError.argument("Mixup", "num_classes must be positive, got \(classes)") } }
        self.alpha = alpha
        self.classes = classes
        self.firstLabel = firstLabel
    }

    /// λ from Beta(α, α), by the ratio of two gamma variates (Marsaglia and Tsang 2000).
    func share(_ draws: inout Draws) -> Double {
        let a = gamma(alpha, &draws), b = gamma(alpha, &draws)
        return a + b > 0 ? a / (a + b) : draws.happens(0.5) ? 1 : 0
    }

    private func gamma(_ shape: Double, _ draws: inout Draws) -> Double {
        if shape < 1 { return gamma(shape + 1, &draws) * pow(draws.uniform(), 1 / shape) }
        let d = shape - 1 / 3, c = 1 / (9 * d).squareRoot()
        while true {
            let x = bell(&draws), v = 1 + c * x
            if v <= 0 { continue }
            let cube = v * v * v, u = 1 - draws.uniform()
            if log(u) < 0.5 * x * x + d - d * cube + d * log(cube) { return d * cube }
        }
    }

    /// A batch mixed with itself in another order.
    public func mix(_ x: Tensor, _ y: Tensor, _ chance: Chance) throws -> [Tensor] {
        guard x.rank >= 1, let n = x.shape.first, y.rank == 1, y.shape[0] == n else {
            throw TensorError.shapes("Mixup", [x.shape, y.shape], detail: "inputs are [N, ...] and targets classes [N]")
        }
        guard let classes else { throw LearningError.argument("Mixup", "num_classes is needed to mix a batch") }
        var draws = chance.draws(0), order = Array(0..<n)
        for i in stride(from: n - 1, to: 0, by: -1) { order.swapAt(i, draws.below(i + 1)) }
        let shares = (0..<n).map { _ in share(&draws) }
        let index = try Tensor(order.map { Int64($0) })
        return try Mixup.mix(x, y, with: x.indexSelect(0, index), y.indexSelect(0, index), shares, classes: classes, first: firstLabel)
    }

    fileprivate static func mix(
        _ x: Tensor, _ y: Tensor, with otherX: Tensor, _ otherY: Tensor, _ shares: [Double], classes: Int, first: Int
    ) throws -> [Tensor] {
        guard x.dtype.isFloatingPoint else { throw TensorError.dtypes("Mixup", [x.dtype], expected: "floating inputs; use ToTensor first") }
        let n = shares.count
        let column = try Tensor(shares.map { Float($0) }, shape: [n] + [Int](repeating: 1, count: x.rank - 1)).to(x.dtype)
        let rest = try Tensor(shares.map { Float(1 - $0) }, shape: column.shape).to(x.dtype)
        let targets = try Tensor.zeros([n, classes])
        let values = targets.pointer.assumingMemoryBound(to: Float.self)
        for (labels, isOther) in [(y, false), (otherY, true)] {
            let whole = try labels.wholeNumbers("Mixup", "targets")
            try whole.withElements(Int64.self) { elements in
                for (i, label) in elements.enumerated() {
                    guard label >= Int64(first), label - Int64(first) < Int64(classes) else {
                        throw LearningError.argument("Mixup", "target \(label) is outside \(first)..\(classes - 1 + first)")
                    }
                    values[i * classes + Int(label) - first] += Float(isOther ? 1 - shares[i] : shares[i])
                }
            }
        }
        return [try x.mul(column).add(otherX.mul(rest)), targets]
    }
}

/// Sets one after the other.
public final class ConcatDataset: Dataset {
    public let parts: [any Dataset]
    private let starts: [Int]
    public let count: Int

    /// - Throws: when there are no sets, or they name different classes.
    public init(_ parts: [any Dataset]) throws {
        guard let first = parts.first else { throw LearningError.argument("concat", "there are no sets") }
        for part in parts where part.classes != first.classes {
            throw LearningError.argument("concat", "the sets have different classes: \((first.classes ?? []).joined(separator: ", ")), and \((part.classes ?? []).joined(separator: ", "))")
        }
        self.parts = parts
        var starts: [Int] = [], count = 0
        for part in parts {
            starts.append(count)
            count += part.count
        }
        (self.starts, self.count) = (starts, count)
    }

    public var classes: [String]? { parts[0].classes }
    public var isThreadSafe: Bool { parts.allSatisfy(\.isThreadSafe) }
    public var isRandom: Bool { parts.contains(where: \.isRandom) }

    private func find(_ index: Int) -> (part: Int, index: Int) {
        let part = (starts.firstIndex { $0 > index } ?? starts.count) - 1
        // Empty sets start where the next one does.
        return (part, index - starts[part])
    }

    public func get(_ index: Int) throws -> [Tensor] {
        try check(index)
        let (part, inner) = find(index)
        return try parts[part].get(inner)
    }

    public func batch(_ indices: [Int]) throws -> [Tensor] { try batch(indices, .drawn()) }

    public func batch(_ indices: [Int], _ chance: Chance) throws -> [Tensor] {
        for index in indices { try check(index) }
        let places = indices.map(find)
        // A batch out of one set needs no putting together.
        if let only = places.first?.part, places.allSatisfy({ $0.part == only }) { return try parts[only].batch(places.map(\.index), self.chance(chance, only)) }
        var examples = [[Tensor]](repeating: [], count: indices.count)
        for part in parts.indices {
            let rows = places.indices.filter { places[$0].part == part }
            if rows.isEmpty { continue }
            let tensors = try parts[part].batch(rows.map { places[$0].index }, self.chance(chance, part))
            for (i, row) in rows.enumerated() { examples[row] = try tensors.map { try $0.select(0, i) } }
        }
        return try collate(examples)
    }

    /// Examples at one position of different sets must not share their chance.
    private func chance(_ chance: Chance, _ part: Int) -> Chance { Chance(seed: chance.seed &+ UInt64(part) &* 0x9E37_79B9, pass: chance.pass) }

    public func labels() throws -> [Int]? {
        var all: [Int] = []
        for part in parts {
            guard let labels = try part.labels() else { return nil }
            all += labels
        }
        return all
    }
}
