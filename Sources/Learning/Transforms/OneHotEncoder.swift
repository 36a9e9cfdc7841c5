/// Makes a feature of 0 and 1 of every value of a feature.
public final class OneHotEncoder: RareCategoryEncoder {
    public override class var kind: String { "OneHotEncoder" }
    public override class var summary: String { "Makes a feature of 0 and 1 of every value of a feature." }
    public override class var options: [TransformOption] {
        [
            TransformOption("handle_unknown", "error", "what to do with values not seen at fit: refuse them, make them all 0, or count them among the rare ones",
                choices: ["error", "ignore", "infrequent_if_exist"]),
            TransformOption("drop", nil, "leaves away the first value, which the others imply: of all features, or of those with two values; or a list of values, one for each feature",
                choices: ["first", "if_binary"], takesList: true),
            categoriesOption,
        ] + rareOptions
    }
    public override class var refused: [String: String] {
        ["sparse_output": "there are no sparse tensors, results are dense", "sparse": "there are no sparse tensors, results are dense",
            "feature_name_combiner": "columns of frames are named column_value"]
    }

    override var countsMissing: Bool { true }

    /// The code of each feature that gets no column.
    private var dropped: [Int?] = []

    override func learn(_ columns: [Column], rows: Int) throws {
        try super.learn(columns, rows: rows)
        dropped = try droppedCodes()
    }

    override func checkLearned() throws {
        try super.checkLearned()
        dropped = try droppedCodes()
    }

    private func droppedCodes() throws -> [Int?] {
        if let list = list("drop") {
            guard list.count == categories.count else { throw LearningError.argument(Self.kind + ".fit", "drop lists \(list.count) values, there are \(categories.count) features") }
            return try list.enumerated().map { i, entry in
                let value = Value(entry)
                guard let position = categories[i].firstIndex(of: value) else { throw LearningError.argument(Self.kind + ".fit", "drop: \"\(value)\" is no category of feature \(i + 1)") }
                guard !(hasRare(i) && codes[i][position] == codeCount(i) - 1) else { throw LearningError.argument(Self.kind + ".fit", "drop: \"\(value)\" of feature \(i + 1) is rare, and rare ones are one category") }
                return codes[i][position]
            }
        }
        return categories.indices.map { i in text("drop") == "first" || (text("drop") == "if_binary" && codeCount(i) == 2) ? 0 : nil }
    }

    public override var outputWidth: Int { dropped.indices.reduce(0) { $0 + codeCount($1) - (dropped[$1] == nil ? 0 : 1) } }

    override func apply(_ columns: [Column], rows: Int) throws -> [Column] {
        let positions = try positions(columns)
        for (i, column) in columns.enumerated() where positions[i].contains(nil) {
            guard text("handle_unknown") != "error" else {
                throw LearningError.argument(Self.kind + ".transform", "column \"\(column.name)\" has \(column.missingText), none at fit")
            }
        }
        var result: [Column] = []
        for (i, column) in columns.enumerated() {
            try checkInterrupt()
            let count = codeCount(i), unknown = text("handle_unknown") == "infrequent_if_exist" && hasRare(i) ? count - 1 : -1
            let found = positions[i].map { $0.map { $0 < 0 ? unknown : codes[i][$0] } ?? unknown }
            for code in 0..<count where code != dropped[i] {
                let value = value(i, code: code)
                let name = hasRare(i) && code == count - 1 ? "infrequent" : value == .missing ? "missing" : value.description
                result.append(Column("\(column.name)_\(name)", found.map { $0 == code ? 1 : 0 }))
            }
        }
        return result
    }

    override func revert(_ columns: [Column], rows: Int) throws -> [Column] {
        var start = 0
        return try categories.indices.map { i in
            let kept = (0..<codeCount(i)).filter { $0 != dropped[i] }
            let numbers = try columns[start..<start + kept.count].map { try $0.feature(Self.kind + ".inverse_transform", allowsMissing: false) }
            start += kept.count
            let found: [Int?] = (0..<rows).map { row in
                var best: Int?, largest = 0.0
                for (code, values) in zip(kept, numbers) where values[row] > largest { (best, largest) = (code, values[row]) }
                return best ?? dropped[i]
            }
            return try column(i, "column_\(i + 1)", codes: found)
        }
    }
}
