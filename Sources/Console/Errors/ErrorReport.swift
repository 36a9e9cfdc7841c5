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

    init(_ error: LuaError) {
        self.init(message: error.message, traceback: error.traceback, isInterrupt: error.kind == .interrupted)
    }

    init(message: String, traceback: [String] = [], isInterrupt: Bool = false) {
        self.message = message
        self.traceback = traceback
        self.isInterrupt = isInterrupt
    }

    /// The lines to write to standard error; `program` stands before the first if it is given.
    func lines(program: String? = nil, sources: SourceTexts, terminal: Terminal) -> [String] {
        let start = program.map { $0 + ": " } ?? ""
        let innermost = traceback.first.flatMap(SourceLocation.init(startOf:))
        if isInterrupt {
            let place = innermost.map { " at \($0.name):\($0.line)" } ?? ""
            return [terminal.styled("\(start)interrupted\(place)", .error)]
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
            lines += traceback.map { "    " + $0 }
        }
        return lines
    }

    /// Whether the traceback says more than the message's own location.
    private func tellsMore(than location: SourceLocation?) -> Bool {
        guard traceback.count == 1, let only = traceback.first else { return traceback.count > 1 }
        return SourceLocation(startOf: only) != location
    }
}
