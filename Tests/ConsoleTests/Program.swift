import Glibc

/// The built executable, started as a user would start it.
enum Program {
    /// What a finished run left behind.
    struct Result: Equatable {
        var code: Int32
        var output: String
        var errors: String
    }

    /// The executable that was built together with these tests.
    static let path: String = {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let tests = String(decoding: buffer[..<max(0, count)], as: UTF8.self)
        return tests.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/nightjar"
    }()

    /// A home folder without anything in it.
    static let home = temporaryFolder()

    /// Runs to the end with `input` as standard input.
    static func run(_ arguments: [String], input: String = "", environment: [String] = []) -> Result {
        let files = [TemporaryFile(input), TemporaryFile(), TemporaryFile()]
        let process = start(arguments, environment: environment, files: files.map(\.descriptor))
        let code = wait(process)
        return Result(code: code, output: files[1].text, errors: files[2].text)
    }

    /// Starts with the given descriptors as its first ones.
    static func start(_ arguments: [String], environment: [String] = [], files: [Int32]) -> pid_t {
        spawn(arguments, environment: environment) { actions in
            for (number, file) in files.enumerated() {
                posix_spawn_file_actions_adddup2(&actions, file, Int32(number))
            }
        }
    }

    /// Starts in a session of its own, so that a terminal it opens becomes its own.
    static func spawn(
        _ arguments: [String], environment: [String],
        prepare: (inout posix_spawn_file_actions_t) -> Void
    ) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        prepare(&actions)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Tests run on threads that take no signals, which a process would inherit.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGINT)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let newSession: Int16 = 0x80  // POSIX_SPAWN_SETSID, which Swift does not see
        posix_spawnattr_setflags(
            &attributes, newSession | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
        let variables = ["HOME=\(home)", "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"] + environment
        var process = pid_t()
        withStrings([path] + arguments) { arguments in
            withStrings(variables) { variables in
                let failure = posix_spawn(&process, path, &actions, &attributes, arguments, variables)
                precondition(failure == 0, "cannot start \(path): \(String(cString: strerror(failure)))")
            }
        }
        return process
    }

    /// The exit code, or minus the signal that ended the process.
    static func wait(_ process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
    }

    private static func withStrings(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Void
    ) {
        let copies = strings.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        body(copies)
    }
}

/// A file without a name, to give to a process and read afterwards.
final class TemporaryFile {
    let descriptor: Int32

    init(_ text: String = "") {
        var name = Array("/tmp/nightjar-XXXXXX".utf8CString)
        descriptor = mkstemp(&name)
        unlink(name)
        let bytes = Array(text.utf8)
        _ = write(descriptor, bytes, bytes.count)
        lseek(descriptor, 0, SEEK_SET)
    }

    deinit { close(descriptor) }

    var text: String {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
    }
}
