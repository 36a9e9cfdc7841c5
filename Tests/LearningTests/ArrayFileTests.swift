import Glibc
@testable import Learning
import Tensors
import Testing

/// Arrays, pictures and texts in files, beside NumPy's and Pillow's.
@Suite struct ArrayFileTests {
    private static let folder = JSONReference.path("files")
    private static let expected = Result { try JSONReference.read("files/expected.json") }

    private static func load(_ name: String) throws -> Tensor {
        let path = "\(folder)/\(name)"
        return name.hasSuffix(".npy") ? try loadNPY(path) : try loadImage(path)
    }

    @Test func equalToReference() throws {
        guard case .object(let entries) = try Self.expected.get() else { throw LearningError.argument("test", "no cases") }
        #expect(entries.count > 30)
        for (name, entry) in entries {
            let tensor = name == "rgb.png as gray" ? try loadImage(Self.folder + "/rgb.png", channels: .gray) : try Self.load(name)
            #expect(tensor.shape == entry["shape"]?.flat.map { Int($0) }, "\(name)")
            // Decoders of JPEG round in their own ways.
            let tolerance = name.hasSuffix(".jpg") ? 2.0 : 0
            let values = try numbers(tensor), wanted = entry["values"]?.flat ?? []
            #expect(values.count == wanted.count && zip(values, wanted).allSatisfy { abs($0 - $1) <= tolerance }, "\(name)")
        }
    }

    @Test func archives() throws {
        for (name, n) in [("stored.npz", 3), ("deflated.npz", 300)] {
            let arrays = try loadNPZ("\(Self.folder)/\(name)")
            #expect(try arrays.names == ["a", "b"] && numbers(#require(arrays["a"])) == (0..<n).map(Double.init))
            #expect(try numbers(#require(arrays["b"])) == [1.5, 1.5, 1.5, 1.5] && arrays["b"]?.dtype == .float32)
        }
    }

    @Test func refusals() throws {
        for (name, part) in [("objects.npy", "Python objects"), ("text.npy", "cannot be read"), ("complex.npy", "cannot be read"), ("records.npy", "records")] {
            let error = #expect(throws: LearningError.self) { try Self.load(name) }
            #expect(error?.description.contains(part) == true, "\(name): \(error?.description ?? "")")
        }
        let folder = try TemporaryFolder()
        // Sizes that no file has.
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807, 4), }\n"
        let huge = try folder.write("huge.npy", [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8))
        #expect(throws: LearningError.self) { try loadNPY(huge) }
        let png = try readFile(Self.folder + "/rgb.png")
        var large = png
        (large[16], large[20]) = (0x7F, 0x7F)
        #expect(throws: LearningError.self) { try loadImage(folder.write("large.png", large)) }
        #expect(throws: LearningError.self) { try loadImage(folder.write("large.pgm", Array("P5 999999999 999999999 255\n".utf8))) }
        #expect(throws: LearningError.self) { try loadImage(folder.write("none", [])) }
        for name in ["stored.npz", "deflated.npz", "type_littlef4.npy", "rgb.png", "rgb.jpg", "rgb.ppm"] {
            let whole = try readFile("\(Self.folder)/\(name)")
            func read(_ bytes: [UInt8]) throws {
                let path = try folder.write("part", bytes)
                if name.hasSuffix("z") { _ = try loadNPZ(path) } else if name.hasSuffix("y") { _ = try loadNPY(path) } else { _ = try loadImage(path) }
            }
            for length in stride(from: 0, to: whole.count - 1, by: max(1, whole.count / 200)) {
                #expect(throws: LearningError.self, "\(name) cut at \(length)") { try read(Array(whole[..<length])) }
            }
            var accepted = 0
            for position in whole.indices {
                var bytes = whole
                bytes[position] ^= 0x55
                do {
                    try read(bytes)
                    accepted += 1
                } catch is LearningError {} catch is TensorError {}
            }
            // A checksum lies over all that unpacked bytes come from.
            if name.hasSuffix("z") { #expect(accepted < whole.count / 3, "\(name): \(accepted)") }
        }
    }

    @Test func roundTrips() throws {
        let folder = try TemporaryFolder()
        var state = StateDict()
        state["f"] = try Tensor([1.5, -2, .infinity, 4, 5, 6] as [Float], shape: [2, 3]).t()
        state["d"] = try Tensor([1e300] as [Double])
        state["i"] = try Tensor([Int64.min, Int64.max])
        state["n"] = try Tensor([-1] as [Int32])
        state["u"] = try Tensor([0, 255] as [UInt8])
        state["b c"] = try Tensor([true, false])
        state["one"] = try Tensor(.double(7))
        state["none"] = try Tensor.zeros([0, 3])
        for (i, (name, tensor)) in state.enumerated() {
            let path = "\(folder.path)/\(i).npy"
            try saveNPY(path, tensor)
            let loaded = try loadNPY(path)
            #expect(try loaded.dtype == tensor.dtype && loaded.shape == tensor.shape && bits([loaded]) == bits([tensor]), "\(name)")
        }
        for compressed in [false, true] {
            try saveNPZ(folder.path + "/a.npz", state, compressed: compressed)
            let loaded = try loadNPZ(folder.path + "/a.npz")
            #expect(loaded.names == state.names)
            for (name, tensor) in state { #expect(try bits([#require(loaded[name])]) == bits([tensor]), "\(name)") }
        }
        let picture = try Tensor((0..<60).map { UInt8($0 * 4) }, shape: [3, 4, 5])
        for ending in ["png", "ppm"] {
            try saveImage("\(folder.path)/p.\(ending)", picture)
            #expect(try bits([loadImage("\(folder.path)/p.\(ending)")]) == bits([picture]))
        }
        try saveImage(folder.path + "/g.png", picture.select(0, 0).to(.float32).div(Tensor(.double(255))))
        #expect(try bits([loadImage(folder.path + "/g.png")]) == bits([picture.narrow(0, 0, 1)]))
        let flat = try Tensor.full([3, 16, 16], .int(120), .uint8)
        try saveImage(folder.path + "/p.jpg", flat, quality: 95)
        #expect(try numbers(loadImage(folder.path + "/p.jpg")).allSatisfy { abs($0 - 120) <= 2 })
        #expect(throws: LearningError.self) { try saveImage(folder.path + "/p.png", picture.to(.float32)) }
        #expect(throws: LearningError.self) { try saveImage(folder.path + "/p.gif", picture) }
        #expect(throws: TensorError.self) { try saveImage(folder.path + "/p.jpg", Tensor.zeros([2, 4, 4])) }
    }

    @Test func folders() throws {
        let folder = try TemporaryFolder()
        for (name, value) in [("dog", 10), ("cat", 200)] {
            mkdir("\(folder.path)/\(name)", 0o755)
            for i in 0..<2 { try saveImage("\(folder.path)/\(name)/\(i).png", Tensor.full([3, 4, 6], .int(Int64(value)), .uint8)) }
        }
        let set = try ImageFolder(folder.path, size: PictureSize("test", 2, 2), firstLabel: 1)
        #expect(try set.classes == ["cat", "dog"] && set.count == 4 && set.labels() == [1, 1, 2, 2])
        let batch = try DataLoader(set, batchSize: 4, workers: 2).makePass().next()
        #expect(batch?[0].shape == [4, 3, 2, 2])
        #expect(try numbers(#require(batch?[0]).select(0, 3)).allSatisfy { abs($0 - 10.0 / 255) < 1e-6 })
        mkdir(folder.path + "/empty", 0o755)
        #expect(throws: LearningError.self) { try ImageFolder(folder.path) }
        #expect(throws: LearningError.self) { try ImageFolder(folder.path + "/cat") }
    }

    // MARK: Text

    private static let text = Array("To be, or not to be: that's the question — whether 'tis nobler.\n  Zwölf Boxkämpfer jagen 12 Ziegen.\n".utf8)

    @Test func tokenizers() throws {
        let folder = try TemporaryFolder(), path = folder.path + "/t"
        let characters = CharTokenizer()
        try characters.train(Self.text)
        #expect(try characters.decode(characters.encode(Self.text)) == Self.text)
        #expect(throws: LearningError.self) { try characters.encode(Array("%".utf8)) }
        let words = WordTokenizer()
        words.lowercases = true
        try words.train(Self.text)
        #expect(try String(decoding: words.decode(words.encode(Array("To be, that's unknown!".utf8))), as: UTF8.self) == "to be, that's <unk> <unk>")
        #expect(words.token(0) == Array("<unk>".utf8) && words.token(1) == Array(".".utf8) && words.token(2) == Array("be".utf8))
        let pairs = BPETokenizer()
        try pairs.train(Array("low low low low low lower lower newest newest newest newest newest newest widest widest widest".utf8), vocabularySize: 262)
        // The first pairs of the paper's example, ties decided by the smaller ids.
        #expect((256..<259).map { String(decoding: pairs.token($0), as: UTF8.self) } == ["es", "est", "lo"] || pairs.token(256) == Array("es".utf8))
        for text in [Self.text, [0, 255, 128, 0x20, 0x20, 10], [], Array("  a  b   ".utf8)] { #expect(try pairs.decode(pairs.encode(text)) == text) }
        #expect(try pairs.encode(Array("newest".utf8)).count < 6)
        for tokenizer in [characters, words, pairs] as [Tokenizer] {
            try tokenizer.save(path)
            let loaded = try Tokenizer.load(path), sample = Array("to be that".utf8)
            #expect(type(of: loaded) == type(of: tokenizer) && loaded.count == tokenizer.count)
            if tokenizer !== characters { #expect(try loaded.encode(sample) == tokenizer.encode(sample)) }
        }
        for bad in [#"{}"#, #"{"format":"nightjar.tokenizer","kind":"BPETokenizer","contents":[[0,256]]}"#, #"{"format":"nightjar.tokenizer","kind":"BPETokenizer","contents":[[0,1],[0,1]]}"#,
            #"{"format":"nightjar.tokenizer","kind":"CharTokenizer","contents":["a","a"]}"#, #"{"format":"nightjar.tokenizer","kind":"WordTokenizer","contents":{"words":["a"]}}"#, "[", ""] {
            #expect(throws: LearningError.self) { try Tokenizer.load(folder.write("bad", Array(bad.utf8))) }
        }
        #expect(throws: LearningError.self) { try CharTokenizer().encode(Self.text) }
        #expect(throws: LearningError.self) { try CharTokenizer().train([0xFF]) }
        #expect(throws: LearningError.self) { try BPETokenizer().train(Self.text, vocabularySize: 100) }
    }

    @Test func sequences() throws {
        let padded = try padSequence([Tensor([1, 2, 3] as [Float]), Tensor([4] as [Float])], value: .double(-1))
        #expect(try padded.shape == [3, 2] && numbers(padded) == [1, 4, 2, -1, 3, -1])
        #expect(try padSequence([Tensor.zeros([2, 5]), Tensor.zeros([4, 5])], batchFirst: true).shape == [2, 4, 5])
        #expect(throws: TensorError.self) { try padSequence([Tensor.zeros([2, 5]), Tensor.zeros([2, 4])]) }
        #expect(throws: LearningError.self) { try padSequence([]) }
        let windows = try LanguageModelDataset(Tensor((0..<10).map { Int64($0) }), block: 3)
        #expect(try windows.count == 7 && numbers(windows.get(6)[0]) == [6, 7, 8] && numbers(windows.get(6)[1]) == [7, 8, 9])
        let apart = try LanguageModelDataset(Tensor((0..<10).map { Int64($0) }), block: 3, stride: 3)
        #expect(try apart.count == 3 && numbers(apart.batch([0, 2])[1]) == [1, 2, 3, 7, 8, 9])
        #expect(throws: LearningError.self) { try LanguageModelDataset(Tensor([1, 2, 3] as [Int64]), block: 3) }
        let folder = try TemporaryFolder()
        #expect(try loadText(folder.write("a", [0xEF, 0xBB, 0xBF] + Array("é".utf8))) == Array("é".utf8))
        #expect(try loadText(folder.write("b", [0x61, 0xE9]), isLatin1: true) == Array("aé".utf8))
        let error = #expect(throws: LearningError.self) { try loadText(folder.write("c", [0x61, 0xE9])) }
        #expect(error?.description.contains("at byte 1") == true)
    }
}
