import Tensors

/// Turns text into numbers and back. Ids count from 0 here, from 1 in Lua.
open class Tokenizer {
    /// The name in files.
    open class var kind: String { "" }

    public required init() {}

    /// Learns from text; what was learnt before is forgotten.
    open func train(_ text: [UInt8], vocabularySize: Int? = nil) throws {}

    /// How many ids there are; 0 before training.
    open var count: Int { 0 }

    /// The ids of a text.
    ///
    /// - Throws: before training, and for parts of the text that have no id.
    open func encode(_ text: [UInt8]) throws -> [Int] { [] }

    /// The text of ids.
    open func decode(_ ids: [Int]) throws -> [UInt8] { [] }

    /// The text of one id.
    open func token(_ id: Int) -> [UInt8] { [] }

    /// What was learnt, for a file.
    open var contents: JSON { .null }

    /// Takes what a file holds, after checking it.
    open func restore(_ contents: JSON) throws {}

    final func checkTrained(_ operation: String) throws {
        if count == 0 { throw LearningError.argument("\(Self.kind).\(operation)", "call train first") }
    }
}

extension Tokenizer {
    /// All kinds.
    static var kinds: [Tokenizer.Type] { [CharTokenizer.self, WordTokenizer.self, BPETokenizer.self] }

    /// Writes what was learnt as JSON; the old file, if any, stays until the new one is whole.
    public func save(_ path: String) throws {
        let file = JSON.object([("format", .string("nightjar.tokenizer")), ("kind", .string(Self.kind)), ("contents", contents)])
        try writeFile(path) { try $0.write(file.text + "\n") }
    }

    /// Reads a tokenizer that `save` wrote.
    ///
    /// - Throws: naming the file, when it is damaged or holds something else.
    public static func load(_ path: String) throws -> Tokenizer {
        do {
            let file = try JSONParser.parse(readFile(path))
            guard file["format"] == .string("nightjar.tokenizer"), let type = kinds.first(where: { file["kind"] == .string($0.kind) }), let contents = file["contents"] else {
                throw LearningError.file(path, nil, "the file holds no tokenizer")
            }
            let tokenizer = type.init()
            try tokenizer.restore(contents)
            return tokenizer
        } catch let error as JSONError {
            throw LearningError.file(path, .offset(error.offset), "not valid JSON: \(error.text)")
        } catch LearningError.argument(_, let text) {
            throw LearningError.file(path, nil, text)
        }
    }
}

/// The texts of a list, for `restore`.
func tokenTexts(_ json: JSON?) throws -> [String] {
    guard case .array(let values)? = json else { throw LearningError.argument("load", "the tokens are no list") }
    return try values.map { value in
        guard case .string(let text) = value, !text.isEmpty else { throw LearningError.argument("load", "a token is no text") }
        return text
    }
}

/// Text that must be UTF-8.
func validText(_ bytes: [UInt8], _ operation: String) throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw LearningError.argument(operation, "the text is not valid UTF-8") }
    return text
}

/// Every character (Unicode scalar) is a token, in order of code points.
public final class CharTokenizer: Tokenizer {
    public override class var kind: String { "CharTokenizer" }
    private var characters: [Unicode.Scalar] = []
    private var ids: [Unicode.Scalar: Int] = [:]

    private func set(_ characters: [Unicode.Scalar]) {
        self.characters = characters
        ids = Dictionary(uniqueKeysWithValues: characters.enumerated().map { ($1, $0) })
    }

    public override func train(_ text: [UInt8], vocabularySize: Int? = nil) throws {
        let found = Set(try validText(text, "CharTokenizer.train").unicodeScalars)
        guard !found.isEmpty else { throw LearningError.argument("CharTokenizer.train", "the text is empty") }
        set(found.sorted())
    }

    public override var count: Int { characters.count }

    public override func encode(_ text: [UInt8]) throws -> [Int] {
        try checkTrained("encode")
        return try validText(text, "CharTokenizer.encode").unicodeScalars.enumerated().map { i, character in
            guard let id = ids[character] else {
                throw LearningError.argument("CharTokenizer.encode", "the character \(JSON.quoted(String(character))) at place \(i + 1) was not in the text for training")
            }
            return id
        }
    }

    public override func decode(_ ids: [Int]) throws -> [UInt8] {
        try checkTrained("decode")
        var text = String.UnicodeScalarView()
        for id in ids { text.append(characters[id]) }
        return Array(String(text).utf8)
    }

    public override func token(_ id: Int) -> [UInt8] { Array(String(characters[id]).utf8) }
    public override var contents: JSON { .array(characters.map { .string(String($0)) }) }

    public override func restore(_ contents: JSON) throws {
        let texts = try tokenTexts(contents)
        let found = texts.flatMap(\.unicodeScalars)
        guard found.count == texts.count, Set(found).count == found.count else { throw LearningError.argument("load", "the characters are not single, or come twice") }
        set(found)
    }
}

/// Words, numbers and marks are tokens, the most frequent first; the first id stands for all unknown ones.
public final class WordTokenizer: Tokenizer {
    public override class var kind: String { "WordTokenizer" }
    /// The text of what is unknown.
    public static let unknown = "<unk>"

    private var words: [String] = []
    private var ids: [String: Int] = [:]
    /// Whether capitals and small letters are the same.
    public var lowercases = false
    /// How often a word must come to be one of its own.
    public var minimumCount = 1
    /// The most words, the unknown one included.
    public var limit: Int?

    private func set(_ words: [String]) {
        self.words = words
        ids = Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1, $0) })
    }

    /// Letters and digits that stand together, with apostrophes and hyphens between, or single marks.
    private func split(_ text: String) -> [String] {
        var result: [String] = [], word = ""
        let scalars = Array((lowercases ? text.lowercased() : text).unicodeScalars)
        func isLetter(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_" }
        for (i, scalar) in scalars.enumerated() {
            let isInside = (scalar == "'" || scalar == "’" || scalar == "-") && !word.isEmpty && i + 1 < scalars.count && isLetter(scalars[i + 1])
            if isLetter(scalar) || isInside || (scalar.properties.canonicalCombiningClass.rawValue > 0 && !word.isEmpty) {
                word.unicodeScalars.append(scalar)
                continue
            }
            if !word.isEmpty { result.append(word) }
            word = ""
            if !scalar.properties.isWhitespace { result.append(String(scalar)) }
        }
        if !word.isEmpty { result.append(word) }
        return result
    }

    public override func train(_ text: [UInt8], vocabularySize: Int? = nil) throws {
        let name = "WordTokenizer.train"
        if let size = vocabularySize ?? limit, size < 2 { throw LearningError.argument(name, "vocab_size must be at least 2, got \(size)") }
        var counts: [String: Int] = [:]
        for word in split(try validText(text, name)) { counts[word, default: 0] += 1 }
        guard !counts.isEmpty else { throw LearningError.argument(name, "there are no words in the text") }
        counts[WordTokenizer.unknown] = nil
        let order = counts.filter { $0.value >= minimumCount }.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }.map(\.key)
        set([WordTokenizer.unknown] + order.prefix((vocabularySize ?? limit ?? .max) - 1))
    }

    public override var count: Int { words.count }

    public override func encode(_ text: [UInt8]) throws -> [Int] {
        try checkTrained("encode")
        return split(try validText(text, "WordTokenizer.encode")).map { ids[$0] ?? 0 }
    }

    /// Words with spaces between, none before marks that end something and after those that begin it.
    public override func decode(_ ids: [Int]) throws -> [UInt8] {
        try checkTrained("decode")
        var text = ""
        for id in ids {
            let word = words[id]
            let joins = [".", ",", ";", ":", "!", "?", ")", "]", "}", "%", "”"].contains(word) || ["(", "[", "{", "“"].contains(text.last.map(String.init) ?? "(")
            text += (joins ? "" : " ") + word
        }
        return Array(text.utf8)
    }

    public override func token(_ id: Int) -> [UInt8] { Array(words[id].utf8) }

    public override var contents: JSON {
        .object([("lowercase", .bool(lowercases)), ("words", .array(words.map { .string($0) }))])
    }

    public override func restore(_ contents: JSON) throws {
        let found = try tokenTexts(contents["words"])
        guard found.first == WordTokenizer.unknown, Set(found).count == found.count else { throw LearningError.argument("load", "the words do not begin with \(WordTokenizer.unknown), or one comes twice") }
        lowercases = contents["lowercase"] == .bool(true)
        set(found)
    }
}
