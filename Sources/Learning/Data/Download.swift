import CFormats
import CKernels
import Glibc
import Tensors

/// A file that has a public home.
struct RemoteFile {
    let url: String
    let sha256: String
    let size: Int
}

/// Fetches files to the cache: resumed where a part is there, compared with their checksum, and put in
/// place when whole.
enum Download {
    /// $XDG_CACHE_HOME/nightjar, or ~/.cache/nightjar.
    static var cache: String? {
        if let folder = environment("XDG_CACHE_HOME"), folder.hasPrefix("/") { return folder + "/nightjar" }
        return environment("HOME").map { $0 + "/.cache/nightjar" }
    }

    /// Whether downloads are switched off, by NIGHTJAR_OFFLINE=1.
    static var isOff: Bool { !["", "0"].contains(environment("NIGHTJAR_OFFLINE") ?? "") }

    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Brings a file to `folder`/`name`; what was loaded stays for the next time when it breaks off.
    ///
    /// - Throws: what to do by hand, when there is no network or the file is not the one expected.
    static func fetch(_ file: RemoteFile, to folder: String, _ name: String, progress: (any ProgressSink)?) throws {
        let path = "\(folder)/\(name)", part = path + ".part"
        func byHand(_ problem: String) -> LearningError {
            .file(name, nil, "\(problem). Load \(file.url) by hand and put it at \(path), or into a folder that $NIGHTJAR_DATA or the call names")
        }
        guard !isOff else { throw byHand("not here, and downloads are off (NIGHTJAR_OFFLINE)") }
        try makeFolders(folder)
        if size(of: part) > file.size { unlink(part) }
        if size(of: part) < file.size {
            let code = try run(file, part, name, progress)
            guard code == 0 else {
                throw byHand(code == 127 ? "the program curl, which downloads, is not installed (apt-get install curl)"
                    : "the download failed (curl \(code)\(meaning(code)))")
            }
        }
        let digest = try sha256(part)
        guard digest == file.sha256 else {
            unlink(part)
            throw byHand("what was downloaded is not the file expected (SHA-256 \(digest), not \(file.sha256)); it was removed")
        }
        guard rename(part, path) == 0 else { throw systemError(path, "cannot write") }
    }

    private static func meaning(_ code: Int32) -> String {
        switch code {
        case 6: ": the host was not found; is there a network?"
        case 7: ": no connection"
        case 22: ": the server has no such file"
        case 23: ": the disk is full or cannot be written"
        case 28: ": no answer in time"
        default: ""
        }
    }

    /// Runs curl while telling how far it is; its exit code, 127 when there is none.
    private static func run(_ file: RemoteFile, _ part: String, _ name: String, _ progress: (any ProgressSink)?) throws -> Int32 {
        let words = ["curl", "--silent", "--location", "--fail", "--continue-at", "-", "--connect-timeout", "10", "--speed-time", "30",
            "--speed-limit", "1", "--max-filesize", String(file.size), "--output", part, file.url]
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        // A group of its own, so that Ctrl-C reaches us first, who end it.
        var attributes = posix_spawnattr_t(), actions = posix_spawn_file_actions_t()
        posix_spawnattr_init(&attributes)
        posix_spawn_file_actions_init(&actions)
        defer {
            posix_spawnattr_destroy(&attributes)
            posix_spawn_file_actions_destroy(&actions)
        }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        var process: pid_t = 0
        guard posix_spawnp(&process, "curl", &actions, &attributes, &pointers, environ) == 0 else { return 127 }
        progress?.begin("downloading \(name), MB", total: max(1, file.size / 1_000_000))
        var status: Int32 = 0
        while waitpid(process, &status, WNOHANG) == 0 {
            if nj_interrupted() {
                kill(process, SIGTERM)
                waitpid(process, &status, 0)
                progress?.close()
                throw TensorError.interrupted
            }
            progress?.advance(size(of: part) / 1_000_000, [])
            usleep(50_000)
        }
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
        if code == 0 { progress?.end([]) } else { progress?.close() }
        return code
    }

    static func size(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    private static func makeFolders(_ path: String) throws {
        var made = ""
        for piece in path.split(separator: "/", omittingEmptySubsequences: false) {
            made += made.isEmpty && piece.isEmpty ? "" : (made.isEmpty && !path.hasPrefix("/") ? "" : "/") + piece
            if made.isEmpty { continue }
            if mkdir(made, 0o755) != 0, errno != EEXIST { throw systemError(made, "cannot make the folder") }
        }
    }

    /// The SHA-256 of a file in hexadecimal digits.
    static func sha256(_ path: String) throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw systemError(path, "cannot open") }
        defer { close(descriptor) }
        var hash = nj_sha256(), buffer = [UInt8](repeating: 0, count: 1 << 18)
        nj_sha256_begin(&hash)
        while true {
            try checkInterrupt()
            let got = read(descriptor, &buffer, buffer.count)
            guard got >= 0 else { throw systemError(path, "cannot read") }
            if got == 0 { break }
            nj_sha256_add(&hash, buffer, got)
        }
        var digest = [UInt8](repeating: 0, count: 32)
        nj_sha256_end(&hash, &digest)
        return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
