import Glibc
import Tensors

/// Data sets that come with the program or are found in a folder by their usual names.
public enum KnownSets {
    /// Handwritten digits, 28×28: 60,000 for training and 10,000 for testing.
    ///
    /// Examples are float32 [1, 28, 28] between 0 and 1 and a class 0..<10; `nn.Flatten` makes 784
    /// numbers of a picture. The pictures are kept as bytes and converted batch by batch.
    public static func mnist(_ folder: String? = nil) throws -> (train: TensorDataset, test: TensorDataset) {
        try (idx("mnist", folder, "train"), idx("mnist", folder, "t10k"))
    }

    private static func idx(_ set: String, _ folder: String?, _ part: String) throws -> TensorDataset {
        let images = try find("\(part)-images-idx3-ubyte", set, folder)
        let labels = try find("\(part)-labels-idx1-ubyte", set, folder)
        let x = try loadIDX(images), y = try loadIDX(labels)
        guard x.dtype == .uint8, x.rank == 3 else { throw LearningError.file(images, nil, "expected pictures, found \(describe(x.shape))") }
        guard y.dtype == .uint8, y.rank == 1, y.shape[0] == x.shape[0] else {
            throw LearningError.file(labels, nil, "expected \(x.shape[0]) labels, found \(describe(y.shape))")
        }
        let classes = (0..<10).map(String.init)
        try y.withElements(UInt8.self) { labels_ in
            if let row = labels_.firstIndex(where: { $0 > 9 }) {
                throw LearningError.file(labels, .offset(8 + row), "label \(labels_[row]) is outside 0..9")
            }
        }
        return try TensorDataset(
            [x.reshape([x.shape[0], 1, x.shape[1], x.shape[2]]), y.to(.int64)], classes: classes, scale: 255)
    }

    /// Fisher's irises: 150 flowers, 4 measures in cm, 3 species.
    public static func iris(_ folder: String? = nil) throws -> TensorDataset {
        let frame = try readCSV(find("iris.csv", "iris", folder))
        return try frame.dataset(target: "species")
    }

    /// Wines of three cultivars: 178 samples, 13 measures.
    public static func wine(_ folder: String? = nil) throws -> TensorDataset {
        var options = CSVOptions()
        options.header = false
        let frame = try readCSV(find("wine.csv", "wine", folder), options)
        return try frame.dataset(target: "column_14", isClass: true)
    }

    /// Breast cancer cells (Wisconsin, diagnostic): 569 samples, 30 measures, benign or malignant.
    public static func breastCancer(_ folder: String? = nil) throws -> TensorDataset {
        var options = CSVOptions()
        options.header = false
        let frame = try readCSV(find("wdbc.csv", "breast-cancer-wdbc", folder), options)
        let set = try frame.dataset(features: Array(frame.names.dropFirst(2)), target: "column_2")
        guard set.classes == ["B", "M"] else { throw LearningError.file("wdbc.csv", nil, "expected the classes B and M") }
        return try TensorDataset(set.tensors, classes: ["benign", "malignant"])
    }

    /// Handwritten digits, 8×8 with values 0..16: 3,823 for training and 1,797 for testing.
    public static func digits(_ folder: String? = nil) throws -> (train: TensorDataset, test: TensorDataset) {
        try (digits("optdigits_train.csv", folder), digits("optdigits_test.csv", folder))
    }

    private static func digits(_ file: String, _ folder: String?) throws -> TensorDataset {
        let frame = try readCSV(find(file, "optdigits", folder))
        return try frame.dataset(target: "Class", isClass: true)
    }

    // MARK: Finding files

    /// The path of a file of a set, plain or gzip: in `folder`, in $NIGHTJAR_DATA, or shipped with
    /// the program.
    ///
    /// - Throws: naming the file and the folders where it may be put.
    static func find(_ file: String, _ set: String, _ folder: String?) throws -> String {
        var places: [String] = []
        if let folder {
            places = [folder, "\(folder)/\(set)"]
        } else {
            if let data = getenv("NIGHTJAR_DATA") { places += ["\(String(cString: data))/\(set)", String(cString: data)] }
            if let shipped { places.append("\(shipped)/\(set)") }
        }
        for place in places {
            for name in [file, file + ".gz"] where access("\(place)/\(name)", R_OK) == 0 { return "\(place)/\(name)" }
        }
        let advice = places.isEmpty ? "a folder, and name that in $NIGHTJAR_DATA" : places.joined(separator: " or ")
        throw LearningError.file(file, nil, "not found. Put \(file) or \(file).gz into \(advice)")
    }

    /// The folder of the sets that come with the program: in its source tree, or in the `share`
    /// beside the `bin` it was installed to.
    static let shipped: String? = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        guard readlink("/proc/self/exe", &buffer, Int(PATH_MAX)) > 0 else { return nil }
        var path = buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        while let slash = path.lastIndex(of: "/") {
            path = String(path[..<slash])
            let sources = "\(path)/Sources/Learning/Data/Shipped", installed = "\(path)/share/nightjar/data"
            if access("\(path)/Package.swift", R_OK) == 0, access(sources, R_OK) == 0 { return sources }
            if access(installed, R_OK) == 0 { return installed }
        }
        return nil
    }()
}
