import CLua
import Glibc
import LuaKit
import Testing

/// Sends SIGINT to the process from another thread, a little later.
private func interruptSoon() {
    var thread = pthread_t()
    pthread_create(
        &thread, nil,
        { _ in
            usleep(30_000)
            kill(getpid(), SIGINT)
            return nil
        }, nil)
    pthread_detach(thread)
}

@Suite(.serialized, .timeLimit(.minutes(1))) struct InterruptTests {
    /// Scripts that never end by themselves, however they try to go on.
    static let endless = [
        "while true do end",
        "local x = 0 while true do x = zoo.add(x, 1) end",
        "while true do pcall(function() while true do end end) end",
        "while true do pcall(zoo.each, 1000, function() for i = 1, 1e9 do end end) end",
        "while true do xpcall(function() while true do end end, function(e) return e end) end",
        "while true do xpcall(function() while true do end end, function(e) while true do end end) end",
        "local function f() pcall(f) while true do end end f()",
        "coroutine.wrap(function() while true do end end)()",
        "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
        """
        while true do
            pcall(coroutine.wrap(function()
                pcall(coroutine.wrap(function() while true do end end))
                while true do end
            end))
        end
        """,
        "for i in coroutine.wrap(function() while true do coroutine.yield(1) end end) do end",
        """
        local function loop() while true do end end
        while true do
            pcall(function() local x <close> = setmetatable({}, {__close = loop}) loop() end)
        end
        """,
        """
        while true do
            setmetatable({}, {__gc = function() for i = 1, 1e5 do end end})
            collectgarbage()
        end
        """,
        "setmetatable(_G, {__index = function(t, k) return t[k .. 'x'] end}) while true do pcall(function() return y end) end",
        "while true do pcall(table.sort, {1, 2, 3}, function() while true do end end) end",
        "while true do pcall(string.gsub, 'x', 'x', function() while true do end end) end",
        "while true do pcall(load, function() return 'x = 1 ' end) end",
        "goto start ::start:: pcall(error) goto start",
    ]

    @Test(arguments: endless)
    func nothingSwallowsAnInterrupt(source: String) throws {
        let runtime = try makeRuntime()
        runtime.installInterruptSignal()
        defer { runtime.removeInterruptSignal() }
        interruptSoon()
        let error = failure(runtime, source)
        #expect(error?.kind == .interrupted)
        #expect(runtime.isInterrupted)
        #expect(njlua_interrupt_pending())
        // Only clearing lets code run again.
        #expect(failure(runtime, "return 1")?.kind == .interrupted)
        runtime.clearInterrupt()
        #expect(Runtime.interruptFlag.pointee == 0)
        #expect(try result(runtime, "local n = 0 for i = 1, 1000 do n = n + 1 end return n") == "1000")
    }

    @Test func coroutinesRunAgainAfterwards() throws {
        let runtime = try makeRuntime()
        runtime.installInterruptSignal()
        defer { runtime.removeInterruptSignal() }
        try runtime.run("co = coroutine.wrap(function() while true do coroutine.yield(1) end end)")
        interruptSoon()
        #expect(failure(runtime, "co() while true do end")?.kind == .interrupted)
        runtime.clearInterrupt()
        #expect(try result(runtime, "return co()") == "1")
    }

    @Test func bindingsThatPollStop() throws {
        let runtime = try makeRuntime()
        try runtime.install([
            Namespace("slow", "Slow.") {
                Function("slow.wait", "Waits for an interrupt.") {
                    while !njlua_interrupt_pending() { usleep(1000) }
                    throw ZooError(cage: 1)
                }
            }
        ])
        runtime.installInterruptSignal()
        defer { runtime.removeInterruptSignal() }
        interruptSoon()
        #expect(failure(runtime, "while true do pcall(slow.wait) end")?.kind == .interrupted)
        runtime.clearInterrupt()
    }

    @Test func interruptFromTheSameThread() throws {
        let runtime = try makeRuntime()
        try runtime.install([
            Namespace("stop", "Stop.") { Function("stop.now", "Stops.") { call in call.runtime.interrupt() } }
        ])
        let error = failure(runtime, "function f() stop.now() while true do end end\nf()")
        #expect(error?.kind == .interrupted)
        #expect(error?.message == "interrupted!")
        #expect(error?.traceback == ["test:1: in function 'f'", "test:2: in main chunk"])
        runtime.clearInterrupt()
    }

    @Test func timeLimit() throws {
        let runtime = try makeRuntime()
        runtime.setTimeLimit(seconds: 0.05)
        let error = failure(runtime, "while true do pcall(function() while true do end end) end")
        #expect(error?.kind == .interrupted)
        #expect(error?.message == "time limit reached")
        runtime.setTimeLimit(seconds: 0.05)
        runtime.clearInterrupt()
        #expect(failure(runtime, "coroutine.wrap(function() while true do end end)()")?.kind == .interrupted)
        runtime.setTimeLimit(seconds: nil)
        runtime.clearInterrupt()
        #expect(try result(runtime, "for i = 1, 1e5 do end return 1") == "1")
    }
}
