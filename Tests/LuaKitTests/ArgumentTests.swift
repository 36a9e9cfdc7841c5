import LuaKit
import Testing

@Suite struct ArgumentTests {
    /// What goes right: a script and its results.
    static let fine: [(source: String, expected: String)] = [
        ("return zoo.add(1, 2)", "3.0"),
        ("return zoo.add(1)", "2.0"),
        ("return zoo.add(1, nil)", "2.0"),
        ("return zoo.add(1, {b = 5})", "6.0"),
        ("return zoo.add{a = 1, b = 5}", "6.0"),
        ("return zoo.add(1, {})", "2.0"),
        ("return zoo.add(1, 2, {})", "3.0"),
        ("return zoo.divide(7, 2)", "3 1"),
        ("return zoo.divide(7.0, 2)", "3 1"),
        ("return zoo.feed(1, 2, 3)", "[1, 2, 3] seeds 1.0"),
        ("return zoo.feed{1, 2, 3}", "[1, 2, 3] seeds 1.0"),
        ("return zoo.feed{}", "[] seeds 1.0"),
        ("return zoo.feed{1, 2, diet = 'fish'}", "[1, 2] fish 1.0"),
        ("return zoo.feed(1, 2, {diet = 'fish', scale = 2})", "[1, 2] fish 2.0"),
        ("return zoo.feed({1, 2}, {scale = 3})", "[1, 2] seeds 3.0"),
        ("return zoo.feed{sizes = {4, 5}}", "[4, 5] seeds 1.0"),
        ("return zoo.greet(zoo.Bird('Tom'), 2)", "hello Tom hello Tom"),
        ("return zoo.Animal('Tim'):greet{times = 2}", "hello Tim hello Tim"),
        ("return type(zoo.identity{name = 1})", "table"),
        ("return zoo.identity(nil)", "nil"),
        ("return types.list({1.5, 2})", "[1.5, 2.0]"),
        ("return types.list({1.5, 2}, {many = 3})", "[1.5, 2.0] [3]"),
        ("return types.list({1.5, 2, many = {3, 4}})", "[1.5, 2.0] [3, 4]"),
        ("return types.named({a = 1})", "1 true"),
        ("return types.named({a = 1}, {strict = false})", "1 false"),
        ("return types.place(3), types.place(-1), types.place(1.0)", "2 9 0"),
        ("return types.dim(2), types.dim(-1)", "1 3"),
    ]

    /// What goes wrong: a script and the exact message.
    static let wrong: [(source: String, message: String)] = [
        ("zoo.add()", "zoo.add: argument 1 'a' is missing, it must be a number"),
        ("zoo.add('ten')", #"zoo.add: argument 1 'a' must be a number, got string "ten""#),
        ("zoo.add(nil)", "zoo.add: argument 1 'a' is missing, it must be a number"),
        ("zoo.add(true)", "zoo.add: argument 1 'a' must be a number, got true"),
        ("zoo.add(print)", "zoo.add: argument 1 'a' must be a number, got a function"),
        ("zoo.add({1})", "zoo.add: argument 1 'a' must be a number, got a table"),
        ("zoo.add(io.stdout)", "zoo.add: argument 1 'a' must be a number, got a userdata value"),
        ("zoo.add(1, 2, 3)", "zoo.add: takes at most 2 arguments, got 3"),
        ("zoo.add(1, 2, {b = 3})", "zoo.add: 'b' is given twice, as argument 2 and by name"),
        ("zoo.add(1, {a = 3})", "zoo.add: 'a' is given twice, as argument 1 and by name"),
        ("zoo.add(1, {bb = 3})", "zoo.add: unknown option 'bb'. Did you mean 'b'? Options: b"),
        ("zoo.add(1, {b = 'x'})", #"zoo.add: option 'b' must be a number, got string "x""#),
        ("zoo.add(1, {b = 2, 5})", "zoo.add: argument 2 'b' must be a number, got a table"),
        ("zoo.add(1, {[true] = 2})", "zoo.add: options have names, got the key true"),
        ("zoo.divide(1.5, 2)", "zoo.divide: argument 1 'a' must be an integer, got 1.5"),
        ("zoo.divide(0/0, 2)", "zoo.divide: argument 1 'a' must be an integer, got -nan"),
        ("zoo.divide(1e300, 2)", "zoo.divide: argument 1 'a' must be an integer, got 1e+300"),
        ("zoo.divide(1, {c = 1})", "zoo.divide: unknown option 'c'. Options: a, b"),
        ("zoo.divide(1, 0)", "cage 1 is empty"),
        ("zoo.feed()", "zoo.feed: argument 1 'sizes' is missing, it must be an integer"),
        ("zoo.feed(1, 'x')", #"zoo.feed: argument 2 'sizes' must be an integer, got string "x""#),
        (
            "zoo.feed{1, 'x'}",
            #"zoo.feed: argument 1 'sizes' must be a list of integers, got string "x" at position 2"#
        ),
        (
            "zoo.feed(1, {diet = 'insect'})",
            #"zoo.feed: option 'diet' must be one of "seeds", "insects", "fish", got string "insect". Did you mean "insects"?"#
        ),
        (
            "zoo.feed(1, {diett = 'fish'})",
            "zoo.feed: unknown option 'diett'. Did you mean 'diet'? Options: diet, scale"
        ),
        ("zoo.greet(1)", "zoo.greet: argument 1 'animal' must be an animal, got 1 (a method is called with a colon: x:greet(…))"),
        ("local a = zoo.Animal('Tim') a.greet(2)", "zoo.greet: argument 1 'animal' must be an animal, got 2 (a method is called with a colon: x:greet(…))"),
        ("zoo.greet()", "zoo.greet: argument 1 'animal' is missing, it must be an animal (a method is called with a colon: x:greet(…))"),
        ("zoo.Animal('Tim'):greet('x')", #"zoo.greet: argument 1 'times' must be an integer, got string "x""#),
        ("zoo.Animal('Tim'):greet(1, 2)", "zoo.greet: takes 1 argument, got 2"),
        ("zoo.Animal('Tim'):greet{time = 1}", "zoo.greet: unknown option 'time'. Did you mean 'times'? Options: times"),
        ("zoo.Animal('Tim'):befriend(zoo)", "zoo.Animal:befriend: argument 1 'other' must be an animal, got a table"),
        ("zoo.Bird('Tim'):befriend()", "zoo.Animal:befriend: argument 1 'other' is missing, it must be an animal"),
        ("types.bird(zoo.Animal('x'))", "types.bird: argument 1 'bird' must be a bird, got an animal"),
        ("types.place(0)", "types.place: argument 1 'i' is 0, but positions start at 1 (and -1 is the last)"),
        ("types.place(11)", "position 11 is out of range 1..10 (or -1..-10 from the end)"),
        ("types.place(-11)", "position -11 is out of range 1..10 (or -1..-10 from the end)"),
        ("types.place(math.mininteger)", "position -9223372036854775808 is out of range 1..10 (or -1..-10 from the end)"),
        ("types.dim(0)", "types.dim: argument 1 'd' is 0, but dimensions start at 1 (and -1 is the last)"),
        ("types.dim(5)", "dimension 5 is out of range 1..4 (or -1..-4 from the end)"),
        ("types.list({1, {}})", "types.list: argument 1 'values' must be a list of numbers, got a table at position 2"),
        ("types.list({1}, 'x')", #"types.list: argument 2 'many' must be an integer or a list of integers, got string "x""#),
        ("types.list('x')", #"types.list: argument 1 'values' must be a list of numbers, got string "x""#),
        ("types.rows({{1}, {2, 'x'}})", #"types.rows: argument 1 'rows' has a wrong element 2: it must be a list of integers, got string "x" at position 2"#),
        ("types.rows({1})", "types.rows: argument 1 'rows' must be a list of lists of integers, got 1 at position 1"),
        ("types.named(1)", "types.named: argument 1 't' must be a table, got 1"),
        ("zoo.each(1, 2)", "zoo.each: argument 2 'body' must be a function, got 2"),
        ("local a = zoo.Animal('x') a.name = 3", "field 'name' must be a string, got 3"),
        ("local a = zoo.Animal('x') a.size = 3", "field 'size' of an animal cannot be set"),
        ("local a = zoo.Animal('x') a.nam = 3", "an animal has no field 'nam' to set. Did you mean 'name'?"),
        ("local a = zoo.Animal('x') a[1] = 3", "an animal has no field 1 to set"),
        ("local a = zoo.Animal('x') return a.nmae", "an animal has no field 'nmae'. Did you mean 'name'?"),
        ("local a = zoo.Animal('x') return a[1]", "an animal has no field 1"),
        ("return zoo.ad", "zoo has no 'ad'. Did you mean zoo.add?"),
        ("return zoo.vogel", "zoo has no 'vogel'. Did you mean zoo.Bird?"),
        ("return types.greet", "types has no 'greet'. Did you mean zoo.greet?"),
        ("return zoo.entirely_unlike", "zoo has no 'entirely_unlike'"),
        ("return zoo.Animal.gret", "zoo.Animal has no 'gret'"),
    ]

    static func runtime() throws -> Runtime {
        let runtime = try makeRuntime()
        try runtime.install([
            Namespace("types", "Arguments of all types.") {
                Function(
                    "types.list", "Lists.", Param("values", [Double].self, "numbers"),
                    Param("many", OneOrMany<Int>?.self, "one or many")
                ) { values, many in "\(values)" + (many.map { " \($0.values)" } ?? "") }
                Function("types.rows", "Rows.", Param("rows", [[Int]].self, "lists")) { rows in rows }
                Function(
                    "types.named", "A table with names.", Param("t", LuaTable.self, "by name"),
                    Param("strict", Bool.self, default: true, "strictly")
                ) { table, strict in (table["a"], strict) }
                Function("types.place", "A position.", Param("i", Position.self, "where")) { i in
                    try i.resolve(count: 10)
                }
                Function("types.dim", "A dimension.", Param("d", Dimension.self, "which")) { d in
                    try d.resolve(rank: 4)
                }
                Function("types.bird", "A bird.", Param("bird", Bird.self, "which")) { bird in bird }
            }
        ])
        return runtime
    }

    @Test(arguments: fine) func goesRight(source: String, expected: String) throws {
        #expect(try result(Self.runtime(), source) == expected)
    }

    @Test(arguments: wrong) func goesWrong(source: String, message: String) throws {
        #expect(failure(try Self.runtime(), source)?.message == "test:1: " + message)
    }

    @Test func suggestionsAreNear() {
        #expect(nearest(to: "strde", in: ["stride", "size"]) == "stride")
        #expect(nearest(to: "relu", in: ["ReLU"]) == "ReLU")
        #expect(nearest(to: "mena", in: ["mean", "max"]) == "mean")
        #expect(nearest(to: "x", in: ["completely", "different"]) == nil)
        #expect(nearest(to: "", in: ["a"]) == nil)
    }

    @Test func swiftCallsLuaWithAnyTypes() throws {
        let runtime = try makeRuntime()
        let function = try runtime.load("return select('#', ...), ...")
        let results = try function(1, "x", 2.5, [1, 2], Animal(name: "Tim"), ["a": true], Optional<Int>.none)
        #expect(results.map(\.typeName) == ["number", "number", "string", "number", "table", "userdata", "table", "nil"])
        #expect(results[0].int == 7)
    }

    @Test func operationsWithMetamethods() throws {
        let runtime = try makeRuntime()
        let values = try runtime.run(
            """
            local meta = {}
            meta.__add = function(a, b) return "sum" end
            meta.__eq = function() return true end
            meta.__lt = function() error("no order") end
            meta.__len = function() return 7 end
            meta.__concat = function() return "joined" end
            meta.__index = function(t, k) return k .. "!" end
            meta.__newindex = function(t, k) error("no field " .. k) end
            return setmetatable({}, meta), setmetatable({}, meta)
            """)
        let (a, b) = (values[0], values[1])
        #expect(try runtime.arithmetic(0, a, b).text == "sum")
        #expect(try runtime.equal(a, b))
        #expect(throws: LuaError.self) { try runtime.less(a, b) }
        #expect(try runtime.length(a).int == 7)
        #expect(try runtime.concatenate(a, "x").text == "joined")
        #expect(try runtime.index(a, "k").text == "k!")
        guard case .table(let table) = a else { return }
        #expect(throws: LuaError.self) { try table.set("k", 1) }
        #expect(throws: LuaError.self) { try runtime.index(.nil, "k") }
        table["raw"] = 3
        table[raw: .number(.nan)] = 1
        table[raw: .nil] = 1
        #expect(table.pairs.count == 1)
    }
}
