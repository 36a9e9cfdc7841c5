import Foundation
import Plotting
import Testing

/// What a terminal shows is pinned by files in `Golden`; run with `NIGHTJAR_GOLDEN=write` to renew them,
/// then look at them.
@Suite struct TerminalTests {
    static let sizes: [(name: String, terminal: Terminal)] = [
        ("braille-100", Terminal(width: 100)), ("braille-60", Terminal(width: 60)),
        ("ascii-100", Terminal(width: 100, unicode: false)), ("ascii-60", Terminal(width: 60, unicode: false)),
    ]

    @Test(arguments: sizes)
    func golden(_ name: String, _ terminal: Terminal) throws {
        var text = ""
        for (kind, figure) in try Gallery.all() { text += "== \(kind)\n" + (try figure.text(on: terminal)) + "\n" }
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden/\(name).txt")
        if ProcessInfo.processInfo.environment["NIGHTJAR_GOLDEN"] == "write" {
            try text.write(to: path, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: path, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
        for (i, (line, want)) in zip(lines, wanted).enumerated() where line != want {
            Issue.record("\(name).txt:\(i + 1)\n   is \(line)\nwants \(want)")
            return
        }
        #expect(lines.count == wanted.count)
    }

    @Test(arguments: sizes)
    func plainTextHasNoControlBytes(_ name: String, _ terminal: Terminal) throws {
        for (kind, figure) in try Gallery.all() {
            let text = try figure.text(on: terminal)
            #expect(text.last == "\n")
            #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 32 && !(0x7F..<0xA0).contains($0.value)) }, "\(kind)")
            if !terminal.unicode { #expect(text.utf8.allSatisfy { $0 < 128 }, "\(kind)") }
            for line in text.split(separator: "\n") { #expect(line.count <= terminal.width, "\(kind): \(line)") }
        }
    }

    @Test func labelsCannotSendControlSequences() throws {
        let evil = "a\u{1B}]0;owned\u{07}\u{9B}31m\nb\u{202E}"
        let panel = Panel(
            [try Line([1, 2], name: evil), try Bars(names: [evil, evil], values: [1, 2], name: evil)], title: evil, xLabel: evil, yLabel: evil)
        let figure = Figure(panel, title: evil)
        let text = try figure.text(on: Terminal(width: 80))
        #expect(!text.unicodeScalars.contains { $0 != "\n" && ($0.value < 32 || (0x7F..<0xA0).contains($0.value) || $0.value == 0x202E) })
        let colored = try figure.text(on: Terminal(width: 80, colors: .truecolor))
        #expect(!colored.contains("\u{07}") && !colored.contains("\u{9B}") && !colored.contains("\u{1B}]"))
        _ = try figure.picture(.svg)
    }

    /// With colours the same characters stand in lines of the same width, and each line ends plain.
    @Test(arguments: [Terminal.Colors.ansi16, .ansi256, .truecolor])
    func colors(_ colors: Terminal.Colors) throws {
        let marks: [Terminal.Colors: String] = [.ansi16: "\u{1B}[0;", .ansi256: "8;5;", .truecolor: "8;2;"]
        for (kind, figure) in try Gallery.all() {
            let text = try figure.text(on: Terminal(width: 80, colors: colors))
            #expect(text.contains(marks[colors] ?? "?"), "\(kind)")
            for line in text.split(separator: "\n") {
                var width = 0, inside = false, last = ""
                for character in line {
                    if character == "\u{1B}" { (inside, last) = (true, "") }
                    if inside {
                        last.append(character)
                        if character == "m" { inside = false }
                    } else {
                        width += 1
                    }
                }
                #expect(width <= 80 && !inside, "\(kind)")
                #expect(last.isEmpty || last == "\u{1B}[0m", "\(kind): \(line)")
            }
        }
    }

    @Test(arguments: [20, 21, 30, 33, 47, 64, 79, 120, 200, 300])
    func anyWidth(_ width: Int) throws {
        for (kind, figure) in try Gallery.all() {
            for unicode in [true, false] {
                let text = try figure.text(on: Terminal(width: width, height: width % 2 == 0 ? 12 : 0, unicode: unicode))
                for line in text.split(separator: "\n") { #expect(line.count <= width, "\(kind) at \(width): \(line)") }
            }
        }
    }

    @Test func wideCharacters() throws {
        let figure = Figure(Panel([try Bars(names: ["日本語", "한국", "emoji 🦉"], values: [1, 2, 3])], title: "鳥"))
        let text = try figure.text(on: Terminal(width: 40))
        #expect(text.contains("日本語") && text.contains("鳥"))
    }

    @Test(arguments: [
        (["TERM": "xterm-256color", "LANG": "en_US.UTF-8"], true, Terminal(width: 90, unicode: true, colors: .ansi256)),
        (["TERM": "xterm", "LANG": "C"], true, Terminal(width: 90, unicode: false, colors: .ansi16)),
        (["TERM": "xterm", "COLORTERM": "truecolor", "LC_ALL": "de_DE.utf8", "LANG": "C"], true, Terminal(width: 90, colors: .truecolor)),
        (["TERM": "xterm-256color", "LANG": "en_US.UTF-8", "NO_COLOR": "1"], true, Terminal(width: 90)),
        (["TERM": "dumb", "LANG": "en_US.UTF-8"], true, Terminal(width: 90)),
        (["TERM": "xterm-kitty", "KITTY_WINDOW_ID": "1", "LANG": "C.UTF-8"], true, Terminal(width: 90, colors: .ansi256, pictures: .kitty)),
        (["TERM": "xterm-kitty", "KITTY_WINDOW_ID": "1", "LANG": "C.UTF-8"], false, Terminal(width: 90)),
        (["TERM": "tmux-256color", "TMUX": "x", "KITTY_WINDOW_ID": "1", "LANG": "C.UTF-8"], true, Terminal(width: 90, colors: .ansi256)),
        (["TERM": "linux", "LANG": "C.UTF-8"], true, Terminal(width: 90, unicode: false, colors: .ansi16)),
        (["TERM": "foot", "COLORTERM": "truecolor", "LC_CTYPE": "C.UTF-8"], true, Terminal(width: 90, colors: .truecolor, pictures: .sixel)),
    ])
    func detection(_ environment: [String: String], _ isTerminal: Bool, _ expected: Terminal) {
        #expect(Terminal.detect(environment: environment, isTerminal: isTerminal, width: 90) == expected)
    }
}
