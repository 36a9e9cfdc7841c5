import CLua
import LuaKit

/// A stand-in for a library's object.
class Animal: LuaObject {
    var name: String
    var friend: Animal?

    init(name: String) { self.name = name }
}

final class Bird: Animal {
    var wings = 2
}

/// Counts the blobs of one test.
final class Tally {
    var alive = 0
    var peak = 0
    let bytes = UnsafeMutablePointer<Int64>.allocate(capacity: 1)

    init() { bytes.initialize(to: 0) }
    deinit { bytes.deallocate() }
}

/// An object that stands for a megabyte of native memory.
final class Blob: LuaObject {
    static let size: Int64 = 1 << 20
    let tally: Tally

    init(_ tally: Tally) {
        self.tally = tally
        tally.alive += 1
        tally.peak = max(tally.peak, tally.alive)
        tally.bytes.pointee += Self.size
    }

    deinit {
        tally.alive -= 1
        tally.bytes.pointee -= Self.size
    }

    /// `blob()` makes one; `blob.Blob` is the class.
    static func namespace(_ tally: Tally) -> Namespace {
        Namespace(
            "blob", "Blobs.", call: Function("blob", "A blob.", returns: "blob") { Fresh(Blob(tally)) }
        ) {
            Class(Blob.self, "blob.Blob", "A megabyte.", noun: "blob") {
                Property("alive", "How many there are.", of: Blob.self) { $0.tally.alive }
            }
        }
    }
}

enum Diet: String, CaseIterable, LuaOption { case seeds, insects, fish }

struct ZooError: LuaDescribableError, Equatable {
    var cage: Int
    var luaMessage: String { "cage \(cage + 1) is empty" }
}

/// The declarations that tests run against.
enum Zoo {
    static var namespaces: [Namespace] {
        [
            Namespace(
                "zoo", "Animals for tests.", foreignNames: ["vogel": "zoo.Bird"]
            ) {
                functions
                Class(
                    Animal.self, "zoo.Animal", "A named animal.", noun: "animal",
                    constructor: Function(
                        "zoo.Animal", "", Param("name", String.self, "its name"),
                        example: "print(zoo.Animal(\"Tim\").name)"
                    ) { name in Fresh(Animal(name: name)) },
                    methodsFrom: ["zoo"]
                ) {
                    Property(
                        "name", "What it is called.", of: Animal.self, get: { $0.name },
                        set: { $0.name = $1 })
                    Property("size", "The length of its name.", of: Animal.self) { $0.name.utf8.count }
                    Property("friend", "Another animal.", of: Animal.self) { $0.friend }
                    Function(
                        "befriend", "Makes two animals friends.", Param("self", Animal.self),
                        Param("other", Animal.self, "the new friend"), returns: "animal",
                        example: "zoo.Animal(\"a\"):befriend(zoo.Animal(\"b\"))"
                    ) { animal, other in
                        animal.friend = other
                        return animal
                    }
                    Function(raw: "__tostring", "Its name.", Param("self", Animal.self)) { call in
                        call.push("animal \(call.object(at: 1, as: Animal.self)?.name ?? "?")")
                        return 1
                    }
                }
                Class(
                    Bird.self, "zoo.Bird", "An animal that flies.", noun: "bird",
                    parent: Animal.self,
                    constructor: Function(
                        "zoo.Bird", "", Param("name", String.self, "its name"),
                        example: "print(zoo.Bird(\"Tim\").wings)"
                    ) { name in Fresh(Bird(name: name)) }
                ) {
                    Property("wings", "How many it has.", of: Bird.self) { $0.wings }
                }
                Constant("zoo.cages", "How many cages there are.", 12)
            }
        ]
    }

    @FunctionBuilder static var functions: [Function] {
        Function(
            "zoo.add", "Adds two numbers.", Param("a", Double.self, "left operand"),
            Param("b", Double.self, default: 1, "right operand"), returns: "number",
            example: "print(zoo.add(1, 2))", see: ["zoo.divide"]
        ) { a, b in a + b }
        Function(
            "zoo.divide", "Divides with a remainder.", Param("a", Int.self, "dividend"),
            Param("b", Int.self, "divisor"), returns: "quotient, remainder",
            example: "print(zoo.divide(7, 2))"
        ) { a, b in
            guard b != 0 else { throw ZooError(cage: b) }
            return a.quotientAndRemainder(dividingBy: b)
        }
        Function(
            "zoo.feed", "Feeds animals.", Param("sizes", Variadic<Int>.self, "portions"),
            Param("diet", Diet.self, default: .seeds, "what they eat"),
            Param("scale", Double?.self, "a factor"), returns: "string",
            example: "print(zoo.feed(1, 2, {diet=\"fish\"}))"
        ) { sizes, diet, scale in "\(sizes.values) \(diet) \(scale ?? 1)" }
        Function(
            "zoo.greet", "Greets an animal.", Param("animal", Animal.self, "whom"),
            Param("times", Int.self, default: 1, "how often"), returns: "string",
            example: "print(zoo.greet(zoo.Animal(\"Tim\")))"
        ) { animal, times in Array(repeating: "hello \(animal.name)", count: min(times, 10)).joined(separator: " ") }
        Function(
            "zoo.each", "Calls a function for 1 to n.", Param("n", Int.self, "how often"),
            Param("body", LuaFunction.self, "called with the number"),
            example: "zoo.each(3, print)"
        ) { n, body in
            for i in 0..<max(0, min(n, 1000)) { try body(i + 1) }
        }
        Function(
            "zoo.identity", "The same value.", Param("value", LuaValue.self, "any"), returns: "any",
            example: "print(zoo.identity(1))"
        ) { value in value }
    }
}

/// A runtime with the zoo in it.
func makeRuntime(_ options: Runtime.Options = .init()) throws -> Runtime {
    let runtime = try Runtime(options)
    try runtime.install(Zoo.namespaces)
    return runtime
}

/// Runs a script and gives its first result as text.
func result(_ runtime: Runtime, _ source: String) throws -> String {
    let results = try runtime.run(source, name: "=test")
    return try results.map { value throws(LuaError) in try runtime.text(value) }.joined(separator: " ")
}

/// The error a script ends with.
func failure(_ runtime: Runtime, _ source: String) -> LuaError? {
    do {
        try runtime.run(source, name: "=test")
        return nil
    } catch {
        return error
    }
}
