/// What the command line asks for.
///
/// Lua's own options keep Lua's own rules: they come before the script, may be repeated, and those
/// that run something run in the order given.
public struct Options: Equatable, Sendable {
    /// Something to run before the script.
    public enum Action: Equatable, Sendable {
        /// `-e stat`: runs a piece of Lua.
        case execute(String)
        /// `-l mod` or `-l name=mod`: requires a module into a global.
        case require(module: String, global: String)
        /// `-W`: turns Lua's warnings on.
        case enableWarnings
    }

    /// Where the script comes from.
    public enum Script: Equatable, Sendable {
        case file(String)
        case standardInput
    }

    /// What happens to globals that a script assigns without `local`.
    public enum Globals: Equatable, Sendable {
        case allowed, warned, refused
    }

    public internal(set) var actions: [Action] = []
    public internal(set) var script: Script?
    /// What the script gets as `...`.
    public internal(set) var scriptArguments: [String] = []
    /// What came before the script: `arg` holds it at negative positions.
    public internal(set) var leadingArguments: [String] = []
    public internal(set) var isInteractive = false
    public internal(set) var showsVersion = false
    public internal(set) var showsHelp = false
    public internal(set) var ignoresEnvironment = false
    public internal(set) var skipsStartupFile = false
    public internal(set) var allowsColor = true
    public internal(set) var givesHints = true
    public internal(set) var globals = Globals.allowed
    public internal(set) var seed: Int64?
    public internal(set) var threads: Int?

    /// Nothing asked for: the prompt, or a script from standard input.
    public init() {}
}

/// A command line that cannot be understood.
public struct UsageError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
