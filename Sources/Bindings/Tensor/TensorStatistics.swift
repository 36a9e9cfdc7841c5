import LuaKit
import Tensors

extension QuantileInterpolation: LuaOption {}

/// The q of `quantile`: one number, or a tensor or table of several.
private enum Shares: LuaArgument {
    case one(Double)
    case several(Tensor)

    static var luaType: LuaType { LuaType("number|tensor", phrase: "a number, a table of numbers or a tensor", annotation: "number|number[]|tensor.Tensor") }
    static var tables: TableUse { .positions }

    static func read(_ call: Call, at index: Int32) throws -> Shares {
        if let tensor = call.object(at: index, as: Tensor.self) { return .several(tensor) }
        let values = try OneOrMany<Double>.read(call, at: index).values
        return values.count == 1 && call.scalar(at: index) != nil ? .one(values[0]) : .several(try Tensor(values))
    }

    func tensor() throws -> Tensor {
        switch self {
        case .one(let q): try Tensor(.double(q), .float64)
        case .several(let q): q
        }
    }
}

extension TensorFunctions {
    /// What lies in the middle, what occurs most, and counts by value.
    @FunctionBuilder static var statistics: [Function] {
        middle("median", "The middle element, the lower of two; along a dimension also its position.", see: ["tensor.quantile", "tensor.mean"], all: { try $0.median() }, along: { try $0.median($1, keepdim: $2) })
        middle("nanmedian", "The middle element of those that are not NaN; along a dimension also its position.", see: ["tensor.median"], all: { try $0.nanmedian() }, along: { try $0.nanmedian($1, keepdim: $2) })
        Function("tensor.mode", "The most frequent element along a dimension, the smallest of equally frequent ones, and a position where it stands.", Param("input", Tensor.self), Param("dim", Dimension.self, default: Dimension(offset: -1)), Param("keepdim", Bool.self, default: false),
            returns: "values, positions", example: "print(tensor{1, 3, 3, 2}:mode())", see: ["tensor.median", "tensor.unique"]) { (x: Tensor, dim: Dimension, keepdim: Bool) -> (Tensor, Positions) in
            let (values, indices) = try x.mode(dim.swift, keepdim: keepdim)
            return (values, Positions(indices))
        }
        shares("quantile", "The numbers below which given shares of the elements lie.") { try $0.quantile($1, $2, keepdim: $3, $4) }
        shares("nanquantile", "The numbers below which given shares of the elements lie that are not NaN.") { try $0.nanquantile($1, $2, keepdim: $3, $4) }
        Function("tensor.bincount", "How often each whole number occurs: the result's position v counts the value v.", Param("input", Tensor.self, shape: "[n]", "whole numbers from 1"), Param("weights", Tensor?.self, shape: "[n]", "adds these up instead of counting"), Param("minlength", Int.self, default: 0, "least length of the result"),
            returns: "tensor of int64, or of weights' type", example: "print(tensor{1, 3, 3}:bincount())", see: ["tensor.histc", "tensor.unique"]) { (x: Tensor, weights: Tensor?, least: Int) in
            let labels = try x.labels("bincount", "the input")
            if labels.count > 0 {
                let smallest = try labels.amin().scalar().intValue
                guard smallest >= 0 else {
                    throw TensorError.value("bincount", "counts whole numbers from 1, got \(smallest &+ 1)" + (smallest == -1 ? ". Add 1 first: (x + 1):bincount()" : ""))
                }
            }
            return try labels.bincount(weights: weights, minimumLength: least)
        }
        Function("tensor.histc", "How many elements lie in each of several equal parts of a range.", Param("input", Tensor.self), Param("bins", Int.self, default: 100, "how many parts"), Param("min", Double.self, default: 0), Param("max", Double.self, default: 0, "upper end; the data's own range when both are equal"),
            returns: "tensor [bins]", example: "print(tensor{1, 2, 2, 5}:histc(5, 0.5, 5.5))", see: ["tensor.bincount"]) { (x: Tensor, bins: Int, low: Double, high: Double) in
            try x.histc(bins, minimum: low, maximum: high)
        }
    }

    private static func middle(
        _ name: String, _ summary: String, see: [String], all: @escaping (Tensor) throws -> Tensor,
        along: @escaping (Tensor, Int, Bool) throws -> (values: Tensor, indices: Tensor)
    ) -> Function {
        Function("tensor.\(name)", summary, Param("input", Tensor.self), Param("dim", Dimension?.self), Param("keepdim", Bool.self, default: false),
            returns: "tensor, or values and positions", example: "print(tensor{3, 1, 2}:\(name)())\nprint(tensor{{3, 1, 2}}:\(name)(2))", see: see) { (x: Tensor, dim: Dimension?, keepdim: Bool) -> Results in
            guard let dim else { return Results(try all(x)) }
            let (values, indices) = try along(x, dim.swift, keepdim)
            return Results(values, Positions(indices))
        }
    }

    private static func shares(
        _ name: String, _ summary: String, _ body: @escaping (Tensor, Tensor, Int?, Bool, QuantileInterpolation) throws -> Tensor
    ) -> Function {
        Function("tensor.\(name)", summary, Param("input", Tensor.self), Param("q", Shares.self, "a share 0..1, or several of them"), Param("dim", Dimension?.self, "all elements when left out"), Param("keepdim", Bool.self, default: false),
            Param("interpolation", QuantileInterpolation.self, default: .linear, "what counts between two elements"),
            returns: "tensor; several shares give a new first dimension", example: "print(tensor{1, 2, 3, 4}:\(name)(0.5), tensor{1, 2, 3, 4}:\(name){0.25, 0.75})", see: ["tensor.median"]
        ) { (x: Tensor, q: Shares, dim: Dimension?, keepdim: Bool, interpolation: QuantileInterpolation) in
            try body(x, q.tensor(), dim?.swift, keepdim, interpolation)
        }
    }
}
