import Tensors

/// A table: columns with names, all of the same number of rows.
///
/// ```swift
/// let cars = try Frame.readCSV("auto-mpg.csv").dropMissing()
/// print(try cars.grouped(by: ["origin"]).mean())
/// ```
/// Frames are values: every change gives a new one, which shares the columns that stayed.
public struct Frame: Equatable, Sendable {
    public private(set) var columns: [Column]
    public let rowCount: Int
    private let positions: [String: Int]

    /// - Throws: when columns differ in length, or two have one name.
    public init(_ columns: [Column]) throws {
        try self.init(columns, rowCount: columns.first?.count ?? 0, operation: "frame")
    }

    init(_ columns: [Column], rowCount: Int, operation: String) throws {
        var positions: [String: Int] = [:]
        for (i, column) in columns.enumerated() {
            guard column.count == rowCount else {
                throw LearningError.argument(operation, "column \"\(column.name)\" has \(column.count) rows, "
                    + (i == 0 ? "not \(rowCount)" : "column \"\(columns[0].name)\" has \(rowCount)"))
            }
            guard positions.updateValue(i, forKey: column.name) == nil else {
                throw LearningError.argument(operation, "two columns are named \"\(column.name)\"")
            }
        }
        self.columns = columns
        self.rowCount = rowCount
        self.positions = positions
    }

    /// Rows and columns.
    public var shape: [Int] { [rowCount, columns.count] }
    public var names: [String] { columns.map(\.name) }
    /// About how much memory the columns take.
    public var byteCount: Int { columns.reduce(0) { $0 + $1.count * ($1.kind == .text ? 32 : 8) } }

    /// The column of a name, or nil.
    public subscript(name: String) -> Column? { positions[name].map { columns[$0] } }

    func position(_ name: String, _ operation: String) throws -> Int {
        if let position = positions[name] { return position }
        let near = nearest(name, names).map { "; did you mean \"\($0)\"?" } ?? ""
        let list = names.prefix(12).map { "\"\($0)\"" }.joined(separator: ", ")
        throw LearningError.argument(operation, "there is no column \"\(name)\"\(near)"
            + (near.isEmpty ? "; there are " : " There are ") + (columns.isEmpty ? "none" : list)
            + (columns.count > 12 ? " and \(columns.count - 12) more" : ""))
    }

    /// The column of a name.
    ///
    /// - Throws: when there is none; the message names the nearest.
    public func column(_ name: String, operation: String = "column") throws -> Column { columns[try position(name, operation)] }

    /// The numbers of a column.
    ///
    /// - Throws: when it holds text.
    func numbers(_ name: String, _ operation: String) throws -> [Double] {
        let column = try column(name, operation: operation)
        guard let numbers = column.numbers else {
            throw LearningError.argument(operation, "column \"\(name)\" holds text"
                + " (\"\(TextTable.fitted(column.text?.compactMap { $0 }.first ?? "", 20))\")")
        }
        return numbers
    }

    /// One row.
    ///
    /// - Throws: for a position outside of the frame; negative ones count from the end.
    public func row(_ index: Int) throws -> FrameRow {
        guard index >= -rowCount, index < rowCount else { throw TensorError.index("frame", index, dimension: 0, shape: shape) }
        return FrameRow(frame: self, index: index < 0 ? index + rowCount : index)
    }

    /// Some rows, in the order given.
    ///
    /// - Throws: for a position outside of the frame.
    public func rows(_ indices: [Int]) throws -> Frame {
        try picking(indices.map { try row($0).index })
    }

    func picking(_ rows: [Int]) throws -> Frame {
        try Frame(columns.map { $0.rows(rows) }, rowCount: rows.count, operation: "frame")
    }

    /// The first rows.
    public func head(_ count: Int = 5) throws -> Frame { try picking(Array(0..<max(0, min(count, rowCount)))) }

    /// The last rows.
    public func tail(_ count: Int = 5) throws -> Frame { try picking(Array(max(0, rowCount - max(0, count))..<rowCount)) }

    /// Only these columns, in this order.
    public func select(_ names: [String]) throws -> Frame {
        try Frame(names.map { try column($0, operation: "select") }, rowCount: rowCount, operation: "select")
    }

    /// Without these columns.
    public func drop(_ names: [String]) throws -> Frame {
        let gone = Set(try names.map { try position($0, "drop") })
        return try Frame(columns.indices.filter { !gone.contains($0) }.map { columns[$0] }, rowCount: rowCount, operation: "drop")
    }

    /// With other names for some columns.
    public func rename(_ names: [String: String]) throws -> Frame {
        var columns = columns
        // In order of the names, so that the message does not depend on hashing.
        for (old, new) in names.sorted(by: { $0.key < $1.key }) { columns[try position(old, "rename")].name = new }
        return try Frame(columns, rowCount: rowCount, operation: "rename")
    }

    /// With a column put in the place of the one of its name, or at the end.
    ///
    /// - Throws: when its number of rows differs.
    public func setting(_ column: Column) throws -> Frame {
        var columns = columns
        if let position = positions[column.name] { columns[position] = column } else { columns.append(column) }
        let isFirst = columns.count == 1
        return try Frame(columns, rowCount: isFirst ? column.count : rowCount, operation: "frame")
    }

    /// With a column computed from each value of another; its kind is that of the results.
    public func apply(_ name: String, as result: String? = nil, _ body: (Value) throws -> Value) throws -> Frame {
        let column = try column(name, operation: "apply")
        let values = try (0..<rowCount).map { row in
            if row % 1024 == 0 { try checkInterrupt() }
            return try body(column[row])
        }
        return try setting(Column(result ?? name, values, operation: "apply"))
    }
}

/// A row of a frame.
public struct FrameRow: Sendable {
    public let frame: Frame
    /// Its position, counted from 0.
    public let index: Int

    /// The value in a column, or nil when there is no such column.
    public subscript(name: String) -> Value? { frame[name].map { $0[index] } }

    /// The values of all columns in order.
    public var values: [Value] { frame.columns.map { $0[index] } }
}

/// The name of a list that another was perhaps meant to be: at most a third of it differs.
func nearest(_ name: String, _ list: [String]) -> String? {
    let word = Array(name.lowercased().utf8)
    guard word.count <= 64 else { return nil }
    let near = list.prefix(1000).map { ($0, editDistance(word, Array($0.lowercased().utf8.prefix(80)))) }.min { $0.1 < $1.1 }
    guard let near, near.1 <= max(1, word.count / 3) else { return nil }
    return near.0
}

/// Letters to insert, remove, change or swap with a neighbour to turn one word into another.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var before = [Int](), last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var best = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
            row.append(best)
        }
        (before, last) = (last, row)
    }
    return last[b.count]
}
