import Learning
import LuaKit
import Tensors

// Values of frames between Lua and Swift.

extension Frame.JoinKind: LuaOption {}
extension CSVOptions.Encoding: LuaOption {}

extension Value {
    /// A value of Lua's; nil and NaN are missing.
    ///
    /// - Throws: a `Mismatch` for what a frame cannot hold.
    init(_ value: LuaValue) throws {
        switch value {
        case .nil: self = .missing
        case .boolean(let flag): self = .boolean(flag)
        case .integer(let number): self = .number(Double(number))
        case .number(let number): self = number.isNaN ? .missing : .number(number)
        case .string: self = .text(value.text ?? "")
        case .object(let object):
            guard let number = (object as? any LuaNumberConvertible)?.luaNumber?.double else { throw Value.mismatch(value) }
            self = number.isNaN ? .missing : .number(number)
        default: throw Value.mismatch(value)
        }
    }

    private static func mismatch(_ value: LuaValue) -> Mismatch {
        Mismatch("must be a number, a string, true or false, or nil for missing, got a \(value.typeName)")
    }

    /// As Lua holds it: whole numbers as integers where the column has only such.
    func lua(isWhole: Bool) -> LuaValue {
        switch self {
        case .missing: .nil
        case .number(let number): isWhole ? Int(exactly: number).map(LuaValue.integer) ?? .number(number) : .number(number)
        case .boolean(let flag): .boolean(flag)
        case .text(let text): .text(text)
        }
    }
}

extension Column {
    /// A column of the elements of a list, of a tensor [N], or of one value again and again.
    init(_ name: String, _ value: LuaValue, rows: Int?) throws {
        switch value {
        case .table(let table):
            let count = max(table.count, rows ?? 0)
            let values = try (0..<count).map { i in
                do { return try Value(table[i + 1]) } catch let mismatch as Mismatch {
                    throw LearningError.argument("frame", "column \"\(name)\", row \(i + 1): a value " + mismatch.problem)
                }
            }
            try self.init(name, values, operation: "frame")
        case .object(let object as Tensor) where object.rank == 1:
            let numbers = try object.detach().to(.float64).contiguous()
            let values = try numbers.withElements(Double.self) { Array($0) }
            self.init(name, object.dtype == .bool ? .booleans(values) : .numbers(values))
        default:
            let single: Value
            do { single = try Value(value) } catch {
                throw LearningError.argument("frame", "column \"\(name)\" must be a table of values, a tensor [N] or one value, got a \(value.typeName)")
            }
            try self.init(name, [Value](repeating: single, count: rows ?? 1), operation: "frame")
        }
    }

    /// The values as Lua's list holds them; what is missing is NaN, in text "".
    var list: [LuaValue] {
        let isWhole = isWhole, gap: LuaValue = kind == .text ? "" : .number(.nan)
        return (0..<count).map { row in
            let value = self[row].lua(isWhole: isWhole)
            return value.isNil ? gap : value
        }
    }
}

extension FrameRow {
    /// The row as a table by name, without what is missing.
    func table(in runtime: Runtime, whole: [Bool]) -> LuaTable {
        let table = runtime.makeTable()
        for (i, column) in frame.columns.enumerated() { table[column.name] = column[index].lua(isWhole: whole[i]) }
        return table
    }
}

/// Names of columns in a table, or several as arguments.
typealias ColumnNames = OneOrMany<String>

/// What missing values are replaced by.
struct FillChoice: LuaArgument {
    let filling: Frame.Filling

    static var luaType: LuaType { LuaType("\"mean\"|\"median\"|\"mode\"|value", phrase: "\"mean\", \"median\", \"mode\" or a value", annotation: "string|number|boolean") }

    static func read(_ call: Call, at index: Int32) throws -> FillChoice {
        switch call.text(at: index) {
        case "mean": return FillChoice(filling: .mean)
        case "median": return FillChoice(filling: .median)
        case "mode": return FillChoice(filling: .mode)
        default: break
        }
        guard let value = try? Value(call.value(at: index)), value != .missing else { throw call.mismatch(luaType, at: index) }
        return FillChoice(filling: .value(value))
    }
}

/// How outliers are told.
enum OutlierMethod: String, CaseIterable, LuaOption {
    case iqr, std, quantile

    func rule(_ bound: Double?) -> Frame.OutlierRule {
        switch self {
        case .iqr: .quartiles(bound ?? 1.5)
        case .std: .deviations(bound ?? 3)
        case .quantile: .shares(bound ?? 0.01)
        }
    }
}

/// One ASCII character, such as what stands between fields.
struct OneCharacter: LuaArgument {
    let byte: UInt8

    static var luaType: LuaType { LuaType("character", phrase: "one ASCII character", annotation: "string") }

    static func read(_ call: Call, at index: Int32) throws -> OneCharacter {
        guard let bytes = call.bytes(at: index), bytes.count == 1, bytes[0] < 0x80 else { throw call.mismatch(luaType, at: index) }
        return OneCharacter(byte: bytes[0])
    }

    static func literal(_ value: OneCharacter) -> String { value.byte == 9 ? "\"\\t\"" : "\"\(UnicodeScalar(value.byte))\"" }
}

/// Spellings of missing values: a text or a number, or a table of them.
struct MissingWords: LuaArgument {
    let words: [String]

    static var luaType: LuaType { LuaType("string|string[]", phrase: "a string or a table of strings", annotation: "string|string[]") }
    static var tables: TableUse { .positions }

    static func read(_ call: Call, at index: Int32) throws -> MissingWords {
        let value = call.value(at: index)
        let values = if case .table(let table) = value { table.elements } else { [value] }
        let words = values.compactMap { $0.text ?? $0.int.map { String($0) } ?? $0.double.map { "\($0)" } }
        guard words.count == values.count else { throw call.mismatch(luaType, at: index) }
        return MissingWords(words: words)
    }
}

/// Whether the first row holds names, or the names.
struct HeaderChoice: LuaArgument {
    let header: CSVOptions.Header

    static var luaType: LuaType { LuaType("boolean|string[]", phrase: "true, false or a table of names") }
    static var tables: TableUse { .positions }

    static func read(_ call: Call, at index: Int32) throws -> HeaderChoice {
        switch call.value(at: index) {
        case .boolean(let flag): return HeaderChoice(header: flag ? .present : .absent)
        case .table: return HeaderChoice(header: .names(try [String].read(call, at: index)))
        default: throw call.mismatch(luaType, at: index)
        }
    }
}

/// Kinds of columns by name.
struct ColumnTypes: LuaArgument {
    let types: [String: CSVOptions.ColumnType]

    static var luaType: LuaType { LuaType("table", phrase: "a table of kinds by column name", annotation: "table<string, string>") }
    static var tables: TableUse { .any }

    static func read(_ call: Call, at index: Int32) throws -> ColumnTypes {
        guard case .table(let table) = call.value(at: index) else { throw call.mismatch(luaType, at: index) }
        var types: [String: CSVOptions.ColumnType] = [:]
        for (key, value) in table.pairs {
            guard let name = key.text, let type = value.text.flatMap({ CSVOptions.ColumnType(rawValue: $0) }) else {
                let kinds = CSVOptions.ColumnType.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
                throw Mismatch("must hold kinds (\(kinds)) by column name, got \(key.text ?? "a \(key.typeName)") = \(value.text.map { "\"\($0)\"" } ?? "a \(value.typeName)")")
            }
            types[name] = type
        }
        return ColumnTypes(types: types)
    }
}
