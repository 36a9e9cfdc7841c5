import Glibc

@testable import Tensors

/// Numbers that PyTorch computed, by name; read from the safetensors files that the scripts beside them
/// write.
public struct ReferenceNumbers: @unchecked Sendable {
    private var tensors: [String: Tensor] = [:]

    /// Reads `Reference/<file>.safetensors` beside the test's source.
    public init(_ file: String, beside path: String = #filePath) throws {
        let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        let bytes = try ReferenceNumbers.read("\(folder)/Reference/\(file).safetensors")
        var length = 0
        for i in 0..<8 { length |= Int(bytes[i]) << (8 * i) }
        let header = String(decoding: bytes[8..<8 + length], as: UTF8.self)
        // {"name":{"dtype":"F64","shape":[2,3],"data_offsets":[0,48]},…}
        for entry in header.dropFirst().split(separator: "}" as Character) {
            // Names and the text between them.
            var words: [String] = []
            for word in entry.split(separator: "\"" as Character) where word != "," && word != ",{" && word != "{" { words.append(String(word)) }
            guard let at = words.firstIndex(of: "dtype"), at >= 2, let shape = words.firstIndex(of: "shape"),
                let place = words.firstIndex(of: "data_offsets")
            else { continue }
            let types: [String: DType] = ["F64": .float64, "F32": .float32, "I64": .int64, "I32": .int32, "U8": .uint8, "BOOL": .bool]
            guard let dtype = types[words[at + 2]] else { continue }
            let range = ReferenceNumbers.numbers(words[place + 1])
            let tensor = try Tensor(uninitialized: ReferenceNumbers.numbers(words[shape + 1]), dtype, operation: "reference")
            let start = 8 + length + range[0], end = 8 + length + range[1]
            bytes.withUnsafeBytes { (all: UnsafeRawBufferPointer) in
                if let base = all.baseAddress, end <= all.count { tensor.pointer.copyMemory(from: base + start, byteCount: end - start) }
            }
            tensors[words[at - 2]] = tensor
        }
    }

    public subscript(name: String) -> Tensor? { tensors[name] }

    /// `case.part0`, `case.part1`, … as far as there are any; nil where one is left out.
    public func list(_ name: String, _ part: String) -> [Tensor?] {
        let all = (0..<32).map { tensors["\(name).\(part)\($0)"] }
        return Array(all.prefix((all.lastIndex { $0 != nil } ?? -1) + 1))
    }

    /// The names of all cases.
    public var cases: Set<String> { Set(tensors.keys.map { String($0.prefix { $0 != "." }) }) }

    /// The whole numbers in a text.
    private static func numbers(_ text: String) -> [Int] {
        let parts: [Substring] = text.split { (c: Character) -> Bool in !c.isNumber }
        return parts.compactMap { (part: Substring) -> Int? in Int(part) }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "rb") else { throw TensorError.argument("reference", "cannot open \(path)") }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        var bytes = [UInt8](repeating: 0, count: ftell(file))
        rewind(file)
        guard fread(&bytes, 1, bytes.count, file) == bytes.count, bytes.count > 8 else {
            throw TensorError.argument("reference", "cannot read \(path)")
        }
        return bytes
    }
}
