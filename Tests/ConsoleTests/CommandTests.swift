import Glibc
import Testing

@testable import Console

/// The executable, run as a command.
@Suite struct CommandTests {
    /// Arguments and standard input, with what comes out.
    static let runs: [(arguments: [String], input: String, output: String, errors: String, code: Int32)] = [
        (["-e", "print(1 + 1)"], "", "2\n", "", 0),
        (["-e", "x = 1", "-e", "print(x)"], "", "1\n", "", 0),
        (["-"], "print(...)", "\n", "", 0),
        ([], "print('from stdin', ...)", "from stdin\n", "", 0),
        (["-", "a", "b"], "print(arg[0], arg[-1] ~= nil, ...)", "-\ttrue\ta\tb\n", "", 0),
        (["-e", "print(arg[0] ~= nil, arg[1], arg[2], #arg)"], "", "true\t-e\tprint(arg[0] ~= nil, arg[1], arg[2], #arg)\t2\n", "", 0),
        (["-l", "string", "-e", "print(string.rep('a', 3))"], "", "aaa\n", "", 0),
        (["-l", "text=string", "-e", "print(text.rep('a', 3))"], "", "aaa\n", "", 0),
        (["-v"], "print('not read')", "Nightjar 0.1.0, Lua 5.4\n", "", 0),
        (["-W", "-e", "warn('careful')"], "", "", "Lua warning: careful\n", 0),
        (["-e", "io.write('no newline')"], "", "no newline", "", 0),
        (["-e", "io.write('kept'); os.exit(3)"], "", "kept", "", 3),
        (["-e", "io.write('kept'); os.exit(true, true)"], "", "kept", "", 0),
        (["-e", "setmetatable({}, {__gc = function() print('closed') end})"], "", "closed\n", "", 0),
        ([], "#!/usr/bin/env nightjar\nerror('line two')", "", "nightjar: stdin:2: line two\n    2 | error('line two')\n", 1),
        (["-e", "#x"], "", "", "nightjar: (command line):1: unexpected symbol near '#'\n    1 | #x\n", 1),
        (["-e", "x ="], "", "", "nightjar: (command line):1: unexpected symbol near <eof>\n    1 | x =\n", 1),
        (["-e", "error({})"], "", "", "nightjar: error object {}\n    1 | error({})\n", 1),
        (["-e", "error({code = 5})"], "", "", "nightjar: error object {code = 5}\n    1 | error({code = 5})\n", 1),
        (["-e", "error(setmetatable({}, {__tostring = function() return 'mine' end}))"], "", "", "nightjar: mine\n    1 | error(setmetatable({}, {__tostring = function() return 'mine' end}))\n", 1),
        (["-e", "error()"], "", "", "nightjar: (error object is a nil value)\n    1 | error()\n", 1),
        (["missing.lua"], "", "", "nightjar: cannot read 'missing.lua': No such file or directory\n", 1),
        (["/"], "", "", "nightjar: cannot read '/': Is a directory\n", 1),
        (["-x"], "", "", "nightjar: unknown option '-x'\nusage: nightjar [options] [script [args]]\n", 2),
        (["-e"], "", "", "nightjar: '-e' needs stat after it\nusage: nightjar [options] [script [args]]\n", 2),
        (["-g", "-e", "function f() x = 1 end print('ran')"], "", "ran\n",
            "nightjar: warning: (command line):1: this makes 'x' a global; write 'local' before it, or _G.x if it is meant\n", 0),
        (["-gg", "-e", "function f() x = 1 end print('ran')"], "", "",
            "nightjar: (command line):1: this makes 'x' a global; write 'local' before it, or _G.x if it is meant\n    1 | function f() x = 1 end print('ran')\n", 1),
        (["-e", "local function f() error('deep') end\nlocal function g() f() end\ng()"], "", "",
            """
            nightjar: (command line):1: deep
                1 | local function f() error('deep') end
            stack traceback:
                (command line):1: in upvalue 'f'
                (command line):2: in local 'g'
                (command line):3: in main chunk

            """, 1),
    ]

    @Test(arguments: runs)
    func doesAsAsked(arguments: [String], input: String, output: String, errors: String, code: Int32) {
        let result = Program.run(arguments, input: input)
        #expect(result.output == output)
        #expect(result.errors == errors)
        #expect(result.code == code)
    }

    @Test func helpIsNoError() {
        let result = Program.run(["--help"])
        #expect(result.output == Flag.help + "\n")
        #expect(result.code == 0)
    }

    @Test func honoursInitVariables() {
        let text = Program.run(["-e", "print(x)"], environment: ["LUA_INIT=x = 5"])
        #expect(text.output == "5\n")
        let versioned = Program.run(["-e", "print(x)"], environment: ["LUA_INIT=x = 5", "LUA_INIT_5_4=x = 6"])
        #expect(versioned.output == "6\n")
        let ignored = Program.run(["-E", "-e", "print(x)"], environment: ["LUA_INIT=x = 5"])
        #expect(ignored.output == "nil\n")
        let path = Program.run(["-E", "-e", "print(package.path:find('elsewhere'))"], environment: ["LUA_PATH=/elsewhere/?"])
        #expect(path.output == "nil\n")
        let wrong = Program.run(["-e", "print(x)"], environment: ["LUA_INIT=error('init')"])
        #expect(wrong.errors == "nightjar: LUA_INIT:1: init\n    1 | error('init')\n")
        #expect(wrong.code == 1)
    }

    @Test func runsScriptsWithArguments() {
        let path = temporaryFolder() + "/script.lua"
        #expect(Files.replace(path, with: Array("#!x\nprint(arg[0] == '\(path)', ...)\nerror('here')".utf8)))
        let result = Program.run([path, "-e", "--", "z"])
        #expect(result.output == "true\t-e\t--\tz\n")
        #expect(result.errors == "nightjar: \(path):3: here\n    3 | error('here')\n")
    }

    @Test func checksTheModulesOfAScript() {
        let folder = temporaryFolder()
        let script = folder + "/script.lua"
        let module = Array("local m = {}\nfunction m.f()\n  leaked = 1\nend\nreturn m".utf8)
        #expect(Files.replace(folder + "/tools.lua", with: module))
        #expect(Files.replace(script, with: Array("local tools = require 'tools'\nprint('ran')".utf8)))
        let environment = ["LUA_PATH=\(folder)/?.lua"]
        let finding = "this makes 'leaked' a global; write 'local' before it, or _G.leaked if it is meant\n"
        let warned = Program.run(["-g", script], environment: environment)
        #expect(warned.output == "ran\n")
        #expect(warned.errors == "nightjar: warning: \(folder)/tools.lua:3: " + finding)
        let refused = Program.run(["-gg", script], environment: environment)
        #expect(refused.output == "")
        #expect(refused.errors == "nightjar: \(folder)/tools.lua:3: \(finding)    3 |   leaked = 1\n")
        #expect(refused.code == 1)
    }

    @Test func promptInAPipeHasNoControlBytes() {
        let result = Program.run(["-i"], input: "1 + 1\nx = {\n1}\nx\nerror('no')\n")
        #expect(result.output == "> 2\n> >> > {1}\n> > \n")
        #expect(result.errors == "entry 4:1: no\n    1 | error('no')\n")
        #expect(result.code == 0)
    }

    @Test(arguments: [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "local f = coroutine.wrap(function() while true do end end) while true do pcall(f) end",
        "while true do pcall(string.rep, 'x', 1000) end",
        "io.read()",
    ])
    func interruptEndsScripts(script: String) {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let (output, errors) = (TemporaryFile(), TemporaryFile())
        let process = Program.start(
            ["-e", "io.stderr:write('.') " + script], files: [ends[0], output.descriptor, errors.descriptor])
        while errors.text.isEmpty { usleep(5_000) }
        let start = now()
        kill(process, SIGINT)
        #expect(Program.wait(process) == 130)
        #expect(now() - start < 5)
        #expect(errors.text.hasPrefix(".nightjar: interrupted"))
        close(ends[0])
        close(ends[1])
    }
}
