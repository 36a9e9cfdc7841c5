import CKernels
import Glibc
import Tensors

/// Makes numbered things on threads of its own ahead of the one who takes them in order.
///
/// Each thread may be `ahead` things ahead; then it waits. `stop` ends all threads before it returns.
final class Prefetcher {
    private let state: State
    private var threads: [pthread_t] = []

    init(count: Int, workers: Int, ahead: Int, make: @escaping @Sendable (Int) throws -> [Tensor]) {
        state = State(count: count, limit: workers * ahead, make: make)
        // Signals, such as Ctrl-C's, go to the user's thread.
        var all = sigset_t(), before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        for _ in 0..<workers {
            var thread = pthread_t()
            let argument = Unmanaged.passRetained(state)
            let status = pthread_create(&thread, nil, { argument in
                guard let argument else { return nil }
                nj_become_worker()
                Unmanaged<State>.fromOpaque(argument).takeRetainedValue().work()
                return nil
            }, argument.toOpaque())
            if status == 0 { threads.append(thread) } else { argument.release() }
        }
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }

    deinit { stop() }

    /// The next thing in order, or the error of making it.
    ///
    /// - Throws: `TensorError.interrupted` within a twentieth of a second when the user wants to stop.
    func take() throws -> [Tensor] {
        // Without threads, which the system may refuse, things are made here.
        if threads.isEmpty { return try state.makeNext() }
        return try state.take().get()
    }

    func stop() {
        state.stop()
        for thread in threads { pthread_join(thread, nil) }
        threads = []
    }

    /// What the threads share; everything that changes is guarded by the lock.
    private final class State: @unchecked Sendable {
        private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        private let count: Int
        private let limit: Int
        private let make: @Sendable (Int) throws -> [Tensor]
        private var made: [Int: Result<[Tensor], any Error>] = [:]
        private var nextToMake = 0
        private var nextToTake = 0
        private var isStopped = false

        init(count: Int, limit: Int, make: @escaping @Sendable (Int) throws -> [Tensor]) {
            (self.count, self.limit, self.make) = (count, limit, make)
            pthread_mutex_init(lock, nil)
            pthread_cond_init(changed, nil)
        }

        deinit {
            pthread_mutex_destroy(lock)
            pthread_cond_destroy(changed)
            lock.deallocate()
            changed.deallocate()
        }

        func work() {
            while let number = claim() {
                let result = Result { try make(number) }
                pthread_mutex_lock(lock)
                made[number] = result
                pthread_cond_broadcast(changed)
                pthread_mutex_unlock(lock)
            }
        }

        /// The number of a thing to make, when there is room for it; nil when there is nothing more to do.
        private func claim() -> Int? {
            pthread_mutex_lock(lock)
            defer { pthread_mutex_unlock(lock) }
            while !isStopped, nextToMake < count, nextToMake - nextToTake >= limit { pthread_cond_wait(changed, lock) }
            guard !isStopped, nextToMake < count else { return nil }
            nextToMake += 1
            return nextToMake - 1
        }

        func take() -> Result<[Tensor], any Error> {
            pthread_mutex_lock(lock)
            defer { pthread_mutex_unlock(lock) }
            while true {
                if let result = made.removeValue(forKey: nextToTake) {
                    nextToTake += 1
                    pthread_cond_broadcast(changed)
                    return result
                }
                if nj_interrupted() || isStopped { return .failure(TensorError.interrupted) }
                var time = timespec()
                clock_gettime(CLOCK_REALTIME, &time)
                time.tv_nsec += 50_000_000
                if time.tv_nsec >= 1_000_000_000 { (time.tv_sec, time.tv_nsec) = (time.tv_sec + 1, time.tv_nsec - 1_000_000_000) }
                pthread_cond_timedwait(changed, lock, &time)
            }
        }

        func makeNext() throws -> [Tensor] {
            defer { nextToTake += 1 }
            return try make(nextToTake)
        }

        func stop() {
            pthread_mutex_lock(lock)
            isStopped = true
            made = [:]
            pthread_cond_broadcast(changed)
            pthread_mutex_unlock(lock)
        }
    }
}
