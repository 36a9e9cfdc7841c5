import CLua

/// A type that Lua values are converted from or to.
public protocol LuaConvertible {
    /// How the type is called.
    static var luaType: LuaType { get }
}

/// What a parameter makes of a table in last place.
public enum TableUse: Sendable {
    /// The parameter never takes a table: one in its place holds options.
    case none
    /// A table of positions is a value, one with names holds options, a mixed one is both.
    case positions
    /// The same, but an empty table holds no options rather than no positions.
    case elements
    /// Any table is a value.
    case any
}

/// A type that bindings take as an argument.
public protocol LuaArgument: LuaConvertible {
    /// What a table in this argument's place means.
    static var tables: TableUse { get }
    /// True if an explicit nil is a value.
    static var acceptsNil: Bool { get }
    /// The value of an argument left out, if it may be left out without a default.
    static var missing: Self? { get }
    /// True if the argument takes all positions that follow.
    static var isVariadic: Bool { get }
    /// The class whose method a function is that has such a parameter first.
    static var receiver: Any.Type { get }

    /// Reads the value at a stack index.
    ///
    /// Throws a `Mismatch`.
    static func read(_ call: Call, at index: Int32) throws -> Self
    /// Reads a variadic argument from a range of stack indices, which is not empty.
    static func read(_ call: Call, from first: Int32, through last: Int32) throws -> Self

    /// How a default value reads in Lua.
    static func literal(_ value: Self) -> String
}

extension LuaArgument {
    public static var tables: TableUse { .none }
    public static var acceptsNil: Bool { false }
    public static var missing: Self? { nil }
    public static var isVariadic: Bool { false }
    public static var receiver: Any.Type { Self.self }

    public static func read(_ call: Call, from first: Int32, through last: Int32) throws -> Self {
        try read(call, at: first)
    }

    public static func literal(_ value: Self) -> String { "\(value)" }
}

/// A type that bindings return.
public protocol LuaResult: LuaConvertible {
    /// Pushes the value: the number of Lua values it makes, one for most types.
    func push(to call: Call) throws -> Int32
}

/// Why an argument cannot be converted: the rest of a sentence that begins with its name.
public struct Mismatch: Error, LuaDescribableError {
    /// Such as "must be an integer, got 2.5".
    public var problem: String
    /// How far behind the first position of a variadic argument.
    public var offset: Int32

    public init(_ problem: String, offset: Int32 = 0) {
        self.problem = problem
        self.offset = offset
    }

    public var luaMessage: String { "value " + problem }

    /// Whether the value is of another type than wanted; false where it is a wrong value of the type.
    var isAboutType: Bool { problem.hasPrefix("must be") }
}

extension Call {
    /// The mismatch of the value at an index with a type.
    public func mismatch(_ expected: LuaType, at index: Int32) -> Mismatch {
        Mismatch("must be \(expected.phrase), got \(describe(at: index))")
    }

    /// A value in a few words: `2.5`, `string "ten"`, `a table`, `a tensor`.
    public func describe(at index: Int32) -> String {
        switch lua_type(state, index) {
        case LUA_TNONE: return "nothing"
        case LUA_TNIL: return "nil"
        case LUA_TBOOLEAN: return lua_toboolean(state, index) != 0 ? "true" : "false"
        case LUA_TNUMBER:
            return isInteger(at: index)
                ? "\(lua_tointegerx(state, index, nil))" : luaText(lua_tonumberx(state, index, nil))
        case LUA_TSTRING: return "string " + quoted(text(at: index) ?? "", limit: 40)
        case LUA_TUSERDATA:
            guard njlua_is_box(state, index) else { return "a userdata value" }
            guard case .object(let object) = value(at: index) else {
                let record = runtime.objects.records.first { $0.tag == njlua_box_tag(state, index) }
                return "a closed " + (record?.declaration.noun.name ?? "object")
            }
            if let object = object as? any LuaObject { return object.luaBrief }
            return ClassNames.type(of: Swift.type(of: object)).phrase
        case let type: return "a " + String(cString: lua_typename(state, type))
        }
    }
}

/// A float as Lua prints it.
func luaText(_ number: Double) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 40) { buffer in
        guard let start = buffer.baseAddress else { return "" }
        njlua_format_number(number, start)
        return String(cString: start)
    }
}

/// Text in quotes as Lua would write it, cut to a number of characters.
func quoted(_ text: String, limit: Int = .max) -> String {
    var result = "\""
    for scalar in text.unicodeScalars.prefix(limit) {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\0": result += "\\0"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + (text.unicodeScalars.count > limit ? "…\"" : "\"")
}
