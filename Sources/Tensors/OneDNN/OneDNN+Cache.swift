import Glibc

extension OneDNN {
    /// Compiled primitives by what they were compiled for.
    ///
    /// A primitive holds the addresses it works on, so one thread at a time has it: it is taken out
    /// and put back.
    final class Cache<Key: Hashable>: @unchecked Sendable {
        private var primitives: [Key: Primitive] = [:]
        private let lock: UnsafeMutablePointer<pthread_mutex_t>
        /// When there are more, all go: shapes that vary without end are not worth keeping.
        private let limit: Int

        init(limit: Int = 512) {
            self.limit = limit
            lock = .allocate(capacity: 1)
            pthread_mutex_init(lock, nil)
        }

        deinit {
            pthread_mutex_destroy(lock)
            lock.deallocate()
        }

        /// Runs `body` with the primitive for a key, which is compiled when it is new.
        func with(
            _ key: Key, create: () throws(TensorError) -> Primitive, _ body: (Primitive) throws(TensorError) -> Void
        ) throws(TensorError) {
            let primitive: Primitive
            if let kept = take(key) { primitive = kept } else { primitive = try create() }
            defer { put(key, primitive) }
            try body(primitive)
        }

        private func take(_ key: Key) -> Primitive? {
            pthread_mutex_lock(lock)
            defer { pthread_mutex_unlock(lock) }
            guard let index = primitives.index(forKey: key) else { return nil }
            let primitive = primitives.values[index]
            // Nobody else holds it while it is in use.
            guard !primitive.isInUse else { return nil }
            primitive.isInUse = true
            return primitive
        }

        private func put(_ key: Key, _ primitive: Primitive) {
            pthread_mutex_lock(lock)
            defer { pthread_mutex_unlock(lock) }
            primitive.isInUse = false
            guard primitives[key] !== primitive else { return }
            if primitives.count >= limit { primitives.removeAll() }
            primitives[key] = primitive
        }
    }
}
