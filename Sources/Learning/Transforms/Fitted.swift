import Glibc
import Tensors

/// Which data transforms were fitted on, so that a split afterwards can be told from one before.
///
/// A scaler that saw the rows of the test set has leaked them into training. That is known when the
/// very data it was fitted on, or what became of them, is divided later.
public enum Fitted {
    private struct Entry {
        weak var storage: Storage?
        let kind: String
    }

    /// Guarded by its lock.
    private final class Register: @unchecked Sendable {
        private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private var entries: [Entry] = []

        init() { pthread_mutex_init(lock, nil) }

        func with<T>(_ body: (inout [Entry]) -> T) -> T {
            pthread_mutex_lock(lock)
            defer { pthread_mutex_unlock(lock) }
            return body(&entries)
        }
    }

    private static let register = Register()

    /// The transform that was fitted on this tensor, or on what it was made from by transforms, with
    /// all its rows; nil when none is known.
    public static func transform(on tensor: Tensor) -> String? {
        register.with { entries in entries.first { $0.storage === tensor.storage }?.kind }
    }

    static func remember(_ features: Features, _ kind: String) {
        guard case .tensor(let tensor) = features else { return }
        add(tensor.storage, kind)
    }

    static func inherit(from features: Features, _ result: Features) {
        guard case .tensor(let source) = features, case .tensor(let target) = result,
            source.shape.first == target.shape.first, let kind = transform(on: source) else { return }
        add(target.storage, kind)
    }

    private static func add(_ storage: Storage, _ kind: String) {
        register.with { entries in
            entries.removeAll { $0.storage == nil || $0.storage === storage }
            entries.append(Entry(storage: storage, kind: kind))
        }
    }
}
