import Synchronization

/// How a type of values is called in documentation, in errors and in editor stubs.
public struct LuaType: Equatable, Sendable {
    /// In documentation: "integer".
    public var name: String
    /// In errors, after "must be": "an integer".
    public var phrase: String
    /// In LuaLS annotations; mostly the name.
    public var annotation: String

    public init(_ name: String, phrase: String? = nil, annotation: String? = nil) {
        self.name = name
        self.phrase = phrase ?? LuaType.article(name) + name
        self.annotation = annotation ?? name
    }

    /// "a " or "an ".
    static func article(_ noun: String) -> String {
        guard let first = noun.first else { return "" }
        return "aeiouAEIOU".contains(first) || noun.hasPrefix("nn.") ? "an " : "a "
    }

    public static let any = LuaType("any", phrase: "a value")
    public static let boolean = LuaType("boolean", phrase: "true or false")
    public static let integer = LuaType("integer")
    public static let number = LuaType("number")
    public static let string = LuaType("string")
    public static let table = LuaType("table")
    public static let function = LuaType("function")

    /// A list of this type.
    public var list: LuaType {
        LuaType(
            name + "[]", phrase: "a list of " + plural,
            annotation: annotation.contains("|") ? "(\(annotation))[]" : annotation + "[]")
    }

    /// This type or nil.
    public var optional: LuaType {
        LuaType(name, phrase: phrase, annotation: annotation.hasSuffix("?") ? annotation : annotation + "?")
    }

    private var plural: String {
        if name == "any" { return "values" }
        if name.hasSuffix("[]") { return "lists" + phrase.dropFirst("a list".count) }
        return name.contains("\"") ? "strings (\(name))" : name + "s"
    }
}

/// The names that classes are declared under, for messages written before any runtime is asked.
enum ClassNames {
    private static let names = Mutex<[ObjectIdentifier: LuaType]>([:])
    /// Makes the declarations that give names, of namespaces that nobody has used yet.
    nonisolated(unsafe) static var source: (() -> Void)?

    static func register(_ type: AnyObject.Type, _ name: LuaType) {
        names.withLock { $0[ObjectIdentifier(type)] = name }
    }

    static func type(of type: AnyObject.Type) -> LuaType {
        if let name = names.withLock({ $0[ObjectIdentifier(type)] }) { return name }
        if let source {
            // Asked once: what declarations themselves ask for while they are made must wait.
            self.source = nil
            source()
        }
        return names.withLock { $0[ObjectIdentifier(type)] } ?? LuaType(String(describing: type))
    }
}
