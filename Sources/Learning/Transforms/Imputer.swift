/// Fills missing values with what it learnt from the others of the feature.
public final class Imputer: Transform {
    public override class var kind: String { "Imputer" }
    public override class var summary: String { "Fills missing values with what it learnt from the others of the feature." }
    public override class var options: [TransformOption] {
        [
            TransformOption("strategy", "mean", "what to fill in", choices: ["mean", "median", "most_frequent", "constant"]),
            TransformOption("fill_value", nil, "the constant; by default 0, and \"missing_value\" for text", takesNumber: true),
        ]
    }

    override func learn(_ columns: [Column], rows: Int) throws {
        let name = Self.kind + ".fit"
        categories = try columns.map { column in
            let value: Value?
            switch text("strategy") {
            case "mean": value = Statistics(try column.feature(name, allowsMissing: true)).mean.map(Value.number)
            case "median": value = Statistics(try column.feature(name, allowsMissing: true)).quantile(0.5).map(Value.number)
            case "most_frequent": value = column.mode
            default: value = constant(column)
            }
            guard let value else {
                throw LearningError.argument(name, text("strategy") == "constant"
                    ? "column \"\(column.name)\" holds \(column.kind.rawValue) values, which the fill_value does not fit"
                    : "column \"\(column.name)\" has no values to learn from")
            }
            return [value]
        }
        learned = StateDict()
        let numbers = categories.map { if case .number(let number) = $0[0] { number } else { Double.nan } }
        try learn("statistics", numbers)
    }

    private func constant(_ column: Column) -> Value? {
        switch (settings["fill_value"] ?? .null, column.kind) {
        case (.null, .number): .number(0)
        case (.null, .boolean): .boolean(false)
        case (.null, .text): .text("missing_value")
        case (.string(let text), .text): .text(text)
        case (.integer, .number), (.number, .number): number("fill_value").map(Value.number)
        default: nil
        }
    }

    override func apply(_ columns: [Column], rows: Int) throws -> [Column] {
        try zip(columns, categories).map { column, category in
            if column.missingCount == 0 { return column }
            // A column of booleans takes a mean only as numbers.
            let numeric = column.kind == .boolean ? Column(column.name, .numbers(column.numbers ?? [])) : column
            guard let value = category.first, let filled = column.filled(with: value) ?? numeric.filled(with: value) else {
                throw LearningError.argument(Self.kind + ".transform", "column \"\(column.name)\" held other values at fit")
            }
            return filled
        }
    }

    override func checkLearned() throws {
        guard categories.count == width, categories.allSatisfy({ $0.count == 1 && $0[0] != .missing }) else {
            throw LearningError.argument(Self.kind, "the learnt values do not fit \(width ?? 0) features")
        }
    }
}
