import Glibc
@testable import Learning
import Tensors
import Testing

@Suite struct FileTests {
    // MARK: Hostile files

    /// Valid small files by format, each with a reader.
    private static let samples: [(name: String, bytes: [UInt8], read: @Sendable (String) throws -> Void)] = {
        let idx: [UInt8] = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]
        let header = #"{"__metadata__":{"a":"b"},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"BOOL","shape":[],"data_offsets":[8,9]}}"#
        let tensors = [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + [0, 0, 128, 63, 0, 0, 0, 64, 1]
        return [
            ("idx", idx, { _ = try loadIDX($0) }),
            ("safetensors", tensors, { _ = try loadSafetensors($0) }),
            ("csv", Array("a,b,c\n1,\"x, \"\"y\"\"\",3\n2,,4\n".utf8), { _ = try readCSV($0) }),
        ]
    }()

    @Test(arguments: ["idx", "safetensors"])
    func everyTruncationIsRefused(_ name: String) throws {
        let sample = try #require(Self.samples.first { $0.name == name }), folder = try TemporaryFolder()
        try sample.read(folder.write("whole", sample.bytes))
        for length in 0..<sample.bytes.count {
            let path = try folder.write("part", Array(sample.bytes[..<length]))
            let error = #expect(throws: LearningError.self) { try sample.read(path) }
            #expect(error?.description.contains("part: at byte") == true, "\(length): \(error?.description ?? "")")
        }
        let longer = try folder.write("long", sample.bytes + [0])
        #expect(throws: LearningError.self) { try sample.read(longer) }
    }

    /// Whatever a file holds, it is read or refused.
    @Test(arguments: ["idx", "safetensors", "csv"])
    func damagedFilesNeverCrash(_ name: String) throws {
        let sample = try #require(Self.samples.first { $0.name == name }), folder = try TemporaryFolder()
        var refused = 0
        for position in sample.bytes.indices {
            for change: UInt8 in [0x01, 0x80, 0xFF, 0x22] {
                var bytes = sample.bytes
                bytes[position] ^= change
                let path = try folder.write("damaged", bytes)
                do { try sample.read(path) } catch is LearningError { refused += 1 } catch is TensorError { refused += 1 }
            }
        }
        #expect(refused > sample.bytes.count / 2)
    }

    @Test func sizesAreNotTakenOnTheirWord() throws {
        let folder = try TemporaryFolder()
        let huge = try folder.write("huge", [0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1])
        #expect(throws: LearningError.self) { try loadIDX(huge) }
        // Found by scripts/fuzz: no elements, but sizes whose product is too large for strides.
        let none = try folder.write("no elements", [0, 0, 8, 3, 0, 0, 0, 0, 0xB0, 0x09, 0x90, 0xC2, 0xE7, 0x7F, 0, 0])
        #expect(throws: TensorError.self) { try loadIDX(none) }
        let header = #"{"x":{"dtype":"F64","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#
        let text = try folder.write("st", [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + [UInt8](repeating: 0, count: 8))
        #expect(throws: LearningError.self) { try loadSafetensors(text) }
        let long = try folder.write("long", [255, 255, 255, 255, 255, 255, 255, 127, 0x7B])
        #expect(throws: LearningError.self) { try loadSafetensors(long) }
        #expect(throws: LearningError.self) { try loadIDX(folder.path) }
        #expect(throws: LearningError.self) { try loadIDX(folder.path + "/none") }
        let deep = try folder.write("deep", [200, 0, 0, 0, 0, 0, 0, 0] + Array(#"{"a":"#.utf8) + [UInt8](repeating: 0x5B, count: 195))
        #expect(throws: LearningError.self) { try loadSafetensors(deep) }
    }

    // MARK: IDX

    @Test func idxTypes() throws {
        let folder = try TemporaryFolder()
        func load(_ bytes: [UInt8]) throws -> (DType, [Double]) {
            let tensor = try loadIDX(folder.write("x", bytes))
            return (tensor.dtype, try numbers(tensor))
        }
        let two: [UInt8] = [0, 0, 0, 2]
        #expect(try load([0, 0, 0x08, 1] + two + [3, 255]) == (.uint8, [3, 255]))
        #expect(try load([0, 0, 0x09, 1] + two + [3, 255]) == (.int32, [3, -1]))
        #expect(try load([0, 0, 0x0B, 1] + two + [1, 0, 255, 254]) == (.int32, [256, -2]))
        #expect(try load([0, 0, 0x0C, 1] + two + [0, 0, 1, 0, 255, 255, 255, 254]) == (.int32, [256, -2]))
        #expect(try load([0, 0, 0x0D, 1] + two + [0x3F, 0x80, 0, 0, 0xC0, 0, 0, 0]) == (.float32, [1, -2]))
        #expect(try load([0, 0, 0x0E, 1, 0, 0, 0, 1, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0]) == (.float64, [1.5]))
        #expect(try load([0, 0, 0x08, 2, 0, 0, 0, 0, 0, 0, 0, 5]) == (.uint8, []))
    }

    @Test func mnist() throws {
        let (train, test) = try KnownSets.mnist()
        #expect(train.count == 60_000 && test.count == 10_000)
        let example = try train.get(0)
        #expect(example[0].shape == [1, 28, 28] && example[0].dtype == .float32 && example[1].shape == [])
        #expect(try numbers(example[1]) == [5])
        #expect(try train.classes?[5] == "5" && numbers(example[0]).max() == 1)
        let batch = try test.batch([0, 9999, 0])
        #expect(batch[0].shape == [3, 1, 28, 28])
        #expect(try numbers(batch[1]) == [7, 6, 7])
        #expect(try bits([batch[0].select(0, 0)]) == bits([batch[0].select(0, 2)]))
    }

    @Test func missingSetSaysWhatToPutWhere() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: LearningError.self) { try KnownSets.mnist(folder.path) }
        #expect(error?.description == "train-images-idx3-ubyte: not found. Put train-images-idx3-ubyte or "
            + "train-images-idx3-ubyte.gz into \(folder.path) or \(folder.path)/mnist")
    }

    /// A gzip file cut at any byte, or with something after it, is refused.
    @Test func damagedGzip() throws {
        let folder = try TemporaryFolder()
        let whole = try readFile(#require(KnownSets.shipped) + "/mnist/t10k-labels-idx1-ubyte.gz")
        #expect(try loadIDX(folder.write("a", whole)).count == 10_000)
        for length in stride(from: 2, to: whole.count, by: 97) {
            let path = try folder.write("a", Array(whole[..<length]))
            #expect(throws: LearningError.self) { try loadIDX(path) }
        }
        // Behind the header, whose name and time may be anything.
        for position in stride(from: 64, to: whole.count, by: 61) {
            var bytes = whole
            bytes[position] ^= 0x10
            let path = try folder.write("a", bytes)
            #expect(throws: LearningError.self, "\(position)") { try loadIDX(path) }
        }
        #expect(throws: LearningError.self) { try loadIDX(folder.write("a", whole + [0])) }
        #expect(throws: LearningError.self) { try loadIDX(folder.write("a", whole + whole)) }
    }

    // MARK: Known sets

    @Test func knownSets() throws {
        let iris = try KnownSets.iris()
        #expect(iris.count == 150 && iris.classes == ["setosa", "versicolor", "virginica"])
        #expect(try numbers(iris.get(149)[0]).map { Float($0) } == [5.9, 3.0, 5.1, 1.8])
        let wine = try KnownSets.wine()
        #expect(wine.count == 178 && wine.tensors[0].shape == [178, 13] && wine.classes == ["1", "2", "3"])
        let cancer = try KnownSets.breastCancer()
        #expect(try cancer.tensors[0].shape == [569, 30] && cancer.labels()?.filter { $0 == 0 }.count == 357)
        let (train, test) = try KnownSets.digits()
        #expect(train.count == 3823 && test.count == 1797 && test.classes?.count == 10)
    }

    // MARK: Safetensors

    @Test func safetensorsRoundTrip() throws {
        let folder = try TemporaryFolder(), path = folder.path + "/m"
        var state = StateDict()
        state["wörld \"quoted\"\n"] = try Tensor([1.5, -2] as [Double])
        state["b"] = try Tensor([true, false, true])
        state["i"] = try Tensor([Int64.min, Int64.max])
        state["none"] = try Tensor.zeros([0, 3])
        state["one"] = try Tensor(.double(7))
        state["u"] = try Tensor([0, 255] as [UInt8])
        state["t"] = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]).t()
        state["n"] = try Tensor([-1] as [Int32])
        try saveSafetensors(path, state, metadata: [("note", "a\\b")])
        let file = try loadSafetensors(path)
        #expect(file.metadata.map(\.key) == ["note"] && file.metadata[0].value == "a\\b")
        #expect(Set(file.tensors.names) == Set(state.names))
        for (name, tensor) in state {
            let loaded = try #require(file.tensors[name])
            #expect(loaded.dtype == tensor.dtype && loaded.shape == tensor.shape)
            #expect(try bits([loaded]) == bits([tensor]))
        }
    }

    @Test func shortTypesAreWidenedExactly() throws {
        let folder = try TemporaryFolder()
        func load(_ type: String, _ size: Int, _ bytes: [UInt8]) throws -> [Double] {
            let header = #"{"x":{"dtype":"\#(type)","shape":[\#(bytes.count / size)],"data_offsets":[0,\#(bytes.count)]}}"#
            let path = try folder.write("x", [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + bytes)
            return try numbers(#require(loadSafetensors(path).tensors["x"]))
        }
        #expect(try load("F16", 2, [0x00, 0x3C, 0x01, 0x00, 0xFF, 0x7B, 0x00, 0xFC, 0x00, 0x84]) == [1, 0x1p-24, 65504, -.infinity, -0x1p-14])
        #expect(try load("BF16", 2, [0x80, 0x3F, 0x00, 0xC0]) == [1, -2])
        #expect(try load("F8_E5M2", 1, [0x3C, 0x01, 0x7C, 0xFB]) == [1, 0x1p-16, .infinity, -57344])
        #expect(try load("F8_E4M3", 1, [0x38, 0x01, 0x7E, 0xB8]) == [1, 0x1p-9, 448, -1])
        #expect(try load("I8", 1, [255, 1]) == [-1, 1])
        #expect(try load("U16", 2, [255, 255]) == [65535])
        #expect(try load("U32", 4, [255, 255, 255, 255]) == [4294967295])
        #expect(try load("BOOL", 1, [0, 1, 7]) == [0, 1, 1])
        #expect(throws: LearningError.self) { try load("U64", 8, [255, 255, 255, 255, 255, 255, 255, 255]) }
        #expect(throws: LearningError.self) { try load("F7", 1, [1]) }
    }

    @Test(arguments: [
        (#"{"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"y":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#, 3),
        (#"{"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, 2),
        (#"{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 2),
        (#"{"x":{"dtype":"U8","shape":[3],"data_offsets":[0,2]}}"#, 2),
        (#"{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, 2),
        (#"{"x":{"dtype":"U8","shape":[-1],"data_offsets":[0,0]}}"#, 0),
        (#"{"x":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}"#, 1),
        (#"{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"z":1}}"#, 1),
        (#"{"__metadata__":{"a":1}}"#, 0),
        (#"{"__metadata__":[]}"#, 0),
        (#" {}"#, 0), (#"[]"#, 0), (#"{"x":1}"#, 0), (#"{} x"#, 0), (#"{"x":{}}"#, 0), (#"{"a\ud800":{}}"#, 0),
    ])
    func malformedSafetensors(_ header: String, _ bytes: Int) throws {
        let path = try TemporaryFolder.shared.write(
            "s\(abs(header.hashValue))",
            [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + [UInt8](repeating: 1, count: bytes))
        #expect(throws: LearningError.self) { try loadSafetensors(path) }
    }

    // MARK: Saving

    @Test func failedSavesLeaveTheOldFile() throws {
        let folder = try TemporaryFolder(), path = folder.path + "/file"
        try writeFile(path) { try $0.write("old") }
        chmod(path, 0o640)
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try writeFile(path) { writer in
                try writer.write([UInt8](repeating: 1, count: 200_000))
                throw Stop()
            }
        }
        #expect(try folder.names() == ["file"])
        #expect(try readFile(path) == Array("old".utf8))
        try writeFile(path) { try $0.write("new") }
        #expect(try readFile(path) == Array("new".utf8))
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
        #expect(throws: LearningError.self) { try writeFile(folder.path + "/no/such", { _ in }) }
        #expect(throws: LearningError.self) { try writeFile(folder.path, { _ in }) }
        #expect(throws: LearningError.self) { try writeFile(folder.path + "/", { _ in }) }
    }
}

extension TemporaryFolder {
    nonisolated(unsafe) static let shared = try! TemporaryFolder()
}
