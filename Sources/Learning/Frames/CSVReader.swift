import CFormats
import CKernels
import Glibc
import Tensors

/// Reads a table from a file of delimited text (RFC 4180 and its relatives), plain or gzip.
///
/// Types are found out: a column whose fields are all numbers or missing holds numbers, one of
/// true and false booleans, any other text; so does one of whole numbers too large for a double.
/// Blanks around fields without quotes, empty lines and a byte-order mark do not count.
/// - Throws: naming file and line, for an empty file, a record with more or fewer fields than the
///   first, a quote that is not closed or stands inside a field without quotes, bytes of 0, text
///   that is not UTF-8, two columns of one name, and text in a column whose type is given.
public func readCSV(_ path: String, _ options: CSVOptions = CSVOptions()) throws -> Frame {
    try CSVReader(TextSource(path: path), options).read()
}

/// The same from memory; `name` stands for the file in messages.
public func parseCSV(_ bytes: [UInt8], name: String = "text", _ options: CSVOptions = CSVOptions()) throws -> Frame {
    try CSVReader(TextSource(bytes: bytes, name: name), options).read()
}

/// Reads a table block by block; the records of a block are parsed on all threads.
///
/// A first look at the beginning tells columns of text from columns of numbers. When a later record
/// proves the guess wrong, the text is read a second time.
final class CSVReader {
    private let options: CSVOptions
    private let buffer: TextBuffer
    private var format = nj_csv_format()
    private var spellings: [UnsafeMutablePointer<CChar>] = []
    private let missing: UnsafeMutablePointer<UnsafePointer<CChar>?>
    private let missingLengths: UnsafeMutablePointer<Int32>
    private var names: [String] = []
    private var columns: [CSVColumn] = []
    /// Where the data begin in the text, and on which line.
    private var dataStart = 0
    private var dataLine = 1

    /// More columns than any table has; a header of more is refused before memory is taken.
    static let maximumColumns = 100_000

    init(_ source: TextSource, _ options: CSVOptions) throws {
        self.options = options
        buffer = TextBuffer(source)
        let words = ((options.usesDefaultMissing ? CSVOptions.defaultMissing : []) + options.missing).sorted { $0.utf8.count < $1.utf8.count }
        missing = .allocate(capacity: words.count + 1)
        missingLengths = .allocate(capacity: words.count + 1)
        for (i, word) in words.enumerated() {
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: word.utf8.count + 1)
            for (j, byte) in word.utf8.enumerated() { copy[j] = CChar(bitPattern: byte) }
            spellings.append(copy)
            missing[i] = UnsafePointer(copy)
            missingLengths[i] = Int32(word.utf8.count)
        }
        format.missing = UnsafePointer(missing)
        format.missing_lengths = UnsafePointer(missingLengths)
        format.missing_count = Int32(words.count)
        format.number_missing = options.missing.contains { Double($0) != nil }
        format.quote = options.quote ?? 0
        format.decimal = options.decimal
        format.latin1 = options.encoding == .latin1
    }

    deinit {
        for word in spellings { word.deallocate() }
        missing.deallocate()
        missingLengths.deallocate()
    }

    func read() throws -> Frame {
        try readHeader()
        try look()
        try pass()
        if columns.contains(where: \.mustBecomeText) {
            for i in columns.indices where columns[i].mustBecomeText { columns[i].kind = NJ_CSV_TEXT }
            try buffer.startOver(at: dataStart)
            try pass()
        }
        var result: [Column] = []
        for (name, column) in zip(names, columns) where column.kind != NJ_CSV_SKIP {
            result.append(Column(name, try column.values(name, file: buffer.name)))
        }
        return try Frame(result)
    }

    // MARK: The header

    private func readHeader() throws {
        try buffer.refill()
        if buffer.hasPrefix([0xFF, 0xFE]) || buffer.hasPrefix([0xFE, 0xFF]) {
            throw LearningError.file(buffer.name, .line(1), "this is UTF-16; save it as UTF-8")
        }
        if buffer.hasPrefix([0xEF, 0xBB, 0xBF]) { buffer.start = 3 }
        format.delimiter = options.delimiter ?? guessDelimiter()
        let special = [format.delimiter, format.quote, format.decimal]
        guard Set(special).count == 3, !special.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 >= 0x80 }), format.delimiter != 0 else {
            throw LearningError.argument("read_csv", "delimiter, quote and decimal point must be different ASCII characters")
        }
        var line = 1
        let fields = try record(&line)
        guard fields.count <= CSVReader.maximumColumns else {
            throw LearningError.file(buffer.name, .line(line), "\(fields.count) columns are more than \(CSVReader.maximumColumns)")
        }
        let isHeader: Bool
        switch options.header {
        case .present: isHeader = true
        case .absent: isHeader = false
        case .automatic: isHeader = !fields.contains(where: \.isNumber)
        case .names(let given):
            guard given.count == fields.count else {
                throw LearningError.file(buffer.name, .line(line), "the first row has \(fields.count) fields, \(given.count) names were given")
            }
            names = given
            isHeader = false
        }
        if isHeader {
            dataStart = buffer.next
            dataLine = buffer.nextLine
        } else {
            dataStart = buffer.start
            dataLine = 1
        }
        buffer.start = dataStart
        if names.isEmpty {
            names = fields.enumerated().map { isHeader && !$1.text.isEmpty ? $1.text : "column_\($0 + 1)" }
        }
        var seen: [String: Int] = [:]
        for (i, name) in names.enumerated() {
            if let other = seen.updateValue(i, forKey: name) {
                throw LearningError.file(buffer.name, .line(line), "two columns are named \"\(name)\" (the \(ordinal(other + 1)) and the \(ordinal(i + 1)))")
            }
        }
        format.columns = Int32(names.count)
        for name in options.types.keys.sorted() where seen[name] == nil {
            let near = nearest(name, names).map { ". Did you mean \"\($0)\"?" } ?? ""
            throw LearningError.argument("read_csv", "types: there is no column \"\(name)\"\(near)")
        }
        columns = names.map { CSVColumn(type: options.types[$0], options: options) }
    }

    private struct Field {
        let text: String
        let isNumber: Bool
    }

    /// The first record's fields. `buffer.next` is the position after it.
    private func record(_ line: inout Int) throws -> [Field] {
        while true {
            var lines: Int64 = 0, count: Int64 = 0, problemLine: Int64 = 0, problem = NJ_CSV_FINE
            var position = buffer.start, spans: [nj_csv_span] = []
            let end = buffer.base + buffer.filled
            var after: UnsafePointer<UInt8>?
            while position < buffer.filled {
                let begin = buffer.base + position
                let before = lines
                after = nj_csv_record(&format, begin, end, nil, 0, &count, &lines, &problem, &problemLine)
                guard let next = after else { break }
                if count == 0 { position = next - UnsafePointer(buffer.base); continue }
                line = 1 + Int(before)
                spans = [nj_csv_span](repeating: nj_csv_span(), count: min(Int(count), CSVReader.maximumColumns + 1))
                var again = before
                _ = nj_csv_record(&format, begin, end, &spans, Int64(spans.count), &count, &again, &problem, &problemLine)
                break
            }
            // A record that reaches the end of the buffer may go on after it.
            if !buffer.isEnd, after == nil && problem == NJ_CSV_UNCLOSED || after == UnsafePointer(end) || position >= buffer.filled {
                try buffer.grow()
                continue
            }
            if problem != NJ_CSV_FINE { throw describe(problem, line: 1 + Int(problemLine), fields: Int(count)) }
            guard let after, !spans.isEmpty else {
                throw LearningError.file(buffer.name, .line(1), "the file is empty")
            }
            buffer.next = after - UnsafePointer(buffer.base)
            buffer.nextLine = 1 + Int(lines)
            return spans.map { span in
                let text = string(span)
                var value = 0.0, kind: UInt32 = 0
                let isNumber = Array(text.utf8 + [UInt8](repeating: 0, count: 32)).withUnsafeBufferPointer { bytes in
                    nj_read_number(bytes.baseAddress, format.decimal, &value, &kind) == bytes.baseAddress.map { $0 + text.utf8.count }
                }
                return Field(text: text, isNumber: isNumber)
            }
        }
    }

    /// The separator that splits the first lines into the same number of fields, the most of all.
    private func guessDelimiter() -> UInt8 {
        var best = UInt8(ascii: ","), most = 0, bestAgrees = false
        for candidate in [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")] {
            guard candidate != format.decimal || candidate != UInt8(ascii: ",") else { continue }
            var counts: [Int] = [], count = 0, inQuotes = false
            for i in buffer.start..<min(buffer.filled, buffer.start + 1 << 16) {
                let byte = buffer.base[i]
                if byte == format.quote, byte != 0 { inQuotes.toggle() } else if inQuotes { continue }
                if byte == candidate { count += 1 }
                if byte == 0x0A {
                    counts.append(count)
                    count = 0
                    if counts.count == 10 { break }
                }
            }
            if counts.isEmpty { counts = [count] }
            let agrees = counts[0] > 0 && counts.dropFirst().allSatisfy { $0 == counts[0] || $0 == 0 }
            if counts[0] > 0, (agrees && !bestAgrees) || (agrees == bestAgrees && counts[0] > most) {
                (best, most, bestAgrees) = (candidate, counts[0], agrees)
            }
        }
        return best
    }

    // MARK: The data

    /// Tells columns of text by the first records.
    private func look() throws {
        let begin = buffer.base + buffer.start
        let target = begin + min(buffer.filled - buffer.start, 1 << 16)
        let end = buffer.isEnd && target == buffer.base + buffer.filled ? UnsafePointer(target) : nj_csv_last_end(format.quote, begin, target)
        guard let end, end > UnsafePointer(begin) else { return }
        let wanted = columns
        for i in columns.indices where columns[i].kind == NJ_CSV_TEXT { columns[i].kind = NJ_CSV_SKIP }
        let piece = CSVPiece()
        try piece.prepare(columns, bytes: end - UnsafePointer(begin), name: buffer.name)
        withUnsafePointer(to: &format) { format in
            var work = piece.work(format, begin, end)
            nj_csv_parse(&work, 0, 1)
        }
        for i in columns.indices {
            columns[i] = wanted[i]
            if piece.columns[i].seen & UInt32(NJ_CSV_SAW_TEXT) != 0, wanted[i].type == nil { columns[i].kind = NJ_CSV_TEXT }
        }
    }

    private func pass() throws {
        for i in columns.indices { columns[i].clear() }
        let threads = max(1, Int(nj_num_threads()))
        let pieces = (0..<threads).map { _ in CSVPiece() }
        var line = dataLine, rows = 0, consumed = 0
        while true {
            try checkInterrupt()
            let begin = UnsafePointer(buffer.base) + buffer.start, filled = UnsafePointer(buffer.base) + buffer.filled
            let end = buffer.isEnd ? filled : nj_csv_last_end(format.quote, begin, filled) ?? begin
            if end == begin {
                if buffer.isEnd { break }
                // No record ends in the whole buffer.
                if buffer.start == 0 { try buffer.grow() } else { try buffer.refill() }
                continue
            }
            // Every piece ends with a record.
            let count = end - begin < 1 << 18 ? 1 : threads
            var edges = [begin]
            for k in 1..<max(count, 1) {
                let edge = nj_csv_last_end(format.quote, edges[k - 1], begin + (end - begin) * k / count) ?? edges[k - 1]
                edges.append(max(edge, edges[k - 1]))
            }
            edges.append(end)
            let work = try withUnsafePointer(to: &format) { format in
                var work: [nj_csv_piece] = []
                for k in 0..<count {
                    try pieces[k].prepare(columns, bytes: edges[k + 1] - edges[k], name: buffer.name)
                    work.append(pieces[k].work(format, edges[k], edges[k + 1]))
                }
                work.withUnsafeMutableBufferPointer { nj_parallel(Int64(count), 1, nj_csv_parse, $0.baseAddress) }
                return work
            }
            consumed += end - begin
            rows += work.reduce(0) { $0 + Int($1.rows) }
            let expected = buffer.size.map { Int(Double(rows) * Double($0) / Double(consumed) * 1.01) + 16 }
            for (piece, work) in zip(pieces, work) {
                for i in columns.indices where columns[i].kind != NJ_CSV_SKIP {
                    append(piece.columns[i], Int(work.rows), to: &columns[i], line: line, expected: expected)
                }
                if let (name, column) = zip(names, columns).first(where: { $1.type != nil && $1.firstText != nil }), let first = column.firstText {
                    throw LearningError.file(buffer.name, .line(first.line), "column \"\(name)\": \"\(TextTable.fitted(first.text, 40))\" is not a \(column.type?.rawValue ?? "number")")
                }
                if work.problem != NJ_CSV_FINE {
                    throw describe(work.problem, line: line + Int(work.problem_line), fields: Int(work.fields))
                }
                line += Int(work.lines)
            }
            buffer.start = end - UnsafePointer(buffer.base)
            if !buffer.isEnd { try buffer.refill() }
        }
    }

    private func append(_ source: nj_csv_column, _ rows: Int, to column: inout CSVColumn, line: Int, expected: Int?) {
        column.seen |= source.seen
        if source.seen & UInt32(NJ_CSV_SAW_TEXT) != 0, column.firstText == nil {
            column.firstText = (line + Int(source.text_line), string(source.text))
        }
        if column.kind == NJ_CSV_NUMBER {
            if let expected, column.numbers.isEmpty { column.numbers.reserveCapacity(expected) }
            column.numbers.append(contentsOf: UnsafeBufferPointer(start: source.numbers, count: rows))
        } else {
            for span in UnsafeBufferPointer(start: source.texts, count: rows) {
                column.text.append(span.start == nil ? nil : string(span))
            }
        }
    }

    private func string(_ span: nj_csv_span) -> String {
        if span.length >= 0, options.encoding == .utf8 {
            return String(decoding: UnsafeBufferPointer(start: span.start, count: Int(span.length)), as: UTF8.self)
        }
        let length = span.length >= 0 ? Int(span.length) : Int(-span.length - 1)
        let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            count = length == 0 ? 0 : Int(nj_csv_copy(format.quote, span, buffer.baseAddress))
        }
        // Latin-1 is the first 256 characters of Unicode.
        return options.encoding == .utf8 ? String(decoding: bytes, as: UTF8.self) : String(decoding: bytes.map(UInt16.init), as: UTF16.self)
    }

    private func describe(_ problem: nj_csv_problem, line: Int, fields: Int) -> LearningError {
        let quote = String(UnicodeScalar(format.quote))
        let text: String
        switch problem {
        case NJ_CSV_RAGGED: text = "this row has \(fields) field\(fields == 1 ? "" : "s"), the first has \(names.count)"
        case NJ_CSV_UNCLOSED: text = "the quote \(quote) that opens here is never closed"
        case NJ_CSV_MISPLACED: text = "a quote \(quote) inside a field that does not start with one"
        case NJ_CSV_AFTER_QUOTE: text = "text after the closing quote of a field; a quote inside one is written twice"
        case NJ_CSV_NUL: text = "the file holds NUL bytes; it is not a text"
        default: text = "the text is not valid UTF-8; for a file in Latin-1 say {encoding=\"latin1\"}"
        }
        return .file(buffer.name, .line(line), text)
    }

    private func ordinal(_ n: Int) -> String {
        let suffix = (11...13).contains(n % 100) ? "th" : n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th"
        return "\(n)\(suffix)"
    }
}
