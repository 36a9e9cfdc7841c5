import Tensors

/// What transforms take and give: numbers as a tensor, or a table with names and text.
public enum Features {
    /// [N, F], or [N] for a single feature.
    case tensor(Tensor)
    case frame(Frame)
    /// Columns without names of their own, such as rows of a list.
    case values([Column])
}

extension Features {
    /// Rows, and a column per feature.
    func columns(_ operation: String) throws -> (columns: [Column], rows: Int) {
        switch self {
        case .frame(let frame): return (frame.columns, frame.rowCount)
        case .values(let columns):
            guard columns.allSatisfy({ $0.count == columns[0].count }) else {
                throw LearningError.argument(operation, "the columns differ in length")
            }
            return (columns, columns.first?.count ?? 0)
        case .tensor(let tensor):
            guard tensor.rank == 1 || tensor.rank == 2 else {
                throw TensorError.shapes(operation, [tensor.shape], detail: "features are [N, F], or [N] for one")
            }
            let rows = tensor.shape[0], width = tensor.rank == 2 ? tensor.shape[1] : 1
            let values = try doubles(tensor)
            let columns = values.withUnsafeBufferPointer { values in
                (0..<width).map { c in Column("column_\(c + 1)", .numbers((0..<rows).map { values[$0 * width + c] })) }
            }
            return (columns, rows)
        }
    }

    /// Columns in the form that came: a tensor of the floating type it had (float32 for whole
    /// numbers), unless they hold text; a frame otherwise.
    func similar(_ columns: [Column], rows: Int, operation: String) throws -> Features {
        if case .values = self { return .values(columns) }
        guard case .tensor(let tensor) = self, !columns.contains(where: { $0.kind == .text }) else {
            return .frame(try Frame(columns, rowCount: rows, operation: operation))
        }
        return .tensor(try Features.tensor(columns, rows: rows, tensor.dtype.isFloatingPoint ? tensor.dtype : .float32))
    }

    /// Columns of numbers side by side, [rows, columns].
    public static func tensor(_ columns: [Column], rows: Int, _ dtype: DType = .float32) throws -> Tensor {
        let width = columns.count
        let result = try Tensor.empty([rows, width], .float64)
        let target = result.pointer.assumingMemoryBound(to: Double.self)
        for (c, column) in columns.enumerated() {
            (column.numbers ?? []).withUnsafeBufferPointer { values in
                for row in values.indices { target[row * width + c] = values[row] }
            }
        }
        return try result.to(dtype)
    }
}

extension Column {
    /// The numbers of a feature.
    ///
    /// - Throws: when it holds text or infinities, or misses values where they are not allowed.
    func feature(_ operation: String, allowsMissing: Bool) throws -> [Double] {
        guard let numbers else {
            throw LearningError.argument(operation, "column \"\(name)\" holds text. Use a OneHotEncoder or OrdinalEncoder for it, or leave it out")
        }
        for value in numbers where !value.isFinite {
            if value.isNaN, allowsMissing { continue }
            throw LearningError.argument(operation, "column \"\(name)\" has \(value.isNaN ? missingText : "infinite values")"
                + (value.isNaN ? ". Use an Imputer first" : ""))
        }
        return numbers
    }
}
