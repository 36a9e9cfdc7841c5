/// An error that came out of Lua.
///
/// The value stays what was raised, be it a string, a table or an object. Like every Lua value it
/// belongs to its runtime's thread.
public struct LuaError: Error, CustomStringConvertible, @unchecked Sendable {
    /// What kind of thing went wrong.
    public enum Kind: Equatable, Sendable {
        /// The source does not compile; incomplete if more text could complete it.
        case syntax(incomplete: Bool)
        /// Raised by Lua code or Lua's libraries.
        case runtime
        /// The memory limit was reached.
        case memory
        /// Stopped by an interrupt or a time limit.
        case interrupted
        /// A Swift error thrown by a binding, found in `underlying`.
        case nativeError
    }

    public let kind: Kind
    /// What was raised.
    public let value: LuaValue
    /// The value as text.
    public let message: String
    /// The Lua functions that were running, innermost first, as "file:line: in function 'name'".
    public let traceback: [String]
    /// The Swift error that became this one.
    public let underlying: (any Error)?

    init(_ kind: Kind, _ message: String) {
        self.init(kind, value: .text(message), message: message)
    }

    init(
        _ kind: Kind, value: LuaValue, message: String, traceback: [String] = [],
        underlying: (any Error)? = nil
    ) {
        self.kind = kind
        self.value = value
        self.message = message
        self.traceback = traceback
        self.underlying = underlying
    }

    public var description: String { message }

    /// Message and traceback as the `lua` command prints them.
    public var report: String {
        if traceback.isEmpty { return message }
        return message + "\nstack traceback:\n\t" + traceback.joined(separator: "\n\t")
    }
}

/// An error of a library that says itself how it reads in Lua, with positions counted from 1.
public protocol LuaDescribableError: Error {
    var luaMessage: String { get }
}

/// What Lua shows for a Swift error.
func luaMessage(of error: any Error) -> String {
    (error as? any LuaDescribableError)?.luaMessage ?? String(describing: error)
}
