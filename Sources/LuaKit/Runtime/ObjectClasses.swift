import CLua

/// What a runtime knows of a registered class.
final class ClassRecord {
    let type: AnyObject.Type
    let tag: Int32
    /// Registry reference of the metatable.
    let metatable: Int32
    let declaration: Class
    let didPush: ((AnyObject, Anchors) -> Void)?

    init(type: AnyObject.Type, tag: Int32, metatable: Int32, declaration: Class) {
        self.type = type
        self.tag = tag
        self.metatable = metatable
        self.declaration = declaration
        didPush = declaration.didPush
    }
}

/// The registered classes of a runtime, found by the dynamic type of an object.
struct ObjectClasses {
    /// Registry reference of the weak table: address of an object → its userdata.
    var identities: Int32 = 0
    private(set) var records: [ClassRecord] = []
    private var byType: [ObjectIdentifier: ClassRecord] = [:]
    private var last: (type: ObjectIdentifier, record: ClassRecord)?

    mutating func add(_ record: ClassRecord) {
        records.append(record)
        byType.removeAll()
        last = nil
    }

    /// The class of an object, or the nearest registered class above it.
    @inline(__always)
    mutating func record(of object: AnyObject) -> ClassRecord? {
        let type = ObjectIdentifier(Swift.type(of: object))
        if let last, last.type == type { return last.record }
        return lookUp(type, object)
    }

    private mutating func lookUp(_ type: ObjectIdentifier, _ object: AnyObject) -> ClassRecord? {
        let found =
            byType[type]
            ?? records.filter { $0.declaration.isInstance(object) }
            .max { depth($0) < depth($1) }
        guard let found else { return nil }
        byType[type] = found
        last = (type, found)
        return found
    }

    /// The record of a registered type itself.
    func record(for type: AnyObject.Type) -> ClassRecord? {
        records.first { $0.type == type }
    }

    /// The number of registered classes above one.
    private func depth(_ record: ClassRecord) -> Int {
        var depth = 0
        var parent: AnyObject.Type? = record.declaration.parent
        while let type = parent {
            depth += 1
            parent = self.record(for: type)?.declaration.parent
        }
        return depth
    }
}

extension Runtime {
    /// Makes the weak table that gives an object the same userdata each time.
    func openObjects() {
        _ = try? withStack { call in
            njlua_new_table(call.state)
            njlua_new_table(call.state)
            call.push("v")
            lua_setfield(call.state, -2, "__mode")
            lua_setmetatable(call.state, -2)
            objects.identities = luaL_ref(call.state, njlua_registry())
        }
    }

    /// The class of an object, as it was declared.
    public func declaredClass(of object: AnyObject) -> Class? {
        record(of: object)?.declaration
    }
}
