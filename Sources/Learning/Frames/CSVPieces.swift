import CFormats
import CKernels
import Glibc
import Tensors

// What a CSVReader works with: the text in memory, room for parsed fields, and columns as they grow.

/// A window on a text that always holds the bytes from `start` on.
final class TextBuffer {
    private let source: TextSource
    private(set) var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var filled = 0
    /// Whether the text ends where the window does.
    private(set) var isEnd = false
    var start = 0
    var next = 0
    var nextLine = 1

    /// Bytes of 0 after the text, which parsers may read.
    private static let padding = 32

    init(_ source: TextSource) {
        self.source = source
        let block = (1 << 22) * max(1, Int(nj_num_threads()))
        capacity = min(block, (source.size ?? block) + 1)
        base = .allocate(capacity: capacity + TextBuffer.padding)
    }

    deinit { base.deallocate() }

    var name: String { source.name }
    var size: Int? { source.size }

    func hasPrefix(_ bytes: [UInt8]) -> Bool {
        filled >= bytes.count && bytes.indices.allSatisfy { base[$0] == bytes[$0] }
    }

    /// Moves what is left to the front and reads on.
    func refill() throws {
        let left = filled - start
        if start > 0, left > 0 { memmove(base, base + start, left) }
        start = 0
        filled = left
        filled += try source.read(into: UnsafeMutableRawBufferPointer(start: base + left, count: capacity - left))
        isEnd = filled < capacity
        memset(base + filled, 0, TextBuffer.padding)
    }

    /// Makes the window twice as large, for records that do not fit. Keeps `start`.
    func grow() throws {
        guard capacity < Int(nj_memory_limit()) / 8 else {
            throw LearningError.file(name, nil, "a single record takes more than \(capacity) bytes")
        }
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * capacity + TextBuffer.padding)
        memcpy(larger, base, filled)
        base.deallocate()
        base = larger
        capacity *= 2
        filled += try source.read(into: UnsafeMutableRawBufferPointer(start: base + filled, count: capacity - filled))
        isEnd = filled < capacity
        memset(base + filled, 0, TextBuffer.padding)
    }

    func startOver(at position: Int) throws {
        try source.startOver()
        filled = 0
        start = 0
        try refill()
        start = position
    }
}

/// Room for the fields of a stretch of text, which is kept from one block to the next.
final class CSVPiece {
    private(set) var columns = UnsafeMutablePointer<nj_csv_column>.allocate(capacity: 1)
    private var memory: UnsafeMutableRawPointer?
    private var bytes = 0
    private var rows = 0

    deinit {
        columns.deallocate()
        free(memory)
    }

    /// Makes room for what `bytes` of text can hold: a record takes a byte for each field.
    func prepare(_ kinds: [CSVColumn], bytes text: Int, name: String) throws {
        rows = text / max(1, kinds.count) + 1
        var needed = 0
        for column in kinds { needed += column.kind == NJ_CSV_NUMBER ? 8 * rows : column.kind == NJ_CSV_TEXT ? 16 * rows : 0 }
        if needed > bytes {
            free(memory)
            bytes = 0
            memory = malloc(needed)
            guard memory != nil else { throw TensorError.outOfMemory("read_csv", shape: [rows, kinds.count], bytes: needed) }
            bytes = needed
        }
        columns.deallocate()
        columns = .allocate(capacity: kinds.count + 1)
        var offset = 0
        for (i, column) in kinds.enumerated() {
            var target = nj_csv_column()
            target.kind = column.kind
            if column.kind == NJ_CSV_NUMBER {
                target.numbers = memory.map { ($0 + offset).assumingMemoryBound(to: Double.self) }
                offset += 8 * rows
            } else if column.kind == NJ_CSV_TEXT {
                target.texts = memory.map { ($0 + offset).assumingMemoryBound(to: nj_csv_span.self) }
                offset += 16 * rows
            }
            columns[i] = target
        }
    }

    func work(_ format: UnsafePointer<nj_csv_format>, _ begin: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> nj_csv_piece {
        var piece = nj_csv_piece()
        piece.format = format
        piece.begin = begin
        piece.end = end
        piece.columns = columns
        piece.capacity = Int64(rows)
        return piece
    }
}

/// A column while it is read.
struct CSVColumn {
    /// What was asked for.
    let type: CSVOptions.ColumnType?
    var kind: nj_csv_kind
    var seen: UInt32 = 0
    /// Where a column of numbers met text.
    var firstText: (line: Int, text: String)?
    var numbers: [Double] = []
    var text: [String?] = []

    init(type: CSVOptions.ColumnType?, options: CSVOptions) {
        self.type = type
        kind = type == .skip ? NJ_CSV_SKIP : type == .text ? NJ_CSV_TEXT : NJ_CSV_NUMBER
    }

    mutating func clear() {
        seen = 0
        firstText = nil
        numbers = []
        text = []
    }

    private func saw(_ flag: Int) -> Bool { seen & UInt32(flag) != 0 }

    /// Whether a column taken for numbers holds something else, or numbers that would lose digits.
    var mustBecomeText: Bool {
        kind == NJ_CSV_NUMBER && type == nil
            && (saw(NJ_CSV_SAW_TEXT) || (saw(NJ_CSV_SAW_BOOLEAN) && saw(NJ_CSV_SAW_NUMBER))
                || (saw(NJ_CSV_SAW_LARGE) && !saw(NJ_CSV_SAW_FRACTION)))
    }

    func values(_ name: String, file: String) throws -> Column.Values {
        if kind == NJ_CSV_TEXT { return .text(text) }
        if type == .boolean, let row = numbers.firstIndex(where: { !$0.isNaN && $0 != 0 && $0 != 1 }) {
            throw LearningError.file(file, nil, "column \"\(name)\", row \(row + 1): \(shortNumber(numbers[row])) is not a boolean")
        }
        let isBoolean = type == .boolean || (type == nil && saw(NJ_CSV_SAW_BOOLEAN) && !saw(NJ_CSV_SAW_NUMBER))
        return isBoolean ? .booleans(numbers) : .numbers(numbers)
    }
}
