import CKernels
import CZlib
import Tensors

// NumPy's file of several arrays: a zip archive with a .npy file for each.

/// Reads tensors by name from a .npz file, stored or deflated.
///
/// - Throws: naming file and byte, when the archive is damaged, a checksum differs, or an array cannot
///   be read; nothing is read in part.
public func loadNPZ(_ path: String) throws -> StateDict {
    let archive = try ZipReader(path: path)
    var tensors = StateDict()
    for entry in archive.entries {
        try checkInterrupt()
        let name = entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : entry.name
        guard tensors[name] == nil else { throw LearningError.file(path, nil, "two arrays are named \"\(name)\"") }
        tensors[name] = try NPYReader(path: "\(path)(\(entry.name))", bytes: archive.bytes(of: entry)).read()
    }
    return tensors
}

/// Writes tensors by name as a .npz file; the old file, if any, stays until the new one is whole.
public func saveNPZ(_ path: String, _ tensors: StateDict, compressed: Bool = false) throws {
    try writeFile(path) { writer in
        var directory: [UInt8] = [], offset = 0
        for (name, tensor) in tensors {
            try checkInterrupt()
            let elements = try tensor.detach().contiguous(), file = Array((name + ".npy").utf8)
            guard file.count <= Int(UInt16.max), !file.contains(0) else { throw LearningError.argument("save_npz", "\"\(name)\" is no name for an array") }
            var bytes = NPYReader.header(elements)
            bytes += UnsafeRawBufferPointer(start: elements.pointer, count: elements.count * elements.dtype.size)
            let crc = checksum(bytes), packed = try compressed ? deflated(bytes) : bytes
            guard bytes.count < Int(UInt32.max), offset + packed.count < Int(UInt32.max) - 1 << 20, tensors.count < Int(UInt16.max) else {
                throw LearningError.argument("save_npz", "more than 4 GB or 65,534 arrays do not fit into one .npz file; use save_safetensors")
            }
            // Version, flags (names are UTF-8), method, time, date, checksum, sizes, lengths of name and extra.
            let common: [UInt8] = little(20, 2) + little(0x800, 2) + little(compressed ? 8 : 0, 2) + little(0, 2) + little(0x21, 2)
                + little(Int(crc), 4) + little(packed.count, 4) + little(bytes.count, 4) + little(file.count, 2) + little(0, 2)
            try writer.write(little(0x0403_4B50, 4) + common + file)
            try packed.withUnsafeBytes { try writer.write($0) }
            directory += little(0x0201_4B50, 4) + little(20, 2) + common + [UInt8](repeating: 0, count: 10) + little(offset, 4) + file
            offset += 30 + file.count + packed.count
        }
        try writer.write(directory)
        try writer.write(little(0x0605_4B50, 4) + little(0, 4) + little(tensors.count, 2) + little(tensors.count, 2)
            + little(directory.count, 4) + little(offset, 4) + little(0, 2))
    }
}

private func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 0xFF) } }

private func checksum(_ bytes: [UInt8]) -> UInt {
    var sum = crc32(0, nil, 0)
    bytes.withUnsafeBufferPointer { buffer in
        var start = 0
        while start < buffer.count {
            let part = min(buffer.count - start, 1 << 30)
            sum = crc32(sum, buffer.baseAddress.map { $0 + start }, UInt32(part))
            start += part
        }
    }
    return UInt(sum)
}

/// Bytes packed without a header.
private func deflated(_ bytes: [UInt8]) throws -> [UInt8] {
    var stream = z_stream()
    guard deflateInit2_(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        throw TensorError.outOfMemory("save_npz", shape: [bytes.count], bytes: bytes.count)
    }
    defer { deflateEnd(&stream) }
    guard bytes.count < Int(UInt32.max) else { return bytes }
    var result = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
    let size = result.count
    return try bytes.withUnsafeBufferPointer { source in
        try result.withUnsafeMutableBufferPointer { target in
            stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            stream.avail_in = UInt32(source.count)
            stream.next_out = target.baseAddress
            stream.avail_out = UInt32(clamping: size)
            guard deflate(&stream, Z_FINISH) == Z_STREAM_END else { throw LearningError.argument("save_npz", "zlib failed") }
            return Array(target[..<Int(stream.total_out)])
        }
    }
}

/// The files of a zip archive (PKWARE's APPNOTE), zip64 included; the central directory says where they
/// are, and everything it says is checked.
struct ZipReader {
    struct Entry {
        let name: String
        let method: Int
        let crc: UInt
        let packed: Int
        let size: Int
        let offset: Int
    }

    let path: String
    let entries: [Entry]
    private let bytes: [UInt8]

    init(path: String) throws {
        let bytes = try readFile(path)
        (self.path, self.bytes) = (path, bytes)
        func fail(_ offset: Int, _ text: String) -> LearningError { .file(path, .offset(offset), text) }
        func number(_ place: Int, _ count: Int) throws -> Int {
            guard place >= 0, place <= bytes.count - count else { throw fail(bytes.count, "the archive ends too early") }
            let value = (0..<count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[place + $1]) }
            guard let value = Int(exactly: value) else { throw fail(place, "a size is too large") }
            return value
        }
        // The end of the directory is at the end of the file, before a comment.
        var end = bytes.count - 22
        while end >= 0, end >= bytes.count - 22 - 0xFFFF {
            if bytes[end] == 0x50, try number(end, 4) == 0x0605_4B50, try number(end + 20, 2) == bytes.count - end - 22 { break }
            end -= 1
        }
        guard end >= 0, end >= bytes.count - 22 - 0xFFFF else { throw fail(0, "not a zip archive") }
        var count = try number(end + 10, 2), size = try number(end + 12, 4), start = try number(end + 16, 4)
        if count == 0xFFFF || size == 0xFFFF_FFFF || start == 0xFFFF_FFFF, end >= 20, try number(end - 20, 4) == 0x0706_4B50 {
            let place = try number(end - 12, 8)
            guard place <= bytes.count - 56, try number(place, 4) == 0x0606_4B50 else { throw fail(end - 20, "the zip64 directory is not where the archive says") }
            (count, size, start) = (try number(place + 32, 8), try number(place + 40, 8), try number(place + 48, 8))
        }
        guard start <= end, size <= end - start, count <= size / 46 else { throw fail(end, "the directory does not fit into the archive") }
        var entries: [Entry] = [], place = start
        for _ in 0..<count {
            guard place <= start + size - 46, try number(place, 4) == 0x0201_4B50 else { throw fail(place, "the directory is damaged") }
            let flags = try number(place + 8, 2), method = try number(place + 10, 2)
            var packed = try number(place + 20, 4), whole = try number(place + 24, 4), offset = try number(place + 42, 4)
            let nameLength = try number(place + 28, 2), extraLength = try number(place + 30, 2), comment = try number(place + 32, 2)
            guard nameLength + extraLength + comment <= start + size - place - 46 else { throw fail(place, "the directory is damaged") }
            let name = String(decoding: bytes[place + 46..<place + 46 + nameLength], as: UTF8.self)
            // Sizes that need 64 bits stand in an extra field.
            var field = place + 46 + nameLength
            let last = field + extraLength
            while field + 4 <= last {
                let id = try number(field, 2), length = try number(field + 2, 2)
                guard length <= last - field - 4 else { throw fail(field, "an extra field is damaged") }
                if id == 1 {
                    var next = field + 4
                    func wide() throws -> Int {
                        guard next + 8 <= field + 4 + length else { throw fail(field, "a zip64 field is too short") }
                        next += 8
                        return try number(next - 8, 8)
                    }
                    if whole == 0xFFFF_FFFF { whole = try wide() }
                    if packed == 0xFFFF_FFFF { packed = try wide() }
                    if offset == 0xFFFF_FFFF { offset = try wide() }
                }
                field += 4 + length
            }
            guard flags & 1 == 0 else { throw fail(place, "\(name) is encrypted") }
            guard method == 0 || method == 8 else { throw fail(place, "\(name) is packed by method \(method); only stored and deflated files can be read") }
            entries.append(Entry(name: name, method: method, crc: UInt(try number(place + 16, 4)), packed: packed, size: whole, offset: offset))
            place += 46 + nameLength + extraLength + comment
        }
        self.entries = entries
    }

    /// A file, unpacked, its checksum compared.
    func bytes(of entry: Entry) throws -> [UInt8] {
        func fail(_ offset: Int, _ text: String) -> LearningError { .file(path, .offset(offset), "\(entry.name): \(text)") }
        func small(_ place: Int) -> Int { Int(bytes[place]) | Int(bytes[place + 1]) << 8 }
        let header = entry.offset
        guard header >= 0, header <= bytes.count - 30, bytes[header..<header + 4].elementsEqual([0x50, 0x4B, 3, 4]) else { throw fail(header, "there is no file where the directory says") }
        let start = header + 30 + small(header + 26) + small(header + 28)
        guard start <= bytes.count, entry.packed >= 0, entry.packed <= bytes.count - start else { throw fail(header, "the file is cut off") }
        let result: [UInt8]
        if entry.method == 0 {
            guard entry.size == entry.packed else { throw fail(header, "a stored file has two sizes") }
            result = Array(bytes[start..<start + entry.packed])
        } else {
            result = try inflated(start, entry, fail)
        }
        guard checksum(result) == entry.crc else { throw fail(start, "the checksum differs, the file is damaged") }
        return result
    }

    private func inflated(_ start: Int, _ entry: Entry, _ fail: (Int, String) -> LearningError) throws -> [UInt8] {
        // Deflate packs no better than 1:1032.
        guard entry.size <= entry.packed.multipliedReportingOverflow(by: 1032).partialValue + 1032, entry.size <= Int(nj_memory_limit()) / 4,
            entry.size < Int(UInt32.max), entry.packed < Int(UInt32.max)
        else { throw fail(start, "\(entry.size) bytes cannot come out of \(entry.packed)") }
        var stream = z_stream()
        guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { throw fail(start, "zlib failed") }
        defer { inflateEnd(&stream) }
        var result = [UInt8](repeating: 0, count: entry.size + 1)
        let status: Int32 = bytes.withUnsafeBufferPointer { source in
            result.withUnsafeMutableBufferPointer { target in
                stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress.map { $0 + start })
                stream.avail_in = UInt32(entry.packed)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return inflate(&stream, Z_FINISH)
            }
        }
        guard status == Z_STREAM_END, Int(stream.total_out) == entry.size else { throw fail(start, "the packed data are damaged") }
        result.removeLast()
        return result
    }
}
