import LuaKit
import Testing

@Suite struct CoroutineTests {
    @Test func yieldAcrossSwiftIsRefused() throws {
        let runtime = try makeRuntime()
        let source = """
            local co = coroutine.create(function() zoo.each(1, function() coroutine.yield(1) end) end)
            local ok, e = coroutine.resume(co)
            return ok, e
            """
        #expect(
            try result(runtime, source)
                == "false test:1: attempt to yield across a native call: a function called back by "
                + "native code cannot suspend the coroutine it runs in")
        #expect(
            failure(runtime, "coroutine.yield()")?.message
                == "test:1: attempt to yield from outside a coroutine")
    }

    @Test func coroutinesInsideCallbacksMayYield() throws {
        let runtime = try makeRuntime()
        let source = """
            local sum = 0
            zoo.each(3, function(i)
                for v in coroutine.wrap(function() for k = 1, i do coroutine.yield(k) end end) do
                    sum = sum + zoo.add(v, 0)
                end
            end)
            return sum
            """
        #expect(try result(runtime, source) == "10.0")
    }

    @Test func swiftCallsBackInTheRunningCoroutine() throws {
        let runtime = try makeRuntime()
        let source = """
            local co = coroutine.create(function()
                local inside
                zoo.each(1, function() inside = coroutine.running() end)
                coroutine.yield(inside)
            end)
            local _, inside = coroutine.resume(co)
            return inside == co, coroutine.status(co)
            """
        #expect(try result(runtime, source) == "true suspended")
    }

    /// What resume, wrap and close answer must be what Lua's own answer.
    @Test(arguments: [
        ("return coroutine.resume(coroutine.create(function(...) return ... end), 1, nil, 3)", "true 1 nil 3"),
        ("return coroutine.resume(coroutine.create(function() error('x') end))", "false test:1: x"),
        ("return coroutine.resume(coroutine.create(function() error({}) end)) == false", "true"),
        (
            "local co = coroutine.create(function() end) coroutine.resume(co) return coroutine.resume(co)",
            "false cannot resume dead coroutine"
        ),
        ("return coroutine.resume(coroutine.running())", "false cannot resume non-suspended coroutine"),
        ("return pcall(coroutine.resume, 1)", "false bad argument #1 to 'coroutine.resume' (thread expected, got number)"),
        ("local f = coroutine.wrap(function() error('x') end) return pcall(f)", "false test:1: x"),
        (
            "local f = coroutine.wrap(function() end) f() return pcall(f)",
            "false cannot resume dead coroutine"
        ),
        ("return pcall(coroutine.close, coroutine.running())", "false cannot close a running coroutine"),
        ("return coroutine.close(coroutine.create(print))", "true"),
        (
            """
            local log = {}
            local co = coroutine.create(function()
                local a <close> = setmetatable({}, {__close = function() log[#log + 1] = "closed" end})
                coroutine.yield()
            end)
            coroutine.resume(co)
            return coroutine.close(co), log[1], coroutine.status(co)
            """, "true closed dead"
        ),
        (
            """
            local co = coroutine.create(function()
                local a <close> = setmetatable({}, {__close = function() error("late", 0) end})
                coroutine.yield()
            end)
            coroutine.resume(co)
            return coroutine.close(co)
            """, "false late"
        ),
        (
            """
            local outer
            outer = coroutine.create(function()
                return coroutine.resume(coroutine.create(function() return pcall(coroutine.close, outer) end))
            end)
            return coroutine.resume(outer)
            """, "true true false cannot close a normal coroutine"
        ),
    ])
    func answersAreLuasOwn(source: String, expected: String) throws {
        #expect(try result(makeRuntime(), source) == expected)
    }

    @Test func manyValuesPass() throws {
        let runtime = try makeRuntime()
        let source = """
            local co = coroutine.wrap(function(...)
                while true do coroutine.yield(select('#', ...), ...) end
            end)
            local t = {} for i = 1, 10000 do t[i] = i end
            return (co(table.unpack(t)))
            """
        #expect(try result(runtime, source) == "10000")
    }
}
