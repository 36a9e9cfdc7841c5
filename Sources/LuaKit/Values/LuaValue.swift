import CLua

/// A value of Lua's, held from Swift.
///
/// Numbers, booleans and strings are copies; tables, functions, coroutines and foreign userdata
/// are references that keep the Lua value alive. Lua strings are bytes and need not be UTF-8.
public enum LuaValue {
    case `nil`
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string([UInt8])
    case table(LuaTable)
    case function(LuaFunction)
    case thread(LuaReference)
    /// Userdata that belongs to no registered class: files, light userdata, closed objects.
    case userdata(LuaReference)
    /// An instance of a registered class.
    case object(AnyObject)

    /// A string value from Swift text.
    public static func text(_ text: String) -> LuaValue { .string(Array(text.utf8)) }

    /// True for `nil`.
    public var isNil: Bool {
        if case .nil = self { true } else { false }
    }

    /// What Lua takes the value for in a condition.
    public var isTrue: Bool {
        switch self {
        case .nil, .boolean(false): false
        default: true
        }
    }

    /// The text of a string, with invalid UTF-8 repaired; `nil` for other values.
    public var text: String? {
        if case .string(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }

    /// The value as a float, if it is a number.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The value as an integer, if it is a number without a fraction.
    public var int: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    /// What Lua's `type` answers.
    public var typeName: String {
        switch self {
        case .nil: "nil"
        case .boolean: "boolean"
        case .integer, .number: "number"
        case .string: "string"
        case .table: "table"
        case .function: "function"
        case .thread: "thread"
        case .userdata, .object: "userdata"
        }
    }
}

extension LuaValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral
{
    public init(nilLiteral: ()) { self = .nil }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(stringLiteral value: String) { self = .text(value) }
}

extension LuaValue: LuaArgument, LuaResult {
    public static var luaType: LuaType { .any }
    public static var tables: TableUse { .any }
    public static var acceptsNil: Bool { true }

    public static func read(_ call: Call, at index: Int32) -> LuaValue { call.value(at: index) }

    public func push(to call: Call) -> Int32 {
        call.push(self)
        return 1
    }
}
