import Tensors

/// How often each class (rows: targets) was predicted as each (columns).
public struct ConfusionMatrix: Equatable, Sendable {
    /// The classes in the order of rows and columns.
    public let classes: [Int]
    /// What the classes are called in print.
    public let names: [String]
    /// `counts[target][prediction]`, positions in `classes`.
    public let counts: [[Int]]

    /// Rows whose target or prediction is not among `classes` are left out. Without names classes
    /// print as numbers; `names[i]` is the name of class i.
    init(_ counts: ClassCounts, classes: [Int], names: [String]?) {
        self.classes = classes
        self.names = className(classes, names)
        self.counts = classes.map { target in classes.map { counts.count(target: target, prediction: $0) } }
    }

    /// int64 [C, C].
    public func tensor() throws -> Tensor {
        try Tensor(counts.flatMap { $0.map { Int64($0) } }, shape: [classes.count, classes.count])
    }

    public enum Normalization: String, CaseIterable, Sendable {
        /// By row: each target's predictions add up to 1.
        case targets = "true"
        /// By column: each prediction's targets add up to 1.
        case predictions = "pred"
        case all
    }

    /// Shares in place of counts, float64 [C, C]; 0 where there is nothing to share.
    public func normalized(_ by: Normalization) throws -> Tensor {
        let n = classes.count
        var shares = [Double](repeating: 0, count: n * n)
        let all = counts.reduce(0) { $0 + $1.reduce(0, +) }
        for row in 0..<n {
            for column in 0..<n {
                let below = switch by {
                case .targets: counts[row].reduce(0, +)
                case .predictions: counts.reduce(0) { $0 + $1[column] }
                case .all: all
                }
                shares[row * n + column] = below == 0 ? 0 : Double(counts[row][column]) / Double(below)
            }
        }
        return try Tensor(shares, shape: [n, n])
    }

    /// The matrix with names, each row shaded by its shares: by background colour, else by blocks,
    /// else not at all.
    public func text(color: Bool = false, unicode: Bool = true, firstClass: Int = 0) -> String {
        let names = zip(self.names, classes).map { $0.isEmpty ? String($1 &+ firstClass) : $0 }.map { TextTable.fitted($0, 16) }
        let left = max(names.map(TextTable.width).max() ?? 0, 6)
        let widths = classes.indices.map { i in
            max(TextTable.width(names[i]), counts.map { String($0[i]).count }.max() ?? 1)
        }
        let shades = [" ", "░", "▒", "▓", "█"]
        let mark = !color && unicode
        var lines = ["rows: targets, columns: predictions"]
        var header = String(repeating: " ", count: left)
        for (name, width) in zip(names, widths) { header += "  " + TextTable.padded(name, width, .right) + (mark ? "  " : "") }
        while header.last == " " { header.removeLast() }
        lines.append(header)
        for (row, name) in names.enumerated() {
            let total = Double(max(1, counts[row].reduce(0, +)))
            var line = TextTable.padded(name, left, .left)
            for (column, width) in widths.enumerated() {
                let share = Double(counts[row][column]) / total
                let number = TextTable.padded(String(counts[row][column]), width, .right)
                if color {
                    // 24 greys from the terminal's fixed palette, the text black or white on them.
                    let grey = 235 + Int((share * 20).rounded())
                    line += "\u{1B}[48;5;\(grey);38;5;\(share > 0.5 ? 16 : 231)m \(number) \u{1B}[0m"
                } else {
                    let shade = share == 0 ? 0 : max(1, Int((share * 4).rounded()))
                    line += "  " + number + (mark ? " " + shades[shade] : "")
                }
            }
            while line.last == " " { line.removeLast() }
            lines.append(line)
        }
        return lines.joined(separator: "\n")
    }
}

extension ConfusionMatrix: CustomStringConvertible {
    public var description: String { text() }
}

/// The names of classes; empty for those that have none.
func className(_ classes: [Int], _ names: [String]?) -> [String] {
    classes.map { label in names.flatMap { $0.indices.contains(label) ? $0[label] : nil } ?? "" }
}
