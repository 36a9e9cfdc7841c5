import Learning
import LuaKit
import Tensors

/// The names of classes; those without print as numbers from 1.
private func shownNames(_ classes: [Int], _ names: [String]) -> [String] {
    zip(classes, names).map { $1.isEmpty ? String($0 &+ 1) : $1 }
}

/// A confusion matrix, as Lua holds it.
final class ConfusionBox: LuaObject {
    let matrix: ConfusionMatrix
    init(_ matrix: ConfusionMatrix) { self.matrix = matrix }

    var names: [String] { shownNames(matrix.classes, matrix.names) }

    static var declaration: Class {
        let example = "local table = metrics.confusion_matrix(tensor{1, 2, 2}, tensor{1, 2, 1}, {classes={\"cat\", \"dog\"}})\nprint(table)\n"
        return Class(ConfusionBox.self, "metrics.ConfusionTable", "How often each class (rows: targets) was predicted as each (columns); prints with names, shaded.", noun: "confusion table", example: example, members: {
            Property("classes", "Names of the classes, or their labels as text.", of: ConfusionBox.self) { $0.names }
            Property("labels", "Labels of the classes in the order of rows and columns.", of: ConfusionBox.self) { $0.matrix.classes.map { $0 &+ 1 } }
            Property("counts", "The counts.", of: ConfusionBox.self, shape: "[C, C]") { try $0.matrix.tensor() }
            Function("normalized", "Shares in place of counts.", Param("self", ConfusionBox.self), Param("by", ConfusionMatrix.Normalization.self, default: .targets, "what adds up to 1: the rows (\"true\"), the columns (\"pred\") or all"),
                returns: "tensor [C, C] of float64", example: example + "print(table:normalized())") { (box: ConfusionBox, by: ConfusionMatrix.Normalization) in try box.matrix.normalized(by) }
            Function("plot", "Shows the matrix as a figure; true classes down, predicted ones across.", Param("self", ConfusionBox.self), Param("normalized", Bool.self, default: false, "shares of each true class in per cent in place of counts"), Param("show", Bool.self, default: true, "whether it is shown at once"),
                returns: "figure", example: example + "table:plot()", see: ["plot.confusion"]) { (call: Call, box: ConfusionBox, normalized: Bool, show: Bool) in
                try FigureBox(confusion: box, normalized: normalized).shown(in: call.runtime, show)
            }
            Function(raw: "__tostring", "The matrix with names, shaded.", Param("self", ConfusionBox.self), results: [.string]) { call in
                let presentation = Presentation.of(call.runtime)
                call.push(try ConfusionBox.read(call, at: 1).matrix.text(color: presentation.usesColor, unicode: presentation.terminal.unicode, firstClass: 1))
                return 1
            }
        })
    }
}

/// A classification report, as Lua holds it.
final class ReportBox: LuaObject {
    let report: ClassificationReport
    init(_ report: ClassificationReport) { self.report = report }

    static var declaration: Class {
        func fields(_ row: ClassificationReport.Row) -> [String: Double] {
            ["precision": row.precision, "recall": row.recall, "f1": row.f1, "support": Double(row.support)]
        }
        return Class(
            ReportBox.self, "metrics.Report", "Precision, recall and F1 of every class; prints as a table with the majority baseline.", noun: "report",
            example: "local report = metrics.classification_report(tensor{1, 2, 2}, tensor{1, 2, 1})\nprint(report)\nprint(report.accuracy, report.baseline, report.f1[1]:item())",
            members: {
                Property("classes", "Names of the classes, or their labels as text.", of: ReportBox.self) { shownNames($0.report.classes, $0.report.names) }
                Property("precision", "Precision of each class.", of: ReportBox.self, shape: "[C]") { try Tensor($0.report.rows.map(\.precision)) }
                Property("recall", "Recall of each class.", of: ReportBox.self, shape: "[C]") { try Tensor($0.report.rows.map(\.recall)) }
                Property("f1", "F1 of each class.", of: ReportBox.self, shape: "[C]") { try Tensor($0.report.rows.map(\.f1)) }
                Property("support", "Targets of each class.", of: ReportBox.self, shape: "[C]") { try Tensor($0.report.rows.map { Int64($0.support) }) }
                Property("accuracy", "Share of predictions that are right.", of: ReportBox.self) { $0.report.accuracy }
                Property("macro", "Means over classes: precision, recall, f1, support.", of: ReportBox.self) { fields($0.report.macro) }
                Property("weighted", "Means over classes weighted by support: precision, recall, f1, support.", of: ReportBox.self) { fields($0.report.weighted) }
                Property("majority", "The label that is most often true.", of: ReportBox.self) { $0.report.majority.label &+ 1 }
                Property("baseline", "Accuracy of always answering the majority.", of: ReportBox.self) { $0.report.majority.accuracy }
                Function(raw: "__tostring", "The report as a table.", Param("self", ReportBox.self), results: [.string]) { call in
                    call.push(try ReportBox.read(call, at: 1).report.text(firstClass: 1))
                    return 1
                }
            })
    }
}
