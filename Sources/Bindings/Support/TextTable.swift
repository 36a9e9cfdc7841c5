import Learning
import LuaKit

/// Columns of text, aligned.
struct TextTable {
    private let rows: [[String]]
    private let rightAligned: (Int) -> Bool

    init(_ rows: [[String]], rightAligned: Bool = false) { self.init(rows) { _ in rightAligned } }

    init(_ rows: [[String]], rightAligned: @escaping (_ column: Int) -> Bool) {
        self.rows = rows
        self.rightAligned = rightAligned
    }

    var text: String {
        var widths: [Int] = []
        for row in rows {
            for (i, cell) in row.enumerated() {
                if i < widths.count { widths[i] = max(widths[i], cell.count) } else { widths.append(cell.count) }
            }
        }
        return rows.map { row in
            var line = ""
            for (i, cell) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[i] - cell.count)
                line += (i > 0 ? "  " : "") + (rightAligned(i) ? padding + cell : cell + padding)
            }
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }

    /// A number in four significant digits.
    static func number(_ value: Double) -> String { TextProgress.significant(value) }

    /// A whole number with commas between thousands.
    static func grouped(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var result = ""
        for (i, digit) in digits.enumerated() {
            if i > 0, (digits.count - i) % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return value < 0 ? "-" + result : result
    }
}
