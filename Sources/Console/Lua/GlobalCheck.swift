import LuaKit

/// Finds accidental globals in text before it runs (`-g`, `-gg`).
struct GlobalCheck {
    /// What the text is, which decides what counts as an accident.
    enum Kind {
        /// A script or module: each global that it assigns.
        case file
        /// Text from the command line or the prompt, where variables are globals on purpose: only
        /// those assigned in functions.
        case entry
    }

    /// The findings about a text, each with its place; assignments first.
    static func findings(
        in text: String, name: String, kind: Kind, isDefined: (String) -> Bool,
        definedNames: () -> [String]
    ) -> (assigned: [String], undefined: [String]) {
        let uses = GlobalScanner.scan(text)
        let assignedNames = Set(uses.lazy.filter(\.isAssigned).map(\.name))
        var seen: Set<String> = []
        var assigned: [String] = []
        var undefined: [String] = []
        for use in uses where !seen.contains(use.name) {
            let place = "\(name):\(use.line): "
            if use.isAssigned, kind == .file || use.isInFunction {
                let change = isDefined(use.name) ? "replaces the global '\(use.name)'" : "makes '\(use.name)' a global"
                assigned.append("\(place)this \(change); write 'local' before it, or _G.\(use.name) if it is meant")
            } else if !use.isAssigned, !assignedNames.contains(use.name), !isDefined(use.name) {
                let suggestion = nearest(to: use.name, in: definedNames())
                let hint = suggestion.map { "; did you mean '\($0)'?" } ?? ""
                undefined.append("\(place)nothing is named '\(use.name)' here\(hint)")
            } else {
                continue
            }
            seen.insert(use.name)
        }
        return (assigned, undefined)
    }
}

/// A text that was not run because it makes globals by accident (`-gg`).
struct AccidentalGlobals: Error, CustomStringConvertible {
    let description: String
}
