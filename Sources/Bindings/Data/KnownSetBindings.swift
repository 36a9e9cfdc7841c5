import Learning
import LuaKit
import Tensors

extension DataFunctions {
    /// Sets that come with the program, and sets from the network.
    @FunctionBuilder static var known: [Function] {
        pair("mnist", "Handwritten digits, 28×28 pictures [1, 28, 28] with values 0..1: 60,000 for training and 10,000 for testing. Digit 7 is class 8, named \"7\".") { folder, _ in try sets(KnownSets.mnist(folder)) }
        pair("fashion_mnist", "Pictures of ten kinds of clothing, 28×28 [1, 28, 28] with values 0..1: 60,000 for training and 10,000 for testing.", downloads: 31) { try sets(KnownSets.fashionMNIST($0, progress: $1)) }
        pair("cifar10", "Pictures of ten kinds of things in colour, 32×32 [3, 32, 32] with values 0..1: 50,000 for training and 10,000 for testing; fewer when the files hold parts.", downloads: 170) { try sets(KnownSets.cifar10($0, progress: $1)) }
        pair("digits", "Handwritten digits, 8×8 numbers 0..16 in a row of 64: 3,823 for training and 1,797 for testing.") { folder, _ in try sets(KnownSets.digits(folder)) }
        single("iris", "Fisher's irises: 150 flowers, 4 measures in cm, 3 species.") { try KnownSets.iris($0) }
        single("wine", "Wines of three cultivars: 178 samples, 13 measures.") { try KnownSets.wine($0) }
        single("breast_cancer", "Breast cancer cells: 569 samples, 30 measures, benign or malignant.") { try KnownSets.breastCancer($0) }
        pair("titanic", "Passengers of the Titanic as two frames, 713 and 178 rows, divided by survival, always in the same way; some ages, cabins and ports are missing.", downloads: 0.06) { folder, progress in
            let (train, test) = try KnownSets.titanic(folder, progress: progress)
            return (FrameBox(train), FrameBox(test))
        }
        pair("auto_mpg", "Cars of 1970 to 1982 and their miles per gallon as two frames, 318 and 80 rows; some values of horsepower are missing.") { folder, _ in
            let (train, test) = try KnownSets.autoMPG(folder)
            return (FrameBox(train), FrameBox(test))
        }
        pair("tiny_shakespeare", "40,000 lines from plays of Shakespeare as two strings: the first nine tenths and the last.") { folder, _ in
            let (train, test) = try KnownSets.tinyShakespeare(folder)
            return (LuaBytes(train), LuaBytes(test))
        }
        pair("names", "32,033 first names in small letters as two lists, nine tenths and a tenth, always the same ones.") { folder, _ in
            let (train, test) = try KnownSets.names(folder)
            return (train, test)
        }
    }

    private static func sets(_ parts: (train: TensorDataset, test: TensorDataset)) throws -> (any LuaResult, any LuaResult) {
        (DatasetBox(try parts.train.countedFromOne()), DatasetBox(try parts.test.countedFromOne()))
    }

    /// A set with two parts; `downloads` is its size in MB when it comes from the network.
    private static func pair(_ name: String, _ summary: String, downloads: Double? = nil, _ load: @escaping (String?, (any ProgressSink)?) throws -> (any LuaResult, any LuaResult)) -> Function {
        let places = downloads == nil ? "a folder with the files; else $NIGHTJAR_DATA, then what comes with the program"
            : "a folder with the files; else $NIGHTJAR_DATA, then the cache (~/.cache/nightjar), then a download"
        let example = downloads == nil ? "local train, test = data.\(name)()\nprint(#train, #test)"
            : "local found, message = pcall(data.\(name), \"a folder without it\")\nprint(found, message)"
        return Function("data.\(name)", summary, Param("dir", String?.self, places), returns: "train, test",
            details: downloads.map { "Downloaded once, \($0 < 1 ? "60 kB" : "\(Int($0)) MB"), unless NIGHTJAR_OFFLINE=1 is set." } ?? "",
            example: example) { (call: Call, folder: String?) -> Results in
            let progress = downloads == nil ? nil : Presentation.of(call.runtime).progress(call.runtime)
            let (train, test) = try load(folder, progress)
            return Results(train, test)
        }
    }

    /// A set without an official division: four fifths for training, always the same ones.
    private static func single(_ name: String, _ summary: String, _ load: @escaping (String?) throws -> TensorDataset) -> Function {
        pair(name, summary + " Divided 4 : 1 by class, always in the same way.") { folder, _ in
            let parts = try load(folder).countedFromOne().split([0.8, 0.2], stratify: true, seed: 0)
            return (DatasetBox(parts[0]), DatasetBox(parts[1]))
        }
    }

    // MARK: Made sets

    private static var samples: Param<Int> { Param("n_samples", Int.self, default: 100, "how many points") }
    private static var noise: Param<Double> { Param("noise", Double.self, default: 0, "standard deviation of what is added to the points") }
    private static var shuffle: Param<Bool> { Param("shuffle", Bool.self, default: true, "whether points come in random order") }
    private static var seed: Param<Int?> { Param("seed", Int?.self, "the same seed gives the same points; the shared generator decides when left out") }

    private static func number(_ seed: Int?) -> UInt64? { seed.map { UInt64(bitPattern: Int64($0)) } }
    private static let together = "data.TensorDataset takes both: data.TensorDataset(data.make_moons(200))."

    /// Points drawn from simple shapes; classes count from 1.
    @FunctionBuilder static var made: [Function] {
        Function("data.make_moons", "Two half circles that reach into each other.", samples, noise, shuffle, seed, returns: "x [N, 2], y [N] of classes 1 and 2", details: together,
            example: "local x, y = data.make_moons(200, {noise=0.1, seed=1})\nprint(x.shape[1], y[1])", see: ["data.make_circles", "data.TensorDataset"]) { (n: Int, noise: Double, shuffle: Bool, seed: Int?) -> (Tensor, Tensor) in
            let (x, y) = try MadeSets.moons(n, noise: noise, shuffle: shuffle, seed: number(seed))
            return (x, try y.add(1))
        }
        Function("data.make_circles", "A large circle around a small one.", samples, noise, Param("factor", Double.self, default: 0.8, "radius of the small one, from 0 up to 1"), shuffle, seed, returns: "x [N, 2], y [N] of classes 1 and 2", details: together,
            example: "local x, y = data.make_circles(200, {noise=0.05, factor=0.5, seed=1})\nprint(x.shape[1], y[1])", see: ["data.make_moons"]) { (n: Int, noise: Double, factor: Double, shuffle: Bool, seed: Int?) -> (Tensor, Tensor) in
            let (x, y) = try MadeSets.circles(n, noise: noise, factor: factor, shuffle: shuffle, seed: number(seed))
            return (x, try y.add(1))
        }
        Function("data.make_blobs", "A normally distributed cloud for each class.", samples, Param("n_features", Int.self, default: 2, "how many coordinates"), Param("centers", CentersArgument.self, default: CentersArgument(centers: .count(3)), shown: "3", "how many clouds, or a tensor [C, F] of their middles"),
            Param("cluster_std", OneOrMany<Double>.self, default: [1], "standard deviation of each cloud, or of all"), Param("center_box", [Double].self, default: [-10, 10], "range in which middles are drawn"), shuffle, seed, returns: "x [N, F], y [N] of classes 1..C, centers [C, F]", details: together,
            example: "local x, y, centers = data.make_blobs(90, {centers=3, cluster_std=0.5, seed=1})\nprint(x.shape[2], y:max():item(), centers)", see: ["data.make_moons"]) { (n: Int, features: Int, centers: CentersArgument, deviations: OneOrMany<Double>, box: [Double], shuffle: Bool, seed: Int?) -> (Tensor, Tensor, Tensor) in
            guard box.count == 2 else { throw LearningError.argument("make_blobs", "center_box must be two numbers") }
            let made = try MadeSets.blobs(n, features: features, centers: centers.centers, deviations: deviations.values, box: (box[0], box[1]), shuffle: shuffle, seed: number(seed))
            return (made.x, try made.y.add(1), made.centers)
        }
        Function("data.make_spirals", "Arms that wind around the origin, one for each class, out to radius 1.", samples, Param("n_classes", Int.self, default: 2, "how many arms"), noise, Param("turns", Double.self, default: 1.5, "how often each arm winds around"), shuffle, seed, returns: "x [N, 2], y [N] of classes 1..C", details: together,
            example: "local x, y = data.make_spirals(300, {n_classes=3, noise=0.02, seed=1})\nprint(x.shape[1], y:max():item())", see: ["data.make_moons"]) { (n: Int, classes: Int, noise: Double, turns: Double, shuffle: Bool, seed: Int?) -> (Tensor, Tensor) in
            let (x, y) = try MadeSets.spirals(n, classes: classes, noise: noise, turns: turns, shuffle: shuffle, seed: number(seed))
            return (x, try y.add(1))
        }
        Function("data.make_xor", "Points of the square -1..1, of class 2 where the signs of their coordinates differ.", samples, noise, seed, returns: "x [N, 2], y [N] of classes 1 and 2", details: together,
            example: "local x, y = data.make_xor(200, {noise=0.1, seed=1})\nprint(x.shape[1], y[1])", see: ["data.make_moons"]) { (n: Int, noise: Double, seed: Int?) -> (Tensor, Tensor) in
            let (x, y) = try MadeSets.xor(n, noise: noise, seed: number(seed))
            return (x, try y.add(1))
        }
        Function("data.make_regression", "Targets that are weighted sums of normally distributed inputs, of which only some count.", samples, Param("n_features", Int.self, default: 100, "how many inputs"), Param("n_informative", Int.self, default: 10, "how many of them count"), Param("n_targets", Int.self, default: 1, "how many outputs"),
            Param("bias", Double.self, default: 0, "what is added to every target"), noise, shuffle, seed, returns: "x [N, F], y [N, targets], weights [F, targets]",
            example: "local x, y, w = data.make_regression(50, 4, {n_informative=2, seed=1})\nprint(x:matmul(w):allclose(y, 1e-4, 1e-3))", see: ["data.make_blobs"]) { (n: Int, features: Int, informative: Int, targets: Int, bias: Double, noise: Double, shuffle: Bool, seed: Int?) -> (Tensor, Tensor, Tensor) in
            let made = try MadeSets.regression(n, features: features, informative: informative, targets: targets, bias: bias, noise: noise, shuffle: shuffle, seed: number(seed))
            return (made.x, made.y, made.weights)
        }
    }
}

/// How many centres, or the centres.
struct CentersArgument: LuaArgument {
    let centers: MadeSets.Centers

    static var luaType: LuaType { LuaType("integer|tensor", phrase: "a whole number or a tensor [classes, features]", annotation: "integer|tensor.Tensor") }

    static func read(_ call: Call, at index: Int32) throws -> CentersArgument {
        if let count = call.integer(at: index) { return CentersArgument(centers: .count(count)) }
        if let tensor = call.object(at: index, as: Tensor.self) { return CentersArgument(centers: .points(tensor.detach())) }
        throw call.mismatch(luaType, at: index)
    }
}
