import Glibc
import LuaKit
import NightjarKit
import Tensors
import Testing

/// What is declared: complete, without contradictions, with examples that run, safe against any input.
@Suite struct RegistryTests {
    // Sets that are not here are not fetched.
    init() { setenv("NIGHTJAR_OFFLINE", "1", 1) }

    @Test func isConsistent() throws {
        let problems = try Script().session.runtime.registry.problems()
        #expect(problems == [])
    }

    @Test func examplesRun() throws {
        let declarations = try Script().session.runtime.registry.declarations.filter { !$0.example.isEmpty }
        #expect(declarations.count > 250)
        for declaration in declarations {
            let script = try Script()
            var hints: [String] = []
            script.session.presentation.hint = { hints.append($0) }
            let message = script.error(declaration.example)
            #expect(message == nil && hints == [], "the example of \(declaration.path)")
        }
    }

    @Test func wrongInputIsAnErrorEverywhere() throws {
        let script = try Script(), threads = Threads.count
        let problems = script.session.runtime.probeBindings()
        // What the calls switched on concerns the whole process.
        (Autograd.detectsAnomalies, Autograd.isEnabled, Threads.count) = (false, true, threads)
        #expect(problems == [])
        // The session still works.
        #expect(try script.run("return tensor{1, 2}:sum():item()").first?.double == 3)
    }

    @Test(arguments: ["tensor", "autograd", "nn", "optim", "data", "metrics", "plot"])
    func modulesAreHeldByNightjar(_ name: String) throws {
        #expect(try Script().run("return require('nightjar').\(name) == \(name)").first?.isTrue == true)
    }

    @Test func helpNamesShapesAndExample() throws {
        let text = try printed("help(nn.Linear)")
        for part in ["nn.Linear(in_features, out_features", "[..., in]", "Example", "tensor.linear"] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test func stubsAndReferenceNameEveryFunction() throws {
        let registry = try Script().session.runtime.registry
        let stubs = registry.stubs(), reference = registry.markdown()
        for declaration in registry.declarations where declaration.kind == .function {
            #expect(stubs.contains(declaration.path), "\(declaration.path) in the stubs")
            #expect(reference.contains(declaration.path), "\(declaration.path) in the reference")
        }
    }
}
