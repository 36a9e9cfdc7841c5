import CLua
import Synchronization

/// Keeps a Lua value alive and lets it be pushed again.
///
/// May be released on any thread and inside finalizers: the registry entry is queued and freed
/// the next time its runtime makes a reference or a call.
public final class LuaReference {
    let pool: ReferencePool
    let id: Int32

    /// Takes the value on top of the stack.
    init(popping call: Call) {
        pool = call.runtime.pool
        pool.drain(call.state)
        id = luaL_ref(call.state, njlua_registry())
    }

    deinit { pool.release(id) }

    /// The runtime the value lives in.
    ///
    /// Throws when that runtime has been closed.
    public func runtime() throws(LuaError) -> Runtime {
        guard let runtime = pool.runtime else {
            throw LuaError(.runtime, "the Lua runtime this value belonged to is closed")
        }
        return runtime
    }

    /// Pushes the value, or nil into another runtime.
    func push(to call: Call) {
        if pool === call.runtime.pool {
            lua_rawgeti(call.state, njlua_registry(), lua_Integer(id))
        } else {
            lua_pushnil(call.state)
        }
    }
}

/// The registry entries of one runtime that wait to be freed.
final class ReferencePool: @unchecked Sendable {
    /// Read on the runtime's own thread only, and cleared when it closes; see `RuntimeLink`.
    unowned(unsafe) var runtime: Runtime?
    private let waiting = Mutex<[Int32]>([])
    private let isWaiting = Atomic<Bool>(false)

    func release(_ id: Int32) {
        waiting.withLock { $0.append(id) }
        isWaiting.store(true, ordering: .releasing)
    }

    /// Frees what was released since.
    func drain(_ state: OpaquePointer) {
        guard isWaiting.load(ordering: .acquiring) else { return }
        isWaiting.store(false, ordering: .relaxed)
        let ids = waiting.withLock { ids in
            defer { ids.removeAll() }
            return ids
        }
        for id in ids { luaL_unref(state, njlua_registry(), id) }
    }
}

/// Leads to a runtime for as long as it is there, on its own thread: what a weak reference does, but
/// one of those would slow down every use of the runtime.
public struct RuntimeLink {
    private let pool: ReferencePool

    init(_ pool: ReferencePool) { self.pool = pool }

    /// Nil once the runtime has closed.
    public var runtime: Runtime? { pool.runtime }
}
