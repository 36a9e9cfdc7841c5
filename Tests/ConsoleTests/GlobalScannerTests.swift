import Testing

@testable import Console

@Suite struct GlobalScannerTests {
    /// Lua text, and the globals in it: `name:line`, with `=` where assigned, `f` where in a function.
    static let cases: [(text: String, uses: String)] = [
        ("a = 1", "a:1="),
        ("local a = 1; a = 2", ""),
        ("local a = a", "a:1"),
        ("local a <const>, b <close> = 1, nil; return a, b", ""),
        ("a, b.c, d[1] = 1, 2, 3", "b:1 d:1 a:1="),
        ("x = y + z.w", "x:1= y:1 z:1"),
        ("print 'x'; print [[y]]; print {1}", "print:1 print:1 print:1"),
        ("function f(a, ...) return a, b end", "f:1= b:1f"),
        ("function m.f() self = 1 end function m.n:g() self = 1 end", "m:1 self:1=f m:1"),
        ("local function f() return f() end", ""),
        ("local f = function() i = 1 end", "i:1=f"),
        ("for i = n, 2 do t[i] = i end i = 1", "n:1 t:1 i:1="),
        ("for k, v in pairs(t) do k = v end", "pairs:1 t:1"),
        ("do local a end a = 1", "a:1="),
        ("repeat local a = f() until a", "f:1"),
        ("if a then local b elseif b then else c = 1 end", "a:1 b:1 c:1="),
        ("while not done do break end", "done:1"),
        ("t = {a = 1, [b] = c, d; e(), function() g = 1 end}", "t:1= b:1 c:1 d:1 e:1 g:1=f"),
        ("goto out; ::out:: return", ""),
        ("s = a.b:c(d, e){f}.g", "s:1= a:1 d:1 e:1 f:1"),
        ("(f or g)(x)", "f:1 g:1 x:1"),
        ("local _ENV = {}; a = b", ""),
        ("_G.a = 1; _ENV.b = 2", "_G:1"),
        ("-- a = 1\n--[==[ b = 2\n]] c = 3 ]==]\nd = #e // ~f .. -g", "d:4= e:4 f:4 g:4"),
        ("#!/usr/bin/nightjar\na = 0x1p-2 .. 1e+5 .. .5", "a:2="),
        ("s = 'it\\'s' .. \"\\\"\" .. 'a\\z\n  b' x = 1", "s:1= x:2="),
        ("if a then return else return 1 end", "a:1"),
    ]

    @Test(arguments: cases)
    func finds(text: String, uses: String) {
        let found = GlobalScanner.scan(text).map { use in
            "\(use.name):\(use.line)\(use.isAssigned ? "=" : "")\(use.isInFunction ? "f" : "")"
        }
        #expect(found.joined(separator: " ") == uses)
    }

    @Test(arguments: [
        "end", "end end x = 1", "a = = b", "(", "{", "f(", "function", "local", "for", "\"abc", "[[", ")", "}", "\\",
        "if", "repeat", "x =", "a.", "\u{0}\u{1}", "until", "local function", "é = 1",
    ])
    func endsOnTextThatIsNotLua(text: String) {
        _ = GlobalScanner.scan(text)
    }
}
