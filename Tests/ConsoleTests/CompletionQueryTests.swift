import Testing

@testable import Console

@Suite struct CompletionQueryTests {
    @Test(arguments: [
        ("", .name(prefix: "")),
        ("pri", .name(prefix: "pri")),
        ("local x = ten", .name(prefix: "ten")),
        ("?nn", .name(prefix: "nn")),
        ("a ..b", .name(prefix: "b")),
        ("for", .name(prefix: "for")),
        ("nn.", .field(path: [.name("nn")], prefix: "", isMethod: false)),
        ("f(nn.Li", .field(path: [.name("nn")], prefix: "Li", isMethod: false)),
        ("x = a.b.c:d", .field(path: [.name("a"), .name("b"), .name("c")], prefix: "d", isMethod: true)),
        ("m[1].w", .field(path: [.name("m"), .position(1)], prefix: "w", isMethod: false)),
        ("m[1][22]:", .field(path: [.name("m"), .position(1), .position(22)], prefix: "", isMethod: true)),
        ("a.b [3] . c", .field(path: [.name("a"), .name("b"), .position(3)], prefix: "c", isMethod: false)),
        ("f().x", .nothing),
        ("m[i].x", .nothing),
        ("('x'):up", .nothing),
        ("12", .nothing),
        ("1.5e", .nothing),
        ("x ..", .nothing),
        ("-- pri", .nothing),
        ("--[[ pri", .nothing),
        ("dofile 'scr", .file),
        ("read(\"a b.", .file),
        ("x = [[tex", .file),
        ("'done'", .name(prefix: "")),
    ] as [(String, CompletionQuery)])
    func reads(text: String, query: CompletionQuery) {
        #expect(CompletionQuery(text) == query)
    }
}
