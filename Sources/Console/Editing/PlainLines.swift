@preconcurrency import Glibc

/// Lines from standard input when it is not a terminal (`-i` in a pipe): no editing, no history.
final class PlainLines: LineSource {
    func read(prompt: String) -> Input {
        fputs(prompt, stdout)
        fflush(stdout)
        guard let line = readLine() else { return .end }
        return .line(line)
    }

    func remember(_ entry: String) {}
}
