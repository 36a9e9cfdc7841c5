/// What was entered at the prompt, oldest first, kept in a file across runs.
///
/// Each entry is one line of the file, also when it has several lines itself: its newlines are
/// written as `\n` and its backslashes as `\\`. The file is rewritten in one step after each entry,
/// so that nothing is lost when the program is killed, and two prompts add to each other's entries.
struct History {
    /// How many entries are kept.
    static let limit = 5_000

    private(set) var entries: [String] = []
    private let path: String?

    /// Reads the history in `folder`; without a folder nothing is kept.
    init(folder: String?) {
        path = folder.map { $0 + "/history" }
        entries = path.flatMap(Self.load) ?? []
    }

    /// The folder of the user's history: `nightjar` in `$XDG_STATE_HOME` or `~/.local/state`.
    static var userFolder: String? {
        Files.folder("XDG_STATE_HOME", inHome: ".local/state")
    }

    /// Adds an entry, dropping an earlier one that is equal, and saves. False if it was not saved.
    @discardableResult
    mutating func append(_ entry: String) -> Bool {
        Self.add(entry, to: &entries)
        guard let path, let end = path.lastIndex(of: "/") else { return true }
        let folder = String(path[..<end])
        Files.makeFolders(folder)
        return Files.locking(folder: folder) {
            guard var all = Self.load(path) else { return false }
            Self.add(entry, to: &all)
            let lines = all.map { Self.encode($0) + "\n" }
            return Files.replace(path, with: Array(lines.joined().utf8))
        }
    }

    private static func add(_ entry: String, to entries: inout [String]) {
        entries.removeAll { $0 == entry }
        entries.append(entry)
        entries.removeFirst(max(0, entries.count - limit))
    }

    /// The entries of a file, none if there is no such file, nil if it cannot be read.
    private static func load(_ path: String) -> [String]? {
        guard Files.exists(path) else { return [] }
        guard let bytes = Files.read(path) else { return nil }
        return bytes.split(separator: UInt8(ascii: "\n")).suffix(limit).map { line in
            decode(String(decoding: line, as: UTF8.self))
        }
    }

    /// The entry as one line.
    static func encode(_ entry: String) -> String {
        var line = ""
        for scalar in entry.unicodeScalars {
            switch scalar {
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    /// The entry that a line stands for. A backslash that means nothing stands for itself.
    static func decode(_ line: String) -> String {
        var entry = "".unicodeScalars
        var isEscaped = false
        for scalar in line.unicodeScalars where scalar != "\0" {
            switch (isEscaped, scalar) {
            case (false, "\\"):
                isEscaped = true
                continue
            case (true, "n"): entry.append("\n")
            case (true, "\\"): entry.append("\\")
            case (true, _): entry.append(contentsOf: ["\\", scalar])
            case (false, _): entry.append(scalar)
            }
            isEscaped = false
        }
        if isEscaped { entry.append("\\") }
        return String(entry)
    }
}
