import Testing

@testable import Console

@Suite struct ErrorReportTests {
    private static let sources: SourceTexts = {
        var sources = SourceTexts()
        sources.add("local x\n\n\nx.y = 1\n", name: "train.lua")
        sources.add("f(nil)", name: "entry 3")
        sources.add("one\ntwo", name: "/a/very/long/path/that/lua/cuts/when/it/shows/the/name/of/a/chunk.lua")
        return sources
    }()

    @Test(arguments: [
        (
            ErrorReport(message: "train.lua:4: bad", traceback: ["train.lua:4: in main chunk"]),
            "nightjar: train.lua:4: bad\n    4 | x.y = 1"
        ),
        (
            ErrorReport(
                message: "train.lua:4: bad",
                traceback: ["train.lua:4: in function 'f'", "entry 3:1: in main chunk"]),
            """
            nightjar: train.lua:4: bad
                4 | x.y = 1
            stack traceback:
                train.lua:4: in function 'f'
                entry 3:1: in main chunk
            """
        ),
        (
            ErrorReport(
                message: "train.lua:4: bad", traceback: ["train.lua:4: in function 'f'", "(...tail calls...)"]),
            "nightjar: train.lua:4: bad\n    4 | x.y = 1"
        ),
        (
            ErrorReport(message: "no place", traceback: ["entry 3:1: in main chunk"]),
            "nightjar: no place\n    1 | f(nil)"
        ),
        (
            ErrorReport(message: "...it/shows/the/name/of/a/chunk.lua:2: oh"),
            "nightjar: ...it/shows/the/name/of/a/chunk.lua:2: oh\n    2 | two"
        ),
        (ErrorReport(message: "train.lua:99: gone"), "nightjar: train.lua:99: gone"),
        (ErrorReport(message: "missing.lua:1: bad"), "nightjar: missing.lua:1: bad"),
        (ErrorReport(message: "interrupted!", isInterrupt: true), "\rnightjar: interrupted"),
        (
            ErrorReport(message: "interrupted!", traceback: ["train.lua:4: in f", "x:1: in g"], isInterrupt: true),
            "\rnightjar: interrupted at train.lua:4"
        ),
    ] as [(ErrorReport, String)])
    func shows(report: ErrorReport, text: String) {
        let lines = report.lines(program: "nightjar", sources: Self.sources, terminal: Terminal(columns: 80))
        #expect(lines.joined(separator: "\n") == text)
    }

    @Test(arguments: [
        ("a.lua:12: x", "a.lua", 12),
        ("entry 3:1: in main chunk", "entry 3", 1),
        ("C:/a.lua:7:", "C:/a.lua", 7),
        ("[string \"x\"]:5: y", "[string \"x\"]", 5),
    ])
    func findsPlaces(text: String, name: String, line: Int) throws {
        let location = try #require(SourceLocation(startOf: text))
        #expect(location.name == name)
        #expect(location.line == line)
    }

    @Test(arguments: ["", "x", ":1: x", "matmul: a.lua:1: x", "12: x", "a: 1: x", "a:1 x", "a:99999999999999999999: x"])
    func findsNoPlace(text: String) {
        #expect(SourceLocation(startOf: text) == nil)
    }
}
