import CKernels
import Glibc
import Tensors

/// Points drawn from simple shapes, for trying and showing models. Arguments are scikit-learn's where
/// it has the set; the same seed gives the same points.
///
/// Classes are counted from 0: inputs float32 [N, features], targets int64 [N].
public enum MadeSets {
    /// Where numbers come from: an own generator when there is a seed, else the shared one.
    private struct Draws {
        let generator: Generator

        init(_ seed: UInt64?) { generator = seed.map { Generator(seed: $0) } ?? .shared }

        func uniform(_ n: Int) throws -> [Double] { try doubles(Tensor.rand([n], .float64, generator: generator)) }
        func normal(_ n: Int) throws -> [Double] { try doubles(Tensor.randn([n], .float64, generator: generator)) }
    }

    /// Points with their labels, shuffled and moved by normally distributed noise.
    private static func finish(
        _ name: String, _ points: [[Double]], _ labels: [Int64], noise: Double, shuffle: Bool, _ draws: Draws
    ) throws -> (x: Tensor, y: Tensor) {
        guard noise >= 0 else { throw LearningError.argument(name, "noise is a standard deviation and must not be negative, got \(shortNumber(noise))") }
        let order = shuffle ? try randomOrder(labels.count, draws.generator) : Array(labels.indices)
        let width = points.first?.count ?? 2
        var flat = order.flatMap { points[$0] }
        if noise > 0 { for (i, value) in try draws.normal(flat.count).enumerated() { flat[i] += noise * value } }
        return (try Tensor(flat.map { Float($0) }, shape: [order.count, width]), try Tensor(order.map { labels[$0] }))
    }

    /// Refuses counts that are negative or fit no memory.
    private static func check(_ name: String, _ argument: String, _ n: Int, times width: Int = 2) throws {
        guard n >= 0 else { throw LearningError.argument(name, "\(argument) must not be negative, got \(n)") }
        let limit = Int(nj_memory_limit()) / 256, count = n.multipliedReportingOverflow(by: max(width, 1))
        guard width <= limit, !count.overflow, count.partialValue <= limit else {
            throw TensorError.outOfMemory(name, shape: [n, width], bytes: nil)
        }
    }

    /// `n` numbers spread evenly over 0...last.
    private static func spread(_ n: Int, _ last: Double) -> [Double] {
        (0..<n).map { n > 1 ? Double($0) * last / Double(n - 1) : 0 }
    }

    /// Two half circles that reach into each other.
    public static func moons(_ samples: Int = 100, noise: Double = 0, shuffle: Bool = true, seed: UInt64? = nil) throws -> (x: Tensor, y: Tensor) {
        try check("make_moons", "n_samples", samples)
        let outer = samples / 2, inner = samples - outer
        let points = spread(outer, .pi).map { [cos($0), sin($0)] } + spread(inner, .pi).map { [1 - cos($0), 0.5 - sin($0)] }
        return try finish("make_moons", points, (0..<samples).map { $0 < outer ? 0 : 1 }, noise: noise, shuffle: shuffle, Draws(seed))
    }

    /// A large circle around a small one, which is `factor` as wide.
    public static func circles(
        _ samples: Int = 100, noise: Double = 0, factor: Double = 0.8, shuffle: Bool = true, seed: UInt64? = nil
    ) throws -> (x: Tensor, y: Tensor) {
        try check("make_circles", "n_samples", samples)
        guard factor >= 0, factor < 1 else { throw LearningError.argument("make_circles", "factor must lie in 0..<1, got \(shortNumber(factor))") }
        let outer = samples / 2, inner = samples - outer
        func circle(_ n: Int, _ radius: Double) -> [[Double]] {
            (0..<n).map { i in
                let angle = 2 * Double.pi * Double(i) / Double(n)
                return [radius * cos(angle), radius * sin(angle)]
            }
        }
        return try finish("make_circles", circle(outer, 1) + circle(inner, factor), (0..<samples).map { $0 < outer ? 0 : 1 }, noise: noise, shuffle: shuffle, Draws(seed))
    }

    /// Where the clouds of `blobs` lie.
    public enum Centers {
        /// So many, drawn from the box.
        case count(Int)
        /// [classes, features]
        case points(Tensor)
    }

    /// A normally distributed cloud for each class.
    ///
    /// - Parameter deviations: one for all clouds, or one for each.
    /// - Returns: inputs, labels, and the centres [classes, features].
    public static func blobs(
        _ samples: Int = 100, features: Int = 2, centers: Centers = .count(3), deviations: [Double] = [1],
        box: (low: Double, high: Double) = (-10, 10), shuffle: Bool = true, seed: UInt64? = nil
    ) throws -> (x: Tensor, y: Tensor, centers: Tensor) {
        let name = "make_blobs", draws = Draws(seed)
        var middles: [[Double]]
        switch centers {
        case .count(let count):
            guard count > 0, features > 0 else { throw LearningError.argument(name, "centers and n_features must be positive, got \(count) and \(features)") }
            guard box.low <= box.high, box.low.isFinite, box.high.isFinite else { throw LearningError.argument(name, "center_box must rise") }
            try check(name, "centers", count, times: features)
            let values = try draws.uniform(count * features)
            middles = (0..<count).map { c in (0..<features).map { box.low + (box.high - box.low) * values[c * features + $0] } }
        case .points(let tensor):
            guard tensor.rank == 2, tensor.shape[0] > 0, tensor.shape[1] > 0 else {
                throw TensorError.shapes(name, [tensor.shape], detail: "centers are [classes, features]")
            }
            let values = try doubles(tensor), width = tensor.shape[1]
            middles = (0..<tensor.shape[0]).map { Array(values[$0 * width..<($0 + 1) * width]) }
        }
        let width = middles[0].count
        try check(name, "n_samples", samples, times: width)
        guard deviations.count == 1 || deviations.count == middles.count, deviations.allSatisfy({ $0 >= 0 }) else {
            throw LearningError.argument(name, "cluster_std must be one number or \(middles.count), none of them negative")
        }
        var points: [[Double]] = [], labels: [Int64] = []
        for (c, middle) in middles.enumerated() {
            try checkInterrupt()
            let count = samples / middles.count + (c < samples % middles.count ? 1 : 0)
            let deviation = deviations.count == 1 ? deviations[0] : deviations[c], values = try draws.normal(count * width)
            for i in 0..<count {
                points.append((0..<width).map { middle[$0] + deviation * values[i * width + $0] })
                labels.append(Int64(c))
            }
        }
        let (x, y) = try finish(name, points.isEmpty ? [] : points, labels, noise: 0, shuffle: shuffle, draws)
        let flat = try Tensor(middles.flatMap { $0 }.map { Float($0) }, shape: [middles.count, width])
        return (points.isEmpty ? try Tensor.zeros([0, width]) : x, y, flat)
    }

    /// Arms that wind around the origin, one for each class; the radius grows to 1 over `turns` turns.
    public static func spirals(
        _ samples: Int = 100, classes: Int = 2, noise: Double = 0, turns: Double = 1.5, shuffle: Bool = true, seed: UInt64? = nil
    ) throws -> (x: Tensor, y: Tensor) {
        let name = "make_spirals"
        try check(name, "n_samples", samples)
        guard classes > 0, turns.isFinite else { throw LearningError.argument(name, "n_classes must be positive and turns finite, got \(classes) and \(shortNumber(turns))") }
        try check(name, "n_classes", classes)
        var points: [[Double]] = [], labels: [Int64] = []
        for c in 0..<min(classes, max(samples, 1)) {
            let count = samples / classes + (c < samples % classes ? 1 : 0)
            for i in 0..<count {
                // From a little off the origin, where all arms would meet.
                let t = 0.05 + 0.95 * (count > 1 ? Double(i) / Double(count - 1) : 1)
                let angle = 2 * Double.pi * (turns * t + Double(c) / Double(classes))
                points.append([t * cos(angle), t * sin(angle)])
                labels.append(Int64(c))
            }
        }
        return try finish(name, points, labels, noise: noise, shuffle: shuffle, Draws(seed))
    }

    /// Points spread evenly over the square -1...1, of the second class where their signs differ.
    public static func xor(_ samples: Int = 100, noise: Double = 0, seed: UInt64? = nil) throws -> (x: Tensor, y: Tensor) {
        try check("make_xor", "n_samples", samples)
        let draws = Draws(seed), values = try draws.uniform(2 * samples)
        var points: [[Double]] = [], labels: [Int64] = []
        for i in 0..<samples {
            let a = 2 * values[2 * i] - 1, b = 2 * values[2 * i + 1] - 1
            points.append([a, b])
            labels.append((a < 0) != (b < 0) ? 1 : 0)
        }
        return try finish("make_xor", points, labels, noise: noise, shuffle: false, draws)
    }

    /// Targets that are weighted sums of normally distributed inputs, of which only some count.
    ///
    /// - Returns: inputs [N, features], targets [N, targets], and the weights [features, targets].
    public static func regression(
        _ samples: Int = 100, features: Int = 100, informative: Int = 10, targets: Int = 1, bias: Double = 0, noise: Double = 0,
        shuffle: Bool = true, seed: UInt64? = nil
    ) throws -> (x: Tensor, y: Tensor, weights: Tensor) {
        let name = "make_regression", draws = Draws(seed)
        guard features > 0, targets > 0, informative >= 0 else { throw LearningError.argument(name, "n_features and n_targets must be positive") }
        guard noise >= 0 else { throw LearningError.argument(name, "noise is a standard deviation and must not be negative, got \(shortNumber(noise))") }
        try check(name, "n_features", features, times: targets)
        try check(name, "n_samples", samples, times: max(features, targets))
        let useful = min(informative, features)
        let drawn = try draws.uniform(useful * targets).map { 100 * $0 }
        var weights = [Double](repeating: 0, count: features * targets)
        // Shuffled: which features count.
        let places = shuffle ? try randomOrder(features, draws.generator) : Array(0..<features)
        for i in 0..<useful { for t in 0..<targets { weights[places[i] * targets + t] = drawn[i * targets + t] } }
        let x = try Tensor.randn([samples, features], .float64, generator: draws.generator)
        let w = try Tensor(weights, shape: [features, targets])
        var y = try x.matmul(w).add(Tensor(.double(bias), .float64))
        if noise > 0 { y = try y.add(Tensor.normal(mean: 0, std: noise, [samples, targets], .float64, generator: draws.generator)) }
        return (try x.to(.float32), try y.to(.float32), try w.to(.float32))
    }
}
