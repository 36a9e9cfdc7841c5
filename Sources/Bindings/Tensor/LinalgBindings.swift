import LuaKit
import Tensors

extension Bindings {
    /// Linear algebra: matrices, and batches of them in the last two dimensions.
    static var linalg: Namespace {
        Namespace(
            "tensor.linalg", "Linear algebra: solving, decomposing and measuring matrices; further dimensions in front are batches.",
            foreignNames: [
                "inverse": "inv", "invert": "inv", "lu_solve": "solve", "determinant": "det", "rank": "matrix_rank", "expm": "matrix_exp",
                "pseudo_inverse": "pinv", "pinverse": "pinv", "eigvals": "eig", "logdet": "slogdet", "symeig": "eigh", "potrf": "cholesky",
            ]
        ) {
            LinalgFunctions.solving
            LinalgFunctions.decompositions
            LinalgFunctions.measures
        }
    }
}

/// Which triangle of a symmetric matrix is read.
enum Triangle: String, CaseIterable, LuaOption { case lower = "L", upper = "U" }

/// Which form of `qr` is wanted.
enum QRMode: String, CaseIterable, LuaOption { case reduced, complete, r }

/// The order of a norm: a number, "fro" or "nuc".
enum NormOrder: LuaArgument {
    case p(Double), frobenius, nuclear

    static var luaType: LuaType { LuaType("number|\"fro\"|\"nuc\"", phrase: "a number, \"fro\" or \"nuc\"") }

    static func read(_ call: Call, at index: Int32) throws -> NormOrder {
        switch call.text(at: index) {
        case "fro"?: return .frobenius
        case "nuc"?: return .nuclear
        default: break
        }
        guard let number = call.scalar(at: index) else { throw call.mismatch(luaType, at: index) }
        if case .bool = number { throw call.mismatch(luaType, at: index) }
        return .p(number.doubleValue)
    }

    var matrix: Linalg.MatrixNorm {
        switch self {
        case .p(let p): .p(p)
        case .frobenius: .frobenius
        case .nuclear: .nuclear
        }
    }
}

enum LinalgFunctions {
    @FunctionBuilder static var solving: [Function] {
        Function("tensor.linalg.inv", "The inverse of square matrices.", Param("A", Tensor.self, shape: "[…, n, n]", "matrices"), returns: "tensor […, n, n]",
            example: "print(tensor.linalg.inv(tensor{{2, 0}, {0, 4}}))", see: ["tensor.linalg.solve", "tensor.linalg.pinv"]) { (a: Tensor) in try Linalg.inv(a) }
        Function("tensor.linalg.solve", "The x with A · x = B.", Param("A", Tensor.self, shape: "[…, n, n]", "matrices"), Param("B", Tensor.self, shape: "[…, n, k] or [n]", "right-hand sides"), Param("left", Bool.self, default: true, "false: x · A = B"), returns: "tensor of B's shape",
            example: "print(tensor.linalg.solve(tensor{{2, 0}, {0, 4}}, tensor{2, 8}))", see: ["tensor.linalg.inv", "tensor.linalg.lstsq"]) { (a: Tensor, b: Tensor, left: Bool) in
            if left { return try Linalg.solve(a, b) }
            guard b.rank >= 2 else { throw TensorError.shapes("linalg.solve", [a.shape, b.shape], detail: "with left=false the right-hand side must be a matrix") }
            return try Linalg.solve(a.transpose(-1, -2), b.transpose(-1, -2)).transpose(-1, -2)
        }
        Function("tensor.linalg.solve_triangular", "The x with A · x = B for triangular matrices; the other triangle is not read.", Param("A", Tensor.self, shape: "[…, n, n]", "matrices"), Param("B", Tensor.self, shape: "[…, n, k]", "right-hand sides"), Param("upper", Bool.self, "whether the upper triangle counts"), Param("left", Bool.self, default: true, "false: x · A = B"), Param("unitriangular", Bool.self, default: false, "whether the diagonal counts as ones and is not read"), returns: "tensor of B's shape",
            example: "print(tensor.linalg.solve_triangular(tensor{{2, 1}, {0, 4}}, tensor{{4}, {8}}, {upper=true}))", see: ["tensor.linalg.solve"]) { (a: Tensor, b: Tensor, upper: Bool, left: Bool, unit: Bool) in
            if left { return try Linalg.solveTriangular(a, b, upper: upper, unit: unit) }
            guard b.rank >= 2, a.rank >= 2 else { throw TensorError.shapes("linalg.solve_triangular", [a.shape, b.shape], detail: "expected matrices") }
            return try Linalg.solveTriangular(a.transpose(-1, -2), b.transpose(-1, -2), upper: !upper, unit: unit).transpose(-1, -2)
        }
        Function("tensor.linalg.lstsq", "The x that makes the squares of A · x - B least, and of those the shortest.", Param("A", Tensor.self, shape: "[…, m, n]", "matrices"), Param("B", Tensor.self, shape: "[…, m, k] or [m]", "right-hand sides"), Param("rcond", Double?.self, "singular values below this times the largest count as zero"),
            returns: "solution, residuals, rank, singular values", example: "local A, b = tensor{{1, 1}, {1, 2}, {1, 3}}, tensor{{1}, {2}, {3}}\nprint(tensor.linalg.lstsq(A, b))", see: ["tensor.linalg.solve", "tensor.linalg.pinv"]) { (a: Tensor, b: Tensor, rcond: Double?) -> Results in
            let found = try Linalg.lstsq(a, b, rcond: rcond)
            return Results(found.solution, found.residuals, found.rank, found.singularValues)
        }
        Function("tensor.linalg.pinv", "The pseudoinverse (Moore-Penrose) of matrices, also of singular ones.", Param("A", Tensor.self, shape: "[…, m, n]", "matrices"), Param("rtol", Double?.self, otherNames: ["rcond"], "singular values below this times the largest count as zero"), hermitian, Param("atol", Double?.self, "so do those below this"), returns: "tensor […, n, m]",
            example: "print(tensor.linalg.pinv(tensor{{1, 0}, {0, 0}}))", see: ["tensor.linalg.inv"]) { (a: Tensor, relative: Double?, symmetric: Bool, absolute: Double?) in
            try Linalg.pinv(symmetric ? Linalg.symmetrized(a, "linalg.pinv") : a, relative: relative, absolute: absolute)
        }
    }

    private static var hermitian: Param<Bool> { Param("hermitian", Bool.self, default: false, "whether A is symmetric, of which the mean of A and Aᵀ is taken") }

    @FunctionBuilder static var decompositions: [Function] {
        Function("tensor.linalg.cholesky", "The lower triangle L with A = L · Lᵀ, of symmetric positive definite matrices.", Param("A", Tensor.self, shape: "[…, n, n]", "matrices, of which one triangle is read"), Param("upper", Bool.self, default: false, "whether to return Lᵀ, from the upper triangle"), returns: "tensor […, n, n]",
            example: "print(tensor.linalg.cholesky(tensor{{4, 2}, {2, 5}}))", see: ["tensor.linalg.solve"]) { (a: Tensor, upper: Bool) in try Linalg.cholesky(a, upper: upper) }
        Function("tensor.linalg.qr", "A = Q · R with orthogonal columns in Q and an upper triangle R.", Param("A", Tensor.self, shape: "[…, m, n]", "matrices"), Param("mode", QRMode.self, default: .reduced, "\"complete\": Q is square; \"r\": Q is empty"), returns: "Q, R",
            example: "print(tensor.linalg.qr(tensor{{3, 1}, {4, 2}}))", see: ["tensor.linalg.svd"]) { (a: Tensor, mode: QRMode) -> (Tensor, Tensor) in
            let (q, r) = try Linalg.qr(mode == .r ? a.detach() : a, complete: mode == .complete)
            return mode == .r ? (try Tensor.zeros([0], a.dtype), r) : (q, r)
        }
        Function("tensor.linalg.svd", "Singular values: A = U · diag(S) · Vᵀ with orthogonal U and V.", Param("A", Tensor.self, shape: "[…, m, n]", "matrices"), Param("full_matrices", Bool.self, default: true, "whether U and V are square; false leaves out what S does not use"), returns: "U, S, Vᵀ; S is in descending order",
            example: "local U, S, Vh = tensor.linalg.svd(tensor{{3, 0}, {0, 2}})\nprint(S)", see: ["tensor.linalg.svdvals", "tensor.linalg.eigh"]) { (a: Tensor, full: Bool) -> (Tensor, Tensor, Tensor) in
            let (u, s, vh) = try Linalg.svd(a, fullMatrices: full)
            return (u, s, vh)
        }
        Function("tensor.linalg.svdvals", "Singular values in descending order.", Param("A", Tensor.self, shape: "[…, m, n]", "matrices"), returns: "tensor […, min(m, n)]",
            example: "print(tensor.linalg.svdvals(tensor{{3, 0}, {0, 2}}))", see: ["tensor.linalg.svd"]) { (a: Tensor) in try Linalg.svdvals(a) }
        Function("tensor.linalg.eigh", "Eigenvalues, ascending, and orthonormal eigenvectors (in columns) of symmetric matrices.", Param("A", Tensor.self, shape: "[…, n, n]", "matrices, of which one triangle is read"), Param("UPLO", Triangle.self, default: .lower, "which triangle is read"), returns: "eigenvalues, eigenvectors",
            example: "local values, vectors = tensor.linalg.eigh(tensor{{2, 1}, {1, 2}})\nprint(values)", see: ["tensor.linalg.eig"]) { (a: Tensor, triangle: Triangle) -> (Tensor, Tensor) in
            let (values, vectors) = try Linalg.eigh(a, upper: triangle == .upper)
            return (values, vectors)
        }
        Function("tensor.linalg.eigvalsh", "Eigenvalues of symmetric matrices, ascending.", Param("A", Tensor.self, shape: "[…, n, n]", "matrices, of which one triangle is read"), Param("UPLO", Triangle.self, default: .lower, "which triangle is read"), returns: "tensor […, n]",
            example: "print(tensor.linalg.eigvalsh(tensor{{2, 1}, {1, 2}}))", see: ["tensor.linalg.eigh"]) { (a: Tensor, triangle: Triangle) in try Linalg.eigh(a, upper: triangle == .upper).values }
        Function("tensor.linalg.eig", "Eigenvalues and eigenvectors (in columns) of any square matrices, as real and imaginary parts.", Param("A", Tensor.self, shape: "[…, n, n]", "matrices"), returns: "real parts, imaginary parts, real and imaginary parts of the vectors",
            details: "Has no gradient.", example: "local real, imaginary = tensor.linalg.eig(tensor{{0, -1}, {1, 0}})\nprint(imaginary)", see: ["tensor.linalg.eigh"]) { (a: Tensor) -> Results in
            let found = try Linalg.eig(a)
            return Results(found.real, found.imaginary, found.vectorsReal, found.vectorsImaginary)
        }
    }

    @FunctionBuilder static var measures: [Function] {
        Function("tensor.linalg.det", "The determinant of square matrices.", Param("A", Tensor.self, shape: "[…, n, n]", "matrices"), returns: "tensor […]",
            example: "print(tensor.linalg.det(tensor{{1, 2}, {3, 4}}))", see: ["tensor.linalg.slogdet"]) { (a: Tensor) in try Linalg.det(a) }
        Function("tensor.linalg.slogdet", "The sign of the determinant, 0 when singular, and the logarithm of its size.", Param("A", Tensor.self, shape: "[…, n, n]", "matrices"), returns: "sign, logarithm",
            example: "print(tensor.linalg.slogdet(tensor{{1, 2}, {3, 4}}))", see: ["tensor.linalg.det"]) { (a: Tensor) -> (Tensor, Tensor) in
            let (sign, logarithm) = try Linalg.slogdet(a)
            return (sign, logarithm)
        }
        Function("tensor.linalg.matrix_rank", "The number of singular values that are not zero.", Param("A", Tensor.self, shape: "[…, m, n]", "matrices"), Param("atol", Double?.self, otherNames: ["tol"], "what counts as zero; by default what rounding leaves"), hermitian, Param("rtol", Double?.self, "the same as a share of the largest singular value"), returns: "tensor […] of int64",
            example: "print(tensor.linalg.matrix_rank(tensor{{1, 2}, {2, 4}}))", see: ["tensor.linalg.svdvals"]) { (a: Tensor, absolute: Double?, symmetric: Bool, relative: Double?) in
            try Linalg.matrixRank(symmetric ? Linalg.symmetrized(a, "linalg.matrix_rank") : a, relative: relative, absolute: absolute)
        }
        Function("tensor.linalg.norm", "A norm of vectors or matrices: by default the root of the sum of squares.", Param("A", Tensor.self, "vectors or matrices"), Param("ord", NormOrder?.self, "2, 1, math.huge, … or, of matrices, \"fro\" or \"nuc\""), Param("dim", OneOrMany<Dimension>?.self, "one: of vectors; two: of matrices"), Param("keepdim", Bool.self, default: false),
            returns: "tensor", details: "Of matrices, 2 is the largest singular value, 1 the largest column sum and math.huge the largest row sum.",
            example: "print(tensor.linalg.norm(tensor{3, 4}))\nprint(tensor.linalg.norm(tensor{{1, 2}, {3, 4}}, \"nuc\"))", see: ["tensor.norm", "tensor.linalg.matrix_norm", "tensor.linalg.vector_norm"]) { (a: Tensor, order: NormOrder?, dims: OneOrMany<Dimension>?, keepdim: Bool) in
            try norm(a, order, dims?.swift, keepdim)
        }
        Function("tensor.linalg.vector_norm", "A norm of vectors: the p-th root of the sum of p-th powers.", Param("x", Tensor.self, "numbers"), Param("ord", Double.self, default: 2, "p"), Param("dim", OneOrMany<Dimension>?.self, "all when left out"), Param("keepdim", Bool.self, default: false),
            returns: "tensor", example: "print(tensor.linalg.vector_norm(tensor{3, 4}, 1))", see: ["tensor.linalg.norm"]) { (x: Tensor, p: Double, dims: OneOrMany<Dimension>?, keepdim: Bool) in try x.norm(p, dims?.swift, keepdim: keepdim) }
        Function("tensor.linalg.matrix_norm", "A norm of matrices.", Param("A", Tensor.self, shape: "[…, m, n]", "matrices"), Param("ord", NormOrder.self, default: .frobenius, shown: "\"fro\"", "\"fro\", \"nuc\", 1, -1, 2, -2, math.huge or -math.huge"), Param("dim", OneOrMany<Dimension>.self, default: [Dimension(offset: -2), Dimension(offset: -1)], "rows and columns"), Param("keepdim", Bool.self, default: false),
            returns: "tensor", example: "print(tensor.linalg.matrix_norm(tensor{{1, 2}, {3, 4}}, 1))", see: ["tensor.linalg.norm"]) { (a: Tensor, order: NormOrder, dims: OneOrMany<Dimension>, keepdim: Bool) in
            guard dims.values.count == 2 else { throw TensorError.argument("linalg.matrix_norm", "needs two dimensions, got \(dims.values.count)") }
            return try Linalg.matrixNorm(a, order.matrix, (dims.swift[0], dims.swift[1]), keepdim: keepdim)
        }
        Function("tensor.linalg.matrix_exp", "The exponential of square matrices.", Param("A", Tensor.self, shape: "[…, n, n]", "matrices"), returns: "tensor […, n, n]",
            example: "print(tensor.linalg.matrix_exp(tensor{{0, 1}, {0, 0}}))", see: ["tensor.exp"]) { (a: Tensor) in try Linalg.matrixExp(a) }
    }

    /// PyTorch's rules for what `linalg.norm` is a norm of.
    private static func norm(_ a: Tensor, _ order: NormOrder?, _ dims: [Int]?, _ keepdim: Bool) throws -> Tensor {
        guard let order else { return try a.norm(2, dims, keepdim: keepdim) }
        if let dims, dims.count == 1 { return try vectorNorm(a, order, dims, keepdim) }
        if let dims {
            guard dims.count == 2 else { throw TensorError.argument("linalg.norm", "takes one or two dimensions, got \(dims.count)") }
            return try Linalg.matrixNorm(a, order.matrix, (dims[0], dims[1]), keepdim: keepdim)
        }
        switch a.rank {
        case 1: return try vectorNorm(a, order, nil, keepdim)
        case 2: return try Linalg.matrixNorm(a, order.matrix, keepdim: keepdim)
        default: throw TensorError.shapes("linalg.norm", [a.shape], detail: "with an order but without dimensions, expected a vector or a matrix")
        }
    }

    private static func vectorNorm(_ a: Tensor, _ order: NormOrder, _ dims: [Int]?, _ keepdim: Bool) throws -> Tensor {
        guard case .p(let p) = order else { throw TensorError.argument("linalg.norm", "the orders \"fro\" and \"nuc\" are for matrices: name two dimensions") }
        return try a.norm(p, dims, keepdim: keepdim)
    }
}
