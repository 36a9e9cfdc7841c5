import LuaKit
import Tensors

// Functions that differ only in name, words and the operation behind them are declared through
// these, together with their forms in place.

/// One of the two forms of a function: the pure one, or the one in place with an underscore.
struct Form {
    let path: String
    let summary: String
    let example: String
    let see: [String]
    let inPlace: Bool

    /// What this form returns in words.
    func returns(_ pure: String = "tensor") -> String { inPlace ? "the tensor itself" : pure }
}

/// What a function in one of its forms returns: a new tensor, or the receiver.
enum Outcome: LuaResult {
    case new(Tensor), receiver

    /// The outcome of an operation in a form.
    init(_ tensor: Tensor, _ form: Form) { self = form.inPlace ? .receiver : .new(tensor) }
    static var luaType: LuaType { Tensor.luaType }

    func push(to call: Call) -> Int32 {
        switch self {
        case .new(let tensor): tensor.push(to: call)
        case .receiver: Receiver().push(to: call)
        }
    }
}

enum Family {
    /// A function with parameters of its own in both forms. The example calls the pure one of the
    /// first tensor it makes: `x:name(arguments)` for `x` as given.
    static func forms(
        _ name: String, _ summary: String, example x: String, _ arguments: String = "", see: [String] = [],
        _ declare: (Form) -> Function
    ) -> [Function] {
        [
            declare(Form(
                path: "tensor.\(name)", summary: summary, example: "print(\(x):\(name)(\(arguments)))", see: see, inPlace: false)),
            declare(Form(
                path: "tensor.\(name)_", summary: "In place: \(lowercased(summary))",
                example: "local x = \(x)\nx:\(name)_(\(arguments))\nprint(x)", see: ["tensor.\(name)"], inPlace: true)),
        ]
    }

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
        _ name: String, _ summary: String, other: String = "other", example: String, see: [String] = [],
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
                "tensor.\(name)", summary, Param("input", Operand.self), Param(other, Operand.self, "broadcast with input"),
                returns: "tensor", example: example, see: see
            ) { (a: Operand, b: Operand) in try apply(a.tensor(beside: b, name), b, false) },
            Function(
                "tensor.\(name)_", "In place: \(lowercased(summary))",
                Param("input", Tensor.self), Param(other, Operand.self, "broadcast with input"),
                returns: "the tensor itself", example: inPlaceExample(name, "2"), see: ["tensor.\(name)"]
            ) { (a: Tensor, b: Operand) -> Receiver in
                _ = try apply(a, b, true)
                return Receiver()
            },
        ]
    }

    /// A comparison with a bool result; in place, 0 and 1 in the receiver's type.
    static func comparison(
        _ name: String, _ summary: String, example x: String, _ argument: String,
        _ tensors: @escaping (Tensor, Tensor, _ inPlace: Bool) throws -> Tensor,
        _ numbers: ((Tensor, Scalar, _ inPlace: Bool) throws -> Tensor)? = nil
    ) -> [Function] {
        forms(name, summary, example: x, argument) { form in
            Function(
                form.path, form.summary, Param("input", Tensor.self), Param("other", Operand.self, "broadcast with input"),
                returns: form.returns("tensor of bool"), example: form.example, see: form.see
            ) { (a: Tensor, b: Operand) in
                if case .scalar(let number) = b, let numbers { return Outcome(try numbers(a, number, form.inPlace), form) }
                return Outcome(try tensors(a, b.tensor(beside: a), form.inPlace), form)
            }
        }
    }

    private static func inPlaceExample(_ name: String, _ argument: String = "") -> String {
        "local x = tensor{0.5, 0.25}\nx:\(name)_(\(argument))\nprint(x)"
    }

    private static func lowercased(_ text: String) -> String { text.prefix(1).lowercased() + text.dropFirst() }
}
