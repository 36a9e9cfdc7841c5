/// What is known of one name that Lua sees: the source of help, completion, stubs and reference.
public struct Declaration {
    public enum Kind: String, Sendable {
        case namespace, function, method, metamethod, property, constant
        case type = "class"
    }

    public var kind: Kind
    /// The full name: "tensor.matmul", "tensor.Tensor:backward", "tensor.Tensor.grad".
    public var path: String
    /// One sentence.
    public var summary: String
    /// Paragraphs that follow the summary.
    public var details: String = ""
    public var parameters: [Parameter] = []
    /// The types of the results, in order; for a property or constant, its own.
    public var results: [() -> LuaType] = []
    /// The results in words, with their shapes.
    public var returns: String?
    /// A program that runs by itself.
    public var example: String = ""
    /// Paths of related names.
    public var seeAlso: [String] = []
    /// False for a property that cannot be set.
    public var isWritable = false
    /// True for a class that has a constructor and a namespace that can be called.
    public var isCallable = false
    /// The class path that offers this function as a method too.
    public var methodOf: String?

    /// The last part of the path.
    public var name: String {
        String(path[path.index(path.startIndex, offsetBy: path.utf8.count - leafLength)...])
    }

    /// The path without the last part: the namespace or class.
    public var container: String { String(path.dropLast(leafLength + 1)) }

    private var leafLength: Int {
        path.utf8.reversed().prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: ":") }.count
    }

    /// Name and parameters as in a call; optional ones in brackets.
    public var signature: String {
        switch kind {
        case .function, .metamethod: call(path, parameters)
        case .method: call(path, Array(parameters.dropFirst()))  // without the receiver
        case .type, .namespace: isCallable ? call(path, parameters) : path
        case .property, .constant: path
        }
    }

    /// The call as a method, for a function that is one too.
    public var methodSignature: String? {
        guard methodOf != nil, let receiver = parameters.first else { return nil }
        return call("\(receiver.name):\(name)", Array(parameters.dropFirst()))
    }

    private func call(_ name: String, _ parameters: [Parameter]) -> String {
        let names = parameters.map { $0.isRequired ? $0.shownName : "[\($0.shownName)]" }
        return "\(name)(\(names.joined(separator: ", ")))"
    }

    /// The results in words, if there are any.
    public var resultText: String? {
        if let returns { return returns }
        return results.isEmpty ? nil : results.map { $0().name }.joined(separator: ", ")
    }
}

/// One parameter of a declaration, whatever its Swift type.
public struct Parameter {
    public let name: String
    /// Names by which the parameter goes elsewhere, taken as well.
    public let otherNames: [String]
    public let shape: String?
    public internal(set) var doc: String
    /// The default as Lua text, if there is one to show.
    public let defaultText: String?
    /// True if a call must give it.
    public let isRequired: Bool
    public let isVariadic: Bool
    public let tables: TableUse
    let swiftType: Any.Type
    let typeOf: () -> LuaType

    /// How the type is called; looked up when asked, for classes declared later.
    public var type: LuaType { typeOf() }

    var shownName: String { isVariadic ? name + "…" : name }
}

/// A parameter of a typed binding.
///
///     Param("weight", Tensor.self, shape: "[out, in]", "one row for each output")
///     Param("eps", Double.self, default: 1e-5, "added to the variance")
///     Param("dim", Dimension?.self, "all dimensions if left out")
///
/// A class, so that handing one on at each call copies nothing.
public final class Param<Value: LuaArgument> {
    let defaultValue: Value?
    /// The parameter without its Swift type, for declarations whose parameters come from a table.
    public let erased: Parameter

    public init(
        _ name: String, _ type: Value.Type = Value.self, shape: String? = nil,
        default defaultValue: Value? = nil, shown: String? = nil, is luaType: LuaType? = nil, otherNames: [String] = [],
        _ doc: String = ""
    ) {
        self.defaultValue = defaultValue
        erased = Parameter(
            name: name, otherNames: otherNames, shape: shape, doc: doc,
            defaultText: (shown ?? defaultValue.map(Value.literal)).flatMap { $0.isEmpty ? nil : $0 },
            isRequired: defaultValue == nil && Value.missing == nil,
            isVariadic: Value.isVariadic, tables: Value.tables, swiftType: Value.receiver,
            typeOf: { luaType ?? Value.luaType })
    }
}
