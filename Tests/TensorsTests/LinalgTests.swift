import TestSupport
import Testing
@testable import Tensors

@Suite struct LinalgTests {
    /// Well conditioned matrices.
    func regular(_ shape: [Int], _ dtype: DType = .float64) throws -> Tensor {
        let n = shape[shape.count - 1]
        return try scattered(shape).add(Tensor.eye(shape[shape.count - 2], n, .float64).mul(3)).to(dtype)
    }

    func close(_ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-9) throws -> String? {
        try difference(a, b, relative: tolerance, absolute: tolerance)
    }

    @Test(arguments: [[3, 3], [2, 4, 4], [0, 0], [0, 3, 3], [2, 0, 0], [1, 1], [40, 40]], [DType.float64, .float32])
    func solving(_ shape: [Int], _ dtype: DType) throws {
        let tolerance = dtype == .float64 ? 1e-9 : 1e-3
        let a = try regular(shape, dtype), n = shape[shape.count - 1]
        let one = try Tensor.eye(n, nil, dtype).expand(shape)
        for x in [a, try strided(a)] {
            #expect(try close(Linalg.inv(x).matmul(a), one, tolerance) == nil)
            let b = try scattered(shape.dropLast() + [2]).to(dtype)
            #expect(try close(a.matmul(Linalg.solve(x, b)), b, tolerance) == nil)
            let v = try scattered(Array(shape.dropLast())).to(dtype)
            #expect(try close(a.matmul(Linalg.solve(x, v).unsqueeze(-1)).squeeze([-1]), v, tolerance) == nil)
            #expect(try close(Linalg.pinv(x), Linalg.inv(x), tolerance) == nil)
            let (sign, logarithm) = try Linalg.slogdet(x)
            #expect(try close(sign.mul(logarithm.exp()), Linalg.det(x), tolerance) == nil)
            let upper = try x.triu()
            #expect(try close(upper.matmul(Linalg.solveTriangular(x, b, upper: true)), b, tolerance) == nil)
            let square = try x.matmul(x.transpose(-1, -2)), l = try Linalg.cholesky(square)
            #expect(try close(l.matmul(l.transpose(-1, -2)), square, tolerance * 10) == nil)
            #expect(try close(Linalg.cholesky(square, upper: true), l.transpose(-1, -2), tolerance * 10) == nil)
        }
    }

    @Test(arguments: [[3, 3], [5, 3], [3, 5], [2, 4, 3], [0, 3], [3, 0], [2, 0, 3], [1, 1]], [DType.float64, .float32])
    func decompositions(_ shape: [Int], _ dtype: DType) throws {
        let tolerance = dtype == .float64 ? 1e-10 : 1e-4
        let a = try strided(scattered(shape).to(dtype)), m = shape[shape.count - 2], n = shape[shape.count - 1], k = Swift.min(m, n)
        for whole in [false, true] {
            let (q, r) = try Linalg.qr(a, complete: whole)
            #expect(q.shape == shape.dropLast() + [whole ? m : k])
            #expect(try close(q.matmul(r), a, tolerance) == nil)
            #expect(try close(q.transpose(-1, -2).matmul(q), Tensor.eye(whole ? m : k, nil, dtype).expand(shape.dropLast(2) + [whole ? m : k, whole ? m : k]), tolerance) == nil)
            let (u, s, vh) = try Linalg.svd(a, fullMatrices: whole)
            #expect(u.shape == shape.dropLast() + [whole ? m : k])
            #expect(vh.shape == shape.dropLast(2) + [whole ? n : k, n])
            #expect(try close(u.narrow(-1, 0, k).mul(s.unsqueeze(-2)).matmul(vh.narrow(-2, 0, k)), a, tolerance) == nil)
            #expect(try close(u.transpose(-1, -2).matmul(u), Tensor.eye(u.shape.last!, nil, dtype).expand(shape.dropLast(2) + [u.shape.last!, u.shape.last!]), tolerance) == nil)
            #expect(try close(Linalg.svdvals(a), s, tolerance) == nil)
        }
        let p = try Linalg.pinv(a)
        #expect(try close(a.matmul(p).matmul(a), a, tolerance * 10) == nil)
    }

    @Test(arguments: [[1, 1], [4, 4], [2, 3, 3], [0, 0]])
    func eigenvalues(_ shape: [Int]) throws {
        let a = try scattered(shape)
        let symmetric = try a.add(a.transpose(-1, -2))
        let (values, vectors) = try Linalg.eigh(symmetric)
        #expect(try close(symmetric.matmul(vectors), vectors.mul(values.unsqueeze(-2)), 1e-10) == nil)
        #expect(try close(Linalg.eigh(symmetric, upper: true).values, values, 1e-10) == nil)
        let (re, im, vr, vi) = try Linalg.eig(a)
        let wr = re, wi = im
        // A (vr + i vi) = (vr + i vi)(wr + i wi)
        #expect(try close(a.matmul(vr), vr.mul(wr.unsqueeze(-2)).sub(vi.mul(wi.unsqueeze(-2))), 1e-9) == nil)
        #expect(try close(a.matmul(vi), vr.mul(wi.unsqueeze(-2)).add(vi.mul(wr.unsqueeze(-2))), 1e-9) == nil)
    }

    @Test func numbers() throws {
        let a = try tensor([1, 2, 3, 4], [2, 2])
        #expect(try Linalg.det(a).doubles() == [-2])
        #expect(try Linalg.det(tensor([1, 2, 2, 4], [2, 2])).doubles() == [0])
        #expect(try Linalg.slogdet(tensor([1, 2, 2, 4], [2, 2])).logabsdet.doubles() == [-.infinity])
        #expect(try Linalg.matrixRank(tensor([1, 2, 2, 4], [2, 2])).doubles() == [1])
        #expect(try Linalg.matrixRank(Tensor.zeros([2, 3, 3])).doubles() == [0, 0])
        let rotation = try Linalg.matrixExp(tensor([0, -Double.pi / 2, Double.pi / 2, 0], [2, 2]))
        #expect(try close(rotation, tensor([0, -1, 1, 0], [2, 2]), 1e-12) == nil)
        #expect(try close(Linalg.matrixExp(tensor([30, 0, 0, -30], [2, 2])).diag(), tensor([30, -30]).exp(), 1e-12) == nil)
        let b = try tensor([1, -2, 3, -4, 5, -6], [2, 3])
        for (norm, expected) in [
            (Linalg.MatrixNorm.p(1), 9.0), (.p(-1), 5), (.p(.infinity), 15), (.p(-.infinity), 6), (.frobenius, 91.0.squareRoot()),
        ] { #expect(try close(Linalg.matrixNorm(b, norm), tensor([expected], [])) == nil) }
        #expect(try Linalg.matrixNorm(Tensor.ones([2, 3, 4]), .p(2), (0, 2), keepdim: true).shape == [1, 3, 1])
        let x = try tensor([1, 1, 1, 2, 1, 3], [3, 2]), y = try tensor([6, 0, 0])
        let (solution, residuals, rank, _) = try Linalg.lstsq(x, y)
        #expect(try close(solution, tensor([8, -3])) == nil)
        #expect(try close(residuals, tensor([6])) == nil)
        #expect(try rank.doubles() == [2])
    }

    @Test func gradients() throws {
        func symmetric(_ x: Tensor) throws -> Tensor { try x.matmul(x.transpose(-1, -2)).add(Tensor.eye(x.shape[x.rank - 2], nil, .float64)) }
        func regular(_ x: Tensor) throws -> Tensor { try x.add(Tensor.eye(x.shape[x.rank - 1], nil, .float64).mul(4)) }
        let cases: [(String, [[Int]], ([Tensor]) throws -> Tensor)] = [
            ("inv", [[2, 3, 3]], { try Linalg.inv(regular($0[0])) }),
            ("solve", [[3, 3], [3, 2]], { try Linalg.solve(regular($0[0]), $0[1]) }),
            ("solve vector", [[2, 3, 3], [2, 3]], { try Linalg.solve(regular($0[0]), $0[1]) }),
            ("solve broadcast", [[2, 1, 3, 3], [2, 3, 1]], { try Linalg.solve(regular($0[0]), $0[1]) }),
            ("solve_triangular", [[3, 3], [3, 2]], { try Linalg.solveTriangular(regular($0[0]), $0[1], upper: false) }),
            ("det", [[2, 3, 3]], { try Linalg.det($0[0]) }),
            ("slogdet", [[3, 3]], { try Linalg.slogdet($0[0]).logabsdet }),
            ("cholesky", [[3, 3]], { try Linalg.cholesky(symmetric($0[0])) }),
            ("cholesky upper", [[2, 3, 3]], { try Linalg.cholesky(symmetric($0[0]), upper: true) }),
            ("qr q", [[4, 3]], { try Linalg.qr($0[0]).q }),
            ("qr r", [[3, 3]], { try Linalg.qr($0[0]).r }),
            ("qr wide", [[2, 4]], { let (q, r) = try Linalg.qr($0[0]); return try q.matmul(r.mul(r)) }),
            ("svd s", [[4, 3]], { try Linalg.svd($0[0]).s }),
            ("svd", [[3, 4]], { let (u, s, vh) = try Linalg.svd($0[0], fullMatrices: false); return try u.mul(s).matmul(vh.mul(vh).mul(vh)).mul(u.matmul(vh)) }),
            ("svd tall", [[4, 2]], { let (u, _, vh) = try Linalg.svd($0[0], fullMatrices: false); return try u.matmul(vh) }),
            ("eigh", [[3, 3]], { let (l, v) = try Linalg.eigh(symmetric($0[0])); return try v.mul(l.exp()).matmul(v.mul(v).mul(v).transpose(-1, -2)) }),
            ("eigh values", [[2, 3, 3]], { try Linalg.eigh(symmetric($0[0])).values }),
            ("pinv tall", [[4, 2]], { try Linalg.pinv($0[0]) }),
            ("pinv wide", [[2, 4]], { try Linalg.pinv($0[0]) }),
            ("lstsq", [[4, 2], [4, 3]], { try Linalg.lstsq($0[0], $0[1]).solution }),
            ("matrix_exp", [[2, 3, 3]], { try Linalg.matrixExp($0[0]) }),
            ("nuclear norm", [[3, 2]], { try Linalg.matrixNorm($0[0], .nuclear) }),
            ("norm 1", [[3, 2]], { try Linalg.matrixNorm($0[0], .p(1)) }),
            ("tensordot", [[2, 3, 2], [2, 2, 3]], { try $0[0].tensordot($0[1], [1, 2], [2, 0]) }),
            ("kron", [[2, 2], [1, 3]], { try $0[0].kron($0[1]) }),
            ("trace", [[3, 2]], { try $0[0].trace() }),
            ("cross", [[2, 3], [1, 3]], { try $0[0].cross($0[1]) }),
            ("cdist", [[3, 2], [4, 2]], { try $0[0].cdist($0[1]) }),
            ("cdist p", [[3, 2], [2, 2]], { try $0[0].cdist($0[1], 3) }),
            ("einsum", [[2, 3], [3, 2], [2, 2]], { try Tensor.einsum("ij,jk,kl->il", $0) }),
            ("einsum ellipsis", [[2, 2, 3], [3, 2]], { try Tensor.einsum("...ij,jk->k...", $0) }),
            ("einsum diagonal", [[3, 3], [3]], { try Tensor.einsum("ii,i->i", $0) }),
        ]
        for (name, shapes, function) in cases { try checkGradients(name, shapes, function) }
    }

    @Test func singularDeterminantsHaveGradients() throws {
        let a = try tensor([1, 2, 2, 4], [2, 2])
        try a.setRequiresGrad(true)
        try Linalg.det(a).backward()
        #expect(try close(#require(a.grad), tensor([4, -2, -2, 1], [2, 2])) == nil)
    }

    @Test func einsum() throws {
        let a = try Tensor.counting([2, 3]), b = try Tensor.counting([3, 4]), batch = try Tensor.counting([5, 2, 3])
        #expect(try difference(Tensor.einsum("ij,jk->ik", [a, b]), a.matmul(b)) == nil)
        #expect(try difference(Tensor.einsum("ij,jk", [a, b]), a.matmul(b)) == nil)
        #expect(try difference(Tensor.einsum("ij->ji", [a]), a.t().contiguous()) == nil)
        #expect(try difference(Tensor.einsum("ij->", [a]), a.sum()) == nil)
        #expect(try difference(Tensor.einsum("bij,jk->bik", [batch, b]), batch.matmul(b)) == nil)
        #expect(try difference(Tensor.einsum("...ij, jk -> ...ik", [batch, b]), batch.matmul(b)) == nil)
        #expect(try difference(Tensor.einsum("i,j->ij", [a.select(0, 0), b.select(0, 0)]), a.select(0, 0).outer(b.select(0, 0))) == nil)
        #expect(try difference(Tensor.einsum("ii->i", [Tensor.counting([3, 3])]), Tensor.counting([3, 3]).diag()) == nil)
        #expect(try difference(Tensor.einsum("iji->j", [Tensor.counting([2, 3, 2])]), Tensor.counting([2, 3, 2]).diagonal(0, 0, 2).sum([1])) == nil)
        #expect(try Tensor.einsum("i,i", [Tensor.counting([3]), Tensor.counting([3])]).doubles() == [5])
        #expect(try Tensor.einsum("ij,kj->", [Tensor.zeros([0, 2]), Tensor.ones([3, 2])]).doubles() == [0])
    }

    @Test func messages() throws {
        func message(_ body: () throws -> Any) -> String {
            do { return "no error: \(try body())" } catch { return "\(error)" }
        }
        let ones = try Tensor.ones([2, 2]), batch = try Tensor.stack([Tensor.eye(2), ones])
        #expect(message { try Linalg.inv(ones) }
            == "linalg.inv: the matrix [2, 2] is singular: its rows depend on one another. Try pinv or lstsq")
        #expect(message { try Linalg.solve(batch, Tensor.ones([2, 2, 1])) }
            == "linalg.solve: matrix number 2 of [2, 2, 2] is singular: its rows depend on one another. Try pinv or lstsq")
        #expect(message { try Linalg.cholesky(Tensor([Float(1), 2, 2, 1], shape: [2, 2])) }
            == "linalg.cholesky: the matrix [2, 2] is not positive definite: the leading part of size 2 is not")
        #expect(message { try Linalg.det(Tensor.ones([2, 3])) } == "linalg.det: [2, 3]: the matrix must be square")
        #expect(message { try Linalg.inv(Tensor.ones([2, 2], .int64)) }
            == "linalg.inv: expected floating point numbers, got int64. Convert first: x:float()")
        #expect(message { try Linalg.svd(Tensor([Float.nan], shape: [1, 1])) } == "linalg.svd: the matrix holds NaN or infinity")
        #expect(message { try Tensor.einsum("ij,jk->ik", [ones]) }
            == "einsum: \"ij,jk->ik\": names 2 operands, but 1 came")
        #expect(message { try Tensor.einsum("ij,jk->ik", [ones, Tensor.ones([3, 2])]) }
            == "einsum: \"ij,jk->ik\": \"j\" is 2 in operand 1 [2, 2], but 3 in operand 2 [3, 2]")
        #expect(message { try Tensor.einsum("ij->ix", [ones]) } == "einsum: \"ij->ix\": the result's \"x\" is in no operand")
    }
}
