import CKernels
import Glibc
import Testing
@testable import Tensors

/// What is shared by the whole process is tested in processes of its own.
@Suite struct MemoryTests {
    @Test func blocks() throws {
        for bytes in [0, 1, 63, 64, 65, 100, 1000, 4097, 1 << 20, (1 << 20) + 1, 5_000_000] {
            var capacity = 0
            let block = try #require(nj_allocate(bytes, &capacity))
            #expect(UInt(bitPattern: block) % 64 == 0)
            #expect(capacity >= bytes)
            #expect(capacity <= max(bytes + bytes / 4, 64) + 64)
            memset(block, 7, bytes)
            nj_release(block, capacity)
        }
        var capacity = 0
        #expect(nj_allocate(.max / 2, &capacity) == nil)
        #expect(throws: TensorError.self) { try Tensor.zeros([1 << 40]) }
        #expect(throws: TensorError.self) { try Tensor.zeros([1 << 40, 1 << 40]) }
        #expect(throws: TensorError.self) { try Tensor.zeros([-1]) }
        #expect(try Tensor.zeros([0, 1 << 40]).count == 0)
    }

    #if compiler(>=6.2)
    @Test func reuse() async {
        await #expect(processExitsWith: .success) {
            var last = try Tensor.zeros([1000, 1000])
            Memory.resetPeak()
            let before = Memory.statistics.live
            for _ in 0..<100 { last = try last.add(1) }
            #expect(Memory.statistics.live == before)
            // Never more than the operand and the result at once.
            #expect(Memory.statistics.peak <= before + 5_500_000)
            #expect(Memory.statistics.cached <= 2 * before + (32 << 20))
            Memory.releaseCache()
            #expect(Memory.statistics.cached == 0)
            #expect(try last.amin().scalar().doubleValue == 100)
        }
    }

    @Test func changesInPlaceAllocateNothing() async {
        await #expect(processExitsWith: .success) {
            let x = try Tensor.full([300, 300], 0.5), row = try Tensor.full([300], 2)
            let column = try row.reshape([300, 1])
            Memory.resetPeak()
            let before = Memory.statistics
            for _ in 0..<10 {
                _ = try x.mul(row, inPlace: true).add(1, inPlace: true).div(column, inPlace: true).tanh(inPlace: true)
                    .exp(inPlace: true).clamp(minimum: 0, maximum: 2, inPlace: true).sub(0.5, inPlace: true)
                    .relu(inPlace: true).gelu(inPlace: true).sqrt(inPlace: true).neg(inPlace: true).abs(inPlace: true)
            }
            let after = Memory.statistics
            #expect(after.peak == before.live)
            #expect(after.live == before.live)
        }
    }

    /// Broadcast operands are not copied, and reducing a view does not copy the view.
    @Test func viewsAreNotCopied() async {
        await #expect(processExitsWith: .success) {
            let x = try Tensor.ones([1000, 1000])
            let view = try x.transpose(0, 1).narrow(0, 10, 900)
            Memory.resetPeak()
            let before = Memory.statistics.live
            for dims in [nil, [0], [1]] as [[Int]?] {
                _ = try view.sum(dims)
                _ = try view.amax(dims)
                _ = try view.var(dims)
                _ = try view.logsumexp(dims)
                _ = try view.norm(2, dims)
                if let dims { _ = try view.argmax(dim: dims[0]) } else { _ = try view.argmax() }
            }
            #expect(Memory.statistics.peak < before + 300_000)
        }
    }

    @Test func interruptStopsLongLoops() async {
        await #expect(processExitsWith: .success) {
            let flag = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
            flag.pointee = 0
            nj_set_interrupt_flag(flag)
            let x = try Tensor.ones([3000, 1000]), y = try x.transpose(0, 1)
            flag.pointee = 1
            #expect(throws: TensorError.interrupted) { try x.exp() }
            #expect(throws: TensorError.interrupted) { try x.add(y.contiguous()) }
            #expect(throws: TensorError.interrupted) { try y.exp() }
            #expect(throws: TensorError.interrupted) { try x.sum() }
            #expect(throws: TensorError.interrupted) { try y.sum([0]) }
            #expect(throws: TensorError.interrupted) { try x.softmax(1) }
            #expect(throws: TensorError.interrupted) { try x.cumsum(0) }
            #expect(throws: TensorError.interrupted) { try Tensor.randn([3000, 1000]) }
            // Small work is done; the user sees the interrupt soon enough.
            #expect(try Tensor.ones([3]).exp().count == 3)
            flag.pointee = 0
            #expect(try x.sum().scalar() == 3_000_000)
        }
    }
    #endif
}
