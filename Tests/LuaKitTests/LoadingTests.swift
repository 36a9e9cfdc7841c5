import Glibc
import LuaKit
import Testing

@Suite struct LoadingTests {
    static let refusal = "precompiled chunks are refused"

    @Test func precompiledChunksAreRefusedEverywhere() throws {
        let runtime = try makeRuntime()
        let path = "/tmp/luakit-\(getpid())-chunk"
        let source = """
            local binary = string.dump(function() return 1 end)
            local path = "\(path).lua"
            local file = io.open(path, "wb"); file:write(binary); file:close()
            package.path = "/tmp/?.lua"
            local messages = {}
            local function add(e) messages[#messages + 1] = e:find("\(Self.refusal)", 1, true) and "refused" or e end
            add(select(2, load(binary)))
            add(select(2, load(binary, "name", "b")))
            add(select(2, load(binary, "name", "bt")))
            local done = false
            add(select(2, load(function() if not done then done = true return binary end end)))
            add(select(2, loadfile(path)))
            add(select(2, loadfile(path, "b")))
            add(select(2, pcall(dofile, path)))
            add(select(2, pcall(require, "luakit-\(getpid())-chunk")))
            os.remove(path)
            return table.concat(messages, " ")
            """
        #expect(try result(runtime, source) == Array(repeating: "refused", count: 8).joined(separator: " "))
        guard case .string(let binary) = try runtime.run("return string.dump(function() end)")[0] else { return }
        #expect(throws: LuaError.self) { try runtime.load(binary, name: "=binary") }
    }

    @Test func textLoadsAsInPlainLua() throws {
        let runtime = try makeRuntime()
        let source = """
            local path = os.tmpname()
            local file = io.open(path, "w"); file:write("local a = ... return a, x"); file:close()
            local f = loadfile(path, "t", {x = 5})
            x = 7
            local a, b = f(1)
            local c, d = dofile(path)
            os.remove(path)
            local n = 0
            local pieces = load(function() n = n + 1 return ({"return ", "1 + ", "2"})[n] end)
            return a, b, c, d, pieces(), load("return x", "c", "t", {x = 9})(), load("x = ")
            """
        #expect(
            try result(runtime, source)
                == "1 5 nil 7 3 9 nil [string \"x = \"]:1: unexpected symbol near <eof>")
    }

    @Test func requireFindsTextModules() throws {
        let runtime = try makeRuntime()
        let name = "luakit_\(getpid())_module"
        let source = """
            local path = "/tmp/\(name).lua"
            local file = io.open(path, "w"); file:write("return {name = ..., path = select(2, ...)}"); file:close()
            package.path = "/tmp/?.lua"
            local m = require("\(name)")
            os.remove(path)
            local ok, e = pcall(require, "no_such_module_here")
            return m.name, m == require("\(name)"), ok, e:find("no file '/tmp/no_such_module_here.lua'", 1, true) ~= nil
            """
        #expect(try result(runtime, source) == "\(name) true false true")
    }

    @Test func shebangAndByteOrderMarkAreSkipped() throws {
        let runtime = try makeRuntime()
        #expect(failure(runtime, "#!/usr/bin/env nightjar\nerror('x')")?.message == "test:2: x")
        #expect(failure(runtime, "\u{FEFF}error('x')")?.message == "test:1: x")
        #expect(try runtime.run("").isEmpty)
    }

    @Test func stringsAreBytes() throws {
        let runtime = try makeRuntime()
        let bytes: [UInt8] = [0, 97, 0, 255, 10]
        runtime[global: "s"] = .string(bytes)
        #expect(try result(runtime, "return #s, s == '\\0a\\0\\xFF\\n'") == "5 true")
        guard case .string(let back) = try runtime.run("return zoo.identity(s)")[0] else { return }
        #expect(back == bytes)
        #expect(failure(runtime, "error('a\\0b', 0)")?.message == "a\0b")
        #expect(try result(runtime, "return zoo.Animal('a\\0b').name == 'a\\0b'") == "true")
    }

    @Test func unsafePartsOfDebugAreRefused() throws {
        let runtime = try makeRuntime()
        for name in ["setmetatable", "getregistry", "setupvalue", "sethook", "setlocal", "getuservalue"] {
            #expect(
                failure(runtime, "debug.\(name)({}, 1, 2)")?.message.contains("debug.\(name) is not offered")
                    == true)
        }
        #expect(try result(runtime, "return type(debug.traceback()), debug.getinfo(1, 'l').currentline") == "string 1")
    }
}
