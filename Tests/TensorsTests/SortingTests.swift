import TestSupport
import Testing
@testable import Tensors

@Suite struct SortingTests {
    @Test(arguments: [1, 7, 31, 33, 1000, 20_000, 300_000], DType.allCases)
    func sorting(_ n: Int, _ dtype: DType) throws {
        let x = try scattered([n], in: -100...100, seed: n).to(dtype)
        for descending in [false, true] {
            let (sorted, indices) = try x.sort(descending: descending)
            #expect(try difference(x.gather(0, indices), sorted) == nil)
            // In order, and equal elements in the order they had; so that no position comes twice.
            let values = try sorted.to(.float64)
            let step = try values.narrow(0, 1, n - 1).sub(values.narrow(0, 0, n - 1)).mul(descending ? -1 : 1)
            let stable = try indices.narrow(0, 1, n - 1).sub(indices.narrow(0, 0, n - 1)).gt(0)
            #expect(try step.gt(0).logicalOr(step.eq(0).logicalAnd(stable)).all().doubles() == [1])
            for k in Set([0, 1, n / 3, n]) {
                let (top, places) = try x.topk(k, largest: descending)
                #expect(try difference(top, sorted.narrow(0, 0, k)) == nil)
                #expect(try difference(places, indices.narrow(0, 0, k)) == nil)
            }
            if descending { continue }
            for k in [0, n / 2, n - 1] {
                let (value, index) = try x.kthvalue(k)
                #expect(try difference(value, sorted.select(0, k)) == nil)
                #expect(try difference(index, indices.select(0, k)) == nil)
            }
        }
    }

    @Test func specialValues() throws {
        let x = try Tensor([Double.nan, 1, -.infinity, 0, -0.0, .infinity, -.nan])
        let (values, indices) = try x.sort()
        #expect(try indices.doubles() == [2, 3, 4, 1, 5, 0, 6])
        #expect(try values.doubles()[2].sign == .minus)
        #expect(try x.sort(descending: true).indices.doubles() == [0, 6, 5, 1, 3, 4, 2])
        #expect(try x.to(.float32).sort().indices.doubles() == [2, 3, 4, 1, 5, 0, 6])
        #expect(try x.topk(2).indices.doubles() == [0, 6])
        #expect(try Tensor(3).sort().values.shape == [])
        #expect(try Tensor.zeros([0]).sort().values.shape == [0])
        #expect(try Tensor.zeros([3, 0]).sort(0).values.shape == [3, 0])
        #expect(try Tensor.zeros([0, 3]).topk(2).values.shape == [0, 2])
    }

    @Test func dimensions() throws {
        let x = try scattered([4, 5, 3])
        for d in 0..<3 {
            let (values, indices) = try x.sort(d)
            #expect(try x.gather(d, indices).doubles() == values.doubles())
            #expect(try x.transpose(0, 2).sort(2 - d).values.transpose(0, 2).doubles() == values.doubles())
            #expect(try x.kthvalue(2, d).values.doubles() == values.select(d, 2).doubles())
            #expect(try x.kthvalue(2, d, keepdim: true).values.rank == 3)
            #expect(try x.topk(2, d, largest: false).values.doubles() == values.narrow(d, 0, 2).doubles())
        }
    }

    @Test func uniqueAndSearch() throws {
        let x = try Tensor([Int64(5), 2, 5, -1, 2, 5], shape: [2, 3])
        let (values, inverse, counts) = try x.unique()
        #expect(try values.doubles() == [-1, 2, 5])
        #expect(try inverse.doubles() == [2, 1, 2, 0, 1, 2])
        #expect(inverse.shape == [2, 3])
        #expect(try counts.doubles() == [1, 2, 3])
        let sorted = try Tensor([Float(1), 3, 3, 5])
        let wanted = try Tensor([Float(0), 1, 3, 4, 5, 6, .nan])
        #expect(try sorted.searchsorted(wanted).doubles() == [0, 0, 1, 3, 3, 4, 4])
        #expect(try sorted.searchsorted(wanted, right: true).doubles() == [0, 1, 3, 3, 4, 4, 4])
        let rows = try Tensor([Float(1), 2, 10, 20], shape: [2, 2])
        #expect(try rows.searchsorted(Tensor([Float(2), 15], shape: [2, 1])).doubles() == [1, 1])
        #expect(try Tensor.zeros([0]).searchsorted(wanted).doubles() == [0, 0, 0, 0, 0, 0, 0])
        #expect(try sorted.searchsorted(Tensor(3)).doubles() == [1])
    }

    @Test func gradients() throws {
        try checkGradients("sort", [[3, 4]]) { try $0[0].sort(0).values }
        try checkGradients("topk", [[3, 4]]) { try $0[0].topk(2).values }
        try checkGradients("kthvalue", [[3, 4]]) { try $0[0].kthvalue(1).values }
    }
}
