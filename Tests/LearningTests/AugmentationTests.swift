import CKernels
@testable import Learning
import Tensors
import Testing

/// Changes of pictures, beside PyTorch, NumPy and Python.
@Suite struct AugmentationTests {
    static let reference = Result { try JSONReference.read("augmentation.json") }

    private func planes() throws -> Planes {
        let values = try #require(try Self.reference.get()["picture"]).flat
        return Planes(channels: 3, height: 5, width: 7, pixels: values.map { Float($0) }, bound: 1)
    }

    @Test func equalToReference() throws {
        for (i, entry) in try #require(try Self.reference.get()["cases"]?.list).enumerated() {
            let kind = try #require(entry["kind"]?.string), options = try #require(entry["options"]?.list)
            func number(_ i: Int) -> Double { options[i].double ?? .nan }
            func int(_ i: Int) -> Int { options[i].int ?? 0 }
            var picture = try planes(), draws = Draws(seed: 1)
            let one = Pair(number(0), number(0))
            switch kind {
            case "resize":
                let interpolation = try #require(Interpolation(rawValue: options[2].string ?? ""))
                try Resize(PictureSize("test", int(0), int(1)), interpolation: interpolation, antialias: options[3].bool ?? true).apply(&picture, &draws)
            case "affine":
                let interpolation = try #require(Interpolation(rawValue: options[6].string ?? ""))
                try picture.transform(angle: number(0), translate: (number(1), number(2)), scale: number(3), shear: (number(4), number(5)), interpolation, fill: 0)
            case "crop":
                let mode = try #require(PaddingMode(rawValue: options[4].string ?? ""))
                try picture.crop(top: int(0) - 0, left: int(1), height: int(2), width: int(3), mode)
            case "brightness": try ColorJitter(brightness: one).apply(&picture, &draws)
            case "contrast": try ColorJitter(contrast: one).apply(&picture, &draws)
            case "saturation": try ColorJitter(saturation: one).apply(&picture, &draws)
            default: try ColorJitter(hue: one).apply(&picture, &draws)
            }
            let got = picture.pixels.map(Double.init), expected = try #require(entry["expected"]).flat
            #expect(agree(got, expected, 2e-5), "case \(i): \(kind) \(entry["options"]?.text ?? "")")
        }
    }

    @Test func valuesAndTypes() throws {
        let bytes = try Tensor([0, 51, 255, 102] as [UInt8], shape: [1, 2, 2])
        func apply(_ change: Augmentation, _ x: Tensor) throws -> Tensor { try change.apply(to: x) { Draws(seed: 9, position: UInt64($0)) } }
        #expect(try numbers(apply(ToTensor(), bytes)).map { Float($0) } == [0, 0.2, 1, 0.4])
        #expect(try numbers(apply(Normalize(mean: [0.2], std: [0.5]), bytes)).map { Float($0) } == [-0.4, 0, 1.6, 0.4])
        let flipped = try apply(RandomFlip(p: 1), bytes)
        #expect(try flipped.dtype == .uint8 && numbers(flipped) == [51, 0, 102, 255])
        #expect(try numbers(apply(RandomFlip(p: 1, isVertical: true), bytes)) == [255, 102, 0, 51])
        #expect(try numbers(apply(RandomFlip(p: 0), bytes)) == numbers(bytes))
        #expect(try apply(CenterCrop(PictureSize("test", 4, 4)), bytes).shape == [1, 4, 4])
        #expect(try apply(ToTensor(), Tensor.ones([5, 6])).shape == [5, 6])
        let batch = try apply(Compose([RandomCrop(PictureSize("test", 8, 8), padding: [3]), GaussianNoise()]), Tensor.full([4, 1, 8, 8], .double(0.5)))
        #expect(try batch.shape == [4, 1, 8, 8] && batch.select(0, 0).allClose(batch.select(0, 1)) == false)
        let erased = try numbers(apply(RandomErasing(p: 1), Tensor.ones([1, 20, 20])))
        #expect(erased.contains(0) && erased.contains(1) && Set(erased).count == 2)
        let cut = try numbers(apply(Cutout(4), Tensor.ones([1, 20, 20]))).count { $0 == 0 }
        #expect((4...16).contains(cut))
        #expect(throws: LearningError.self) { try apply(RandomCrop(PictureSize("test", 9, 9)), Tensor.ones([1, 8, 8])) }
        #expect(throws: TensorError.self) { try apply(ToTensor(), Tensor.ones([3])) }
        #expect(throws: TensorError.self) { try apply(ToTensor(), Tensor.ones([1, 0, 4])) }
        #expect(throws: LearningError.self) { try Normalize(mean: [1], std: [0]) }
        #expect(throws: LearningError.self) { try RandomFlip(p: 1.5) }
    }

    @Test func mixing() throws {
        let x = try Tensor((0..<60).map { Float($0) }, shape: [10, 1, 2, 3]), y = try Tensor((0..<10).map { Int64($0 % 3) })
        let set = try TensorDataset([x, y], classes: ["a", "b", "c"])
        let mixed = try MixupDataset(set, Mixup(alpha: 0.4)).batch([0, 5, 5], Chance(seed: 3, pass: 0))
        #expect(mixed[0].shape == [3, 1, 2, 3] && mixed[1].shape == [3, 3])
        for sum in try numbers(mixed[1].sum([1])) { #expect(abs(sum - 1) < 1e-6) }
        #expect(try numbers(mixed[0].select(0, 1)) == numbers(mixed[0].select(0, 2)))
        // Beta(α, α) has mean 1/2 and variance 1 / (4 (2α + 1)).
        let mixup = try Mixup(alpha: 0.4)
        var draws = Draws(seed: 1), shares: [Double] = []
        for _ in 0..<20_000 { shares.append(mixup.share(&draws)) }
        let mean = shares.reduce(0, +) / 20_000, variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
        #expect(abs(mean - 0.5) < 0.01 && abs(variance - 1 / 7.2) < 0.005)
        #expect(throws: LearningError.self) { try MixupDataset(TensorDataset([x, y]), Mixup()) }
    }

    // MARK: Loaders

    private func set() throws -> AugmentedDataset {
        let x = try Tensor.rand([50, 1, 6, 6], generator: Generator(seed: 1)), y = try Tensor((0..<50).map { Int64($0) })
        return try AugmentedDataset(TensorDataset([x, y]), Compose([RandomCrop(PictureSize("test", 6, 6), padding: [2]), GaussianNoise()]))
    }

    private func batches(_ set: any Dataset, workers: Int, passes: Int = 2, size: Int = 8) throws -> [[UInt8]] {
        let loader = try DataLoader(set, batchSize: size, shuffle: true, seed: 4, workers: workers, prefetch: 3)
        return try (0..<passes).flatMap { _ -> [[UInt8]] in
            let pass = try loader.makePass()
            var result: [[UInt8]] = []
            while let batch = try pass.next() { result += try bits(batch) }
            return result
        }
    }

    /// Batches depend on the seed alone, not on threads; each pass is another.
    @Test func threadsDecideNothing() throws {
        let alone = try batches(set(), workers: 0)
        for workers in [1, 2, 5] { #expect(try batches(set(), workers: workers) == alone, "\(workers) threads") }
        #expect(alone.count == 28 && alone[0] != alone[14])
        // One example comes out the same whatever else is in its batch.
        let whole = try set().batch([3, 7, 11], Chance(seed: 1, pass: 2)), one = try set().batch([7], Chance(seed: 1, pass: 2))
        #expect(try bits([whole[0].select(0, 1)]) == bits([one[0].select(0, 0)]))
    }

    /// A set that fails at one example.
    private final class Failing: Dataset {
        let count = 20
        let isThreadSafe = true
        struct Bad: Error {}
        func get(_ index: Int) throws -> [Tensor] {
            if index == 9 { throw Bad() }
            return [try Tensor([Float(index)])]
        }
    }

    @Test func errorsComeInTheirPlace() throws {
        for workers in [0, 3] {
            let pass = try DataLoader(Failing(), batchSize: 4, workers: workers).makePass()
            #expect(try pass.next() != nil && pass.next() != nil)
            #expect(throws: Failing.Bad.self) { try pass.next() }
            #expect(try numbers(#require(try pass.next())[0]) == [12, 13, 14, 15])
        }
    }

    private func threadCount() throws -> Int { folderNames("/proc/self/task").count }

    @Test func nothingRunsOn() throws {
        let before = try threadCount()
        for _ in 0..<20 {
            let pass = try DataLoader(set(), batchSize: 2, workers: 4).makePass()
            _ = try pass.next()
        }
        #expect(try threadCount() <= before + 2)
    }

    @Test func derivedSets() throws {
        let a = try TensorDataset([Tensor([0, 1, 2] as [Float]), Tensor([0, 1, 0] as [Int64])], classes: ["x", "y"])
        let both = try ConcatDataset([a, a.take(0), a])
        #expect(try both.count == 6 && numbers(both.batch([5, 0, 3, 2])[0]) == [2, 0, 0, 2] && both.labels() == [0, 1, 0, 0, 1, 0])
        #expect(try numbers(both.get(4)[0]) == [1])
        #expect(throws: LearningError.self) { try ConcatDataset([a, TensorDataset([Tensor([1] as [Float])])]) }
        #expect(try a.filter { try $0[1].scalar() == .int(0) }.count == 2)
        let ten = try TensorDataset([Tensor((0..<10).map { Float($0) }), Tensor((0..<10).map { Int64($0 % 2) })], classes: ["x", "y"])
        for (stratify, shuffle) in [(false, true), (true, true), (false, false)] {
            let folds = try ten.kFold(3, stratify: stratify, shuffle: shuffle, seed: 1)
            #expect(folds.map(\.validation.count).sorted() == [3, 3, 4])
            #expect(folds.flatMap(\.validation.indices).sorted() == Array(0..<10))
            for fold in folds {
                #expect(Set(fold.train.indices).isDisjoint(with: fold.validation.indices) && fold.train.count + fold.validation.count == 10)
                if stratify { #expect(try Set(#require(try fold.validation.labels())) == [0, 1]) }
            }
        }
        #expect(throws: LearningError.self) { try ten.kFold(1) }
        #expect(throws: LearningError.self) { try ten.kFold(11) }
        let summary = try ten.summary()
        #expect(summary.count == 10 && summary.classes.map(\.count) == [5, 5] && summary.parts[0].greatest == 9 && summary.parts[0].shape == [])
    }
}
