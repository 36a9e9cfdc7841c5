import Testing
import TestSupport
@testable import Tensors

@Suite struct PrintingTests {
    @Test func show() throws {
        for (t, o) in try samples() { print(t.formatted(o)); print("-----") }
    }
    func samples() throws -> [(Tensor, PrintOptions)] {
        let d = PrintOptions(base: 1)
        return [
            (try Tensor(3.14159), d), (try Tensor(2), d), (try tensor([1, 2, 3]), d), (try tensor([1, 2.5, -3]), d),
            (try Tensor([true, false]), d), (try Tensor([Int64(1), -200, 30]), d),
            (try tensor([1e-8, 1e8]), d), (try tensor([1, 2.5, 1e-8, 1e8, 0.3, 0.1, 0, 3, 4]), d), (try tensor([.nan, 1.5, .infinity, -.infinity], [2, 2]), d),
            (try scattered([3, 4]), d), (try scattered([30]), d), (try scattered([2, 2, 3]), d), (try scattered([4, 20]), d),
            (try scattered([2000]), d), (try scattered([100, 100]), d), (try scattered([20, 20, 20]), d), (try Tensor.zeros([0, 3]), d),
            (try tensor([0.001, 0.002]), d), (try tensor([1e-5, 2e-6]), d), (try tensor([123456.7, 1.5]), d), (try tensor([1065, 0.28, 3.92, 14.23], [2, 2]), d),
            (try Tensor.zeros([2, 2]), d), (try tensor([1e10, 1]), d), (try Tensor.range(1, 1000, step: 1), d),
            (try scattered([3, 3]).mul(1e-3), d), (try Tensor.randn([5]).formatted().isEmpty ? tensor([]) : tensor([0.5, 0.25]), d),
        ]
    }
}
