import CFormats
import Glibc
import Testing
import Tensors
@testable import Learning

func parse(_ text: String, _ options: CSVOptions = CSVOptions()) throws -> Frame {
    try parseCSV(Array(text.utf8), name: "t.csv", options)
}

/// The message of what a body throws.
func message(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return "no error"
}

@Suite struct CSVTests {
    let nan = Double.nan

    @Test func kinds() throws {
        let frame = try parse("""
            name,age,weight,member,note
            Anna,31,60.5,true,"says ""hi"", often"
            Bo,,71,False,NA
            "Ce
            cile",44,-1e-3,TRUE,"NA"
            Dan, 7 ,+.5,,  spaced out\u{20}\u{20}
            """)
        #expect(frame.shape == [4, 5])
        #expect(frame["name"] == Column("name", ["Anna", "Bo", "Ce\ncile", "Dan"]))
        #expect(frame["age"] == Column("age", [31, nan, 44, 7]))
        #expect(frame["weight"] == Column("weight", [60.5, 71, -0.001, 0.5]))
        #expect(frame["member"] == Column("member", .booleans([1, 0, 1, nan])))
        #expect(frame["note"] == Column("note", ["says \"hi\", often", nil, "NA", "spaced out"]))
    }

    @Test(arguments: [
        ("a;b\n1;2\n", ["a", "b"]), ("a\tb\r\n1\t2\r\n", ["a", "b"]), ("a|b\n1|2", ["a", "b"]),
        ("\u{FEFF}a,b\n1,2", ["a", "b"]), ("a,b\r1,2\r", ["a", "b"]), ("1,2\n3,4\n", ["column_1", "column_2"]),
        ("a\n1\n\n2\n", ["a"]), ("\n\na,b\n\n1,2\n \n", ["a", "b"]), (",b\n1,2", ["column_1", "b"]),
        ("\"a,b\";c\n1;2", ["a,b", "c"]), ("x", ["x"]), ("a,b,c\n", ["a", "b", "c"]), ("a, \"b\" ,c\n1, \"2\" ,3", ["a", "b", "c"]),
    ])
    func layouts(_ text: String, _ names: [String]) throws {
        let frame = try parse(text)
        #expect(frame.names == names)
        #expect(frame.columns.allSatisfy { $0.kind == .number })
    }

    @Test(arguments: [
        ("", "t.csv:1: the file is empty"), ("\n\n  \n", "t.csv:1: the file is empty"), ("\u{FEFF}", "t.csv:1: the file is empty"),
        ("a,b\n1,2\n3\n", "t.csv:3: this row has 1 field, the first has 2"),
        ("a,b\n1,2,3\n", "t.csv:2: this row has 3 fields, the first has 2"),
        ("a,b\n\"x\ny\",2\n3,4,\n", "t.csv:4: this row has 3 fields, the first has 2"),
        ("a,b\n1,\"x\n2,3\n", "t.csv:2: the quote \" that opens here is never closed"),
        ("a,b\nx\"y,2\n", "t.csv:2: a quote \" inside a field that does not start with one"),
        ("a,b\n\"x\"y,2\n", "t.csv:2: text after the closing quote of a field; a quote inside one is written twice"),
        ("a,b\n1,2\nx,\0\n", "t.csv:3: the file holds NUL bytes; it is not a text"),
        ("a,b,a\n1,2,3\n", "t.csv:1: two columns are named \"a\" (the 1st and the 3rd)"),
        ("\"a", "t.csv:1: the quote \" that opens here is never closed"),
        ("a\"b,c", "t.csv:1: a quote \" inside a field that does not start with one"),
    ])
    func errors(_ text: String, _ expected: String) {
        #expect(message { _ = try parse(text) } == expected)
    }

    @Test func encodings() throws {
        let latin: [UInt8] = Array("name,n\n".utf8) + [0x4A, 0xF6, 0x72, 0x67] + Array(",1\n".utf8)
        #expect(message { _ = try parseCSV(latin, name: "t.csv") } == "t.csv:2: the text is not valid UTF-8; for a file in Latin-1 say {encoding=\"latin1\"}")
        var options = CSVOptions()
        options.encoding = .latin1
        #expect(try parseCSV(latin, options)["name"]?.text == ["Jörg"])
        #expect(try parse("näme\n\"ß\"\"\"\n").columns[0] == Column("näme", ["ß\""]))
        #expect(message { _ = try parseCSV([0xFF, 0xFE, 0x61, 0], name: "t.csv") } == "t.csv:1: this is UTF-16; save it as UTF-8")
        for bad: [UInt8] in [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0x80], [0xF0, 0x80, 0x80, 0x80]] {
            #expect(message { _ = try parseCSV(Array("a\nxxxxxxxxxxx\n".utf8) + bad + [0x0A], name: "t.csv") }.hasPrefix("t.csv:3: the text is not valid UTF-8"))
        }
    }

    @Test func options() throws {
        var options = CSVOptions()
        options.types = ["zip": .text, "b": .skip, "flag": .boolean]
        options.missing = ["?", "-"]
        let frame = try parse("zip,b,flag,x\n01234,9,1,?\n9,9,0,-\n", options)
        #expect(frame["zip"]?.text == ["01234", "9"])
        #expect(frame["flag"]?.kind == .boolean)
        #expect(frame["x"]?.missingCount == 2)
        #expect(frame["b"] == nil)
        options.types = ["x": .number]
        #expect(message { _ = try parse("x\n1\nabc\n", options) } == "t.csv:3: column \"x\": \"abc\" is not a number")
        options.types = ["flag": .boolean]
        #expect(message { _ = try parse("flag\n1\n2\n", options) } == "t.csv: column \"flag\", row 2: 2 is not a boolean")
        options.types = ["agee": .number]
        #expect(message { _ = try parse("age\n1", options) } == "read_csv: types: there is no column \"agee\". Did you mean \"age\"?")
        options = CSVOptions()
        options.decimal = UInt8(ascii: ",")
        #expect(try parse("a;b\n1,5;2\n", options)["a"]?.numbers == [1.5])
        options.delimiter = UInt8(ascii: ",")
        #expect(message { _ = try parse("a", options) }.hasPrefix("read_csv: delimiter, quote and decimal point must be different"))
        options = CSVOptions()
        options.header = .names(["x", "y"])
        #expect(try parse("a,b\n", options).names == ["x", "y"])
        options.header = .absent
        #expect(try parse("a,b\n", options)["column_2"]?.text == ["b"])
        options.header = .present
        #expect(try parse("1,2\n3,4\n", options)["2"]?.numbers == [4])
        options = CSVOptions()
        options.usesDefaultMissing = false
        #expect(try parse("a\nNA\n", options)["a"]?.text == ["NA"])
        options.quote = nil
        #expect(try parse("a\n\"x\n", options)["a"]?.text == ["\"x"])
    }

    @Test func guessesAreCorrected() throws {
        // Text, or digits a double has no room for, after the first look.
        let rows = (0..<40_000).map { "\($0),\($0)" }.joined(separator: "\n")
        let frame = try parse("a,b\n" + rows + "\nx,12345678901234567\n")
        #expect(frame["a"]?.text?.first == "0")
        #expect(frame["a"]?.text?.last == "x")
        #expect(frame["b"]?.text?.last == "12345678901234567")
        #expect(frame.rowCount == 40_001)
        // A large number beside fractions is a number.
        #expect(try parse("a\n123456789012345678901234567890\n0.5").columns[0].numbers == [0x1.8EE90FF6C373Ep96, 0.5])
        #expect(try parse("a\ntrue\n1").columns[0].text == ["true", "1"])
        #expect(try parse("a\ntRue\n").columns[0].text == ["tRue"])
        #expect(try parse("a\ninf\n-Infinity\n+INF").columns[0].numbers == [.infinity, -.infinity, .infinity])
        #expect(try parse("a\n1e5\n1e\n").columns[0].text == ["1e5", "1e"])
    }

    @Test func largeFiles() throws {
        // Blocks, pieces and line numbers: records with line ends and quotes inside, over several blocks.
        var text = "id,text,value\n"
        for i in 0..<200_000 {
            text += i % 7 == 0 ? "\(i),\"line one of \(i),\nline \"\"two\"\"\",\(i).5\n" : "\(i),plain text of row \(i),\(i).25\n"
        }
        let frame = try parse(text)
        #expect(frame.rowCount == 200_000)
        #expect(frame["id"]?.numbers == (0..<200_000).map(Double.init))
        #expect(frame["text"]?.text?[7 * 20_000] == "line one of 140000,\nline \"two\"")
        #expect(frame["value"]?.numbers?[199_999] == 199_999.25)
        #expect(message { _ = try parse(text + "1,2\n") } == "t.csv:\(2 + 200_000 + 28_572): this row has 2 fields, the first has 3")
        let path = "/tmp/nightjar-csv-\(getpid()).csv"
        defer { unlink(path) }
        try frame.writeCSV(path)
        #expect(try readCSV(path) == frame)
    }

    @Test func files() throws {
        let folder = "/tmp/nightjar-csv-files-\(getpid())"
        mkdir(folder, 0o700)
        let path = folder + "/f.csv"
        defer { unlink(path); rmdir(folder) }
        let frame = try Frame([
            Column("text", ["a,b", "\"", nil, "NA", " x ", "line\r\nend"]),
            Column("n", [0.1, -1e-300, nan, 1e300, 123456789012345, .infinity]),
            Column("b", .booleans([1, 0, nan, 1, 1, 0])),
        ])
        try frame.writeCSV(path)
        #expect(try readCSV(path) == frame)
        let single = try Frame([Column("only", [1, nan, 3])])
        try single.writeCSV(path)
        #expect(try readCSV(path) == single)
        #expect(message { _ = try readCSV(folder) } == "\(folder): this is a folder")
        #expect(message { _ = try readCSV(folder + "/none") } == "\(folder)/none: cannot open: No such file or directory")
    }

    /// Any cut and any flipped bit gives a frame or an error, never a crash.
    @Test func mutations() throws {
        let text = Array("\u{FEFF}a;\"b\"\"\";cé\n1;\"x\ny\";true\n-2.5e3;NA;false\r\n\"3\";;\n12345678901234567890;\"q\";\n".utf8)
        var outcomes = [0, 0]
        func attempt(_ bytes: [UInt8]) {
            do {
                let frame = try parseCSV(bytes)
                _ = frame.description
                outcomes[0] += 1
            } catch { outcomes[1] += 1 }
        }
        for end in 0..<text.count { attempt(Array(text[..<end])) }
        for i in text.indices {
            for bit in 0..<8 {
                var bytes = text
                bytes[i] ^= 1 << bit
                attempt(bytes)
            }
        }
        #expect(outcomes[0] > 0 && outcomes[1] > 0)
    }

    @Test(arguments: ["0", "-0", "1", "0.1", "1e22", "1e23", "123456789.123456789", "9007199254740993", "9007199254740992.5",
        "0.30000000000000004", "1.7976931348623157e308", "1.7976931348623159e308", "4.9e-324", "2.4703282292062327e-324",
        "2.2250738585072011e-308", "8.41e21", "123456789012345678", "18446744073709551615", "0.000000000000000000000000000000123",
        "3.141592653589793238462643383279502884197169399375105820974944592307816406286", "1e-400", "1e400", "1e999999999999",
        "00000000000000000000000000001.5", "5.", ".5", "7.038531e-26", "1.00000005960464477539062499999999", "8944394323791464e-5",
        "1.448997445238699", "104110013277974872254e-225"])
    func numbersAreExact(_ text: String) throws {
        try check(text)
        if !text.hasPrefix("-") { try check("-" + text) }
    }

    func check(_ text: String) throws {
        var value = 0.0, kind: UInt32 = 0
        let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 32)
        let length = bytes.withUnsafeBufferPointer { bytes in
            nj_read_number(bytes.baseAddress, 0x2E, &value, &kind).map { $0 - bytes.baseAddress! }
        }
        #expect(length == text.utf8.count)
        #expect(value.bitPattern == strtod(text, nil).bitPattern, "\(text)")
    }

    @Test(arguments: ["-", "+", ".", "e5", "1e", "1e+", "0x10", "1 2", "--1", "infinit", "1.2.3", "1-"])
    func textsAreNoNumbers(_ text: String) throws {
        #expect(try parse("a\n\(text)\n").columns[0].text == [text])
    }

    @Test func randomNumbersAreExact() throws {
        var state: UInt64 = 88172645463325252
        func random() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        for _ in 0..<20_000 {
            let value = Double(bitPattern: random())
            guard value.isFinite else { continue }
            try check(value.description)
            // Decimals close to the middle between two doubles.
            let digits = String(random() % 10_000_000_000_000_000_000), exponent = Int(random() % 60) - 30
            try check("\(digits)e\(exponent)")
            try check(String(random() % 1000) + "." + String(random() % 1_000_000))
            let small = Double(random() % (1 << 53)) / 1024
            try check("\(Int(small))." + String(repeating: "0", count: Int(random() % 4)) + "\(random() % 100000)5")
        }
    }
}
