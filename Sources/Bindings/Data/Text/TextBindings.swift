import Learning
import LuaKit
import Tensors

extension Tokenizer: LuaObject {
    public var luaBrief: String { "a \(Self.kind)" }
}

/// Text for training: a string, or a table of strings.
struct TextArgument: LuaArgument {
    let bytes: [UInt8]

    static var luaType: LuaType { LuaType("string or string[]", phrase: "a string or a table of strings", annotation: "string|string[]") }
    static var tables: TableUse { .positions }

    static func read(_ call: Call, at index: Int32) throws -> TextArgument {
        let pieces = try OneOrMany<LuaBytes>.read(call, at: index).values
        if pieces.count == 1 { return TextArgument(bytes: pieces[0].bytes) }
        return TextArgument(bytes: pieces.flatMap { $0.bytes + [0x0A] })
    }
}

/// Token ids counted from 1: a tensor, or a table of numbers.
struct TokenIDs: LuaArgument {
    /// Counted from 0.
    let ids: [Int]

    static var luaType: LuaType { LuaType("tensor|integer[]", phrase: "a tensor or a table of token ids", annotation: "tensor.Tensor|integer[]") }
    static var tables: TableUse { .positions }

    static func read(_ call: Call, at index: Int32) throws -> TokenIDs {
        if let tensor = call.object(at: index, as: Tensor.self) {
            let whole = try tensor.detach().labelsFromZero()
            return TokenIDs(ids: try whole.contiguous().withElements(Int64.self) { $0.map { Int($0) } })
        }
        guard case .table = call.value(at: index) else { throw call.mismatch(luaType, at: index) }
        return TokenIDs(ids: try [Int].read(call, at: index).map { $0 == .min ? -1 : $0 - 1 })
    }
}

enum TextFunctions {
    private static var text: Param<TextArgument?> { Param("text", TextArgument?.self, "text to train on at once; else call train") }
    private static var size: Param<Int?> { Param("vocab_size", Int?.self, "the most ids") }

    private static func trained(_ tokenizer: Tokenizer, _ text: TextArgument?) throws -> Tokenizer {
        if let text { try tokenizer.train(text.bytes) }
        return tokenizer
    }

    /// Tokenizers, padding, windows.
    @FunctionBuilder static var all: [Function] {
        Function("data.CharTokenizer", "Every character is a token, in order of code points.", text, returns: "tokenizer",
            example: "local t = data.CharTokenizer(\"hello\")\nprint(t:encode(\"hole\"), t:decode(t:encode(\"hole\")), #t)", see: ["data.Tokenizer"]) { (text: TextArgument?) in try trained(CharTokenizer(), text) }
        Function("data.WordTokenizer", "Words, numbers and marks are tokens, the most frequent first; id 1 stands for all unknown ones.", text, size, Param("min_count", Int.self, default: 1, "how often a word must come to have an id"), Param("lowercase", Bool.self, default: false, "whether capitals and small letters are the same"),
            returns: "tokenizer", example: "local t = data.WordTokenizer(\"the cat, the dog\")\nprint(t:encode(\"the bird\"), t:decode{2, 4, 3})", see: ["data.Tokenizer"]) { (text: TextArgument?, size: Int?, least: Int, lowercase: Bool) -> Tokenizer in
            let tokenizer = WordTokenizer()
            (tokenizer.limit, tokenizer.minimumCount, tokenizer.lowercases) = (size, least, lowercase)
            if let size, size < 2 { throw LearningError.argument("WordTokenizer", "vocab_size must be at least 2, got \(size)") }
            return try trained(tokenizer, text)
        }
        Function("data.BPETokenizer", "Byte-pair encoding: ids 1 to 256 are the bytes, each further one joins the two that stand together most often, so that every text has ids (Sennrich and others 2016).", text, Param("vocab_size", Int.self, default: 1000, "the most ids, at least 256"),
            returns: "tokenizer", example: "local t = data.BPETokenizer(\"low lower lowest\", {vocab_size=260})\nprint(#t:encode(\"lowly\"), t:decode(t:encode(\"lowly\")))", see: ["data.Tokenizer"]) { (text: TextArgument?, size: Int) -> Tokenizer in
            guard size >= 256 else { throw LearningError.argument("BPETokenizer", "vocab_size must be at least 256, the number of bytes, got \(size)") }
            let tokenizer = BPETokenizer()
            tokenizer.size = size
            return try trained(tokenizer, text)
        }
        Function("data.load_tokenizer", "Reads a tokenizer that was saved.", Param("path", String.self), returns: "tokenizer",
            example: "local path = os.tmpname()\ndata.CharTokenizer(\"hello\"):save(path)\nprint(#data.load_tokenizer(path))\nos.remove(path)", see: ["data.Tokenizer:save"]) { (path: String) in try Tokenizer.load(path) }
        Function("data.pad_sequence", "Tensors of different lengths as one, the shorter ones filled up.", Param("sequences", [Tensor].self, "tensors [length, ...]"), Param("batch_first", Bool.self, default: false, "whether the first dimension counts sequences"), Param("padding_value", Scalar.self, default: .double(0), shown: "0", "what is filled in"),
            returns: "tensor [longest, N, ...], or [N, longest, ...]", example: "print(data.pad_sequence({tensor{1, 2, 3}, tensor{4}}, {batch_first=true}))") { (sequences: [Tensor], batchFirst: Bool, value: Scalar) in
            try padSequence(sequences, batchFirst: batchFirst, value: value)
        }
        Function("data.language_model", "A data set of windows: x is `block` tokens, y the same one further on.", Param("tokens", Tensor.self, shape: "[N]", "token ids"), Param("block", Int.self, "tokens in a window"), Param("stride", Int.self, default: 1, "how far each window is from the one before"),
            returns: "dataset of x [block], y [block]", example: "local set = data.language_model(tensor{1, 2, 3, 4, 5}, {block=3})\nprint(#set, set:get(2))") { (tokens: Tensor, block: Int, stride: Int) in
            DatasetBox(try LanguageModelDataset(tokens.detach(), block: block, stride: stride))
        }
        Function("data.load_text", "Reads a text file, plain or gzip.", Param("path", String.self), Param("encoding", CSVOptions.Encoding.self, default: .utf8, "how its characters are written"), returns: "string",
            example: "local path = os.tmpname()\nlocal f = io.open(path, \"w\") f:write(\"some text\") f:close()\nprint(data.load_text(path))\nos.remove(path)") { (path: String, encoding: CSVOptions.Encoding) in
            LuaBytes(try loadText(path, isLatin1: encoding == .latin1))
        }
    }

    private static var receiver: Param<Tokenizer> { Param("self", Tokenizer.self) }
    private static let example = "local t = data.CharTokenizer(\"hello\")\n"

    static var declaration: Class {
        Class(Tokenizer.self, "data.Tokenizer", "Turns text into token ids from 1 and back.", noun: "tokenizer", example: example + "print(t:decode(t:encode(\"hole\")))", members: {
            Property("vocab_size", "How many ids there are.", of: Tokenizer.self) { $0.count }
            Property("vocab", "The texts of all ids in order.", of: Tokenizer.self) { t in (0..<t.count).map { LuaBytes(t.token($0)) } }
            Function("train", "Learns from text; what was learnt before is forgotten.", receiver, Param("text", TextArgument.self, "a string or a table of strings"), size, returns: "the tokenizer itself",
                example: "print(#data.CharTokenizer():train(\"hello\"))") { (t: Tokenizer, text: TextArgument, size: Int?) -> Tokenizer in
                try t.train(text.bytes, vocabularySize: size)
                return t
            }
            Function("encode", "The ids of a text.", receiver, Param("text", LuaBytes.self, "a string"), returns: "tensor int64 [N]", example: example + "print(t:encode(\"hole\"))") { (t: Tokenizer, text: LuaBytes) in
                try Tensor(t.encode(text.bytes).map { Int64($0 + 1) })
            }
            Function("decode", "The text of ids.", receiver, Param("ids", TokenIDs.self, "a tensor or a table of ids"), returns: "string", example: example + "print(t:decode{2, 1, 3, 3, 4})") { (t: Tokenizer, ids: TokenIDs) -> LuaBytes in
                try t.check(ids)
                return LuaBytes(try t.decode(ids.ids))
            }
            Function("save", "Writes the tokenizer to a file; the file is whole or untouched.", receiver, Param("path", String.self), example: "local path = os.tmpname()\ndata.CharTokenizer(\"hello\"):save(path)\nos.remove(path)", see: ["data.load_tokenizer"]) { (t: Tokenizer, path: String) -> Void in try t.save(path) }
            Function("load", "Takes what was saved from a tokenizer of the same kind.", receiver, Param("path", String.self), returns: "the tokenizer itself",
                example: "local path = os.tmpname()\ndata.CharTokenizer(\"hello\"):save(path)\nprint(#data.CharTokenizer():load(path))\nos.remove(path)", see: ["data.load_tokenizer"]) { (t: Tokenizer, path: String) -> Tokenizer in
                let loaded = try Tokenizer.load(path)
                guard type(of: loaded) == type(of: t) else { throw LearningError.file(path, nil, "the file holds \(loaded.luaBrief), not \(t.luaBrief)") }
                try t.restore(loaded.contents)
                return t
            }
            Function(raw: "__len", "Number of ids: `#tokenizer`.", receiver, results: [.integer]) { call in
                call.push(try Tokenizer.read(call, at: 1).count)
                return 1
            }
            Function(raw: "__tostring", "Kind and size.", receiver, results: [.string]) { call in
                let t = try Tokenizer.read(call, at: 1)
                call.push(t.count == 0 ? "\(type(of: t).kind), not trained" : "\(type(of: t).kind) of \(TextTable.grouped(t.count)) ids")
                return 1
            }
        })
    }
}

extension Tokenizer {
    /// Refuses ids that are not there, naming them as Lua counts.
    fileprivate func check(_ ids: TokenIDs) throws {
        for id in ids.ids where id < 0 || id >= count {
            throw LearningError.argument("\(type(of: self).kind).decode", count == 0 ? "call train first" : "\(id == .max ? id : id + 1) is no token: ids are 1..\(count)")
        }
    }
}
