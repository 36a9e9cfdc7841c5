import Tensors

/// Byte-pair encoding (Sennrich, Haddow and Birch 2016) over bytes, so that every text has ids and comes
/// back as it was: the first 256 ids are the bytes, each further one joins two before it.
public final class BPETokenizer: Tokenizer {
    public override class var kind: String { "BPETokenizer" }
    /// How many ids `train` makes when it is not told.
    public var size = 1000

    private struct Pair: Hashable {
        let left: Int32
        let right: Int32
    }

    private var merges: [Pair] = []
    private var ranks: [Pair: Int] = [:]
    /// The bytes of every id; empty before training.
    private var texts: [[UInt8]] = []
    private var known: [ArraySlice<UInt8>: [Int]] = [:]

    public override var count: Int { texts.count }

    private func set(_ merges: [Pair]) {
        self.merges = merges
        ranks = Dictionary(uniqueKeysWithValues: merges.enumerated().map { ($1, $0) })
        texts = (0..<256).map { [UInt8($0)] }
        for pair in merges { texts.append(texts[Int(pair.left)] + texts[Int(pair.right)]) }
        known = [:]
    }

    /// Pieces over whose ends nothing is joined: letters, digits, or other signs, each with a space before
    /// it, and white space.
    private static func pieces(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        func sort(_ byte: UInt8) -> Int {
            switch byte {
            case 0x41...0x5A, 0x61...0x7A, 0x80...: 0
            case 0x30...0x39: 1
            case 0x09...0x0D, 0x20: 3
            default: 2
            }
        }
        var result: [ArraySlice<UInt8>] = [], start = 0, i = 0
        while i < text.count {
            start = i
            if text[i] == 0x20, i + 1 < text.count, sort(text[i + 1]) != 3 { i += 1 }
            let kind = sort(text[i])
            while i < text.count, sort(text[i]) == kind {
                // The last space of several goes with the word that follows.
                if kind == 3, i > start, text[i] == 0x20, i + 1 < text.count, sort(text[i + 1]) != 3 { break }
                i += 1
            }
            result.append(text[start..<i])
        }
        return result
    }

    public override func train(_ text: [UInt8], vocabularySize: Int? = nil) throws {
        let wanted = vocabularySize ?? size
        guard wanted >= 256, wanted <= 1 << 24 else { throw LearningError.argument("BPETokenizer.train", "vocab_size must lie in 256..16,777,216, got \(wanted): the first 256 ids are the bytes") }
        var counts: [ArraySlice<UInt8>: Int] = [:]
        for piece in BPETokenizer.pieces(text) { counts[piece, default: 0] += 1 }
        // In order, so that ties are always decided in the same way.
        let order = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key) }
        var words = order.map { $0.key.map { Int32($0) } }
        let times = order.map(\.value)
        var pairs: [Pair: Int] = [:], places: [Pair: Set<Int>] = [:]
        for (w, word) in words.enumerated() {
            for (a, b) in zip(word, word.dropFirst()) {
                pairs[Pair(left: a, right: b), default: 0] += times[w]
                places[Pair(left: a, right: b), default: []].insert(w)
            }
        }
        var found: [Pair] = []
        while found.count < wanted - 256 {
            try checkInterrupt()
            var best: (pair: Pair, count: Int)?
            for (pair, count) in pairs where count > 0 {
                if let best, (count, -pair.left, -pair.right) <= (best.count, -best.pair.left, -best.pair.right) { continue }
                best = (pair, count)
            }
            guard let best, best.count > 1 else { break }
            let id = Int32(256 + found.count)
            found.append(best.pair)
            for w in places[best.pair] ?? [] {
                let old = words[w]
                for (a, b) in zip(old, old.dropFirst()) { pairs[Pair(left: a, right: b), default: 0] -= times[w] }
                words[w] = BPETokenizer.joined(old, best.pair, id)
                for (a, b) in zip(words[w], words[w].dropFirst()) {
                    pairs[Pair(left: a, right: b), default: 0] += times[w]
                    places[Pair(left: a, right: b), default: []].insert(w)
                }
            }
            pairs[best.pair] = nil
            places[best.pair] = nil
        }
        set(found)
    }

    private static func joined(_ word: [Int32], _ pair: Pair, _ id: Int32) -> [Int32] {
        var result: [Int32] = [], i = 0
        while i < word.count {
            if i + 1 < word.count, word[i] == pair.left, word[i + 1] == pair.right {
                result.append(id)
                i += 2
            } else {
                result.append(word[i])
                i += 1
            }
        }
        return result
    }

    public override func encode(_ text: [UInt8]) throws -> [Int] {
        try checkTrained("encode")
        var result: [Int] = []
        for (i, piece) in BPETokenizer.pieces(text).enumerated() {
            if i % 4096 == 0 { try checkInterrupt() }
            if let ids = known[piece] {
                result += ids
                continue
            }
            let ids = try ids(piece)
            // Slices would keep the whole text.
            if known.count < 100_000, piece.count < 64 { known[ArraySlice(Array(piece))] = ids }
            result += ids
        }
        return result
    }

    /// The ids of one piece: the pair that was joined first in training is joined first.
    private func ids(_ piece: ArraySlice<UInt8>) throws -> [Int] {
        var word = piece.map { Int32($0) }
        while word.count > 1 {
            if word.count > 4096 { try checkInterrupt() }
            var best = Int.max
            for (a, b) in zip(word, word.dropFirst()) {
                if let rank = ranks[Pair(left: a, right: b)], rank < best { best = rank }
            }
            guard best < Int.max else { break }
            word = BPETokenizer.joined(word, merges[best], Int32(256 + best))
        }
        return word.map { Int($0) }
    }

    public override func decode(_ ids: [Int]) throws -> [UInt8] {
        try checkTrained("decode")
        return ids.flatMap { texts[$0] }
    }

    public override func token(_ id: Int) -> [UInt8] { texts[id] }
    public override var contents: JSON { .array(merges.map { .array([.integer(Int64($0.left)), .integer(Int64($0.right))]) }) }

    public override func restore(_ contents: JSON) throws {
        guard case .array(let values) = contents, values.count <= 1 << 24 else { throw LearningError.argument("load", "the pairs are no list") }
        var found: [Pair] = [], lengths = [Int](repeating: 1, count: 256), total = 0
        for (i, value) in values.enumerated() {
            guard case .array(let ids) = value, ids.count == 2, case .integer(let left) = ids[0], case .integer(let right) = ids[1],
                left >= 0, right >= 0, left < 256 + i, right < 256 + i
            else { throw LearningError.argument("load", "pair \(i + 1) does not join two ids before it") }
            let length = lengths[Int(left)] + lengths[Int(right)]
            total += length
            guard length <= 1 << 16, total <= 1 << 28 else { throw LearningError.argument("load", "the tokens are too long") }
            lengths.append(length)
            found.append(Pair(left: Int32(left), right: Int32(right)))
        }
        guard Set(found).count == found.count else { throw LearningError.argument("load", "a pair comes twice") }
        set(found)
    }
}
