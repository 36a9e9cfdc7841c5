import Glibc

/// How much of a translation's word sequences its references share (Papineni et al. 2002), over a
/// whole corpus.
///
/// The geometric mean of the precisions of sequences of 1 to n tokens, each counted at most as often
/// as in a reference, times a penalty for being shorter than the nearest reference.
public struct BLEU<Token: Hashable> {
    public let maximumLength: Int
    /// Adds one to the counts of sequences of two and more (Lin & Och 2004), so that short texts do
    /// not score 0.
    public let smooth: Bool
    private var found: [Int]
    private var possible: [Int]
    private var length = 0
    private var referenceLength = 0

    public init(maximumLength: Int = 4, smooth: Bool = false) throws {
        guard (1...100).contains(maximumLength) else {
            throw LearningError.argument("bleu", "sequences have 1 to 100 tokens, not \(maximumLength)")
        }
        self.maximumLength = maximumLength
        self.smooth = smooth
        found = Array(repeating: 0, count: maximumLength)
        possible = found
    }

    /// Adds a candidate with its references.
    ///
    /// - Throws: when there is no reference.
    public mutating func update(_ candidate: [Token], _ references: [[Token]]) throws {
        guard !references.isEmpty else { throw LearningError.argument("bleu", "a candidate needs at least one reference") }
        for n in 1...maximumLength {
            var limits: [ArraySlice<Token>: Int] = [:]
            for reference in references {
                limits.merge(BLEU.sequences(reference, n)) { max($0, $1) }
            }
            for (sequence, count) in BLEU.sequences(candidate, n) {
                found[n - 1] += min(count, limits[sequence] ?? 0)
                possible[n - 1] += count
            }
        }
        length += candidate.count
        // The nearest length, the shorter of two as near.
        referenceLength += references.map(\.count).min { a, b in
            (abs(a - candidate.count), a) < (abs(b - candidate.count), b)
        } ?? 0
    }

    public mutating func reset() {
        found = Array(repeating: 0, count: maximumLength)
        possible = found
        length = 0
        referenceLength = 0
    }

    /// Between 0 and 1.
    ///
    /// - Throws: when nothing was added.
    public func compute() throws -> Double {
        guard referenceLength > 0 || length > 0 else { throw LearningError.argument("bleu", "there are no texts to measure") }
        var sum = 0.0
        for n in 0..<maximumLength {
            let extra = smooth && n > 0 ? 1.0 : 0
            let share = (Double(found[n]) + extra) / (Double(possible[n]) + extra)
            guard share > 0 else { return 0 }
            sum += log(share)
        }
        let penalty = length >= referenceLength ? 1 : exp(1 - Double(referenceLength) / Double(length))
        return penalty * exp(sum / Double(maximumLength))
    }

    private static func sequences(_ tokens: [Token], _ n: Int) -> [ArraySlice<Token>: Int] {
        guard tokens.count >= n else { return [:] }
        var counts: [ArraySlice<Token>: Int] = [:]
        for start in 0...tokens.count - n { counts[tokens[start..<start + n], default: 0] += 1 }
        return counts
    }
}
