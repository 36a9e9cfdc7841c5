import Testing

/// Frames from Lua.
@Suite struct FrameTests {
    private static let setting = """
        local frame = data.Frame({name = {"Ann", "Bob", "Cy"}, age = {31, 25, nil}, town = {"Ulm", "Rome", "Ulm"}}, {columns = {"name", "age", "town"}})

        """

    static let table: [(String, String)] = [
        ("print(frame.shape[1], frame.shape[2], #frame, table.concat(frame.columns, \" \"))", "3\t3\t3\tname age town"),
        ("print(frame.age[1], frame.age[3] ~= frame.age[3], frame:column(\"name\")[2], frame[\"town\"][3])", "31\ttrue\tBob\tUlm"),
        ("for i, row in ipairs(frame) do print(i, row.name, row.age) end", "1\tAnn\t31\n2\tBob\t25\n3\tCy\tnil"),
        ("print(frame[-1].name, frame:head(1)[1].name, frame:tail(1)[1].name)", "Cy\tAnn\tCy"),
        ("print(#frame:filter(function(row) return row.town == \"Ulm\" end), #frame:drop_missing(), frame:impute(\"mean\").age[3])", "2\t2\t28"),
        ("print(frame:sort_by(\"age\").name[1], frame:sort_by({\"town\", \"name\"}, {descending=true}).name[1], #frame:unique(\"town\"))", "Bob\tCy\t2"),
        ("print(frame:value_counts(\"town\").count[1], #frame:concat({frame, frame}), #frame:concat(frame):drop_duplicates())", "2\t9\t3"),
        ("print(frame:group_by(\"town\"):mean().age[2], frame:group_by(\"town\"):size().size[2], #frame:group_by(\"town\", \"name\"))", "31\t2\t3"),
        ("print(frame:group_by(\"town\"):apply(\"names\", function(rows) return table.concat(rows.name, \"+\") end).names[2])", "Ann+Cy"),
        ("print(frame:apply(\"age\", function(a) return a and a * 2 end, {as=\"twice\"}).twice[1], frame:rename{age=\"years\"}.columns[2])", "62\tyears"),
        ("print(#frame:select(\"age\", \"name\").columns, #frame:drop{\"age\"}.columns, frame:describe().missing[2])", "2\t2\t1"),
        ("local coded, names = frame:label_encode(\"town\") print(coded.town[1], names[2], frame:one_hot(\"town\").columns[3])", "2\tUlm\ttown_Rome"),
        ("local other = data.Frame{name={\"Ann\"}, pets={2}} print(#frame:join(other, {on=\"name\"}), #frame:join(other, \"name\", \"left\"))", "1\t3"),
        ("print(frame:select(\"age\"):to_tensor().shape[1], frame:to_tensor({\"age\"}, {dtype=\"float64\"}).dtype, frame:impute(0):to_dataset{target=\"town\", features={\"age\"}}.classes[1])", "3\tfloat64\tRome"),
        ("frame.half = tensor{0.5, 1, 1.5} frame.age = nil frame.one = 1 print(frame.half[2], #frame.columns, frame.one[3])", "1.0\t4\t1"),
        ("local path = os.tmpname() frame:write_csv(path) print(data.read_csv(path) == frame, data.read_csv(path, {types={age=\"skip\"}}).shape[2], data.read_csv(path, {header=false}).columns[1]) os.remove(path)", "true\t2\tcolumn_1"),
        ("local path = os.tmpname() frame:write_csv(path, {delimiter=\"\\t\"}) print(data.read_tsv(path, {missing={\"Bob\"}}):drop_missing{\"name\"}.shape[1]) os.remove(path)", "2"),
        ("print(frame)", "   name  age  town\n1  Ann    31  Ulm\n2  Bob    25  Rome\n3  Cy      –  Ulm\n3 rows × 3 columns"),
    ]

    @Test(arguments: table.indices)
    func prints(_ index: Int) throws {
        let (text, expected) = FrameTests.table[index]
        #expect(try printed(FrameTests.setting + text) == expected)
    }

    static let errors: [(String, String)] = [
        ("return frame.nmae", "did you mean \"name\"?"),
        ("return frame[9]", "row 9 is out of range 1..3"),
        ("return frame[0]", "positions start at 1"),
        ("frame.x = {1, 2, 3, 4}", "column \"x\" has 4 rows"),
        ("frame.x = {1, print, 3}", "row 2: a value must be a number"),
        ("frame:to_tensor()", "holds text. Use one_hot"),
        ("frame:group_by(\"age\"):apply(\"x\", function() return {} end)", "what the function returns must be"),
        ("frame:filter(function() error(\"mine\", 0) end)", "mine"),
        ("return frame:groupby(\"town\")", "group_by"),
        ("data.read_csv(\"x\", {delimiter=\"ab\"})", "must be one ASCII character"),
        ("data.read_csv(\"x\", {types={a=\"int\"}})", "must hold kinds"),
        ("data.Frame({a={1}}, {columns={\"b\"}})", "'columns' does not name \"a\""),
    ]

    @Test(arguments: errors.indices)
    func fails(_ index: Int) throws {
        let (text, part) = FrameTests.errors[index]
        let message = try Script().error(FrameTests.setting + text) ?? "no error"
        #expect(message.contains(part), "\(message)")
    }

    @Test func theCollectorFeelsFrames() throws {
        let most = try Script().run("""
            local base = data.Frame{a = tensor.zeros(200000)}
            local alive, most = setmetatable({}, {__mode = "k"}), 0
            for _ = 1, 300 do
                alive[base:rename{a = "b"}] = true
                local count = 0
                for _ in pairs(alive) do count = count + 1 end
                most = math.max(most, count)
            end
            return most
            """).first?.int
        #expect((most ?? .max) < 100)
    }
}
