import NightjarKit

/// What the program says of itself.
enum Banner {
    static let version = "Nightjar \(Session.version), Lua 5.4"

    /// What a prompt at a terminal begins with.
    static let lines = [version + ". help() or ? for help, Ctrl-D to leave."]
}
