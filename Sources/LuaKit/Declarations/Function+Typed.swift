/// The documentation part of a function's declaration.
struct Info {
    var declaration: Declaration

    init(
        _ path: String, _ summary: String, _ returns: String?, _ details: String,
        _ example: String, _ see: [String], _ results: [() -> LuaType]
    ) {
        declaration = Declaration(
            kind: .function, path: path, summary: summary, details: details, results: results,
            returns: returns, example: example, seeAlso: see)
    }
}

/// A body with typed parameters: reads the arguments, runs, pushes the results.
final class TypedBinding<Output, each A: LuaArgument> {
    typealias Body = (repeat each A) throws -> Output
    typealias BodyWithCall = (Call, repeat each A) throws -> Output

    let signature: Signature
    // One of these is there. (A closure cannot take a pack, so neither can stand for the other.)
    private let body: Body?
    private let bodyWithCall: BodyWithCall?
    private let push: (Output, Call) throws -> Int32

    init(
        _ declaration: Declaration, _ parameters: repeat Param<each A>, body: Body?,
        bodyWithCall: BodyWithCall?, push: @escaping (Output, Call) throws -> Int32
    ) {
        var typed: [AnyObject] = []
        for parameter in repeat each parameters { typed.append(parameter) }
        signature = Signature(declaration, typed: typed)
        self.body = body
        self.bodyWithCall = bodyWithCall
        self.push = push
    }

    func run(_ call: Call) throws -> Int32 {
        var reader = try ArgumentReader(call, signature)
        // No tuple in between: making one costs more than all the rest.
        if let body {
            return try push(body(repeat try reader.next((each A).self)), call)
        }
        if let bodyWithCall {
            return try push(bodyWithCall(call, repeat try reader.next((each A).self)), call)
        }
        return 0
    }
}

extension Function {
    /// A function whose arguments are read by its parameters.
    static func typed<Output, each A: LuaArgument>(
        _ info: Info, _ parameters: repeat Param<each A>,
        body: TypedBinding<Output, repeat each A>.Body? = nil,
        bodyWithCall: TypedBinding<Output, repeat each A>.BodyWithCall? = nil,
        push: @escaping (Output, Call) throws -> Int32
    ) -> Function {
        var declaration = info.declaration
        for parameter in repeat each parameters { declaration.parameters.append(parameter.erased) }
        let binding = TypedBinding(
            declaration, repeat each parameters, body: body, bodyWithCall: bodyWithCall, push: push)
        var function = Function(declaration, binding.run)
        function.signature = binding.signature
        return function
    }
}

extension Function {
    /// A function whose parameters behind the first come from a table: all of one Swift type, as many as there are.
    public init<First: LuaArgument, Rest: LuaArgument, R: LuaResult>(
        _ path: String, _ summary: String, _ first: Param<First>, rest: [Param<Rest>],
        returns: String? = nil, details: String = "", example: String = "", see: [String] = [],
        body: @escaping (First, [Rest]) throws -> R
    ) {
        var declaration = Info(path, summary, returns, details, example, see, [{ R.luaType }]).declaration
        declaration.parameters = [first.erased] + rest.map(\.erased)
        let signature = Signature(declaration, typed: [first] + rest)
        self.init(declaration) { call in
            var reader = try ArgumentReader(call, signature)
            let head = try reader.next(First.self)
            return try body(head, try rest.map { _ in try reader.next(Rest.self) }).push(to: call)
        }
        self.signature = signature
    }
}
