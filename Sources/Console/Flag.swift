/// An option of the command line: how it is written, what `--help` says of it, what it does.
struct Flag: Sendable {
    let name: String
    /// The name of its value, if it takes one.
    let parameter: String?
    let summary: String
    let apply: @Sendable (inout Options, String) throws(UsageError) -> Void

    /// Every option, in the order of `--help`.
    static let all: [Flag] = lua + own

    /// The options of Lua's own program.
    private static let lua = [
        Flag("-e", "stat", "run the Lua text 'stat'") { options, text in
            options.actions.append(.execute(text))
        },
        Flag("-l", "mod", "require 'mod' into a global of that name (g=mod: into g)") { options, text in
            let name = text.prefix { $0 != "=" }
            let module = name.endIndex == text.endIndex ? name : text[name.endIndex...].dropFirst()
            options.actions.append(.require(module: String(module), global: String(name)))
        },
        Flag("-i", "open the prompt after the script") { options in
            options.isInteractive = true
        },
        Flag("-v", "show the version") { options in options.showsVersion = true },
        Flag("-E", "ignore environment variables and the startup file") { options in
            options.ignoresEnvironment = true
        },
        Flag("-W", "turn Lua's warnings on") { options in options.actions.append(.enableWarnings) },
    ]

    /// The options that Lua does not have.
    private static let own = [
        Flag("-g", "warn of globals that were assigned without 'local'") { options in
            options.globals = .warned
        },
        Flag("-gg", "refuse to run a script that has such globals") { options in
            options.globals = .refused
        },
        Flag("--seed", "N", "start the random numbers from N") { (options, text) throws(UsageError) in
            guard let seed = Int64(text) else {
                throw UsageError("'--seed' needs a whole number, not '\(text)'")
            }
            options.seed = seed
        },
        Flag("--threads", "N", "compute on N threads") { (options, text) throws(UsageError) in
            guard let threads = Int(text), threads > 0 else {
                throw UsageError("'--threads' needs a whole number from 1 up, not '\(text)'")
            }
            options.threads = threads
        },
        Flag("--no-rc", "skip the startup file") { options in options.skipsStartupFile = true },
        Flag("--no-color", "write without colour") { options in options.allowsColor = false },
        Flag("--no-hints", "leave out hints on likely mistakes") { options in options.givesHints = false },
        Flag("--help", "show this help") { options in options.showsHelp = true },
    ]

    private init(_ name: String, _ summary: String, apply: @escaping @Sendable (inout Options) -> Void) {
        self.name = name
        self.parameter = nil
        self.summary = summary
        self.apply = { (options, _) throws(UsageError) in apply(&options) }
    }

    private init(
        _ name: String, _ parameter: String, _ summary: String,
        apply: @escaping @Sendable (inout Options, String) throws(UsageError) -> Void
    ) {
        self.name = name
        self.parameter = parameter
        self.summary = summary
        self.apply = apply
    }

    /// The option that `argument` is, and the value written right after it (`-estat`, `--seed=7`).
    static func find(_ argument: String) -> (flag: Flag, attached: String?)? {
        for flag in all {
            if flag.name == argument { return (flag, nil) }
            guard flag.parameter != nil else { continue }
            let start = flag.isLong ? flag.name + "=" : flag.name
            if argument.hasPrefix(start) { return (flag, String(argument.dropFirst(start.count))) }
        }
        return nil
    }

    /// Whether `value` is a negative number and the option wants a number.
    func takesNegative(_ value: String) -> Bool {
        parameter == "N" && Int64(value) != nil
    }

    private var isLong: Bool { name.hasPrefix("--") }
}
