import CKernels
import Testing
@testable import Tensors

@Suite struct MatmulTests {
    /// The product by definition.
    func plain(_ a: [Double], _ b: [Double], _ m: Int, _ n: Int, _ k: Int) -> [Double] {
        var c = [Double](repeating: 0, count: m * n)
        for i in 0..<m { for p in 0..<k { for j in 0..<n { c[i * n + j] += a[i * k + p] * b[p * n + j] } } }
        return c
    }

    @Test(arguments: [
        [4, 4, 4], [1, 1, 1], [3, 5, 7], [17, 9, 33], [1, 40, 65], [40, 1, 65], [64, 33, 70], [5, 70, 1], [2, 3, 0],
        [0, 3, 2], [3, 0, 2], [70, 130, 300],
    ], DType.allCases.filter { $0 != .bool })
    func products(_ sizes: [Int], _ dtype: DType) throws {
        let (m, n, k) = (sizes[0], sizes[1], sizes[2])
        let small = { (i: Int) in Double(i * 7 % 5) - (dtype == .uint8 ? 0 : 2) }
        let a = try Tensor((0..<m * k).map(small), shape: [m, k]).to(dtype)
        let b = try Tensor((0..<k * n).map(small), shape: [k, n]).to(dtype)
        var expected = plain(try a.doubles(), try b.doubles(), m, n, k)
        if dtype == .uint8 { expected = expected.map { Double(UInt8(truncatingIfNeeded: Int($0))) } }
        let at = try a.t().contiguousCopy().t(), bt = try b.t().contiguousCopy().t()
        for x in [a, at] { for y in [b, bt] { #expect(try x.matmul(y).doubles() == expected) } }
        // Rows with gaps, and strides that fit no library.
        let gaps = try Tensor.cat([a, a], 1).narrow(1, 0, k)
        let sparse = try Tensor.stack([b, b], 2).select(2, 1)
        #expect(try gaps.matmul(sparse).doubles() == expected)
    }

    @Test func batches() throws {
        let a = try Tensor.counting([2, 1, 3, 4]), b = try Tensor.counting([5, 4, 2])
        let c = try a.matmul(b)
        #expect(c.shape == [2, 5, 3, 2])
        for i in 0..<2 {
            for j in 0..<5 {
                let one = try a.select(0, i).select(0, 0).matmul(b.select(0, j))
                #expect(try c.select(0, i).select(0, j).doubles() == one.doubles())
            }
        }
        #expect(try a.matmul(b.select(0, 0)).shape == [2, 1, 3, 2])
        #expect(try a.matmul(Tensor.counting([4])).shape == [2, 1, 3])
        #expect(try Tensor.counting([4]).matmul(b).shape == [5, 2])
        #expect(try Tensor.counting([4]).matmul(Tensor.counting([4])).doubles() == [14])
        #expect(try Tensor.zeros([0, 3, 4]).matmul(Tensor.zeros([4, 2])).shape == [0, 3, 2])
        let many = try Tensor.counting([300, 20, 20]), other = try Tensor.counting([300, 20, 20])
        let all = try many.bmm(other)
        #expect(try all.select(0, 299).doubles() == many.select(0, 299).mm(other.select(0, 299)).doubles())
    }

    @Test func gradients() throws {
        let cases: [(String, [[Int]], ([Tensor]) throws -> Tensor)] = [
            ("matmul", [[3, 4], [4, 2]], { try $0[0].matmul($0[1]) }),
            ("matmul transposed", [[4, 3], [2, 4]], { try $0[0].t().matmul($0[1].t()) }),
            ("matmul batches", [[2, 1, 3, 2], [3, 2, 2]], { try $0[0].matmul($0[1]) }),
            ("matmul batch and matrix", [[2, 3, 2], [2, 2]], { try $0[0].matmul($0[1]) }),
            ("matmul vector", [[2, 3, 2], [2]], { try $0[0].matmul($0[1]) }),
            ("vector matmul", [[3], [3, 2]], { try $0[0].matmul($0[1]) }),
            ("dot", [[3], [3]], { try $0[0].dot($0[1]) }),
            ("mv", [[2, 3], [3]], { try $0[0].mv($0[1]) }),
            ("outer", [[2], [3]], { try $0[0].outer($0[1]) }),
            ("bmm", [[2, 2, 3], [2, 3, 2]], { try $0[0].bmm($0[1]) }),
            ("addmm", [[2], [3, 2], [2, 2]], { try $0[0].addmm($0[1], $0[2], beta: 0.5, alpha: 2) }),
            ("baddbmm", [[2, 2], [2, 2, 3], [2, 3, 2]], { try $0[0].baddbmm($0[1], $0[2]) }),
            ("linear", [[4, 3], [2, 3], [2]], { try Tensor.linear($0[0], $0[1], $0[2]) }),
            ("linear of batches", [[2, 2, 3], [2, 3], [2]], { try Tensor.linear($0[0], $0[1], $0[2]) }),
            ("linear without bias", [[3], [2, 3]], { try Tensor.linear($0[0], $0[1]) }),
        ]
        for (name, shapes, function) in cases { try checkGradients(name, shapes, function) }
    }

    @Test func messages() throws {
        let x = try Tensor.zeros([64, 784]), w = try Tensor.zeros([10, 784])
        func message(_ body: () throws -> Tensor) -> String {
            do { return "no error: \(try body().shape)" } catch { return "\(error)" }
        }
        #expect(message { try x.matmul(w) } == "matmul: [64, 784] × [10, 784]: inner sizes 784 and 10 differ. Did you mean b:t()?")
        #expect(message { try x.matmul(.zeros([64, 5])) } == "matmul: [64, 784] × [64, 5]: inner sizes 784 and 64 differ. Did you mean a:t()?")
        #expect(message { try x.matmul(.zeros([7, 5])) } == "matmul: [64, 784] × [7, 5]: inner sizes 784 and 7 differ")
        #expect(message { try x.matmul(w.t().to(.float64)) }
            == "matmul: both need the same type, got float32 and float64. Convert one: b:to(\"float32\")")
        #expect(message { try x.matmul(Tensor(3)) } == "matmul: [64, 784] × []: a single number has no matrix product. Use mul")
        #expect(message { try Tensor.linear(x, .zeros([10, 100])) }
            == "linear: [64, 784] and [10, 100]: the input's last size is 784, but the weight [out, in] takes 100")
    }

    @Test func largeProductsAreTheSameInBlocks() throws {
        // 1,100 × 1,100 × 2,100 is cut along all three sizes.
        let a = try Tensor((0..<1100 * 2100).map { Float($0 % 17 - 8) }, shape: [1100, 2100])
        let b = try Tensor((0..<1100 * 2100).map { Float($0 % 13 - 6) }, shape: [2100, 1100])
        let c = try a.matmul(b)
        #expect(try c.to(.float64).doubles() == a.to(.float64).matmul(b.to(.float64)).doubles())
        #expect(try a.narrow(0, 7, 1).matmul(b).doubles() == c.select(0, 7).doubles())
    }
}
