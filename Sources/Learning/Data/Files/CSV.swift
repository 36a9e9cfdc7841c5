import CKernels
import Tensors

/// How to read a table of text.
public struct CSVOptions: Sendable {
    public var delimiter: UInt8 = UInt8(ascii: ",")
    /// Whether the first row holds the columns' names; without, they are "column_1" and so on.
    public var header = true
    /// What columns hold, by name; the others are numbers when all their values are.
    public var types: [String: ColumnType] = [:]
    /// Spellings of a missing value.
    public var missing: Set<String> = CSVOptions.usualMissing
    /// Whether the file is in Latin-1 instead of UTF-8.
    public var isLatin1 = false

    public enum ColumnType: String, Sendable { case number, text }

    public static let usualMissing: Set<String> = [
        "", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "-NaN", "-nan", "NULL", "null", "None", "<NA>", "?",
    ]

    public init() {}
}

/// Reads comma-separated values (RFC 4180), plain or gzip, into columns of numbers and of text.
///
/// - Throws: naming file and line, for rows of different lengths, misplaced or unclosed quotes, NUL
///   bytes, invalid UTF-8, two columns of one name, and an empty file.
public func readCSV(_ path: String, _ options: CSVOptions = CSVOptions()) throws -> Frame {
    let bytes = try ByteSource(path: path).readAll()
    return try bytes.withUnsafeBufferPointer { try CSVReader(path: path, bytes: $0, options: options).read() }
}

/// Numbers are read in a first pass; columns that turn out to hold text are filled in a second, so
/// that no field is kept as text that is not one.
private struct CSVReader {
    let path: String
    let bytes: UnsafeBufferPointer<UInt8>
    let options: CSVOptions
    private let missing: Set<[UInt8]>

    init(path: String, bytes: UnsafeBufferPointer<UInt8>, options: CSVOptions) {
        self.path = path
        self.bytes = bytes
        self.options = options
        missing = Set(options.missing.map { Array($0.utf8) })
    }

    func fail(_ line: Int, _ text: String) -> LearningError { .file(path, .line(line), text) }

    func read() throws -> Frame {
        let scanner = Scanner(bytes: bytes, delimiter: options.delimiter)
        var first: [String] = []
        let start = scanner.mark
        guard try next(scanner, { _, field in first.append(try text(field, scanner.line)) }) else {
            throw fail(1, "the file is empty")
        }
        let names = options.header ? first : first.indices.map { "column_\($0 + 1)" }
        for (i, name) in names.enumerated() where names[..<i].contains(name) {
            throw fail(1, "two columns are named \"\(name)\"")
        }
        for name in options.types.keys where !names.contains(name) {
            throw LearningError.argument("read_csv", "types names a column \"\(name)\" that \(path) does not have")
        }
        let body = options.header ? scanner.mark : start
        var isText = names.map { options.types[$0] == .text }
        var numbers = [[Double]](repeating: [], count: names.count)
        var rows = 0
        scanner.mark = body
        while try next(scanner, expecting: names.count, { column, field in
            if isText[column] { return }
            if let value = number(field) {
                numbers[column].append(value)
            } else if options.types[names[column]] == .number {
                throw fail(scanner.line, "column \"\(names[column])\": \"\(try text(field, scanner.line))\" is not a number")
            } else {
                isText[column] = true
                numbers[column] = []
            }
        }) {
            rows += 1
            if rows & 0xFFF == 0, nj_interrupted() { throw TensorError.interrupted }
        }
        var texts = [[String?]](repeating: [], count: names.count)
        if isText.contains(true) {
            scanner.mark = body
            while try next(scanner, { column, field in
                if isText[column] { texts[column].append(isMissing(field) ? nil : try text(field, scanner.line)) }
            }) {}
        }
        return try Frame(names.indices.map { i in
            Frame.Column(names[i], isText[i] ? .text(texts[i]) : .numbers(numbers[i]))
        })
    }

    /// Reads a row, checking its number of fields.
    private func next(
        _ scanner: Scanner, expecting count: Int? = nil, _ body: (Int, Scanner.Field) throws -> Void
    ) throws -> Bool {
        var found = 0
        do {
            let isRow = try scanner.row { field in
                defer { found += 1 }
                if let count, found >= count { return }
                try body(found, field)
            }
            guard isRow else { return false }
        } catch let error as Scanner.Failure {
            throw fail(error.line, error.text)
        }
        if let count, found != count {
            throw fail(scanner.rowLine, "this row has \(found) field\(found == 1 ? "" : "s"), the first has \(count)")
        }
        return true
    }

    private func text(_ field: Scanner.Field, _ line: Int) throws -> String {
        let content = field.content(bytes)
        if options.isLatin1 {
            var result = ""
            for byte in content { result.unicodeScalars.append(Unicode.Scalar(byte)) }
            return result
        }
        guard let result = String(validating: content, as: UTF8.self) else {
            throw fail(line, "the text is not valid UTF-8; for a file in Latin-1 say {encoding=\"latin1\"}")
        }
        return result
    }

    private func isMissing(_ field: Scanner.Field) -> Bool {
        field.end - field.start <= 8 && missing.contains(field.content(bytes))
    }

    /// The field's number, NaN when it is missing; nil when it is no number.
    private func number(_ field: Scanner.Field) -> Double? {
        if let value = parseNumber(UnsafeBufferPointer(rebasing: bytes[field.start..<field.end])) { return value }
        return isMissing(field) ? .nan : nil
    }
}

/// Cuts text into rows and fields.
private final class Scanner {
    let bytes: UnsafeBufferPointer<UInt8>
    let delimiter: UInt8
    private var offset = 0
    /// The line that was read last, counted from 1, and the one where its row began.
    private(set) var line = 0
    private(set) var rowLine = 0

    /// A place to go back to.
    var mark: (offset: Int, line: Int) {
        get { (offset, line) }
        set { (offset, line) = newValue }
    }

    struct Failure: Error {
        let line: Int
        let text: String
    }

    /// Where a field lies, quotes left out.
    struct Field {
        let start: Int
        let end: Int
        let hasDoubledQuotes: Bool

        func content(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
            guard hasDoubledQuotes else { return Array(bytes[start..<end]) }
            var result: [UInt8] = [], i = start
            while i < end {
                result.append(bytes[i])
                i += bytes[i] == UInt8(ascii: "\"") ? 2 : 1
            }
            return result
        }
    }

    init(bytes: UnsafeBufferPointer<UInt8>, delimiter: UInt8) {
        self.bytes = bytes
        self.delimiter = delimiter
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { offset = 3 }
    }

    /// Reads a row, skipping empty lines; false at the end.
    func row(_ body: (Field) throws -> Void) throws -> Bool {
        repeat {
            guard offset < bytes.count else { return false }
            line += 1
        } while skipLineEnd()
        rowLine = line
        while true {
            try body(try field())
            guard offset < bytes.count else { return true }
            if bytes[offset] == delimiter { offset += 1; continue }
            _ = skipLineEnd()
            return true
        }
    }

    private func skipLineEnd() -> Bool {
        guard offset < bytes.count else { return false }
        if bytes[offset] == 0x0A { offset += 1; return true }
        guard bytes[offset] == 0x0D else { return false }
        offset += offset + 1 < bytes.count && bytes[offset + 1] == 0x0A ? 2 : 1
        return true
    }

    private func field() throws -> Field {
        let quote = UInt8(ascii: "\"")
        if offset < bytes.count, bytes[offset] == quote { return try quotedField() }
        let start = offset
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == delimiter || byte == 0x0A || byte == 0x0D { break }
            if byte == quote { throw Failure(line: line, text: "a quote inside a field that does not start with one") }
            if byte == 0 { throw Failure(line: line, text: "the file holds NUL bytes; it is not a text") }
            offset += 1
        }
        return Field(start: start, end: offset, hasDoubledQuotes: false)
    }

    private func quotedField() throws -> Field {
        let quote = UInt8(ascii: "\""), opening = line
        offset += 1
        let start = offset
        var isDoubled = false
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            if byte == 0x0A { line += 1 }
            if byte == 0 { throw Failure(line: line, text: "the file holds NUL bytes; it is not a text") }
            guard byte == quote else { continue }
            if offset < bytes.count, bytes[offset] == quote {
                isDoubled = true
                offset += 1
                continue
            }
            if offset < bytes.count, bytes[offset] != delimiter, bytes[offset] != 0x0A, bytes[offset] != 0x0D {
                throw Failure(line: line, text: "text after the closing quote of a field")
            }
            return Field(start: start, end: offset - 1, hasDoubledQuotes: isDoubled)
        }
        throw Failure(line: opening, text: "a quote that opens here is never closed")
    }
}
