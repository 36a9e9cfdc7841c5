/// A line broken between words to fit, with further lines indented like its last column.
///
///     wrapped("  eval  Sets evaluation mode: dropout off.", columns: 30)
///     //   eval  Sets evaluation
///     //         mode: dropout off.
func wrapped(_ line: String, columns: Int) -> [String] {
    guard line.count > columns else { return [line] }
    var indent = textColumn(line)
    if indent > columns / 2 { indent = 0 }
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var current = String(line.prefix(indent))
    var isEmpty = true
    for word in line.dropFirst(indent).split(separator: " ", omittingEmptySubsequences: false) {
        if !isEmpty, current.count + 1 + word.count > columns {
            lines.append(current)
            current = margin
            isEmpty = true
        }
        current += isEmpty ? String(word) : " " + word
        isEmpty = false
    }
    return lines + [current]
}

/// Where the text of a line begins that may start with a column of names: after the last run of
/// several spaces in its first half, or else after its indentation.
private func textColumn(_ line: String) -> Int {
    var column = line.prefix { $0 == " " }.count
    var spaces = 0
    for (position, character) in line.prefix(line.count / 2).enumerated() {
        if character == " " {
            spaces += 1
        } else {
            if spaces > 1 { column = position }
            spaces = 0
        }
    }
    return column
}
