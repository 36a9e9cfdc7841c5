/// The modules that Lua text requires by their names, as in `require "tools"`.
func requiredModules(_ text: String) -> [String] {
    let tokens = LuaLexer(text).filter { $0.kind != .comment }
    var names: [String] = []
    for (index, token) in tokens.enumerated() where token.kind == .name && token.text == "require" {
        let rest = tokens[(index + 1)...]
        guard let name = rest.first?.isSymbol("(") == true ? rest.dropFirst().first : rest.first,
            name.kind == .string, !name.isOpen, !name.text.hasPrefix("["), !name.text.contains("\\")
        else { continue }
        names.append(String(name.text.dropFirst().dropLast()))
    }
    return names
}
