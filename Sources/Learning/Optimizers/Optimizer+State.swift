import Tensors

extension Optimizer {
    /// Everything needed to go on later: options as "param_groups.0.lr" and what is kept for each
    /// parameter as "state.0.exp_avg" and "state.0.step", parameters counted over all groups.
    public func stateDict() throws -> StateDict {
        var result = StateDict()
        for (i, group) in groups.enumerated() {
            for (name, value) in group.options {
                result["param_groups.\(i).\(name)"] = try Tensor(.double(value), .float64)
            }
        }
        for (i, (parameter, group)) in parametersWithGroups.enumerated() {
            guard let state = states[ObjectIdentifier(parameter)] else { continue }
            result["state.\(i).step"] = try Tensor(.int(Int64(state.step)), .int64)
            for (name, array) in zip(stateNames(group), state.arrays) { result["state.\(i).\(name)"] = array }
            for (name, value) in state.numbers.sorted(by: { $0.key < $1.key }) {
                result["state.\(i).number.\(name)"] = try Tensor(.double(value), .float64)
            }
        }
        for (name, tensor) in try ownState() { result["own.\(name)"] = tensor }
        return result
    }

    /// Restores what `stateDict` gave, into an optimizer of the same kind over the same parameters.
    ///
    /// - Throws: listing the names and shapes that do not fit, before anything is changed.
    public func loadStateDict(_ state: StateDict) throws {
        var mismatch = StateMismatch(), known = Set<String>()
        var options: [(ParameterGroup, [(name: String, value: Double)])] = []
        for (i, group) in groups.enumerated() {
            var values = group.options
            for j in values.indices {
                let key = "param_groups.\(i).\(values[j].name)"
                known.insert(key)
                guard let tensor = state[key] else { mismatch.missing.append(key); continue }
                guard tensor.count == 1 else { mismatch.misshapen.append((key, tensor.shape, [])); continue }
                values[j].value = try Optimizer.number(tensor)
                try type(of: self).options.first { $0.name == values[j].name }?.check(values[j].value, "load_state_dict")
            }
            options.append((group, values))
        }
        var states: [ObjectIdentifier: State] = [:]
        for (i, (parameter, group)) in parametersWithGroups.enumerated() {
            guard let step = state["state.\(i).step"] else { continue }
            let loaded = State()
            known.insert("state.\(i).step")
            if step.count == 1 {
                guard case let count = try Optimizer.number(step), count >= 0, count <= 1e15 else {
                    throw LearningError.argument("load_state_dict", "'state.\(i).step' is no number of steps")
                }
                loaded.step = Int(count)
            } else {
                mismatch.misshapen.append(("state.\(i).step", step.shape, []))
            }
            let names = ParameterGroup([], options.first { $0.0 === group }?.1 ?? group.options)
            for name in stateNames(names) {
                let key = "state.\(i).\(name)"
                known.insert(key)
                guard let array = state[key] else { mismatch.missing.append(key); continue }
                guard array.shape == parameter.shape else {
                    mismatch.misshapen.append((key, array.shape, parameter.shape))
                    continue
                }
                let copy = try parameter.zerosAlike()
                try copy.copy_(array.detach())
                loaded.arrays.append(copy)
            }
            let prefix = "state.\(i).number."
            for (key, tensor) in state where key.hasPrefix(prefix) && tensor.count == 1 {
                known.insert(key)
                loaded.numbers[String(key.dropFirst(prefix.count))] = try Optimizer.number(tensor)
            }
            states[ObjectIdentifier(parameter)] = loaded
        }
        var own = StateDict()
        for (name, tensor) in state where name.hasPrefix("own.") {
            known.insert(name)
            own[String(name.dropFirst(4))] = tensor
        }
        mismatch.unexpected = state.names.filter { !known.contains($0) }
        guard mismatch.isEmpty else { throw LearningError.state("load_state_dict", mismatch) }
        let restoreOwnState = try readOwnState(own)
        for (group, values) in options { group.options = values }
        self.states = states
        restoreOwnState()
    }

    /// All parameters in order, each with its group.
    private var parametersWithGroups: [(Tensor, ParameterGroup)] {
        groups.flatMap { group in group.parameters.map { ($0, group) } }
    }

    private static func number(_ tensor: Tensor) throws -> Double {
        try tensor.detach().to(.float64).contiguous().withElements(Double.self) { $0[0] }
    }
}
