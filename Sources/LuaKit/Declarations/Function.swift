/// A function that Lua sees, declared once: its name, documentation, parameters and body.
///
///     Function("tensor.matmul", "Matrix product of the last two dimensions.",
///              Param("a", Tensor.self, shape: "[..., n, k]", "left operand"),
///              Param("b", Tensor.self, shape: "[..., k, m]", "right operand"),
///              returns: "tensor [..., n, m]",
///              example: "print(tensor.ones(2, 3):matmul(tensor.ones(3, 1)))") { a, b in
///         try a.matmul(b)
///     }
///
/// The body gets the converted arguments, after a `Call` if it names one more parameter than are
/// declared. It returns nothing, one result, two or three as a tuple, or `Results`. Inside a class
/// the path is the bare name and the first parameter is the receiver.
public struct Function {
    public var declaration: Declaration
    let body: (Call) throws -> Int32
    /// What errors about arguments go by, if the arguments are typed.
    var signature: Signature?

    /// False for a function that shall not be offered as a method of its first parameter's class.
    var mayBeMethod = true

    init(_ declaration: Declaration, _ body: @escaping (Call) throws -> Int32) {
        self.declaration = declaration
        self.body = body
    }

    /// Runs the function on the arguments of a call, for objects that are called: the object is the first
    /// argument and counts in no message.
    public func run(_ call: Call) throws -> Int32 { try body(call) }

    /// The same function, offered only under its own path.
    public func notMethod() -> Function {
        var result = self
        result.mayBeMethod = false
        return result
    }

    /// A function that reads its arguments from the stack itself, for fast paths.
    ///
    /// The parameters are for documentation only. Returns the number of results pushed.
    public init<each A: LuaArgument>(
        raw path: String, _ summary: String, _ parameters: repeat Param<each A>,
        results: [LuaType] = [], returns: String? = nil, details: String = "", example: String = "",
        see: [String] = [], body: @escaping (Call) throws -> Int32
    ) {
        var erased: [Parameter] = []
        for parameter in repeat each parameters { erased.append(parameter.erased) }
        self.init(
            Declaration(
                kind: .function, path: path, summary: summary, details: details,
                parameters: erased, results: results.map { type in { type } }, returns: returns,
                example: example, seeAlso: see),
            body)
    }
}

// The public forms differ in how many results the body has, and in whether it asks for the call.
// Each is a line or two on top of `typed`.

extension Function {
    /// One result.
    public init<each A: LuaArgument, R: LuaResult>(
        _ path: String, _ summary: String, _ parameters: repeat Param<each A>,
        returns: String? = nil, details: String = "", example: String = "", see: [String] = [],
        body: @escaping (repeat each A) throws -> R
    ) {
        let info = Info(path, summary, returns, details, example, see, [{ R.luaType }])
        self = .typed(info, repeat each parameters, body: body) { try $0.push(to: $1) }
    }

    /// One result, with the call.
    public init<each A: LuaArgument, R: LuaResult>(
        _ path: String, _ summary: String, _ parameters: repeat Param<each A>,
        returns: String? = nil, details: String = "", example: String = "", see: [String] = [],
        body: @escaping (Call, repeat each A) throws -> R
    ) {
        let info = Info(path, summary, returns, details, example, see, [{ R.luaType }])
        self = .typed(info, repeat each parameters, bodyWithCall: body) { try $0.push(to: $1) }
    }

    /// No result.
    public init<each A: LuaArgument>(
        _ path: String, _ summary: String, _ parameters: repeat Param<each A>,
        returns: String? = nil, details: String = "", example: String = "", see: [String] = [],
        body: @escaping (repeat each A) throws -> Void
    ) {
        let info = Info(path, summary, returns, details, example, see, [])
        self = .typed(info, repeat each parameters, body: body) { _, _ in 0 }
    }

    /// No result, with the call.
    public init<each A: LuaArgument>(
        _ path: String, _ summary: String, _ parameters: repeat Param<each A>,
        returns: String? = nil, details: String = "", example: String = "", see: [String] = [],
        body: @escaping (Call, repeat each A) throws -> Void
    ) {
        let info = Info(path, summary, returns, details, example, see, [])
        self = .typed(info, repeat each parameters, bodyWithCall: body) { _, _ in 0 }
    }

    /// Two results.
    public init<each A: LuaArgument, R1: LuaResult, R2: LuaResult>(
        _ path: String, _ summary: String, _ parameters: repeat Param<each A>,
        returns: String? = nil, details: String = "", example: String = "", see: [String] = [],
        body: @escaping (repeat each A) throws -> (R1, R2)
    ) {
        let types = [{ R1.luaType }, { R2.luaType }]
        let info = Info(path, summary, returns, details, example, see, types)
        self = .typed(info, repeat each parameters, body: body) { results, call in
            try results.0.push(to: call) + results.1.push(to: call)
        }
    }

    /// Two results, with the call.
    public init<each A: LuaArgument, R1: LuaResult, R2: LuaResult>(
        _ path: String, _ summary: String, _ parameters: repeat Param<each A>,
        returns: String? = nil, details: String = "", example: String = "", see: [String] = [],
        body: @escaping (Call, repeat each A) throws -> (R1, R2)
    ) {
        let types = [{ R1.luaType }, { R2.luaType }]
        let info = Info(path, summary, returns, details, example, see, types)
        self = .typed(info, repeat each parameters, bodyWithCall: body) { results, call in
            try results.0.push(to: call) + results.1.push(to: call)
        }
    }

    /// Three results.
    public init<each A: LuaArgument, R1: LuaResult, R2: LuaResult, R3: LuaResult>(
        _ path: String, _ summary: String, _ parameters: repeat Param<each A>,
        returns: String? = nil, details: String = "", example: String = "", see: [String] = [],
        body: @escaping (repeat each A) throws -> (R1, R2, R3)
    ) {
        let types = [{ R1.luaType }, { R2.luaType }, { R3.luaType }]
        let info = Info(path, summary, returns, details, example, see, types)
        self = .typed(info, repeat each parameters, body: body) { results, call in
            try results.0.push(to: call) + results.1.push(to: call) + results.2.push(to: call)
        }
    }
}
