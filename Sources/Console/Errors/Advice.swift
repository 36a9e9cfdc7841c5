import LuaKit

/// What to do about errors whose cause is a habit from another language or library.
enum Advice {
    /// What to do about an error, as a sentence without its stop; `line` is where it happened.
    static func advice(on message: String, line: Substring?, globals: LuaTable) -> String? {
        if message.hasSuffix("')"), let name = quoted(after: "(global '", in: message) {
            return advice(onGlobal: name, globals)
        }
        if message.contains("attempt to call a"), !message.contains("a nil value"), let name = quoted(after: "(method '", in: message) {
            return "'\(name)' is a field: write .\(name) without brackets"
        }
        let walks = ["a loader value (for iterator", "a loader has no field 1", "table expected, got loader"]
        if walks.contains(where: message.contains) { return "a loader is walked by: for x, y in loader:iter() do … end" }
        return line.flatMap { advice(onSyntax: $0.drop { $0 == " " || $0 == "\t" }, message) }
    }

    /// What may be meant by a global that does not exist.
    static func advice(onGlobal name: String, _ globals: LuaTable) -> String? {
        guard globals[name].isNil else { return nil }
        return habits[name] ?? nearest(to: name, in: globals.pairs.compactMap(\.key.text)).map { "did you mean '\($0)'?" }
    }

    /// Names from Python and its libraries.
    private static let habits: [String: String] = {
        let modules = "tensors are in 'tensor', layers in 'nn', optimizers in 'optim', data sets in 'data'; nothing needs importing"
        var habits = [
            "F": "functions such as relu and cross_entropy are in 'tensor'", "DataLoader": "loaders are made by data.DataLoader",
            "range": "count with: for i = 1, n do … end", "len": "write #x for a length", "enumerate": "write: for i, value in ipairs(list) do … end",
            "str": "write tostring(x)", "int": "write math.tointeger(x) or x // 1", "float": "write tonumber(x)", "dir": "write help(x), or x. and Tab",
            "abs": "numbers have math.abs, tensors x:abs()", "round": "tensors have x:round(); of a number write math.floor(x + 0.5)",
            "True": "write true", "False": "write false", "None": "write nil", "null": "write nil", "this": "write self",
        ]
        for name in ["torch", "keras", "tf", "tensorflow", "jax"] { habits[name] = modules }
        for name in ["np", "numpy", "jnp"] { habits[name] = "arrays are tensors here, as in tensor.zeros(2, 3)" }
        for name in ["pd", "pandas"] { habits[name] = "tables are frames here, as in data.read_csv(path)" }
        for name in ["plt", "matplotlib", "sns"] { habits[name] = "figures are in 'plot', as in plot.line(y)" }
        for name in ["sklearn", "torchmetrics"] { habits[name] = "scores are in 'metrics', scalers and encoders in 'data'" }
        for name in ["torchvision", "datasets", "transforms"] { habits[name] = "known data sets are in 'data', as data.mnist(), and transforms in data.transforms" }
        return habits
    }()

    private static func advice(onSyntax line: Substring, _ message: String) -> String? {
        guard let near = quoted(after: " near '", in: message) else { return nil }
        let word = line.prefix { $0.isLetter }
        switch word {
        case "import", "from": return "nothing needs importing: tensor, nn, optim, data, metrics and plot are there"
        case "def": return "write: function name(x) … end"
        case "elif": return "write elseif"
        case "class": return "a module is begun by: local Net = nn.module(\"Net\")"
        default: break
        }
        if word.isEmpty, line.first == "=", near == "=" { return "write the expression alone" }
        if (word == "if" || word == "while" || word == "for" || word == "else"), near == ":" {
            return "write \(word == "if" ? "then" : word == "else" ? "nothing" : "do") for the colon, and end behind the last line"
        }
        if near == "!" { return "write ~= for unequal, and not x" }
        if near == "[" || near == "]", line.contains("[") { return "a list is written in braces: {1, 2, 3}" }
        if near == "+" || near == "-" || near == "*" || near == "/", line.contains("\(near)=") { return "write x = x \(near) y" }
        if near == "@" { return "write a:matmul(b)" }
        return nil
    }

    private static func quoted(after start: String, in message: String) -> String? {
        message.split(separator: start, maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first.map { String($0.prefix { $0 != "'" }) }
    }
}
