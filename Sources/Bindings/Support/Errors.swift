import Learning
import LuaKit
import Tensors

extension TensorError: LuaDescribableError {
    /// The message with positions and dimensions counted from 1.
    public var luaMessage: String { message(base: 1) }
}

extension LayerInputError: LuaDescribableError {
    public var luaMessage: String { description }
}
