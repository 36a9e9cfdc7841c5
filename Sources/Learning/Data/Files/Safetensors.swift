import CKernels
import Tensors

// The safetensors format: 8 bytes with the length of a JSON header (little-endian), the header,
// and the elements, row-major and little-endian, without gaps.

/// Tensors by name, in the order of the file, and the file's free text entries.
public struct TensorFile {
    public var tensors: StateDict
    public var metadata: [(key: String, value: String)]
}

/// Reads a safetensors file.
///
/// Types that tensors do not have are converted: F16, BF16, F8_E4M3 and F8_E5M2 become float32, I8,
/// I16 and U16 int32, U32 and U64 int64.
/// - Throws: naming file and byte, when the file is not exactly as the format's specification says;
///   nothing is read in part.
public func loadSafetensors(_ path: String) throws -> TensorFile {
    let bytes = try readFile(path)
    return try bytes.withUnsafeBytes { try SafetensorsReader(path: path, bytes: $0).read() }
}

/// Writes a safetensors file; the old file, if any, stays until the new one is whole.
public func saveSafetensors(_ path: String, _ tensors: StateDict, metadata: [(key: String, value: String)] = []) throws {
    var header: [(key: String, value: JSON)] = [], offset = 0
    if !metadata.isEmpty { header.append(("__metadata__", .object(metadata.map { ($0.key, .string($0.value)) }))) }
    // Wide types first, so that all elements are aligned, as the reference implementation does.
    let order = tensors.entries.enumerated().sorted { a, b in
        a.element.tensor.dtype.size != b.element.tensor.dtype.size
            ? a.element.tensor.dtype.size > b.element.tensor.dtype.size : a.offset < b.offset
    }.map(\.element)
    for (name, tensor) in order {
        guard name != "__metadata__" else { throw LearningError.argument("save_safetensors", "no tensor can be named __metadata__") }
        let size = tensor.count * tensor.dtype.size
        header.append((name, .object([
            ("dtype", .string(SafetensorsType.name(of: tensor.dtype))),
            ("shape", .array(tensor.shape.map { .integer(Int64($0)) })),
            ("data_offsets", .array([.integer(Int64(offset)), .integer(Int64(offset + size))])),
        ])))
        offset += size
    }
    var text = Array(JSON.object(header).text.utf8)
    while text.count % 8 != 0 { text.append(0x20) }
    try writeFile(path) { writer in
        try writer.write(withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) })
        try writer.write(text)
        for (_, tensor) in order {
            if nj_interrupted() { throw TensorError.interrupted }
            let elements = try tensor.detach().contiguous()
            try writer.write(UnsafeRawBufferPointer(start: elements.pointer, count: elements.count * elements.dtype.size))
        }
    }
}

/// An element type of the format.
enum SafetensorsType: String, CaseIterable {
    case BOOL, U8, I8, F8_E5M2, F8_E4M3, I16, U16, F16, BF16, I32, U32, F32, F64, I64, U64

    var size: Int {
        switch self {
        case .BOOL, .U8, .I8, .F8_E5M2, .F8_E4M3: 1
        case .I16, .U16, .F16, .BF16: 2
        case .I32, .U32, .F32: 4
        case .F64, .I64, .U64: 8
        }
    }

    /// The type that elements become.
    var dtype: DType {
        switch self {
        case .BOOL: .bool
        case .U8: .uint8
        case .I8, .I16, .U16, .I32: .int32
        case .U32, .I64, .U64: .int64
        case .F8_E5M2, .F8_E4M3, .F16, .BF16, .F32: .float32
        case .F64: .float64
        }
    }

    static func name(of dtype: DType) -> String {
        switch dtype {
        case .bool: "BOOL"
        case .uint8: "U8"
        case .int32: "I32"
        case .int64: "I64"
        case .float32: "F32"
        case .float64: "F64"
        }
    }
}

private struct SafetensorsReader {
    let path: String
    let bytes: UnsafeRawBufferPointer

    /// The reference implementation's limit for headers.
    static let largestHeader = 100_000_000

    private struct Entry {
        let name: String
        let type: SafetensorsType
        let shape: [Int]
        let begin: Int
        let end: Int
    }

    func fail(_ offset: Int, _ text: String) -> LearningError { .file(path, .offset(offset), text) }

    func read() throws -> TensorFile {
        guard bytes.count >= 8 else { throw fail(bytes.count, "not a safetensors file: it ends before the header's length") }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(SafetensorsReader.largestHeader) else {
            throw fail(0, "a header of \(length) bytes is longer than the format allows; this is not a safetensors file")
        }
        let start = 8 + Int(length)
        guard start <= bytes.count else { throw fail(8, "the header takes \(length) bytes, only \(bytes.count - 8) follow") }
        guard length > 0, bytes[8] == UInt8(ascii: "{") else { throw fail(8, "the header does not start with {") }
        let (entries, metadata) = try header(Array(bytes[8..<start]))
        try checkCoverage(entries, start: start)
        var tensors = StateDict()
        for entry in entries {
            if nj_interrupted() { throw TensorError.interrupted }
            tensors[entry.name] = try tensor(entry, start: start)
        }
        return TensorFile(tensors: tensors, metadata: metadata)
    }

    private func header(_ text: [UInt8]) throws -> ([Entry], [(key: String, value: String)]) {
        let parsed: JSON
        do { parsed = try JSONParser.parse(text) } catch let error as JSONError {
            throw fail(8 + error.offset, "the header is not valid JSON: \(error.text)")
        }
        guard case .object(let members) = parsed else { throw fail(8, "the header is not a JSON object") }
        var entries: [Entry] = [], metadata: [(key: String, value: String)] = []
        for (name, value) in members {
            if name == "__metadata__" {
                guard case .object(let texts) = value else { throw fail(8, "__metadata__ is not an object") }
                for (key, text) in texts {
                    guard case .string(let text) = text else { throw fail(8, "__metadata__: \"\(key)\" is not a text") }
                    metadata.append((key, text))
                }
            } else {
                entries.append(try entry(name, value))
            }
        }
        return (entries, metadata)
    }

    private func entry(_ name: String, _ value: JSON) throws -> Entry {
        func fail(_ text: String) -> LearningError { self.fail(8, "tensor \"\(name)\": \(text)") }
        guard case .object(let members) = value else { throw fail("its entry is not an object") }
        for (key, _) in members where !["dtype", "shape", "data_offsets"].contains(key) {
            throw fail("unknown key \"\(key)\"")
        }
        guard case .string(let typeName)? = value["dtype"] else { throw fail("dtype is missing") }
        guard let type = SafetensorsType(rawValue: typeName) else { throw fail("unknown dtype \"\(typeName)\"") }
        guard case .array(let sizes)? = value["shape"], sizes.count <= Layout.maximumRank else {
            throw fail("shape is missing or has too many dimensions")
        }
        var shape: [Int] = [], count = 1
        for size in sizes {
            guard case .integer(let size) = size, size >= 0 else { throw fail("a size in its shape is not a natural number") }
            let product = count.multipliedReportingOverflow(by: Int(size))
            guard !product.overflow else { throw fail("its shape has too many elements") }
            count = product.partialValue
            shape.append(Int(size))
        }
        guard case .array(let offsets)? = value["data_offsets"], offsets.count == 2,
            case .integer(let begin) = offsets[0], case .integer(let end) = offsets[1], begin >= 0, end >= begin
        else { throw fail("data_offsets is not a range") }
        let size = count.multipliedReportingOverflow(by: type.size)
        guard !size.overflow, size.partialValue == Int(end - begin) else {
            throw fail("\(typeName) \(Tensors.describe(shape)) takes \(size.overflow ? "too many" : String(size.partialValue)) bytes, its range has \(end - begin)")
        }
        return Entry(name: name, type: type, shape: shape, begin: Int(begin), end: Int(end))
    }

    /// Refuses ranges that overlap, leave gaps, or do not end with the file.
    private func checkCoverage(_ entries: [Entry], start: Int) throws {
        var position = 0
        for entry in entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
            guard entry.begin == position else {
                throw fail(start + min(position, entry.begin), "tensor \"\(entry.name)\" starts at byte \(entry.begin) of the elements, "
                    + (entry.begin > position ? "leaving a gap after byte \(position)" : "inside the one before, which ends at \(position)"))
            }
            position = entry.end
        }
        guard position == bytes.count - start else {
            throw fail(min(start + position, bytes.count), "the tensors take \(position) bytes, the file holds \(bytes.count - start)")
        }
    }

    private func tensor(_ entry: Entry, start: Int) throws -> Tensor {
        let result = try Tensor.empty(entry.shape, entry.type.dtype)
        guard result.count > 0, let base = bytes.baseAddress else { return result }
        let source = UnsafeRawBufferPointer(start: base + start + entry.begin, count: entry.end - entry.begin)
        let target = result.pointer
        func each<T>(_ type: T.Type, _ body: (T) throws -> Void) rethrows {
            for i in 0..<result.count { try body(source.loadUnaligned(fromByteOffset: i * MemoryLayout<T>.size, as: T.self)) }
        }
        var i = 0
        func store<T>(_ value: T) {
            target.storeBytes(of: value, toByteOffset: i * MemoryLayout<T>.size, as: T.self)
            i += 1
        }
        switch entry.type {
        case .U8, .I32, .F32, .F64, .I64: target.copyMemory(from: base + start + entry.begin, byteCount: source.count)
        case .BOOL: each(UInt8.self) { store($0 == 0 ? 0 : 1 as UInt8) }
        case .I8: each(Int8.self) { store(Int32($0)) }
        case .I16: each(Int16.self) { store(Int32($0)) }
        case .U16: each(UInt16.self) { store(Int32($0)) }
        case .U32: each(UInt32.self) { store(Int64($0)) }
        case .U64:
            try each(UInt64.self) { value in
                guard let value = Int64(exactly: value) else {
                    throw fail(start + entry.begin + 8 * i, "tensor \"\(entry.name)\": \(value) does not fit into int64")
                }
                store(value)
            }
        case .BF16: each(UInt16.self) { store(Float(bitPattern: UInt32($0) << 16)) }
        case .F16: each(UInt16.self) { store(expanded($0, exponentBits: 5, fractionBits: 10, bias: 15)) }
        case .F8_E5M2: each(UInt8.self) { store(expanded(UInt16($0), exponentBits: 5, fractionBits: 2, bias: 15)) }
        case .F8_E4M3:
            // No infinities; only all ones are NaN.
            each(UInt8.self) { byte in
                store(byte & 0x7F == 0x7F ? Float.nan
                    : expanded(UInt16(byte), exponentBits: 4, fractionBits: 3, bias: 7, hasInfinities: false))
            }
        }
        return result
    }

    /// A short floating point number as a Float, exactly.
    private func expanded(
        _ bits: UInt16, exponentBits: Int, fractionBits: Int, bias: Int, hasInfinities: Bool = true
    ) -> Float {
        let fraction = Int(bits) & (1 << fractionBits - 1)
        let exponent = Int(bits) >> fractionBits & (1 << exponentBits - 1)
        let isNegative = Int(bits) >> (fractionBits + exponentBits) & 1 == 1
        let value: Float
        if hasInfinities, exponent == 1 << exponentBits - 1 {
            value = fraction == 0 ? .infinity : .nan
        } else if exponent == 0 {
            value = Float(sign: .plus, exponent: 1 - bias - fractionBits, significand: Float(fraction))
        } else {
            value = Float(sign: .plus, exponent: exponent - bias - fractionBits, significand: Float(1 << fractionBits + fraction))
        }
        return isNegative ? -value : value
    }
}
