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
                Property("rows", "One table for each layer: name, kind, depth, parameters, formula, bytes, multiply_adds, outputs.", of: SummaryView.self) { view in
                    view.summary.rows.map { SummaryRow(row: $0) }
                }
                Property("bytes", "Bytes of parameters and buffers.", of: SummaryView.self) { $0.summary.stateBytes }
                Function(raw: "__tostring", "The table as text.", Param("self", SummaryView.self), results: [.string]) { call in
                    let presentation = Presentation.of(call.runtime)
                    call.push(try SummaryView.read(call, at: 1).text(width: presentation.isTerminal ? presentation.width() : .max))
                    return 1
                }
            })
    }

    /// One line for each module, totals below. Where the width does not suffice, the layers' options
    /// are left out, then the column of bytes, which the totals hold as well.
    func text(width: Int) -> String {
        let full = table(hasDetails: true, hasBytes: true)
        let tables = [full, table(hasDetails: false, hasBytes: true), table(hasDetails: false, hasBytes: false)]
        let fitting = tables.first { $0.split(separator: "\n").allSatisfy { $0.count <= width } } ?? tables[2]
        return fitting + "\n" + totals
    }

    private func table(hasDetails: Bool, hasBytes: Bool) -> String {
        func parent(_ name: String) -> Substring { name.lastIndex(of: ".").map { name[..<$0] } ?? "" }
        func last(_ name: String) -> String { name.split(separator: ".").last.map(String.init) ?? "" }
        var longest: [Substring: Int] = [:]
        for row in summary.rows where !row.name.isEmpty { longest[parent(row.name), default: 0] = max(longest[parent(row.name)] ?? 0, last(row.name).count) }
        var rows = [["layer", "output", "parameters", "bytes", "multiply-adds"]]
        for row in summary.rows {
            let name = last(row.name), room = name.isEmpty ? 0 : (longest[parent(row.name)] ?? 0) + 2
            let label = String(repeating: "  ", count: row.depth) + name + String(repeating: " ", count: room - name.count)
                + row.kind + (row.details.isEmpty || !hasDetails ? "" : "(\(row.details))")
            let count = row.parameterCount == 0 ? row.formula : "\(row.formula) = \(TextTable.grouped(row.parameterCount))"
            rows.append([
                label, row.outputShapes.map(describe).joined(separator: " "), count, row.bytes == 0 ? "" : TextTable.grouped(row.bytes),
                row.multiplyAdds == 0 ? "" : TextTable.grouped(row.multiplyAdds),
            ])
        }
        if !hasBytes { for i in rows.indices { rows[i].remove(at: 3) } }
        return TextTable(rows) { $0 >= 3 }.text
    }

    private var totals: String {
        let frozen = summary.parameterCount - summary.trainableCount
        let shapes = summary.inputShapes.map(describe).joined(separator: " and ")
        let example = summary.inputShapes.allSatisfy { $0.first == 1 } ? "per example" : "for input \(shapes)"
        var totals = "\(TextTable.grouped(summary.parameterCount)) parameters"
        if frozen > 0 { totals += " (\(TextTable.grouped(frozen)) frozen)" }
        totals += ", \(SummaryView.bytes(summary.stateBytes))"
        if summary.multiplyAdds > 0 { totals += "; \(TextTable.grouped(summary.multiplyAdds)) multiply-adds \(example)" }
        return totals
    }

    private static func bytes(_ count: Int) -> String {
        count < 10_000 ? "\(TextTable.grouped(count)) bytes" : count < 10_000_000 ? "\(count / 1000) KB" : "\(count / 1_000_000) MB"
    }
}

/// A line of a summary as a table.
struct SummaryRow: LuaResult {
    let row: ModuleSummary.Row
    static var luaType: LuaType { .table }

    func push(to call: Call) throws -> Int32 {
        let table = call.runtime.makeTable()
        table["name"] = .text(row.name)
        table["kind"] = .text(row.kind)
        table["depth"] = .integer(row.depth)
        table["parameters"] = .integer(row.parameterCount)
        table["formula"] = .text(row.formula)
        table["bytes"] = .integer(row.bytes)
        table["multiply_adds"] = .integer(row.multiplyAdds)
        let outputs = call.runtime.makeTable()
        for (i, shape) in row.outputShapes.enumerated() {
            let sizes = call.runtime.makeTable()
            for (d, size) in shape.enumerated() { sizes[d + 1] = .integer(size) }
            outputs[i + 1] = .table(sizes)
        }
        table["outputs"] = .table(outputs)
        call.push(.table(table))
        return 1
    }
}

/// What `summary` takes: the shape of one example, a tensor, or a table of tensors.
enum SummaryInput: LuaArgument {
    case shape([Int])
    case tensors([Tensor])

    static var luaType: LuaType { LuaType("shape", phrase: "a table of sizes, a tensor or a table of tensors", annotation: "integer|integer[]|tensor.Tensor|tensor.Tensor[]") }
    static var tables: TableUse { .positions }

    static func read(_ call: Call, at index: Int32) throws -> SummaryInput {
        if let tensor = call.object(at: index, as: Tensor.self) { return .tensors([tensor]) }
        if let size = call.integer(at: index) { return .shape([size]) }
        if let shape = try? [Int].read(call, at: index) { return .shape(shape) }
        do { return .tensors(try [Tensor].read(call, at: index)) } catch is Mismatch { throw call.mismatch(luaType, at: index) }
    }
}
