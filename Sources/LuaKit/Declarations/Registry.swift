/// Everything declared, in order, and found by path.
///
/// Help, completion, editor stubs, the Markdown reference and the consistency check all read this.
public struct Registry {
    public private(set) var namespaces: [Namespace] = []
    public private(set) var classes: [Class] = []
    /// All declarations in the order they were made.
    public private(set) var declarations: [Declaration] = []
    private var byPath: [String: Int] = [:]
    /// What parameters mean that say the same wherever they occur, by name.
    private var parameterDocs: [String: String] = [:]
    /// Paths declared more than once.
    private(set) var duplicates: [String] = []

    public init() {}

    public init(_ namespaces: [Namespace]) { add(namespaces) }

    /// The declaration under a full path; a method may be written with a dot.
    public func declaration(_ path: String) -> Declaration? {
        if let index = byPath[path] { return declarations[index] }
        guard let dot = path.lastIndex(of: ".") else { return nil }
        let method = path[..<dot] + ":" + path[path.index(after: dot)...]
        return byPath[String(method)].map { declarations[$0] }
    }

    /// What a namespace or class declares itself, in order.
    public func members(of path: String) -> [Declaration] {
        declarations.filter { $0.container == path }
    }

    /// A class declared under a path.
    public func declaredClass(_ path: String) -> Class? {
        classes.first { $0.declaration.path == path }
    }

    /// The class declared for a Swift type.
    func declaredClass(for type: AnyObject.Type) -> Class? { classes.first { $0.type == type } }

    /// A class and those above it, nearest first.
    func ancestry(of type: Class) -> [Class] {
        var result = [type]
        while let parent = result[result.count - 1].parent.flatMap({ declaredClass(for: $0) }),
            result.count < 32
        {
            result.append(parent)
        }
        return result
    }

    /// Fields and methods of a class's instances, inherited ones and functions that are methods
    /// included, metamethods not.
    public func instanceMembers(of type: Class) -> [Declaration] {
        var seen: Set<String> = []
        var result: [Declaration] = []
        for type in ancestry(of: type) {
            let path = type.declaration.path
            let own = members(of: path) + declarations.filter { $0.methodOf == path }
            for member in own where member.kind != .metamethod && seen.insert(member.name).inserted {
                result.append(member)
            }
        }
        return result
    }

    /// Functions of a class's namespaces that are its methods too.
    func borrowedMethods(of type: Class) -> [Function] {
        let own = Set(type.methods.map(\.declaration.name))
        return namespaces.filter { type.methodsFrom.contains($0.declaration.path) }
            .flatMap(\.functions)
            .filter { function in
                guard function.mayBeMethod, let first = function.declaration.parameters.first
                else { return false }
                return ObjectIdentifier(first.swiftType) == ObjectIdentifier(type.type)
                    && !own.contains(function.declaration.name)
            }
    }

    mutating func add(_ added: [Namespace], _ parameterDocs: [String: String] = [:]) {
        namespaces += added
        self.parameterDocs.merge(parameterDocs) { $1 }
        for namespace in added {
            if namespace.declaration.path != Self.globals { record(namespace.declaration) }
            for function in namespace.functions { record(function.declaration) }
            for constant in namespace.constants { record(constant.declaration) }
            for type in namespace.classes {
                classes.append(type)
                record(type.declaration)
                for property in type.properties { record(property.declaration) }
                for method in type.methods + type.metamethods { record(method.declaration) }
            }
        }
        for type in classes {
            for method in borrowedMethods(of: type) {
                guard let index = byPath[method.declaration.path] else { continue }
                declarations[index].methodOf = type.declaration.path
            }
        }
    }

    private mutating func record(_ declaration: Declaration) {
        guard byPath[declaration.path] == nil else {
            duplicates.append(declaration.path)
            return
        }
        var declaration = declaration
        for i in declaration.parameters.indices where declaration.parameters[i].doc.isEmpty {
            declaration.parameters[i].doc = parameterDocs[declaration.parameters[i].name] ?? ""
        }
        for i in declaration.parameters.indices where !declaration.parameters[i].otherNames.isEmpty {
            declaration.parameters[i].doc += " (by name also \(declaration.parameters[i].otherNames.joined(separator: ", ")))"
        }
        byPath[declaration.path] = declarations.count
        declarations.append(declaration)
    }

    /// The path of the namespace of global names.
    public static let globals = "_G"

    /// Whether values have the function of this path as a method.
    func isMethod(_ path: String) -> Bool {
        path.contains(":") || byPath[path].map { declarations[$0].methodOf != nil } ?? false
    }

    // MARK: Names that do not exist

    /// What someone who wrote `name`, looking in a namespace or class, may have meant.
    func suggestion(
        for name: String, among members: [String], in container: String,
        foreignNames: [String: String]
    ) -> String? {
        if let ours = foreignNames[name] { return ours.contains { $0 == "." || $0 == "(" } ? ours : full(container, ours) }
        if let near = nearest(to: name, in: members) { return full(container, near) }
        let elsewhere = declarations.first {
            $0.name == name && $0.container != container
                && ($0.kind == .function || $0.kind == .type || $0.kind == .namespace)
        }
        return elsewhere?.path
    }

    private func full(_ container: String, _ name: String) -> String {
        container.isEmpty ? name : "\(container).\(name)"
    }
}
