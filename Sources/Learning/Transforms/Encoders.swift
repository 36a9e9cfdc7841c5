import Tensors

/// Features with a few values each, of which every value is a category.
open class CategoryEncoder: Transform {
    private final var positions: [[Value: Int]] = []

    override func learn(_ columns: [Column], rows: Int) throws {
        categories = try columns.map { column in
            try checkInterrupt()
            return try column.sortedCodes(Self.kind + ".fit").values + (countsMissing && column.missingCount > 0 ? [.missing] : [])
        }
        index()
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
    final func positions(_ columns: [Column]) throws -> [[Int?]] {
        let ignores = text("handle_unknown") == "ignore"
        return try columns.indices.map { i in
            let column = columns[i], known = positions[i]
            return try (0..<column.count).map { row in
                // Booleans in a tensor are numbers.
                let value = column[row]
                if let position = known[value] { return position }
                if value == .missing { return nil }
                if ignores { return -1 }
                let list = categories[i].prefix(8).map { "\"\($0)\"" }.joined(separator: ", ") + (categories[i].count > 8 ? ", …" : "")
                throw LearningError.argument(Self.kind + ".transform", "column \"\(column.name)\" holds \"\(value)\", "
                    + "which was not there at fit (\(list)). Say {handle_unknown=\"ignore\"} to let it pass")
            }
        }
    }

    /// The values at positions of one feature's categories.
    final func column(_ i: Int, _ name: String, _ positions: [Int?]) throws -> Column {
        try Column(name, positions.map { $0.map { categories[i][$0] } ?? .missing }, operation: Self.kind)
            .asKind(of: categories[i])
    }

    static var unknownOption: TransformOption {
        TransformOption("handle_unknown", "error", "what to do with values not seen at fit", choices: ["error", "ignore"])
    }
}

extension Column {
    /// A column of missing values as one of the kind that some values have.
    fileprivate func asKind(of values: [Value]) -> Column {
        guard missingCount == count, let first = values.first(where: { $0 != .missing }) else { return self }
        switch first {
        case .text: return Column(name, .text, missing: count)
        case .boolean: return Column(name, .boolean, missing: count)
        default: return self
        }
    }
}

/// Makes a feature of 0 and 1 of every value of a feature.
public final class OneHotEncoder: CategoryEncoder {
    public override class var kind: String { "OneHotEncoder" }
    public override class var summary: String { "Makes a feature of 0 and 1 of every value of a feature." }
    public override class var options: [TransformOption] {
        [
            unknownOption,
            TransformOption("drop", nil, "leaves away the first value, which the others imply: of all features, or of those with two values",
                choices: ["first", "if_binary"]),
        ]
    }

    override var countsMissing: Bool { true }

    /// Whether a feature's first value gets no column.
    private func drops(_ i: Int) -> Bool {
        text("drop") == "first" || (text("drop") == "if_binary" && categories[i].count == 2)
    }

    public override var outputWidth: Int { categories.indices.reduce(0) { $0 + categories[$1].count - (drops($1) ? 1 : 0) } }

    override func apply(_ columns: [Column], rows: Int) throws -> [Column] {
        let positions = try positions(columns)
        for (i, column) in columns.enumerated() where positions[i].contains(nil) {
            guard text("handle_unknown") == "ignore" else {
                throw LearningError.argument(Self.kind + ".transform", "column \"\(column.name)\" has \(column.missingText), none at fit")
            }
        }
        var result: [Column] = []
        for (i, column) in columns.enumerated() {
            try checkInterrupt()
            for (code, value) in categories[i].enumerated() where !(drops(i) && code == 0) {
                let name = value == .missing ? "missing" : value.description
                result.append(Column("\(column.name)_\(name)", positions[i].map { $0 == code ? 1 : 0 }))
            }
        }
        return result
    }

    override func revert(_ columns: [Column], rows: Int) throws -> [Column] {
        var start = 0
        return try categories.indices.map { i in
            let count = categories[i].count - (drops(i) ? 1 : 0), first = drops(i) ? 1 : 0
            let numbers = try columns[start..<start + count].map { try $0.feature(Self.kind + ".inverse_transform", allowsMissing: false) }
            start += count
            let positions: [Int?] = (0..<rows).map { row in
                var best: Int?, largest = 0.0
                for (code, values) in numbers.enumerated() where values[row] > largest { (best, largest) = (code + first, values[row]) }
                return best ?? (drops(i) ? 0 : nil)
            }
            return try column(i, "column_\(i + 1)", positions)
        }
    }
}

/// Numbers the values of every feature in order.
public final class OrdinalEncoder: CategoryEncoder {
    public override class var kind: String { "OrdinalEncoder" }
    public override class var summary: String { "Numbers the values of every feature in order; missing ones stay missing." }
    public override class var options: [TransformOption] {
        [unknownOption, TransformOption("first", 0, "the number of the first value")]
    }

    override func apply(_ columns: [Column], rows: Int) throws -> [Column] {
        let first = number("first") ?? 0
        return zip(columns, try positions(columns)).map { column, positions in
            Column(column.name, positions.map { $0.map { $0 < 0 ? .nan : Double($0) + first } ?? .nan })
        }
    }

    override func revert(_ columns: [Column], rows: Int) throws -> [Column] {
        let first = number("first") ?? 0
        return try columns.enumerated().map { i, codes in
            let positions: [Int?] = try codes.feature(Self.kind + ".inverse_transform", allowsMissing: true).map { code in
                if code.isNaN { return nil }
                guard let position = Int(exactly: code - first), categories[i].indices.contains(position) else {
                    throw LearningError.argument(Self.kind + ".inverse_transform", "\(shortNumber(code)) is no code of \(codes.name)")
                }
                return position
            }
            return try column(i, codes.name, positions)
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
