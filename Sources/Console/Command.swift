@preconcurrency import Glibc
import Bindings
import LuaKit
import NightjarKit

/// One run of the program: what its command line asks for, in Lua's order.
public struct Command {
    /// The codes the program exits with.
    enum ExitCode {
        static let success: Int32 = 0
        static let error: Int32 = 1
        static let usage: Int32 = 2
        static let interrupted: Int32 = 130
    }

    private let program: String
    private let workbench: Workbench
    private var options: Options { workbench.options }
    private var runtime: Runtime { workbench.runtime }

    /// Runs the program with the arguments it was started with, its own name first; the exit code.
    public static func run(_ arguments: [String]) -> Int32 {
        do {
            let options = try Options(Array(arguments.dropFirst()))
            if options.showsHelp {
                print(Flag.help)
                return ExitCode.success
            }
            if options.ignoresEnvironment { forgetLuaVariables() }
            let session = try Session(
                seed: options.seed, threads: options.threads, presentation: presentation(options))
            let workbench = Workbench(session, options: options)
            return Command(program: arguments.first ?? "nightjar", workbench: workbench).run()
        } catch let error as UsageError {
            fputs("nightjar: \(error)\n\(Flag.usage)\n", stderr)
            return ExitCode.usage
        } catch {
            fputs("nightjar: \(error)\n", stderr)
            return ExitCode.error
        }
    }

    private static func presentation(_ options: Options) -> Presentation {
        let allowsColor = options.allowsColor
        let terminal = Terminal(1, allowsColor: allowsColor)
        return Presentation(
            isTerminal: terminal.isTerminal, usesColor: terminal.hasColor,
            width: { Terminal(1, allowsColor: allowsColor).columns }, height: { Terminal(1, allowsColor: allowsColor).rows })
    }

    /// Hides the variables that Lua itself reads while it opens.
    private static func forgetLuaVariables() {
        for name in ["LUA_PATH", "LUA_CPATH"] {
            unsetenv(name)
            unsetenv(name + "_5_4")
        }
    }

    private func run() -> Int32 {
        runtime.installInterruptSignal()
        if options.showsVersion { workbench.show([Banner.version]) }
        setArguments()
        do {
            try runSteps()
            if runtime.isInterrupted { throw Interrupted() }
        } catch {
            workbench.report(error)
            guard error.isInterrupt else { return ExitCode.error }
            guard options.isInteractive else { return ExitCode.interrupted }
            openPrompt()
        }
        fflush(stdout)
        return ExitCode.success
    }

    private func runSteps() throws {
        let hasPrompt = options.isInteractive || isForPromptOnly && isatty(0) == 1
        if !options.ignoresEnvironment { try runInit() }
        if hasPrompt, !options.ignoresEnvironment, !options.skipsStartupFile { try runStartupFile() }
        for action in options.actions { try run(action) }
        if let script = options.script {
            try run(script)
        } else if isForPromptOnly, !hasPrompt {
            try run(.standardInput)
        }
        if hasPrompt { openPrompt() }
    }

    /// Whether nothing but the prompt, or a script from standard input, is asked for.
    private var isForPromptOnly: Bool {
        options.script == nil && !options.showsVersion
            && !options.actions.contains { if case .execute = $0 { true } else { false } }
    }

    // MARK: Steps

    /// Makes the table `arg`: the script at 0, its arguments after it, what came before it before.
    private func setArguments() {
        var all = [program] + options.leadingArguments
        let position = options.script == nil ? 0 : all.count
        switch options.script {
        case .file(let name): all.append(name)
        case .standardInput: all.append("-")
        case nil: break
        }
        all += options.scriptArguments
        guard let table = (try? runtime.run("return {}"))?.first?.table else { return }
        for (index, argument) in all.enumerated() { table[index - position] = .text(argument) }
        runtime[global: "arg"] = .table(table)
    }

    /// Runs what the variable LUA_INIT holds: Lua text, or a file's name after "@".
    private func runInit() throws {
        let names = ["LUA_INIT_5_4", "LUA_INIT"]
        guard let name = names.first(where: { getenv($0) != nil }), let text = Files.environment(name) else { return }
        if text.hasPrefix("@") {
            try runFile(String(text.dropFirst()), isSetup: true)
        } else {
            try workbench.loadEntry(text, name: name).call()
        }
    }

    /// Runs `nightjar/rc.lua` in `$XDG_CONFIG_HOME` or `~/.config`, if there is one.
    private func runStartupFile() throws {
        guard let path = Files.folder("XDG_CONFIG_HOME", inHome: ".config").map({ $0 + "/rc.lua" }), Files.exists(path)
        else { return }
        do {
            try runFile(path, isSetup: true)
        } catch {
            // The prompt opens all the same.
            workbench.report(error)
            runtime.clearInterrupt()
        }
    }

    private func run(_ action: Options.Action) throws {
        switch action {
        case .execute(let text): try workbench.loadEntry(text, name: "(command line)").call()
        case .require(let module, let global):
            let require = runtime[global: "require"].function
            runtime[global: global] = try require?.call([.text(module)]).first ?? .nil
        case .enableWarnings: try runtime.run("warn('@on')")
        }
    }

    private func run(_ script: Options.Script) throws {
        let arguments = options.scriptArguments.map { LuaValue.text($0) }
        switch script {
        case .file(let path): try runFile(path, arguments)
        case .standardInput:
            guard let bytes = Files.read(descriptor: 0) else { throw UnreadableFile(path: "standard input") }
            try workbench.loadFile(bytes, name: "stdin").call(arguments)
        }
    }

    /// Runs a file; one for setting up may make globals as it likes.
    private func runFile(_ path: String, _ arguments: [LuaValue] = [], isSetup: Bool = false) throws {
        guard let bytes = Files.read(path) else { throw UnreadableFile(path: path) }
        try workbench.loadFile(bytes, name: path, kind: isSetup ? .entry : .file).call(arguments)
    }

    private func openPrompt() {
        runtime.clearInterrupt()
        Prompt(workbench).run()
    }
}

/// A script that is not there or cannot be read.
struct UnreadableFile: Error, CustomStringConvertible {
    let description: String

    /// Takes the reason from `errno`.
    init(path: String) {
        description = "cannot read '\(path)': \(String(cString: strerror(errno)))"
    }
}
