import Tensors

/// Saves the model, or the whole training, at the end of epochs.
public final class ModelCheckpoint: Callback {
    private let path: String
    private let monitor: Monitor?
    private let savesBestOnly: Bool
    private let savesWeightsOnly: Bool
    private let every: Int
    private var best: Double
    private var saved: String?

    /// - Parameters:
    ///   - path: of the file; "{epoch}" and the names of values in braces are filled in, "{epoch:02}"
    ///     with two digits, "{val_loss:.3}" with three decimals.
    ///   - monitor: the value that tells which is best.
    ///   - savesBestOnly: whether only improvements are saved.
    ///   - savesWeightsOnly: whether the file is one that `load` reads, rather than a checkpoint from
    ///     which `fit` goes on.
    ///   - every: epochs from one save to the next.
    public init(
        _ path: String, monitor: String? = nil, savesBestOnly: Bool = false, savesWeightsOnly: Bool = false, mode: String = "auto",
        every: Int = 1
    ) throws {
        try requirePositive("ModelCheckpoint", ("every", every))
        self.path = path
        self.monitor = try savesBestOnly || monitor != nil ? Monitor("ModelCheckpoint", monitor ?? "val_loss", mode: mode) : nil
        (self.savesBestOnly, self.savesWeightsOnly, self.every) = (savesBestOnly, savesWeightsOnly, every)
        best = self.monitor?.worst ?? .nan
        _ = try FilledPath.parse(path)
    }

    public override var monitored: [String] {
        let named = (try? FilledPath.parse(path))?.compactMap(\.name).filter { $0 != "epoch" } ?? []
        return (monitor.map { [$0.name] } ?? []) + named
    }
    public override var comesLast: Bool { true }

    public override func onTrainBegin(_ state: TrainingState) { (best, saved) = (monitor?.worst ?? .nan, nil) }

    public override func onEpochEnd(_ state: TrainingState) throws {
        guard (state.epoch + 1) % every == 0 else { return }
        var isBest = false
        if let monitor {
            let value = state.monitored(monitor.name)
            isBest = monitor.isBetter(value, than: best)
            if isBest { best = value }
        }
        guard isBest || !savesBestOnly else { return }
        let file = try FilledPath.parse(path).map { part in
            part.name.map { part.text($0 == "epoch" ? Double(state.epoch + 1) : state.monitored($0)) } ?? part.literal
        }.joined()
        if savesWeightsOnly { try state.model.save(file) } else { try state.saveCheckpoint(file, state) }
        saved = file
    }

    public override var fields: [(name: String, value: Scalar)] { best.isFinite ? [("best", .double(best))] : [] }
    /// The file that was written last.
    public var lastPath: String? { saved }

    public override func stateDict() throws -> StateDict { try StateDict(numbers: ["best": best]) }
    public override func loadStateDict(_ state: StateDict) throws { best = try state.numbers()["best"] ?? best }
}

/// A path with places to fill in.
struct FilledPath {
    var literal = ""
    var name: String?
    /// Digits at least, filled up with zeros.
    private var digits = 0
    private var decimals: Int?

    static func parse(_ path: String) throws -> [FilledPath] {
        var parts: [FilledPath] = [], literal = "", rest = path[...]
        while let open = rest.firstIndex(of: "{") {
            literal += rest[..<open]
            rest = rest[rest.index(after: open)...]
            guard let close = rest.firstIndex(of: "}") else { throw LearningError.argument("ModelCheckpoint", "a brace is not closed in the path \"\(path)\"") }
            let words = rest[..<close].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            rest = rest[rest.index(after: close)...]
            var part = FilledPath(name: String(words.first ?? ""))
            if words.count == 2 {
                let form = words[1].last.map { "df".contains($0) } == true ? words[1].dropLast() : words[1]
                let numbers = form.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
                guard let width = numbers[0].isEmpty ? 0 : Int(numbers[0]), (0...20).contains(width) else { throw bad(path, words[1]) }
                part.digits = width
                if numbers.count == 2 {
                    guard let decimals = Int(numbers[1]), (0...15).contains(decimals) else { throw bad(path, words[1]) }
                    part.decimals = decimals
                }
            }
            parts.append(FilledPath(literal: literal))
            parts.append(part)
            literal = ""
        }
        return parts + [FilledPath(literal: literal + rest)]
    }

    private static func bad(_ path: String, _ form: Substring) -> LearningError {
        .argument("ModelCheckpoint", "\":\(form)\" in the path \"\(path)\" should be like \":02\" or \":.3\"")
    }

    func text(_ value: Double) -> String {
        let text = decimals.map { TextProgress.fixed(value, $0) } ?? (value == value.rounded() ? shortNumber(value) : TextProgress.significant(value))
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
