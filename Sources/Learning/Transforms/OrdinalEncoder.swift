/// Numbers the values of every feature in order.
public final class OrdinalEncoder: RareCategoryEncoder {
    public override class var kind: String { "OrdinalEncoder" }
    public override class var summary: String { "Numbers the values of every feature in order; missing ones stay missing." }
    public override class var options: [TransformOption] {
        [
            TransformOption("handle_unknown", "error", "what to do with values not seen at fit: refuse them, make them missing, or give them unknown_value",
                choices: ["error", "ignore", "use_encoded_value"]),
            TransformOption("unknown_value", nil, "the code of values not seen at fit; NaN when left out", takesNumber: true),
            TransformOption("encoded_missing_value", nil, "the code of missing values; NaN when left out", takesNumber: true),
            categoriesOption,
        ] + rareOptions + [TransformOption("first", 0, "the number of the first value")]
    }

    override func check() throws {
        try super.check()
        if number("unknown_value") != nil, text("handle_unknown") != "use_encoded_value" {
            throw LearningError.argument(Self.kind, "unknown_value needs handle_unknown=\"use_encoded_value\"")
        }
    }

    override func learn(_ columns: [Column], rows: Int) throws {
        try super.learn(columns, rows: rows)
        let first = integer("first")
        for name in ["unknown_value", "encoded_missing_value"] {
            guard let code = number(name), let i = categories.indices.first(where: { code >= Double(first) && code < Double(first + codeCount($0)) && code == code.rounded() }) else { continue }
            throw LearningError.argument(Self.kind + ".fit", "\(name) \(shortNumber(code)) is the code of a category of feature \(i + 1), whose codes are \(first)..\(first + codeCount(i) - 1)")
        }
    }

    override func apply(_ columns: [Column], rows: Int) throws -> [Column] {
        let first = number("first") ?? 0, unknown = number("unknown_value") ?? .nan, missing = number("encoded_missing_value") ?? .nan
        return zip(columns, try positions(columns)).enumerated().map { i, pair in
            let (column, positions) = pair
            return Column(column.name, positions.map { $0.map { $0 < 0 ? unknown : Double(codes[i][$0]) + first } ?? missing })
        }
    }

    override func revert(_ columns: [Column], rows: Int) throws -> [Column] {
        let first = number("first") ?? 0, gaps = [number("unknown_value"), number("encoded_missing_value")]
        return try columns.enumerated().map { i, column in
            let found: [Int?] = try column.feature(Self.kind + ".inverse_transform", allowsMissing: true).map { code in
                if code.isNaN || gaps.contains(code) { return nil }
                guard let position = Int(exactly: code - first), (0..<codeCount(i)).contains(position) else {
                    throw LearningError.argument(Self.kind + ".inverse_transform", "\(shortNumber(code)) is no code of \(column.name)")
                }
                return position
            }
            return try self.column(i, column.name, codes: found)
        }
    }
}
