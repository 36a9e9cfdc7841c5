import Tensors

/// What can go wrong in learning, beside what goes wrong in a tensor operation.
public enum LearningError: Error, Equatable {
    /// An argument that cannot be used; the text names it.
    case argument(String, String)
    /// A file that cannot be read or written, and where in it.
    case file(String, FilePosition?, String)
    /// Names or shapes that do not fit a module. Nothing was changed.
    case state(String, StateMismatch)
    /// A monitored value that training does not produce.
    case unknownMonitor(String, monitored: String, known: [String])

    /// A place in a file.
    public enum FilePosition: Equatable, Sendable {
        /// Counted in bytes from 0.
        case offset(Int)
        /// Counted from 1.
        case line(Int)
    }
}

/// How a state differs from what a module expects.
public struct StateMismatch: Equatable, Sendable {
    public var missing: [String] = []
    public var unexpected: [String] = []
    public var misshapen: [(name: String, given: [Int], expected: [Int])] = []

    public var isEmpty: Bool { missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty }

    public static func == (a: StateMismatch, b: StateMismatch) -> Bool {
        a.missing == b.missing && a.unexpected == b.unexpected
            && a.misshapen.elementsEqual(b.misshapen) { $0.name == $1.name && $0.given == $1.given && $0.expected == $1.expected }
    }
}

extension LearningError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .argument(let operation, let text): return "\(operation): \(text)"
        case .file(let path, let position, let text):
            switch position {
            case nil: return "\(path): \(text)"
            case .line(let line): return "\(path):\(line): \(text)"
            case .offset(let offset): return "\(path): at byte \(offset): \(text)"
            }
        case .state(let operation, let mismatch): return "\(operation): \(mismatch.description)"
        case .unknownMonitor(let operation, let monitored, let known):
            return "\(operation): there is no value named \"\(monitored)\" to monitor; there are "
                + known.map { "\"\($0)\"" }.joined(separator: ", ")
                + (monitored.hasPrefix("val_") && !known.contains("val_loss") ? ". Those of a validation set need {validation=}" : "")
        }
    }
}

extension StateMismatch: CustomStringConvertible {
    public var description: String {
        var parts: [String] = []
        if !missing.isEmpty { parts.append("missing " + StateMismatch.list(missing)) }
        if !unexpected.isEmpty { parts.append("unexpected " + StateMismatch.list(unexpected)) }
        for (name, given, expected) in misshapen.prefix(5) {
            parts.append("\"\(name)\" has shape \(Tensors.describe(given)), expected \(Tensors.describe(expected))")
        }
        if misshapen.count > 5 { parts.append("and \(misshapen.count - 5) more of another shape") }
        return parts.joined(separator: "; ") + ". Nothing was loaded."
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(8).map { "\"\($0)\"" }.joined(separator: ", ")
            + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }
}
