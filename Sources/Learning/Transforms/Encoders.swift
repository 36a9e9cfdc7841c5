import Tensors

/// Features with a few values each, of which every value is a category.
open class CategoryEncoder: Transform {
    private final var positions: [[Value: Int]] = []

    override func learn(_ columns: [Column], rows: Int) throws {
        let given = try givenCategories(columns.count)
        categories = try columns.enumerated().map { i, column in
            try checkInterrupt()
            return try given?[i] ?? column.sortedCodes(Self.kind + ".fit").values + (countsMissing && column.missingCount > 0 ? [.missing] : [])
        }
        index()
        // Values beside those given are errors, unless unknown ones are let pass.
        if given != nil { _ = try positions(columns, ".fit") }
    }

    /// The categories that the option of the name lists for each feature; nil to find them in the data.
    private func givenCategories(_ width: Int) throws -> [[Value]]? {
        guard let lists = list("categories") else { return nil }
        guard lists.count == width else {
            throw LearningError.argument(Self.kind + ".fit", "categories lists \(lists.count) features, the data have \(width)")
        }
        return try lists.enumerated().map { i, list in
            guard case .array(let elements) = list, !elements.isEmpty else {
                throw LearningError.argument(Self.kind, "categories must hold a list of values for each feature")
            }
            let values = elements.map(Value.init)
            let isUnsorted = zip(values, values.dropFirst()).contains { if case .number(let a) = $0, case .number(let b) = $1 { a >= b } else { false } }
            guard !isUnsorted, Set(values).count == values.count else {
                throw LearningError.argument(Self.kind, "categories of feature \(i + 1): " + (isUnsorted ? "numbers must rise" : "a value comes twice"))
            }
            return values
        }
    }

    /// Whether a missing value is a category of its own.
    var countsMissing: Bool { false }

    private func index() {
        positions = categories.map { values in
            Dictionary(values.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    override func checkLearned() throws {
        guard categories.count == width else {
            throw LearningError.argument(Self.kind, "the learnt categories do not fit \(width ?? 0) features")
        }
        index()
    }

    /// The position of each value among its feature's categories, nil for missing ones that are no
    /// category, -1 for values not seen at `fit` where those are ignored.
    final func positions(_ columns: [Column], _ step: String = ".transform") throws -> [[Int?]] {
        let ignores = text("handle_unknown") != "error" && !text("handle_unknown").isEmpty
        return try columns.indices.map { i in
            let column = columns[i], known = positions[i]
            return try (0..<column.count).map { row in
                // Booleans in a tensor are numbers.
                let value = column[row]
                if let position = known[value] { return position }
                if value == .missing { return nil }
                if ignores { return -1 }
                let list = categories[i].prefix(8).map { "\"\($0)\"" }.joined(separator: ", ") + (categories[i].count > 8 ? ", …" : "")
                throw LearningError.argument(Self.kind + step, "column \"\(column.name)\" holds \"\(value)\", "
                    + (step == ".fit" ? "which categories does not list" : "which was not there at fit") + " (\(list)). Say {handle_unknown=\"ignore\"} to let it pass")
            }
        }
    }

    static var categoriesOption: TransformOption {
        TransformOption("categories", "auto", "a list of values in order for each feature; \"auto\" finds them at fit", choices: ["auto"], takesList: true)
    }
}

extension Value {
    /// A setting as a value.
    init(_ json: JSON) {
        switch json {
        case .bool(let flag): self = .boolean(flag)
        case .integer(let number): self = .number(Double(number))
        case .number(let number): self = .number(number)
        case .string(let text): self = .text(text)
        default: self = .missing
        }
    }
}

extension Column {
    /// A column of missing values as one of the kind that some values have.
    func asKind(of values: [Value]) -> Column {
        guard missingCount == count, let first = values.first(where: { $0 != .missing }) else { return self }
        switch first {
        case .text: return Column(name, .text, missing: count)
        case .boolean: return Column(name, .boolean, missing: count)
        default: return self
        }
    }
}

/// Numbers the classes of a target in order.
public final class LabelEncoder: CategoryEncoder {
    public override class var kind: String { "LabelEncoder" }
    public override class var summary: String { "Numbers the classes of a target in order." }
    public override class var options: [TransformOption] { [TransformOption("first", 0, "the number of the first class")] }

    /// The classes in the order of their numbers.
    public var classes: [Value] { categories.first ?? [] }

    @discardableResult
    public func fit(_ values: [Value]) throws -> Self { try fit(.frame(single(values))) }

    /// The number of each value, int64 [N].
    ///
    /// - Throws: for a value that `fit` did not see.
    public func transform(_ values: [Value]) throws -> Tensor {
        try checkFitted(Self.kind + ".transform")
        return try Tensor(codes([Column("column_1", values, operation: Self.kind)])[0])
    }

    /// The values of numbers.
    public func inverseTransform(_ codes: Tensor) throws -> [Value] {
        try checkFitted(Self.kind + ".inverse_transform")
        let first = integer("first")
        return try integers(codes, Self.kind + ".inverse_transform", "codes").map { code in
            guard classes.indices.contains(code - first) else {
                throw LearningError.argument(Self.kind + ".inverse_transform", "\(code) is no class \(first)..\(classes.count - 1 + first)")
            }
            return classes[code - first]
        }
    }

    private func single(_ values: [Value]) throws -> Frame {
        try Frame([Column("column_1", values, operation: Self.kind + ".fit")])
    }

    override func learn(_ columns: [Column], rows: Int) throws {
        guard columns.count == 1 else {
            throw LearningError.argument(Self.kind + ".fit", "a target is one column, not \(columns.count). For features use an OrdinalEncoder")
        }
        if columns[0].missingCount > 0 {
            throw LearningError.argument(Self.kind + ".fit", "the target has \(columns[0].missingText)")
        }
        try super.learn(columns, rows: rows)
    }

    private func codes(_ columns: [Column]) throws -> [[Int64]] {
        let first = integer("first")
        return try positions(columns).map { positions in
            try positions.map { position in
                guard let position else { throw LearningError.argument(Self.kind + ".transform", "the target has \(columns[0].missingText)") }
                return Int64(position + first)
            }
        }
    }

    override func apply(_ columns: [Column], rows: Int) throws -> [Column] {
        zip(columns, try codes(columns)).map { Column($0.name, $1.map(Double.init)) }
    }

    override func revert(_ columns: [Column], rows: Int) throws -> [Column] {
        let codes = try Tensor(columns[0].feature(Self.kind + ".inverse_transform", allowsMissing: false))
        return [try Column(columns[0].name, inverseTransform(codes), operation: Self.kind)]
    }
}
