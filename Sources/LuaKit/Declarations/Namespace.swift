/// A table of functions, classes and constants that Lua sees under one name.
///
///     Namespace("tensor", "N-dimensional arrays.", call: …, foreignNames: ["arange": "range"]) {
///         elementwise
///         Function("tensor.zeros", …) { … }
///         Class(Tensor.self, "tensor.Tensor", …) { … }
///         Constant("tensor.pi", "…", 3.14159)
///     }
///
/// Paths are written in full; deeper ones, such as "tensor.linalg.inv", need a namespace of their
/// own, declared after the outer one.
public struct Namespace {
    public let declaration: Declaration
    /// What calling the table itself does.
    public let call: Function?
    /// What the table holds, made when it is first asked for: a program pays for the modules it uses.
    private let contents: Contents
    public var functions: [Function] { contents.parts.functions }
    public var classes: [Class] { contents.parts.classes }
    public var constants: [Constant] { contents.parts.constants }
    /// Other libraries' names, and ours: full path or bare name.
    public let foreignNames: [String: String]
    /// True if the table is a global variable (always so for the outermost part of a path).
    public let isGlobal: Bool

    public init(
        _ path: String, _ summary: String, details: String = "", example: String = "",
        see: [String] = [], call: Function? = nil, foreignNames: [String: String] = [:],
        isGlobal: Bool = true, @MemberBuilder members: @escaping () -> [Member]
    ) {
        var declaration = Declaration(
            kind: .namespace, path: path, summary: summary, details: details, example: example,
            seeAlso: see)
        if let call {
            declaration.isCallable = true
            declaration.parameters = call.declaration.parameters
            declaration.results = call.declaration.results
            declaration.returns = call.declaration.returns
        }
        self.declaration = declaration
        self.call = call
        self.foreignNames = foreignNames
        self.isGlobal = isGlobal
        contents = Contents(members)
    }

    private final class Contents {
        private let make: () -> [Member]
        init(_ make: @escaping () -> [Member]) { self.make = make }

        lazy var parts: (functions: [Function], classes: [Class], constants: [Constant]) = {
            var parts: (functions: [Function], classes: [Class], constants: [Constant]) = ([], [], [])
            for member in make() {
                switch member {
                case .function(let function): parts.functions.append(function)
                case .class(let type): parts.classes.append(type)
                case .constant(let constant): parts.constants.append(constant)
                case .property: break
                }
            }
            return parts
        }()
    }
}

/// A value that Lua sees under a name.
public struct Constant {
    public var declaration: Declaration
    let value: any LuaResult

    public init<Value: LuaResult>(
        _ path: String, _ summary: String, _ value: Value, details: String = "", see: [String] = []
    ) {
        declaration = Declaration(
            kind: .constant, path: path, summary: summary, details: details,
            results: [{ Value.luaType }], seeAlso: see)
        self.value = value
    }
}

/// Anything that stands in the body of a namespace or class.
public enum Member {
    case function(Function)
    case property(Property)
    case `class`(Class)
    case constant(Constant)
}

/// Collects members; lists of functions kept in families can be named as they are.
@resultBuilder
public enum MemberBuilder {
    public static func buildExpression(_ function: Function) -> [Member] { [.function(function)] }
    public static func buildExpression(_ functions: [Function]) -> [Member] {
        functions.map(Member.function)
    }
    public static func buildExpression(_ property: Property) -> [Member] { [.property(property)] }
    public static func buildExpression(_ properties: [Property]) -> [Member] {
        properties.map(Member.property)
    }
    public static func buildExpression(_ type: Class) -> [Member] { [.class(type)] }
    public static func buildExpression(_ types: [Class]) -> [Member] { types.map(Member.class) }
    public static func buildExpression(_ constant: Constant) -> [Member] { [.constant(constant)] }
    public static func buildExpression(_ members: [Member]) -> [Member] { members }

    public static func buildPartialBlock(first: [Member]) -> [Member] { first }
    public static func buildPartialBlock(accumulated: [Member], next: [Member]) -> [Member] {
        accumulated + next
    }
    public static func buildBlock() -> [Member] { [] }
    public static func buildOptional(_ members: [Member]?) -> [Member] { members ?? [] }
    public static func buildEither(first: [Member]) -> [Member] { first }
    public static func buildEither(second: [Member]) -> [Member] { second }
    public static func buildArray(_ members: [[Member]]) -> [Member] { members.flatMap { $0 } }
}

/// Collects the functions of a family, each type-checked by itself.
///
///     @FunctionBuilder static var reductions: [Function] {
///         Function("tensor.sum", …) { … }
///         Function("tensor.mean", …) { … }
///     }
@resultBuilder
public enum FunctionBuilder {
    public static func buildExpression(_ function: Function) -> [Function] { [function] }
    public static func buildExpression(_ functions: [Function]) -> [Function] { functions }
    public static func buildPartialBlock(first: [Function]) -> [Function] { first }
    public static func buildPartialBlock(accumulated: [Function], next: [Function]) -> [Function] {
        accumulated + next
    }
    public static func buildBlock() -> [Function] { [] }
    public static func buildArray(_ functions: [[Function]]) -> [Function] { functions.flatMap { $0 } }
}
