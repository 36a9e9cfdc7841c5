@preconcurrency import Glibc
import LuaKit
import NightjarKit

/// What running a command line and the prompt share: the session, the texts of all chunks, and how
/// things are written.
final class Workbench {
    let session: Session
    let lua: LuaFunctions
    let options: Options
    private(set) var sources = SourceTexts()
    private var checkedModules: Set<String> = []

    var runtime: Runtime { session.runtime }

    init(_ session: Session, options: Options) {
        self.session = session
        self.options = options
        lua = LuaFunctions(session.runtime)
        if options.givesHints { session.presentation.hint = { [unowned self] in hint($0) } }
    }

    /// Standard output as it is now; a terminal may have changed its size.
    var output: Terminal { Terminal(1, allowsColor: options.allowsColor) }
    /// Standard error as it is now.
    var errors: Terminal { Terminal(2, allowsColor: options.allowsColor) }

    // MARK: Chunks

    /// Compiles the text of a file, whose name is shown as it is.
    func loadFile(_ bytes: [UInt8], name: String, kind: GlobalCheck.Kind = .file) throws -> LuaFunction {
        try load(bytes, name: name, luaName: "@" + name, kind: kind)
    }

    /// Compiles a text that was entered, shown under a name such as "entry 3"; of an expression the
    /// function gives the values.
    func loadEntry(_ text: String, name: String, isExpression: Bool = false) throws -> LuaFunction {
        // The space keeps a "#" from being taken for the first line of a script.
        try load(
            Array(text.utf8), after: isExpression ? "return " : " ", name: name, luaName: "=" + name, kind: .entry)
    }

    private func load(
        _ bytes: [UInt8], after start: String = "", name: String, luaName: String, kind: GlobalCheck.Kind
    ) throws -> LuaFunction {
        let text = String(decoding: bytes, as: UTF8.self)
        sources.add(text, name: name)
        let function = try runtime.load(start.utf8 + bytes, name: luaName)
        try checkGlobals(of: text, name: name, kind: kind)
        return function
    }

    /// Warns of accidental globals in a text and in the modules it requires, or refuses them, as
    /// the options ask.
    private func checkGlobals(of text: String, name: String, kind: GlobalCheck.Kind) throws {
        guard options.globals != .allowed else { return }
        var assigned: [String] = []
        var undefined: [String] = []
        var waiting = [(text: text, name: name, kind: kind)]
        while let next = waiting.popLast() {
            let globals = runtime.globals
            let findings = GlobalCheck.findings(
                in: next.text, name: next.name, kind: next.kind, isDefined: { !globals[$0].isNil },
                definedNames: { globals.pairs.compactMap(\.key.text) })
            assigned += findings.assigned
            undefined += findings.undefined
            for module in requiredModules(next.text) {
                guard checkedModules.insert(module).inserted, let file = lua.file(ofModule: module),
                    let bytes = Files.read(file)
                else { continue }
                waiting.append((String(decoding: bytes, as: UTF8.self), file, .file))
            }
        }
        if options.globals == .refused, !assigned.isEmpty {
            throw AccidentalGlobals(description: assigned.joined(separator: "\n"))
        }
        for finding in assigned + undefined { warn(finding) }
    }

    // MARK: Messages

    /// Writes lines to standard output, after all that scripts have printed.
    func show(_ lines: [String]) {
        for line in lines { runtime.write(line + "\n") }
        fflush(stdout)
    }

    /// Writes a warning to standard error.
    func warn(_ text: String) {
        complain([errors.styled("nightjar: warning: \(text)", .dim)])
    }

    /// Writes a hint to standard error.
    func hint(_ text: String) {
        complain([errors.styled("hint: \(text)", .dim)])
    }

    /// Writes an error to standard error, after `nightjar:` unless it happened at the prompt.
    func report(_ error: any Error, isAtPrompt: Bool = false) {
        let report = ErrorReport(error, message: contents(of: error) ?? advised(error))
        complain(report.lines(program: isAtPrompt ? nil : "nightjar", sources: sources, terminal: errors))
    }

    /// What an error that is a table without a text of its own holds.
    private func contents(of error: any Error) -> String? {
        guard !error.isInterrupt, let table = (error as? LuaError)?.value.table, !lua.hasOwnText(table),
            let lines = try? Inspector.lines([.table(table)], lua: lua, terminal: errors)
        else { return nil }
        return "error object " + lines.joined(separator: "\n")
    }

    /// The message of an error with what to do about it, where that is known.
    private func advised(_ error: any Error) -> String? {
        guard options.givesHints, let message = (error as? LuaError)?.message else { return nil }
        let line = SourceLocation(startOf: message).flatMap { sources.lines($0.line...$0.line, of: $0.name)?.first }
        return Advice.advice(on: message, line: line, globals: runtime.globals).map { "\(message). \($0.prefix(1).uppercased())\($0.dropFirst())" }
    }

    private func complain(_ lines: [String]) {
        fflush(stdout)
        for line in lines { fputs(line + "\n", stderr) }
        fflush(stderr)
    }
}
