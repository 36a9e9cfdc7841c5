import LuaKit
import Tensors

extension TensorFunctions {
    /// Chance: all of it comes from one generator.
    @FunctionBuilder static var random: [Function] {
        Function("tensor.manual_seed", "Seeds the generator: the same seed gives the same numbers, on any machine and number of threads.", Param("seed", Int.self),
            example: "tensor.manual_seed(1)\nlocal a = tensor.rand(2)\ntensor.manual_seed(1)\nprint(a:equal(tensor.rand(2)))", see: ["tensor.initial_seed"]) { (seed: Int) -> Void in
            Generator.shared.seed(UInt64(bitPattern: Int64(seed)))
        }
        Function("tensor.initial_seed", "The seed in use, also one that was drawn by itself.", returns: "integer", example: "tensor.manual_seed(5)\nprint(tensor.initial_seed())", see: ["tensor.manual_seed"]) {
            Int(Int64(bitPattern: Generator.shared.initialSeed))
        }
        drawn("rand", "Numbers spread evenly over 0..1, without 1.") { try Tensor.rand($0, $1) }
        drawn("randn", "Numbers of the normal distribution with mean 0 and deviation 1.") { try Tensor.randn($0, $1) }
        Function("tensor.randint", "Whole numbers spread evenly over low..high, both included.", Param("low", Int.self), Param("high", Int.self), Param("shape", Sizes.self, otherNames: ["size"]), Param("dtype", DType.self, default: .int64),
            returns: "tensor", example: "tensor.manual_seed(1)\nprint(tensor.randint(1, 6, {10}))") { (low: Int, high: Int, shape: Sizes, dtype: DType) in
            guard low <= high else { throw TensorError.argument("randint", "low must not be above high, got \(low) and \(high)") }
            guard high < Int.max else { throw TensorError.argument("randint", "high is too large: \(high)") }
            return try Tensor.randint(low, high + 1, shape.values, dtype)
        }
        Function("tensor.randperm", "The numbers 1..n in random order.", Param("n", Int.self), returns: "tensor [n] of int64", example: "tensor.manual_seed(1)\nprint(tensor.randperm(5))") { (n: Int) in Positions(try Tensor.randperm(n)) }
        Function("tensor.bernoulli", "1 with the probability that each element holds, else 0.", Param("input", Tensor.self), Param("p", Double?.self, "one probability for all elements instead"), returns: "tensor", example: "tensor.manual_seed(1)\nprint(tensor{0, 0.5, 1}:bernoulli())") { (x: Tensor, p: Double?) in
            try p.map { try Tensor.empty(x.shape, x.dtype).bernoulli_($0) } ?? x.bernoulli()
        }
        Function("tensor.multinomial", "Positions drawn with the probabilities that each row's weights stand for.", Param("input", Tensor.self, shape: "[C] or [N, C]", "weights, not negative"), Param("num_samples", Int.self), Param("replacement", Bool.self, default: false, "whether a position may be drawn twice"),
            returns: "tensor [num_samples] or [N, num_samples] of int64", example: "tensor.manual_seed(1)\nprint(tensor{0, 10, 1}:multinomial(2))") { (x: Tensor, count: Int, replacement: Bool) in Positions(try x.multinomial(count, replacement: replacement)) }
        Function("tensor.normal", "Numbers of a normal distribution.", Param("mean", Operand.self, "one number, or one for each result"), Param("std", Operand.self, "one number, or one for each result"), Param("shape", Sizes.self, default: Sizes([]), shown: "", otherNames: ["size"], "of the result; that of mean and std when they are tensors"), Param("dtype", DType.self, default: .float32, "of the result when mean and std are numbers"),
            returns: "tensor", example: "tensor.manual_seed(1)\nprint(tensor.normal(10, 2, {3}))\nprint(tensor.normal(tensor{0, 100}, 1))", see: ["tensor.randn"]) { (mean: Operand, deviation: Operand, shape: Sizes, dtype: DType) in
            if case .scalar(let mean) = mean, case .scalar(let deviation) = deviation {
                return try Tensor.normal(mean: mean.doubleValue, std: deviation.doubleValue, shape.values, dtype)
            }
            guard shape.values.isEmpty else { throw TensorError.argument("normal", "the shape is that of mean and std, which are tensors") }
            return try Tensor.normal(mean: mean.tensor(beside: deviation, "normal"), std: deviation.tensor(beside: mean, "normal"))
        }.notMethod()
        alike("rand_like", "Numbers spread evenly over 0..1, in the shape of another tensor.") { try Tensor.rand($0, $1) }
        alike("randn_like", "Numbers of the normal distribution, in the shape of another tensor.") { try Tensor.randn($0, $1) }
        Function("tensor.uniform_", "Fills with numbers spread evenly over from..to.", Param("input", Tensor.self), Param("from", Double.self, default: 0), Param("to", Double.self, default: 1), returns: "the tensor itself",
            example: "tensor.manual_seed(1)\nprint(tensor.zeros(3):uniform_(-1, 1))") { (x: Tensor, from: Double, to: Double) -> Receiver in
            _ = try x.uniform_(from, to)
            return Receiver()
        }
        Function("tensor.normal_", "Fills with numbers of a normal distribution.", Param("input", Tensor.self), Param("mean", Double.self, default: 0), Param("std", Double.self, default: 1), returns: "the tensor itself",
            example: "tensor.manual_seed(1)\nprint(tensor.zeros(3):normal_(10, 1))") { (x: Tensor, mean: Double, deviation: Double) -> Receiver in
            _ = try x.normal_(mean, deviation)
            return Receiver()
        }
        Function("tensor.bernoulli_", "Fills with 1 with probability p, else 0.", Param("input", Tensor.self), Param("p", Operand.self, default: .scalar(.double(0.5)), shown: "0.5", "a number, or one for each element"), returns: "the tensor itself",
            example: "tensor.manual_seed(1)\nprint(tensor.zeros(3):bernoulli_())") { (x: Tensor, p: Operand) -> Receiver in
            switch p {
            case .scalar(let p): _ = try x.bernoulli_(p.doubleValue)
            case .tensor(let p): _ = try x.copy_(p.expand(x.shape).bernoulli())
            }
            return Receiver()
        }
        Function("tensor.random_", "Fills with whole numbers spread evenly over from..to, both included.", Param("input", Tensor.self), Param("from", Int.self), Param("to", Int.self), returns: "the tensor itself",
            example: "tensor.manual_seed(1)\nprint(tensor.zeros(3):random_(1, 6))") { (x: Tensor, from: Int, to: Int) -> Receiver in
            guard from <= to, to < Int.max else { throw TensorError.argument("random_", "from must not be above to, got \(from) and \(to)") }
            _ = try x.random_(from, to + 1)
            return Receiver()
        }
        Function("tensor.exponential_", "Fills with numbers of the exponential distribution.", Param("input", Tensor.self), Param("lambd", Double.self, default: 1), returns: "the tensor itself",
            example: "tensor.manual_seed(1)\nprint(tensor.zeros(3):exponential_())") { (x: Tensor, rate: Double) -> Receiver in
            _ = try x.exponential_(rate)
            return Receiver()
        }
    }

    private static func drawn(_ name: String, _ summary: String, _ draw: @escaping ([Int], DType) throws -> Tensor) -> Function {
        Function("tensor.\(name)", summary, Param("shape", Sizes.self, otherNames: ["size"]), Param("dtype", DType.self, default: .float32), Param("requires_grad", Bool.self, default: false),
            returns: "tensor", example: "tensor.manual_seed(1)\nprint(tensor.\(name)(2, 3))", see: ["tensor.manual_seed"]) { (shape: Sizes, dtype: DType, requiresGrad: Bool) in
            try draw(shape.values, dtype).marked(requiresGrad)
        }
    }

    private static func alike(_ name: String, _ summary: String, _ draw: @escaping ([Int], DType) throws -> Tensor) -> Function {
        Function("tensor.\(name)", summary, Param("input", Tensor.self), Param("dtype", DType?.self), returns: "tensor", example: "tensor.manual_seed(1)\nprint(tensor.\(name)(tensor{1, 2}))") { (x: Tensor, dtype: DType?) in
            try draw(x.shape, dtype ?? (x.dtype.isFloatingPoint ? x.dtype : .float32))
        }
    }
}
