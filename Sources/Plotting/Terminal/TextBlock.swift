/// One character of a terminal with its looks.
struct Cell: Equatable {
    /// nil behind a character of double width.
    var character: Character? = " "
    var paint = Paint.ink
    var background: Color?
    var bold = false
    /// Colours of character and background change places.
    var reversed = false

    static let blank = Cell()
}

/// A rectangle of characters.
struct TextBlock {
    private(set) var width: Int
    private(set) var rows: [[Cell]]

    init(width: Int, height: Int = 0) {
        self.width = max(0, width)
        rows = Array(repeating: Array(repeating: .blank, count: max(0, width)), count: max(0, height))
    }

    var height: Int { rows.count }

    subscript(row: Int, column: Int) -> Cell {
        get { rows.indices.contains(row) && column >= 0 && column < width ? rows[row][column] : .blank }
        set { if rows.indices.contains(row) && column >= 0 && column < width { rows[row][column] = newValue } }
    }

    /// Writes a text from a place on; what lies outside of the block is cut.
    mutating func write(_ text: String, row: Int, column: Int, paint: Paint = .ink, bold: Bool = false, background: Color? = nil) {
        var column = column
        for character in text {
            let width = character.terminalWidth
            if width == 0 { continue }
            guard column + width <= self.width else { return }
            self[row, column] = Cell(character: character, paint: paint, background: background, bold: bold)
            if width == 2 { self[row, column + 1] = Cell(character: nil, paint: paint, background: background, bold: bold) }
            column += width
        }
    }

    /// Adds a blank line and returns its number.
    @discardableResult
    mutating func addLine() -> Int {
        rows.append(Array(repeating: .blank, count: width))
        return rows.count - 1
    }

    /// Copies another block into this one, which grows downwards as needed.
    mutating func place(_ block: TextBlock, row: Int, column: Int) {
        while rows.count < row + block.height { addLine() }
        for r in 0..<block.height {
            for c in 0..<block.width { self[row + r, column + c] = block.rows[r][c] }
        }
    }

    /// The block as lines, each ended by a newline, with the control sequences that the terminal's colours
    /// need and no blanks at the ends. Without colours there is not one control byte.
    func encoded(for terminal: Terminal) -> String {
        var out = ""
        for row in rows {
            var end = row.count
            while end > 0, row[end - 1].character == " ", row[end - 1].background == nil, !row[end - 1].reversed { end -= 1 }
            var style = "", filled = false
            for cell in row[..<end] {
                guard let character = cell.character else { continue }
                if terminal.colors > .none {
                    let wanted = cell.style(terminal.colors)
                    let fills = cell.background != nil || cell.reversed
                    // A blank looks the same in any paint.
                    if wanted != style && !(character == " " && !fills && !filled) {
                        out += "\u{1B}[0" + wanted + "m"
                        (style, filled) = (wanted, fills)
                    }
                }
                out += terminal.unicode || character.isASCII ? String(character) : "?"
            }
            if !style.isEmpty { out += "\u{1B}[0m" }
            out += "\n"
        }
        return out
    }
}

extension Cell {
    /// What follows `ESC [ 0` to select these looks.
    fileprivate func style(_ colors: Terminal.Colors) -> String {
        var style = ""
        if bold { style += ";1" }
        switch paint {
        case .ink: break
        case .muted: style += colors == .ansi16 ? ";2" : colors == .ansi256 ? ";38;5;245" : ";38;2;138;138;138"
        case .color(let color):
            // Half blocks are pixels; what is written should show on black and on white.
            let exact = background != nil || character == "▀" || character == "▄"
            style += (exact ? color : color.legible).selected(colors, base: 30)
        }
        if let background { style += background.selected(colors, base: 40) }
        if reversed { style += ";7" }
        return style
    }
}

extension Color {
    /// Not too dark for a black terminal.
    fileprivate var legible: Color {
        var lab = OKLab(self)
        guard lab.lightness < 0.58 else { return self }
        lab.lightness = 0.58
        return Color(lab)
    }

    fileprivate func selected(_ colors: Terminal.Colors, base: Int) -> String {
        switch colors {
        case .none: ""
        case .truecolor: ";\(base + 8);2;\(red);\(green);\(blue)"
        case .ansi256: ";\(base + 8);5;\(ansi256)"
        case .ansi16: ";\(ansi16 < 8 ? base + ansi16 : base + 60 + ansi16 - 8)"
        }
    }

    /// The nearest of xterm's 256: the cube of 6 × 6 × 6 or the 24 grays.
    var ansi256: Int {
        func level(_ value: UInt8) -> Int { value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40 }
        let steps = [0, 95, 135, 175, 215, 255]
        func distance(_ r: Int, _ g: Int, _ b: Int) -> Int {
            let dr = r - Int(red), dg = g - Int(green), db = b - Int(blue)
            return dr * dr + dg * dg + db * db
        }
        let (r, g, b) = (level(red), level(green), level(blue))
        let gray = max(0, min(23, ((Int(red) + Int(green) + Int(blue)) / 3 - 3) / 10)), grayLevel = 8 + 10 * gray
        return distance(grayLevel, grayLevel, grayLevel) < distance(steps[r], steps[g], steps[b])
            ? 232 + gray : 16 + 36 * r + 6 * g + b
    }

    /// One of the 16 by hue, with the bright half for light colours, so that colours stay apart.
    var ansi16: Int {
        let lab = OKLab(self)
        if lab.chroma < 0.04 { return lab.lightness < 0.3 ? 0 : lab.lightness < 0.65 ? 8 : lab.lightness < 0.9 ? 7 : 15 }
        let bright = lab.lightness > 0.68 ? 8 : 0
        switch lab.hue {
        case ..<0.155: return 1 + bright
        case ..<0.33: return 3 + bright
        case ..<0.49: return 2 + bright
        case ..<0.66: return 6 + bright
        case ..<0.80: return lab.lightness < 0.45 ? 4 : 12
        case ..<0.95: return 5 + bright
        default: return lab.chroma < 0.13 ? 5 + bright : 1 + bright
        }
    }
}

extension Character {
    /// How many columns a terminal gives it: 0, 1, or 2 for East Asian and emoji.
    var terminalWidth: Int {
        guard let scalar = unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0..<32, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0xFE00...0xFE0F, 0xFEFF: return 0
        case 0x300..<0x370: return 0
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
            0x1F900...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}

extension String {
    var terminalWidth: Int { reduce(0) { $0 + $1.terminalWidth } }

    /// Without control characters (newlines and tabs become blanks).
    var printable: String {
        var result = ""
        for scalar in unicodeScalars {
            switch scalar.value {
            case 9, 10, 13: result.unicodeScalars.append(" ")
            case 0..<32, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: continue
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// As the terminal can show it: without control characters, in ASCII where there is no more.
    func shown(on terminal: Terminal) -> String {
        let clean = printable
        guard !terminal.unicode, !clean.utf8.allSatisfy({ $0 < 128 }) else { return clean }
        var result = ""
        for character in clean {
            if character.isASCII { result.append(character) } else { result += String.asciiFor[character] ?? "?" }
        }
        return result
    }

    private static let asciiFor: [Character: String] = [
        "→": "->", "←": "<-", "×": "x", "·": ".", "–": "-", "—": "-", "−": "-", "…": "..", "’": "'", "‘": "'", "“": "\"", "”": "\"",
        "±": "+-", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "°": "deg", "²": "^2", "³": "^3", "∞": "inf", "√": "sqrt",
        "₀": "0", "₁": "1", "₂": "2", "₃": "3", "₄": "4", "₅": "5", "₆": "6", "₇": "7", "₈": "8", "₉": "9",
        "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "eps", "η": "eta", "θ": "theta", "λ": "lambda", "μ": "mu", "µ": "u",
        "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "ω": "omega", "∇": "grad ", "∂": "d", "Σ": "Sum", "Δ": "Delta",
        "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e", "ê": "e", "à": "a", "á": "a", "ç": "c", "ñ": "n", "ø": "o",
    ]

    /// No wider than that, with dots where it was cut.
    func cut(to width: Int, unicode: Bool) -> String {
        guard terminalWidth > width else { return self }
        let dots = unicode ? "…" : ".."
        guard width > dots.count else { return String(prefix(max(0, width))) }
        var result = "", used = dots.count
        for character in self {
            used += character.terminalWidth
            if used > width { break }
            result.append(character)
        }
        return result + dots
    }
}
