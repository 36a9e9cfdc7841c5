import Tensors

/// Something that is learnt from training features and then applied to any features, such as a
/// scaler or an encoder.
///
/// ```swift
/// let scaler = try StandardScaler()
/// let x = try scaler.fitTransform(.tensor(train))
/// let y = try scaler.transform(.tensor(test))
/// ```
/// Options, values and results are those of scikit-learn's class of the name. NaN is missing.
open class Transform {
    /// The class's name in Lua and in files.
    open class var kind: String { "Transform" }
    open class var summary: String { "" }
    /// What can be set, with defaults.
    open class var options: [TransformOption] { [] }
    /// Options of scikit-learn's that make no sense here, with the reason.
    open class var refused: [String: String] { [:] }

    /// All options as they are set.
    public let settings: [String: JSON]
    /// How many features it was fitted on; nil before.
    public internal(set) var width: Int?
    /// Their names, when it was fitted on a frame.
    public internal(set) var names: [String]?
    /// The type of the numbers it was fitted on, float32 for frames and whole numbers.
    public internal(set) var dtype = DType.float32
    /// The numbers learnt, by name, float64.
    public internal(set) var learned = StateDict()
    /// The values learnt for each feature, in order; empty for transforms that learn numbers.
    public internal(set) var categories: [[Value]] = []

    /// - Throws: for an option that does not exist, naming the nearest, or a value it does not take.
    public required init(_ settings: [String: JSON] = [:]) throws {
        var all: [String: JSON] = [:]
        for option in Self.options { all[option.name] = option.value }
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            guard let option = Self.options.first(where: { $0.name == name }) else {
                if let reason = Self.refused[name] ?? Transform.alwaysRefused[name] { throw LearningError.argument(Self.kind, "there is no option \(name): \(reason)") }
                let near = nearest(name, Self.options.map(\.name)).map { ". Did you mean \($0)?" } ?? ""
                throw LearningError.argument(Self.kind, "there is no option \(name)\(near)")
            }
            // NaN is what null means: a missing value.
            let value = if case .number(let number) = value, number.isNaN { JSON.null } else { value }
            if let problem = option.problem(with: value) { throw LearningError.argument(Self.kind, "\(name) \(problem)") }
            all[name] = value
        }
        self.settings = all
        try check()
    }

    private static let alwaysRefused = [
        "copy": "transforms never change their input",
        "dtype": "results have the type of the features; convert them with :to(dtype)",
    ]

    // MARK: Using

    public var isFitted: Bool { width != nil }

    /// Learns from features.
    ///
    /// - Throws: when they hold what this transform cannot learn from; it stays as it was then.
    @discardableResult
    public func fit(_ features: Features) throws -> Self {
        let name = Self.kind + ".fit", (columns, rows) = try features.columns(name)
        guard rows > 0 else { throw LearningError.argument(name, "there are no rows to learn from") }
        guard !columns.isEmpty else { throw LearningError.argument(name, "there are no features to learn from") }
        let before = (learned, categories)
        do { try learn(columns, rows: rows) } catch {
            (learned, categories) = before
            if isFitted { try checkLearned() }
            throw error
        }
        didFit(features, columns.count)
        if learnsFromValues { Fitted.remember(features, Self.kind) }
        return self
    }

    func didFit(_ features: Features, _ width: Int) {
        self.width = width
        if case .frame(let frame) = features { names = frame.names } else { names = nil }
        if case .tensor(let tensor) = features, tensor.dtype.isFloatingPoint { dtype = tensor.dtype } else { dtype = .float32 }
    }

    /// The transformed features: a tensor for a tensor, a frame for a frame.
    ///
    /// - Throws: before `fit`, and when the number or names of features differ from those seen there.
    public func transform(_ features: Features) throws -> Features {
        let name = Self.kind + ".transform"
        let (columns, rows) = try matching(features, name)
        let result = try features.similar(apply(columns, rows: rows), rows: rows, operation: name)
        Fitted.inherit(from: features, result)
        return result
    }

    public func fitTransform(_ features: Features) throws -> Features {
        try fit(features)
        return try transform(features)
    }

    /// The features that transformed ones came from.
    ///
    /// - Throws: before `fit`, and where the way back is not known.
    public func inverseTransform(_ features: Features) throws -> Features {
        let name = Self.kind + ".inverse_transform"
        try checkFitted(name)
        let (columns, rows) = try features.columns(name)
        guard columns.count == outputWidth else {
            throw LearningError.argument(name, "this gives \(outputWidth) features, not \(columns.count)")
        }
        var result = try revert(columns, rows: rows)
        for i in result.indices { if let names, i < names.count { result[i].name = names[i] } }
        return try features.similar(result, rows: rows, operation: name)
    }

    /// How many features it gives.
    public var outputWidth: Int { width ?? 0 }

    func checkFitted(_ operation: String) throws {
        if width == nil { throw LearningError.argument(operation, "call fit first") }
    }

    /// The columns as they were at `fit`, by name where both have names.
    private func matching(_ features: Features, _ operation: String) throws -> (columns: [Column], rows: Int) {
        try checkFitted(operation)
        if case .frame(let frame) = features, let names {
            return (try names.map { try frame.column($0, operation: operation) }, frame.rowCount)
        }
        let (columns, rows) = try features.columns(operation)
        guard columns.count == width else {
            throw LearningError.argument(operation, "fitted on \(width ?? 0) features, got \(columns.count)")
        }
        return (columns, rows)
    }

    // MARK: For transforms to say

    /// Whether results depend on the values of rows seen at `fit`, so that rows for testing leak through.
    var learnsFromValues: Bool { false }

    /// Refuses options that do not fit together.
    func check() throws {}

    /// Learns numbers and categories, which come back when it throws.
    func learn(_ columns: [Column], rows: Int) throws {}

    func apply(_ columns: [Column], rows: Int) throws -> [Column] { columns }

    func revert(_ columns: [Column], rows: Int) throws -> [Column] {
        throw LearningError.argument(Self.kind + ".inverse_transform", "there is no way back from a \(Self.kind)")
    }

    /// Takes what was learnt from `learned` and `categories`; refuses what no `fit` could have left there.
    func checkLearned() throws {}
}

/// A setting of a transform.
public struct TransformOption: Sendable {
    public let name: String
    public let value: JSON
    public let summary: String
    /// The texts it takes, where it takes only some.
    public let choices: [String]
    /// Whether it takes a number, even if the default is null or a text.
    public let takesNumber: Bool
    /// Whether it takes a list of anything, which the transform looks at itself.
    public let takesList: Bool

    init(_ name: String, _ value: JSON, _ summary: String, choices: [String] = [], takesNumber: Bool = false, takesList: Bool = false) {
        self.name = name
        self.value = value
        self.summary = summary
        self.choices = choices
        self.takesNumber = takesNumber
        self.takesList = takesList
    }

    /// What is wrong with a value, or nil.
    func problem(with given: JSON) -> String? {
        func list(_ words: [String]) -> String { words.map { "\"\($0)\"" }.joined(separator: ", ") }
        if given == value { return nil }
        if case .number(let number) = given, !number.isFinite { return "must be finite" }
        switch (given, value) {
        case (.array, _) where takesList: return nil
        case (.integer, _) where takesNumber, (.number, _) where takesNumber: return nil
        case (.bool, .bool), (.integer, .integer), (.integer, .number), (.number, .number): return nil
        case (.number(let number), .integer) where number == number.rounded() && abs(number) < 0x1p53: return nil
        case (.string(let text), .string), (.string(let text), .null):
            return choices.isEmpty || choices.contains(text) ? nil : "must be one of \(list(choices)), not \"\(text)\""
        case (.array(let values), .array(let defaults)):
            let areNumbers = values.allSatisfy { if case .integer = $0 { true } else if case .number = $0 { true } else { false } }
            return areNumbers && values.count == defaults.count ? nil : "must be a list of \(defaults.count) numbers, not \(given.text)"
        default: break
        }
        var kinds: [String] = []
        switch value {
        case .bool: kinds.append("true or false")
        case .integer: kinds.append("a whole number")
        case .number: kinds.append("a number")
        case .array(let defaults): kinds.append("a list of \(defaults.count) numbers")
        case .string where choices.isEmpty: kinds.append("a text")
        default: break
        }
        if takesNumber { kinds.append("a number") }
        if !choices.isEmpty { kinds.append(choices.count == 1 ? "\"\(choices[0])\"" : "one of \(list(choices))") }
        if takesList { kinds.append("a list") }
        return "must be \(kinds.joined(separator: " or ")), not \(given.text)"
    }
}

extension Transform {
    func flag(_ name: String) -> Bool { settings[name] == .bool(true) }

    func number(_ name: String) -> Double? {
        switch settings[name] {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    func integer(_ name: String) -> Int { number(name).flatMap { Int(exactly: $0) } ?? 0 }
    func text(_ name: String) -> String { if case .string(let text) = settings[name] { text } else { "" } }

    /// The elements of an option that is a list.
    func list(_ name: String) -> [JSON]? { if case .array(let values) = settings[name] { values } else { nil } }

    func numbers(_ name: String) -> [Double] {
        (list(name) ?? []).map { value in
            switch value {
            case .integer(let value): Double(value)
            case .number(let value): value
            default: .nan
            }
        }
    }

    /// Learnt numbers as a list; empty before `fit`.
    func values(_ name: String) -> [Double] { learned[name].flatMap { try? doubles($0) } ?? [] }

    /// Sets a learnt vector.
    func learn(_ name: String, _ values: [Double], shape: [Int]? = nil) throws {
        learned[name] = try Tensor(values, shape: shape ?? [values.count])
    }
}

extension JSON: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByNilLiteral
{
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(nilLiteral: ()) { self = .null }
}
