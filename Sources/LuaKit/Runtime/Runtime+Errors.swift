import CLua

extension Runtime {
    /// Makes an error of the value on top of the stack, and pops it.
    func takeError(_ call: Call, _ status: Int32) -> LuaError {
        if bridge.pointee.interrupted != 0 { return takeInterrupt(call) }
        let value = call.value(at: -1)
        let message = text(ofErrorAt: -1, call)
        njlua_pop(call.state, 1)
        var traceback = takeTraceback(call)
        var underlying: (any Error)?
        let lastThrown = self.lastThrown
        self.lastThrown = nil
        if let lastThrown, isSame(lastThrown.value, value) {
            if let inner = lastThrown.error as? LuaError {
                // Raised again on its way out: the inner one knows all frames.
                traceback = inner.traceback
                underlying = inner.underlying
            } else {
                underlying = lastThrown.error
            }
        }
        return LuaError(
            kind(status, message: message, underlying), value: value, message: message,
            traceback: status == LUA_ERRMEM ? [] : traceback, underlying: underlying)
    }

    /// The error of an interrupt, whatever it was raised with.
    private func takeInterrupt(_ call: Call) -> LuaError {
        njlua_pop(call.state, 1)
        let isTimeout = bridge.pointee.interrupted == CInt(NJLUA_TIMED_OUT)
        let message = isTimeout ? "time limit reached" : "interrupted!"
        return LuaError(
            .interrupted, value: .text(message), message: message,
            traceback: takeTraceback(call))
    }

    private func kind(_ status: Int32, message: String, _ underlying: (any Error)?) -> LuaError.Kind {
        if status == LUA_ERRSYNTAX { return .syntax(incomplete: message.hasSuffix("<eof>")) }
        if status == LUA_ERRMEM || message == "not enough memory" { return .memory }
        return underlying == nil ? .runtime : .nativeError
    }

    /// The text of an error's value; never fails.
    private func text(ofErrorAt index: Int32, _ call: Call) -> String {
        if let text = call.text(at: index) { return text }
        let index = lua_absindex(call.state, index)
        let type = lua_type(call.state, index)
        let named = "(error object is a \(String(cString: lua_typename(call.state, type))) value)"
        // Only what describes itself is asked for its text; an address helps nobody.
        if type != LUA_TNUMBER {
            guard luaL_getmetafield(call.state, index, "__tostring") != LUA_TNIL else { return named }
            njlua_pop(call.state, 1)
        }
        lua_pushvalue(call.state, index)
        let status = njlua_tostring(call.state)
        defer { njlua_pop(call.state, 1) }
        return status == LUA_OK ? call.text(at: -1) ?? named : named
    }

    /// The Lua frames of the traceback that the bridge kept, without native ones.
    private func takeTraceback(_ call: Call) -> [String] {
        njlua_take_traceback(call.state)
        defer { njlua_pop(call.state, 1) }
        guard let text = call.text(at: -1) else { return [] }
        return text.split(separator: "\n").dropFirst().compactMap { line in
            let frame = line.drop { $0 == "\t" }
            return frame.hasPrefix("[C]:") ? nil : String(frame)
        }
    }

    /// True if both are the very same error value.
    private func isSame(_ a: LuaValue, _ b: LuaValue) -> Bool {
        switch (a, b) {
        case (.string(let a), .string(let b)): return a == b
        case (.nil, _), (_, .nil): return false
        case (.object(let a), .object(let b)): return a === b
        default:
            return (try? withStack { call in
                call.push(a)
                call.push(b)
                return lua_rawequal(call.state, -1, -2) != 0
            }) ?? false
        }
    }
}

// MARK: Interrupts

extension Runtime {
    /// Lets SIGINT stop the code of this runtime, which must run on the calling thread.
    ///
    /// Running Lua code raises at its next instruction, again and again until `clearInterrupt`,
    /// so that no `pcall` swallows it. Native loops poll `interruptFlag`.
    public func installInterruptSignal() { njlua_install_sigint(bridge) }

    /// Gives SIGINT back its former meaning.
    public func removeInterruptSignal() { njlua_remove_sigint() }

    /// Stops running code as an interrupt does; on the runtime's thread only.
    public func interrupt() { njlua_interrupt(bridge, CInt(NJLUA_INTERRUPTED)) }

    /// True from an interrupt until it is cleared.
    public var isInterrupted: Bool { bridge.pointee.interrupted != 0 }

    /// Not zero after an interrupt signal until it is cleared, in whatever runtime; loops in Swift
    /// and kernels in C that run for more than a few milliseconds poll it and stop.
    public static var interruptFlag: UnsafePointer<CInt> { njlua_interrupt_address() }

    /// Lets code run again after an interrupt.
    public func clearInterrupt() { njlua_clear_interrupt(bridge) }

    /// Runs what has to be done although the user has interrupted, such as saving; the interrupt
    /// holds again afterwards, and another one stops this as well. Time limits are not suspended.
    public func despiteInterrupt<Result>(_ body: () throws -> Result) rethrows -> Result {
        guard bridge.pointee.interrupted == CInt(NJLUA_INTERRUPTED) else { return try body() }
        let signalled = njlua_suspend_interrupt(bridge)
        defer { njlua_renew_interrupt(bridge, signalled) }
        return try body()
    }

    /// Stops code that still runs after so many seconds, as an interrupt does; `nil` for never.
    public func setTimeLimit(seconds: Double?) { njlua_set_time_limit(bridge, seconds ?? 0) }

    /// File and line of the innermost Lua function running.
    ///
    /// The name stays valid for ever. Costs well under 100 ns, for libraries that note it down at
    /// each operation.
    public func position() -> (source: UnsafePointer<CChar>, line: Int)? {
        var source: UnsafePointer<CChar>?
        var line: Int32 = 0
        guard njlua_where(bridge, &source, &line), let source else { return nil }
        return (source, Int(line))
    }
}
