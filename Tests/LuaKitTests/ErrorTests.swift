import LuaKit
import Testing

@Suite struct ErrorTests {
    @Test func swiftErrorBecomesStringWithPosition() throws {
        let runtime = try makeRuntime()
        #expect(
            try result(runtime, "local ok, e = pcall(zoo.divide, 1, 0); return ok, e")
                == "false test:1: cage 1 is empty")
        #expect(try result(runtime, "local ok, e = pcall(zoo.divide, 1, 0)\nreturn type(e)") == "string")
    }

    @Test func swiftErrorIsRecovered() throws {
        let runtime = try makeRuntime()
        let error = try #require(failure(runtime, "local x = 1\nzoo.divide(1, 0)"))
        #expect(error.kind == .nativeError)
        #expect(error.message == "test:2: cage 1 is empty")
        #expect(error.underlying as? ZooError == ZooError(cage: 0))
    }

    @Test func swiftErrorPassesThroughNestedCallsAndCoroutines() throws {
        let runtime = try makeRuntime()
        let source = """
            local function deep(n)
                if n == 0 then zoo.divide(1, 0) end
                local ok, e = pcall(deep, n - 1)
                error(e, 0)
            end
            local inside = coroutine.wrap(function()
                zoo.each(1, function() deep(20) end)
            end)
            local ok, e = xpcall(inside, function(e) return "seen " .. e end)
            return e
            """
        #expect(try result(runtime, source).hasSuffix("cage 1 is empty"))
        // Many times, so that a leak or a broken stack would show.
        for _ in 0..<200 { _ = try result(runtime, source) }
    }

    @Test func errorTableKeepsIdentityAndFields() throws {
        let runtime = try makeRuntime()
        let source = """
            local original = setmetatable({code = 42}, {__tostring = function(e) return "E" .. e.code end})
            local ok, e = pcall(zoo.each, 1, function()
                zoo.each(1, function() error(original) end)
            end)
            return ok, e == original, e.code, tostring(e)
            """
        #expect(try result(runtime, source) == "false true 42 E42")
    }

    @Test func errorTableReachesSwift() throws {
        let runtime = try makeRuntime()
        let error = try #require(failure(runtime, "zoo.each(1, function() error{code = 7} end)"))
        guard case .table(let table) = error.value else {
            Issue.record("the value is \(error.value)")
            return
        }
        #expect(table["code"].int == 7)
        #expect(error.message == "(error object is a table value)")
        #expect(error.kind == .runtime)
    }

    @Test func anyValueCanBeRaised() throws {
        let runtime = try makeRuntime()
        #expect(failure(runtime, "error()")?.value.isNil == true)
        #expect(failure(runtime, "error(nil)")?.message == "(error object is a nil value)")
        #expect(failure(runtime, "error(12)")?.value.int == 12)
        let error = failure(runtime, "error(zoo.Animal('Tim'))")
        #expect(error?.message == "animal Tim")
    }

    @Test func errorInToStringDoesNoHarm() throws {
        let runtime = try makeRuntime()
        let source = "error(setmetatable({}, {__tostring = function() error('again') end}))"
        #expect(failure(runtime, source)?.message == "(error object is a table value)")
    }

    @Test func tracebackNamesLuaFramesOnly() throws {
        let runtime = try makeRuntime()
        let error = try #require(
            failure(
                runtime,
                """
                local function inner() zoo.divide(1, 0) end
                function outer()
                    zoo.each(1, function() inner() end)
                end
                outer()
                """))
        #expect(
            error.traceback == [
                "test:1: in upvalue 'inner'",
                "test:3: in function <test:3>",
                "test:3: in function 'outer'",
                "test:5: in main chunk",
            ])
        #expect(error.report.hasPrefix("test:1: cage 1 is empty\nstack traceback:\n\ttest:1: in"))
    }

    @Test func syntaxErrorsSayWhetherMoreCouldHelp() throws {
        let runtime = try makeRuntime()
        #expect(failure(runtime, "for i = 1, 2 do")?.kind == .syntax(incomplete: true))
        #expect(failure(runtime, "x = [[ text")?.kind == .syntax(incomplete: true))
        #expect(failure(runtime, "x = = 2")?.kind == .syntax(incomplete: false))
        #expect(failure(runtime, "x = = 2")?.message == "test:1: unexpected symbol near '='")
    }

    @Test func deepRecursionThroughSwiftIsAnError() throws {
        let runtime = try makeRuntime()
        let error = failure(runtime, "local function f() zoo.each(1, f) end f()")
        #expect(error?.message.contains("stack overflow") == true)
        let plain = failure(runtime, "local function f() return 1 + f() end f()")
        #expect(plain?.message.contains("stack overflow") == true)
        #expect(try result(runtime, "return zoo.add(1, 2)") == "3.0")
    }

    @Test func errorsOfOneRuntimeMayOutliveIt() throws {
        var runtime: Runtime? = try makeRuntime()
        let error = try #require(failure(runtime!, "error{code = 1}"))
        runtime = nil
        guard case .table(let table) = error.value else { return }
        #expect(table["code"].isNil)
        #expect(throws: LuaError.self) { try table.get("code") }
    }
}
