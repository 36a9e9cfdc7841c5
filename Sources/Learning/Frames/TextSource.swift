import CKernels
import CZlib
import Glibc
import Tensors

/// The bytes of a text file in large blocks, unpacked when it is gzip; can start over.
final class TextSource {
    let name: String
    private var file: gzFile?
    private var bytes: [UInt8] = []
    private var position = 0
    /// The file's size where it says something about the text's.
    private(set) var size: Int?

    /// - Throws: when the file cannot be opened or is a folder.
    init(path: String) throws {
        name = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw systemError(path, "cannot open") }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            defer { close(descriptor) }
            throw systemError(path, "cannot read")
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw LearningError.file(path, nil, "this is a folder")
        }
        guard let file = gzdopen(descriptor, "rb") else {
            close(descriptor)
            throw LearningError.file(path, nil, "zlib failed")
        }
        gzbuffer(file, 1 << 18)
        self.file = file
        guard status.st_mode & S_IFMT == S_IFREG else {
            // What comes through a pipe comes once.
            try slurp()
            return
        }
        if gzdirect(file) == 1 { size = Int(status.st_size) }
    }

    init(bytes: [UInt8], name: String) {
        self.name = name
        self.bytes = bytes
        size = bytes.count
    }

    deinit { if let file { gzclose_r(file) } }

    /// Fills as much of `target` as there is; 0 at the end.
    ///
    /// - Throws: when the file cannot be read or its packing is damaged.
    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let base = target.baseAddress, target.count > 0 else { return 0 }
        guard let file else {
            let count = min(target.count, bytes.count - position)
            bytes.withUnsafeBytes { if let source = $0.baseAddress { base.copyMemory(from: source + position, byteCount: count) } }
            position += count
            return count
        }
        var filled = 0
        while filled < target.count {
            try checkInterrupt()
            let got = gzread(file, base + filled, UInt32(min(target.count - filled, 1 << 22)))
            if got < 0 { throw failure(file) }
            if got == 0 {
                // A file that ends inside of packed data says so only here.
                var code: Int32 = 0
                _ = gzerror(file, &code)
                if code != Z_OK && code != Z_STREAM_END { throw failure(file) }
                break
            }
            filled += Int(got)
        }
        return filled
    }

    func startOver() throws {
        position = 0
        if let file, gzrewind(file) != 0 { throw failure(file) }
    }

    private func slurp() throws {
        var result: [UInt8] = [], block = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let got = try block.withUnsafeMutableBytes { try read(into: $0) }
            if got == 0 { break }
            result += block[..<got]
            guard result.count < Int(nj_memory_limit()) / 4 else { throw LearningError.file(name, nil, "the text does not fit into memory") }
        }
        if let file { gzclose_r(file) }
        file = nil
        bytes = result
        size = result.count
    }

    private func failure(_ file: gzFile) -> LearningError {
        var code: Int32 = 0
        let text = gzerror(file, &code).map { String(cString: $0) } ?? ""
        if code == Z_ERRNO { return systemError(name, "cannot read") }
        if code == Z_BUF_ERROR { return .file(name, nil, "the packed file ends too early") }
        return .file(name, nil, "damaged gzip data: \(text.split(separator: ":").last.map { $0.drop { $0 == " " } } ?? "error")")
    }
}
