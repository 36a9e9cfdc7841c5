/// What the terminal that text is made for can show.
public struct Terminal: Sendable, Equatable {
    /// How many colours.
    public enum Colors: Int, Sendable, Comparable {
        /// Not one control byte is written.
        case none
        case ansi16, ansi256, truecolor

        public static func < (a: Colors, b: Colors) -> Bool { a.rawValue < b.rawValue }
    }

    /// A protocol by which pictures are shown in place of text.
    public enum Pictures: Sendable, Equatable {
        case none
        /// The kitty graphics protocol: kitty, Ghostty, WezTerm, Konsole.
        case kitty
        /// iTerm2's: iTerm2, WezTerm, mintty, VS Code.
        case iTerm2
        /// DEC's: xterm, foot, mlterm, Windows Terminal.
        case sixel
    }

    /// In characters.
    public var width: Int
    /// In lines; 0 for no end.
    public var height: Int
    /// Braille, blocks and lines; else ASCII only.
    public var unicode: Bool
    public var colors: Colors
    public var pictures: Pictures
    /// Pixels of the screen that a character is wide; nil where nobody knows.
    public var cellWidth: Int?

    public init(
        width: Int = 80, height: Int = 0, unicode: Bool = true, colors: Colors = .none, pictures: Pictures = .none
    ) {
        self.width = width
        self.height = height
        self.unicode = unicode
        self.colors = colors
        self.pictures = pictures
    }

    /// What the environment's variables say: `NO_COLOR`, `COLORTERM` and `TERM` for colours, `LC_ALL`,
    /// `LC_CTYPE` and `LANG` for characters, and those by which terminals with pictures are known.
    /// Inside of tmux or screen pictures do not get through. Output that is no terminal gets plain text.
    public static func detect(
        environment: [String: String], isTerminal: Bool, width: Int, height: Int = 0
    ) -> Terminal {
        func value(_ name: String) -> String { environment[name] ?? "" }
        let locale = [value("LC_ALL"), value("LC_CTYPE"), value("LANG")].first { !$0.isEmpty } ?? ""
        let charset = locale.lowercased()
        var terminal = Terminal(width: width, height: height)
        terminal.unicode = charset.contains("utf-8") || charset.contains("utf8")
        let term = value("TERM"), program = value("TERM_PROGRAM")
        guard isTerminal, !term.isEmpty, term != "dumb" else { return terminal }
        if term == "linux" { terminal.unicode = false }
        if value("NO_COLOR").isEmpty {
            let depth = value("COLORTERM")
            terminal.colors =
                depth == "truecolor" || depth == "24bit" || term.contains("direct")
                ? .truecolor : term.contains("256") || term.contains("kitty") ? .ansi256 : .ansi16
        }
        guard value("TMUX").isEmpty, !term.hasPrefix("screen"), !term.hasPrefix("tmux") else { return terminal }
        if !value("KITTY_WINDOW_ID").isEmpty || term.contains("kitty") || program == "ghostty" {
            terminal.pictures = .kitty
        } else if program == "iTerm.app" || program == "WezTerm" {
            terminal.pictures = .iTerm2
        } else if term.hasPrefix("foot") || term.hasPrefix("mlterm") || term.contains("sixel") {
            terminal.pictures = .sixel
        }
        return terminal
    }
}
