import Tensors

/// Everything that a training needs to go on in another process, in one safetensors file: modules,
/// optimizers, schedules, values of one's own, and always the shared generator.
///
/// Tensors are named "model.0.weight", "optimizer.state.0.exp_avg" and so on, after the names that
/// the parts were given.
public enum Checkpoint {
    /// Something that a checkpoint holds.
    public enum Part {
        case module(Module)
        case optimizer(Optimizer)
        case scheduler(Scheduler)
        case tensor(Tensor)
        case number(Scalar)
        case text(String)
        /// Tensors by name, of anything else.
        case state(StateDict)

        /// What kind of thing it is, as the file says.
        var kind: String {
            switch self {
            case .module: "module"
            case .optimizer(let optimizer): "optimizer \(type(of: optimizer).name)"
            case .scheduler(let scheduler): "scheduler \(scheduler.name)"
            case .tensor: "tensor"
            case .number: "number"
            case .text: "text"
            case .state: "state"
            }
        }

        /// What is written of it.
        func tensors() throws -> StateDict {
            switch self {
            case .module(let module): module.stateDict()
            case .optimizer(let optimizer): try optimizer.stateDict()
            case .scheduler(let scheduler): try StateDict(numbers: scheduler.state)
            case .state(let state): state
            case .tensor, .number, .text: StateDict()
            }
        }

        func restore(_ state: StateDict) throws {
            switch self {
            case .module(let module): try module.loadStateDict(state)
            case .optimizer(let optimizer): try optimizer.loadStateDict(state)
            case .scheduler(let scheduler): scheduler.state = try state.numbers()
            case .tensor, .number, .text, .state: break
            }
        }
    }

    /// Writes parts under their names; the file is whole or untouched.
    public static func save(_ path: String, _ parts: [(name: String, part: Part)]) throws {
        var state = StateDict(), metadata = [("format", "pt"), ("nightjar", "checkpoint")]
        for (name, part) in parts {
            guard !name.isEmpty, name != generatorName, !name.contains(".") else {
                throw LearningError.argument("save_checkpoint", "a part cannot be named \"\(name)\"")
            }
            metadata.append(("kind.\(name)", part.kind))
            if case .text(let text) = part { metadata.append(("text.\(name)", text)) }
            if case .tensor(let tensor) = part { state[name] = tensor }
            if case .number(let number) = part { state[name] = try Tensor(number, number.exactType) }
            for (key, tensor) in try part.tensors() { state["\(name).\(key)"] = tensor }
        }
        state[generatorName] = try Generator.shared.state.tensor()
        try saveSafetensors(path, state, metadata: metadata)
    }

    /// A checkpoint as read, before anything is restored.
    public struct Contents {
        public let path: String
        let tensors: StateDict
        let metadata: [(key: String, value: String)]

        /// The names of the parts with their kinds, in order.
        public var parts: [(name: String, kind: String)] {
            metadata.compactMap { $0.key.hasPrefix("kind.") ? (String($0.key.dropFirst(5)), $0.value) : nil }
        }

        /// The tensors of a part.
        public func state(_ name: String) -> StateDict { tensors.under(name + ".") }
        /// A tensor that is a part itself.
        public func tensor(_ name: String) -> Tensor? { tensors[name] }
        /// A text that is a part itself.
        public func text(_ name: String) -> String? { metadata.first { $0.key == "text.\(name)" }?.value }

        /// Puts parts and the generator back.
        ///
        /// - Throws: when a part is missing, of another kind, or does not fit; then nothing is changed.
        public func restore(_ wanted: [(name: String, part: Part)]) throws {
            let known = parts
            for (name, part) in wanted {
                guard let found = known.first(where: { $0.name == name }) else {
                    throw LearningError.file(path, nil, "there is no part named \"\(name)\"; there are "
                        + known.map { "\"\($0.name)\"" }.joined(separator: ", "))
                }
                guard found.kind == part.kind else {
                    throw LearningError.file(path, nil, "\"\(name)\" was saved as \(found.kind), it cannot be loaded into \(part.kind)")
                }
            }
            guard let state = tensors[generatorName], let generator = try Generator.State(state) else {
                throw LearningError.file(path, nil, "the state of the generator is missing")
            }
            var before: [(Part, StateDict)] = []
            do {
                for (name, part) in wanted {
                    before.append((part, try part.tensors().copied()))
                    try part.restore(self.state(name))
                }
            } catch {
                for (part, state) in before { try? part.restore(state) }
                if case LearningError.state(_, let mismatch) = error { throw LearningError.state(path, mismatch) }
                throw error
            }
            Generator.shared.state = generator
        }
    }

    /// Reads a checkpoint without restoring anything.
    public static func read(_ path: String) throws -> Contents {
        let file = try loadSafetensors(path)
        guard isCheckpoint(file) else {
            throw LearningError.file(path, nil, "this is no checkpoint; model:load and data.load_safetensors read other safetensors files")
        }
        return Contents(path: path, tensors: file.tensors, metadata: file.metadata)
    }

    /// The weights in a file: all of its tensors, or the part "model" of a checkpoint.
    static func weights(_ file: TensorFile) -> StateDict { isCheckpoint(file) ? file.tensors.under("model.") : file.tensors }

    private static func isCheckpoint(_ file: TensorFile) -> Bool {
        file.metadata.contains { $0.key == "nightjar" && $0.value == "checkpoint" }
    }

    private static let generatorName = "generator"
}

extension StateDict {
    /// Numbers by name as tensors.
    public init(numbers: [String: Double]) throws {
        self.init(try numbers.sorted { $0.key < $1.key }.map { ($0.key, try Tensor(.double($0.value), .float64)) })
    }

    /// The entries that are single numbers.
    public func numbers() throws -> [String: Double] {
        var result: [String: Double] = [:]
        for (name, tensor) in self where tensor.count == 1 { result[name] = try tensor.scalar().doubleValue }
        return result
    }

    /// The entries whose names begin with a prefix, without it.
    func under(_ prefix: String) -> StateDict {
        StateDict(entries.lazy.filter { $0.name.hasPrefix(prefix) }.map { (String($0.name.dropFirst(prefix.count)), $0.tensor) })
    }

    /// Copies that later changes do not reach.
    func copied() throws -> StateDict { StateDict(try map { ($0.name, try $0.tensor.detach().clone()) }) }
}

extension Scalar {
    /// The type that holds this number exactly.
    fileprivate var exactType: DType { if case .double = self { .float64 } else { promoted(with: .bool) } }
}

extension Generator.State {
    /// The state as two whole numbers.
    func tensor() throws -> Tensor { try Tensor([Int64(bitPattern: seed), Int64(bitPattern: offset)]) }

    init?(_ tensor: Tensor) throws {
        guard tensor.dtype == .int64, tensor.shape == [2] else { return nil }
        let numbers = try tensor.contiguous().withElements(Int64.self) { ($0[0], $0[1]) }
        self.init(seed: UInt64(bitPattern: numbers.0), offset: UInt64(bitPattern: numbers.1))
    }
}
