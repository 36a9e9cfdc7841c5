extension Flag {
    /// The line that shows how the program is called.
    static let usage = "usage: nightjar [options] [script [args]]"

    /// What `--help` prints.
    static var help: String {
        let rows = all.map { flag in
            (flag.parameter.map { "\(flag.name) \($0)" } ?? flag.name, flag.summary)
        } + [
            ("--", "the options end here"),
            ("-", "the script is standard input"),
        ]
        let width = rows.map(\.0.count).max() ?? 0
        let lines = rows.map { row in
            "  \(row.0)\(String(repeating: " ", count: width - row.0.count))  \(row.1)"
        }
        return """
            \(usage)
            Runs Lua 5.4 with tensors, gradients and neural networks. Without a script it
            opens a prompt at a terminal; elsewhere standard input is the script.

            \(lines.joined(separator: "\n"))

            Exit codes: 0 fine, 1 an error in the script, 2 a wrong option, 130 interrupted.
            """
    }
}
