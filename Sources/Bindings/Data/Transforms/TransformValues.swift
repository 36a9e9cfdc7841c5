import Learning
import LuaKit
import Tensors

/// What transforms take from Lua, and how results of that form go back.
struct LuaFeatures: LuaArgument {
    let features: Features
    private let form: Form

    private enum Form {
        case tensor, frame, rows, list
        /// The set's first tensor is transformed, the others stay.
        case dataset([Tensor], classes: [String]?)
    }

    static var luaType: LuaType {
        LuaType("tensor|frame|dataset|table", phrase: "a tensor, a frame, a data set, a list of values or a list of rows", annotation: "tensor.Tensor|data.Frame|data.Dataset|table")
    }
    static var tables: TableUse { .any }

    static func read(_ call: Call, at index: Int32) throws -> LuaFeatures {
        switch call.value(at: index) {
        case .object(let tensor as Tensor): return LuaFeatures(features: .tensor(tensor.detach()), form: .tensor)
        case .object(let box as FrameBox): return LuaFeatures(features: .frame(box.frame), form: .frame)
        case .object(let box as DatasetBox):
            let tensors = try box.set.batch(Array(0..<box.set.count))
            guard let x = tensors.first else { throw Mismatch("is a data set without tensors") }
            return LuaFeatures(features: .tensor(x), form: .dataset(tensors, classes: box.set.classes))
        case .table(let table):
            let elements = table.elements
            guard !elements.isEmpty || table.pairs.isEmpty else { throw call.mismatch(luaType, at: index) }
            let rows = try elements.enumerated().map { i, element -> [Value] in
                let cells: [LuaValue]
                if case .table(let row) = element { cells = row.elements } else { cells = [element] }
                do { return try cells.map { try Value($0) } } catch let mismatch as Mismatch {
                    throw Mismatch("has a wrong element \(i + 1): a value " + mismatch.problem)
                }
            }
            let width = rows.first?.count ?? 0
            if let odd = rows.firstIndex(where: { $0.count != width }) {
                throw Mismatch("has rows of different lengths: \(width) values in the first, \(rows[odd].count) in row \(odd + 1)")
            }
            let columns = try (0..<width).map { c in try Column("column_\(c + 1)", rows.map { $0[c] }, operation: "transform") }
            let isFlat = if case .table? = elements.first { false } else { true }
            return LuaFeatures(features: .values(columns), form: isFlat ? .list : .rows)
        default: throw call.mismatch(luaType, at: index)
        }
    }

    /// A result in the form that the features came in.
    func result(_ result: Features) throws -> any LuaResult {
        switch result {
        case .tensor(let tensor):
            guard case .dataset(let tensors, let classes) = form else { return tensor }
            return DatasetBox(try TensorDataset([tensor] + tensors.dropFirst(), classes: classes))
        case .frame(let frame): return FrameBox(frame)
        case .values(let columns):
            let rows = columns.first?.count ?? 0
            if !columns.contains(where: { $0.kind == .text }) { return try Features.tensor(columns, rows: rows) }
            if case .list = form, columns.count == 1 { return columns[0].list }
            return (0..<rows).map { row in columns.map { column in column[row].lua(isWhole: column.isWhole) } }
        }
    }
}

extension Value {
    /// The values as a Lua list; missing ones are NaN where the others are numbers, else "".
    static func list(_ values: [Value]) throws -> [LuaValue] {
        try Column("values", values, operation: "values").list
    }
}

extension JSON {
    /// A setting as Lua writes it.
    var lua: any LuaResult {
        switch self {
        case .null, .object: LuaValue.nil
        case .bool(let value): value
        case .integer(let value): Int(value)
        case .number(let value): value
        case .string(let text): text
        case .array(let values): values.compactMap { if case .integer(let value) = $0 { Double(value) } else if case .number(let value) = $0 { value } else { nil } }
        }
    }

    /// A setting from Lua; nil for what no setting is.
    init?(_ value: LuaValue) {
        switch value {
        case .nil: self = .null
        case .boolean(let flag): self = .bool(flag)
        case .integer(let number): self = .integer(Int64(number))
        case .number(let number): self = .number(number)
        case .string: self = .string(value.text ?? "")
        case .table(let table):
            // Numbers only: a table may hold itself.
            let numbers = table.elements.compactMap(\.double)
            guard numbers.count == table.pairs.count else { return nil }
            self = .array(numbers.map { .number($0) })
        default: return nil
        }
    }
}

/// The steps of a pipeline: transforms, or pairs of a name and a transform.
struct PipelineSteps: LuaArgument {
    let steps: [(name: String?, transform: Transform)]

    static var luaType: LuaType { LuaType("transform[]", phrase: "a table of transforms, or of pairs {name, transform}", annotation: "data.Transform[]") }
    static var tables: TableUse { .any }

    static func read(_ call: Call, at index: Int32) throws -> PipelineSteps {
        guard case .table(let table) = call.value(at: index) else { throw call.mismatch(luaType, at: index) }
        let elements = table.elements
        guard elements.count == table.pairs.count else { throw Mismatch("must be a list, so that the order is known: {scaler, pca}, or {{\"scale\", scaler}, {\"pca\", pca}} with names") }
        return PipelineSteps(steps: try elements.enumerated().map { i, element in
            switch element {
            case .object(let transform as Transform): return (nil, transform)
            case .table(let pair):
                if let name = pair[1].text, case .object(let transform as Transform) = pair[2] { return (name, transform) }
            default: break
            }
            throw Mismatch("must hold transforms or pairs {name, transform}, got a \(element.typeName) at position \(i + 1)")
        })
    }

    func pipeline() throws -> Pipeline {
        if steps.allSatisfy({ $0.name == nil }) { return try Pipeline(steps.map(\.transform)) }
        return try Pipeline(steps.enumerated().map { i, step in (step.name ?? "step_\(i + 1)", step.transform) })
    }
}
