extension Registry {
    /// What is wrong with the declarations themselves, one line each; tests want none.
    public func problems() -> [String] {
        var problems = duplicates.map { "\($0): declared twice" }
        for declaration in declarations {
            let path = declaration.path
            if declaration.kind != .metamethod, declaration.summary.isEmpty {
                problems.append("\(path): no summary")
            }
            if let last = declaration.summary.last, !".!?)".contains(last) {
                problems.append("\(path): the summary does not end like a sentence")
            }
            if needsExample(declaration), declaration.example.isEmpty {
                problems.append("\(path): no example")
            }
            for other in declaration.seeAlso where self.declaration(other) == nil {
                problems.append("\(path): see also \(other), which does not exist")
            }
            problems += parameterProblems(declaration)
        }
        for type in classes {
            if let parent = type.parent, declaredClass(for: parent) == nil {
                problems.append("\(type.declaration.path): its parent class is not declared")
            }
        }
        return problems
    }

    private func needsExample(_ declaration: Declaration) -> Bool {
        declaration.kind == .function || declaration.kind == .method
            || (declaration.kind == .type && declaration.isCallable)
    }

    private func parameterProblems(_ declaration: Declaration) -> [String] {
        var problems: [String] = []
        var seen: Set<String> = []
        for parameter in declaration.parameters {
            if !seen.insert(parameter.name).inserted {
                problems.append("\(declaration.path): two parameters named '\(parameter.name)'")
            }
        }
        let isMethod = declaration.kind == .method || declaration.kind == .metamethod
        for parameter in declaration.parameters.dropFirst(isMethod ? 1 : 0)
        where parameter.doc.isEmpty && declaration.kind != .metamethod {
            problems.append("\(declaration.path): parameter '\(parameter.name)' has no doc")
        }
        return problems
    }
}
