import Glibc
import Testing

/// The contract as scripts see it: files of statements that hold, one by one.
@Suite struct ContractTests {
    /// `same(actual, expected)` compares deeply, numbers to 1e-6, and `near` to 1e-5; `fails(text, f)` wants an error that contains a text.
    private static let checks = """
        local problems = {}
        local function plain(v)
            if type(v) ~= "userdata" then return v end
            local isTensor, list = pcall(function() return v:totable() end)
            return isTensor and list or not isTensor and tostring(v)
        end
        local function shown(v)
            v = plain(v)
            if type(v) ~= "table" then return tostring(v) end
            local parts = {}
            for i, e in ipairs(v) do parts[i] = shown(e) end
            return "{" .. table.concat(parts, ", ") .. "}"
        end
        local tolerance
        local function equal(a, b)
            a, b = plain(a), plain(b)
            if type(a) == "table" and type(b) == "table" then
                if #a ~= #b then return false end
                for i = 1, #b do if not equal(a[i], b[i]) then return false end end
                return true
            end
            if type(a) == "number" and type(b) == "number" then return a == b or math.abs(a - b) <= tolerance * math.max(1, math.abs(b)) end
            return a == b
        end
        local function note(text, level) problems[#problems + 1] = "line " .. debug.getinfo(level, "l").currentline .. ": " .. text end
        local function compare(a, b, t)
            tolerance = t
            if not equal(a, b) then note("got " .. shown(a) .. ", expected " .. shown(b), 4) end
        end
        function same(a, b) compare(a, b, 1e-6) return nil end
        function near(a, b) compare(a, b, 1e-5) return nil end
        function fails(text, f)
            local passed, message = pcall(f)
            if passed then note("no error, expected " .. text, 3)
            elseif not tostring(message):find(text, 1, true) then note("error " .. tostring(message) .. ", expected " .. text, 3) end
        end
        function problems_found() return table.concat(problems, "\\n") end
        """

    @Test(arguments: ["tensor", "nn", "training", "optim", "data", "frames", "metrics", "plot", "nj"])
    func holds(_ file: String) throws {
        let folder = #filePath.prefix(through: #filePath.lastIndex(of: "/") ?? #filePath.startIndex)
        let script = try Script()
        try script.run(ContractTests.checks)
        let text = try String(contentsOfTextFile: "\(folder)Scripts/\(file).lua")
        _ = try script.session.runtime.run(text, name: "@\(file).lua")
        let problems = try script.run("return problems_found()").first?.text
        #expect(problems == "")
    }
}

extension String {
    init(contentsOfTextFile path: String) throws {
        struct Unreadable: Error { let path: String }
        guard let file = fopen(path, "rb") else { throw Unreadable(path: path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while case let c = fgetc(file), c != EOF { bytes.append(UInt8(c)) }
        self = String(decoding: bytes, as: UTF8.self)
    }
}
