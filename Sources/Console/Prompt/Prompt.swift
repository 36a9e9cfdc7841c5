import LuaKit

/// The prompt: reads an entry, runs it, shows its values, until the end of input.
final class Prompt {
    private let workbench: Workbench
    private let lines: any LineSource
    private var entryCount = 0
    private var hasHintedAtLocals = false

    private var runtime: Runtime { workbench.runtime }

    /// A prompt at the terminal, or on standard input if that is none.
    init(_ workbench: Workbench) {
        self.workbench = workbench
        if Terminal.isAtBothEnds {
            let (runtime, lua) = (workbench.runtime, workbench.lua)
            lines = LineEditor(
                history: History(folder: History.userFolder), isInterrupted: { runtime.isInterrupted },
                completions: lua.completions)
        } else {
            lines = PlainLines()
        }
    }

    func run() {
        if !workbench.options.showsVersion, workbench.output.isTerminal { workbench.show(Banner.lines) }
        while true {
            switch readEntry() {
            case .end:
                workbench.show([""])
                return
            case .interrupted: break
            case .line(let text) where isFarewell(text): return
            case .line(let text): run(text)
            }
            runtime.clearInterrupt()
        }
    }

    // MARK: Reading

    /// Reads lines until they make a whole entry.
    private func readEntry() -> Input {
        var text = ""
        while true {
            switch lines.read(prompt: prompt(isFirst: text.isEmpty)) {
            case .interrupted: return .interrupted
            case .end: return text.isEmpty ? .end : .line(text)
            case .line(let line):
                text += text.isEmpty ? line : "\n" + line
                if HelpRequest(text) != nil || !isIncomplete(text) { return .line(text) }
            }
        }
    }

    /// `> `, and `>> ` for further lines, unless the globals `_PROMPT` and `_PROMPT2` say otherwise.
    private func prompt(isFirst: Bool) -> String {
        runtime[global: isFirst ? "_PROMPT" : "_PROMPT2"].text ?? (isFirst ? "> " : ">> ")
    }

    /// Whether the text could be made correct by more of it, as a statement or as an expression.
    private func isIncomplete(_ text: String) -> Bool {
        var isIncomplete = false
        for start in ["return ", " "] {
            do throws(LuaError) {
                _ = try runtime.load(start + text + "\n")
                return false
            } catch {
                isIncomplete = isIncomplete || error.kind == .syntax(incomplete: true)
            }
        }
        return isIncomplete
    }

    // MARK: Running

    private func run(_ text: String) {
        if text.trimmed.isEmpty { return }
        lines.remember(text)
        workbench.session.presentation.entry += 1
        do {
            if let request = HelpRequest(text) {
                workbench.show(try HelpPage(workbench).lines(for: request))
                return
            }
            // Plots show themselves; as results they need not be shown again.
            let values = try load(text).call().filter { !workbench.session.presentation.hasShown($0) }
            if runtime.isInterrupted { throw Interrupted() }
            if !values.isEmpty {
                workbench.show(try Inspector.lines(values, lua: workbench.lua, terminal: workbench.output))
            }
            if workbench.options.givesHints { hint(at: text, values) }
        } catch {
            workbench.report(error, isAtPrompt: true)
        }
    }

    /// Compiles an entry, as an expression whose values are shown if it is one.
    private func load(_ text: String) throws -> LuaFunction {
        entryCount += 1
        let name = "entry \(entryCount)"
        let isExpression = (try? runtime.load("return " + text)) != nil
        return try workbench.loadEntry(text + "\n", name: name, isExpression: isExpression)
    }

    /// Whether the text is what people type who want to leave.
    private func isFarewell(_ text: String) -> Bool {
        let words = text.split { $0 == " " || $0 == "(" || $0 == ")" }
        guard words.count == 1, let word = words.first, word == "exit" || word == "quit" else { return false }
        return runtime[global: String(word)].isNil
    }

    // MARK: Hints

    /// Tells of a likely mistake in an entry that ran.
    private func hint(at text: String, _ values: [LuaValue]) {
        if values.count == 1, values[0].isNil, text.trimmed.isLuaName, let advice = Advice.advice(onGlobal: text.trimmed, runtime.globals) {
            workbench.hint(advice)
        } else if !hasHintedAtLocals, let name = unusedLocal(text) {
            hasHintedAtLocals = true
            workbench.hint("'\(name)' was local to this entry and is gone; at the prompt leave out 'local'")
        }
    }
}

/// The local that a text declares and never uses, if that is all the text does.
func unusedLocal(_ text: String) -> String? {
    let tokens = LuaLexer(text).filter { $0.kind != .comment }
    guard tokens.count > 1, tokens[0].isKeyword("local") else { return nil }
    let name = tokens[1].isKeyword("function") && tokens.count > 2 ? tokens[2] : tokens[1]
    let uses = tokens.count { $0.kind == .name && $0.text == name.text }
    return name.kind == .name && uses == 1 ? name.text : nil
}
