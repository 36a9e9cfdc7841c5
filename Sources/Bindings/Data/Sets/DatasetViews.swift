import Learning
import LuaKit
import Tensors

/// The parts of a cross-validation: a list that is also an iterator.
final class FoldsBox: LuaObject {
    private let folds: [(train: DatasetBox, validation: DatasetBox)]
    private var next = 0

    init(_ folds: [(train: Subset, validation: Subset)]) { self.folds = folds.map { (DatasetBox($0.train), DatasetBox($0.validation)) } }

    static var declaration: Class {
        Class(FoldsBox.self, "data.Folds", "The parts of a cross-validation: folds[i].train and folds[i].validation, or for train, validation in folds do … end.", noun: "folds",
            example: "local set = data.TensorDataset(tensor.zeros(6, 1), tensor.zeros(6))\nlocal folds = set:k_fold(3)\nprint(#folds, #folds[1].train, #folds[1].validation)",
            index: { call in
                guard let position = call.integer(at: 2) else { return false }
                let folds = try FoldsBox.read(call, at: 1).folds
                if position == folds.count + 1 {
                    call.pushNil()
                    return true
                }
                let fold = folds[try Position.read(call, at: 2).resolve(count: folds.count, "fold")]
                let table = call.runtime.makeTable()
                table["train"] = .object(fold.train)
                table["validation"] = .object(fold.validation)
                call.push(.table(table))
                return true
            },
            members: {
                Function(raw: "__call", "The next pair, or nil.", Param("self", FoldsBox.self)) { call in
                    let box = try FoldsBox.read(call, at: 1)
                    guard box.next < box.folds.count else {
                        box.next = 0
                        call.pushNil()
                        return 1
                    }
                    // A loop asks with nil first, wherever the one before broke off.
                    if call.isNil(at: 3) { box.next = 0 }
                    call.push(object: box.folds[box.next].train)
                    call.push(object: box.folds[box.next].validation)
                    box.next += 1
                    return 2
                }
                Function(raw: "__len", "Number of pairs.", Param("self", FoldsBox.self), results: [.integer]) { call in
                    call.push(try FoldsBox.read(call, at: 1).folds.count)
                    return 1
                }
            })
    }
}

/// A set's summary, with fields, that prints itself.
final class DatasetSummaryBox: LuaObject {
    let summary: DatasetSummary
    private let names: [String]?

    init(_ summary: DatasetSummary, names: [String]?) {
        self.summary = summary
        self.names = names
    }

    static var declaration: Class {
        Class(DatasetSummaryBox.self, "data.Summary", "What a set holds, in figures.", noun: "summary",
            example: "local summary = data.iris():summary()\nprint(summary.size, summary.counts.setosa, summary.max)\nprint(summary)", members: {
                Property("size", "Number of examples.", of: DatasetSummaryBox.self) { $0.summary.count }
                Property("counts", "Examples of each class, by name.", of: DatasetSummaryBox.self) { box in
                    Dictionary(box.summary.classes.map { ($0.name, $0.count) }, uniquingKeysWith: +)
                }
                Property("shape", "Shape of one input; nil where inputs differ.", of: DatasetSummaryBox.self) { $0.summary.parts.first?.shape }
                Property("dtype", "Type of the inputs.", of: DatasetSummaryBox.self) { $0.summary.parts.first?.dtype }
                Property("min", "The least value of all inputs.", of: DatasetSummaryBox.self) { $0.summary.parts.first?.least }
                Property("max", "The greatest value of all inputs.", of: DatasetSummaryBox.self) { $0.summary.parts.first?.greatest }
                Property("mean", "The mean of all inputs.", of: DatasetSummaryBox.self) { $0.summary.parts.first?.mean }
                Property("std", "The standard deviation of all inputs.", of: DatasetSummaryBox.self) { $0.summary.parts.first?.std }
                Property("missing", "How many values of inputs and targets are NaN.", of: DatasetSummaryBox.self) { $0.summary.parts.reduce(0) { $0 + $1.missing } }
                Function(raw: "__tostring", "The summary as tables.", Param("self", DatasetSummaryBox.self), results: [.string]) { call in
                    call.push(try DatasetSummaryBox.read(call, at: 1).text)
                    return 1
                }
            })
    }

    private var text: String {
        let number = TextTable.number
        var rows = [["", "shape", "type", "min", "max", "mean", "std", "missing"]]
        for part in summary.parts {
            rows.append([part.name, part.shape.map { Tensors.describe($0) } ?? "differ", part.dtype.name, number(part.least), number(part.greatest), number(part.mean), number(part.std), TextTable.grouped(part.missing)])
        }
        var text = "\(TextTable.grouped(summary.count)) examples\n" + TextTable(rows) { $0 > 2 }.text
        if !summary.classes.isEmpty {
            let classes = summary.classes.enumerated().map { i, entry in
                [String(i + 1), entry.name, TextTable.grouped(entry.count), "\(number(100 * Double(entry.count) / Double(max(summary.count, 1)))) %"]
            }
            text += "\n\n" + TextTable([["label", "class", "count", "share"]] + classes) { $0 != 1 }.text
        }
        return text
    }
}
