import Testing
import Tensors
@testable import Learning

@Suite struct TransformTests {
    static let reference = Result { try JSONReference.read("transforms.json") }

    static func make(_ kind: String, _ options: JSON) throws -> Transform {
        let type = try #require(Transform.kinds.first { $0.kind == kind })
        guard case .object(let entries) = options else { return try type.init([:]) }
        return try type.init(Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.value) }))
    }

    /// Rows of numbers as a tensor, of text as a frame.
    static func features(_ json: JSON) throws -> Features {
        let rows = (json.list ?? []).map { $0.list ?? [] }
        let isText = rows.joined().contains { value in
            guard case .string(let text) = value else { return false }
            return !["nan", "inf", "-inf"].contains(text)
        }
        if !isText { return .tensor(try json.tensor()) }
        return .frame(try Frame((rows.first ?? []).indices.map { c in Column("column_\(c + 1)", rows.map { $0[c].string }) }))
    }

    static func flat(_ features: Features) throws -> [Double] {
        switch features {
        case .tensor(let tensor): try doubles(tensor)
        case .values(let columns): columns.flatMap { $0.numbers ?? [] }
        case .frame(let frame): (0..<frame.rowCount).flatMap { row in frame.columns.map { $0.numbers?[row] ?? .nan } }
        }
    }

    @Test func equalToReference() throws {
        let folder = try TemporaryFolder()
        for (i, entry) in try #require(Self.reference.get().list).enumerated() {
            let kind = try #require(entry["kind"]?.string), what = "\(kind) \(entry["options"]?.text ?? "") case \(i)"
            let transform = try Self.make(kind, entry["options"] ?? .null)
            let fit = try Self.features(#require(entry["fit"])), use = try Self.features(#require(entry["use"]))
            try transform.fit(fit)
            let result = try transform.transform(use), expected = try #require(entry["expected"])
            let got = try Self.flat(result)
            #expect(agree(got, expected.flat), "\(what): \(got) expected \(expected.text)")
            #expect(try result.columns("test").columns.count == transform.outputWidth)
            if case .object(let learned)? = entry["learned"] {
                for (name, value) in learned {
                    let ours = try doubles(#require(transform.learned[name], "\(what): \(name)"))
                    #expect(agree(ours, value.flat), "\(what) \(name): \(ours) expected \(value.text)")
                }
            }
            let path = folder.path + "/t"
            try transform.save(path)
            let loaded = try Transform.load(path)
            #expect(try agree(Self.flat(loaded.transform(use)), got, 0), "\(what) loaded")
            guard let inverse = entry["inverse"], inverse != .null else {
                if ["Normalizer", "Binarizer", "PolynomialFeatures"].contains(kind) { #expect(throws: LearningError.self) { try transform.inverseTransform(result) } }
                continue
            }
            for each in [transform, loaded] {
                let back = try each.inverseTransform(result)
                if case .frame(let frame) = back, frame.columns.contains(where: { $0.kind == .text }) {
                    let texts = (0..<frame.rowCount).flatMap { row in frame.columns.map { $0.text?[row] } }
                    #expect(texts == inverse.list?.flatMap { $0.list?.map(\.string) ?? [] }, "\(what) inverse")
                } else {
                    let numbers = try Self.flat(back)
                    #expect(agree(numbers, inverse.flat), "\(what) inverse: \(numbers) expected \(inverse.text)")
                }
            }
        }
    }

    @Test func framesKeepNames() throws {
        let frame = try Frame([Column("a", [1, 2, 3]), Column("b", [10, .nan, 30])])
        let scaler = try StandardScaler()
        guard case .frame(let scaled) = try scaler.fitTransform(.frame(frame)) else { Issue.record("no frame"); return }
        #expect(scaled.names == ["a", "b"])
        #expect(scaled["b"]?.missingCount == 1)
        // Columns are taken by name, whatever their order and what else is there.
        let other = try Frame([Column("b", [20.0]), Column("x", ["?"]), Column("a", [2])])
        guard case .frame(let same) = try scaler.transform(.frame(other)) else { return }
        #expect(same == (try Frame([Column("a", [0.0]), Column("b", [0])])))
        #expect(message { _ = try scaler.transform(.frame(other.drop(["a"]))) }.contains("there is no column \"a\""))
        let hot = try OneHotEncoder()
        guard case .frame(let flags) = try hot.fitTransform(.frame(Frame([Column("s", ["u", "v", nil])]))) else { return }
        #expect(flags.names == ["s_u", "s_v", "s_missing"])
        guard case .frame(let back) = try hot.inverseTransform(.frame(flags)) else { return }
        #expect(back == (try Frame([Column("s", ["u", "v", nil])])))
        let poly = try PolynomialFeatures(["include_bias": false])
        guard case .frame(let products) = try poly.fitTransform(.frame(Frame([Column("a", [2.0]), Column("b", [3])]))) else { return }
        #expect(products.names == ["a", "b", "a^2", "a b", "b^2"])
    }

    @Test func dtypesStay() throws {
        let scaler = try StandardScaler()
        for (dtype, expected) in [(DType.float32, DType.float32), (.float64, .float64), (.int64, .float32)] {
            guard case .tensor(let result) = try scaler.fitTransform(.tensor(Tensor([1.0, 2, 3], shape: [3, 1]).to(dtype))) else { return }
            #expect(result.dtype == expected)
        }
    }

    @Test func labels() throws {
        let encoder = try LabelEncoder(["first": 1])
        try encoder.fit([.text("dog"), .text("cat"), .text("dog")])
        #expect(encoder.classes == [.text("cat"), .text("dog")])
        #expect(try doubles(encoder.transform([.text("dog"), .text("cat")])) == [2, 1])
        #expect(try encoder.inverseTransform(Tensor([Int64(1), 2])) == [.text("cat"), .text("dog")])
        #expect(message { _ = try encoder.transform([.text("cow")]) }.contains("\"cow\", which was not there at fit (\"cat\", \"dog\")"))
        #expect(message { _ = try encoder.inverseTransform(Tensor([Int64(0)])) } == "LabelEncoder.inverse_transform: 0 is no class 1..2")
        #expect(message { _ = try encoder.fit([.missing, .text("a")]) } == "LabelEncoder.fit: the target has 1 missing value (row 1)")
    }

    @Test func pipelines() throws {
        let x = try Tensor([1.0, .nan, 3, 4, 5, 6, 7, 8.5, 9, 1], shape: [5, 2])
        let pipeline = try Pipeline(Imputer(), StandardScaler(), PCA(["n_components": 2]))
        guard case .tensor(let y) = try pipeline.fitTransform(.tensor(x)) else { return }
        #expect(y.shape == [5, 2])
        #expect(pipeline["StandardScaler"]?.isFitted == true)
        let folder = try TemporaryFolder(), path = folder.path + "/p"
        try pipeline.save(path)
        let loaded = try #require(try Transform.load(path) as? Pipeline)
        #expect(loaded.steps.map(\.name) == ["Imputer", "StandardScaler", "PCA"])
        guard case .tensor(let z) = try loaded.transform(.tensor(x)) else { return }
        #expect(try doubles(z) == doubles(y))
        let scaled = try Pipeline(StandardScaler(), MinMaxScaler())
        let clean = try Tensor([1.0, 2, 3, 4], shape: [4, 1])
        guard case .tensor(let back) = try scaled.inverseTransform(scaled.fitTransform(.tensor(clean))) else { return }
        #expect(try agree(doubles(back), [1, 2, 3, 4], 1e-12))
        #expect(message { _ = try pipeline.inverseTransform(.tensor(y)) }.contains("only with add_indicator=true is known what was missing"))
        let same = try StandardScaler()
        #expect(message { _ = try Pipeline(same, same) } == "Pipeline: one transform is two steps; each step needs its own")
    }

    @Test func refusals() throws {
        let x = try Tensor([1.0, 2, 3, 4], shape: [2, 2])
        #expect(message { _ = try StandardScaler(["with_maen": true]) } == "StandardScaler: there is no option with_maen. Did you mean with_mean?")
        #expect(message { _ = try StandardScaler(["with_mean": 1]) } == "StandardScaler: with_mean must be true or false, not 1")
        #expect(message { _ = try Imputer(["strategy": "mode"]) }
            == "Imputer: strategy must be one of \"mean\", \"median\", \"most_frequent\", \"constant\", not \"mode\"")
        #expect(message { _ = try MinMaxScaler(["feature_range": [1, 0]]) } == "MinMaxScaler: feature_range must rise")
        #expect(message { _ = try MinMaxScaler(["feature_range": [1]]) } == "MinMaxScaler: feature_range must be a list of 2 numbers, not [1]")
        #expect(message { _ = try PCA(["n_components": 1.5]) }.contains("whole number or a share"))
        #expect(message { _ = try PCA(["n_components": 5]).fit(.tensor(x)) } == "PCA.fit: 5 components are more than 2 rows of 2 features have (2)")
        #expect(message { _ = try StandardScaler().transform(.tensor(x)) } == "StandardScaler.transform: call fit first")
        let scaler = try StandardScaler().fit(.tensor(x))
        #expect(message { _ = try scaler.transform(.tensor(Tensor([1.0], shape: [1, 1]))) } == "StandardScaler.transform: fitted on 2 features, got 1")
        #expect(message { _ = try scaler.fit(.tensor(Tensor([Double](), shape: [0, 2]))) } == "StandardScaler.fit: there are no rows to learn from")
        #expect(message { _ = try scaler.fit(.tensor(Tensor([Double.infinity], shape: [1, 1]))) } == "StandardScaler.fit: column \"column_1\" has infinite values")
        #expect(message { _ = try PCA().fit(.tensor(Tensor([1.0, .nan], shape: [2, 1]))) } == "PCA.fit: column \"column_1\" has 1 missing value (row 2). Use an Imputer first")
        #expect(message { _ = try scaler.fit(.frame(Frame([Column("s", ["a"])]))) }
            == "StandardScaler.fit: column \"s\" holds text. Use a OneHotEncoder or OrdinalEncoder for it, or leave it out")
        #expect(message { _ = try OneHotEncoder().fit(.tensor(x)).transform(.tensor(x.add(5))) }.contains("column \"column_1\" holds \"6\", which was not there at fit (\"1\", \"3\")"))
        #expect(message { _ = try PolynomialFeatures(["degree": 30]).fit(.tensor(Tensor.zeros([1, 30]))) }.contains("more than 1,000,000 products"))
        // What was learnt before stays.
        #expect(try scaler.transform(.tensor(x)).columns("").rows == 2)
    }

    @Test func damagedFiles() throws {
        let folder = try TemporaryFolder(), path = folder.path + "/t"
        let x = Features.frame(try Frame([Column("a", [1, 2, 3.5]), Column("b", [1, 0, 1])]))
        let pipeline = try Pipeline(StandardScaler(), KBinsDiscretizer(["n_bins": 2, "encode": "ordinal"]), OneHotEncoder())
        try pipeline.fit(x)
        try pipeline.save(path)
        let bytes = try readFile(path)
        var loaded = 0
        for i in stride(from: 0, to: bytes.count, by: 5) {
            for bit: UInt8 in [1, 16] {
                var changed = bytes
                changed[i] ^= bit
                let damaged = try folder.write("d", changed)
                do {
                    let transform = try Transform.load(damaged)
                    loaded += 1
                    _ = try? transform.transform(x)
                    _ = try? transform.inverseTransform(x)
                } catch is LearningError {} catch is TensorError {}
            }
        }
        #expect(loaded > 0)
    }

    @Test func fittingOnRowsForTestingIsTold() throws {
        var codes: [String] = []
        let before = Hint.listener
        Hint.listener = { code, _ in codes.append(code) }
        defer { Hint.listener = before }
        func set() throws -> TensorDataset { try TensorDataset(Tensor.randn([40, 2]), Tensor.zeros([40])) }
        func count(_ body: () throws -> Void) rethrows -> Int {
            codes = []
            try body()
            return codes.count { $0 == "N18" }
        }
        let first = try set()
        #expect(try count { try StandardScaler().fit(.tensor(first.tensors[0])); _ = try first.split([0.5, 0.5]) } == 1)
        let second = try set(), parts = try second.split([0.5, 0.5])
        #expect(try count { try PCA().fit(second.tensors[0], of: second) } == 1)
        #expect(try count { try PCA().fit(second.tensors[0], of: ConcatDataset(parts)) } == 1)
        #expect(try count { try PCA().fit(second.tensors[0].narrow(0, 0, 20).clone(), of: parts[0]) } == 0)
        #expect(try count { try Normalizer().fit(.tensor(second.tensors[0])) } == 0)
        let third = try set()
        guard case .tensor(let scaled) = try Pipeline(Imputer(), StandardScaler()).fitTransform(.tensor(third.tensors[0])) else { return }
        #expect(try count { _ = try TensorDataset(scaled, third.tensors[1]).split([0.5, 0.5]) } == 1)
        #expect(try count { _ = try set().split([0.5, 0.5]); _ = try set().take(3) } == 0)
    }
}
