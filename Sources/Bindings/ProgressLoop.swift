import Learning
import LuaKit
import Tensors

/// A loop that shows how far it is: `for i in nj.progress(100) do … end`.
final class ProgressLoop: LuaObject {
    private let sink: any ProgressSink
    private let count: Int?
    private let pass: PassBox?
    private var done = 0
    private var isOpen = true
    /// The iterator on its way to the user table.
    private var owned: [String: LuaValue]

    /// - Parameter count: how many steps there are; nil where nobody knows.
    init(_ title: String, count: Int?, pass: PassBox? = nil, iterator: [String: LuaValue] = [:], _ sink: any ProgressSink) {
        self.sink = sink
        self.count = count
        self.pass = pass
        owned = iterator
        sink.begin(title, total: count ?? 0)
    }

    /// Ends the line, once.
    func finish() {
        guard isOpen else { return }
        isOpen = false
        if done > 0 { sink.end([]) } else { sink.close() }
    }

    /// Pushes what the loop's variables become; nil at the end.
    private func next(_ call: Call) throws -> Int32 {
        try checkInterrupt()
        sink.advance(done, [])
        let pushed: Int32
        if let pass {
            pushed = try pass.next(call)
        } else if let table = call.runtime.userTable(of: self), case .function(let iterator) = table["iterator"] {
            let results = try iterator.call([table["state"], table["control"]])
            table["control"] = results.first ?? .nil
            try call.makeRoom(results.count + 4)
            for result in results { call.push(result) }
            if results.isEmpty { call.pushNil() }
            pushed = Int32(max(results.count, 1))
        } else {
            if let count, isOpen, done < count { call.push(done + 1) } else { call.pushNil() }
            pushed = 1
        }
        if call.isNil(at: call.argumentCount - pushed + 1) { finish() } else { done += 1 }
        return pushed
    }

    static var declaration: Class {
        Class(ProgressLoop.self, "nj.Progress", "A loop that shows how far it is, for `for … in`.", noun: "iterator",
            example: "for i in nj.progress(3) do print(i) end",
            didPush: { loop, anchors in
                for (name, value) in loop.owned { anchors.keep(value, name) }
                loop.owned = [:]
            }, members: {
                Function(raw: "__call", "The next step, or nil.", Param("self", ProgressLoop.self)) { call in
                    try ProgressLoop.read(call, at: 1).next(call)
                }
                Function(raw: "__close", "Ends the line when the loop is left.", Param("self", ProgressLoop.self)) { call in
                    call.object(at: 1, as: ProgressLoop.self)?.finish()
                    return 0
                }
            })
    }

    /// Whether an iterator is that of ipairs or pairs, which come with a table and where to begin.
    private static func isCut(_ iterator: LuaFunction, _ call: Call) throws -> Bool {
        guard case .function(let ipairs) = call.runtime[global: "ipairs"], case .function(let equal) = call.runtime[global: "rawequal"] else { return false }
        let known = [call.runtime[global: "next"], try ipairs.call([.table(call.runtime.makeTable())]).first ?? .nil]
        return try known.contains { try equal.call([$0, .function(iterator)]).first?.isTrue ?? false }
    }

    /// `nj.progress`.
    static var function: Function {
        Function("nj.progress", "Shows how far a loop is: a bar on a terminal, one line at the end elsewhere.",
            Param("over", ProgressRange.self, "a number of steps, a list, a loader, or an iterator such as pairs(t) gives"), Param("state", LuaValue.self, default: .nil, "the iterator's state"), Param("control", LuaValue.self, default: .nil, "the iterator's first value"),
            Param("desc", String.self, default: "progress", "what the line begins with"), Param("total", Int?.self, "number of steps, where an iterator does not tell"),
            returns: "an iterator for `for … in`", details: "Options go with a number, a list or a loader; Lua cuts pairs(t) to its first value when something follows. Leaving the loop early ends the line as well.",
            example: "local sum = 0\nfor i in nj.progress(10, {desc=\"adding\"}) do sum = sum + i end\nprint(sum)\nfor i, name in nj.progress({\"a\", \"b\"}, {desc=\"names\"}) do print(i, name) end") { (call: Call, over: ProgressRange, state: LuaValue, control: LuaValue, title: String, total: Int?) -> Results in
            if let total, total < 0 { throw TensorError.argument("nj.progress", "total must not be negative, got \(total)") }
            let sink = Presentation.of(call.runtime).progress(call.runtime)
            let loop: ProgressLoop
            switch over {
            case .steps(let count): loop = ProgressLoop(title, count: count, sink)
            case .list(let list):
                guard case .function(let ipairs) = call.runtime[global: "ipairs"], case .function(let next)? = try ipairs.call([.table(list)]).first else { return Results() }
                loop = ProgressLoop(title, count: total ?? list.count, iterator: ["iterator": .function(next), "state": .table(list), "control": .integer(0)], sink)
            case .loader(let box): loop = ProgressLoop(title, count: box.loader.count, pass: PassBox(try box.loader.makePass(), box), sink)
            case .iterator(let iterator):
                var (title, total, state) = (title, total, state)
                if case .table(let options) = state, call.argumentCount == 2 {
                    if try ProgressLoop.isCut(iterator, call) {
                        throw TensorError.argument("nj.progress", "Lua cuts ipairs(t) and pairs(t) to their first value where more arguments follow. Give the list itself, nj.progress(t, {desc=…}), or ipairs(t) alone")
                    }
                    // Behind a function that needs no state a table holds options.
                    let pairs = options.pairs
                    if !pairs.isEmpty, pairs.allSatisfy({ ["desc", "total"].contains($0.key.text) }) {
                        (title, total, state) = (options["desc"].text ?? title, options["total"].int ?? total, .nil)
                    }
                }
                loop = ProgressLoop(title, count: total, iterator: ["iterator": .function(iterator), "state": state, "control": control], sink)
            }
            return Results(loop, Int?.none, Int?.none, loop)
        }
    }
}

/// What `nj.progress` goes over.
enum ProgressRange: LuaArgument {
    case steps(Int)
    case list(LuaTable)
    case loader(LoaderBox)
    case iterator(LuaFunction)

    static var luaType: LuaType { LuaType("integer|table|loader|function", phrase: "a number of steps, a list, a loader, or an iterator", annotation: "integer|table|data.Loader|function") }
    static var tables: TableUse { .positions }

    static func read(_ call: Call, at index: Int32) throws -> ProgressRange {
        if let loader = call.object(at: index, as: LoaderBox.self) { return .loader(loader) }
        if case .table(let list) = call.value(at: index) { return .list(list) }
        if call.number(at: index) != nil {
            let count = try Int.read(call, at: index)
            guard count >= 0 else { throw Mismatch("must not be negative, got \(count)") }
            return .steps(count)
        }
        do { return .iterator(try LuaFunction.read(call, at: index)) } catch is Mismatch { throw call.mismatch(luaType, at: index) }
    }
}
