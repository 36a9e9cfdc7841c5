/// The candidate most like a name, if one is like enough.
///
/// Case counts for little, and two neighbours swapped count as one mistake.
public func nearest(to name: String, in candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().utf8)
    guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in candidates {
        let other = Array(candidate.lowercased().utf8)
        let most = min(max(1, min(wanted.count, other.count) / 3), 3)
        guard abs(wanted.count - other.count) <= most else { continue }
        let distance = editDistance(wanted, other)
        // Names of one letter are near to none.
        if distance <= most, distance < max(wanted.count, other.count), distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
}

/// The number of letters to insert, delete, replace or swap with a neighbour.
func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var before: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
        var row = [i + 1]
        for j in 0..<b.count {
            var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
            row.append(cost)
        }
        before = last
        last = row
    }
    return last[b.count]
}
