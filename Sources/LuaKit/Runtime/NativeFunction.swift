import CLua

/// A binding as Lua calls it; its address is the upvalue of the Lua function.
final class NativeFunction {
    let declaration: Declaration?
    let body: (Call) throws -> Int32

    init(_ declaration: Declaration?, _ body: @escaping (Call) throws -> Int32) {
        self.declaration = declaration
        self.body = body
    }

    var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }
}

/// Runs a binding for the trampoline: its number of results, or -1 with an error on the stack.
func dispatch(
    _ state: OpaquePointer?, _ owner: UnsafeMutableRawPointer?, _ function: UnsafeMutableRawPointer?
) -> Int32 {
    guard let state, let owner, let function else { return 0 }
    return Unmanaged<Runtime>.fromOpaque(owner)._withUnsafeGuaranteedRef { runtime in
        Unmanaged<NativeFunction>.fromOpaque(function)._withUnsafeGuaranteedRef { function in
            let call = Call(state: state, runtime: runtime)
            do {
                return try function.body(call)
            } catch {
                return call.raise(error)
            }
        }
    }
}

extension Call {
    /// Leaves the Lua value of a Swift error on the stack.
    ///
    /// An error that came from Lua is its own value again; others become a string that starts
    /// with the script's position.
    func raise(_ error: any Error) -> Int32 {
        lua_settop(state, 0)
        let value: LuaValue
        if let error = error as? LuaError {
            value = error.value
        } else {
            value = .text(position() + luaMessage(of: error))
        }
        push(value)
        runtime.lastThrown = (value, error)
        return -1
    }

    /// "file:line: " of the innermost Lua function, or nothing.
    func position() -> String {
        guard let (source, line) = runtime.position() else { return "" }
        return "\(String(cString: source)):\(line): "
    }
}

extension Runtime {
    /// Keeps a binding alive and pushes it as a Lua function.
    func push(_ function: NativeFunction, to call: Call, skipsSelf: Bool = false) {
        functions.append(function)
        njlua_push_function(call.state, function.pointer, skipsSelf)
    }

    /// Keeps a binding alive, for a table that holds its address.
    func keep(_ function: NativeFunction) -> UnsafeMutableRawPointer {
        functions.append(function)
        return function.pointer
    }
}
