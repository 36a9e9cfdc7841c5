import Glibc

/// A JSON value; objects keep the order of their keys.
public enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([(key: String, value: JSON)])

    public static func == (a: JSON, b: JSON) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let x), .bool(let y)): x == y
        case (.integer(let x), .integer(let y)): x == y
        case (.number(let x), .number(let y)): x == y
        case (.string(let x), .string(let y)): x == y
        case (.array(let x), .array(let y)): x == y
        case (.object(let x), .object(let y)): x.elementsEqual(y) { $0.key == $1.key && $0.value == $1.value }
        default: false
        }
    }

    /// The value of a key of an object.
    public subscript(key: String) -> JSON? {
        guard case .object(let entries) = self else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// The text of this value in the shortest form.
    public var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): value.isFinite ? String(value) : "null"
        case .string(let value): JSON.quoted(value)
        case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
        case .object(let entries): "{" + entries.map { JSON.quoted($0.key) + ":" + $0.value.text }.joined(separator: ",") + "}"
        }
    }

    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// What is wrong in a JSON text and where, in bytes.
struct JSONError: Error {
    let offset: Int
    let text: String
}

/// Reads JSON strictly as RFC 8259 has it; a key that comes twice in an object is an error.
struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var offset = 0
    private let maximumDepth = 128

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The value that all of `bytes` is, white space around it allowed.
    static func parse(_ bytes: [UInt8]) throws -> JSON {
        try bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(buffer)
            let value = try parser.value(depth: 0)
            parser.skipSpace()
            guard parser.offset == buffer.count else { throw parser.error("text after the end of the value") }
            return value
        }
    }

    private func error(_ text: String) -> JSONError { JSONError(offset: offset, text: text) }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private mutating func expect(_ text: StaticString) throws {
        let length = text.utf8CodeUnitCount
        for i in 0..<length where offset + i >= bytes.count || bytes[offset + i] != text.utf8Start[i] {
            throw error("expected \(text)")
        }
        offset += length
    }

    private mutating func value(depth: Int) throws -> JSON {
        guard depth < maximumDepth else { throw error("nested deeper than \(maximumDepth) levels") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return .object(try object(depth))
        case UInt8(ascii: "["): return .array(try array(depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): try expect("true"); return .bool(true)
        case UInt8(ascii: "f"): try expect("false"); return .bool(false)
        case UInt8(ascii: "n"): try expect("null"); return .null
        case nil: throw error("the text ends where a value should be")
        default: return try number()
        }
    }

    private mutating func object(_ depth: Int) throws -> [(key: String, value: JSON)] {
        offset += 1
        var result: [(key: String, value: JSON)] = [], keys = Set<String>()
        skipSpace()
        if next == UInt8(ascii: "}") { offset += 1; return result }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw error("expected a key in quotes") }
            let start = offset, key = try string()
            guard keys.insert(key).inserted else { throw JSONError(offset: start, text: "the key \(JSON.quoted(key)) comes twice") }
            skipSpace()
            try expect(":")
            result.append((key, try value(depth: depth + 1)))
            skipSpace()
            if next == UInt8(ascii: "}") { offset += 1; return result }
            guard next == UInt8(ascii: ",") else { throw error("expected , or } in an object") }
            offset += 1
        }
    }

    private mutating func array(_ depth: Int) throws -> [JSON] {
        offset += 1
        var result: [JSON] = []
        skipSpace()
        if next == UInt8(ascii: "]") { offset += 1; return result }
        while true {
            result.append(try value(depth: depth + 1))
            skipSpace()
            if next == UInt8(ascii: "]") { offset += 1; return result }
            guard next == UInt8(ascii: ",") else { throw error("expected , or ] in a list") }
            offset += 1
        }
    }

    private mutating func number() throws -> JSON {
        let start = offset
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { $0 >= 0x30 && $0 <= 0x39 } ?? false }
        if next == UInt8(ascii: "-") { offset += 1 }
        guard isDigit(next) else { throw error("expected a value") }
        if next == UInt8(ascii: "0") { offset += 1 } else { while isDigit(next) { offset += 1 } }
        var isInteger = true
        if next == UInt8(ascii: ".") {
            isInteger = false
            offset += 1
            guard isDigit(next) else { throw error("expected a digit after the point") }
            while isDigit(next) { offset += 1 }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isInteger = false
            offset += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset += 1 }
            guard isDigit(next) else { throw error("expected a digit in the exponent") }
            while isDigit(next) { offset += 1 }
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isInteger, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text) else { throw JSONError(offset: start, text: "not a number") }
        return .number(value)
    }

    private mutating func string() throws -> String {
        offset += 1
        var result: [UInt8] = []
        let start = offset
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                guard let text = String(validating: result, as: UTF8.self) else {
                    throw JSONError(offset: start, text: "the text is not valid UTF-8")
                }
                return text
            case UInt8(ascii: "\\"):
                offset += 1
                try escape(into: &result)
            case 0..<0x20: throw error("a control character in a string")
            default:
                result.append(byte)
                offset += 1
            }
        }
        throw error("the string is not closed")
    }

    private mutating func escape(into result: inout [UInt8]) throws {
        guard let byte = next else { throw error("the string is not closed") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "b"): result.append(8)
        case UInt8(ascii: "f"): result.append(12)
        case UInt8(ascii: "n"): result.append(10)
        case UInt8(ascii: "r"): result.append(13)
        case UInt8(ascii: "t"): result.append(9)
        case UInt8(ascii: "u"):
            var code = UInt32(try unit())
            if (0xD800..<0xDC00).contains(code) {
                try expect("\\u")
                let low = UInt32(try unit())
                guard (0xDC00..<0xE000).contains(low) else { throw error("half of a surrogate pair") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error("half of a surrogate pair") }
            result.append(contentsOf: String(Character(scalar)).utf8)
        default: throw error("unknown escape in a string")
        }
    }

    private mutating func unit() throws -> UInt16 {
        guard offset + 4 <= bytes.count else { throw error("expected 4 hexadecimal digits") }
        var value: UInt16 = 0
        for i in 0..<4 {
            let byte = bytes[offset + i]
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: throw error("expected 4 hexadecimal digits")
            }
            value = value << 4 | UInt16(digit)
        }
        offset += 4
        return value
    }
}
