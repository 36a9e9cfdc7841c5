import LuaKit
import Testing

@Suite struct MemoryTests {
    private func runtime(_ tally: Tally, limit: Int? = nil) throws -> Runtime {
        let runtime = try makeRuntime(.init(memoryLimit: limit))
        try runtime.install([Blob.namespace(tally)])
        runtime.followNativeMemory(tally.bytes)
        return runtime
    }

    @Test func collectorFeelsNativeMemory() throws {
        let tally = Tally()
        let runtime = try runtime(tally)
        try runtime.run("for i = 1, 20000 do local a, b = blob(), blob() end")
        #expect(tally.peak < 100)
        #expect(runtime.nativeCollections > 100)
    }

    @Test func collectorFeelsNativeMemoryInsideCoroutines() throws {
        let tally = Tally()
        let runtime = try runtime(tally)
        try runtime.run(
            "for _ in coroutine.wrap(function() for i = 1, 5000 do coroutine.yield(blob()) end end) do end")
        #expect(tally.peak < 100)
    }

    @Test func allowanceFollowsWhatIsAlive() throws {
        let tally = Tally()
        let runtime = try runtime(tally)
        // Many objects, so that a collection costs something: short ones come more often.
        try runtime.run("keep, many = {}, {} for i = 1, 300000 do many[i] = {} end for i = 1, 400 do keep[i] = blob() end")
        let collections = runtime.nativeCollections
        try runtime.run("for i = 1, 2000 do local b = blob() end")
        // About 200 megabytes of garbage for each collection.
        #expect(runtime.nativeCollections - collections < 30)
        // After a large drop the allowance shrinks again.
        try runtime.run("keep, many = nil collectgarbage() collectgarbage()")
        tally.peak = tally.alive
        try runtime.run("for i = 1, 2000 do local b = blob() end")
        #expect(tally.peak < 100)
    }

    @Test func memoryLimitStopsScripts() throws {
        let runtime = try makeRuntime(.init(memoryLimit: 8 << 20))
        let error = failure(runtime, "local t = {} for i = 1, 1e8 do t[i] = {} end")
        #expect(error?.kind == .memory)
        #expect(error?.message == "not enough memory")
        #expect(try result(runtime, "return 1 + 1") == "2")
        #expect(failure(runtime, "return ('x'):rep(1e8)")?.kind == .memory)
        #expect(runtime.memoryUsed < 9 << 20)
    }

    @Test func memoryLimitInsideSwiftIsRaisedAfterwards() throws {
        let runtime = try makeRuntime(.init(memoryLimit: 8 << 20))
        var finished = 0
        try runtime.install([
            Namespace("big", "Big.") {
                Function("big.text", "A long text.", Param("n", Int.self, "length")) { n in
                    defer { finished += 1 }
                    return LuaBytes(Array(repeating: 120, count: n))
                }
            }
        ])
        #expect(failure(runtime, "keep = {} for i = 1, 100 do keep[i] = big.text(1000000) end")?.kind == .memory)
        #expect(finished < 12)
        runtime[global: "keep"] = nil
        #expect(try result(runtime, "return #big.text(1000000)") == "1000000")
        #expect(try result(runtime, "return select('#', pcall(big.text, 100000000))") == "2")
    }

    @Test func referencesAreGivenBack() throws {
        let runtime = try makeRuntime()
        runtime.collectGarbage()
        let before = runtime.memoryUsed
        for _ in 0..<2000 {
            _ = try runtime.run("return {}, function() end, coroutine.create(print), io.stdout")
        }
        try runtime.run("")
        runtime.collectGarbage()
        #expect(runtime.memoryUsed < before + 200_000)
    }

    @Test func referencesMayBeReleasedOnAnotherThread() async throws {
        struct Box: @unchecked Sendable { let values: [LuaValue] }
        let runtime = try makeRuntime()
        let box = Box(values: try runtime.run("return {}, {}"))
        await Task.detached { _ = box.values.count }.value
        try runtime.run("")
    }
}
