import Testing

@testable import Console

@Suite struct LayoutTests {
    private static let numbers = Layout.table((1...12).map { .init(.text("\($0)", .number)) })

    private static let nested = Layout.table([
        .init(.text("\"net\"", .string), key: "name"),
        .init(.table([.init(.text("784", .number)), .init(.text("10", .number))]), key: "sizes"),
        .init(.table([]), key: "empty"),
    ])

    @Test(arguments: [
        (Layout.text("nil", .plain), 80, "nil"),
        (.table([]), 80, "{}"),
        (nested, 80, "{name = \"net\", sizes = {784, 10}, empty = {}}"),
        (nested, 30, "{\n  name = \"net\",\n  sizes = {784, 10},\n  empty = {}\n}"),
        (nested, 12, "{\n  name = \"net\",\n  sizes = {\n    784, 10\n  },\n  empty = {}\n}"),
        (numbers, 20, "{\n  1, 2, 3, 4, 5, 6,\n  7, 8, 9, 10, 11,\n  12\n}"),
        (.table([.init(.text("[1, 2]\n[3, 4]", .plain), key: "x")]), 80, "{\n  x = [1, 2]\n  [3, 4]\n}"),
    ])
    func fits(layout: Layout, columns: Int, text: String) {
        #expect(layout.render(on: Terminal(columns: columns)).joined(separator: "\n") == text)
    }

    @Test func colours() {
        let lines = Layout.table([.init(.text("1", .number))]).render(on: Terminal(columns: 80, hasColor: true))
        #expect(lines == ["{\u{1B}[36m1\u{1B}[0m}"])
    }
}
