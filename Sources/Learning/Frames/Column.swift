/// A named column of a frame: numbers, booleans or text, any of which may be missing.
public struct Column: Equatable, Sendable {
    public var name: String
    public internal(set) var values: Values

    public enum Values: Sendable {
        /// NaN is missing.
        case numbers([Double])
        /// 1, 0, or NaN for missing.
        case booleans([Double])
        /// nil is missing.
        case text([String?])
    }

    public enum Kind: String, CaseIterable, Sendable { case number, boolean, text }

    public init(_ name: String, _ values: Values) {
        self.name = name
        self.values = values
    }

    public init(_ name: String, _ numbers: [Double]) { self.init(name, .numbers(numbers)) }
    public init(_ name: String, _ text: [String?]) { self.init(name, .text(text)) }
    public init(_ name: String, _ booleans: [Bool]) { self.init(name, .booleans(booleans.map { $0 ? 1 : 0 })) }

    public var kind: Kind {
        switch values {
        case .numbers: .number
        case .booleans: .boolean
        case .text: .text
        }
    }

    public var count: Int {
        switch values {
        case .numbers(let values), .booleans(let values): values.count
        case .text(let values): values.count
        }
    }

    /// Numbers, or booleans as 1 and 0; nil for text.
    public var numbers: [Double]? {
        switch values {
        case .numbers(let values), .booleans(let values): values
        case .text: nil
        }
    }

    public var text: [String?]? { if case .text(let values) = values { values } else { nil } }

    public subscript(row: Int) -> Value {
        switch values {
        case .numbers(let values): values[row].isNaN ? .missing : .number(values[row])
        case .booleans(let values): values[row].isNaN ? .missing : .boolean(values[row] != 0)
        case .text(let values): values[row].map(Value.text) ?? .missing
        }
    }

    public func isMissing(_ row: Int) -> Bool {
        switch values {
        case .numbers(let values), .booleans(let values): values[row].isNaN
        case .text(let values): values[row] == nil
        }
    }

    public var missingCount: Int {
        switch values {
        case .numbers(let values), .booleans(let values): values.count(where: \.isNaN)
        case .text(let values): values.count { $0 == nil }
        }
    }

    /// Whether every number is whole (or missing), so that it prints without a point.
    public var isWhole: Bool {
        guard case .numbers(let values) = values else { return false }
        return values.allSatisfy { $0.isNaN || ($0 == $0.rounded() && abs($0) < 0x1p53) }
    }

    /// The values of some rows; -1 stands for a missing one.
    func rows(_ rows: [Int]) -> Column {
        func pick<T>(_ values: [T], _ missing: T) -> [T] {
            values.withUnsafeBufferPointer { values in rows.map { $0 < 0 ? missing : values[$0] } }
        }
        return switch values {
        case .numbers(let values): Column(name, .numbers(pick(values, .nan)))
        case .booleans(let values): Column(name, .booleans(pick(values, .nan)))
        case .text(let values): Column(name, .text(pick(values, nil)))
        }
    }

    /// Equal in name, kind and values, missing ones being equal to each other.
    public static func == (a: Column, b: Column) -> Bool {
        guard a.name == b.name else { return false }
        switch (a.values, b.values) {
        case (.numbers(let x), .numbers(let y)), (.booleans(let x), .booleans(let y)):
            return x.elementsEqual(y) { $0 == $1 || ($0.isNaN && $1.isNaN) }
        case (.text(let x), .text(let y)): return x == y
        default: return false
        }
    }
}

/// One value of a frame.
public enum Value: Hashable, Sendable {
    case missing
    case number(Double)
    case boolean(Bool)
    case text(String)
}

extension Value: CustomStringConvertible {
    /// As it is written to a file; empty when missing.
    public var description: String {
        switch self {
        case .missing: ""
        case .number(let value): shortNumber(value)
        case .boolean(let value): value ? "true" : "false"
        case .text(let text): text
        }
    }
}

extension Column {
    /// A column of values, whose kind is the one that all of them have; numbers when all are missing.
    ///
    /// - Throws: when kinds are mixed.
    public init(_ name: String, _ values: [Value], operation: String) throws {
        var kinds: [Kind] = []
        for value in values {
            let kind: Kind
            switch value {
            case .missing: continue
            case .number: kind = .number
            case .boolean: kind = .boolean
            case .text: kind = .text
            }
            if !kinds.contains(kind) { kinds.append(kind) }
        }
        guard kinds.count <= 1 else {
            throw LearningError.argument(operation, "column \"\(name)\" would mix \(kinds[0].rawValue) and \(kinds[1].rawValue)")
        }
        switch kinds.first ?? .number {
        case .text: self.init(name, .text(values.map { if case .text(let text) = $0 { text } else { nil } }))
        case .boolean: self.init(name, .booleans(values.map { if case .boolean(let value) = $0 { value ? 1 : 0 } else { .nan } }))
        case .number: self.init(name, .numbers(values.map { if case .number(let value) = $0 { value } else { .nan } }))
        }
    }
}
