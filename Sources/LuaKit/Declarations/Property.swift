/// A field of a class's instances, computed by Swift.
///
///     Property("lr", "Learning rate of the first group.", of: Optimizer.self,
///              get: { $0.lr }, set: { $0.lr = $1 })
public struct Property {
    public var declaration: Declaration
    let getter: (Call) throws -> Int32
    let setter: ((Call) throws -> Int32)?

    /// A field that can only be read.
    public init<T: LuaObject, R: LuaResult>(
        _ name: String, _ summary: String, of type: T.Type, shape: String? = nil,
        details: String = "", example: String = "", see: [String] = [],
        get: @escaping (T) throws -> R
    ) {
        declaration = Declaration(
            kind: .property, path: name, summary: summary, details: details,
            results: [{ R.luaType }], returns: shape.map { "\(R.luaType.name) \($0)" },
            example: example, seeAlso: see)
        getter = { call in try get(try receiver(call, name)).push(to: call) }
        setter = nil
    }

    /// A field that can be read and set.
    public init<T: LuaObject, R: LuaResult & LuaArgument>(
        _ name: String, _ summary: String, of type: T.Type, shape: String? = nil,
        details: String = "", example: String = "", see: [String] = [],
        get: @escaping (T) throws -> R, set: @escaping (T, R) throws -> Void
    ) {
        declaration = Declaration(
            kind: .property, path: name, summary: summary, details: details,
            results: [{ R.luaType }], returns: shape.map { "\(R.luaType.name) \($0)" },
            example: example, seeAlso: see, isWritable: true)
        getter = { call in try get(try receiver(call, name)).push(to: call) }
        setter = { call in
            let object: T = try receiver(call, name)
            do {
                try set(object, try R.read(call, at: 2))
            } catch let mismatch as Mismatch {
                throw ArgumentError(luaMessage: "field '\(name)' \(mismatch.problem)")
            }
            return 0
        }
    }
}

/// The object whose field is asked for.
private func receiver<T: LuaObject>(_ call: Call, _ name: String) throws -> T {
    if let object = call.object(at: 1, as: T.self) { return object }
    throw ArgumentError(
        luaMessage: "field '\(name)' belongs to \(T.luaType.phrase), got \(call.describe(at: 1))")
}
