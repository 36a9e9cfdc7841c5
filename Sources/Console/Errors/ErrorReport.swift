import LuaKit

/// An error as the user sees it: what happened, the line it happened in, and how that was reached.
///
///     nightjar: train.lua:12: attempt to index a nil value (global 'optimizer')
///        12 | optimizer:step()
///     stack traceback:
///         train.lua:12: in function 'step'
///         train.lua:30: in main chunk
struct ErrorReport {
    let message: String
    let traceback: [String]
    let isInterrupt: Bool

    /// The report of any error; one that came from Lua may be worded otherwise than by its message.
    init(_ error: any Error, message: String? = nil) {
        let luaError = error as? LuaError
        self.init(
            message: message ?? luaError?.message ?? "\(error)", traceback: luaError?.traceback ?? [],
            isInterrupt: error.isInterrupt)
    }

    init(message: String, traceback: [String] = [], isInterrupt: Bool = false) {
        self.message = message
        let saysNothing = "(...tail calls...)"
        self.traceback = traceback.last == saysNothing ? traceback.dropLast() : traceback
        self.isInterrupt = isInterrupt
    }

    /// The lines to write to standard error; `program` stands before the first if it is given.
    func lines(program: String? = nil, sources: SourceTexts, terminal: Terminal) -> [String] {
        let start = program.map { $0 + ": " } ?? ""
        let innermost = traceback.first.flatMap(SourceLocation.init(startOf:))
        if isInterrupt {
            let place = innermost.map { " at \($0.name):\($0.line)" } ?? ""
            // Over the ^C that the terminal shows.
            return [(terminal.isTerminal ? "\r" : "") + terminal.styled("\(start)interrupted\(place)", .error)]
        }
        let location = SourceLocation(startOf: message) ?? innermost
        var lines = [terminal.styled(start + message, .error)]
        if let location, let source = sources.lines(location.line...location.line, of: location.name)?.first {
            let number = String(location.line)
            let margin = String(repeating: " ", count: max(0, 5 - number.count))
            lines.append(terminal.styled("\(margin)\(number) | ", .dim) + source)
        }
        if tellsMore(than: location) {
            lines.append("stack traceback:")
            lines += collapsed(traceback).map { "    " + $0 }
        }
        return lines
    }

    /// Whether the traceback says more than the message's own location.
    private func tellsMore(than location: SourceLocation?) -> Bool {
        guard traceback.count == 1, let only = traceback.first else { return traceback.count > 1 }
        return SourceLocation(startOf: only) != location
    }

    /// The frames with those that repeat, as in a recursion, counted instead.
    private func collapsed(_ frames: [String]) -> [String] {
        var runs: [(frame: String, count: Int)] = []
        for frame in frames {
            if runs.last?.frame == frame { runs[runs.count - 1].count += 1 } else { runs.append((frame, 1)) }
        }
        return runs.map { $0.count == 1 ? $0.frame : "\($0.frame) (\($0.count) times)" }
    }
}

/// An interrupt that was noticed only when the code had ended, as in a read from standard input.
struct Interrupted: Error {}

extension Error {
    /// Whether this is the user's Ctrl-C.
    var isInterrupt: Bool { self is Interrupted || (self as? LuaError)?.kind == .interrupted }
}
