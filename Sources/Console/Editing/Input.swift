/// What a reader of lines comes back with.
enum Input: Equatable {
    case line(String)
    /// Ctrl-C: what was typed is thrown away.
    case interrupted
    case end
}

/// Where the prompt's lines come from: a terminal with editing, or any other standard input.
protocol LineSource: AnyObject {
    /// Shows the prompt and waits for a line, which is given without its end.
    func read(prompt: String) -> Input
    /// Takes an entry, perhaps of several lines, into the history.
    func remember(_ entry: String)
}
