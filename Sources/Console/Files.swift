import Glibc

/// The few operations on files that the prompt needs.
enum Files {
    /// The bytes of a file, or nil if it cannot be read.
    static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return read(descriptor: file)
    }

    /// The bytes that are left in an open file, or nil if reading fails.
    static func read(descriptor file: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(file, &part, part.count)
            if count < 0 && errno == EINTR { continue }
            if count < 0 { return nil }
            if count == 0 { return bytes }
            bytes += part[..<count]
        }
    }

    /// Whether there is a file of this name.
    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    /// Replaces a file by new bytes in one step: a crash leaves the old file or the new one.
    /// Only its owner can read it. False if that failed, and then the old file is untouched.
    static func replace(_ path: String, with bytes: [UInt8]) -> Bool {
        let temporary = "\(path).\(getpid())"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        let isWritten = write(bytes, to: file) && fsync(file) == 0
        guard close(file) == 0, isWritten, rename(temporary, path) == 0 else {
            unlink(temporary)
            return false
        }
        return true
    }

    /// Runs `body` while no other process does so for the same folder.
    static func locking<Result>(folder: String, _ body: () -> Result) -> Result {
        let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { return body() }
        defer { close(file) }
        flock(file, LOCK_EX)
        return body()
    }

    /// Makes a folder, and those above it, private to the user.
    static func makeFolders(_ path: String) {
        var end = path.startIndex
        while end < path.endIndex {
            end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
            mkdir(String(path[..<end]), 0o700)
        }
    }

    /// Nightjar's folder in the one that `variable` names, or else in `fallback` under the home folder.
    static func folder(_ variable: String, inHome fallback: String) -> String? {
        if let base = environment(variable), base.hasPrefix("/") { return base + "/nightjar" }
        return environment("HOME").map { "\($0)/\(fallback)/nightjar" }
    }

    /// An environment variable, unless it is missing or empty.
    static func environment(_ name: String) -> String? {
        guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { return nil }
        return value
    }

    private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
