extension Frame {
    /// Writes the frame as delimited text, names first, so that reading it gives the same frame.
    ///
    /// Numbers are written with as many digits as it takes to read back the same; missing values are
    /// empty, and so is empty text. The old file, if any, stays until the new one is whole.
    public func writeCSV(_ path: String, delimiter: UInt8 = UInt8(ascii: ",")) throws {
        guard delimiter < 0x80, ![0, 0x0A, 0x0D, 0x22].contains(delimiter) else {
            throw LearningError.argument("write_csv", "the delimiter must be an ASCII character other than a quote or line end")
        }
        try writeFile(path) { writer in
            func quoted(_ text: String) -> String {
                "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
            }
            func needsQuotes(_ text: String) -> Bool {
                let bytes = text.utf8
                return bytes.contains { $0 == delimiter || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
                    || bytes.first == 0x20 || bytes.first == 0x09 || bytes.last == 0x20 || bytes.last == 0x09
                    || CSVOptions.defaultMissing.contains(text)
            }
            let separator = String(UnicodeScalar(delimiter))
            try writer.write(names.map { needsQuotes($0) || $0.isEmpty ? quoted($0) : $0 }.joined(separator: separator) + "\n")
            for row in 0..<rowCount {
                if row % 1024 == 0 { try checkInterrupt() }
                var line = ""
                for (i, column) in columns.enumerated() {
                    if i > 0 { line += separator }
                    if case .text(let text) = column[row] {
                        line += needsQuotes(text) ? quoted(text) : text
                    } else {
                        line += column[row].description
                    }
                }
                // An empty line would not count as a record.
                try writer.write((line.isEmpty ? "\"\"" : line) + "\n")
            }
        }
    }
}
