/// Finds the globals that Lua text uses, by following its blocks and locals as Lua does.
///
/// It reads the whole text rather than watching it run, so that a forgotten `local` is found before
/// a long training, also in functions that are never called. `_G.name = value` is on purpose and is
/// not reported. The text must be correct Lua.
///
///     GlobalScanner.scan("local a; b = a")  // b, assigned in line 1
struct GlobalScanner {
    private let tokens: [LuaToken]
    private var position = 0
    private var scopes: [Set<String>] = [[]]
    private var functionDepth = 0
    private var uses: [GlobalUse] = []

    static func scan(_ text: String) -> [GlobalUse] {
        var scanner = GlobalScanner(tokens: LuaLexer(text).filter { $0.kind != .comment })
        while scanner.position < scanner.tokens.count { scanner.block() }
        return scanner.uses
    }

    private init(tokens: [LuaToken]) {
        self.tokens = tokens
    }

    // MARK: Words

    private var token: LuaToken? { position < tokens.count ? tokens[position] : nil }

    private func isNext(_ text: String) -> Bool {
        guard let token, token.kind == .symbol || token.kind == .keyword else { return false }
        return token.text == text
    }

    /// Steps over `text` if it comes next.
    @discardableResult
    private mutating func accept(_ text: String) -> Bool {
        guard isNext(text) else { return false }
        position += 1
        return true
    }

    private mutating func takeName() -> LuaToken? {
        guard let token, token.kind == .name else { return nil }
        position += 1
        return token
    }

    // MARK: Names

    private mutating func declare(_ names: [String]) {
        scopes[scopes.count - 1].formUnion(names)
    }

    private mutating func scoped(_ names: [String] = [], _ body: (inout Self) -> Void) {
        scopes.append(Set(names))
        body(&self)
        scopes.removeLast()
    }

    private mutating func use(_ name: LuaToken, isAssigned: Bool) {
        // In the scope of a local _ENV, names are fields of that table.
        if name.text == "_ENV" || scopes.contains(where: { $0.contains(name.text) || $0.contains("_ENV") }) {
            return
        }
        uses.append(
            GlobalUse(
                name: name.text, line: name.line, isAssigned: isAssigned, isInFunction: functionDepth > 0))
    }

    // MARK: Statements

    /// A block up to the word that ends it.
    private mutating func block() {
        scoped { scanner in
            while let token = scanner.token, !Self.blockEnds.contains(token.text) || token.kind != .keyword {
                scanner.statement(token)
            }
        }
        // A stray end, which correct text does not have, must not stop the scan.
        if scopes.count == 1 { position += 1 }
    }

    private static let blockEnds: Set<String> = ["end", "else", "elseif", "until"]

    private mutating func statement(_ first: LuaToken) {
        position += 1
        switch first.kind == .keyword || first.kind == .symbol ? first.text : "" {
        case "if": conditions()
        case "while":
            expression()
            accept("do")
            block()
            accept("end")
        case "do":
            block()
            accept("end")
        case "for": loop()
        case "repeat": repetition()
        case "function": namedFunction()
        case "local": locals()
        case "return": expressions()
        case "break", ";": break
        case "goto", "::":
            _ = takeName()
            accept("::")
        default:
            position -= 1
            assignmentOrCall()
        }
    }

    private mutating func conditions() {
        repeat {
            expression()
            accept("then")
            block()
        } while accept("elseif")
        if accept("else") { block() }
        accept("end")
    }

    private mutating func loop() {
        let names = nameList()
        accept("=")
        accept("in")
        expressions()
        accept("do")
        scoped(names) { $0.block() }
        accept("end")
    }

    private mutating func repetition() {
        // The condition still sees the block's locals.
        scoped { scanner in
            while let token = scanner.token, !token.isKeyword("until") { scanner.statement(token) }
            scanner.accept("until")
            scanner.expression()
        }
    }

    private mutating func namedFunction() {
        guard let name = takeName() else { return }
        let isField = isNext(".") || isNext(":")
        use(name, isAssigned: !isField)
        var isMethod = false
        while accept(".") || isNext(":") {
            isMethod = accept(":")
            _ = takeName()
        }
        functionBody(isMethod ? ["self"] : [])
    }

    private mutating func locals() {
        if accept("function") {
            if let name = takeName() { declare([name.text]) }
            functionBody()
            return
        }
        let names = nameList()
        if accept("=") { expressions() }
        declare(names)
    }

    /// Names with commas between them, and their attributes (`<const>`).
    private mutating func nameList() -> [String] {
        var names: [String] = []
        repeat {
            if let name = takeName() { names.append(name.text) }
            if accept("<") {
                _ = takeName()
                accept(">")
            }
        } while accept(",")
        return names
    }

    private mutating func assignmentOrCall() {
        var targets: [LuaToken] = []
        let start = position
        repeat {
            if let name = suffixedExpression() { targets.append(name) }
        } while accept(",")
        let isAssignment = accept("=")
        for name in targets { use(name, isAssigned: isAssignment) }
        if isAssignment { expressions() }
        if position == start { position += 1 }
    }

    // MARK: Expressions

    private mutating func expressions() {
        repeat { expression() } while accept(",")
    }

    private mutating func expression() {
        repeat {
            while let token, Self.unary.contains(token.text) { position += 1 }
            operand()
        } while acceptBinary()
    }

    private static let unary: Set<String> = ["not", "-", "#", "~"]
    private static let constants: Set<String> = ["nil", "true", "false"]
    private static let binary: Set<String> = [
        "+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "&", "|", "~", "<<",
        ">>", "and", "or",
    ]

    private mutating func acceptBinary() -> Bool {
        guard let token, token.kind == .symbol || token.kind == .keyword, Self.binary.contains(token.text)
        else { return false }
        position += 1
        return true
    }

    private mutating func operand() {
        guard let token else { return }
        switch token.kind {
        case .number, .string: position += 1
        case _ where token.isKeyword("function"):
            position += 1
            functionBody()
        case _ where token.isSymbol("{"): table()
        case _ where token.isSymbol("...") || Self.constants.contains(token.text): position += 1
        default: if let name = suffixedExpression() { use(name, isAssigned: false) }
        }
    }

    /// A name or parenthesis with what follows it. A name alone is returned, not yet counted.
    private mutating func suffixedExpression() -> LuaToken? {
        let name = takeName()
        if name == nil, accept("(") {
            expression()
            accept(")")
        }
        guard startsSuffix else { return name }
        if let name { use(name, isAssigned: false) }
        while startsSuffix { suffix() }
        return nil
    }

    private var startsSuffix: Bool {
        isNext(".") || isNext(":") || isNext("[") || isNext("(") || isNext("{") || token?.kind == .string
    }

    private mutating func suffix() {
        if accept(".") || accept(":") {
            _ = takeName()
        } else if accept("[") {
            expression()
            accept("]")
        } else if accept("(") {
            if !isNext(")") { expressions() }
            accept(")")
        } else if isNext("{") {
            table()
        } else {
            position += 1
        }
    }

    private mutating func table() {
        accept("{")
        while token != nil, !accept("}") {
            let start = position
            if accept("[") {
                expression()
                accept("]")
                accept("=")
            } else if token?.kind == .name, position + 1 < tokens.count, tokens[position + 1].isSymbol("=") {
                position += 2
            }
            expression()
            if !accept(",") { accept(";") }
            if position == start { position += 1 }
        }
    }

    private mutating func functionBody(_ implicit: [String] = []) {
        accept("(")
        let names = nameList()
        accept("...")
        accept(")")
        functionDepth += 1
        scoped(implicit + names) { $0.block() }
        functionDepth -= 1
        accept("end")
    }
}
