import CLua
import LuaKit
import Testing

/// What calls cost; meaningful in release builds only, where generous bounds are checked.
@Suite(.serialized) struct CostTests {
    static let loops: [(name: String, code: String, most: Double)] = [
        ("empty Lua function", "f()", 1),
        ("C function math.abs", "abs(1.5)", 1),
        ("raw binding without work", "nop()", 1),
        ("typed scalar, 2 arguments", "add(1, 2)", 1),
        ("typed scalar, default used", "add(1)", 1),
        ("typed, options table", "add(1, {b = 2})", 3),
        ("typed, object argument", "greet(animal, 0)", 2),
        ("raw, object argument and fresh box", "copy(animal)", 2),
        ("typed, same object returned", "id(animal)", 2),
        ("method found on an instance", "local _ = animal.befriend", 1),
        ("property of an instance", "local _ = animal.size", 2),
        ("position of the script", "where()", 1),
    ]

    @Test func callsAreCheap() throws {
        let runtime = try makeRuntime()
        let object = Animal(name: "Tim")
        try runtime.install([
            Namespace("cost", "Costs.") {
                Function(raw: "cost.nop", "Nothing.") { _ in 0 }
                Function(raw: "cost.copy", "A fresh box.", Param("a", Animal.self)) { call in
                    guard let animal = call.object(at: 1, as: Animal.self) else { return 0 }
                    call.push(new: animal)
                    return 1
                }
                Function("cost.id", "The same.", Param("a", Animal.self)) { animal in animal }
                Function(raw: "cost.where", "A position.") { call in
                    _ = call.runtime.position()
                    return 0
                }
            }
        ])
        runtime[global: "animal"] = .object(object)
        for (name, code, most) in Self.loops {
            let nanoseconds = try cost(runtime, code)
            print("\(name): \(Int(nanoseconds)) ns")
            #if !DEBUG
                #expect(nanoseconds < most * 1000, "\(name)")
            #endif
        }
    }

    /// Nanoseconds for one round of a loop, the loop itself taken off.
    private func cost(_ runtime: Runtime, _ code: String) throws -> Double {
        #if DEBUG
            let rounds = 1000
        #else
            let rounds = 100_000
        #endif
        func seconds(_ body: String) throws -> Double {
            let chunk = """
                local function f() end
                local abs, add, nop, copy, id = math.abs, zoo.add, cost.nop, cost.copy, cost.id
                local greet, where, animal, clock = zoo.greet, cost.where, animal, os.clock
                local best = math.huge
                for _ = 1, 5 do
                    local start = clock()
                    for i = 1, \(rounds) do \(body) end
                    best = math.min(best, clock() - start)
                end
                return best
                """
            return try runtime.run(chunk).first?.double ?? 0
        }
        return try (seconds(code) - seconds("")) / Double(rounds) * 1e9
    }
}
