/// Precision, recall and F1 of every class, beside what always answering the most frequent class
/// would score.
public struct ClassificationReport: Equatable, Sendable {
    public struct Row: Equatable, Sendable {
        public let precision: Double
        public let recall: Double
        public let f1: Double
        /// Targets of this class.
        public let support: Int
    }

    public let classes: [Int]
    public let names: [String]
    public let rows: [Row]
    public let accuracy: Double
    public let macro: Row
    public let weighted: Row
    /// The class that is most often a target, and the accuracy of always predicting it.
    public let majority: (label: Int, accuracy: Double)
    private let majorityName: String

    init(_ counts: ClassCounts, classes: [Int], names: [String]?, undefined: Double) {
        self.classes = classes
        self.names = className(classes, names)
        accuracy = counts.accuracy
        let sums = counts.sums(classes)
        rows = sums.map {
            Row(precision: $0.precision(undefined), recall: $0.recall(undefined), f1: $0.fbeta(1, undefined), support: Int($0.expected))
        }
        func average(_ average: Average) -> Row {
            let options = ClassOptions(average: average, classes: classes, undefined: undefined)
            func value(_ measure: (ClassSums, Double) -> Double) -> Double {
                (try? counts.averaged("classification_report", options, measure))?.number ?? .nan
            }
            return Row(precision: value { $0.precision($1) }, recall: value { $0.recall($1) },
                f1: value { $0.fbeta(1, $1) }, support: Int(sums.reduce(0) { $0 + $1.expected }))
        }
        macro = average(.macro)
        weighted = average(.weighted)
        let all = counts.classes, expected = counts.sums(all).map(\.expected)
        var most = 0
        for i in all.indices where expected[i] > expected[most] { most = i }
        majority = (all[most], expected[most] / Double(counts.total))
        majorityName = className([all[most]], names)[0]
    }

    public static func == (a: ClassificationReport, b: ClassificationReport) -> Bool {
        a.classes == b.classes && a.names == b.names && a.rows == b.rows && a.accuracy == b.accuracy
            && a.macro == b.macro && a.weighted == b.weighted && a.majority == b.majority
    }

    /// As a table; classes without names print as numbers counted from `firstClass`.
    public func text(firstClass: Int = 0, digits: Int = 3) -> String {
        func name(_ label: Int, _ name: String) -> String { name.isEmpty ? String(label &+ firstClass) : TextTable.fitted(name, 24) }
        func cells(_ title: String, _ row: Row) -> [String] {
            [title] + [row.precision, row.recall, row.f1].map { NumberText.fixed($0, digits) } + [String(row.support)]
        }
        var table = TextTable(header: ["", "precision", "recall", "f1", "support"], alignment: [.left, .right, .right, .right, .right])
        for (i, row) in rows.enumerated() { table.rows.append(cells(name(classes[i], names[i]), row)) }
        table.rows.append(cells("macro average", macro))
        table.rows.append(cells("weighted average", weighted))
        var lines = table.lines()
        lines.insert("", at: 1 + rows.count)
        lines.append("")
        lines.append("accuracy  \(NumberText.fixed(accuracy, digits))   "
            + "(always answering \"\(name(majority.label, majorityName))\" scores \(NumberText.fixed(majority.accuracy, digits)))")
        return lines.joined(separator: "\n")
    }
}

extension ClassificationReport: CustomStringConvertible {
    public var description: String { text() }
}
