extension Frame: CustomStringConvertible {
    public var description: String { text() }

    /// The frame as a table that fits a terminal: the first and last rows and columns where it is
    /// larger, "…" between them.
    ///
    /// - Parameters:
    ///   - width: cells of the terminal.
    ///   - maximumRows: rows shown at most.
    ///   - firstRow: the number printed beside the first row.
    ///   - unicode: whether the terminal has more than ASCII.
    public func text(width: Int = 80, maximumRows: Int = 10, firstRow: Int = 0, unicode: Bool = true) -> String {
        let footer = "\(rowCount) row\(rowCount == 1 ? "" : "s") \(unicode ? "×" : "x") \(columns.count) column\(columns.count == 1 ? "" : "s")"
        if columns.isEmpty { return footer }
        let ellipsis = unicode ? "…" : "..."
        let limit = max(2, maximumRows)
        let isCut = rowCount > limit
        let shown = isCut ? Array(0..<(limit + 1) / 2) + Array(rowCount - limit / 2..<rowCount) : Array(0..<rowCount)
        let cut = isCut ? (limit + 1) / 2 : nil
        let numbers = shown.map { String($0 + firstRow) }
        let numberWidth = max(numbers.map(\.count).max() ?? 0, isCut ? ellipsis.count : 0)

        // Columns are taken from both ends for as long as they fit.
        var cells: [Int: [String]] = [:], widths: [Int: Int] = [:]
        func layout(_ i: Int) -> Int {
            let column = columns[i]
            cells[i] = [TextTable.fitted(column.name, 24)] + column.cells(shown, unicode: unicode)
            let width = cells[i]?.map(TextTable.width).max() ?? 0
            widths[i] = width
            return width
        }
        var first = 0, last = columns.count, used = numberWidth
        let room = width - (columns.count > 1 ? ellipsis.count + 2 : 0)
        var takesFirst = true
        while first < last {
            let next = takesFirst ? first : last - 1
            let isOnly = last - first == 1
            let needed = used + 2 + layout(next)
            guard needed <= (isOnly ? width : room) || first == 0 else { break }
            used = needed
            if takesFirst { first += 1 } else { last -= 1 }
            takesFirst.toggle()
        }
        let isNarrowed = first < last
        let chosen = Array(0..<first) + Array(last..<columns.count)

        func line(_ number: String, _ row: Int) -> String {
            var line = TextTable.padded(number, numberWidth, .right)
            for i in chosen {
                if isNarrowed, i == last { line += "  " + ellipsis }
                line += "  " + TextTable.padded(cells[i]?[row] ?? "", widths[i] ?? 0, columns[i].kind == .text ? .left : .right)
            }
            if isNarrowed, last == columns.count { line += "  " + ellipsis }
            while line.last == " " { line.removeLast() }
            return line
        }
        var lines = [line("", 0)]
        for (i, number) in numbers.enumerated() {
            if i == cut { lines.append(TextTable.padded(ellipsis, numberWidth, .right)) }
            lines.append(line(number, i + 1))
        }
        return (lines + [footer]).joined(separator: "\n")
    }
}

extension Column {
    /// Some rows as they print: numbers with as many digits after the point as the column needs for
    /// five significant ones.
    func cells(_ rows: [Int], unicode: Bool) -> [String] {
        let missing = unicode ? "–" : "NA"
        switch values {
        case .text(let values): return rows.map { values[$0].map { TextTable.fitted($0, 32) } ?? missing }
        case .booleans(let values): return rows.map { values[$0].isNaN ? missing : values[$0] != 0 ? "true" : "false" }
        case .numbers(let values):
            let decimals = rows.map { NumberText.decimals(values[$0], significant: 5) }
            let digits = decimals.reduce(0) { max($0, min($1 ?? 0, 6)) }
            return zip(rows, decimals).map { row, own in
                let value = values[row]
                if value.isNaN { return missing }
                return (own ?? 99) > 6 ? NumberText.scientific(value, 5) : NumberText.fixed(value, digits)
            }
        }
    }
}
