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
        case dataset([Tensor], any Dataset)
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
            return LuaFeatures(features: .tensor(x), form: .dataset(tensors, box.set))
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

    func fit(_ t: Transform) throws {
        if case .dataset(let tensors, let set) = form { try t.fit(tensors[0], of: set) } else { try t.fit(features) }
    }

    func transformed(by t: Transform) throws -> Features {
        if case .dataset(let tensors, let set) = form { return try t.transform(tensors[0], of: set) }
        return try t.transform(features)
    }

    /// Fits and transforms at once, as far as a pipeline can save work by that.
    func fittedAndTransformed(by t: Transform) throws -> Features {
        guard case .dataset = form else { return try t.fitTransform(features) }
        try fit(t)
        return try transformed(by: t)
    }

    /// A result in the form that the features came in.
    func result(_ result: Features) throws -> any LuaResult {
        switch result {
        case .tensor(let tensor):
            guard case .dataset(let tensors, let set) = form else { return tensor }
            return DatasetBox(try TensorDataset([tensor] + tensors.dropFirst(), classes: set.classes))
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
        case .null, .object: return LuaValue.nil
        case .bool(let value): return value
        case .integer(let value): return Int(value)
        case .number(let value): return value
        case .string(let text): return text
        case .array(let values):
            // Lists of numbers, or of a list for each feature.
            if case .array? = values.first { return values.map(\.elements) }
            let numbers = elements.compactMap(\.double)
            return numbers.count == values.count ? numbers : elements
        }
    }

    private var elements: [LuaValue] {
        guard case .array(let values) = self else { return [] }
        return values.map { value in
            switch value {
            case .bool(let flag): .boolean(flag)
            case .integer(let number): .integer(Int(number))
            case .number(let number): .number(number)
            case .string(let text): .text(text)
            default: .nil
            }
        }
    }

    /// A setting from Lua; nil for what no setting is.
    init?(_ value: LuaValue, depth: Int = 0) {
        switch value {
        case .nil: self = .null
        case .boolean(let flag): self = .bool(flag)
        case .integer(let number): self = .integer(Int64(number))
        case .number(let number): self = .number(number)
        case .string: self = .string(value.text ?? "")
        case .table(let table):
            // A table may hold itself.
            let elements = table.elements.compactMap { depth < 3 ? JSON($0, depth: depth + 1) : nil }
            guard elements.count == table.pairs.count else { return nil }
            self = .array(elements)
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
