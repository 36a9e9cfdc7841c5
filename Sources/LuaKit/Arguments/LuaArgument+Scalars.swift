import CLua

extension Bool: LuaArgument, LuaResult {
    public static var luaType: LuaType { .boolean }

    public static func read(_ call: Call, at index: Int32) throws -> Bool {
        guard lua_type(call.state, index) == LUA_TBOOLEAN else {
            throw call.mismatch(luaType, at: index)
        }
        return lua_toboolean(call.state, index) != 0
    }

    public func push(to call: Call) -> Int32 {
        call.push(self)
        return 1
    }
}

/// An object that works wherever a number would, such as a tensor of one element.
public protocol LuaNumberConvertible: LuaObject {
    /// Its number, `.integer` or `.number`; `nil` if it is not one number.
    var luaNumber: LuaValue? { get }
}

extension Call {
    /// The number an object at an index stands for.
    func convertedNumber(at index: Int32) -> LuaValue? {
        guard case .object(let object) = value(at: index) else { return nil }
        return (object as? any LuaNumberConvertible)?.luaNumber
    }
}

extension Int: LuaArgument, LuaResult {
    public static var luaType: LuaType { .integer }

    public static func read(_ call: Call, at index: Int32) throws -> Int {
        if let value = call.integer(at: index) { return value }
        if let value = call.convertedNumber(at: index)?.int { return value }
        throw call.mismatch(luaType, at: index)
    }

    public func push(to call: Call) -> Int32 {
        call.push(self)
        return 1
    }
}

extension Double: LuaArgument, LuaResult {
    public static var luaType: LuaType { .number }

    public static func read(_ call: Call, at index: Int32) throws -> Double {
        if let value = call.number(at: index) { return value }
        if let value = call.convertedNumber(at: index)?.double { return value }
        throw call.mismatch(luaType, at: index)
    }

    public func push(to call: Call) -> Int32 {
        call.push(self)
        return 1
    }

    public static func literal(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : luaText(value)
    }
}

extension Float: LuaArgument, LuaResult {
    public static var luaType: LuaType { .number }

    public static func read(_ call: Call, at index: Int32) throws -> Float {
        Float(try Double.read(call, at: index))
    }

    public func push(to call: Call) -> Int32 {
        call.push(Double(self))
        return 1
    }

    public static func literal(_ value: Float) -> String {
        // The shortest text of a Float, not that of the Double it becomes.
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}

extension String: LuaArgument, LuaResult {
    public static var luaType: LuaType { .string }

    public static func read(_ call: Call, at index: Int32) throws -> String {
        guard let text = call.text(at: index) else { throw call.mismatch(luaType, at: index) }
        return text
    }

    public func push(to call: Call) -> Int32 {
        call.push(self)
        return 1
    }

    public static func literal(_ value: String) -> String { quoted(value) }
}

/// The bytes of a Lua string, whatever they are.
public struct LuaBytes: LuaArgument, LuaResult {
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public static var luaType: LuaType { .string }

    public static func read(_ call: Call, at index: Int32) throws -> LuaBytes {
        guard let bytes = call.bytes(at: index) else { throw call.mismatch(luaType, at: index) }
        return LuaBytes(bytes)
    }

    public func push(to call: Call) -> Int32 {
        bytes.withUnsafeBytes { call.push(bytes: $0) }
        return 1
    }
}

extension Optional: LuaConvertible where Wrapped: LuaConvertible {
    public static var luaType: LuaType { Wrapped.luaType.optional }
}

extension Optional: LuaArgument where Wrapped: LuaArgument {
    public static var tables: TableUse { Wrapped.tables }
    public static var acceptsNil: Bool { true }
    public static var missing: Wrapped?? { .some(nil) }
    public static var isVariadic: Bool { Wrapped.isVariadic }

    public static func read(_ call: Call, at index: Int32) throws -> Wrapped? {
        if call.isNil(at: index) { return nil }
        return try Wrapped.read(call, at: index)
    }

    public static func read(
        _ call: Call, from first: Int32, through last: Int32
    ) throws -> Wrapped? {
        try Wrapped.read(call, from: first, through: last)
    }

    public static func literal(_ value: Wrapped?) -> String {
        value.map(Wrapped.literal) ?? "nil"
    }
}

extension Optional: LuaResult where Wrapped: LuaResult {
    public func push(to call: Call) throws -> Int32 {
        if let self { return try self.push(to: call) }
        call.pushNil()
        return 1
    }
}

/// A string out of a fixed set, declared as an enumeration with text values.
///
///     enum Reduction: String, CaseIterable, LuaOption { case mean, sum, none }
public protocol LuaOption: LuaArgument, LuaResult, RawRepresentable, CaseIterable
where RawValue == String {}

extension LuaOption {
    public static var luaType: LuaType {
        let choices = allCases.map { quoted($0.rawValue) }
        let phrase = choices.count == 1 ? choices[0] : "one of " + choices.joined(separator: ", ")
        return LuaType(choices.joined(separator: "|"), phrase: phrase)
    }

    public static func read(_ call: Call, at index: Int32) throws -> Self {
        guard let text = call.text(at: index) else { throw call.mismatch(luaType, at: index) }
        if let value = Self(rawValue: text) { return value }
        var mismatch = call.mismatch(luaType, at: index)
        if let near = nearest(to: text, in: allCases.map(\.rawValue)) {
            mismatch.problem += ". Did you mean \(quoted(near))?"
        }
        throw mismatch
    }

    public func push(to call: Call) -> Int32 {
        call.push(rawValue)
        return 1
    }

    public static func literal(_ value: Self) -> String { quoted(value.rawValue) }
}
