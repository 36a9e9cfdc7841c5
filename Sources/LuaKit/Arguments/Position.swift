/// A position as Lua gives it: counted from 1, or from the end when negative.
///
/// Keeps the raw number until the size is known; `resolve` then gives the offset from 0.
public struct Position: LuaArgument, LuaResult, Hashable, Sendable {
    /// The number as Lua gave it; never 0.
    public let raw: Int

    /// The position of an offset from 0.
    public init(offset: Int) { raw = offset >= 0 ? offset + 1 : offset }
    init(raw: Int) { self.raw = raw }

    public static var luaType: LuaType { .integer }

    public static func read(_ call: Call, at index: Int32) throws -> Position {
        let raw = try Int.read(call, at: index)
        guard raw != 0 else {
            throw Mismatch("is 0, but positions start at 1 (and -1 is the last)")
        }
        return Position(raw: raw)
    }

    /// The offset from 0 among `count` elements.
    ///
    /// Throws a `PositionError` if there is no such element.
    public func resolve(count: Int, _ what: String = "position") throws(PositionError) -> Int {
        let offset = raw > 0 ? raw - 1 : raw + count
        guard offset >= 0, offset < count else {
            throw PositionError(raw: raw, count: count, what: what)
        }
        return offset
    }

    public func push(to call: Call) -> Int32 {
        call.push(raw)
        return 1
    }

    public static func literal(_ value: Position) -> String { "\(value.raw)" }
}

/// A dimension as Lua gives it: counted from 1, or from the last when negative.
public struct Dimension: LuaArgument, LuaResult, Hashable, Sendable {
    /// The number as Lua gave it; never 0.
    public let raw: Int

    /// The dimension of an offset from 0; negative ones count from the end in both worlds.
    public init(offset: Int) { raw = offset >= 0 ? offset + 1 : offset }

    public static var luaType: LuaType { .integer }

    public static func read(_ call: Call, at index: Int32) throws -> Dimension {
        let raw = try Int.read(call, at: index)
        guard raw != 0 else {
            throw Mismatch("is 0, but dimensions start at 1 (and -1 is the last)")
        }
        return Dimension(offset: raw > 0 ? raw - 1 : raw)
    }

    /// The offset from 0 among the dimensions of a shape.
    ///
    /// Throws a `PositionError` if there is no such dimension.
    public func resolve(rank: Int) throws(PositionError) -> Int {
        try Position(raw: raw).resolve(count: rank, "dimension")
    }

    public func push(to call: Call) -> Int32 {
        call.push(raw)
        return 1
    }

    public static func literal(_ value: Dimension) -> String { "\(value.raw)" }
}

/// A position outside of what it points into.
public struct PositionError: LuaDescribableError {
    public let raw: Int
    public let count: Int
    public let what: String

    public var luaMessage: String {
        if count == 0 { return "\(what) \(raw) does not exist: there are none" }
        return "\(what) \(raw) is out of range 1..\(count) (or -1..-\(count) from the end)"
    }
}
