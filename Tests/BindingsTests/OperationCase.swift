import LuaKit
import TestSupport
@testable import Tensors

/// Cases that PyTorch computed, for every operation Lua sees; `Reference/ops.py` makes them.
struct OperationCase: Sendable {
    let number: String, operation: String, property: String, text: String
    /// How often it can be differentiated by differences: 0 for not at all.
    let order: Int
    let isRefused: Bool

    static let all: [OperationCase] = {
        let path = #filePath, folder = path.prefix(through: path.lastIndex(of: "/") ?? path.startIndex)
        guard let text = try? String(contentsOfTextFile: "\(folder)Reference/ops.cases") else { return [] }
        return text.split(separator: "\n" as Character).map { line in
            let parts = line.split(separator: "\t" as Character, omittingEmptySubsequences: false).map(String.init)
            return OperationCase(
                number: parts[0], operation: parts[1], property: parts[2], text: parts[4], order: max(Int(parts[3]) ?? 0, 0),
                isRefused: parts[3] == "x")
        }
    }()

    static let operations = Set(all.map(\.operation)).sorted()
    static let reference = try? ReferenceNumbers("ops")

    /// The names of the inputs in the expression.
    var inputs: [String] {
        let words = text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
        var seen = Set<String>()
        return words.filter { OperationCase.reference?["in.\($0)"] != nil && seen.insert($0).inserted }
    }
}

/// A session in which expressions of cases run.
final class OperationScript {
    private let script: Script

    init() throws {
        script = try Script()
        try script.run("T = tensor")
    }

    func set(_ name: String, _ tensor: Tensor) { script.session.runtime[global: name] = .object(tensor) }

    /// The expression as a function of the inputs, which are globals.
    func function(_ c: OperationCase) throws -> ([(String, Tensor)]) throws -> [Tensor] {
        guard case .function(let function)? = try script.run("return function() return \(c.text) end").first else { return { _ in [] } }
        return { inputs in
            for (name, tensor) in inputs { self.set(name, tensor) }
            return try function.call([]).map { result in
                if case .object(let object) = result, let tensor = object as? Tensor { return tensor }
                if case .boolean(let value) = result { return try Tensor(.bool(value), .bool) }
                throw TensorError.argument("case", "returned a \(result.typeName)")
            }
        }
    }
}
