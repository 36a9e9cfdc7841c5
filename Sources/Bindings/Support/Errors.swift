import Learning
import LuaKit
import Tensors

extension TensorError: LuaDescribableError {
    /// The message with positions and dimensions counted from 1, and the code where it is a mistake that has one.
    public var luaMessage: String { coded(message(base: 1), self) }
}

extension LayerInputError: LuaDescribableError {
    public var luaMessage: String { coded(description, self) }
}

/// A message with the code of the mistake at its end, as hints have it.
private func coded(_ message: String, _ error: any Error) -> String {
    ModelCheck.code(of: error).map { "\(message) [\($0)]" } ?? message
}
