import Glibc
import Tensors

/// The names in a folder in order, without hidden ones; none when it cannot be read.
func folderNames(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
}

/// Whether a path is a folder.
func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Those files of a tar archive, plain or gzip, whose names are wanted (POSIX ustar).
///
/// - Throws: when a header's checksum is wrong or a file is cut off.
func readTar(_ path: String, where isWanted: (String) -> Bool) throws -> [(name: String, bytes: [UInt8])] {
    let source = try ByteSource(path: path)
    var files: [(name: String, bytes: [UInt8])] = []
    while true {
        let start = source.offset, header = try source.read(512)
        // Two blocks of zeros end the archive.
        if header.allSatisfy({ $0 == 0 }) { return files }
        let given = octal(header[148..<156])
        let sum = header.enumerated().reduce(0) { $0 + (148..<156 ~= $1.offset ? 32 : Int($1.element)) }
        guard given == sum, let size = octal(header[124..<136]) else {
            throw LearningError.file(path, .offset(start), "this is no header of a tar archive")
        }
        let name = String(decoding: header[0..<100].prefix { $0 != 0 }, as: UTF8.self)
        let padding = (512 - size % 512) % 512
        if header[156] == UInt8(ascii: "0") || header[156] == 0, isWanted(name) {
            files.append((name, try source.read(size)))
            _ = try source.read(padding)
        } else {
            var rest = size + padding
            while rest > 0 {
                let part = min(rest, 1 << 20)
                _ = try source.read(part)
                rest -= part
            }
        }
    }
}

private func octal(_ bytes: ArraySlice<UInt8>) -> Int? {
    let text = bytes.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
    return Int(String(decoding: text, as: UTF8.self), radix: 8).flatMap { $0 >= 0 ? $0 : nil }
}
