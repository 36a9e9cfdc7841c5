import Learning
import LuaKit
import Tensors

extension Optimizer: LuaObject {}

extension Bindings {
    /// The module `optim`.
    static var optim: [Namespace] {
        [
            Namespace("optim", "Optimizers: they change parameters by their gradients.", foreignNames: ["sgd": "SGD", "adam": "Adam", "RMSProp": "RMSprop", "Optimizer_": "Optimizer"]) {
                Optimizer.kinds.map(OptimizerFunctions.constructor)
                OptimizerFunctions.optimizerClass
                OptimizerFunctions.groupClass
            },
            schedulers,
        ]
    }
}

/// A group of parameters: `opt.param_groups[i].lr`.
final class GroupView: LuaObject {
    let optimizer: Optimizer
    let index: Int
    init(_ optimizer: Optimizer, _ index: Int) {
        self.optimizer = optimizer
        self.index = index
    }
}

/// Parameters to optimize: a list of tensors, or of tables `{params = {…}, lr = …}`.
struct ParameterGroups: LuaArgument {
    let groups: [(parameters: [Tensor], options: [String: Double])]

    static var luaType: LuaType { LuaType("parameters", phrase: "a table of parameters, or of groups {params={…}, lr=…}", annotation: "tensor.Tensor[]|table[]") }
    static var tables: TableUse { .any }

    static func read(_ call: Call, at index: Int32) throws -> ParameterGroups {
        guard case .table(let table) = call.value(at: index) else { throw call.mismatch(luaType, at: index) }
        var single: [Tensor] = [], groups: [(parameters: [Tensor], options: [String: Double])] = []
        for (i, element) in table.elements.enumerated() {
            switch element {
            case .object(let object):
                guard let tensor = object as? Tensor else { throw Mismatch("must hold tensors, got a \(element.typeName) at position \(i + 1)") }
                single.append(tensor)
            case .table(let group): groups.append(try read(group, i + 1))
            default: throw Mismatch("must hold tensors or groups, got a \(element.typeName) at position \(i + 1)")
            }
        }
        if !single.isEmpty { groups.insert((single, [:]), at: 0) }
        return ParameterGroups(groups: groups)
    }

    private static func read(_ group: LuaTable, _ position: Int) throws -> (parameters: [Tensor], options: [String: Double]) {
        guard case .table(let list) = group["params"] else { throw Mismatch("needs 'params', a table of tensors, in group \(position)") }
        let parameters = try list.elements.map { element -> Tensor in
            guard case .object(let object) = element, let tensor = object as? Tensor else { throw Mismatch("must hold tensors in 'params' of group \(position), got a \(element.typeName)") }
            return tensor
        }
        var options: [String: Double] = [:]
        for (key, value) in group.pairs {
            guard let name = key.text, name != "params" else { continue }
            for (option, number) in try OptimizerFunctions.numbers(name, value) { options[option] = number }
        }
        return (parameters, options)
    }
}

enum OptimizerFunctions {
    /// `optim.Adam(params, {lr=…})`: one for each row of the table of optimizers.
    static func constructor(_ kind: Optimizer.Type) -> Function {
        let options = kind.options
        let list = options.map { option in
            "\(option.name)\(option.value.map { " = \(option.range.isFlag ? ($0 == 0 ? "false" : "true") : TextTable.number($0))" } ?? ""): \(option.summary)"
        }
        let hasBetas = options.contains { $0.name == "beta1" }
        return Function(
            "optim.\(kind.name)", OptimizerFunctions.summaries[kind.name] ?? "An optimizer.",
            Param("params", ParameterGroups.self, "model:parameters(), or groups {params={…}, lr=…}"),
            Param("options", LuaTable?.self, list.joined(separator: "; ") + (hasBetas ? "; betas = {beta1, beta2}" : "")),
            returns: "optimizer", example: "local model = nn.Linear(2, 1)\nlocal opt = optim.\(kind.name)(model:parameters(), {lr=0.01})\nprint(opt.lr)"
        ) { (groups: ParameterGroups, table: LuaTable?) -> Optimizer in
            var given: [String: Double] = [:]
            for (key, value) in table?.pairs ?? [] {
                guard let name = key.text else { throw LearningError.argument(kind.name, "options have names, got a \(key.typeName)") }
                guard options.contains(where: { $0.name == name }) || (name == "betas" && hasBetas) else {
                    let near = nearest(to: name, in: options.map(\.name)).map { ". Did you mean '\($0)'?" } ?? ""
                    throw LearningError.argument("optim.\(kind.name)", "unknown option '\(name)'\(near) Options: \(options.map(\.name).joined(separator: ", "))")
                }
                do {
                    for (option, number) in try numbers(name, value) { given[option] = number }
                } catch let mismatch as Mismatch {
                    throw LearningError.argument("optim.\(kind.name)", "option " + mismatch.problem)
                }
            }
            return try kind.init(groups: groups.groups, options: given)
        }
    }

    /// What each optimizer does, by name.
    private static let summaries = [
        "SGD": "Stochastic gradient descent, with momentum where wanted.",
        "Adam": "Steps scaled by running averages of the gradient and of its square (Kingma and Ba 2015).",
        "AdamW": "Adam whose weight decay shrinks parameters directly (Loshchilov and Hutter 2019).",
    ]

    /// The options that a Lua value sets.
    static func numbers(_ name: String, _ value: LuaValue) throws -> [(String, Double)] {
        if name == "betas", case .table(let table) = value {
            let betas = table.elements.compactMap(\.double)
            guard betas.count == 2 else { throw Mismatch("'betas' must be two numbers") }
            return [("beta1", betas[0]), ("beta2", betas[1])]
        }
        if case .boolean(let flag) = value { return [(name, flag ? 1 : 0)] }
        if case .object(let object) = value, let tensor = object as? Tensor, tensor.count == 1 { return [(name, try tensor.scalar().doubleValue)] }
        guard let number = value.double else { throw Mismatch("'\(name)' must be a number, got a \(value.typeName)") }
        return [(name, number)]
    }

    static var optimizerClass: Class {
        Class(
            Optimizer.self, "optim.Optimizer", "Changes parameters by their gradients.", noun: "optimizer",
            example: "local w = tensor({1}, {requires_grad=true})\nlocal opt = optim.SGD({w}, {lr=0.1})\nlocal y = w * w\ny:backward()\nopt:step()\nprint(w:item())",
            members: {
                Property("lr", "Learning rate of the first group; setting it sets all groups'.", of: Optimizer.self, get: { $0.lr }, set: { optimizer, value in
                    for i in optimizer.groups.indices { try optimizer.set("lr", to: value, inGroup: i) }
                })
                Property("param_groups", "The groups of parameters with their options.", of: Optimizer.self) { optimizer in
                    optimizer.groups.indices.map { GroupView(optimizer, $0) }
                }
                Function("step", "Updates all parameters that have a gradient; with a closure, calls it first for the loss.", Param("self", Optimizer.self), Param("closure", LuaFunction?.self, "computes the loss and its gradients, returns the loss"),
                    returns: "the closure's loss, if there is one", example: "local w = tensor({1}, {requires_grad=true})\nlocal opt = optim.SGD({w}, {lr=0.1})\nlocal y = w * w\ny:backward()\nopt:step()\nprint(w:item())") { (optimizer: Optimizer, closure: LuaFunction?) -> Results in
                    guard let closure else {
                        try optimizer.step()
                        return Results()
                    }
                    return Results(try optimizer.step { try AutogradFunctions.tensorResult(of: closure, [], "step") })
                }
                Function("zero_grad", "Forgets the gradients of all parameters.", Param("self", Optimizer.self), example: "optim.SGD(nn.Linear(2, 1):parameters(), {lr=0.1}):zero_grad()") { (optimizer: Optimizer) -> Void in optimizer.zeroGrad() }
                Function("add_param_group", "Adds parameters with options of their own.", Param("self", Optimizer.self), Param("group", LuaTable.self, "{params={…}, lr=…}"),
                    example: "local a, b = nn.Linear(2, 1), nn.Linear(1, 1)\nlocal opt = optim.SGD(a:parameters(), {lr=0.1})\nopt:add_param_group{params=b:parameters(), lr=0.01}\nprint(#opt.param_groups)") { (call: Call, optimizer: Optimizer, group: LuaTable) -> Void in
                    let list = call.runtime.makeTable()
                    list[1] = .table(group)
                    call.push(.table(list))
                    for group in try ParameterGroups.read(call, at: -1).groups { try optimizer.addGroup(group.parameters, group.options) }
                }
                Function("state_dict", "Options and running averages by name, to be saved and loaded.", Param("self", Optimizer.self), returns: "table",
                    example: "print(#optim.SGD(nn.Linear(2, 1):parameters(), {lr=0.1}):state_dict() > 0)", see: ["optim.Optimizer:load_state_dict"]) { (optimizer: Optimizer) in
                    OrderedTable(try optimizer.stateDict().map { ($0.name, $0.tensor) })
                }
                Function("load_state_dict", "Restores what state_dict gave, into an optimizer of the same kind over the same parameters.", Param("self", Optimizer.self), Param("state", TensorTable.self),
                    example: "local opt = optim.SGD(nn.Linear(2, 1):parameters(), {lr=0.1})\nopt:load_state_dict(opt:state_dict())") { (optimizer: Optimizer, state: TensorTable) -> Void in
                    try optimizer.loadStateDict(state.stateDict)
                }
            })
    }

    static var groupClass: Class {
        Class(
            GroupView.self, "optim.Group", "A group of parameters; options such as `lr` are fields that can be set.", noun: "group",
            example: "local opt = optim.SGD(nn.Linear(2, 1):parameters(), {lr=0.1})\nopt.param_groups[1].lr = 0.05\nprint(opt.lr)",
            index: { call in
                let view = try GroupView.read(call, at: 1)
                guard let name = call.text(at: 2), let value = view.optimizer.groups[view.index][name] else { return false }
                if view.optimizer.isFlag(name) { call.push(value != 0) } else { call.push(value) }
                return true
            },
            newIndex: { call in
                let view = try GroupView.read(call, at: 1)
                guard let name = call.text(at: 2) else { return false }
                do {
                    for (option, number) in try numbers(name, call.value(at: 3)) { try view.optimizer.set(option, to: number, inGroup: view.index) }
                } catch let mismatch as Mismatch {
                    throw LearningError.argument("param_groups", mismatch.problem)
                }
                return true
            },
            members: {
                Property("params", "The parameters.", of: GroupView.self) { $0.optimizer.groups[$0.index].parameters.map(Kept.init) }
            })
    }
}

extension Optimizer {
    func isFlag(_ option: String) -> Bool { type(of: self).options.first { $0.name == option }?.range.isFlag ?? false }
}

extension OptimizerOption.Range {
    var isFlag: Bool {
        if case .flag = self { true } else { false }
    }
}
