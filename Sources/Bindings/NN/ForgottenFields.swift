import Learning
import LuaKit
import Tensors

extension LuaModule {
    /// After the first forward in training: keeps in mind the tensors that were used, need gradients, and are
    /// not among this module's parameters, with the names that its code has for them.
    func noteForgotten(_ arguments: [LuaValue], _ results: [LuaValue], _ forward: LuaFunction) {
        let own = Set(parameters.compactMap { $0.leaf.map(ObjectIdentifier.init) })
        let foreign = Tensor.leaves(of: TensorSearch.tensors(in: results), behind: TensorSearch.tensors(in: arguments))
            .reversed().filter { !own.contains(ObjectIdentifier($0)) }
        if foreign.isEmpty { return }
        var search = TensorSearch()
        for (name, value) in forward.upvalues where name != "_ENV" { search.visit(name, value) }
        for (key, value) in fields?.pairs ?? [] { if let name = key.text { search.visit("self.\(name)", value) } }
        if case .table(let globals) = forward.upvalues.first(where: { $0.name == "_ENV" })?.value {
            for (key, value) in globals.pairs { if let name = key.text, !TensorSearch.standard.contains(name) { search.visit(name, value) } }
        }
        ForgottenParameters.note(self, foreign.map { (leaf: $0, name: search.names[ObjectIdentifier($0)] ?? "a tensor \(describe($0.shape))") })
    }
}

/// Looks through Lua values for tensors.
private struct TensorSearch {
    /// The name found first for each leaf.
    private(set) var names: [ObjectIdentifier: String] = [:]
    private var visited = 0

    /// Tables of the language and of this program, which hold no user's tensors.
    static let standard: Set<String> = [
        "_G", "package", "string", "table", "math", "io", "os", "coroutine", "utf8", "debug", "tensor", "autograd", "nn", "optim", "data", "metrics", "plot", "nj",
    ]

    mutating func visit(_ name: String, _ value: LuaValue, depth: Int = 0) {
        visited += 1
        guard visited < 20_000 else { return }
        switch value {
        case .object(let object):
            if let tensor = object as? Tensor, let leaf = tensor.leaf, names[ObjectIdentifier(leaf)] == nil { names[ObjectIdentifier(leaf)] = name }
            if let module = object as? Module {
                for (part, tensor) in module.namedParameters() { visit("\(name).\(part)", .object(tensor)) }
            }
        case .table(let table) where depth < 3:
            for (key, element) in table.pairs {
                if let position = key.int { visit("\(name)[\(position)]", element, depth: depth + 1) }
                if let part = key.text { visit("\(name).\(part)", element, depth: depth + 1) }
            }
        default: break
        }
    }

    /// The tensors among values, also inside tables.
    static func tensors(in values: [LuaValue], depth: Int = 0) -> [Tensor] {
        values.flatMap { value -> [Tensor] in
            switch value {
            case .object(let object): (object as? Tensor).map { [$0] } ?? []
            case .table(let table) where depth < 3: tensors(in: table.pairs.prefix(1000).map(\.value), depth: depth + 1)
            default: []
            }
        }
    }
}
