import CKernels
import CZlib
import Glibc
import Tensors

/// The bytes of a file from front to back, unpacked when it is gzip.
///
/// The file is taken as hostile: every count is checked, and memory is only taken for bytes that
/// are there or, packed, could be there.
final class ByteSource {
    let path: String
    /// Position in the (unpacked) bytes.
    private(set) var offset = 0
    private let bytes: [UInt8]
    private let stream: UnsafeMutablePointer<z_stream>?
    private var isFinished = false

    init(path: String) throws {
        self.path = path
        bytes = try readFile(path)
        guard bytes.count >= 2, bytes[0] == 0x1f, bytes[1] == 0x8b else {
            stream = nil
            return
        }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 16: the gzip format, whose checksum zlib verifies.
        let status = inflateInit2_(stream, 16 + MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        self.stream = stream
        guard status == Z_OK else { throw LearningError.file(path, nil, "zlib failed (\(status))") }
    }

    deinit {
        guard let stream else { return }
        inflateEnd(stream)
        stream.deallocate()
    }

    /// The most bytes that can still come: deflate packs no better than 1:1032.
    var limit: Int {
        stream == nil ? bytes.count - offset : bytes.count.multipliedReportingOverflow(by: 1032).partialValue + 1032 - offset
    }

    /// Fills `target` entirely.
    ///
    /// - Throws: when the file ends before, or its packing is damaged.
    func read(into target: UnsafeMutableRawBufferPointer) throws {
        let got = try readSome(into: target)
        guard got == target.count else {
            throw LearningError.file(path, .offset(offset), "the file ends here, \(target.count - got) bytes too early")
        }
    }

    func read(_ count: Int) throws -> [UInt8] {
        guard count <= limit else {
            throw LearningError.file(path, .offset(offset), "the file ends \(count - limit) bytes too early")
        }
        var result = [UInt8](repeating: 0, count: count)
        try result.withUnsafeMutableBytes { try read(into: $0) }
        return result
    }

    /// All bytes that are left.
    func readAll() throws -> [UInt8] {
        if stream == nil, offset == 0 {
            offset = bytes.count
            return bytes
        }
        var result: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let got = try block.withUnsafeMutableBytes { try readSome(into: $0) }
            if got == 0 { return result }
            guard result.count + got <= Int(nj_memory_limit()) / 4 else {
                throw LearningError.file(path, .offset(offset), "the unpacked file does not fit into memory")
            }
            result.append(contentsOf: block[..<got])
        }
    }

    /// Refuses anything after what was read.
    func expectEnd() throws {
        var byte: UInt8 = 0
        let got = try withUnsafeMutableBytes(of: &byte) { try readSome(into: $0) }
        if got != 0 {
            throw LearningError.file(path, .offset(offset - 1), "the file goes on, although its header says that it ends here")
        }
    }

    /// Fills as much of `target` as there are bytes.
    private func readSome(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let base = target.baseAddress, target.count > 0 else { return 0 }
        guard let stream else {
            let got = min(target.count, bytes.count - offset)
            bytes.withUnsafeBytes { if let source = $0.baseAddress { base.copyMemory(from: source + offset, byteCount: got) } }
            offset += got
            return got
        }
        var got = 0
        while got < target.count, !isFinished {
            if nj_interrupted() { throw TensorError.interrupted }
            let room = UInt32(min(target.count - got, 1 << 22))
            let used = consumed
            let status: Int32 = bytes.withUnsafeBufferPointer { source in
                let start = consumed
                stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress.map { $0 + start })
                stream.pointee.avail_in = UInt32(min(source.count - start, 1 << 30))
                stream.pointee.next_out = (base + got).assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_out = room
                let before = stream.pointee.avail_in
                let status = inflate(stream, Z_NO_FLUSH)
                consumed += Int(before - stream.pointee.avail_in)
                return status
            }
            let made = Int(room - stream.pointee.avail_out)
            got += made
            offset += made
            switch status {
            case Z_STREAM_END: try endMember(stream)
            case Z_OK where made > 0 || consumed > used: continue
            case Z_OK, Z_BUF_ERROR:
                throw LearningError.file(path, .offset(offset), "the packed file ends too early")
            default:
                let text = stream.pointee.msg.map { String(cString: $0) } ?? "error \(status)"
                throw LearningError.file(path, .offset(offset), "damaged gzip data: \(text)")
            }
        }
        return got
    }

    /// Bytes of the file that inflate has taken.
    private var consumed = 0

    /// After the end of packed data: the end of the file, or another gzip member.
    private func endMember(_ stream: UnsafeMutablePointer<z_stream>) throws {
        if consumed == bytes.count {
            isFinished = true
        } else if consumed + 1 < bytes.count, bytes[consumed] == 0x1f, bytes[consumed + 1] == 0x8b {
            inflateReset(stream)
        } else {
            throw LearningError.file(path, .offset(offset), "there are \(bytes.count - consumed) bytes after the packed data")
        }
    }
}

/// The whole content of a file.
///
/// - Throws: when it cannot be read, is a folder, or does not fit into memory.
func readFile(_ path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemError(path, "cannot open") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw systemError(path, "cannot read") }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw LearningError.file(path, nil, "this is a folder") }
    let size = Int(status.st_size)
    guard size <= Int(nj_memory_limit()) / 4 else {
        throw LearningError.file(path, nil, "the file is too large for this machine's memory (\(size) bytes)")
    }
    // Files that report no size, such as pipes, are read until they end.
    var result: [UInt8] = [], filled = 0
    result.reserveCapacity(size + 1)
    while true {
        if nj_interrupted() { throw TensorError.interrupted }
        let wanted = min(max(size - filled, 1 << 16), 1 << 24)
        let block = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            count = max(0, Glibc.read(descriptor, buffer.baseAddress, wanted))
        }
        if block.isEmpty {
            // Zero bytes mean the end, or an error that asking again shows.
            var byte: UInt8 = 0
            let again = Glibc.read(descriptor, &byte, 1)
            if again == 0 { return result }
            if again == 1 { result.append(byte) } else if errno != EINTR { throw systemError(path, "cannot read") }
        } else {
            result.append(contentsOf: block)
        }
        filled = result.count
        guard filled <= Int(nj_memory_limit()) / 4 else {
            throw LearningError.file(path, nil, "the file is too large for this machine's memory")
        }
    }
}

/// The error that the last failed system call stands for.
func systemError(_ path: String, _ what: String) -> LearningError {
    .file(path, nil, "\(what): \(String(cString: strerror(errno)))")
}
