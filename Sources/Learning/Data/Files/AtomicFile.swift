import CKernels
import Glibc
import Tensors

/// Writes a file so that at every moment the old one or the new one is there, whole: to a
/// temporary file beside it, flushed to disk, then renamed.
///
/// - Throws: when the disk is full, the folder is missing and so on; the old file stays.
public func writeFile(_ path: String, _ body: (FileWriter) throws -> Void) throws {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    guard !name.isEmpty, !path.utf8.contains(0) else { throw LearningError.file(path, nil, "this is no name for a file") }
    var descriptor: Int32 = -1, temporary = ""
    repeat {
        temporary = "\(folder)/.\(name).\(getpid()).\(nj_next_number()).tmp"
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    } while descriptor < 0 && errno == EEXIST
    guard descriptor >= 0 else { throw systemError(path, "cannot write") }
    var isOpen = true
    do {
        let writer = FileWriter(path: path, descriptor: descriptor)
        try body(writer)
        try writer.flush()
        // A file that is replaced keeps its mode.
        var status = stat()
        if stat(path, &status) == 0 { fchmod(descriptor, status.st_mode & 0o777) }
        guard fsync(descriptor) == 0 else { throw systemError(path, "cannot write") }
        isOpen = false
        guard close(descriptor) == 0 else { throw systemError(path, "cannot write") }
        guard rename(temporary, path) == 0 else { throw systemError(path, "cannot write") }
    } catch {
        if isOpen { close(descriptor) }
        unlink(temporary)
        throw error
    }
    // The rename itself reaches the disk with the folder; some file systems cannot flush folders.
    let folderDescriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folderDescriptor >= 0 {
        fsync(folderDescriptor)
        close(folderDescriptor)
    }
}

/// Collects bytes and writes them in large pieces.
public final class FileWriter {
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    fileprivate init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    public func write(_ bytes: some Sequence<UInt8>) throws {
        buffer.append(contentsOf: bytes)
        if buffer.count >= 1 << 16 { try flush() }
    }

    public func write(_ text: String) throws { try write(text.utf8) }

    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        try flush()
        var start = 0
        while start < bytes.count {
            let written = Glibc.write(descriptor, bytes.baseAddress! + start, min(bytes.count - start, 1 << 26))
            if written < 0 {
                if errno == EINTR { continue }
                throw systemError(path, "cannot write")
            }
            start += written
        }
    }

    func flush() throws {
        let pending = buffer
        buffer = []
        if !pending.isEmpty { try pending.withUnsafeBytes { try write($0) } }
    }
}
