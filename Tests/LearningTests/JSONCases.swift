import Testing
import Tensors
@testable import Learning

/// Committed results of other programs, beside the scripts that make them.
enum JSONReference {
    static func path(_ name: String, file: String = #filePath) -> String {
        file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/Reference/" + name
    }

    static func read(_ name: String) throws -> JSON { try JSONParser.parse(readFile(path(name))) }
}

extension JSON {
    /// A number, where "nan", "inf" and "-inf" stand for what JSON has no words for.
    var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .string("nan"), .null: .nan
        case .string("inf"): .infinity
        case .string("-inf"): -.infinity
        default: nil
        }
    }

    var int: Int? { if case .integer(let value) = self { Int(value) } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    var string: String? { if case .string(let value) = self { value } else { nil } }
    var list: [JSON]? { if case .array(let values) = self { values } else { nil } }

    /// All numbers in nested lists.
    var flat: [Double] { list.map { $0.flatMap(\.flat) } ?? double.map { [$0] } ?? [] }

    /// The sizes of nested lists.
    var shape: [Int] { list.map { [$0.count] + ($0.first?.shape ?? []) } ?? [] }

    /// Nested lists of numbers as a tensor: int64 when asked for, else float64.
    func tensor(_ dtype: DType = .float64) throws -> Tensor { try Tensor(flat, shape: shape).to(dtype) }
}

/// Whether numbers agree to 1e-6, NaN and infinities exactly.
func agree(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-6) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { a, b in
        a == b || (a.isNaN && b.isNaN) || abs(a - b) <= tolerance * max(1, abs(b))
    }
}
