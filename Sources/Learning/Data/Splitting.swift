import Tensors

extension Dataset {
    /// Splits into parts of the given shares, in random order.
    ///
    /// - Parameters:
    ///   - fractions: shares that add up to at most 1.
    ///   - stratify: gives every part the classes in the proportions of the whole.
    ///   - seed: the same seed gives the same parts; without one the shared generator decides.
    /// - Throws: for shares that are not positive or add up to more than 1, and for `stratify`
    ///   without classes.
    public func split(_ fractions: [Double], stratify: Bool = false, seed: UInt64? = nil) throws -> [Subset] {
        guard !fractions.isEmpty, fractions.allSatisfy({ $0 > 0 }), fractions.reduce(0, +) <= 1 + 1e-9 else {
            throw LearningError.argument("split", "the shares must be positive and add up to at most 1, got "
                + fractions.map(shortNumber).joined(separator: ", "))
        }
        let generator = seed.map { Generator(seed: $0) } ?? .shared
        let order = try randomOrder(count, generator)
        var parts = [[Int]](repeating: [], count: fractions.count)
        if stratify {
            guard let labels = try labels() else {
                throw LearningError.argument("split", "stratify needs whole-numbered class labels as targets")
            }
            var groups: [Int: [Int]] = [:]
            for index in order { groups[labels[index], default: []].append(index) }
            for label in groups.keys.sorted() { deal(groups[label] ?? [], fractions, &parts) }
            // Classes lie one after the other now; the last shuffle mixes them.
            parts = try parts.map { part in try randomOrder(part.count, generator).map { part[$0] } }
        } else {
            deal(order, fractions, &parts)
        }
        let result = try parts.map { try Subset(self, $0) }
        try lookAt(result, "split")
        return result
    }

    /// The first n examples.
    public func take(_ n: Int) throws -> Subset {
        guard n >= 0 else { throw LearningError.argument("take", "the number must not be negative, got \(n)") }
        return try Subset(self, Array(0..<Swift.min(n, count)))
    }

    /// All examples in random order.
    public func shuffled(seed: UInt64? = nil) throws -> Subset {
        try Subset(self, randomOrder(count, seed.map { Generator(seed: $0) } ?? .shared))
    }
}

/// Cuts a list where the running shares say, so that rounding never loses an example.
private func deal(_ list: [Int], _ fractions: [Double], _ parts: inout [[Int]]) {
    var sum = 0.0, start = 0
    for (i, fraction) in fractions.enumerated() {
        sum += fraction
        let end = max(start, min(list.count, Int((sum * Double(list.count)).rounded())))
        parts[i] += list[start..<end]
        start = end
    }
}

/// The numbers 0..<n in random order.
func randomOrder(_ n: Int, _ generator: Generator) throws -> [Int] {
    try Tensor.randperm(n, generator: generator).withElements(Int64.self) { $0.map { Int($0) } }
}

extension Dataset {
    /// k pairs of a set to train on and one to validate on: every example is validated on once.
    ///
    /// - Parameters:
    ///   - stratify: gives every part the classes in the proportions of the whole.
    ///   - shuffle: deals examples out in random order, else in the order they have.
    public func kFold(_ k: Int, stratify: Bool = false, shuffle: Bool = true, seed: UInt64? = nil) throws -> [(train: Subset, validation: Subset)] {
        guard k >= 2, k <= count else { throw LearningError.argument("k_fold", "k must lie in 2..\(count), the number of examples, got \(k)") }
        let order = shuffle ? try randomOrder(count, seed.map { Generator(seed: $0) } ?? .shared) : Array(0..<count)
        var fold = [Int](repeating: 0, count: count)
        if stratify {
            guard let labels = try labels() else {
                throw LearningError.argument("k_fold", "stratify needs whole-numbered class labels as targets")
            }
            var groups: [Int: [Int]] = [:]
            for index in order { groups[labels[index], default: []].append(index) }
            // Each class goes on where the one before stopped, so that parts differ by one example at most.
            var next = 0
            for label in groups.keys.sorted() {
                for index in groups[label] ?? [] {
                    fold[index] = next % k
                    next += 1
                }
            }
        } else {
            for (i, index) in order.enumerated() { fold[index] = i * k / count }
        }
        let folds = try (0..<k).map { part in
            (train: try Subset(self, order.filter { fold[$0] != part }), validation: try Subset(self, order.filter { fold[$0] == part }))
        }
        try lookAt(folds.map(\.validation), "k_fold")
        return folds
    }

    /// The examples for which `body` returns true.
    public func filter(_ body: ([Tensor]) throws -> Bool) throws -> Subset {
        try Subset(self, (0..<count).filter { index in
            try checkInterrupt()
            return try body(get(index))
        })
    }
}
