/// A class that Lua sees: a Swift class with its constructor, fields, methods and operators.
///
///     Class(Linear.self, "nn.Linear", "Applies x·Wᵀ + b.", parent: Layer.self,
///           constructor: Function("nn.Linear", "", Param("inputs", Int.self), …) { … }) {
///         Property("weight", "…", of: Linear.self) { $0.weight }
///         Function("forward", "…", Param("self", Linear.self), …) { … }
///         Function(raw: "__add", "…", Param("a", Tensor.self), …) { call in … }
///     }
///
/// Methods are declared with bare names and take the receiver as their first parameter.
/// Metamethods begin with two underscores. `__gc`, `__index` and `__newindex` belong to LuaKit;
/// `__close` gives the object back unless it is declared.
public struct Class {
    /// Reads fields that are not declared: leaves the value on the stack and returns true, or
    /// returns false. The receiver is at 1, the key at 2.
    public typealias DynamicIndex = (Call) throws -> Bool
    /// Sets fields that are not declared: false if there is no such field. The receiver is at 1,
    /// the key at 2, the value at 3.
    public typealias DynamicNewIndex = (Call) throws -> Bool

    public var declaration: Declaration
    /// What errors call an instance: "tensor" in "must be a tensor".
    public let noun: LuaType
    public let type: AnyObject.Type
    public let parent: AnyObject.Type?
    public let constructor: Function?
    public let methods: [Function]
    public let metamethods: [Function]
    public let properties: [Property]
    /// Functions of these namespaces whose first parameter is this class are methods too.
    public let methodsFrom: [String]

    /// Whether instances have fields of the user's own: `index` is asked before methods and fields, and
    /// what is not set reads as nil.
    public let fieldsFirst: Bool
    let index: DynamicIndex?
    let newIndex: DynamicNewIndex?
    /// Other libraries' names for members, and ours.
    let foreignNames: [String: String]
    let didPush: ((AnyObject, Anchors) -> Void)?
    let isInstance: (AnyObject) -> Bool

    public init<T: LuaObject>(
        _ type: T.Type, _ path: String, _ summary: String, noun: String? = nil,
        parent: AnyObject.Type? = nil, details: String = "", example: String = "",
        see: [String] = [], constructor: Function? = nil, methodsFrom: [String] = [], fieldsFirst: Bool = false,
        index: DynamicIndex? = nil, newIndex: DynamicNewIndex? = nil,
        foreignNames: [String: String] = [:], didPush: ((T, Anchors) -> Void)? = nil,
        @MemberBuilder members: () -> [Member]
    ) {
        var declaration = Declaration(
            kind: .type, path: path, summary: summary, details: details, example: example,
            seeAlso: see)
        if let constructor {
            declaration.isCallable = true
            declaration.parameters = constructor.declaration.parameters
            declaration.returns = constructor.declaration.returns
            if example.isEmpty { declaration.example = constructor.declaration.example }
        }
        self.declaration = declaration
        let noun = LuaType(noun ?? path, annotation: path)
        self.noun = noun
        ClassNames.register(type, noun)  // first, since members may name the class
        self.type = type
        self.parent = parent
        self.constructor = constructor
        self.methodsFrom = methodsFrom
        self.fieldsFirst = fieldsFirst
        self.index = index
        self.newIndex = newIndex
        self.foreignNames = foreignNames
        self.didPush = didPush.map { hook in
            { object, anchors in if let object = object as? T { hook(object, anchors) } }
        }
        isInstance = { $0 is T }

        var methods: [Function] = []
        var metamethods: [Function] = []
        var properties: [Property] = []
        for member in members() {
            switch member {
            case .function(var function):
                let name = function.declaration.path
                let isMeta = name.hasPrefix("__")
                function.declaration.kind = isMeta ? .metamethod : .method
                function.declaration.path = "\(path):\(name)"
                function.signature?.path = function.declaration.path
                if isMeta { metamethods.append(function) } else { methods.append(function) }
            case .property(var property):
                property.declaration.path = "\(path).\(property.declaration.path)"
                properties.append(property)
            case .class, .constant: break
            }
        }
        self.methods = methods
        self.metamethods = metamethods
        self.properties = properties
    }
}
