import LuaKit
import NightjarKit
import Testing

/// A session whose output is collected.
final class Script {
    let session: Session
    private let collected: Collected

    private final class Collected {
        var bytes: [UInt8] = []
    }

    init(memoryLimit: Int? = nil) throws {
        let collected = Collected()
        self.collected = collected
        session = try Session(memoryLimit: memoryLimit) { collected.bytes += $0 }
    }

    /// What was printed so far.
    var output: String { String(decoding: collected.bytes, as: UTF8.self) }

    /// Runs a text; what it returns.
    @discardableResult
    func run(_ text: String) throws -> [LuaValue] { try session.runtime.run(text, name: "@test.lua") }

    /// The message of the error that a text raises; nil when it raises none.
    func error(_ text: String) -> String? {
        do {
            try run(text)
            return nil
        } catch let error as LuaError {
            return error.message
        } catch {
            return "\(error)"
        }
    }
}

/// What a text prints, without the last line break.
func printed(_ text: String) throws -> String {
    let script = try Script()
    try script.run(text)
    return script.output.hasSuffix("\n") ? String(script.output.dropLast()) : script.output
}
