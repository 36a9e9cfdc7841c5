import Testing

@testable import Console

@Suite struct HelpRequestTests {
    @Test(arguments: [
        ("?", .overview),
        ("??", .overview),
        ("?nn.Linear", .name("nn.Linear")),
        (" ? x:add ", .name("x:add")),
        ("nn.Linear?", .name("nn.Linear")),
        ("??f", .source("f")),
        ("f??", .source("f")),
        ("?\"learning rate\"", .search("learning rate")),
        ("?'conv'", .search("conv")),
        ("?\"conv", .search("conv")),
        ("?learning rate", .search("learning rate")),
        ("x = 1", nil),
        ("print('why?')", nil),
        ("'why?", nil),
        ("", nil),
        ("f()?", nil),
    ] as [(String, HelpRequest?)])
    func reads(line: String, request: HelpRequest?) {
        #expect(HelpRequest(line) == request)
    }
}
