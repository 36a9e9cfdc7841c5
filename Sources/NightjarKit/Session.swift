import LuaKit

/// A runtime with everything that scripts use in it.
public final class Session {
    /// The version of the program.
    public static let version = "0.1.0"

    public let runtime: Runtime

    /// Opens a session.
    public init(seed: Int64? = nil, threads: Int? = nil, givesHints: Bool = true) throws(LuaError) {
        runtime = try Runtime()
    }
}
