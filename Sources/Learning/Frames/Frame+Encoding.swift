import Tensors

extension Frame {
    /// Columns replaced by one of 0 and 1 for each of their values, named `column_value`, values in
    /// order; missing values are 0 in all.
    ///
    /// - Parameter dropFirst: leaves away each column's first value, which the others imply.
    public func oneHot(_ names: [String], dropFirst: Bool = false) throws -> Frame {
        let chosen = Set(try names.map { try position($0, "one_hot") })
        var result: [Column] = []
        for (i, column) in columns.enumerated() {
            guard chosen.contains(i) else { result.append(column); continue }
            let (codes, values) = try column.sortedCodes("one_hot")
            guard values.count <= max(1000, rowCount / 2) else {
                throw LearningError.argument("one_hot", "column \"\(column.name)\" has \(values.count) different values")
            }
            for (code, value) in values.enumerated() where !(dropFirst && code == 0) {
                result.append(Column("\(column.name)_\(value)", codes.map { $0 == code ? 1 : 0 }))
            }
        }
        return try Frame(result, rowCount: rowCount, operation: "one_hot")
    }

    /// A column's values replaced by numbers counted from `first` in order, and the values that they
    /// stand for; missing ones stay missing.
    public func labelEncode(_ name: String, first: Int = 0) throws -> (frame: Frame, classes: [Value]) {
        let (codes, values) = try column(name, operation: "label_encode").sortedCodes("label_encode")
        let encoded = Column(name, codes.map { $0 < 0 ? Double.nan : Double($0 + first) })
        return (try setting(encoded), values)
    }

    /// Columns, by default all, as a tensor [rows, columns]; missing values are NaN, booleans 1 and 0.
    ///
    /// - Throws: when a column holds text.
    public func tensor(_ names: [String]? = nil, _ dtype: DType = .float32) throws -> Tensor {
        let names = names ?? self.names
        let chosen = try names.map { name in
            guard let numbers = try column(name, operation: "to_tensor").numbers else {
                throw LearningError.argument("to_tensor", "column \"\(name)\" holds text. Use one_hot or label_encode first, or leave it out")
            }
            return numbers
        }
        if !dtype.isFloatingPoint, let bad = zip(names, chosen).first(where: { $1.contains(where: \.isNaN) }) {
            throw LearningError.argument("to_tensor", "column \"\(bad.0)\" has missing values, which \(dtype.name) has no number for")
        }
        let width = chosen.count
        let result = try Tensor.zeros([rowCount, width], dtype == .float32 ? .float32 : .float64)
        for (i, numbers) in chosen.enumerated() {
            try checkInterrupt()
            if dtype == .float32 {
                let target = result.pointer.assumingMemoryBound(to: Float.self)
                numbers.withUnsafeBufferPointer { for row in $0.indices { target[row * width + i] = Float($0[row]) } }
            } else {
                let target = result.pointer.assumingMemoryBound(to: Double.self)
                numbers.withUnsafeBufferPointer { for row in $0.indices { target[row * width + i] = $0[row] } }
            }
        }
        return try result.to(dtype)
    }

    /// A column as class numbers 0..<C (int64 [N]) with the classes' names in order: numbers
    /// ascending, text alphabetically.
    ///
    /// - Throws: when a value is missing.
    public func classes(_ name: String, operation: String = "to_dataset") throws -> (labels: Tensor, names: [String]) {
        let column = try column(name, operation: operation)
        if column.missingCount > 0 {
            throw LearningError.argument(operation, "column \"\(name)\" has \(column.missingText), which have no class. "
                + "Use drop_missing{\"\(name)\"} first")
        }
        let (codes, values) = try column.sortedCodes(operation)
        return (try Tensor(codes.map { Int64($0) }), values.map(\.description))
    }

    /// A data set of feature columns, by default all but the target, and a target: classes when the
    /// target is text, booleans, or `isClass`; values [N, 1] otherwise.
    ///
    /// - Throws: when a feature holds text or misses values; the message names all that do.
    public func dataset(features: [String]? = nil, target: String, isClass: Bool? = nil) throws -> TensorDataset {
        let name = "to_dataset", targets = try column(target, operation: name)
        let features = features ?? names.filter { $0 != target }
        var gaps: [String] = [], texts: [String] = []
        for feature in features {
            let column = try column(feature, operation: name)
            if column.kind == .text { texts.append(feature) }
            if column.missingCount > 0 { gaps.append("column \"\(feature)\" has \(column.missingText)") }
        }
        if !gaps.isEmpty || !texts.isEmpty {
            let problems = gaps + texts.map { "\"\($0)\" is text" }
            let advice = (gaps.isEmpty ? [] : ["drop_missing() or impute(\"mean\")"])
                + (texts.isEmpty ? [] : ["one_hot{" + texts.map { "\"\($0)\"" }.joined(separator: ", ") + "}"])
            throw LearningError.argument(name, problems.joined(separator: "; ") + ". Use " + advice.joined(separator: "; "))
        }
        let x = try tensor(features)
        if isClass ?? (targets.kind != .number) {
            let (labels, names) = try classes(target)
            return try TensorDataset(x, labels, classes: names)
        }
        if targets.missingCount > 0 {
            throw LearningError.argument(name, "the target \"\(target)\" has \(targets.missingText). Use drop_missing{\"\(target)\"} first")
        }
        return try TensorDataset(x, tensor([target]))
    }
}

extension Column {
    /// How many values are missing and where, rows counted from 1: "2 missing values (rows 4, 272)".
    var missingText: String {
        let rows = (0..<count).lazy.filter { isMissing($0) }, total = missingCount
        return "\(total) missing value\(total == 1 ? "" : "s") (row\(total == 1 ? "" : "s") "
            + rows.prefix(4).map { String($0 + 1) }.joined(separator: ", ") + (total > 4 ? ", …" : "") + ")"
    }
}

extension Column {
    /// The values as positions in a sorted list of the different ones; missing ones are -1.
    func sortedCodes(_ operation: String) throws -> (codes: [Int], values: [Value]) {
        let coded = Codes(self)
        let order: [Int] = switch values {
        case .numbers(let values), .booleans(let values):
            coded.first.indices.sorted { values[coded.first[$0]] < values[coded.first[$1]] }
        case .text(let values):
            coded.first.indices.sorted { (values[coded.first[$0]] ?? "") < (values[coded.first[$1]] ?? "") }
        }
        var position = [Int](repeating: 0, count: order.count)
        for (i, code) in order.enumerated() { position[code] = i }
        return (coded.codes.map { $0 < 0 ? -1 : position[$0] }, order.map { self[coded.first[$0]] })
    }
}
