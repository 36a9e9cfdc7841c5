import CLua

extension Runtime {
    /// Calls every binding with wrong and odd arguments: lines on what is neither a clean result
    /// nor a proper error.
    ///
    /// For the tests of libraries: an empty list, and a process still alive, is what they want.
    /// `skip` names paths that must not be called, such as those that wait or exit.
    public func probeBindings(
        skip: Set<String> = [], samples: [LuaValue] = [], maximumArguments: Int = 4
    ) -> [String] {
        var problems: [String] = []
        _ = registry  // opens all namespaces
        for (path, function) in bindings.sorted(by: { $0.key < $1.key }) where !skip.contains(path) {
            let count = min(max(function.declaration?.parameters.count ?? 0, 1) + 1, maximumArguments)
            for arguments in wrongArguments(count: count, samples) {
                if let problem = probe(function, arguments) {
                    let shown = arguments.map(\.typeName).joined(separator: ", ")
                    problems.append("\(path)(\(shown)): \(problem)")
                }
            }
        }
        return problems
    }

    /// What is wrong with the outcome of one call, if anything.
    private func probe(_ function: NativeFunction, _ arguments: [LuaValue]) -> String? {
        let before = lua_gettop(state)
        do {
            try withStack { call throws(LuaError) in
                try call.makeRoom(arguments.count + 20)
                njlua_push_function(call.state, function.pointer, false)
                for argument in arguments { call.push(argument) }
                try protectedCall(call, arguments: Int32(arguments.count), results: LUA_MULTRET)
            }
        } catch {
            if error.message.isEmpty { return "an error without a message" }
            // A function among the arguments may raise what it likes.
            let hasFunction = arguments.contains { if case .function = $0 { true } else { false } }
            if !hasFunction, error.message.contains("(error object is") { return "an error that is no text" }
            if case .syntax = error.kind { return "a syntax error: \(error.message)" }
        }
        return lua_gettop(state) == before ? nil : "the stack is not as before"
    }

    /// Lists of arguments: none, the same odd value everywhere, and one odd value in each place
    /// among otherwise usual ones.
    private func wrongArguments(count: Int, _ samples: [LuaValue]) -> [[LuaValue]] {
        let odd = oddValues() + samples
        var lists: [[LuaValue]] = [[]]
        for value in odd {
            for length in 1...count { lists.append(Array(repeating: value, count: length)) }
        }
        for sample in samples {
            for value in odd {
                for place in 0..<count {
                    var list = Array(repeating: sample, count: count)
                    list[place] = value
                    lists.append(list)
                }
            }
        }
        lists.append(Array(repeating: .integer(1), count: 100))
        return lists
    }

    private func oddValues() -> [LuaValue] {
        let made = try? run(
            """
            local cycle = {}; cycle[1] = cycle; cycle.name = cycle
            local hostile = setmetatable({}, {
                __index = function() error("index") end, __len = function() error("len") end,
                __tostring = function() error("tostring") end, __call = function() error("call") end})
            local closed = io.tmpfile(); closed:close()
            return {}, {1, 2}, {1, "x", {}}, {unknown_option = 1}, {1, unknown_option = 1}, cycle,
                hostile, print, function() error({}) end, coroutine.create(function() end), closed
            """, name: "=probe")
        return [
            .nil, .boolean(true), 0, 1, -1, .integer(.max), .integer(.min), 2.5, .number(.nan),
            .number(.infinity), .number(-1e300), "", "x", .string([0, 255, 10]),
        ] + (made ?? [])
    }
}
