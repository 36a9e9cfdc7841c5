import Tensors

/// The values of each epoch of a training: "loss", each metric, and with validation "val_loss" and
/// so on.
public final class History {
    /// Values by name in order of first appearance, one per epoch; NaN where an epoch has none.
    public private(set) var series: [(name: String, values: [Double])] = []
    /// Number of epochs that were finished.
    public private(set) var epochs = 0
    /// Seconds each epoch took.
    public private(set) var seconds: [Double] = []

    public init() {}

    /// The values of a name; nil when there are none.
    public subscript(name: String) -> [Double]? { series.first { $0.name == name }?.values }

    func append(_ values: [(name: String, value: Double)], seconds: Double) {
        for (name, _) in values where self[name] == nil {
            series.append((name, [Double](repeating: .nan, count: epochs)))
        }
        for i in series.indices {
            series[i].values.append(values.first { $0.name == series[i].name }?.value ?? .nan)
        }
        epochs += 1
        self.seconds.append(seconds)
    }

    /// The values as tensors by name.
    func stateDict() throws -> StateDict {
        var state = StateDict()
        for (name, values) in series + [("", seconds)] { state["values.\(name)"] = try Tensor(values) }
        return state
    }

    /// Restores what `stateDict` gave.
    func loadStateDict(_ state: StateDict) throws {
        var read: [(name: String, values: [Double])] = []
        for (name, tensor) in state.under("values.") {
            read.append((name, try tensor.to(.float64).contiguous().withElements(Double.self) { Array($0) }))
        }
        let count = read.first { $0.name.isEmpty }?.values.count ?? 0
        guard read.allSatisfy({ $0.values.count == count }) else { throw LearningError.argument("history", "its parts differ in length") }
        seconds = read.first { $0.name.isEmpty }?.values ?? []
        series = read.filter { !$0.name.isEmpty }
        epochs = count
    }

    /// Writes the values as a table: a row per epoch, "epoch" counting from 1.
    public func save(_ path: String) throws {
        try writeFile(path) { writer in
            try writer.write((["epoch"] + series.map(\.name)).joined(separator: ",") + "\n")
            for epoch in 0..<epochs {
                try writer.write(([String(epoch + 1)] + series.map { String($0.values[epoch]) }).joined(separator: ",") + "\n")
            }
        }
    }
}
