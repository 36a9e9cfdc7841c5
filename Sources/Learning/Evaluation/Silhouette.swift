import CKernels
import Tensors

extension Metrics {
    /// How well points lie in their own cluster rather than in the nearest other (Rousseeuw 1987):
    /// the mean over points of (b - a) / max(a, b), a being the mean distance within the cluster, b
    /// to the nearest other; points alone in a cluster count 0.
    ///
    /// - Parameters:
    ///   - points: [N, D].
    ///   - clusters: labels [N].
    /// - Throws: unless there are 2 to N - 1 clusters.
    public static func silhouette(_ points: Tensor, _ clusters: Tensor) throws -> Double {
        let labels = try targetLabels(clusters, "silhouette")
        guard points.rank == 2, points.shape[0] == labels.count else {
            throw TensorError.shapes("silhouette", [points.shape, clusters.shape], detail: "points are [N, D] with N labels")
        }
        let names = Array(Set(labels)).sorted(), n = labels.count, width = points.shape[1]
        guard names.count >= 2, names.count < n else {
            throw LearningError.argument("silhouette", "there must be 2 to N - 1 clusters; there are \(names.count) for \(n) points")
        }
        let position = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let cluster = labels.map { position[$0] ?? 0 }
        var sizes = [Int](repeating: 0, count: names.count)
        for c in cluster { sizes[c] += 1 }
        let x = try doubles(points)
        if x.contains(where: { !$0.isFinite }) { throw LearningError.argument("silhouette", "the points contain NaN or infinity") }
        var total = 0.0
        try x.withUnsafeBufferPointer { x in
            try cluster.withUnsafeBufferPointer { cluster in
                var sums = [Double](repeating: 0, count: names.count)
                for i in 0..<n {
                    if i % 64 == 0, nj_interrupted() { throw TensorError.interrupted }
                    for c in sums.indices { sums[c] = 0 }
                    sums.withUnsafeMutableBufferPointer { sums in
                        for j in 0..<n {
                            var squared = 0.0
                            for d in 0..<width {
                                let difference = x[i * width + d] - x[j * width + d]
                                squared += difference * difference
                            }
                            sums[cluster[j]] += squared.squareRoot()
                        }
                    }
                    let own = cluster[i]
                    if sizes[own] == 1 { continue }
                    let within = sums[own] / Double(sizes[own] - 1)
                    var nearest = Double.infinity
                    for c in sums.indices where c != own { nearest = min(nearest, sums[c] / Double(sizes[c])) }
                    let larger = max(within, nearest)
                    total += larger == 0 ? 0 : (nearest - within) / larger
                }
            }
        }
        return total / Double(n)
    }
}

extension Metrics {
    /// The silhouette of all points that batches brought.
    public static func silhouette() -> Measure {
        Measure("silhouette", Clusters()) { .number(try silhouette(Tensor($0.points, shape: [$0.labels.count, $0.width]), Tensor($0.labels.map { Int64($0) }))) }
    }
}

/// All points seen, with the cluster of each.
private struct Clusters: MeasureState {
    private(set) var points: [Double] = []
    private(set) var labels: [Int] = []
    private(set) var width = 0

    var isEmpty: Bool { labels.isEmpty }

    mutating func update(_ points: Tensor, _ clusters: Tensor, _ operation: String) throws {
        let labels = try targetLabels(clusters, operation)
        guard points.rank == 2, points.shape[0] == labels.count else {
            throw TensorError.shapes(operation, [points.shape, clusters.shape], detail: "points are [N, D] with N labels")
        }
        guard isEmpty || points.shape[1] == width else {
            throw TensorError.shapes(operation, [points.shape], detail: "the batches before had points of \(width) coordinates")
        }
        width = points.shape[1]
        self.points += try doubles(points)
        self.labels += labels
    }
}
