/// Fills missing values with what it learnt from the others of the feature.
public final class Imputer: Transform {
    public override class var kind: String { "Imputer" }
    public override class var summary: String { "Fills missing values with what it learnt from the others of the feature." }
    public override class var options: [TransformOption] {
        [
            TransformOption("strategy", "mean", "what to fill in", choices: ["mean", "median", "most_frequent", "constant"]),
            TransformOption("fill_value", nil, "the constant; by default 0, and \"missing_value\" for text", takesNumber: true),
            TransformOption("missing_values", nil, "the value that stands for a missing one, in place of NaN", takesNumber: true),
            TransformOption("add_indicator", false, "whether a feature of 0 and 1 follows for each feature that missed values at fit"),
            TransformOption("keep_empty_features", false, "whether features without any value are filled with the constant, in place of an error"),
        ]
    }

    override var learnsFromValues: Bool { true }

    /// The features that missed values at `fit`.
    private var indicated: [Int] = []

    override func learn(_ columns: [Column], rows: Int) throws {
        let name = Self.kind + ".fit", columns = try marked(columns, name)
        categories = try columns.map { column in
            var value: Value?
            switch text("strategy") {
            case "mean": value = Statistics(try column.feature(name, allowsMissing: true)).mean.map(Value.number)
            case "median": value = Statistics(try column.feature(name, allowsMissing: true)).quantile(0.5).map(Value.number)
            case "most_frequent": value = column.mode
            default: value = constant(column)
            }
            if value == nil, flag("keep_empty_features"), column.missingCount == column.count { value = constant(column) }
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
        indicated = flag("add_indicator") ? columns.indices.filter { columns[$0].missingCount > 0 } : []
        try learn("_indicated", indicated.map(Double.init))
    }

    /// Columns in which what stands for missing values is missing.
    private func marked(_ columns: [Column], _ operation: String) throws -> [Column] {
        let setting = settings["missing_values"] ?? .null
        guard setting != .null else { return columns }
        let mark = Value(setting)
        return try columns.map { column in
            if column.missingCount > 0 {
                throw LearningError.argument(operation, "column \"\(column.name)\" has \(column.missingText), and missing_values says that \"\(mark)\" stands for those")
            }
            switch (column.values, mark) {
            case (.numbers(let values), .number(let gap)): return Column(column.name, values.map { $0 == gap ? .nan : $0 })
            case (.text(let values), .text(let gap)): return Column(column.name, values.map { $0 == gap ? nil : $0 })
            default: return column
            }
        }
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

    public override var outputWidth: Int { (width ?? 0) + indicated.count }

    override func apply(_ columns: [Column], rows: Int) throws -> [Column] {
        let columns = try marked(columns, Self.kind + ".transform")
        let filled = try zip(columns, categories).map { column, category in
            if column.missingCount == 0 { return column }
            // A column of booleans takes a mean only as numbers.
            let numeric = column.kind == .boolean ? Column(column.name, .numbers(column.numbers ?? [])) : column
            guard let value = category.first, let filled = column.filled(with: value) ?? numeric.filled(with: value) else {
                throw LearningError.argument(Self.kind + ".transform", "column \"\(column.name)\" held other values at fit")
            }
            return filled
        }
        return filled + indicated.map { i in
            Column("missing_\(columns[i].name)", (0..<rows).map { columns[i].isMissing($0) ? 1.0 : 0 })
        }
    }

    /// Takes values out again where an indicator says that they were missing.
    override func revert(_ columns: [Column], rows: Int) throws -> [Column] {
        guard flag("add_indicator") else {
            throw LearningError.argument(Self.kind + ".inverse_transform", "only with add_indicator=true is known what was missing")
        }
        let width = width ?? 0
        var result = Array(columns.prefix(width))
        for (k, i) in indicated.enumerated() {
            let flags = try columns[width + k].feature(Self.kind + ".inverse_transform", allowsMissing: false)
            result[i] = result[i].rows((0..<rows).map { flags[$0] != 0 ? -1 : $0 })
        }
        return result
    }

    override func checkLearned() throws {
        indicated = values("_indicated").compactMap { Int(exactly: $0) }
        guard categories.count == width, categories.allSatisfy({ $0.count == 1 && $0[0] != .missing }), indicated.allSatisfy(categories.indices.contains) else {
            throw LearningError.argument(Self.kind, "the learnt values do not fit \(width ?? 0) features")
        }
    }
}
