import Learning
import LuaKit
import Tensors

extension DataFunctions {
    /// Tables read from files.
    @FunctionBuilder static var frames: [Function] {
        Function("data.read_csv", "Reads a table of delimited text; plain or gzip.", Param("path", String.self),
            Param("delimiter", OneCharacter?.self, "one character; found out among , ; tab and | when left out"), Param("header", HeaderChoice?.self, "whether the first row holds names, or the names; found out when left out"), Param("types", ColumnTypes?.self, "\"number\", \"boolean\", \"text\" or \"skip\" by column name"), Param("missing", MissingWords?.self, "a spelling of missing values beside the usual ones, or a table of them"),
            Param("decimal", OneCharacter.self, default: OneCharacter(byte: UInt8(ascii: ".")), "the decimal point"), Param("encoding", CSVOptions.Encoding.self, default: .utf8, "of the text"),
            returns: "frame", example: fileExample("a,b\\n1,x\\n2,?\\n", "read_csv"), see: ["data.read_tsv", "data.Frame:write_csv"]) { (path: String, delimiter: OneCharacter?, header: HeaderChoice?, types: ColumnTypes?, missing: MissingWords?, decimal: OneCharacter, encoding: CSVOptions.Encoding) in
            var options = CSVOptions()
            options.delimiter = delimiter?.byte
            options.header = header?.header ?? .automatic
            options.types = types?.types ?? [:]
            options.missing = missing?.words ?? []
            options.decimal = decimal.byte
            options.encoding = encoding
            return FrameBox(try readCSV(path, options))
        }
        Function("data.read_tsv", "Reads a table of text between tabs.", Param("path", String.self), Param("header", HeaderChoice?.self, "whether the first row holds names, or the names"), Param("types", ColumnTypes?.self, "\"number\", \"boolean\", \"text\" or \"skip\" by column name"), Param("missing", MissingWords?.self, "a spelling of missing values beside the usual ones, or a table of them"),
            returns: "frame", example: fileExample("a\\tb\\n1\\tx\\n2\\ty\\n", "read_tsv"), see: ["data.read_csv"]) { (path: String, header: HeaderChoice?, types: ColumnTypes?, missing: MissingWords?) in
            var options = CSVOptions.tsv
            options.header = header?.header ?? .automatic
            options.types = types?.types ?? [:]
            options.missing = missing?.words ?? []
            return FrameBox(try readCSV(path, options))
        }
        Function("data.read_jsonl", "Reads a table from lines that each hold a JSON object.", Param("path", String.self), returns: "frame",
            example: fileExample("{\\\"a\\\": 1, \\\"b\\\": \\\"x\\\"}\\n", "read_jsonl")) { (path: String) in FrameBox(try readJSONL(path)) }
    }

    private static func fileExample(_ text: String, _ function: String) -> String {
        "local path = os.tmpname()\nlocal f = assert(io.open(path, \"w\"))\nf:write(\"\(text)\")\nf:close()\nprint(data.\(function)(path))\nos.remove(path)"
    }
}
