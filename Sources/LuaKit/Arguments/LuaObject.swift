import CLua

/// A class whose instances Lua holds as userdata, once a `Class` declares it.
///
///     extension Tensor: LuaObject {}
public protocol LuaObject: AnyObject, LuaArgument, LuaResult {
    /// The object in a few words for errors: "a tensor [2, 3]".
    var luaBrief: String { get }
}

extension LuaObject {
    public static var luaType: LuaType { ClassNames.type(of: self) }

    public var luaBrief: String { ClassNames.type(of: Swift.type(of: self)).phrase }

    public static func read(_ call: Call, at index: Int32) throws -> Self {
        if let object = call.object(at: index, as: self) { return object }
        throw call.mismatch(luaType, at: index)
    }

    public func push(to call: Call) -> Int32 {
        call.push(object: self)
        return 1
    }

    public static func literal(_ value: Self) -> String { value.luaBrief }
}

/// A result that Lua has not seen before: pushed without looking for the userdata it may have.
public struct Fresh<Object: LuaObject>: LuaResult {
    public let object: Object

    public init(_ object: Object) { self.object = object }

    public static var luaType: LuaType { Object.luaType }

    public func push(to call: Call) -> Int32 {
        call.push(new: object)
        return 1
    }
}
