import CKernels

extension Frame {
    /// A row per column: its kind, how many values it has and lacks, and for numbers their spread.
    public func describe() throws -> Frame {
        var cells: [[Double?]] = [], unique: [Double] = []
        for column in columns {
            unique.append(Double(Codes(column).first.count))
            guard column.kind == .number, let numbers = column.numbers else {
                cells.append([Double?](repeating: nil, count: 7))
                continue
            }
            let s = Statistics(numbers), q = s.quantiles([0.25, 0.5, 0.75])
            cells.append([s.mean, s.deviation, s.least] + q + [s.greatest])
        }
        var result = [
            Column("column", names.map(Optional.some)),
            Column("kind", columns.map { $0.kind.rawValue }),
            Column("count", columns.map { Double($0.count - $0.missingCount) }),
            Column("missing", columns.map { Double($0.missingCount) }),
            Column("unique", unique),
        ]
        for (i, name) in ["mean", "std", "min", "25%", "50%", "75%", "max"].enumerated() {
            result.append(Column(name, cells.map { $0[i] ?? .nan }))
        }
        return try Frame(result)
    }

    /// Rows that agree in some columns, to be summed up.
    public func grouped(by names: [String]) throws -> Grouping {
        guard !names.isEmpty else { throw LearningError.argument("group_by", "name at least one column") }
        return try Grouping(self, names)
    }
}

/// The groups of a frame; each summary is a frame with a row per group, ordered by the columns that
/// define the groups, missing values last.
public struct Grouping: Sendable {
    public let frame: Frame
    public let keys: [String]
    /// The rows of each group, in order.
    public let groups: [[Int]]
    private let keyColumns: [Column]

    init(_ frame: Frame, _ keys: [String]) throws {
        let columns = try keys.map { try frame.column($0, operation: "group_by") }
        guard Set(keys).count == keys.count else { throw LearningError.argument("group_by", "a column is named twice") }
        let codes = Codes(columns, rowCount: frame.rowCount)
        var members = [[Int]](repeating: [], count: codes.first.count)
        for (row, code) in codes.codes.enumerated() { members[code].append(row) }
        // The order of groups is that of a frame of their first rows.
        let firsts = try Frame(columns.map { $0.rows(codes.first) } + [Column(unusedName(keys), codes.first.indices.map(Double.init))])
            .sortBy(keys)
        groups = (firsts.columns.last?.numbers ?? []).map { members[Int($0)] }
        keyColumns = firsts.columns.dropLast()
        self.frame = frame
        self.keys = keys
    }

    /// How many rows each group has.
    public func size() throws -> Frame {
        try Frame(keyColumns + [Column(keys.contains("size") ? "rows" : "size", groups.map { Double($0.count) })])
    }

    public func mean(_ names: [String]? = nil) throws -> Frame { try numeric(names, "mean") { $0.mean } }
    public func sum(_ names: [String]? = nil) throws -> Frame { try numeric(names, "sum") { $0.sum } }
    public func median(_ names: [String]? = nil) throws -> Frame { try numeric(names, "median") { $0.quantile(0.5) } }
    /// With n - 1.
    public func std(_ names: [String]? = nil) throws -> Frame { try numeric(names, "std") { $0.deviation } }
    /// With n - 1.
    public func variance(_ names: [String]? = nil) throws -> Frame { try numeric(names, "var") { $0.deviation.map { $0 * $0 } } }
    public func min(_ names: [String]? = nil) throws -> Frame { try numeric(names, "min") { $0.least } }
    public func max(_ names: [String]? = nil) throws -> Frame { try numeric(names, "max") { $0.greatest } }

    /// How many values are not missing.
    public func count(_ names: [String]? = nil) throws -> Frame {
        try summary(names, "count") { column, rows in .number(Double(rows.count { !column.isMissing($0) })) }
    }

    /// The first value that is not missing.
    public func first(_ names: [String]? = nil) throws -> Frame {
        try summary(names, "first") { column, rows in rows.first { !column.isMissing($0) }.map { column[$0] } ?? .missing }
    }

    /// The last value that is not missing.
    public func last(_ names: [String]? = nil) throws -> Frame {
        try summary(names, "last") { column, rows in rows.last { !column.isMissing($0) }.map { column[$0] } ?? .missing }
    }

    /// One value for each group, computed from its rows.
    public func apply(_ name: String, _ body: (Frame) throws -> Value) throws -> Frame {
        let values = try groups.map { try body(frame.picking($0)) }
        return try Frame(keyColumns + [Column(name, values, operation: "group_by")])
    }

    /// Over numbers and booleans; by default all columns that hold them.
    private func numeric(_ names: [String]?, _ operation: String, _ body: (Statistics) -> Double?) throws -> Frame {
        let names = names ?? frame.columns.filter { $0.kind != .text && !keys.contains($0.name) }.map(\.name)
        let columns = try names.map { name in
            try checkInterrupt()
            let numbers = try frame.numbers(name, operation)
            return Column(name, groups.map { rows in body(Statistics(rows.map { numbers[$0] })) ?? .nan })
        }
        return try Frame(keyColumns + columns)
    }

    private func summary(_ names: [String]?, _ operation: String, _ body: (Column, [Int]) -> Value) throws -> Frame {
        let names = names ?? frame.names.filter { !keys.contains($0) }
        let columns = try names.map { name in
            try checkInterrupt()
            let column = try frame.column(name, operation: operation)
            return try Column(name, groups.map { body(column, $0) }, operation: operation)
        }
        return try Frame(keyColumns + columns)
    }
}

/// A name that is none of these.
private func unusedName(_ names: [String]) -> String {
    var name = "#"
    while names.contains(name) { name += "#" }
    return name
}
