import Tensors

/// An encoder that may take rare categories for one.
open class RareCategoryEncoder: CategoryEncoder {
    /// The code of each category: frequent ones in order, all rare ones the last.
    final private(set) var codes: [[Int]] = []
    /// The positions of the rare categories of each feature.
    private final var rare: [[Int]] = []

    static var rareOptions: [TransformOption] {
        [
            TransformOption("min_frequency", nil, "rarer categories become one: a number of rows, or a share of them below 1", takesNumber: true),
            TransformOption("max_categories", nil, "the most codes of a feature, the one for all rare categories included", takesNumber: true),
        ]
    }

    override func check() throws {
        if let least = number("min_frequency"), least <= 0 || (least >= 1 && least != least.rounded()) {
            throw LearningError.argument(Self.kind, "min_frequency must be a number of rows or a share between 0 and 1, not \(shortNumber(least))")
        }
        if let most = number("max_categories"), most < 1 || Int(exactly: most) == nil {
            throw LearningError.argument(Self.kind, "max_categories must be a whole number from 1, not \(shortNumber(most))")
        }
    }

    /// The categories of each feature that were rare.
    public final var infrequentCategories: [[Value]] {
        zip(categories, rare).map { values, rare in rare.map { values[$0] } }
    }

    override func learn(_ columns: [Column], rows: Int) throws {
        try super.learn(columns, rows: rows)
        learned = StateDict()
        if number("min_frequency") != nil || number("max_categories") != nil {
            for (i, found) in try positions(columns, ".fit").enumerated() {
                try learn("rare.\(i)", rarest(found, categories[i].count).map(Double.init))
            }
        }
        group()
    }

    /// Which of a feature's categories are rare, as scikit-learn counts.
    private func rarest(_ positions: [Int?], _ count: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: count)
        for case let position? in positions where position >= 0 { counts[position] += 1 }
        let least = number("min_frequency").map { $0 < 1 ? $0 * Double(positions.count) : $0 } ?? 0
        var isRare = counts.map { Double($0) < least }
        if let most = number("max_categories").flatMap({ Int(exactly: $0) }), most < count - isRare.count(where: { $0 }) + 1 {
            for i in counts.indices.sorted(by: { (counts[$0], $0) < (counts[$1], $1) }).dropLast(most - 1) { isRare[i] = true }
        }
        return counts.indices.filter { isRare[$0] }
    }

    /// Works out codes from the rare categories that were learnt.
    private func group() {
        rare = categories.indices.map { i in values("rare.\(i)").compactMap { Int(exactly: $0) } }
        codes = categories.indices.map { i in
            let isRare = Set(rare[i])
            var next = 0
            return categories[i].indices.map { position in
                if isRare.contains(position) { return categories[i].count - isRare.count }
                next += 1
                return next - 1
            }
        }
    }

    override func checkLearned() throws {
        try super.checkLearned()
        guard categories.indices.allSatisfy({ i in values("rare.\(i)").allSatisfy { categories[i].indices.contains(Int(exactly: $0) ?? -1) } }) else {
            throw LearningError.argument(Self.kind, "the rare categories are not among those learnt")
        }
        group()
    }

    /// Whether a feature has a code for rare categories.
    final func hasRare(_ i: Int) -> Bool { !rare[i].isEmpty }
    final func codeCount(_ i: Int) -> Int { (codes[i].max() ?? -1) + 1 }

    /// What a code stands for; all rare categories together are "infrequent".
    final func value(_ i: Int, code: Int) -> Value {
        if hasRare(i), code == codeCount(i) - 1 {
            return categories[i].contains { if case .text = $0 { true } else { false } } ? .text("infrequent") : .missing
        }
        return codes[i].firstIndex(of: code).map { categories[i][$0] } ?? .missing
    }

    /// The values of one feature's codes; nil is missing.
    final func column(_ i: Int, _ name: String, codes: [Int?]) throws -> Column {
        let values = (0..<codeCount(i)).map { value(i, code: $0) }
        return try Column(name, codes.map { $0.map { values[$0] } ?? .missing }, operation: Self.kind).asKind(of: categories[i])
    }
}
