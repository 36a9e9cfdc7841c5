import LuaKit
import Testing

@Suite struct RobustnessTests {
    @Test func wrongInputToEveryBinding() throws {
        let runtime = try makeRuntime(.init(output: { _ in }))
        let tim = Animal(name: "Tim"), tom = Bird(name: "Tom")
        // The probe makes them friends, each holding the other.
        defer { (tim.friend, tom.friend) = (nil, nil) }
        let samples: [LuaValue] = [.object(tim), .object(tom), 3]
        #expect(runtime.probeBindings(samples: samples) == [])
    }

    @Test func probeReportsBadBindings() throws {
        let runtime = try Runtime()
        try runtime.install([
            Namespace("bad", "Bad.") {
                Function("bad.silent", "An error without text.") { throw Silent() }
                Function("bad.table", "An error that is no text.") { call in
                    throw try #require(failure(call.runtime, "error{}"))
                }
            }
        ])
        let problems = runtime.probeBindings()
        #expect(problems.contains("bad.table(): an error that is no text"))
    }

    struct Silent: LuaDescribableError { var luaMessage: String { "" } }

    /// Lua's own functions, all of them, with odd arguments: errors at most.
    @Test func wrongInputToTheStandardLibrary() throws {
        let runtime = try makeRuntime(.init(memoryLimit: 64 << 20, output: { _ in }))
        runtime.setTimeLimit(seconds: 20)
        let source = """
            local skip = {exit = true, execute = true, popen = true, read = true, remove = true,
                rename = true, tmpname = true, lines = true, close = true, input = true, output = true,
                tmpfile = true, open = true, dofile = true, loadfile = true, require = true,
                collectgarbage = true, setlocale = true, stdin = true, rep = true, pack = true, wrap = true,
                debug = true, setmetatable = true, rawset = true, loadlib = true}
            local values = {nil, true, 0, 1, -1, math.mininteger, math.maxinteger, 2.5, 0/0, 1/0, "", "x",
                "\\0", {}, {1, 2}, print, coroutine.create(print), io.stdout, zoo.Animal("a"),
                setmetatable({}, {__index = error, __len = error, __call = error})}
            local functions = {}
            for _, library in ipairs{_G, string, table, math, utf8, os, io, coroutine, debug} do
                for name, f in pairs(library) do
                    if type(f) == "function" and not skip[name] then functions[#functions + 1] = f end
                end
            end
            local calls = 0
            for _, f in ipairs(functions) do
                for i = 1, 20 do
                    for j = 1, 20 do
                        coroutine.wrap(pcall)(f, values[i], values[j], values[i])
                        calls = calls + 1
                    end
                end
            end
            return calls > 10000
            """
        #expect(try result(runtime, source) == "true")
    }

    @Test func internalFunctionsFoundThroughDebugAreHarmless() throws {
        let runtime = try makeRuntime()
        let source = """
            local found = {}
            local object = setmetatable({}, {__index = function()
                for level = 0, 20 do
                    local info = debug.getinfo(level, "f")
                    if info then found[#found + 1] = info.func end
                end
            end})
            return object, found
            """
        let values = try runtime.run(source)
        _ = try runtime.index(values[0], "x")
        runtime[global: "found"] = values[1]
        let odd = """
            for _, f in ipairs(table.move(found, 1, #found, 1, {})) do
                pcall(f) pcall(f, 1) pcall(f, {}, {}, {}) pcall(f, io.stdout, "x") pcall(f, zoo.Animal("x"), 1, 1)
            end
            """
        try runtime.run(odd)
        #expect(try result(runtime, "return #found > 2") == "true")
    }

    @Test func outputKeepsItsOrder() throws {
        final class Sink { var bytes: [UInt8] = [] }
        let sink = Sink()
        let runtime = try makeRuntime(.init(output: { sink.bytes += $0 }))
        try runtime.install([
            Namespace("out", "Out.") {
                Function("out.say", "Says it.", Param("text", String.self, "what")) { call, text in
                    call.runtime.write(text)
                }
            }
        ])
        try runtime.run(
            """
            print("a", 1, nil, true)
            io.write("b", 2, "\\n")
            out.say("c\\n")
            io.stdout:write("d\\0d\\n")
            print(zoo.Animal("Tim"))
            print(pcall(print, setmetatable({}, {__tostring = function() error("x", 0) end})))
            print(io.stdout:close())
            io.write(("long"):rep(10000))
            """)
        let expected = "a\t1\tnil\ttrue\nb2\nc\nd\0d\nanimal Tim\nfalse\tx\nnil\tcannot close standard file\n"
        #expect(String(decoding: sink.bytes, as: UTF8.self) == expected + String(repeating: "long", count: 10000))
    }

    @Test func positions() throws {
        let runtime = try makeRuntime()
        var seen: [String] = []
        try runtime.install([
            Namespace("where", "Where.") {
                Function("where.am_i", "Notes the position.") { call in
                    let position = call.runtime.position()
                    seen.append(position.map { "\(String(cString: $0.source)):\($0.line)" } ?? "nowhere")
                }
            }
        ])
        try runtime.run("where.am_i()\n\nwhere.am_i()\npcall(where.am_i)\ncoroutine.wrap(function() where.am_i() end)()", name: "@dir/file.lua")
        try runtime.call(try runtime.load("return where.am_i")).first.map { value in
            guard case .function(let function) = value else { return }
            try function.call()
        }
        #expect(seen == ["dir/file.lua:1", "dir/file.lua:3", "dir/file.lua:4", "dir/file.lua:5", "nowhere"])
    }

    @Test func runtimesAreIndependent() throws {
        let one = try makeRuntime()
        let two = try makeRuntime()
        one[global: "x"] = 1
        #expect(two[global: "x"].isNil)
        let table = try one.run("return {}")[0]
        two[global: "foreign"] = table
        #expect(two[global: "foreign"].isNil)
    }
}
