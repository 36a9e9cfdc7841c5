import Testing

@testable import Console

@Suite struct WrappingTests {
    @Test(arguments: [
        ("short", 20, ["short"]),
        ("one two three four five", 12, ["one two", "three four", "five"]),
        ("  indented words that go on", 14, ["  indented", "  words that", "  go on"]),
        ("  name  a summary that is too long", 24, ["  name  a summary that", "        is too long"]),
        ("  x  integer  the first of two numbers here", 30, ["  x  integer  the first of two", "              numbers here"]),
        ("unbreakablewordthatistoolong", 10, ["unbreakablewordthatistoolong"]),
        ("", 10, [""]),
    ])
    func wraps(line: String, columns: Int, lines: [String]) {
        #expect(wrapped(line, columns: columns) == lines)
    }
}
