import Glibc
import Tensors

/// Data sets that come with the program or are found in a folder by their usual names.
public enum KnownSets {
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

    /// Passengers of the Titanic, as they are in the file (Kaggle's train.csv): ages, cabins and ports are
    /// missing in places. A fifth is kept for testing, by survival, always the same rows.
    public static func titanic(_ folder: String? = nil, progress: (any ProgressSink)? = nil) throws -> (train: Frame, test: Frame) {
        let home = RemoteFile(url: "https://raw.githubusercontent.com/datasciencedojo/datasets/master/titanic.csv",
            sha256: "4a437fde05fe5264e1701a7387ac6fb75393772ba38bb2c9c566405af5af4bd7", size: 60302)
        let frame = try readCSV(find("train.csv", "titanic", folder, home: home, as: "titanic.csv", progress))
        let survived = try frame.classes("Survived", operation: "titanic")
        return try divide(frame, survived.labels)
    }

    /// Cars of 1970 to 1982 and their miles per gallon: 398 rows, 6 without horsepower. A fifth is kept
    /// for testing, always the same rows.
    public static func autoMPG(_ folder: String? = nil) throws -> (train: Frame, test: Frame) {
        let frame = try readCSV(find("auto-mpg.csv", "auto-mpg", folder))
        return try divide(frame, nil)
    }

    /// Four fifths and one fifth of the rows, each in their old order.
    private static func divide(_ frame: Frame, _ classes: Tensor?) throws -> (train: Frame, test: Frame) {
        let rows = try Tensor((0..<frame.rowCount).map { Int64($0) })
        let parts = try TensorDataset([rows, classes ?? rows]).split([0.8, 0.2], stratify: classes != nil, seed: 0)
        return (try frame.rows(parts[0].indices.sorted()), try frame.rows(parts[1].indices.sorted()))
    }

    /// 40,000 lines from plays of Shakespeare; the last tenth of the characters is for testing.
    public static func tinyShakespeare(_ folder: String? = nil) throws -> (train: [UInt8], test: [UInt8]) {
        let text = try ByteSource(path: find("input.txt", "tinyshakespeare", folder)).readAll(), cut = text.count * 9 / 10
        return (Array(text[..<cut]), Array(text[cut...]))
    }

    /// 32,033 first names in small letters; a random tenth, always the same one, is for testing.
    public static func names(_ folder: String? = nil) throws -> (train: [String], test: [String]) {
        let text = String(decoding: try ByteSource(path: find("names.txt", "names", folder)).readAll(), as: UTF8.self)
        let all = text.split(whereSeparator: \.isNewline).map(String.init)
        let order = try randomOrder(all.count, Generator(seed: 0)), cut = all.count * 9 / 10
        return (order[..<cut].map { all[$0] }, order[cut...].map { all[$0] })
    }

    // MARK: Finding files

    /// Folders where a set's files may be, the first one first: `folder` alone when it is given, else
    /// $NIGHTJAR_DATA, what comes with the program, and the cache.
    static func places(_ set: String, _ folder: String?) -> [String] {
        if let folder { return [folder, "\(folder)/\(set)"] }
        var places: [String] = []
        if let data = Download.environment("NIGHTJAR_DATA") { places += ["\(data)/\(set)", data] }
        if let shipped { places.append("\(shipped)/\(set)") }
        if let cache = Download.cache { places.append("\(cache)/\(set)") }
        return places
    }

    /// Folders where data sets are looked for, the first one first.
    public static var folders: [String] {
        [Download.environment("NIGHTJAR_DATA"), shipped, Download.cache].compactMap { $0 }
    }

    /// The path of a file of a set, plain or gzip, under one of two names; downloaded to the cache where
    /// it has a home and `folder` is not given.
    ///
    /// - Throws: naming the file and the folders where it may be put.
    static func find(
        _ file: String, _ set: String, _ folder: String?, home: RemoteFile? = nil, as other: String? = nil,
        _ progress: (any ProgressSink)? = nil
    ) throws -> String {
        let places = places(set, folder)
        for place in places {
            for name in [file, file + ".gz"] + (other.map { [$0, $0 + ".gz"] } ?? []) where access("\(place)/\(name)", R_OK) == 0 {
                return "\(place)/\(name)"
            }
        }
        if let home, folder == nil, let cache = Download.cache {
            let name = home.url.hasSuffix(".gz") && !file.hasSuffix(".gz") ? file + ".gz" : file
            try Download.fetch(home, to: "\(cache)/\(set)", name, progress: progress)
            return "\(cache)/\(set)/\(name)"
        }
        let advice = places.isEmpty ? "a folder, and name that in $NIGHTJAR_DATA" : places.joined(separator: " or ")
        let packed = file.hasSuffix(".gz") ? "" : " or \(file).gz"
        throw LearningError.file(file, nil, "not found. Put \(file)\(packed) into \(advice)")
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
