@preconcurrency import CReadline
@preconcurrency import Glibc

/// Lines typed at a terminal, with readline's editing, history and completion.
///
/// Readline keeps its state in globals, so there is one editor at a time, on the main thread.
final class LineEditor: LineSource {
    private var history: History
    private var hasWarned = false
    private let isInterrupted: () -> Bool
    fileprivate let completions: (_ textBeforeCursor: String) -> Completions
    fileprivate var wasInterrupted = false
    fileprivate var endsGiven = 0
    fileprivate var matches: [String] = []

    /// An editor that asks `completions` what may follow. Readline passes Ctrl-C on to the program's
    /// own handler, after which `isInterrupted` must be true.
    init(
        history: History, isInterrupted: @escaping () -> Bool,
        completions: @escaping (_ textBeforeCursor: String) -> Completions
    ) {
        self.history = history
        self.isInterrupted = isInterrupted
        self.completions = completions
        rl_readline_name = strdup("nightjar").map { UnsafePointer($0) }
        // Defaults that the user's inputrc may still change.
        rl_variable_bind("show-all-if-ambiguous", "on")
        rl_variable_bind("revert-all-at-newline", "on")
        rl_variable_bind("blink-matching-paren", "on")
        rl_initialize()
        using_history()
        for entry in history.entries { add_history(entry) }
        rl_getc_function = { _ in nextByte() }
        rl_prep_term_function = { meta in prepareTerminal(meta) }
        rl_bind_key(Int32(UInt8(ascii: "\t"))) { count, key in completeOrIndent(count, key) }
        rl_attempted_completion_function = { text, start, end in complete(text, Int(start), Int(end)) }
        rl_completion_word_break_hook = { wordBreaks() }
        rl_basic_quote_characters = nil
    }

    func read(prompt: String) -> Input {
        current = self
        defer { current = nil }
        wasInterrupted = false
        endsGiven = 0
        rl_reset_screen_size()
        let line = readline(prompt)
        defer { free(line) }
        noticeInterrupt()
        if wasInterrupted { return .interrupted }
        return line.map { .line(String(cString: $0)) } ?? .end
    }

    /// Handles a signal that readline has caught; an interrupt counts until the line is given up.
    fileprivate func noticeInterrupt() {
        let before = wasInterrupted
        if rl_pending_signal() == SIGINT { wasInterrupted = true }
        rl_check_signals()
        if isInterrupted() { wasInterrupted = true }
        guard wasInterrupted, !before else { return }
        // What was typed before goes, as the kernel would have it.
        tcflush(fileno(rl_instream), TCIFLUSH)
        // Outside of readline the kernel throws output away just after it has sent the signal; the next
        // prompt must come later.
        usleep(2000)
    }

    func remember(_ entry: String) {
        if let position = history.entries.firstIndex(of: entry) {
            free_history_entry(remove_history(Int32(position)))
        }
        add_history(entry)
        if !history.append(entry), !hasWarned {
            hasWarned = true
            fputs("nightjar: the history cannot be saved\n", stderr)
        }
    }
}

/// The editor that reads now. Readline's callbacks carry no context, and run only within `read`.
private nonisolated(unsafe) var current: LineEditor?

/// Readline's settings of the terminal, without the kernel's throwing output away at Ctrl-C: that comes
/// after the signal, and would take the next prompt along.
private func prepareTerminal(_ meta: Int32) {
    rl_prep_terminal(meta)
    var settings = termios()
    guard tcgetattr(fileno(rl_instream), &settings) == 0 else { return }
    settings.c_lflag |= tcflag_t(NOFLSH)
    tcsetattr(fileno(rl_instream), TCSANOW, &settings)
}

/// Readline's source of bytes. After Ctrl-C it gives ends of line until `readline` has returned,
/// whatever that was in the middle of, and deletions in between when that asks for yes or no; nothing
/// ever jumps.
private func nextByte() -> Int32 {
    let file = fileno(rl_instream)
    while true {
        current?.noticeInterrupt()
        if let editor = current, editor.wasInterrupted {
            editor.endsGiven += 1
            return editor.endsGiven > 3 && editor.endsGiven % 2 == 0 ? 0x7f : Int32(UInt8(ascii: "\n"))
        }
        guard waitForInput(file) else { continue }
        var byte: UInt8 = 0
        let count = Glibc.read(file, &byte, 1)
        if count == 1 { return Int32(byte) }
        if count == 0 || errno != EINTR { return EOF }
    }
}

/// Waits until there is input, or false after a signal. Ctrl-C is let in only within the wait, so
/// that none slips through just before it.
private func waitForInput(_ file: Int32) -> Bool {
    var interrupt = sigset_t()
    var former = sigset_t()
    sigemptyset(&interrupt)
    sigaddset(&interrupt, SIGINT)
    pthread_sigmask(SIG_BLOCK, &interrupt, &former)
    defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
    var files = fd_set()
    withUnsafeMutableBytes(of: &files) { bytes in
        bytes.bindMemory(to: Int.self)[Int(file) / Int.bitWidth] |= 1 << (Int(file) % Int.bitWidth)
    }
    return rl_pending_signal() == 0 && pselect(file + 1, &files, nil, nil, nil, &former) > 0
}

/// The Tab key: two spaces at the start of a line, completion elsewhere.
private func completeOrIndent(_ count: Int32, _ key: Int32) -> Int32 {
    let isIndenting = textBeforeCursor().reversed().prefix { $0 != "\n" }.allSatisfy { $0 == " " }
    return isIndenting ? rl_insert_text("  ") : rl_complete(count, key)
}

private func textBeforeCursor() -> String {
    let line = UnsafeRawBufferPointer(start: rl_line_buffer, count: Int(rl_point))
    return String(decoding: line, as: UTF8.self)
}

/// What ends the word to complete: inside quotes the quotes, elsewhere all that is in no name.
private func wordBreaks() -> UnsafeMutablePointer<CChar>? {
    let isInString = current?.completions(textBeforeCursor()) == .files
    return isInString ? quoteBreaks : nameBreaks
}

private nonisolated(unsafe) let quoteBreaks = strdup("\"'")
private nonisolated(unsafe) let nameBreaks = strdup(" \t\n\"\\'`@$><=;|&{}()[]+-*/%^~#:,.?!")

private func complete(
    _ text: UnsafePointer<CChar>?, _ start: Int, _ end: Int
) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
    guard let editor = current, let text else { return nil }
    rl_completion_append_character = 0
    switch editor.completions(textBeforeCursor()) {
    case .files: return nil
    case .names(let names):
        rl_attempted_completion_over = 1
        editor.matches = names
        return rl_completion_matches(text) { _, _ in
            guard let editor = current, !editor.matches.isEmpty else { return nil }
            return strdup(editor.matches.removeFirst())
        }
    case .hint(let hint):
        rl_attempted_completion_over = 1
        rl_crlf()
        fputs(hint, rl_outstream)
        rl_crlf()
        rl_on_new_line()
        return nil
    }
}
