import COneDNN
import Glibc

extension OneDNN {
    /// A thread's connection to oneDNN and the primitives it has prepared.
    final class Context {
        let engine: dnnl_engine_t
        let stream: dnnl_stream_t
        private var cache: [Key: (value: AnyObject, lastUse: Int)] = [:]
        private var uses = 0

        /// What a cached value was prepared for.
        struct Key: Hashable {
            let kind: Int
            let numbers: [Int]
        }

        /// Values kept for each thread; the less recently used half goes when there are more.
        private static let capacity = 1024

        private init() throws(TensorError) {
            var engine: dnnl_engine_t?, stream: dnnl_stream_t?
            try check(dnnl_engine_create(&engine, dnnl_cpu, 0))
            try check(dnnl_stream_create(&stream, engine, dnnl_stream_default_flags.rawValue))
            guard let engine, let stream else { throw .library("oneDNN", "no engine") }
            self.engine = engine
            self.stream = stream
        }

        deinit {
            cache = [:]
            dnnl_stream_destroy(stream)
            dnnl_engine_destroy(engine)
        }

        /// The value for a key, made the first time it is asked for.
        func cached<Value: AnyObject>(
            _ kind: Int, _ numbers: [Int], _ make: () throws(TensorError) -> Value
        ) throws(TensorError) -> Value {
            let key = Key(kind: kind, numbers: numbers)
            uses += 1
            if let index = cache.index(forKey: key), let value = cache.values[index].value as? Value {
                cache.values[index].lastUse = uses
                return value
            }
            let value = try make()
            if cache.count >= Context.capacity {
                let middle = cache.values.map(\.lastUse).sorted()[cache.count / 2]
                cache = cache.filter { $0.value.lastUse > middle }
            }
            cache[key] = (value, uses)
            return value
        }

        /// The calling thread's context.
        static func current() throws(TensorError) -> Context {
            if let raw = pthread_getspecific(slot) { return Unmanaged<Context>.fromOpaque(raw).takeUnretainedValue() }
            let context = try Context()
            pthread_setspecific(slot, Unmanaged.passRetained(context).toOpaque())
            return context
        }

        private static let slot: pthread_key_t = {
            var slot = pthread_key_t()
            pthread_key_create(&slot) { raw in
                if let raw { Unmanaged<Context>.fromOpaque(raw).release() }
            }
            return slot
        }()
    }
}
