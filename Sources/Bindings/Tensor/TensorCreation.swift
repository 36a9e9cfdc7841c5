import LuaKit
import Tensors

extension TensorFunctions {
    /// `tensor{{1, 2}, {3, 4}}`.
    static var literal: Function {
        Function(
            "tensor", "Makes a tensor from nested tables of numbers or booleans, or from one of them.",
            Param("values", TensorLiteral.self, "numbers in nested tables, row by row"),
            Param("dtype", DType?.self, shown: "\"float32\"", "type of the elements; booleans make bool"),
            Param("requires_grad", Bool.self, default: false, "whether to collect a gradient"),
            returns: "tensor",
            example: "print(tensor{{1, 2}, {3, 4}})\nprint(tensor({1, 2}, {dtype=\"int64\"}))", see: ["tensor.zeros", "tensor.range"]
        ) { (values: TensorLiteral, dtype: DType?, requiresGrad: Bool) in
            try values.tensor(dtype: dtype).marked(requiresGrad)
        }
    }

    @FunctionBuilder static var creation: [Function] {
        filled("zeros", "A tensor of zeros.") { try Tensor.zeros($0, $1) }
        filled("ones", "A tensor of ones.") { try Tensor.ones($0, $1) }
        filled("empty", "A tensor whose elements are to be set; they start as zeros, never as old memory.") { try Tensor.zeros($0, $1) }
        Function(
            "tensor.full", "A tensor filled with one value.",
            Param("shape", [Int].self, otherNames: ["size"], "size of each dimension"), Param("fill_value", Scalar.self, "what all elements are"),
            Param("dtype", DType?.self, shown: "\"float32\""), Param("requires_grad", Bool.self, default: false),
            returns: "tensor", example: "print(tensor.full({2, 2}, 7))", see: ["tensor.zeros"]
        ) { (shape: [Int], value: Scalar, dtype: DType?, requiresGrad: Bool) in
            var natural = DType.float32
            if case .bool = value { natural = .bool }
            try value.check(fits: dtype ?? natural, "full")
            return try Tensor.full(shape, value, dtype ?? natural).marked(requiresGrad)
        }
        Function(
            "tensor.eye", "The identity matrix: ones on the diagonal.",
            Param("n", Int.self, "number of rows"), Param("m", Int?.self, "as many as rows when left out"),
            Param("dtype", DType.self, default: .float32), Param("requires_grad", Bool.self, default: false),
            returns: "tensor [n, m]", example: "print(tensor.eye(3))"
        ) { (rows: Int, columns: Int?, dtype: DType, requiresGrad: Bool) in
            try Tensor.eye(rows, columns ?? rows, dtype).marked(requiresGrad)
        }
        Function(
            "tensor.range", "Numbers from first to last, both included, in steps.",
            Param("first", Scalar.self), Param("last", Scalar?.self, "1..first when left out"), Param("step", Scalar.self, default: .int(1)),
            Param("dtype", DType?.self, "int64 when all three are integers, else float32"),
            Param("requires_grad", Bool.self, default: false),
            returns: "tensor [n]", example: "print(tensor.range(1, 5))\nprint(tensor.range(0, 1, 0.25))", see: ["tensor.linspace"]
        ) { (first: Scalar, last: Scalar?, step: Scalar, dtype: DType?, requiresGrad: Bool) in
            try Tensor.range(last == nil ? .int(1) : first, last ?? first, step: step, dtype).marked(requiresGrad)
        }
        Function(
            "tensor.linspace", "Numbers spread evenly from first to last, both included.",
            Param("start", Double.self, "the first number"), Param("end", Double.self, "the last number"), Param("steps", Int.self, "how many"),
            Param("dtype", DType.self, default: .float32), Param("requires_grad", Bool.self, default: false),
            returns: "tensor [steps]", example: "print(tensor.linspace(0, 1, 5))", see: ["tensor.range", "tensor.logspace"]
        ) { (first: Double, last: Double, steps: Int, dtype: DType, requiresGrad: Bool) in
            try Tensor.linspace(first, last, steps, dtype).marked(requiresGrad)
        }
        Function(
            "tensor.logspace", "Powers of a base whose exponents are spread evenly from first to last.",
            Param("start", Double.self, "first exponent"), Param("end", Double.self, "last exponent"), Param("steps", Int.self),
            Param("base", Double.self, default: 10), Param("dtype", DType.self, default: .float32),
            Param("requires_grad", Bool.self, default: false),
            returns: "tensor [steps]", example: "print(tensor.logspace(0, 3, 4))", see: ["tensor.linspace"]
        ) { (first: Double, last: Double, steps: Int, base: Double, dtype: DType, requiresGrad: Bool) in
            try Tensor.logspace(first, last, steps, base: base, dtype).marked(requiresGrad)
        }
        like("zeros_like", "Zeros in the shape and type of another tensor.") { try Tensor.zeros($0, $1) }
        like("ones_like", "Ones in the shape and type of another tensor.") { try Tensor.ones($0, $1) }
        Function(
            "tensor.full_like", "One value in the shape and type of another tensor.",
            Param("input", Tensor.self), Param("fill_value", Scalar.self, "what all elements are"), Param("dtype", DType?.self), Param("requires_grad", Bool.self, default: false),
            returns: "tensor", example: "print(tensor.full_like(tensor{1, 2}, 5))"
        ) { (x: Tensor, value: Scalar, dtype: DType?, requiresGrad: Bool) in
            try value.check(fits: dtype ?? x.dtype, "full_like")
            return try Tensor.full(x.shape, value, dtype ?? x.dtype).marked(requiresGrad)
        }
    }

    private static func filled(
        _ name: String, _ summary: String, _ make: @escaping ([Int], DType) throws -> Tensor
    ) -> Function {
        Function(
            "tensor.\(name)", summary, Param("shape", Sizes.self, otherNames: ["size"], "sizes, or one table of them"),
            Param("dtype", DType.self, default: .float32), Param("requires_grad", Bool.self, default: false),
            returns: "tensor", example: "print(tensor.\(name)(2, 3).shape[2])\nprint(tensor.\(name){2, 3, dtype=\"int64\"}.dtype)"
        ) { (shape: Sizes, dtype: DType, requiresGrad: Bool) in
            try make(shape.values, dtype).marked(requiresGrad)
        }
    }

    private static func like(
        _ name: String, _ summary: String, _ make: @escaping ([Int], DType) throws -> Tensor
    ) -> Function {
        Function(
            "tensor.\(name)", summary, Param("input", Tensor.self), Param("dtype", DType?.self), Param("requires_grad", Bool.self, default: false),
            returns: "tensor", example: "print(tensor.\(name)(tensor{{1, 2}, {3, 4}}))"
        ) { (x: Tensor, dtype: DType?, requiresGrad: Bool) in
            try make(x.shape, dtype ?? x.dtype).marked(requiresGrad)
        }
    }
}

extension Tensor {
    /// The tensor, collecting a gradient if wanted.
    func marked(_ requiresGrad: Bool) throws -> Tensor {
        if requiresGrad { try setRequiresGrad(true) }
        return self
    }
}
