import CLua

/// One Lua state with everything registered in it.
///
/// A runtime and all values from it belong to one thread. Errors come out as `LuaError`; nothing
/// that Lua code does can end the process.
public final class Runtime {
    /// How a runtime is set up.
    public struct Options {
        /// The most bytes Lua may hold, native memory not counted; `nil` for no limit.
        public var memoryLimit: Int?
        /// Takes what scripts print; `nil` for standard output.
        public var output: (([UInt8]) -> Void)?
        /// Frees native caches when memory runs out.
        public var releaseCaches: (@convention(c) () -> Void)?

        public init(
            memoryLimit: Int? = nil, output: (([UInt8]) -> Void)? = nil,
            releaseCaches: (@convention(c) () -> Void)? = nil
        ) {
            self.memoryLimit = memoryLimit
            self.output = output
            self.releaseCaches = releaseCaches
        }
    }

    let bridge: UnsafeMutablePointer<njlua_Runtime>
    let pool = ReferencePool()
    private let output: (([UInt8]) -> Void)?

    /// What is declared so far; see `registry`.
    var known = Registry()
    /// All namespaces in the order they were installed, and those whose tables are still empty.
    var installed: [Namespace] = [], unopened: [Namespace] = []
    var parameterDocs: [String: String] = [:]
    /// Other libraries' names of options, and ours.
    var foreignOptions: [String: String] = [:]
    /// Bindings stay alive as long as Lua may call them.
    var functions: [NativeFunction] = []
    /// The bindings by path.
    var bindings: [String: NativeFunction] = [:]
    /// What the tables of namespaces and classes hold, by path and name. Lua gets a function when it is
    /// first asked for, so that its collector has less to look at.
    var members: [String: [String: NativeFunction]] = [:]
    /// The paths of namespace and class tables, by address.
    var paths: [UnsafeRawPointer?: String] = [:]
    var objects = ObjectClasses()
    /// Whatever the host program wants its bindings to find.
    public var host: AnyObject?
    /// The last Swift or Lua error that a binding let out, and what Lua got for it.
    var lastThrown: (value: LuaValue, error: any Error)?

    /// Opens a state with Lua's libraries, guarded against what could crash the process.
    ///
    /// Throws when there is no memory for it.
    public init(_ options: Options = Options()) throws(LuaError) {
        var callbacks = njlua_Callbacks()
        callbacks.dispatch = { state, owner, function in dispatch(state, owner, function) }
        callbacks.release = { object in
            if let object { Unmanaged<AnyObject>.fromOpaque(object).release() }
        }
        callbacks.reclaim = options.releaseCaches
        if options.output != nil {
            callbacks.write = { owner, bytes, count in
                guard let owner, let bytes else { return }
                let runtime = Unmanaged<Runtime>.fromOpaque(owner).takeUnretainedValue()
                runtime.write(UnsafeRawBufferPointer(start: bytes, count: count))
            }
        }
        guard let bridge = njlua_open(nil, &callbacks) else {
            throw LuaError(.memory, "not enough memory")
        }
        self.bridge = bridge
        output = options.output
        bridge.pointee.owner = Unmanaged.passUnretained(self).toOpaque()
        pool.runtime = self
        if let limit = options.memoryLimit { njlua_set_memory_limit(bridge, limit) }
        openObjects()
    }

    deinit {
        pool.runtime = nil
        njlua_close(bridge)
    }

    /// For closures that may outlive the runtime.
    public var link: RuntimeLink { RuntimeLink(pool) }

    // MARK: Stack

    /// The state that runs now: the main one or a coroutine.
    public var state: OpaquePointer { bridge.pointee.running }

    /// A view of the running state.
    var current: Call { Call(state: state, runtime: self) }

    /// Lets `body` push what it likes; the stack is as before afterwards.
    func withStack<Result>(
        _ body: (Call) throws(LuaError) -> Result
    ) throws(LuaError) -> Result {
        let call = current
        try call.makeRoom(20)
        let top = lua_gettop(call.state)
        defer { lua_settop(call.state, top) }
        return try body(call)
    }

    // MARK: Output

    /// Writes to where scripts print, after all they have printed so far.
    public func write(_ text: String) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    func write(_ bytes: UnsafeRawBufferPointer) {
        if let output {
            output(Array(bytes))
        } else {
            njlua_write(bytes.baseAddress, bytes.count)
        }
    }

    // MARK: Limits

    /// The bytes Lua holds, native memory not counted.
    public var memoryUsed: Int { bridge.pointee.bytes }

    /// The most bytes Lua may hold; `nil` for no limit.
    public var memoryLimit: Int? {
        get { bridge.pointee.limit == .max ? nil : bridge.pointee.limit }
        set { njlua_set_memory_limit(bridge, newValue ?? 0) }
    }

    /// Names the counter of native bytes alive that Lua's collector is to follow.
    ///
    /// It must stay valid as long as the runtime.
    public func followNativeMemory(_ bytes: UnsafePointer<Int64>?) {
        njlua_set_native_counter(bridge, bytes)
    }

    /// The number of collections that native memory has caused.
    public var nativeCollections: Int { Int(bridge.pointee.collections) }

    /// Runs `body` while the collector rests, for values that nothing refers to for a moment.
    public func withoutCollecting<Result>(_ body: () throws -> Result) rethrows -> Result {
        njlua_rest_collector(bridge.pointee.main, true)
        defer { njlua_rest_collector(bridge.pointee.main, false) }
        return try body()
    }

    /// Collects all garbage now.
    public func collectGarbage() { njlua_collect(state) }
}
