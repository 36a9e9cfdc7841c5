import Glibc
import Tensors

/// Which data transforms were fitted on and which were divided, so that a scaler that saw the rows of
/// the test set, and so leaked them into training, can be told: the very rows, or what became of them,
/// are divided and fitted on as a whole, in either order.
enum Fitted {
    private struct Entry {
        weak var storage: Storage?
        /// What was fitted on all the rows.
        var kind: String?
        /// How many rows were divided.
        var divided: Int?
    }

    /// Guarded by its lock.
    private final class Register: @unchecked Sendable {
        private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private var entries: [Entry] = []

        init() { pthread_mutex_init(lock, nil) }

        func entry(_ storage: Storage) -> Entry? { with { $0.first { $0.storage === storage } } }

        func change(_ storage: Storage, _ body: (inout Entry) -> Void) {
            with { entries in
                entries.removeAll { $0.storage == nil }
                let i = entries.firstIndex { $0.storage === storage } ?? entries.count
                if i == entries.count { entries.append(Entry(storage: storage)) }
                body(&entries[i])
            }
        }

        private func with<T>(_ body: (inout [Entry]) -> T) -> T {
            pthread_mutex_lock(lock)
            defer { pthread_mutex_unlock(lock) }
            return body(&entries)
        }
    }

    private static let register = Register()

    /// Notes that a transform has learnt from all rows of a tensor; says so when they were divided before.
    static func remember(_ features: Features, _ kind: String) {
        guard case .tensor(let tensor) = features else { return }
        remember(tensor.storage, rows: tensor.shape.first ?? 0, kind)
    }

    /// The same for the rows of a set, of which the features were taken.
    static func remember(_ set: any Dataset, _ features: Tensor, _ kind: String) {
        guard let (storage, rows) = wholeRows([set]), storage !== features.storage else { return }
        remember(storage, rows: rows, kind)
    }

    private static func remember(_ storage: Storage, rows: Int, _ kind: String) {
        register.change(storage) { $0.kind = kind }
        guard register.entry(storage)?.divided == rows else { return }
        Hint.say("N18", "\(kind) was fitted on all rows of a set that was divided before, so on rows of the test set too. Fit it on the training part alone.")
    }

    /// Notes that a set is divided into parts; says so when a transform was fitted on all of it before.
    static func divide(_ set: any Dataset, into parts: [Subset]) {
        guard parts.count > 1, let (storage, rows) = wholeRows([set]) else { return }
        register.change(storage) { $0.divided = rows }
        guard let kind = register.entry(storage)?.kind else { return }
        Hint.say("N18", "\(kind) was fitted on all these rows before they are divided, so on rows of the test set too. Split first, then fit it on the training part.")
    }

    static func inherit(from features: Features, _ result: Features) {
        guard case .tensor(let source) = features, case .tensor(let target) = result, source.shape.first == target.shape.first,
            let kind = register.entry(source.storage)?.kind else { return }
        register.change(target.storage) { $0.kind = kind }
    }

    /// The same for sets.
    static func inherit(from set: any Dataset, _ result: Tensor) {
        guard let (storage, _) = wholeRows([set]), let kind = register.entry(storage)?.kind else { return }
        register.change(result.storage) { $0.kind = kind }
    }

    /// The memory whose rows sets hold, when they hold all of them.
    private static func wholeRows(_ sets: [any Dataset]) -> (Storage, Int)? {
        var storage: Storage?, count = 0, seen = Set<Int>()
        for set in sets {
            switch set {
            case let set as ConcatDataset:
                guard let part = wholeRows(set.parts) else { return nil }
                return sets.count == 1 ? part : nil
            case let set as AugmentedDataset: return sets.count == 1 ? wholeRows([set.base]) : nil
            case let set as TensorDataset:
                if let storage, storage !== set.tensors[0].storage { return nil }
                (storage, count) = (set.tensors[0].storage, set.count)
                seen.formUnion(0..<count)
            case let set as Subset:
                guard let base = set.base as? TensorDataset, storage == nil || storage === base.tensors[0].storage else { return nil }
                (storage, count) = (base.tensors[0].storage, base.count)
                seen.formUnion(set.indices)
            default: return nil
            }
        }
        guard let storage, count > 0, seen.count == count else { return nil }
        return (storage, count)
    }
}

extension Transform {
    /// As `fit`, on the first tensor of a set's examples.
    @discardableResult
    public func fit(_ x: Tensor, of set: any Dataset) throws -> Self {
        try fit(.tensor(x))
        if learnsFromValues { Fitted.remember(set, x, Self.kind) }
        return self
    }

    /// As `transform`, on the first tensor of a set's examples.
    public func transform(_ x: Tensor, of set: any Dataset) throws -> Features {
        let result = try transform(.tensor(x))
        if case .tensor(let tensor) = result { Fitted.inherit(from: set, tensor) }
        return result
    }
}

extension Dataset {
    /// Says what is likely wrong with a division: a transform that saw all rows, or a part of one class.
    func lookAt(_ parts: [Subset], _ operation: String) throws {
        Fitted.divide(self, into: parts)
        guard Hint.listener != nil, let labels = try labels(), labels.count <= 1_000_000 else { return }
        let classes = Set(labels)
        guard classes.count > 1, classes.count * 5 <= labels.count else { return }
        for (i, part) in parts.enumerated() where part.count >= 10 {
            guard let own = try part.labels(), let first = own.first, own.allSatisfy({ $0 == first }) else { continue }
            Hint.say("N18", "part \(i + 1) of \(parts.count) holds only one of \(classes.count) classes: the data looks sorted. Use \(operation)(…, {stratify=true}).")
            return
        }
    }
}
