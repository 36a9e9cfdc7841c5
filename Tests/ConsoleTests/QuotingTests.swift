import Testing

@testable import Console

@Suite struct QuotingTests {
    @Test(arguments: [
        ("", "\"\""),
        ("plain", "\"plain\""),
        ("a\"b\\c", #""a\"b\\c""#),
        ("line\nbreak\ttab\r", #""line\nbreak\ttab\r""#),
        ("\u{0}\u{1B}[31m\u{7F}", #""\x00\x1B[31m\x7F""#),
        ("naïve 🐦", "\"naïve 🐦\""),
        ("\u{85}\u{202E}", #""\xC2\x85\xE2\x80\xAE""#),
        ("0123456789abc", "\"0123456789\"… (13 bytes)"),
    ])
    func quotes(text: String, result: String) {
        #expect(quoted(Array(text.utf8), limit: 10 + (text.hasPrefix("line") ? 10 : 0)) == result)
    }

    @Test func keepsBytesThatAreNotText() {
        #expect(quoted([0x61, 0xFF, 0xC3, 0x62], limit: 10) == #""a\xFF\xC3b""#)
    }

    @Test(arguments: [("x", true), ("_a1", true), ("1a", false), ("end", false), ("é", false), ("", false), ("a b", false)])
    func knowsNames(text: String, isName: Bool) {
        #expect(text.isLuaName == isName)
    }
}
