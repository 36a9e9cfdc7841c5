import CKernels
import Tensors

// NumPy's file of one array: magic bytes, a version, a header that is a Python dictionary, the elements.

/// Reads a tensor from a .npy file, versions 1 to 3, row- or column-major, little- or big-endian.
///
/// Types that tensors do not have are converted: float16 becomes float32, int8, int16 and uint16 int32,
/// uint32 and uint64 int64.
/// - Throws: naming file and byte, for damaged files, arrays of Python objects, text and complex numbers.
public func loadNPY(_ path: String) throws -> Tensor {
    try NPYReader(path: path, bytes: ByteSource(path: path).readAll()).read()
}

/// Writes a tensor as a .npy file; the old file, if any, stays until the new one is whole.
public func saveNPY(_ path: String, _ tensor: Tensor) throws {
    try writeFile(path) { writer in
        let elements = try tensor.detach().contiguous()
        try writer.write(NPYReader.header(elements))
        try writer.write(UnsafeRawBufferPointer(start: elements.pointer, count: elements.count * elements.dtype.size))
    }
}

struct NPYReader {
    let path: String
    let bytes: [UInt8]

    private func fail(_ offset: Int, _ text: String) -> LearningError { .file(path, .offset(offset), text) }

    func read() throws -> Tensor {
        guard bytes.count >= 10, bytes[0] == 0x93, bytes[1..<6].elementsEqual("NUMPY".utf8) else { throw fail(0, "not a .npy file") }
        let version = bytes[6]
        guard (1...3).contains(version) else { throw fail(6, "version \(version) of the .npy format is not known") }
        let start = version == 1 ? 10 : 12
        guard bytes.count >= start else { throw fail(bytes.count, "the file ends in its header") }
        let length = (8..<start).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
        guard length <= bytes.count - start else { throw fail(start, "the header takes \(length) bytes, only \(bytes.count - start) follow") }
        let header = try parse(start, start + length)
        let type = try elementType(header.type)
        var count = 1
        for size in header.shape {
            let product = count.multipliedReportingOverflow(by: size)
            guard !product.overflow else { throw fail(start, "the shape has too many elements") }
            count = product.partialValue
        }
        let begin = start + length, size = count.multipliedReportingOverflow(by: type.size)
        guard !size.overflow, size.partialValue == bytes.count - begin else {
            throw fail(begin, "\(header.type) \(Tensors.describe(header.shape)) takes \(size.overflow ? "too many" : String(size.partialValue)) bytes, \(bytes.count - begin) follow")
        }
        let shape = header.isFortran ? header.shape.reversed() : header.shape
        let result = try Tensor.empty(shape, type.dtype)
        try bytes.withUnsafeBytes { try type.store(UnsafeRawBufferPointer(rebasing: $0[begin...]), in: result) { fail(begin + $0, $1) } }
        return header.isFortran && shape.count > 1 ? try result.permute(Array((0..<shape.count).reversed())).contiguous() : result
    }

    // MARK: Header

    private struct Header {
        var type = ""
        var isFortran = false
        var shape: [Int] = []
    }

    /// {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
    private func parse(_ start: Int, _ end: Int) throws -> Header {
        var place = start, seen: Set<String> = [], header = Header()
        func skipSpace() { while place < end, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[place]) { place += 1 } }
        func next() -> UInt8? {
            skipSpace()
            return place < end ? bytes[place] : nil
        }
        func expect(_ character: Character) throws {
            guard let byte = character.asciiValue, next() == byte else { throw fail(place, "the header is not a dictionary as NumPy writes it: expected \(character)") }
            place += 1
        }
        func text() throws -> String {
            guard let quote = next(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { throw fail(place, "expected a text in the header") }
            let first = place + 1
            place = first
            while place < end, bytes[place] != quote { place += 1 }
            guard place < end else { throw fail(first, "a text in the header does not end") }
            defer { place += 1 }
            return String(decoding: bytes[first..<place], as: UTF8.self)
        }
        func word() -> String {
            skipSpace()
            let first = place
            while place < end, bytes[place] >= 0x41 { place += 1 }
            return String(decoding: bytes[first..<place], as: UTF8.self)
        }
        func number() throws -> Int {
            skipSpace()
            let first = place
            while place < end, (0x30...0x39).contains(bytes[place]) { place += 1 }
            guard let value = Int(String(decoding: bytes[first..<place], as: UTF8.self)) else { throw fail(first, "expected a size in the shape") }
            if place < end, bytes[place] == UInt8(ascii: "L") { place += 1 }
            return value
        }
        try expect("{")
        while next() != UInt8(ascii: "}") {
            let key = try text()
            guard seen.insert(key).inserted else { throw fail(place, "\(key) comes twice in the header") }
            try expect(":")
            switch key {
            case "descr":
                guard let byte = next(), byte != UInt8(ascii: "[") else { throw fail(place, "an array of records; only plain numbers can be read") }
                header.type = try text()
            case "fortran_order":
                let value = word()
                guard value == "True" || value == "False" else { throw fail(place, "fortran_order is neither True nor False") }
                header.isFortran = value == "True"
            case "shape":
                try expect("(")
                while next() != UInt8(ascii: ")") {
                    header.shape.append(try number())
                    if next() == UInt8(ascii: ",") { place += 1 } else if next() != UInt8(ascii: ")") { throw fail(place, "expected , or ) in the shape") }
                }
                place += 1
                guard header.shape.count <= Layout.maximumRank else { throw fail(place, "\(header.shape.count) dimensions are too many") }
            default: throw fail(place, "unknown key \(key) in the header")
            }
            if next() == UInt8(ascii: ",") { place += 1 } else if next() != UInt8(ascii: "}") { throw fail(place, "expected , or } in the header") }
        }
        place += 1
        guard next() == nil else { throw fail(place, "text after the end of the header's dictionary") }
        guard seen.count == 3 else { throw fail(start, "the header lacks descr, fortran_order or shape") }
        return header
    }

    private func elementType(_ name: String) throws -> NPYType {
        if name.hasSuffix("O") || name.contains("O") { throw fail(10, "an array of Python objects, which would run code to be read; save plain numbers") }
        guard let type = NPYType(name) else { throw fail(10, "elements of type \"\(name)\" cannot be read; only booleans, integers and floating point numbers") }
        return type
    }

    /// The bytes before a tensor's elements, as many as make them aligned.
    static func header(_ tensor: Tensor) -> [UInt8] {
        let sizes = tensor.shape.map(String.init), list = sizes.count == 1 ? sizes[0] + "," : sizes.joined(separator: ", ")
        var text = "{'descr': '\(NPYType.name(of: tensor.dtype))', 'fortran_order': False, 'shape': (\(list)), }"
        text += String(repeating: " ", count: (64 - (10 + text.utf8.count + 1) % 64) % 64) + "\n"
        let length = text.utf8.count
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
    }
}

/// An element type as NumPy writes it: order of bytes, kind, size.
private struct NPYType {
    let isBig: Bool
    let kind: Character
    let size: Int

    init?(_ name: String) {
        let letters = Array(name)
        guard letters.count == 3, "<>|=".contains(letters[0]), let size = letters[2].wholeNumberValue else { return nil }
        let kinds: [Character: [Int]] = ["b": [1], "u": [1, 2, 4, 8], "i": [1, 2, 4, 8], "f": [2, 4, 8]]
        guard kinds[letters[1]]?.contains(size) == true, letters[0] != "|" || size == 1 else { return nil }
        (isBig, kind, self.size) = (letters[0] == ">", letters[1], size)
    }

    static func name(of dtype: DType) -> String {
        switch dtype {
        case .bool: "|b1"
        case .uint8: "|u1"
        case .int32: "<i4"
        case .int64: "<i8"
        case .float32: "<f4"
        case .float64: "<f8"
        }
    }

    /// The type that elements become.
    var dtype: DType {
        switch (kind, size) {
        case ("b", _): .bool
        case ("u", 1): .uint8
        case ("u", 2), ("i", 1), ("i", 2), ("i", 4): .int32
        case ("u", _), ("i", _): .int64
        case ("f", 8): .float64
        default: .float32
        }
    }

    func store(_ source: UnsafeRawBufferPointer, in result: Tensor, _ fail: (Int, String) -> LearningError) throws {
        guard let base = source.baseAddress, result.count > 0 else { return }
        let target = result.pointer
        // As they are.
        if !isBig, result.dtype.size == size, kind != "b", !(kind == "u" && size == 8) {
            target.copyMemory(from: base, byteCount: source.count)
            return
        }
        func bits<T: FixedWidthInteger>(_ i: Int, _ type: T.Type) -> T {
            let value = source.loadUnaligned(fromByteOffset: i * size, as: T.self)
            return isBig ? T(bigEndian: value) : T(littleEndian: value)
        }
        func put<T>(_ value: T, _ i: Int) { target.storeBytes(of: value, toByteOffset: i * MemoryLayout<T>.size, as: T.self) }
        for i in 0..<result.count {
            if i % 65536 == 0 { try checkInterrupt() }
            switch (kind, size) {
            case ("b", _): put(source[i] == 0 ? 0 : 1 as UInt8, i)
            case ("u", 1): put(source[i], i)
            case ("i", 1): put(Int32(Int8(bitPattern: source[i])), i)
            case ("i", 2): put(Int32(Int16(bitPattern: bits(i, UInt16.self))), i)
            case ("u", 2): put(Int32(bits(i, UInt16.self)), i)
            case ("u", 4): put(Int64(bits(i, UInt32.self)), i)
            case ("u", 8):
                guard let value = Int64(exactly: bits(i, UInt64.self)) else { throw fail(i * 8, "\(bits(i, UInt64.self)) does not fit into int64") }
                put(value, i)
            case ("f", 2): put(float(half: bits(i, UInt16.self)), i)
            case (_, 4): put(bits(i, UInt32.self), i)
            default: put(bits(i, UInt64.self), i)
            }
        }
    }
}

/// A number of 16 bits (IEEE 754 binary16) as a Float, exactly.
func float(half bits: UInt16) -> Float {
    let exponent = Int(bits >> 10 & 0x1F), fraction = Float(bits & 0x3FF), sign: Float = bits >> 15 == 1 ? -1 : 1
    if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
    if exponent == 0 { return sign * fraction * 0x1p-24 }
    return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
}
