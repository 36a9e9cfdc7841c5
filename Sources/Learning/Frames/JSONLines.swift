import CKernels
import Tensors

/// Reads a table from a file with a JSON object on each line, plain or gzip.
///
/// Columns come in the order in which keys first appear; keys that a line lacks and null are
/// missing. A column of numbers only holds numbers, of booleans only booleans, any other text.
/// - Throws: naming file and line, for anything but objects of numbers, texts, booleans and null.
public func readJSONL(_ path: String) throws -> Frame {
    try JSONLinesReader(name: path).read(TextSource(path: path))
}

/// The same from memory; `name` stands for the file in messages.
public func parseJSONL(_ bytes: [UInt8], name: String = "text") throws -> Frame {
    try JSONLinesReader(name: name).read(TextSource(bytes: bytes, name: name))
}

private final class JSONLinesReader {
    private let name: String
    private var names: [String] = []
    private var positions: [String: Int] = [:]
    /// The values that are there, with their rows.
    private var cells: [[(row: Int, value: JSON)]] = []
    private var rows = 0

    init(name: String) { self.name = name }

    func read(_ source: TextSource) throws -> Frame {
        let buffer = TextBuffer(source)
        try buffer.refill()
        if buffer.hasPrefix([0xEF, 0xBB, 0xBF]) { buffer.start = 3 }
        var line = 1
        while true {
            var end = buffer.start
            while end < buffer.filled, buffer.base[end] != 0x0A { end += 1 }
            if end == buffer.filled, !buffer.isEnd {
                if buffer.start == 0 { try buffer.grow() } else { try buffer.refill() }
                continue
            }
            try add(UnsafeBufferPointer(start: buffer.base + buffer.start, count: end - buffer.start), line)
            if end == buffer.filled { break }
            buffer.start = end + 1
            line += 1
        }
        guard rows > 0 else { throw LearningError.file(name, .line(1), "the file is empty") }
        return try frame()
    }

    private func add(_ text: UnsafeBufferPointer<UInt8>, _ line: Int) throws {
        if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return }
        if rows % 256 == 0 { try checkInterrupt() }
        let parsed: JSON
        do { parsed = try JSONParser.parse(Array(text)) } catch let error as JSONError {
            throw LearningError.file(name, .line(line), "byte \(error.offset + 1) of the line: \(error.text)")
        }
        guard case .object(let entries) = parsed else { throw LearningError.file(name, .line(line), "the line is not a JSON object") }
        for (key, value) in entries {
            switch value {
            case .null: continue
            case .array, .object:
                throw LearningError.file(name, .line(line), "\(JSON.quoted(key)) holds a list or an object; a table has numbers, texts, booleans")
            default: break
            }
            let position = positions[key] ?? names.count
            if position == names.count {
                guard names.count < CSVReader.maximumColumns else {
                    throw LearningError.file(name, .line(line), "there are more than \(CSVReader.maximumColumns) different keys")
                }
                positions[key] = position
                names.append(key)
                cells.append([])
            }
            cells[position].append((rows, value))
        }
        rows += 1
    }

    private func frame() throws -> Frame {
        let bytes = rows.multipliedReportingOverflow(by: 16 * max(1, names.count))
        guard !bytes.overflow, bytes.partialValue < Int(nj_memory_limit()) / 2 else {
            throw LearningError.file(name, nil, "\(rows) rows of \(names.count) different keys do not fit into memory")
        }
        let columns = zip(names, cells).map { name, cells in
            var numbers = 0, booleans = 0, large = 0, fractions = 0
            for (_, value) in cells {
                switch value {
                case .integer(let value):
                    numbers += 1
                    if value.magnitude > 1 << 53 { large += 1 }
                case .number: numbers += 1; fractions += 1
                case .bool: booleans += 1
                default: break
                }
            }
            if numbers == cells.count, large == 0 || fractions > 0 {
                var values = [Double](repeating: .nan, count: rows)
                for (row, value) in cells {
                    if case .integer(let value) = value { values[row] = Double(value) }
                    if case .number(let value) = value { values[row] = value }
                }
                return Column(name, .numbers(values))
            }
            if booleans == cells.count {
                var values = [Double](repeating: .nan, count: rows)
                for (row, value) in cells { values[row] = value == .bool(true) ? 1 : 0 }
                return Column(name, .booleans(values))
            }
            var values = [String?](repeating: nil, count: rows)
            for (row, value) in cells {
                if case .string(let text) = value { values[row] = text } else { values[row] = value.text }
            }
            return Column(name, .text(values))
        }
        return try Frame(columns, rowCount: rows, operation: "read_jsonl")
    }
}
