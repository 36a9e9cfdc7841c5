import Testing

@testable import Console

@Suite struct OptionsTests {
    /// Arguments, and what they change in the options.
    static let accepted: [(arguments: [String], change: @Sendable (inout Options) -> Void)] = [
        ([], { _ in }),
        (["a.lua"], { $0.script = .file("a.lua") }),
        (["a.lua", "-e", "--", "-"], {
            $0.script = .file("a.lua")
            $0.scriptArguments = ["-e", "--", "-"]
        }),
        (["-"], { $0.script = .standardInput }),
        (["-", "5"], {
            $0.script = .standardInput
            $0.scriptArguments = ["5"]
        }),
        (["--", "-x"], {
            $0.script = .file("-x")
            $0.leadingArguments = ["--"]
        }),
        (["--", "-"], {
            $0.script = .file("-")
            $0.leadingArguments = ["--"]
        }),
        (["--"], { $0.leadingArguments = ["--"] }),
        (["-e", "x=1", "-lm", "-ey=2", "-l", "g=a.b", "-W"], {
            $0.actions = [
                .execute("x=1"), .require(module: "m", global: "m"), .execute("y=2"),
                .require(module: "a.b", global: "g"), .enableWarnings,
            ]
            $0.leadingArguments = ["-e", "x=1", "-lm", "-ey=2", "-l", "g=a.b", "-W"]
        }),
        (["-i", "-v", "-E", "s"], {
            $0.isInteractive = true
            $0.showsVersion = true
            $0.ignoresEnvironment = true
            $0.script = .file("s")
            $0.leadingArguments = ["-i", "-v", "-E"]
        }),
        (["-g"], {
            $0.globals = .warned
            $0.leadingArguments = ["-g"]
        }),
        (["-gg"], {
            $0.globals = .refused
            $0.leadingArguments = ["-gg"]
        }),
        (["--seed", "-7", "--threads=2"], {
            $0.seed = -7
            $0.threads = 2
            $0.leadingArguments = ["--seed", "-7", "--threads=2"]
        }),
        (["--no-rc", "--no-color", "--no-hints", "--help"], {
            $0.skipsStartupFile = true
            $0.allowsColor = false
            $0.givesHints = false
            $0.showsHelp = true
            $0.leadingArguments = ["--no-rc", "--no-color", "--no-hints", "--help"]
        }),
    ]

    @Test(arguments: accepted)
    func accepts(arguments: [String], change: @Sendable (inout Options) -> Void) throws {
        var expected = Options()
        change(&expected)
        #expect(try Options(arguments) == expected)
    }

    @Test(arguments: [
        (["-x"], "unknown option '-x'"),
        (["-iv"], "unknown option '-iv'"),
        (["--seeds", "1"], "unknown option '--seeds'"),
        (["-ggg"], "unknown option '-ggg'"),
        (["--no-rc=1"], "unknown option '--no-rc=1'"),
        (["-e"], "'-e' needs stat after it"),
        (["-e", "-i"], "'-e' needs stat after it"),
        (["-l", "--", "x"], "'-l' needs mod after it"),
        (["--seed"], "'--seed' needs N after it"),
        (["--seed", "1.5"], "'--seed' needs a whole number, not '1.5'"),
        (["--threads", "0"], "'--threads' needs a whole number from 1 up, not '0'"),
        (["--threads=many"], "'--threads' needs a whole number from 1 up, not 'many'"),
    ])
    func refuses(arguments: [String], message: String) {
        #expect(throws: UsageError(message)) { try Options(arguments) }
    }

    @Test func helpNamesEveryOption() {
        for flag in Flag.all { #expect(Flag.help.contains("  \(flag.name) ")) }
        #expect(Flag.help.split(separator: "\n").filter { $0.count > 80 } == [])
    }
}
