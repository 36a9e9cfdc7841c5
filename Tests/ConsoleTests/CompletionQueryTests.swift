import Testing

@testable import Console

@Suite struct CompletionQueryTests {
    @Test(arguments: [
        ("", .word("")),
        ("pri", .word("pri")),
        ("local x = ten", .word("ten")),
        ("?nn", .word("nn")),
        ("a ..b", .word("b")),
        ("for", .word("for")),
        ("nn.", .word("nn.")),
        ("f(nn.Li", .word("nn.Li")),
        ("x = a.b.c:d", .word("a.b.c:d")),
        ("a . b", .word("a.b")),
        ("'done'", .word("")),
        ("f(x) ", .word("")),
        ("f(", .argument(function: "f")),
        ("y = nn.Linear(10, ", .argument(function: "nn.Linear")),
        ("x:add(f(1), {2}, ", .argument(function: "x:add")),
        ("f(x", .word("x")),
        ("(", .word("")),
        ("f(x)(", .word("")),
        ("a[", .word("")),
        ("nn.Conv2d(1, 2, 3, {", .option(function: "nn.Conv2d", prefix: "")),
        ("nn.Conv2d(1, 2, 3, {stride=2, pa", .option(function: "nn.Conv2d", prefix: "pa")),
        ("fit{", .option(function: "fit", prefix: "")),
        ("f({stride=", .argument(function: "f")),
        ("f({{", .word("")),
        ("f(function() ", .word("")),
        ("x = {", .word("")),
        ("f().x", .nothing),
        ("m[1].x", .nothing),
        ("('x'):up", .nothing),
        ("12", .nothing),
        ("1.5e", .nothing),
        ("x ..", .nothing),
        ("-- pri", .nothing),
        ("--[[ pri", .nothing),
        ("dofile 'scr", .file),
        ("read(\"a b.", .file),
        ("x = [[tex", .file),
    ] as [(String, CompletionQuery)])
    func reads(text: String, query: CompletionQuery) {
        #expect(CompletionQuery(text) == query)
    }
}
