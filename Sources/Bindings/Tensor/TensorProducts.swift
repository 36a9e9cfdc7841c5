import LuaKit
import Tensors

extension TensorFunctions {
    /// Products of vectors, matrices and batches of matrices.
    @FunctionBuilder static var products: [Function] {
        Function("tensor.matmul", "Matrix product of the last two dimensions, broadcasting the others; a vector counts as a row on the left and a column on the right.",
            Param("input", Tensor.self, shape: "[..., n, k]"), Param("other", Tensor.self, shape: "[..., k, m]"),
            returns: "tensor [..., n, m]", example: "print(tensor{{1, 2}, {3, 4}}:matmul(tensor{{1}, {1}}))", see: ["tensor.mm", "tensor.bmm"]) { (call: Call, a: Tensor, b: Tensor) in try call.naming(1, 2) { try a.matmul(b) } }
        Function("tensor.mm", "Matrix product of two matrices.", Param("input", Tensor.self, shape: "[n, k]"), Param("mat2", Tensor.self, shape: "[k, m]"),
            returns: "tensor [n, m]", example: "print(tensor.eye(2):mm(tensor.ones(2, 2)))", see: ["tensor.matmul"]) { (call: Call, a: Tensor, b: Tensor) in try call.naming(1, 2) { try a.mm(b) } }
        Function("tensor.bmm", "Matrix products of two batches.", Param("input", Tensor.self, shape: "[b, n, k]"), Param("mat2", Tensor.self, shape: "[b, k, m]"),
            returns: "tensor [b, n, m]", example: "print(tensor.ones(2, 1, 3):bmm(tensor.ones(2, 3, 1)).shape[1])", see: ["tensor.matmul"]) { (call: Call, a: Tensor, b: Tensor) in try call.naming(1, 2) { try a.bmm(b) } }
        Function("tensor.mv", "Product of a matrix and a vector.", Param("input", Tensor.self, shape: "[n, k]"), Param("vec", Tensor.self, shape: "[k]"),
            returns: "tensor [n]", example: "print(tensor{{1, 2}, {3, 4}}:mv(tensor{1, 1}))", see: ["tensor.matmul"]) { (call: Call, a: Tensor, b: Tensor) in try call.naming(1, 2) { try a.mv(b) } }
        Function("tensor.dot", "Sum of the products of two vectors' elements.", Param("input", Tensor.self, shape: "[n]"), Param("other", Tensor.self, shape: "[n]", otherNames: ["tensor"]),
            returns: "tensor, one number", example: "print(tensor{1, 2}:dot(tensor{3, 4}))", see: ["tensor.outer"]) { (a: Tensor, b: Tensor) in try a.dot(b) }
        Function("tensor.outer", "Products of all pairs of two vectors' elements.", Param("input", Tensor.self, shape: "[n]"), Param("vec2", Tensor.self, shape: "[m]"),
            returns: "tensor [n, m]", example: "print(tensor{1, 2}:outer(tensor{3, 4}))", see: ["tensor.dot"]) { (a: Tensor, b: Tensor) in try a.outer(b) }
        Function("tensor.addmm", "`beta * input + alpha * (mat1 @ mat2)`.", Param("input", Tensor.self, "broadcast with the product"), Param("mat1", Tensor.self, shape: "[n, k]"), Param("mat2", Tensor.self, shape: "[k, m]"),
            Param("beta", Scalar.self, default: .int(1)), Param("alpha", Scalar.self, default: .int(1)),
            returns: "tensor [n, m]", example: "print(tensor{1, 2}:addmm(tensor.eye(2), tensor.eye(2)))") { (call: Call, x: Tensor, a: Tensor, b: Tensor, beta: Scalar, alpha: Scalar) in
            try call.naming(2, 3) { try x.addmm(a, b, beta: beta, alpha: alpha) }
        }
        Function("tensor.baddbmm", "`beta * input + alpha * (batch1 @ batch2)` for batches of matrices.", Param("input", Tensor.self), Param("batch1", Tensor.self, shape: "[b, n, k]"), Param("batch2", Tensor.self, shape: "[b, k, m]"),
            Param("beta", Scalar.self, default: .int(1)), Param("alpha", Scalar.self, default: .int(1)),
            returns: "tensor [b, n, m]", example: "print(tensor.zeros(1, 2, 2):baddbmm(tensor.ones(1, 2, 2), tensor.ones(1, 2, 2)))") { (call: Call, x: Tensor, a: Tensor, b: Tensor, beta: Scalar, alpha: Scalar) in
            try call.naming(2, 3) { try x.baddbmm(a, b, beta: beta, alpha: alpha) }
        }
        Function("tensor.linear", "`x @ weightᵀ + bias`, the operation of nn.Linear.", Param("input", Tensor.self, shape: "[..., in]"), Param("weight", Tensor.self, shape: "[out, in]"), Param("bias", Tensor?.self, shape: "[out]"),
            returns: "tensor [..., out]", example: "print(tensor{1, 2}:linear(tensor.eye(2), tensor{10, 20}))", see: ["nn.Linear"]) { (call: Call, x: Tensor, weight: Tensor, bias: Tensor?) in
            try call.naming(1, 2) { try Tensor.linear(x, weight, bias) }
        }
    }
}

extension Call {
    /// Runs an operation on the arguments at two indices; a hint in its error calls them what the script does.
    func naming(_ first: Int32, _ second: Int32, _ operation: () throws -> Tensor) throws -> Tensor {
        do {
            return try operation()
        } catch TensorError.shapes(let name, let shapes, let detail, .transpose(let operand)?) {
            let variable = variableName(at: operand == "a" ? first : second)
            throw TensorError.shapes(name, shapes, detail: detail, hint: .transpose(variable ?? operand))
        }
    }
}
