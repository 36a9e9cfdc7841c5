import Glibc
import Testing

@testable import Console

/// The executable at a terminal, as a user sees it.
@Suite(.serialized) struct PromptTests {
    private func start(_ arguments: [String] = [], state: String? = nil) throws -> TerminalProgram {
        let program = TerminalProgram(
            arguments, environment: ["XDG_STATE_HOME=\(state ?? temporaryFolder())"])
        try #require(program.expect("> ") != nil, "no prompt: \(program.received)")
        return program
    }

    /// Enters a line, and gives what is shown until the next prompt.
    private func enter(_ text: String, _ program: TerminalProgram) throws -> String {
        program.type(text + "\r")
        let shown = try #require(program.expect("\n> "), "no prompt: \(program.received)")
        return shown.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().dropLast().joined(separator: "\n")
    }

    @Test(arguments: [
        ("1 + 1", "2"),
        ("'text'", "\"text\""),
        ("nil", "nil"),
        ("1, 'a', {}", "1\t\"a\"\t{}"),
        ("x = 5", ""),
        ("return 6", "6"),
        ("{1, {2, {3}}, name = 'net'}", "{1, {2, {3}}, name = \"net\"}"),
        ("print('a')", "a"),
        ("1 -- one", "1"),
        ("local y = 1", "hint: 'y' was local to this entry and is gone; at the prompt leave out 'local'"),
        ("local y = 1; print(y)", "1"),
        ("error('no')", "entry 1:1: no\n    1 | error('no')"),
        ("\"abc", "entry 1:1: unfinished string near '\"abc'\n    1 | \"abc"),
        ("#'four'", "4"),
        ("#x = 1", "entry 1:1: unexpected symbol near '#'\n    1 | #x = 1"),
        ("prnt", "nil\nhint: did you mean 'print'?"),
        ("nothing_like_it", "nil"),
        ("prnt(1)", "entry 1:1: attempt to call a nil value (global 'prnt'). Did you mean 'print'?\n    1 | prnt(1)"),
        ("numpy.zeros(2)", "entry 1:1: attempt to index a nil value (global 'numpy'). Arrays are tensors here, as in tensor.zeros(2, 3)\n    1 | numpy.zeros(2)"),
        ("torch", "nil\nhint: tensors are in 'tensor', layers in 'nn', optimizers in 'optim', data sets in 'data'; nothing needs importing"),
        ("import torch", "entry 1:1: syntax error near 'torch'. Nothing needs importing: tensor, nn, optim, data, metrics and plot are there\n    1 | import torch"),
        ("x = tensor.zeros(2) x:shape()", "entry 1:1: attempt to call a table value (method 'shape'). 'shape' is a field: write .shape without brackets\n    1 | x = tensor.zeros(2) x:shape()"),
        ("=1", "entry 1:1: unexpected symbol near '='. Write the expression alone\n    1 | =1"),
        ("x += 1", "entry 1:1: syntax error near '+'. Write x = x + y\n    1 | x += 1"),
        ("x = [1, 2]", "entry 1:1: unexpected symbol near '['. A list is written in braces: {1, 2, 3}\n    1 | x = [1, 2]"),
        ("if x != 1 then end", "entry 1:1: 'then' expected near '!'. Write ~= for unequal, and not x\n    1 | if x != 1 then end"),
        ("for x in data.DataLoader(data.TensorDataset(tensor.zeros(1))) do end", "entry 1:1: attempt to call a loader value (for iterator 'for iterator'). A loader is walked by: for x, y in loader:iter() do … end\n    1 | for x in data.DataLoader(data.TensorDataset(tensor.zeros(1))) do end"),
        ("x = = 1", "entry 1:1: unexpected symbol near '='\n    1 | x = = 1"),
    ])
    func shows(entry: String, text: String) throws {
        let program = try start()
        #expect(try enter(entry, program) == text)
        program.type("\u{4}")
        #expect(program.finish() == 0)
    }

    @Test func figuresAreShownOnceAndAgainWhenAskedFor() throws {
        let program = try start()
        let shown = try enter("plot.line({1, 2}, {title='Rising'})", program)
        #expect(shown.split(separator: "\n").count { $0.contains("Rising") } == 1)
        #expect(try enter("p = plot.line({1, 2}, {title='Rising'})", program) == shown)
        #expect(try enter("p", program) == shown)
        program.type("\u{4}")
        #expect(program.finish() == 0)
    }

    @Test func interruptGivesThePromptBack() throws {
        let program = try start()
        _ = try enter("kept = 42", program)
        var slowest = 0.0
        for loop in ["while true do end", "while true do pcall(function() while true do end end) end"] {
            for _ in 0..<10 {
                program.type("print('go'..'ing') " + loop + "\r")
                try #require(program.expect("going") != nil)
                let start = now()
                program.type("\u{3}")
                try #require(program.expect("\n> ") != nil)
                slowest = max(slowest, now() - start)
            }
        }
        #expect(slowest < 2)
        program.type("kept\r")
        #expect(program.expect("42") != nil)
    }

    @Test func interruptDiscardsTheLine() throws {
        let program = try start()
        program.type("error('never'")
        program.type("\u{3}")
        try #require(program.expect("\n> ") != nil)
        program.type("function f(\r")
        try #require(program.expect(">> ") != nil)
        program.type("\u{3}")
        try #require(program.expect("\n> ") != nil)
        program.type("'al'..'ive'\r")
        #expect(program.expect("\"alive\"") != nil)
    }

    @Test func interruptEndsAQuestion() throws {
        let program = try start()
        program.type("nn.\t\t")
        try #require(program.expect("possibilities?") != nil)
        program.type("\u{3}")
        try #require(program.expect("\n> ") != nil)
        program.type("'al'..'ive'\r")
        #expect(program.expect("\"alive\"") != nil)
    }

    @Test(arguments: ["1 +\r2", "({\r1})[1] +\r2", "(function()\rreturn 3 end)()", "[[x]] and\r3"])
    func readsFurtherLines(entry: String) throws {
        let program = try start()
        program.type(entry + "\r")
        #expect(program.expect("\n3\n") != nil)
    }

    @Test func noticesAnInterruptOfTheLastCall() throws {
        let program = try start()
        program.type("(print('wait'..'ing') or io.read)()\r")
        try #require(program.expect("waiting") != nil)
        usleep(100_000)
        program.type("\u{3}")
        #expect(program.expect("interrupted\n> ") != nil)
    }

    @Test func recallsEntriesOfSeveralLines() throws {
        let state = temporaryFolder()
        let first = try start(state: state)
        first.type("for i = 1, 2 do\r")
        try #require(first.expect(">> ") != nil)
        first.type("print(i * 11) end\r")
        try #require(first.expect("22") != nil)
        // No orderly end: the history is there all the same.
        let second = try start(state: state)
        second.type("\u{10}\r")
        #expect(second.expect("11") != nil)
        #expect(second.expect("22") != nil)
    }

    @Test func completes() throws {
        let program = try start()
        program.type("string.re\tp\t('ab', 2)\r")
        #expect(program.expect("\"abab\"") != nil)
        _ = program.expect("> ")
        program.type("settings = {learning_rate = 0.5}\r")
        try #require(program.expect("\n> ") != nil)
        program.type("settings.l\t * 3\r")
        #expect(program.expect("1.5") != nil)
    }

    @Test func runsTheStartupFile() throws {
        let folder = temporaryFolder()
        Files.makeFolders(folder + "/nightjar")
        #expect(Files.replace(folder + "/nightjar/rc.lua", with: Array("greeting = 'hel' .. 'lo'\nerror('oh')".utf8)))
        let environment = ["XDG_CONFIG_HOME=\(folder)", "XDG_STATE_HOME=\(folder)"]
        let program = TerminalProgram(environment: environment)
        #expect(program.expect("rc.lua:2: oh") != nil)
        program.type("greeting\r")
        #expect(program.expect("\"hello\"") != nil)
        for option in ["--no-rc", "-E"] {
            let plain = TerminalProgram([option], environment: environment)
            plain.type("greeting\r")
            #expect(plain.expect("\nnil\n") != nil)
        }
    }

    @Test func answersRequestsForHelp() throws {
        let program = try start()
        program.type("-- Twice a number.\rfunction twice(n)\rreturn 2 * n\rend\r")
        #expect(program.expect("end\n> ") != nil)
        #expect(try enter("?twice", program) == "twice(n)\n\nDefined in entry 2, line 1. ??twice shows the source.")
        #expect(try enter("twice??", program) == "-- entry 2, line 1\nfunction twice(n)\nreturn 2 * n\nend")
        #expect(try enter("??print", program) == "print is built in; ?print tells what it does.")
        #expect(try enter("??nothing", program) == "nothing is not defined.")
        #expect(try enter("?\"no such thing\"", program) == "Nothing about \"no such thing\".")
        #expect(try enter("x = {1}", program) == "")
        #expect(try enter("x?", program) == "x: table\n{1}")
    }

    @Test(arguments: ["\u{4}", "exit\r", "quit()\r", "os.exit()\r"])
    func leaves(keys: String) throws {
        let program = try start()
        program.type(keys)
        #expect(program.finish() == 0)
    }

    @Test func leavesWithTheRightCode() throws {
        let program = try start()
        program.type("os.exit(7)\r")
        #expect(program.finish() == 7)
    }
}
