import Tensors

/// A table of named columns of one length.
public final class Frame {
    public let columns: [Column]
    public let rowCount: Int

    public struct Column: Sendable {
        public let name: String
        public let values: Values

        public init(_ name: String, _ values: Values) {
            self.name = name
            self.values = values
        }
    }

    /// A column's values.
    public enum Values: Sendable {
        /// NaN where a value is missing.
        case numbers([Double])
        /// nil where a value is missing.
        case text([String?])

        public var count: Int {
            switch self {
            case .numbers(let values): values.count
            case .text(let values): values.count
            }
        }
    }

    /// - Throws: when columns differ in length or two have one name.
    public init(_ columns: [Column]) throws {
        var names = Set<String>()
        for column in columns {
            guard column.values.count == columns[0].values.count else {
                throw LearningError.argument("frame", "column \"\(column.name)\" has \(column.values.count) rows, "
                    + "\"\(columns[0].name)\" has \(columns[0].values.count)")
            }
            guard names.insert(column.name).inserted else {
                throw LearningError.argument("frame", "two columns are named \"\(column.name)\"")
            }
        }
        self.columns = columns
        rowCount = columns.first?.values.count ?? 0
    }

    public var names: [String] { columns.map(\.name) }

    /// The column of a name.
    public func column(_ name: String) throws -> Column {
        guard let column = columns.first(where: { $0.name == name }) else {
            throw LearningError.argument("frame", "there is no column named \"\(name)\"; there are "
                + names.map { "\"\($0)\"" }.joined(separator: ", "))
        }
        return column
    }

    /// Columns of numbers as a tensor [rows, columns].
    ///
    /// - Throws: for a column of text.
    public func tensor(_ names: [String], _ dtype: DType = .float32) throws -> Tensor {
        let result = try Tensor.empty([rowCount, names.count], .float64)
        let target = result.pointer.assumingMemoryBound(to: Double.self)
        for (j, name) in names.enumerated() {
            guard case .numbers(let values) = try column(name).values else {
                throw LearningError.argument("to_tensor", "column \"\(name)\" holds text; encode it first")
            }
            for (i, value) in values.enumerated() { target[i * names.count + j] = value }
        }
        return try result.to(dtype)
    }

    /// A column as class numbers 0..<C with the classes' names in order: numbers ascending, text
    /// alphabetically.
    ///
    /// - Throws: naming the first row whose value is missing.
    public func classes(_ name: String) throws -> (labels: Tensor, names: [String]) {
        let missing = { (row: Int) in
            LearningError.argument("to_dataset", "row \(row + 1) of column \"\(name)\" has no value, so it has no class")
        }
        var labels = [Int64](repeating: 0, count: rowCount), classNames: [String]
        switch try column(name).values {
        case .numbers(let values):
            if let row = values.firstIndex(where: \.isNaN) { throw missing(row) }
            let distinct = Set(values).sorted()
            let numbers = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, Int64($0)) })
            for (i, value) in values.enumerated() { labels[i] = numbers[value] ?? 0 }
            classNames = distinct.map(shortNumber)
        case .text(let values):
            if let row = values.firstIndex(where: { $0 == nil }) { throw missing(row) }
            let texts = values.compactMap { $0 }
            classNames = Set(texts).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            let numbers = Dictionary(uniqueKeysWithValues: classNames.enumerated().map { ($1, Int64($0)) })
            for (i, text) in texts.enumerated() { labels[i] = numbers[text] ?? 0 }
        }
        return (try Tensor(labels), classNames)
    }

    /// A data set of feature columns and a target: classes when the target is text or `isClass`,
    /// values otherwise.
    public func dataset(features: [String]? = nil, target: String, isClass: Bool? = nil) throws -> TensorDataset {
        let features = features ?? names.filter { $0 != target }
        let x = try tensor(features)
        if case .text = try column(target).values { return try classSet(x, target) }
        if isClass == true { return try classSet(x, target) }
        return try TensorDataset(x, tensor([target]))
    }

    private func classSet(_ x: Tensor, _ target: String) throws -> TensorDataset {
        let (labels, names) = try classes(target)
        return try TensorDataset(x, labels, classes: names)
    }
}
