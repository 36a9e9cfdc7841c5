extension Options {
    /// Reads the arguments that follow the program's name.
    ///
    ///     try Options(["-l", "tools", "train.lua", "5"])
    ///
    /// Throws a ``UsageError`` naming the argument at fault.
    public init(_ arguments: [String]) throws(UsageError) {
        self.init()
        var rest = arguments[...]
        while let argument = rest.first, argument.hasPrefix("-"), argument != "-" {
            rest.removeFirst()
            if argument == "--" { break }
            try apply(argument, rest: &rest)
        }
        leadingArguments = Array(arguments[..<rest.startIndex])
        if let name = rest.popFirst() {
            script = name == "-" && leadingArguments.last != "--" ? .standardInput : .file(name)
        }
        scriptArguments = Array(rest)
    }

    /// Applies one option; its value, unless it is attached, is taken from `rest`.
    private mutating func apply(_ argument: String, rest: inout ArraySlice<String>) throws(UsageError) {
        guard let (flag, attached) = Flag.find(argument) else {
            throw UsageError("unknown option '\(argument)'")
        }
        guard let parameter = flag.parameter else {
            try flag.apply(&self, "")
            return
        }
        if let attached {
            try flag.apply(&self, attached)
        } else if let value = rest.first, !value.hasPrefix("-") || flag.takesNegative(value) {
            rest.removeFirst()
            try flag.apply(&self, value)
        } else {
            throw UsageError("'\(flag.name)' needs \(parameter) after it")
        }
    }
}
