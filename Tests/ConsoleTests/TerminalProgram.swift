import Glibc

/// The executable at a terminal without control sequences: what is typed, and what the screen gets.
final class TerminalProgram {
    private let terminal: Int32
    private let process: pid_t
    /// Everything received so far, without carriage returns, and not yet taken by ``expect(_:within:)``.
    private(set) var received = ""

    init(_ arguments: [String] = [], columns: UInt16 = 80, environment: [String] = []) {
        terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        // TIOCSPTLCK and TIOCGPTN, which Swift does not see: unlock the terminal, ask its number.
        var (lock, number): (Int32, Int32) = (0, 0)
        _ = ioctl(terminal, 0x4004_5431, &lock)
        _ = ioctl(terminal, 0x8004_5430, &number)
        let name = "/dev/pts/\(number)"
        var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
        process = Program.spawn(arguments, environment: environment + ["TERM=dumb"]) { actions in
            posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
            posix_spawn_file_actions_adddup2(&actions, 0, 1)
            posix_spawn_file_actions_adddup2(&actions, 0, 2)
        }
    }

    deinit {
        close(terminal)
        kill(process, SIGKILL)
        _ = Program.wait(process)
    }

    /// Types keys: "\r" is Enter, "\u{3}" Ctrl-C, "\u{4}" Ctrl-D, "\t" Tab.
    func type(_ keys: String) {
        let bytes = Array(keys.utf8)
        _ = write(terminal, bytes, bytes.count)
    }

    /// Waits for a text and takes what came up to its end; nil if it does not come in time.
    func expect(_ text: String, within seconds: Double = 20) -> String? {
        let end = now() + seconds
        while true {
            if let found = received.range(ofText: text) {
                let taken = String(received[..<found.upperBound])
                received = String(received[found.upperBound...])
                return taken
            }
            let rest = end - now()
            guard rest > 0, receive(waiting: rest) else { return nil }
        }
    }

    /// Waits for the end and gives the exit code.
    func finish() -> Int32 {
        while receive(waiting: 20) {}
        return Program.wait(process)
    }

    private func receive(waiting seconds: Double) -> Bool {
        var file = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
        guard poll(&file, 1, Int32(seconds * 1000) + 1) > 0 else { return false }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = read(terminal, &bytes, bytes.count)
        guard count > 0 else { return false }
        received += String(decoding: bytes[..<count].filter { $0 != 13 }, as: UTF8.self)
        return true
    }
}

/// Seconds by a clock that only goes forward.
func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

extension String {
    /// Where a text first occurs.
    fileprivate func range(ofText text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
