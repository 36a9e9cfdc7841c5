import CFormats
import Glibc
@testable import Learning
import Tensors
import Testing

/// Sets that are made, found or fetched.
@Suite(.serialized) struct SetTests {
    // MARK: Made

    @Test func shapesAreWhatTheySay() throws {
        let (x, y) = try MadeSets.moons(100, shuffle: false)
        #expect(try x.shape == [100, 2] && numbers(y).reduce(0, +) == 50)
        // On the half circles of scikit-learn's make_moons.
        let points = try numbers(x)
        for i in 0..<50 { #expect(abs(hypot(points[2 * i], points[2 * i + 1]) - 1) < 1e-6 && points[2 * i + 1] >= -1e-6) }
        for i in 50..<100 { #expect(abs(hypot(points[2 * i] - 1, points[2 * i + 1] - 0.5) - 1) < 1e-6) }
        let circles = try numbers(MadeSets.circles(20, factor: 0.5, shuffle: false).x)
        #expect(abs(hypot(circles[0], circles[1]) - 1) < 1e-6 && abs(hypot(circles[38], circles[39]) - 0.5) < 1e-6)
        let blobs = try MadeSets.blobs(10, centers: .points(Tensor([0, 0, 9, 9] as [Float], shape: [2, 2])), deviations: [0])
        #expect(try zip(stride(from: 0, to: 20, by: 2), numbers(blobs.y)).allSatisfy { try numbers(blobs.x)[$0] == 9 * $1 })
        let xor = try MadeSets.xor(50), signs = try numbers(xor.x)
        #expect(try numbers(xor.y).enumerated().allSatisfy { ($1 == 1) == ((signs[2 * $0] < 0) != (signs[2 * $0 + 1] < 0)) })
        let spirals = try MadeSets.spirals(31, classes: 3)
        #expect(try [0, 1, 2].map { label in try numbers(spirals.y).count { $0 == label } } == [11, 10, 10])
        let line = try MadeSets.regression(20, features: 5, informative: 2, bias: 3)
        #expect(try numbers(line.weights).count { $0 != 0 } == 2)
        let rest = try numbers(line.x.matmul(line.weights).sub(line.y))
        #expect(rest.allSatisfy { abs($0 + 3) < 1e-3 })
    }

    @Test func seedsDecide() throws {
        func all(_ seed: UInt64) throws -> [[Double]] {
            try [
                MadeSets.moons(30, noise: 0.1, seed: seed).x, MadeSets.blobs(30, seed: seed).x,
                MadeSets.xor(30, seed: seed).x, MadeSets.regression(30, features: 4, noise: 1, seed: seed).y,
            ].map { try numbers($0) }
        }
        let (first, second, third) = (try all(1), try all(1), try all(2))
        #expect(first == second)
        for (a, b) in zip(first, third) { #expect(a != b) }
    }

    @Test func wrongArgumentsAreRefused() {
        #expect(throws: LearningError.self) { try MadeSets.moons(-1) }
        #expect(throws: LearningError.self) { try MadeSets.moons(10, noise: -1) }
        #expect(throws: LearningError.self) { try MadeSets.circles(10, factor: 1) }
        #expect(throws: LearningError.self) { try MadeSets.blobs(10, deviations: [1, 2]) }
        #expect(throws: TensorError.self) { try MadeSets.blobs(.max, features: .max) }
        #expect(throws: TensorError.self) { try MadeSets.regression(2, features: .max, targets: .max) }
    }

    // MARK: Found

    @Test func tablesAndTexts() throws {
        let (train, test) = try KnownSets.autoMPG()
        #expect(train.rowCount == 318 && test.rowCount == 80 && train.names.first == "mpg")
        let text = try KnownSets.tinyShakespeare()
        #expect(text.train.count == 1_003_854 && text.test.count == 111_540)
        let names = try KnownSets.names()
        #expect(Set(names.train + names.test).contains("emma") && names.train.count + names.test.count == 32_033)
    }

    /// Records of CIFAR-10's binary form, in a folder, packed, and in an archive.
    @Test func cifarRecords() throws {
        let folder = try TemporaryFolder()
        func record(_ label: UInt8) -> [UInt8] { [label] + (0..<3072).map { UInt8(($0 + Int(label)) % 256) } }
        _ = try folder.write("data_batch_1.bin", record(3) + record(9))
        _ = try folder.write("data_batch_2.bin", record(1))
        _ = try folder.write("test_batch.bin", record(0))
        let (train, test) = try KnownSets.cifar10(folder.path)
        #expect(try train.count == 3 && test.count == 1 && numbers(train.tensors[1]) == [3, 9, 1] && train.classes?[3] == "cat")
        #expect(try numbers(train.get(0)[0].select(0, 0).select(0, 0).narrow(0, 0, 2)).map { Float($0) } == [Float(3) / 255, Float(4) / 255])
        let archive = try TemporaryFolder()
        _ = try archive.write("cifar-10-binary.tar.gz", tar([
            ("cifar-10-batches-bin/readme.html", [1, 2, 3]), ("cifar-10-batches-bin/data_batch_1.bin", record(3) + record(9)), ("cifar-10-batches-bin/test_batch.bin", record(0)),
        ]))
        #expect(try KnownSets.cifar10(archive.path).train.count == 2)
        _ = try folder.write("data_batch_2.bin", record(10))
        #expect(throws: LearningError.self) { try KnownSets.cifar10(folder.path) }
        _ = try folder.write("data_batch_2.bin", Array(record(1).dropLast()))
        #expect(throws: LearningError.self) { try KnownSets.cifar10(folder.path) }
        _ = try archive.write("cifar-10-binary.tar.gz", [UInt8](repeating: 7, count: 2000))
        #expect(throws: LearningError.self) { try KnownSets.cifar10(archive.path) }
    }

    private func tar(_ files: [(String, [UInt8])]) -> [UInt8] {
        var result: [UInt8] = []
        for (name, bytes) in files {
            var header = [UInt8](repeating: 0, count: 512)
            func put(_ text: String, _ place: Int) { for (i, byte) in text.utf8.enumerated() { header[place + i] = byte } }
            func octal(_ value: Int, _ digits: Int) -> String {
                let text = String(value, radix: 8)
                return String(repeating: "0", count: digits - text.count) + text
            }
            put(name, 0)
            put(octal(bytes.count, 11), 124)
            put("        ", 148)
            put("0", 156)
            put(octal(header.reduce(0) { $0 + Int($1) }, 6), 148)
            header[154] = 0
            result += header + bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
        }
        return result + [UInt8](repeating: 0, count: 1024)
    }

    // MARK: Fetched

    @Test func digests() throws {
        let folder = try TemporaryFolder()
        // FIPS 180-4's examples, and a length that needs another block for its padding.
        #expect(try Download.sha256(folder.write("a", [])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(try Download.sha256(folder.write("b", Array("abc".utf8))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let long = Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)
        #expect(try Download.sha256(folder.write("c", long)) == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(try Download.sha256(folder.write("d", [UInt8](repeating: 0x61, count: 1_000_000))) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    /// From a file's address: whole, resumed, damaged, absent.
    @Test func fetching() throws {
        setenv("NIGHTJAR_OFFLINE", "", 1)
        let folder = try TemporaryFolder(), bytes = Array("what it holds\n".utf8)
        let source = try folder.write("source", bytes), digest = try Download.sha256(source)
        let file = RemoteFile(url: "file://" + source, sha256: digest, size: bytes.count)
        try Download.fetch(file, to: folder.path + "/new/folder", "it", progress: nil)
        #expect(try readFile(folder.path + "/new/folder/it") == bytes && folderNames(folder.path + "/new/folder") == ["it"])
        // A part from another time is continued.
        _ = try folder.write("half.part", Array(bytes[..<5]))
        try Download.fetch(file, to: folder.path, "half", progress: nil)
        #expect(try readFile(folder.path + "/half") == bytes)
        // Something else is not kept.
        _ = try folder.write("bad.part", Array("WHAT".utf8))
        let wrong = #expect(throws: LearningError.self) { try Download.fetch(file, to: folder.path, "bad", progress: nil) }
        #expect(wrong?.description.contains("is not the file expected") == true && !folderNames(folder.path).contains { $0.hasPrefix("bad") })
        let absent = RemoteFile(url: "file://\(folder.path)/absent", sha256: digest, size: 3)
        let error = #expect(throws: LearningError.self) { try Download.fetch(absent, to: folder.path, "absent", progress: nil) }
        #expect(error?.description.contains("by hand and put it at \(folder.path)/absent") == true)
        setenv("NIGHTJAR_OFFLINE", "1", 1)
        #expect(throws: LearningError.self) { try Download.fetch(file, to: folder.path, "off", progress: nil) }
    }
}
