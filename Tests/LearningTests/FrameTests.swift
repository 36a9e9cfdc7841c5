import Glibc
import Testing
import Tensors
@testable import Learning

@Suite struct FrameTests {
    let nan = Double.nan

    func people() throws -> Frame {
        try Frame([
            Column("name", ["Ann", "Bob", "Cid", "Dee", "Eve"]),
            Column("city", ["Rome", "Oslo", "Rome", nil, "Oslo"]),
            Column("age", [30, 40, nan, 20, 30]),
            Column("tall", .booleans([1, 0, 1, 1, nan])),
        ])
    }

    @Test func access() throws {
        let frame = try people()
        #expect(frame.shape == [5, 4])
        #expect(frame["age"]?[2] == .missing)
        #expect(try frame.row(-1)["name"] == .text("Eve"))
        #expect(try frame.head(2)["name"]?.text == ["Ann", "Bob"])
        #expect(try frame.tail(1)["name"]?.text == ["Eve"])
        #expect(try frame.head(99) == frame)
        #expect(try frame.select(["age", "name"]).names == ["age", "name"])
        #expect(try frame.drop(["age"]).names == ["name", "city", "tall"])
        #expect(try frame.rename(["age": "years"])["years"]?.count == 5)
        #expect(try frame.filter { $0["age"] == .number(30) }["name"]?.text == ["Ann", "Eve"])
        #expect(try frame.apply("age", as: "old") { if case .number(let n) = $0 { .boolean(n > 25) } else { .missing } }["old"]
            == Column("old", .booleans([1, 1, nan, 0, 1])))
        #expect(try frame.setting(Column("x", [1, 2, 3, 4, 5])).columns.count == 5)
        #expect(message { _ = try frame.select(["agee"]) } == "select: there is no column \"agee\"; did you mean \"age\"? There are \"name\", \"city\", \"age\", \"tall\"")
        #expect(message { _ = try frame.row(5) } == "frame: position 5 is outside dimension 0 of [5, 4] (valid: 0..4 or -5..-1)")
        #expect(message { _ = try frame.rename(["age": "name"]) } == "rename: two columns are named \"name\"")
        #expect(message { _ = try frame.setting(Column("x", [1])) } == "frame: column \"x\" has 1 rows, column \"name\" has 5")
        #expect(message { _ = try Frame([Column("a", [1]), Column("b", [1, 2])]) } == "frame: column \"b\" has 2 rows, column \"a\" has 1")
        #expect(message { _ = try frame.apply("age") { $0 == .missing ? .text("x") : $0 } } == "apply: column \"age\" would mix number and text")
    }

    @Test func sorting() throws {
        let frame = try people()
        #expect(try frame.sortBy(["age"])["name"]?.text == ["Dee", "Ann", "Eve", "Bob", "Cid"])
        #expect(try frame.sortBy(["age"], descending: true)["name"]?.text == ["Bob", "Ann", "Eve", "Dee", "Cid"])
        #expect(try frame.sortBy(["city", "age"])["name"]?.text == ["Eve", "Bob", "Ann", "Cid", "Dee"])
    }

    @Test func cleaning() throws {
        let frame = try people()
        #expect(try frame.dropMissing()["name"]?.text == ["Ann", "Bob"])
        #expect(try frame.dropMissing(["city"]).rowCount == 4)
        #expect(try frame.unique("city") == [.text("Rome"), .text("Oslo")])
        #expect(try frame.valueCounts("age") == Frame([Column("age", [30, 40, 20]), Column("count", [2, 1, 1])]))
        let filled = try frame.impute(.mean)
        #expect(filled["age"]?.numbers?[2] == 30)
        #expect(filled["city"]?.missingCount == 1)
        #expect(try frame.impute(.mode)["city"]?.text?[3] == "Oslo")
        #expect(try frame.impute(.mode)["tall"]?[4] == .boolean(true))
        #expect(try frame.impute(.value(.text("?")), ["city"])["city"]?.text?[3] == "?")
        #expect(message { _ = try frame.impute(.mean, ["city"]) } == "impute: column \"city\" holds text values, which this does not fit")
        #expect(message { _ = try Frame([Column("x", [Double.nan])]).impute(.mean, ["x"]) } == "impute: column \"x\" has no values to learn from")
        let doubled = try frame.concat(frame)
        #expect(doubled.rowCount == 10)
        #expect(try doubled.dropDuplicates() == frame)
        #expect(try frame.dropDuplicates(["age"])["name"]?.text == ["Ann", "Bob", "Cid", "Dee"])
        // numpy: quartiles of 1...9, 100 are 3.25 and 7.75, so that the upper bound is 14.5.
        let spread = try Frame([Column("x", [1, 2, 3, 4, 5, 6, 7, 8, 9, 100])])
        #expect(try spread.clipOutliers()["x"]?.numbers?.last == 14.5)
        #expect(try spread.clipOutliers(.shares(0.1))["x"]?.numbers?.first == 1.9)
        let three = try #require(try spread.clipOutliers(.deviations(1))["x"]?.numbers?.last)
        #expect(abs(three - (14.5 + 30.152390728873666)) < 1e-9)
    }

    @Test func joining() throws {
        let frame = try people().select(["name", "city"])
        let cities = try Frame([Column("city", ["Rome", "Oslo", "Kyiv", nil]), Column("rank", [1, 2, 3, 4]), Column("name", ["R", "O", "K", "?"])])
        let inner = try frame.join(cities, on: ["city"])
        #expect(inner.names == ["name", "city", "rank", "name_right"])
        #expect(inner["rank"]?.numbers == [1, 2, 1, 4, 2])
        let left = try frame.join(cities, on: ["city"], how: .left)
        #expect(left["rank"] == Column("rank", [1, 2, 1, 4, 2]))
        let outer = try frame.join(cities, on: ["city"], how: .outer)
        #expect(outer["rank"] == Column("rank", [1, 2, 1, 4, 2, 3]))
        #expect(outer["city"]?.text == ["Rome", "Oslo", "Rome", nil, "Oslo", "Kyiv"])
        let right = try frame.join(cities, on: ["city"], how: .right)
        #expect(right["rank"]?.numbers == [1, 1, 2, 2, 3, 4])
        #expect(right["name"]?.text == ["Ann", "Cid", "Bob", "Eve", nil, "Dee"])
        #expect(message { _ = try frame.join(cities.rename(["rank": "x", "city": "c"]), on: ["city"]) }.hasPrefix("join: there is no column \"city\""))
        let wrong = try Frame([Column("city", [1, 2])])
        #expect(message { _ = try frame.join(wrong, on: ["city"]) } == "join: column \"city\" holds text values in one frame and number values in the other")
        let stacked = try Frame.concat([frame, cities])
        #expect(stacked.names == ["name", "city", "rank"])
        #expect(stacked["rank"]?.missingCount == 5)
        #expect(message { _ = try frame.concat(wrong) }.hasPrefix("concat: column \"city\" holds text"))
    }

    @Test func grouping() throws {
        let groups = try people().grouped(by: ["city"])
        #expect(try groups.mean() == Frame([Column("city", ["Oslo", "Rome", nil]), Column("age", [35, 30, 20]), Column("tall", [0, 1, 1])]))
        #expect(try groups.size()["size"]?.numbers == [2, 2, 1])
        #expect(try groups.count()["age"]?.numbers == [2, 1, 1])
        #expect(try groups.std(["age"])["age"] == Column("age", [(50.0).squareRoot(), nan, nan]))
        #expect(try groups.first()["name"]?.text == ["Bob", "Ann", "Dee"])
        #expect(try groups.max()["age"]?.numbers == [40, 30, 20])
        #expect(try groups.apply("rows") { .number(Double($0.rowCount)) }["rows"]?.numbers == [2, 2, 1])
        #expect(try people().grouped(by: ["city", "tall"]).size().rowCount == 4)
        #expect(message { _ = try groups.mean(["name"]) } == "mean: column \"name\" holds text (\"Ann\")")
    }

    @Test func encoding() throws {
        let frame = try people()
        let hot = try frame.oneHot(["city"])
        #expect(hot.names == ["name", "city_Oslo", "city_Rome", "age", "tall"])
        #expect(hot["city_Rome"]?.numbers == [1, 0, 1, 0, 0])
        let (coded, classes) = try frame.labelEncode("city", first: 1)
        #expect(coded["city"] == Column("city", [2, 1, 2, nan, 1]))
        #expect(classes == [.text("Oslo"), .text("Rome")])
        let x = try frame.tensor(["age", "tall"])
        #expect(x.shape == [5, 2])
        #expect(try doubles(x)[0..<4] == [30, 1, 40, 0])
        #expect(message { _ = try frame.tensor() } == "to_tensor: column \"name\" holds text. Use one_hot or label_encode first, or leave it out")
        #expect(message { _ = try frame.tensor(["age"], .int64) }.hasPrefix("to_tensor: column \"age\" has missing values"))
        let set = try frame.dropMissing(["city", "age"]).dataset(features: ["age"], target: "city")
        #expect(set.classes == ["Oslo", "Rome"])
        #expect(set.tensors[1].dtype == .int64)
        #expect(try frame.impute(.mean).dataset(features: ["age"], target: "age").tensors[1].shape == [5, 1])
        #expect(try frame.impute(.mean).dataset(features: ["age"], target: "age", isClass: true).classes == ["20", "30", "40"])
        #expect(message { _ = try frame.dataset(features: ["age"], target: "city") }
            == "to_dataset: column \"age\" has 1 missing value (row 3). Use drop_missing() or impute(\"mean\")")
        #expect(message { _ = try frame.dataset(target: "age") }
            == "to_dataset: column \"city\" has 1 missing value (row 4); column \"tall\" has 1 missing value (row 5); "
            + "\"name\" is text; \"city\" is text. Use drop_missing() or impute(\"mean\"); one_hot{\"name\", \"city\"}")
        #expect(message { _ = try frame.dataset(features: ["age"], target: "tall", isClass: false) }.hasPrefix("to_dataset: column \"age\""))
        #expect(message { _ = try frame.classes("city") }
            == "to_dataset: column \"city\" has 1 missing value (row 4), which have no class. Use drop_missing{\"city\"} first")
    }

    @Test func describing() throws {
        let summary = try people().describe()
        #expect(summary.names == ["column", "kind", "count", "missing", "unique", "mean", "std", "min", "25%", "50%", "75%", "max"])
        let row = try summary.row(2)
        #expect(row["count"] == .number(4) && row["missing"] == .number(1) && row["mean"] == .number(30) && row["25%"] == .number(27.5))
    }

    @Test func printed() throws {
        #expect(try people().description == """
               name  city  age   tall
            0  Ann   Rome   30   true
            1  Bob   Oslo   40  false
            2  Cid   Rome    –   true
            3  Dee   –      20   true
            4  Eve   Oslo   30      –
            5 rows × 4 columns
            """)
        let long = try Frame([Column("x", (0..<100).map { Double($0) / 8 }), Column("y", (0..<100).map { Double($0) * 1e9 })])
        #expect(long.text(maximumRows: 4, firstRow: 1) == """
                      x            y
              1   0.000            0
              2   0.125   1000000000
              …
             99  12.250  98000000000
            100  12.375  99000000000
            100 rows × 2 columns
            """)
        let wide = try Frame((0..<40).map { Column("column\($0)", [Double($0)]) })
        for line in wide.text(width: 60).split(separator: "\n") { #expect(TextTable.width(String(line)) <= 60) }
        #expect(wide.text(width: 60).contains("column39"))
        #expect(wide.text(width: 60).contains("…"))
        #expect(!wide.text(width: 60, unicode: false).contains("…"))
        let odd = try Frame([Column("t", ["a\u{1B}[2Jb", "日本語", String(repeating: "x", count: 99)]), Column("n", [1e-12, 1e30, -0.5])])
        #expect(odd.description == """
               t                                          n
            0  a\\u{1b}[2Jb                       1.0000e-12
            1  日本語                            1.0000e+30
            2  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…        -0.5
            3 rows × 2 columns
            """)
        #expect(try Frame([]).description == "0 rows × 0 columns")
    }

    @Test func jsonLines() throws {
        let text = """
            {"id": 1, "name": "Ann", "score": 0.5, "ok": true}

            {"name": "Bob", "id": 2, "extra": "x", "ok": null}
            {"id": 9007199254740993, "mixed": 1}
            {"id": 4, "mixed": "one"}
            """
        let frame = try parseJSONL(Array(text.utf8))
        #expect(frame.names == ["id", "name", "score", "ok", "extra", "mixed"])
        #expect(frame["id"]?.text == ["1", "2", "9007199254740993", "4"])
        #expect(frame["ok"] == Column("ok", .booleans([1, nan, nan, nan])))
        #expect(frame["mixed"]?.text == [nil, nil, "1", "one"])
        func refused(_ text: String) -> String { message { _ = try parseJSONL(Array(text.utf8), name: "t.jsonl") } }
        #expect(refused("") == "t.jsonl:1: the file is empty")
        #expect(refused("{\"a\":1}\n[1]\n") == "t.jsonl:2: the line is not a JSON object")
        #expect(refused("{\"a\":[1]}") == "t.jsonl:1: \"a\" holds a list or an object; a table has numbers, texts, booleans")
        #expect(refused("{\"a\":1}\n{\"a\":}") == "t.jsonl:2: byte 6 of the line: expected a value")
        let bytes = Array(text.utf8)
        for end in 0..<bytes.count { _ = try? parseJSONL(Array(bytes[..<end])) }
        for i in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[i] ^= 1 << bit
                _ = try? parseJSONL(changed)
            }
        }
    }
}
