import Glibc

/// What the program writes to: a terminal with a size and perhaps colours, or a file or pipe.
struct Terminal: Equatable, Sendable {
    var isTerminal: Bool
    var hasColor: Bool
    var columns: Int
    var rows: Int

    /// Describes standard output (1) or standard error (2).
    init(_ file: Int32, allowsColor: Bool) {
        isTerminal = isatty(file) == 1
        let name = Files.environment("TERM") ?? "dumb"
        hasColor = isTerminal && allowsColor && name != "dumb" && Files.environment("NO_COLOR") == nil
        var size = winsize()
        let isKnown = isTerminal && ioctl(file, UInt(TIOCGWINSZ), &size) == 0
        columns = isKnown && size.ws_col > 0 ? Int(size.ws_col) : 80
        rows = isKnown && size.ws_row > 0 ? Int(size.ws_row) : 24
    }

    /// Whether both standard input and standard output are a terminal.
    static var isAtBothEnds: Bool { isatty(0) == 1 && isatty(1) == 1 }

    init(columns: Int, rows: Int = 24, hasColor: Bool = false) {
        isTerminal = true
        self.hasColor = hasColor
        self.columns = columns
        self.rows = rows
    }

    /// The text in a style, or plain where there are no colours.
    func styled(_ text: String, _ style: Style) -> String {
        hasColor && style != .plain && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// The looks that the prompt uses, by their codes for terminals.
enum Style: String, Sendable {
    case plain = "0"
    case bold = "1"
    case dim = "2"
    case error = "31"
    case string = "32"
    case number = "36"
    case keyword = "35"
}
