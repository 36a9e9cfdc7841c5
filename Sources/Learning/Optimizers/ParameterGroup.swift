import Tensors

/// Parameters that an optimizer updates with the same options.
public final class ParameterGroup {
    public let parameters: [Tensor]
    /// Values by PyTorch's names ("lr", "weight_decay"), in the order in which the optimizer lists
    /// them; switches are 0 or 1.
    public internal(set) var options: [(name: String, value: Double)]

    /// The rate when the first schedule was made, from which all schedules count.
    var initialRate: Double?

    init(_ parameters: [Tensor], _ options: [(name: String, value: Double)]) {
        self.parameters = parameters
        self.options = options
    }

    /// The value of an option; nil when the optimizer has none of the name.
    public subscript(name: String) -> Double? {
        get { options.first { $0.name == name }?.value }
        set {
            guard let newValue, let i = options.firstIndex(where: { $0.name == name }) else { return }
            options[i].value = newValue
        }
    }

    /// The value of an option that the optimizer is known to have.
    func value(_ name: String) -> Double { self[name] ?? 0 }
}

/// An option of an optimizer: its name, default and the values it takes.
public struct OptimizerOption: Sendable {
    public let name: String
    /// The value when none is given; nil when one must be.
    public let value: Double?
    /// What the option does, in a few words.
    public let summary: String
    public let range: Range
    /// For one of two numbers that PyTorch gives together, its name for both: "betas".
    public let pair: String?

    public enum Range: Sendable {
        /// 0 or more.
        case notNegative
        /// More than 0.
        case positive
        /// A whole number from 1, or from 0 where that means a default.
        case count(from: Int)
        /// 0 up to, but not including, 1.
        case fraction
        /// 0 or 1.
        case flag
        /// A name by its position from 1, or 0 for none.
        case choice([String])
        case any
    }

    public init(_ name: String, _ value: Double?, _ summary: String, _ range: Range = .notNegative, pair: String? = nil) {
        self.name = name
        self.value = value
        self.summary = summary
        self.range = range
        self.pair = pair
    }

    /// Refuses a value that the option does not take.
    func check(_ value: Double, _ operation: String) throws {
        let expected: String
        switch range {
        case .notNegative where value >= 0, .positive where value > 0: return
        case .fraction where value >= 0 && value < 1, .flag where value == 0 || value == 1: return
        case .any where !value.isNaN: return
        case .count(let least) where value >= Double(least) && value <= 1e9 && value == value.rounded(): return
        case .choice(let names) where value >= 0 && value <= Double(names.count) && value == value.rounded(): return
        case .notNegative: expected = "must be 0 or more"
        case .positive: expected = "must be more than 0"
        case .fraction: expected = "must be at least 0 and less than 1"
        case .flag: expected = "must be true or false"
        case .any: expected = "must be a number"
        case .count(let least): expected = "must be a whole number from \(least) to 1000000000"
        case .choice(let names): expected = "must be 0 or one of the \(names.count) choices"
        }
        throw LearningError.argument(operation, "\(name) \(expected), got \(shortNumber(value))")
    }
}
