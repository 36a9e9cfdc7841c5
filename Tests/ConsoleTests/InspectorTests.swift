import LuaKit
import Testing

@testable import Console

@Suite struct InspectorTests {
    /// Expressions, and how their values are shown.
    static let cases: [(expression: String, shown: String)] = [
        ("nil", "nil"),
        ("true, false", "true\tfalse"),
        ("1, 1.0, -0.5, 1e300, 1/0", "1\t1.0\t-0.5\t1e+300\tinf"),
        ("'it\\'s \"so\"'", #""it's \"so\"""#),
        ("{}", "{}"),
        ("{1, 2, {3}}", "{1, 2, {3}}"),
        ("{b = 1, a = 2, 3}", "{3, a = 2, b = 1}"),
        ("{['two words'] = 1, ['end'] = 2, [10] = 3, [-1] = 4, [0.5] = 5, [true] = 6}",
            "{[-1] = 4, [0.5] = 5, [10] = 3, [\"end\"] = 2, [\"two words\"] = 1, [true] = 6}"),
        ("{1, nil, 3}", "{1, nil, 3}"),
        ("{{{{{1}}}}}", "{{{{{…}}}}}"),
        ("(function() local t = {1} t.me = t return t end)()", "{1, me = <itself>}"),
        ("(function() local t = {} t.a = {up = t} return t end)()", "{a = {up = <2 levels up>}}"),
        ("setmetatable({1}, {__tostring = function() return 'mine' end})", "mine"),
        ("setmetatable({1}, {})", "{1}"),
        ("setmetatable({1}, {__metatable = 'secret'})", "{1}"),
        ("setmetatable({1}, {__pairs = error, __len = error, __index = error})", "{1}"),
        ("print", "function (built in)"),
        ("function(a, b, ...) end", "function(a, b, ...) test:1"),
        ("{f = function() end}", "{f = function() test:1}"),
        ("{string.rep('x', 500)}", "{\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"… (500 bytes)}"),
        ("(function() local t = {} for i = 1, 40 do t[i] = {i} end return #t, {t} end)()", """
            40
            {
              {
                {1},
                {2},
                {3},
                {4},
                {5},
                {6},
                {7},
                {8},
                {9},
                {10},
                {11},
                {12},
                {13},
                {14},
                {15},
                {16},
                {17},
                {18},
                {19},
                {20},
            … 13 more lines
            """),
        ("(function() local t = {} for i = 1, 130 do t[i] = 0 end t.x = 1 return t end)()", """
            {
              0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
              0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
              0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
              0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, … 30 more,
              x = 1
            }
            """),
    ]

    @Test(arguments: cases)
    func shows(expression: String, shown: String) throws {
        let runtime = try Runtime()
        let values = try runtime.run("return " + expression, name: "=test")
        let lines = try Inspector.lines(values, lua: LuaFunctions(runtime), terminal: Terminal(columns: 80))
        #expect(lines.joined(separator: "\n") == shown)
    }

    @Test func fitsHugeTables() throws {
        let runtime = try Runtime()
        let values = try runtime.run(
            """
            local function tree(depth)
              local t = {}
              if depth > 0 then for i = 1, 40 do t['key' .. i] = tree(depth - 1) end end
              return t
            end
            return tree(3)
            """)
        let terminal = Terminal(columns: 80, rows: 30)
        let lines = try Inspector.lines(values, lua: LuaFunctions(runtime), terminal: terminal)
        #expect(lines.count == 29)
        #expect(lines.filter { $0.count > 80 } == [])
    }

    @Test func passesErrorsOn() throws {
        let runtime = try Runtime()
        let values = try runtime.run("return {setmetatable({}, {__tostring = function() error('bad') end})}")
        #expect(throws: LuaError.self) {
            try Inspector.lines(values, lua: LuaFunctions(runtime), terminal: Terminal(columns: 80))
        }
    }
}
