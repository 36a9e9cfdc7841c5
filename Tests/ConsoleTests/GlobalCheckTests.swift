import Testing

@testable import Console

@Suite struct GlobalCheckTests {
    private static let defined: Set<String> = ["print", "data", "model"]

    @Test(arguments: [
        ("x = 1", .file, ["t:1: this makes 'x' a global; write 'local' before it, or _G.x if it is meant"], []),
        ("data = 1", .file, ["t:1: this replaces the global 'data'; write 'local' before it, or _G.data if it is meant"], []),
        ("x = 1 x = 2 function f() x = 3 end", .file, [
            "t:1: this makes 'x' a global; write 'local' before it, or _G.x if it is meant",
            "t:1: this makes 'f' a global; write 'local' before it, or _G.f if it is meant",
        ], []),
        ("x = 1; print(x)", .entry, [], []),
        ("function f()\n y = 1 end", .entry, ["t:2: this makes 'y' a global; write 'local' before it, or _G.y if it is meant"], []),
        ("print(modle)", .entry, [], ["t:1: nothing is named 'modle' here; did you mean 'model'?"]),
        ("print(quux, quux)", .file, [], ["t:1: nothing is named 'quux' here"]),
        ("local x; print(model, _G.x, x.y)", .file, [], ["t:1: nothing is named '_G' here"]),
    ] as [(String, GlobalCheck.Kind, [String], [String])])
    func finds(text: String, kind: GlobalCheck.Kind, assigned: [String], undefined: [String]) {
        let findings = GlobalCheck.findings(
            in: text, name: "t", kind: kind, isDefined: Self.defined.contains, definedNames: { Array(Self.defined) })
        #expect(findings.assigned == assigned)
        #expect(findings.undefined == undefined)
    }
}
