@testable import Learning
import Tensors
import Testing

@Suite struct DataTests {
    private func numbered(_ n: Int, classes: Int = 3) throws -> TensorDataset {
        try TensorDataset(
            Tensor((0..<n * 2).map { Float($0) }, shape: [n, 2]), Tensor((0..<n).map { Int64($0 % classes) }))
    }

    private func firsts(_ set: any Dataset) throws -> [Int] {
        try (0..<set.count).map { Int(try numbers(set.get($0)[0])[0]) / 2 }
    }

    @Test func rowsAreGathered() throws {
        let set = try numbered(5)
        let batch = try set.batch([4, 0, 4])
        #expect(try numbers(batch[0]) == [8, 9, 0, 1, 8, 9] && numbers(batch[1]) == [1, 0, 1])
        #expect(throws: TensorError.self) { try set.batch([5]) }
        #expect(throws: TensorError.self) { try set.get(-1) }
        #expect(try set.batch([])[0].shape == [0, 2])
        #expect(throws: TensorError.self) { try TensorDataset(Tensor.zeros([3, 2]), Tensor.zeros([4])) }
        #expect(throws: LearningError.self) { try TensorDataset([]) }
        let pictures = try TensorDataset([Tensor([0, 51, 255, 1] as [UInt8], shape: [2, 2])], scale: 255)
        #expect(try numbers(pictures.batch([1, 0])[0]).map { Float($0) } == [1, Float(1) / 255, 0, Float(51) / 255])
    }

    @Test func splits() throws {
        let set = try numbered(100, classes: 4)
        let parts = try set.split([0.8, 0.1, 0.1], seed: 7)
        #expect(parts.map(\.count) == [80, 10, 10])
        #expect(Set(try parts.flatMap(firsts)) == Set(0..<100))
        #expect(try firsts(set.split([0.8, 0.2], seed: 7)[0]) == firsts(set.split([0.8, 0.2], seed: 7)[0]))
        #expect(try firsts(set.split([0.8, 0.2], seed: 7)[0]) != firsts(set.split([0.8, 0.2], seed: 8)[0]))
        for part in try set.split([0.6, 0.4], stratify: true, seed: 1) {
            let labels = try part.labels()
            let counts = Dictionary(grouping: labels ?? []) { $0 }.mapValues(\.count)
            #expect(Set(counts.values) == [part.count / 4])
        }
        #expect(try set.split([0.5, 0.25]).map(\.count) == [50, 25])
        #expect(throws: LearningError.self) { try set.split([0.8, 0.3]) }
        #expect(throws: LearningError.self) { try set.split([]) }
        #expect(throws: LearningError.self) { try TensorDataset([Tensor.zeros([4])]).split([1], stratify: true) }
        #expect(try firsts(parts[0].take(3)) == Array(firsts(parts[0])[..<3]))
    }

    @Test func batches() throws {
        let set = try numbered(10)
        func sizes(_ loader: DataLoader) throws -> [Int] {
            let pass = try loader.makePass()
            var result: [Int] = []
            while let batch = try pass.next() { result.append(batch[0].shape[0]) }
            return result
        }
        let plain = try DataLoader(set, batchSize: 4)
        #expect(try sizes(plain) == [4, 4, 2] && plain.count == 3)
        let dropping = try DataLoader(set, batchSize: 4, dropLast: true)
        #expect(try sizes(dropping) == [4, 4] && dropping.count == 2)
        #expect(throws: LearningError.self) { try DataLoader(set, batchSize: 0) }
        func order(_ loader: DataLoader) throws -> [Double] {
            let pass = try loader.makePass()
            var result: [Double] = []
            while let batch = try pass.next() { result += try numbers(batch[0].select(1, 0)) }
            return result
        }
        let a = try DataLoader(set, batchSize: 3, shuffle: true, seed: 3), b = try DataLoader(set, batchSize: 3, shuffle: true, seed: 3)
        let first = try order(a)
        #expect(try first == order(b) && first.sorted() == order(plain))
        let second = try order(a)
        #expect(try second == order(b) && second != first)
    }

    /// A set of the default `batch`: examples one by one, stacked.
    private final class Squares: Dataset {
        let count = 6
        func get(_ index: Int) throws -> [Tensor] {
            [try Tensor([Float(index), Float(index * index)]), try Tensor(.int(Int64(index)), .int64)]
        }
    }

    @Test func ownSets() throws {
        let batch = try Squares().batch([2, 3])
        #expect(batch.map(\.shape) == [[2, 2], [2]])
        #expect(try numbers(batch[0]) == [2, 4, 3, 9])
        let part = try Subset(Subset(Squares(), [5, 4, 3]), [2, 0])
        #expect(try numbers(part.batch([0, 1])[1]) == [3, 5] && part.base is Squares)
    }

    @Test func accuracies() throws {
        let scores = try Tensor([1, 2, 0, 9, 1, 1, 0, 0, 5] as [Float], shape: [3, 3])
        #expect(try accuracy(scores, Tensor([1, 0, 0] as [Int64])) == 2.0 / 3)
        #expect(try accuracy(Tensor([1, 2, 3] as [Int64]), Tensor([1, 2, 0] as [Float])) == 2.0 / 3)
        #expect(try accuracy(Tensor.zeros([0, 3]), Tensor([Int64]())).isNaN)
        #expect(throws: TensorError.self) { try accuracy(scores, Tensor([1, 0, 3] as [Int64])) }
        #expect(throws: TensorError.self) { try accuracy(scores, Tensor([1, 0] as [Int64])) }
        let streaming = Accuracy()
        try streaming.update(scores, Tensor([1, 0, 0] as [Int64]))
        try streaming.update(scores.narrow(0, 0, 1), Tensor([1] as [Int64]))
        #expect(streaming.compute() == 0.75)
    }
}
