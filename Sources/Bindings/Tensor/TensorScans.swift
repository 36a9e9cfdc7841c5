import LuaKit
import Tensors

extension TensorFunctions {
    /// Running sums, products and extremes along a dimension.
    @FunctionBuilder static var scans: [Function] {
        running("cumsum", "The sum of each element and those before it along a dimension.") { try $0.cumsum($1, inPlace: $2) }
        running("cumprod", "The product of each element and those before it along a dimension.") { try $0.cumprod($1, inPlace: $2) }
        extremes("cummax", "The largest of each element and those before it along a dimension, and its position.") { try $0.cummax($1) }
        extremes("cummin", "The smallest of each element and those before it along a dimension, and its position.") { try $0.cummin($1) }
    }

    private static func running(_ name: String, _ summary: String, _ body: @escaping (Tensor, Int, Bool) throws -> Tensor) -> [Function] {
        Family.forms(name, summary, example: "tensor{1, 2, 3}", "1", see: ["tensor.cummax"]) { form in
            Function(form.path, form.summary, Param("input", Tensor.self), Param("dim", Dimension.self), converted, returns: form.returns(), example: form.example, see: form.see) { (x: Tensor, dim: Dimension, dtype: DType?) in
                if form.inPlace, let dtype, dtype != x.dtype { throw TensorError.argument(name + "_", "changes in place, so the type stays \(x.dtype.name)") }
                return Outcome(try body(x.typed(dtype), dim.swift, form.inPlace).typed(dtype), form)
            }
        }
    }

    private static func extremes(_ name: String, _ summary: String, _ body: @escaping (Tensor, Int) throws -> (values: Tensor, indices: Tensor)) -> Function {
        Function("tensor.\(name)", summary, Param("input", Tensor.self), Param("dim", Dimension.self), returns: "values, positions",
            example: "print(tensor{2, 1, 3}:\(name)(1))", see: ["tensor.cumsum"]) { (x: Tensor, dim: Dimension) -> (Tensor, Positions) in
            let (values, indices) = try body(x, dim.swift)
            return (values, Positions(indices))
        }
    }
}
