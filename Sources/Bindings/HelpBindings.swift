import LuaKit

extension Bindings {
    /// The global function `help`.
    static var help: Namespace {
        Namespace(Registry.globals, "Names that need no module.") {
            Function("help", "Explains a function, class, module or object, or whatever a text finds; without an argument, gives an overview.", Param("topic", LuaValue.self, default: .nil, "a value, or text to look for"),
                example: "help(tensor.matmul)\nhelp \"random\"") { (call: Call, topic: LuaValue) -> Void in
                call.runtime.write(call.runtime.help(on: topic) + "\n")
            }
        }
    }
}
