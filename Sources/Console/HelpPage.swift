import LuaKit

/// Answers requests for help, from the declarations and from what the user has defined.
struct HelpPage {
    private let workbench: Workbench
    private var runtime: Runtime { workbench.runtime }

    init(_ workbench: Workbench) {
        self.workbench = workbench
    }

    /// The lines that answer a request.
    func lines(for request: HelpRequest) throws(LuaError) -> [String] {
        switch request {
        case .overview: return lines(runtime.help(on: nil))
        case .search(let text): return lines(runtime.help(on: .text(text)))
        case .name(let name): return try describe(name)
        case .source(let name): return source(of: name)
        }
    }

    private func lines(_ text: String) -> [String] {
        let columns = workbench.output.columns
        return text.trimmedEnd.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
            wrapped(String(line), columns: columns)
        }
    }

    // MARK: Names

    /// What a name stands for now: a declaration, a function of the user's, any other value.
    private func describe(_ name: String) throws(LuaError) -> [String] {
        if let declaration = workbench.lua.declaration(named: name) {
            return lines(runtime.registry.help(declaration))
        }
        let value = workbench.lua.value(at: name)
        if value.isNil { return lines(runtime.help(on: .text(name))) }
        if let function = value.function { return describe(function, name) }
        return try ["\(name): \(value.typeName)"]
            + Inspector.lines([value], lua: workbench.lua, terminal: workbench.output)
    }

    /// A function of the user's: its parameters, its place and the comment above it.
    private func describe(_ function: LuaFunction, _ name: String) -> [String] {
        guard let (chunk, range) = workbench.lua.definition(of: function) else {
            return ["\(name) is a function of Lua's own library: see the Lua manual, section 6."]
        }
        let signature = workbench.lua.signature(of: name) ?? name
        var comment: [String] = []
        while let line = sourceLine(range.lowerBound - comment.count - 1, of: chunk), line.hasPrefix("--") {
            comment.append(String(line.drop { $0 == "-" }.drop { $0 == " " }))
        }
        return [signature] + comment.reversed().map { "  " + $0 }
            + ["", "Defined in \(chunk), line \(range.lowerBound). ??\(name) shows the source."]
    }

    private func sourceLine(_ number: Int, of chunk: String) -> String? {
        guard number > 0 else { return nil }
        return workbench.sources.lines(number...number, of: chunk)?.first.map { String($0).trimmed }
    }

    // MARK: Source

    private func source(of name: String) -> [String] {
        let value = workbench.lua.value(at: name)
        guard let function = value.function else {
            return ["\(name) is \(value.isNil ? "not defined" : "no function, but a \(value.typeName)")."]
        }
        guard let (chunk, range) = workbench.lua.definition(of: function) else {
            return ["\(name) is built in; ?\(name) tells what it does."]
        }
        guard let text = workbench.sources.lines(range, of: chunk) else {
            return ["The source of \(name), lines \(range.lowerBound) to \(range.upperBound) of \(chunk), is gone."]
        }
        return ["-- \(chunk), line \(range.lowerBound)"] + text.map(String.init)
    }
}

extension String {
    /// The text without white space at its end.
    fileprivate var trimmedEnd: String {
        lastIndex { !$0.isWhitespace }.map { String(self[...$0]) } ?? ""
    }
}
