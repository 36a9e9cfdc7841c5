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
    let groups: [(parameters: [Tensor], options: [(name: String, value: LuaValue)])]

    static var luaType: LuaType { LuaType("parameters", phrase: "a table of parameters, or of groups {params={…}, lr=…}", annotation: "tensor.Tensor[]|table[]") }
    static var tables: TableUse { .any }

    static func read(_ call: Call, at index: Int32) throws -> ParameterGroups {
        guard case .table(let table) = call.value(at: index) else {
            let isModule = call.object(at: index, as: Module.self) != nil
            throw Mismatch(call.mismatch(luaType, at: index).problem + (isModule ? "; model:parameters() gives them" : ""))
        }
        var single: [Tensor] = [], groups: [(parameters: [Tensor], options: [(name: String, value: LuaValue)])] = []
        for (i, element) in table.elements.enumerated() {
            switch element {
            case .object(let object):
                guard let tensor = object as? Tensor else { throw Mismatch("must hold tensors, got a \(element.typeName) at position \(i + 1)") }
                single.append(tensor)
            case .table(let group): groups.append(try read(group, "in group \(i + 1)"))
            default: throw Mismatch("must hold tensors or groups, got a \(element.typeName) at position \(i + 1)")
            }
        }
        if !single.isEmpty { groups.insert((single, []), at: 0) }
        return ParameterGroups(groups: groups)
    }

    /// One group: what stands under `params`, a list or one tensor, and everything else.
    static func read(_ group: LuaTable, _ place: String) throws -> (parameters: [Tensor], options: [(name: String, value: LuaValue)]) {
        let members: [LuaValue]
        switch group["params"] {
        case .table(let list): members = list.elements
        case .object(let one): members = [.object(one)]
        default: throw Mismatch("needs 'params', a table of tensors, \(place)")
        }
        let parameters = try members.map { element -> Tensor in
            guard case .object(let object) = element, let tensor = object as? Tensor else { throw Mismatch("must hold tensors in 'params' \(place), got a \(element.typeName)") }
            return tensor
        }
        let options = try group.pairs.compactMap { key, value -> (name: String, value: LuaValue)? in
            guard let name = key.text else { throw Mismatch("must name its options \(place), got a key that is a \(key.typeName)") }
            return name == "params" ? nil : (name, value)
        }
        return (parameters, options)
    }
}

/// A value of an optimizer's option, whatever it is; the option checks it.
struct OptionValue: LuaArgument {
    let value: LuaValue
    /// How a default reads.
    var text = ""

    static var luaType: LuaType { .any }
    static var tables: TableUse { .positions }
    static func read(_ call: Call, at index: Int32) throws -> OptionValue { OptionValue(value: call.value(at: index)) }
    static func literal(_ value: OptionValue) -> String { value.text }
}

/// An option as Lua has it: one of an optimizer's, or two that go under one name such as `betas`.
struct OptionForm {
    let name: String
    let parts: [OptimizerOption]

    /// All options of an optimizer, in PyTorch's order.
    static func all(of kind: Optimizer.Type) -> [OptionForm] {
        var forms: [OptionForm] = []
        for option in kind.options {
            if let pair = option.pair, let last = forms.last, last.name == pair {
                forms[forms.count - 1] = OptionForm(name: pair, parts: last.parts + [option])
            } else {
                forms.append(OptionForm(name: option.pair ?? option.name, parts: [option]))
            }
        }
        return forms
    }

    /// The form of a name; an error of the operation where there is none.
    static func named(_ name: String, of kind: Optimizer.Type, _ operation: String) throws -> OptionForm {
        let forms = all(of: kind)
        if let form = forms.first(where: { $0.name == name }) { return form }
        let ours = Bindings.foreignOptions[name].flatMap { ours in forms.contains { $0.name == ours } ? ours : nil }
        let near = (ours ?? nearest(to: name, in: forms.map(\.name))).map { " Did you mean '\($0)'?" } ?? ""
        throw LearningError.argument(operation, "unknown option '\(name)'.\(near) Options: \(forms.map(\.name).joined(separator: ", "))")
    }

    var type: LuaType {
        if parts.count == 2 { return LuaType("{number, number}", phrase: "a table of two numbers", annotation: "number[]") }
        switch parts[0].range {
        case .flag: return .boolean
        case .choice(let names): return LuaType(names.map { "\"\($0)\"" }.joined(separator: "|"), phrase: names.map { "\"\($0)\"" }.joined(separator: " or ") + " or nothing")
        default: return .number
        }
    }

    var parameter: Param<OptionValue> {
        let values = parts.compactMap(\.value)
        guard values.count == parts.count else { return Param(name, OptionValue.self, is: type, parts[0].summary) }
        let text = parts.count == 2 ? "{" + values.map(Double.literal).joined(separator: ", ") + "}" : text(values[0])
        return Param(name, OptionValue.self, default: OptionValue(value: .nil, text: text), is: type, parts.map(\.summary).joined(separator: ", and "))
    }

    private func text(_ value: Double) -> String {
        switch parts[0].range {
        case .flag: value == 0 ? "false" : "true"
        case .choice(let names): value == 0 ? "nil" : "\"\(names[Int(value) - 1])\""
        default: Double.literal(value)
        }
    }

    /// The numbers that a Lua value stands for, by the names of the parts; none for nil, which means the default.
    func numbers(_ value: LuaValue) throws -> [(name: String, value: Double)] {
        func wrong() -> Mismatch { Mismatch("'\(name)' must be \(type.phrase), got \(OptionForm.brief(value))") }
        if value.isNil { return [] }
        if parts.count == 2 {
            guard case .table(let table) = value, table.count == 2, let first = table[1].double, let second = table[2].double else { throw wrong() }
            return [(parts[0].name, first), (parts[1].name, second)]
        }
        switch (parts[0].range, value) {
        case (.flag, .boolean(let flag)): return [(name, flag ? 1 : 0)]
        case (.choice(let names), .string):
            guard let place = names.firstIndex(of: value.text ?? "") else { throw wrong() }
            return [(name, Double(place + 1))]
        case (.flag, _), (.choice, _): throw wrong()
        case (_, .object(let object)):
            guard let tensor = object as? Tensor, tensor.count == 1 else { throw wrong() }
            return [(name, try tensor.scalar().doubleValue)]
        default:
            guard let number = value.double else { throw wrong() }
            return [(name, number)]
        }
    }

    private static func brief(_ value: LuaValue) -> String {
        switch value {
        case .boolean(let flag): "\(flag)"
        case .string: "string \"\(value.text ?? "")\""
        default: value.double.map(Double.literal) ?? "a \(value.typeName)"
        }
    }

    /// Pushes the value that a group has.
    func push(_ group: ParameterGroup, _ call: Call) {
        let values = parts.map { group[$0.name] ?? 0 }
        if values.count == 2 {
            let table = call.runtime.makeTable()
            for (i, value) in values.enumerated() { table[i + 1] = .number(value) }
            return call.push(.table(table))
        }
        switch parts[0].range {
        case .flag: call.push(values[0] != 0)
        case .choice(let names): if values[0] == 0 { call.pushNil() } else { call.push(names[Int(values[0]) - 1]) }
        default: call.push(values[0])
        }
    }

    /// The value that a group has, as Lua writes it; nil where it is the default.
    func text(_ group: ParameterGroup) -> String? {
        let values = parts.map { group[$0.name] ?? 0 }
        if zip(parts, values).allSatisfy({ $0.value == $1 }) { return nil }
        return name + "=" + (values.count == 2 ? "{" + values.map(Double.literal).joined(separator: ", ") + "}" : text(values[0]))
    }
}

enum OptimizerFunctions {
    /// `optim.Adam(params, lr, betas, …)` and `optim.Adam(params, {lr=…})`: one for each row of the table of optimizers.
    static func constructor(_ kind: Optimizer.Type) -> Function {
        let forms = OptionForm.all(of: kind), path = "optim.\(kind.name)"
        return Function(
            path, OptimizerFunctions.summaries[kind.name] ?? "An optimizer.",
            Param("params", ParameterGroups.self, "model:parameters(), or groups {params={…}, lr=…}"), rest: forms.map(\.parameter),
            returns: "optimizer", example: "local model = nn.Linear(2, 1)\nlocal opt = optim.\(kind.name)(model:parameters(), {lr=0.01})\nprint(opt.lr)"
        ) { (given: ParameterGroups, values: [OptionValue]) -> Optimizer in
            let options = try zip(forms, values).flatMap { form, value in try checked(path) { try form.numbers(value.value) } }
            return try kind.init(
                groups: given.groups.map { ($0.parameters, try numbers($0.options, of: kind, path)) },
                options: Dictionary(options.map { ($0.name, $0.value) }) { $1 })
        }
    }

    /// What each optimizer does, by name.
    private static let summaries = [
        "SGD": "Stochastic gradient descent, with momentum where wanted.",
        "Adam": "Steps scaled by running averages of the gradient and of its square (Kingma and Ba 2015).",
        "AdamW": "Adam whose weight decay shrinks parameters directly (Loshchilov and Hutter 2019).",
        "NAdam": "Adam that looks ahead along its momentum (Dozat 2016).",
        "RAdam": "Adam that waits until its average of squares can be trusted (Liu et al. 2020).",
        "Adamax": "Adam scaled by the largest gradient in place of the average of squares (Kingma and Ba 2015).",
        "Adagrad": "Steps scaled by all gradients so far, for sparse features (Duchi et al. 2011).",
        "Adadelta": "Steps whose unit is that of the parameters, without a rate to choose (Zeiler 2012).",
        "RMSprop": "Steps scaled by a running average of the gradient's square (Hinton 2012).",
        "Rprop": "Steps of their own for each element, by the gradient's sign; for whole data sets (Riedmiller and Braun 1993).",
        "LBFGS": "The quasi-Newton method with limited memory; step needs a closure (Nocedal 1980).",
        "Lion": "Steps of one size along the sign of a running average (Chen et al. 2023).",
        "Lamb": "Adam whose step for each parameter has the parameter's own length, for large batches (You et al. 2020).",
    ]

    /// A group's options as numbers by name.
    private static func numbers(_ options: [(name: String, value: LuaValue)], of kind: Optimizer.Type, _ operation: String) throws -> [String: Double] {
        let numbers = try options.flatMap { name, value in
            let form = try OptionForm.named(name, of: kind, operation)
            return try checked(operation) { try form.numbers(value) }
        }
        return Dictionary(numbers.map { ($0.name, $0.value) }) { $1 }
    }

    /// Says which operation a wrong value of an option was given to.
    fileprivate static func checked<R>(_ operation: String, _ body: () throws -> R) throws -> R {
        do { return try body() } catch let mismatch as Mismatch { throw LearningError.argument(operation, "option " + mismatch.problem) }
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
                Function("step", "Updates all parameters that have a gradient; with a closure, calls it first for the loss.", Param("self", Optimizer.self), Param("closure", LuaFunction?.self, "computes the loss and its gradients, returns the loss"), Param("accumulate", Bool.self, default: false, "whether gradients of several batches are added up on purpose, so that there is no hint on a forgotten zero_grad"),
                    returns: "the closure's loss, if there is one", example: "local w = tensor({1}, {requires_grad=true})\nlocal opt = optim.SGD({w}, {lr=0.1})\nlocal y = w * w\ny:backward()\nopt:step()\nprint(w:item())") { (optimizer: Optimizer, closure: LuaFunction?, accumulates: Bool) -> Results in
                    guard let closure else {
                        try optimizer.watchedStep(accumulates: accumulates)
                        return Results()
                    }
                    return Results(try optimizer.step { try AutogradFunctions.tensorResult(of: closure, [], "step") })
                }
                Function("zero_grad", "Forgets the gradients of all parameters.", Param("self", Optimizer.self), Param("set_to_none", Bool.self, default: true, "false to keep them as zeros"), example: "optim.SGD(nn.Linear(2, 1):parameters(), {lr=0.1}):zero_grad()") { (optimizer: Optimizer, forgets: Bool) -> Void in
                    if forgets { optimizer.zeroGrad() } else { try optimizer.fillGradWithZeros() }
                }
                Function("add_param_group", "Adds parameters with options of their own; the others are those the optimizer was made with.", Param("self", Optimizer.self), Param("param_group", LuaTable.self, "{params={…}, lr=…}"),
                    example: "local a, b = nn.Linear(2, 1), nn.Linear(1, 1)\nlocal opt = optim.SGD(a:parameters(), {lr=0.1})\nopt:add_param_group{params=b:parameters(), lr=0.01}\nprint(#opt.param_groups)") { (optimizer: Optimizer, table: LuaTable) -> Void in
                    let group: (parameters: [Tensor], options: [(name: String, value: LuaValue)])
                    do { group = try ParameterGroups.read(table, "in the group") } catch let mismatch as Mismatch { throw LearningError.argument("add_param_group", mismatch.problem) }
                    try optimizer.addGroup(group.parameters, numbers(group.options, of: type(of: optimizer), "add_param_group"))
                }
                Function(raw: "__tostring", "Name and options that are not the defaults.", Param("self", Optimizer.self), results: [.string]) { call in
                    let optimizer = try Optimizer.read(call, at: 1), kind = type(of: optimizer)
                    let groups = optimizer.groups.map { group in
                        (["lr=" + Double.literal(group["lr"] ?? 0)] + OptionForm.all(of: kind).filter { $0.name != "lr" }.compactMap { $0.text(group) }).joined(separator: ", ")
                    }
                    call.push(groups.count == 1 ? "\(kind.name)(\(groups[0]))" : "\(kind.name)(\n" + groups.enumerated().map { "  group \($0 + 1): \($1)\n" }.joined() + ")")
                    return 1
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
                guard let name = call.text(at: 2), let form = OptionForm.all(of: type(of: view.optimizer)).first(where: { $0.name == name }) else { return false }
                form.push(view.optimizer.groups[view.index], call)
                return true
            },
            newIndex: { call in
                let view = try GroupView.read(call, at: 1)
                guard let name = call.text(at: 2), name != "params" else { return false }
                let form = try OptionForm.named(name, of: type(of: view.optimizer), "param_groups")
                for (option, number) in try checked("param_groups", { try form.numbers(call.value(at: 3)) }) {
                    try view.optimizer.set(option, to: number, inGroup: view.index)
                }
                return true
            },
            members: {
                Property("params", "The parameters.", of: GroupView.self) { $0.optimizer.groups[$0.index].parameters.map(Kept.init) }
            })
    }
}
