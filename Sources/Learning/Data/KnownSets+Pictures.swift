import Glibc
import Tensors

extension KnownSets {
    /// Handwritten digits, 28×28: 60,000 for training and 10,000 for testing.
    ///
    /// Examples are float32 [1, 28, 28] between 0 and 1 and a class 0..<10; `nn.Flatten` makes 784
    /// numbers of a picture. The pictures are kept as bytes and converted batch by batch.
    public static func mnist(_ folder: String? = nil) throws -> (train: TensorDataset, test: TensorDataset) {
        let classes = (0..<10).map(String.init)
        return try (idx("mnist", folder, "train", classes), idx("mnist", folder, "t10k", classes))
    }

    /// Pictures of clothing, in MNIST's form (Xiao, Rasul and Vollgraf 2017).
    public static func fashionMNIST(
        _ folder: String? = nil, progress: (any ProgressSink)? = nil
    ) throws -> (train: TensorDataset, test: TensorDataset) {
        let classes = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
        func home(_ file: String, _ sha256: String, _ size: Int) -> (String, RemoteFile) {
            (file, RemoteFile(url: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/\(file).gz", sha256: sha256, size: size))
        }
        let homes = Dictionary(uniqueKeysWithValues: [
            home("train-images-idx3-ubyte", "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", 26_421_880),
            home("train-labels-idx1-ubyte", "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", 29_515),
            home("t10k-images-idx3-ubyte", "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", 4_422_102),
            home("t10k-labels-idx1-ubyte", "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", 5_148),
        ])
        return try (idx("fashion-mnist", folder, "train", classes, homes, progress), idx("fashion-mnist", folder, "t10k", classes, homes, progress))
    }

    private static func idx(
        _ set: String, _ folder: String?, _ part: String, _ classes: [String], _ homes: [String: RemoteFile] = [:],
        _ progress: (any ProgressSink)? = nil
    ) throws -> TensorDataset {
        func file(_ name: String) throws -> String { try find(name, set, folder, home: homes[name], progress) }
        let images = try file("\(part)-images-idx3-ubyte"), labels = try file("\(part)-labels-idx1-ubyte")
        let x = try loadIDX(images), y = try loadIDX(labels)
        guard x.dtype == .uint8, x.rank == 3 else { throw LearningError.file(images, nil, "expected pictures, found \(describe(x.shape))") }
        guard y.dtype == .uint8, y.rank == 1, y.shape[0] == x.shape[0] else {
            throw LearningError.file(labels, nil, "expected \(x.shape[0]) labels, found \(describe(y.shape))")
        }
        try y.withElements(UInt8.self) { labels_ in
            if let row = labels_.firstIndex(where: { $0 > 9 }) {
                throw LearningError.file(labels, .offset(8 + row), "label \(labels_[row]) is outside 0..9")
            }
        }
        return try TensorDataset(
            [x.reshape([x.shape[0], 1, x.shape[1], x.shape[2]]), y.to(.int64)], classes: classes, scale: 255)
    }

    /// Small pictures of ten kinds of things, 32×32 in colour (Krizhevsky 2009).
    ///
    /// The files are data_batch_1.bin … data_batch_5.bin and test_batch.bin, plain or gzip, whole or in
    /// parts such as data_batch_1_first3000.bin.gz, or all of them in cifar-10-binary.tar.gz.
    public static func cifar10(
        _ folder: String? = nil, progress: (any ProgressSink)? = nil
    ) throws -> (train: TensorDataset, test: TensorDataset) {
        let archive = "cifar-10-binary.tar.gz"
        let home = RemoteFile(url: "https://www.cs.toronto.edu/~kriz/\(archive)",
            sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd", size: 170_052_171)
        for place in places("cifar-10", folder).flatMap({ [$0, $0 + "/cifar-10-batches-bin"] }) {
            let names = folderNames(place).filter { $0.hasSuffix(".bin") || $0.hasSuffix(".bin.gz") }
            // A file that is there plain and packed is read once.
            func files(_ start: String) -> [String] {
                names.filter { $0.hasPrefix(start) && !($0.hasSuffix(".gz") && names.contains(String($0.dropLast(3)))) }.sorted()
            }
            let train = files("data_batch_"), test = files("test_batch")
            if train.isEmpty || test.isEmpty { continue }
            func load(_ names: [String]) throws -> TensorDataset {
                try cifar(names.map { name in
                    let path = "\(place)/\(name)"
                    return (path, try ByteSource(path: path).readAll())
                })
            }
            return (try load(train), try load(test))
        }
        let path = try find(archive, "cifar-10", folder, home: home, progress)
        let members = try readTar(path) { $0.contains("_batch") && $0.hasSuffix(".bin") }.sorted { $0.name < $1.name }
        let (train, test) = (members.filter { $0.name.contains("/data_batch_") }, members.filter { $0.name.hasSuffix("/test_batch.bin") })
        guard !train.isEmpty, !test.isEmpty else { throw LearningError.file(path, nil, "the archive holds no CIFAR-10 batches") }
        return (try cifar(train), try cifar(test))
    }

    /// Records of a label and 3072 bytes: red, green, blue, each 32×32.
    private static func cifar(_ files: [(name: String, bytes: [UInt8])]) throws -> TensorDataset {
        let size = 3073
        for (name, bytes) in files where bytes.isEmpty || bytes.count % size != 0 {
            throw LearningError.file(name, .offset(bytes.count), "the file does not hold whole records of \(size) bytes")
        }
        let count = files.reduce(0) { $0 + $1.bytes.count / size }
        let x = try Tensor.empty([count, 3, 32, 32], .uint8), y = try Tensor.empty([count], .int64)
        let pixels = x.pointer, labels = y.pointer.assumingMemoryBound(to: Int64.self)
        var record = 0
        for (name, bytes) in files {
            try bytes.withUnsafeBytes { bytes in
                for start in stride(from: 0, to: bytes.count, by: size) {
                    guard bytes[start] < 10 else { throw LearningError.file(name, .offset(start), "label \(bytes[start]) is outside 0..9") }
                    labels[record] = Int64(bytes[start])
                    (pixels + record * 3072).copyMemory(from: bytes.baseAddress! + start + 1, byteCount: 3072)
                    record += 1
                }
            }
        }
        let classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
        return try TensorDataset([x, y], classes: classes, scale: 255)
    }
}
