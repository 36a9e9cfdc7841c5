import Plotting
import Testing

@Suite struct TickTests {
    /// Axis, wanted number, and the labels expected.
    static let linearCases: [(Double, Double, Int, [String])] = [
        (0, 1, 5, ["0.00", "0.25", "0.50", "0.75", "1.00"]),
        (0, 10, 6, ["0", "2", "4", "6", "8", "10"]),
        (0, 100, 5, ["0", "25", "50", "75", "100"]),
        (-1.1, 1.1, 5, ["-1.0", "-0.5", "0.0", "0.5", "1.0"]),
        (3.2, 97, 6, ["20", "40", "60", "80"]),
        (0.0499, 2.2, 5, ["0.5", "1.0", "1.5", "2.0"]),
        (99.9, 100.1, 5, ["99.90", "99.95", "100.00", "100.05", "100.10"]),
        (0, 2.5e7, 6, ["0", "0.5e7", "1.0e7", "1.5e7", "2.0e7", "2.5e7"]),
        (0, 3e-5, 4, ["0", "1e-5", "2e-5", "3e-5"]),
        (-1e308, 0, 3, ["-1.0e308", "-0.5e308", "0"]),
    ]

    @Test(arguments: linearCases)
    func linear(_ low: Double, _ high: Double, _ count: Int, _ expected: [String]) {
        #expect(Ticks.labels(Ticks.linear(low: low, high: high, count: count)).map(\.plain) == expected)
    }

    static let logarithmicCases: [(Double, Double, Int, [String])] = [
        (1e-5, 1, 8, ["1e-5", "1e-4", "1e-3", "1e-2", "1e-1", "1e0"]),
        (0.05, 300, 5, ["0.1", "1", "10", "100"]),
        (1, 1e12, 5, ["1e0", "1e3", "1e6", "1e9", "1e12"]),
        (2, 60, 6, ["2", "5", "10", "20", "50"]),
        (1, 1.4, 5, ["1", "1.1", "1.2", "1.3", "1.4"]),
        (1e-300, 1e300, 4, ["1e-151", "1e0", "1e151"]),
    ]

    @Test(arguments: logarithmicCases)
    func logarithmic(_ low: Double, _ high: Double, _ count: Int, _ expected: [String]) {
        let ticks = Ticks.logarithmic(low: low, high: high, count: count)
        #expect(Ticks.labels(ticks, scale: .log).map(\.plain) == expected)
    }

    /// Whatever the axis: ticks in order, on it, not crowded, and told apart by their labels.
    @Test func anyAxis() {
        var draws = Draws(11)
        for _ in 0..<400 {
            let low = (draws.uniform() - 0.5) * pow10(Int(draws.uniform() * 24) - 12)
            let high = low + draws.uniform() * pow10(Int(draws.uniform() * 24) - 12) + abs(low) * 1e-9
            guard high > low else { continue }
            let count = 2 + Int(draws.uniform() * 8)
            let ticks = Ticks.linear(low: low, high: high, count: count)
            #expect(ticks.count >= 1 && ticks.count <= 2 * count + 1, "\(low) \(high) \(count): \(ticks)")
            let room = (high - low) * 1e-5
            #expect(ticks.allSatisfy { $0 >= low - room && $0 <= high + room })
            #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0 < $1 })
            let labels = Ticks.labels(ticks).map(\.plain)
            #expect(Set(labels).count == labels.count, "\(low) \(high): \(labels)")
        }
    }

    private func pow10(_ n: Int) -> Double { (0..<abs(n)).reduce(1) { x, _ in n < 0 ? x / 10 : x * 10 } }

    @Test func wholeNumbers() {
        #expect(Ticks.linear(low: 1, high: 3, count: 8, whole: true) == [1, 2, 3])
        #expect(Ticks.linear(low: 0.8, high: 10.4, count: 5, whole: true).allSatisfy { $0 == $0.rounded() })
    }

    @Test(arguments: [(1.0, 1.0), (.nan, 1), (0, .infinity), (2, 1), (0, Double.leastNonzeroMagnitude), (1e16, 1e16 + 2)])
    func degenerate(_ low: Double, _ high: Double) {
        _ = Ticks.labels(Ticks.linear(low: low, high: high, count: 5))
        _ = Ticks.labels(Ticks.logarithmic(low: low, high: high, count: 5), scale: .log)
    }
}
