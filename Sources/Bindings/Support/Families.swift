import LuaKit
import Tensors

// Functions that differ only in name, words and the operation behind them are declared through
// these, together with their forms in place.

enum Family {
    /// A function of one tensor, and the same in place.
    static func unary(
        _ name: String, _ summary: String, example: String, see: [String] = [],
        _ body: @escaping (Tensor, _ inPlace: Bool) throws -> Tensor
    ) -> [Function] {
        [
            Function(
                "tensor.\(name)", summary, Param("input", Tensor.self),
                returns: "tensor", example: example, see: see
            ) { (x: Tensor) in try body(x, false) },
            Function(
                "tensor.\(name)_", "In place: \(lowercased(summary))", Param("input", Tensor.self),
                returns: "the tensor itself", example: inPlaceExample(name), see: ["tensor.\(name)"]
            ) { (x: Tensor) -> Receiver in
                _ = try body(x, true)
                return Receiver()
            },
        ]
    }

    /// A function of a tensor and a tensor or number, and the same in place.
    static func binary(
        _ name: String, _ summary: String, example: String, see: [String] = [],
        _ tensors: @escaping (Tensor, Tensor, _ inPlace: Bool) throws -> Tensor,
        _ numbers: ((Tensor, Scalar, _ inPlace: Bool) throws -> Tensor)? = nil
    ) -> [Function] {
        func apply(_ a: Tensor, _ b: Operand, _ inPlace: Bool) throws -> Tensor {
            switch b {
            case .tensor(let b): try tensors(a, b, inPlace)
            case .scalar(let b):
                if let numbers { try numbers(a, b, inPlace) } else { try tensors(a, Operand.scalar(b).tensor(beside: a), inPlace) }
            }
        }
        return [
            Function(
                "tensor.\(name)", summary, Param("input", Tensor.self), Param("other", Operand.self, "broadcast with input"),
                returns: "tensor", example: example, see: see
            ) { (a: Tensor, b: Operand) in try apply(a, b, false) },
            Function(
                "tensor.\(name)_", "In place: \(lowercased(summary))",
                Param("input", Tensor.self), Param("other", Operand.self),
                returns: "the tensor itself", example: inPlaceExample(name, "2"), see: ["tensor.\(name)"]
            ) { (a: Tensor, b: Operand) -> Receiver in
                _ = try apply(a, b, true)
                return Receiver()
            },
        ]
    }

    /// A comparison with a bool result.
    static func comparison(
        _ name: String, _ summary: String, example: String,
        _ tensors: @escaping (Tensor, Tensor) throws -> Tensor, _ numbers: ((Tensor, Scalar) throws -> Tensor)? = nil
    ) -> Function {
        Function(
            "tensor.\(name)", summary, Param("input", Tensor.self), Param("other", Operand.self, "broadcast with input"),
            returns: "tensor of bool", example: example
        ) { (a: Tensor, b: Operand) in
            if case .scalar(let number) = b, let numbers { return try numbers(a, number) }
            return try tensors(a, b.tensor(beside: a))
        }
    }

    private static func inPlaceExample(_ name: String, _ argument: String = "") -> String {
        "local x = tensor{0.5, 0.25}\nx:\(name)_(\(argument))\nprint(x)"
    }

    private static func lowercased(_ text: String) -> String { text.prefix(1).lowercased() + text.dropFirst() }
}
