import Learning
import LuaKit
import Tensors

extension SummaryView {
    static var declaration: Class {
        Class(SummaryView.self, "nn.Summary", "A table of a model's layers; prints itself.", noun: "summary",
            example: "print(nn.Linear(2, 3):summary{2}.parameters)", members: {
                Property("parameters", "Number of elements of all parameters.", of: SummaryView.self) { $0.summary.parameterCount }
                Property("trainable", "Number of elements of the parameters that learn.", of: SummaryView.self) { $0.summary.trainableCount }
                Property("multiply_adds", "Multiplications with addition for one example.", of: SummaryView.self) { $0.summary.multiplyAdds }
                Property("bytes", "Bytes of parameters and buffers.", of: SummaryView.self) { $0.summary.stateBytes }
                Function(raw: "__tostring", "The table as text.", Param("self", SummaryView.self), results: [.string]) { call in
                    call.push(try SummaryView.read(call, at: 1).text)
                    return 1
                }
            })
    }

    /// One line for each module, totals below.
    var text: String {
        var rows = [["layer", "output", "parameters", "multiply-adds"]]
        for row in summary.rows {
            let name = row.name.split(separator: ".").last.map(String.init) ?? ""
            let label = String(repeating: "  ", count: row.depth) + (name.isEmpty ? "" : name + "  ")
                + row.kind + (row.details.isEmpty ? "" : "(\(row.details))")
            let count = row.formula.isEmpty ? "" : "\(row.formula) = \(TextTable.grouped(row.parameterCount))"
            rows.append([
                label, row.outputShapes.map(describe).joined(separator: " "), count,
                row.multiplyAdds == 0 ? "" : TextTable.grouped(row.multiplyAdds),
            ])
        }
        let table = TextTable(rows) { $0 == 3 }.text
        let frozen = summary.parameterCount - summary.trainableCount
        var totals = "\(TextTable.grouped(summary.parameterCount)) parameters"
        if frozen > 0 { totals += " (\(TextTable.grouped(frozen)) frozen)" }
        totals += ", \(SummaryView.bytes(summary.stateBytes))"
        if summary.multiplyAdds > 0 { totals += "; \(TextTable.grouped(summary.multiplyAdds)) multiply-adds per example" }
        return table + "\n" + totals
    }

    private static func bytes(_ count: Int) -> String {
        count < 10_000 ? "\(TextTable.grouped(count)) bytes" : count < 10_000_000 ? "\(count / 1000) KB" : "\(count / 1_000_000) MB"
    }
}
