import CKernels
import Tensors

extension Frame {
    /// Which rows of two frames a join keeps.
    public enum JoinKind: String, CaseIterable, Sendable {
        /// Those with a partner.
        case inner
        /// All of the first frame.
        case left
        /// All of the second.
        case right
        /// All of both.
        case outer
    }

    /// Columns of another frame beside those of this one, where the values in `on` agree.
    ///
    /// Rows come in the order of this frame (`right`: of the other); partnerless ones of the other
    /// frame follow. A column of the other whose name is taken gets `_right` appended. Missing
    /// values agree with each other, as in pandas.
    /// - Throws: when a column is not in both frames, or holds numbers in one and text in the other.
    public func join(_ other: Frame, on names: [String], how: JoinKind = .inner) throws -> Frame {
        guard !names.isEmpty else { throw LearningError.argument("join", "name at least one column to join on") }
        if how == .right {
            // A left join of the other, its columns put back in order.
            let pairs = try other.matches(self, names, keepAll: true)
            return try joined(other, names, pairs.map { (left: $0.right, right: $0.left) })
        }
        var pairs = try matches(other, names, keepAll: how != .inner)
        if how == .outer {
            let used = Set(pairs.map(\.right))
            pairs += (0..<other.rowCount).filter { !used.contains($0) }.map { (left: -1, right: $0) }
        }
        return try joined(other, names, pairs)
    }

    /// Pairs of rows that agree; -1 for rows of this frame without a partner.
    private func matches(_ other: Frame, _ names: [String], keepAll: Bool) throws -> [(left: Int, right: Int)] {
        let keys = try names.map { name in
            let a = try column(name, operation: "join"), b = try other.column(name, operation: "join")
            guard let both = a.appending(b) else {
                throw LearningError.argument("join", "column \"\(name)\" holds \(a.kind.rawValue) values in one frame and \(b.kind.rawValue) values in the other")
            }
            return both
        }
        let codes = Codes(keys, rowCount: rowCount + other.rowCount)
        var partners = [[Int]](repeating: [], count: codes.first.count)
        for row in 0..<other.rowCount { partners[codes.codes[rowCount + row]].append(row) }
        let limit = Int(nj_memory_limit()) / (16 * max(1, columns.count + other.columns.count))
        var pairs: [(left: Int, right: Int)] = []
        for row in 0..<rowCount {
            if row % 1024 == 0 { try checkInterrupt() }
            let found = partners[codes.codes[row]]
            if found.isEmpty, keepAll { pairs.append((row, -1)) }
            for partner in found { pairs.append((row, partner)) }
            guard pairs.count <= limit else {
                throw LearningError.argument("join", "the result has more than \(limit) rows, which do not fit into memory; "
                    + "the values of \(names.joined(separator: ", ")) are not unique in either frame")
            }
        }
        return pairs
    }

    private func joined(_ other: Frame, _ names: [String], _ pairs: [(left: Int, right: Int)]) throws -> Frame {
        let left = pairs.map(\.left), right = pairs.map(\.right)
        var result: [Column] = []
        for column in columns {
            guard names.contains(column.name), let partner = other[column.name] else {
                result.append(column.rows(left))
                continue
            }
            // The key of whichever side is there.
            let both = column.appending(partner) ?? column
            result.append(both.rows(pairs.map { $0.left >= 0 ? $0.left : column.count + $0.right }))
        }
        for var column in other.columns where !names.contains(column.name) {
            if self[column.name] != nil { column.name += "_right" }
            result.append(column.rows(right))
        }
        return try Frame(result, rowCount: pairs.count, operation: "join")
    }

    /// Frames one below the other, columns matched by name; where a frame lacks a column its values
    /// are missing.
    ///
    /// - Throws: when a column holds numbers in one frame and text in another.
    public static func concat(_ frames: [Frame]) throws -> Frame {
        var names: [String] = [], seen = Set<String>()
        for frame in frames { for name in frame.names where seen.insert(name).inserted { names.append(name) } }
        let columns = try names.map { name in
            let kind = frames.lazy.compactMap { $0[name] }.first { $0.missingCount < $0.count }?.kind ?? .number
            var result = Column(name, kind, missing: 0)
            for frame in frames {
                let part = frame[name].flatMap { $0.missingCount == $0.count ? nil : $0 } ?? Column(name, kind, missing: frame.rowCount)
                guard let longer = result.appending(part) else {
                    throw LearningError.argument("concat", "column \"\(name)\" holds \(kind.rawValue) values in one frame and \(part.kind.rawValue) values in another")
                }
                result = longer
            }
            return result
        }
        return try Frame(columns, rowCount: frames.reduce(0) { $0 + $1.rowCount }, operation: "concat")
    }

    /// Another frame's rows below this one's.
    public func concat(_ other: Frame) throws -> Frame { try Frame.concat([self, other]) }
}

extension Column {
    /// A column of missing values.
    init(_ name: String, _ kind: Kind, missing count: Int) {
        switch kind {
        case .number: self.init(name, .numbers([Double](repeating: .nan, count: count)))
        case .boolean: self.init(name, .booleans([Double](repeating: .nan, count: count)))
        case .text: self.init(name, .text([String?](repeating: nil, count: count)))
        }
    }

    /// With another column's values below; nil when it is of another kind.
    func appending(_ other: Column) -> Column? {
        switch (values, other.values) {
        case (.numbers(let a), .numbers(let b)): Column(name, .numbers(a + b))
        case (.booleans(let a), .booleans(let b)): Column(name, .booleans(a + b))
        case (.text(let a), .text(let b)): Column(name, .text(a + b))
        default: nil
        }
    }
}
