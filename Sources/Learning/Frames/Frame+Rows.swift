extension Frame {
    /// The rows that a condition holds for.
    public func filter(_ keep: (FrameRow) throws -> Bool) throws -> Frame {
        try picking((0..<rowCount).filter { index in
            if index % 1024 == 0 { try checkInterrupt() }
            return try keep(FrameRow(frame: self, index: index))
        })
    }

    /// The rows whose position is true in a mask.
    public func filter(mask: [Bool]) throws -> Frame {
        guard mask.count == rowCount else {
            throw LearningError.argument("filter", "the mask has \(mask.count) entries for \(rowCount) rows")
        }
        return try picking(mask.indices.filter { mask[$0] })
    }

    /// Rows in the order of columns, the first deciding; missing values come last. Rows that are
    /// equal stay in order.
    public func sortBy(_ names: [String], descending: Bool = false) throws -> Frame {
        let ranks = try names.map { try Frame.ranks(column($0, operation: "sort_by"), descending) }
        let order = (0..<rowCount).sorted { a, b in
            for rank in ranks where rank[a] != rank[b] { return rank[a] < rank[b] }
            return a < b
        }
        return try picking(order)
    }

    /// A number for each row such that smaller ones come first.
    private static func ranks(_ column: Column, _ descending: Bool) throws -> [Int] {
        let coded = Codes(column)
        let order: [Int] = switch column.values {
        case .numbers(let values), .booleans(let values):
            coded.first.indices.sorted { values[coded.first[$0]] < values[coded.first[$1]] }
        case .text(let values):
            coded.first.indices.sorted { (values[coded.first[$0]] ?? "") < (values[coded.first[$1]] ?? "") }
        }
        var rank = [Int](repeating: 0, count: order.count)
        for (i, code) in order.enumerated() { rank[code] = descending ? order.count - 1 - i : i }
        return coded.codes.map { $0 < 0 ? .max : rank[$0] }
    }

    /// Without the rows where one of these columns, by default any, is missing.
    public func dropMissing(_ names: [String]? = nil) throws -> Frame {
        let looked = try names.map { try $0.map { try column($0, operation: "drop_missing") } } ?? columns
        let gaps = looked.filter { $0.missingCount > 0 }
        if gaps.isEmpty { return self }
        return try picking((0..<rowCount).filter { row in !gaps.contains { $0.isMissing(row) } })
    }

    /// The first of the rows that agree in these columns, by default in all.
    public func dropDuplicates(_ names: [String]? = nil) throws -> Frame {
        let looked = try names.map { try $0.map { try column($0, operation: "drop_duplicates") } } ?? columns
        if looked.isEmpty { return self }
        return try picking(Codes(looked, rowCount: rowCount).first)
    }

    /// The different values of a column, in order of appearance; missing ones are no value.
    public func unique(_ name: String) throws -> [Value] {
        let column = try column(name, operation: "unique")
        return Codes(column).first.map { column[$0] }
    }

    /// How often each value of a column comes, the most frequent first; missing ones are not counted.
    public func valueCounts(_ name: String) throws -> Frame {
        let column = try column(name, operation: "value_counts")
        let codes = Codes(column)
        var counts = [Int](repeating: 0, count: codes.first.count)
        for code in codes.codes where code >= 0 { counts[code] += 1 }
        let order = counts.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }
        return try Frame([
            column.rows(order.map { codes.first[$0] }),
            Column(name == "count" ? "rows" : "count", order.map { Double(counts[$0]) }),
        ])
    }
}

/// Equal values, or rows of values, as equal numbers from 0 in order of appearance.
struct Codes {
    /// One for each row; -1 is missing, where a single column was coded.
    private(set) var codes: [Int]
    /// The first row of each code.
    private(set) var first: [Int]

    init(_ column: Column) {
        var first: [Int] = []
        func code<Key: Hashable, T>(_ values: [T], _ key: (T) -> Key?) -> [Int] {
            var known: [Key: Int] = [:]
            return values.enumerated().map { row, value in
                guard let key = key(value) else { return -1 }
                if let code = known[key] { return code }
                known[key] = first.count
                first.append(row)
                return first.count - 1
            }
        }
        switch column.values {
        // 0 and -0 are one number.
        case .numbers(let values), .booleans(let values): codes = code(values) { $0.isNaN ? nil : ($0 + 0).bitPattern }
        case .text(let values): codes = code(values) { $0 }
        }
        self.first = first
    }

    /// Rows of several columns; missing values are equal to each other here.
    init(_ columns: [Column], rowCount: Int) {
        var combined = [Int](repeating: 0, count: rowCount), first = rowCount > 0 ? [0] : []
        for column in columns {
            let next = Codes(column)
            var known: [Pair: Int] = [:]
            first = []
            for row in combined.indices {
                let pair = Pair(a: combined[row], b: next.codes[row])
                if let code = known[pair] {
                    combined[row] = code
                } else {
                    known[pair] = first.count
                    combined[row] = first.count
                    first.append(row)
                }
            }
        }
        codes = combined
        self.first = first
    }

    private struct Pair: Hashable {
        let a: Int
        let b: Int
    }
}
