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
