import CKernels
import LuaKit
import Tensors

extension Bindings {
    /// The module `autograd`.
    static var autograd: Namespace {
        Namespace("autograd", "Gradients: switching, computing, checking and looking at them.",
            foreignNames: ["Function": "func", "enable_grad": "no_grad", "set_detect_anomaly": "detect_anomaly"]) {
            AutogradFunctions.switches
            AutogradFunctions.computing
            AutogradFunctions.looking
            Class(HookHandle.self, "autograd.Hook", "A function that watches a gradient.", noun: "hook",
                example: "local x = tensor({1}, {requires_grad=true})\nlocal hook = x:register_hook(print)\nhook:remove()", members: {
                Function("remove", "Takes the function off again.", Param("self", HookHandle.self),
                    example: "local x = tensor({1}, {requires_grad=true})\nx:register_hook(print):remove()") { (hook: HookHandle) -> Void in hook.remove() }
            })
            Class(GradientPause.self, "autograd.Pause", "Keeps operations from being recorded until it is closed.", noun: "pause",
                example: "do\n  local _ <close> = autograd.no_grad()\nend", members: {
                Function(raw: "__close", "Lets operations be recorded again.", Param("self", GradientPause.self)) { call in
                    call.object(at: 1, as: GradientPause.self)?.end()
                    call.close(at: 1)
                    return 0
                }
            })
            Closure.declaration
            GraphView.declaration
            StepperView.declaration
            StepView.declaration
        }
    }
}

/// Turns recording off until it is ended, at the latest when it is released.
final class GradientPause: LuaObject {
    private let before = Autograd.isEnabled
    private var isRunning = true

    init() { Autograd.isEnabled = false }
    deinit { end() }

    func end() {
        if isRunning { Autograd.isEnabled = before }
        isRunning = false
    }
}

enum AutogradFunctions {
    @FunctionBuilder static var switches: [Function] {
        Function("autograd.no_grad", "Runs a function without recording operations; without one, stops recording until the value it returns is closed.",
            Param("fn", LuaFunction?.self, "called without arguments; its results are returned"),
            returns: "fn's results, or a to-be-closed value",
            example: "local w = tensor({1}, {requires_grad=true})\nautograd.no_grad(function() w:sub_(0.5) end)\nprint(w:item())") { (fn: LuaFunction?) -> Results in
            guard let fn else { return Results(GradientPause()) }
            return Results(try Autograd.withoutGradients { try fn.call() }.map { $0 as any LuaResult })
        }
        Function("autograd.is_enabled", "Whether operations are being recorded.", returns: "boolean", example: "print(autograd.is_enabled())") { Autograd.isEnabled }
        Function("autograd.detect_anomaly", "Makes every operation check its result: the first NaN or infinity is an error that names the operation and its line.",
            Param("enabled", Bool.self, default: true), example: "autograd.detect_anomaly(true)\nprint(pcall(function() return tensor{-1}:log() end))\nautograd.detect_anomaly(false)") { (enabled: Bool) -> Void in
            Autograd.detectsAnomalies = enabled
        }
    }

    @FunctionBuilder static var computing: [Function] {
        Function("autograd.grad", "Gradients of the sum of outputs with respect to inputs, one result for each input; no `grad` is touched.",
            Param("outputs", OneOrMany<Tensor>.self), Param("inputs", OneOrMany<Tensor>.self),
            Param("grad_outputs", OneOrMany<Tensor>?.self, "gradients to start from, one for each output"),
            Param("retain_graph", Bool?.self), Param("create_graph", Bool.self, default: false), Param("allow_unused", Bool.self, default: false, "nil instead of an error for an input that was not used"),
            returns: "one tensor for each input",
            example: "local x = tensor({3}, {requires_grad=true})\nlocal g = autograd.grad(x * x, x, {create_graph=true})\nprint(g, autograd.grad(g, x))") { (outputs: OneOrMany<Tensor>, inputs: OneOrMany<Tensor>, starts: OneOrMany<Tensor>?, retain: Bool?, create: Bool, allowUnused: Bool) -> Results in
            if let starts, starts.values.count != outputs.values.count {
                throw TensorError.argument("grad", "\(starts.values.count) grad_outputs for \(outputs.values.count) outputs")
            }
            let gradients = try Tensor.gradients(of: outputs.values, withRespectTo: inputs.values, startingFrom: starts?.values, retainGraph: retain, createGraph: create)
            if !allowUnused, let unused = gradients.firstIndex(where: { $0 == nil }) {
                throw TensorError.argument("grad", "input \(unused + 1) was not used to compute the outputs. Pass {allow_unused=true} to get nil for it")
            }
            return Results(gradients.map { $0 as Tensor? })
        }
        Function("autograd.value_and_grad", "A function that returns f's value followed by one gradient for each of its tensor arguments.", Param("f", LuaFunction.self, "returns one number"),
            returns: "function", example: "local f = autograd.value_and_grad(function(x) return (x * x):sum() end)\nprint(f(tensor{1, 2}))") { (f: LuaFunction) in ValueAndGradient.make(f) }
        Function("autograd.jacobian", "Derivatives of all elements of f(x) with respect to all elements of x.", Param("f", LuaFunction.self), Param("x", OneOrMany<Tensor>.self, otherNames: ["inputs"], "the argument, or a table of several"), Param("create_graph", Bool.self, default: false),
            returns: "tensor of the output's shape followed by x's, one for each argument", example: "print(autograd.jacobian(function(x) return x * x end, tensor{1, 2}))", see: ["autograd.hessian"]) { (f: LuaFunction, inputs: OneOrMany<Tensor>, create: Bool) -> Results in
            let f = partial(f, inputs.values, "jacobian")
            return Results(try inputs.values.indices.map { i in
                try Autograd.jacobian(of: { try f([i: $0]) }, at: inputs.values[i], createGraph: create)
            })
        }
        Function("autograd.hessian", "Second derivatives of one number f(x) with respect to all pairs of elements of x.", Param("f", LuaFunction.self), Param("x", OneOrMany<Tensor>.self, otherNames: ["inputs"], "the argument, or a table of several"),
            returns: "tensor of x's shape twice; of several arguments a table, in which h[i][j] belongs to x[i] and x[j]", example: "print(autograd.hessian(function(x) return (x * x * x):sum() end, tensor{1, 2}))", see: ["autograd.jacobian"]) { (f: LuaFunction, inputs: OneOrMany<Tensor>) -> Results in
            let f = partial(f, inputs.values, "hessian"), all = inputs.values
            if all.count == 1 { return Results(try Autograd.hessian(of: { try f([0: $0]) }, at: all[0])) }
            return Results([try all.indices.map { i in
                try all.indices.map { j in
                    i == j ? try Autograd.hessian(of: { try f([i: $0]) }, at: all[i])
                        : try Autograd.hessian(of: { try f([i: $0, j: $1]) }, at: all[i], all[j])
                }
            }] as [any LuaResult])
        }
        Function("autograd.gradcheck", "Compares gradients with central differences in float64: true, or an error that names the worst element.",
            Param("f", LuaFunction.self), Param("inputs", OneOrMany<Tensor>.self), Param("eps", Double.self, default: 1e-6), Param("atol", Double.self, default: 1e-5), Param("rtol", Double.self, default: 1e-3),
            Param("raise", Bool.self, default: true, "false: return false and the report instead of an error"),
            returns: "true; or false and the report", example: "print(autograd.gradcheck(function(x) return x * x end, tensor{1, 2}))") { (f: LuaFunction, inputs: OneOrMany<Tensor>, eps: Double, atol: Double, rtol: Double, raise: Bool) -> Results in
            let report = try Autograd.check({ try tensorResult(of: f, $0.map { .object($0) }, "gradcheck") }, inputs.values, step: eps, absolute: atol, relative: rtol)
            if report.passed { return Results(true) }
            if raise { throw TensorError.rule("gradcheck", report.message(base: 1)) }
            return Results(false, report.message(base: 1))
        }
        Function("autograd.func", "A function with a gradient rule of one's own: `forward(ctx, …)` computes, `backward(ctx, grad)` returns one gradient for each tensor argument.",
            Param("definition", LuaTable.self, "table with the functions forward and backward"), returns: "function",
            details: "`ctx` is a plain table that both see; keep in it what backward needs.",
            example: "local double = autograd.func{\n  forward = function(ctx, x) return x * 2 end,\n  backward = function(ctx, grad) return grad * 2 end,\n}\nlocal x = tensor({1}, {requires_grad=true})\ndouble(x):backward()\nprint(x.grad)") { (definition: LuaTable) in try CustomFunction.make(definition) }
    }

    /// Calls a Lua function that must return a tensor.
    /// A function of some of the inputs by their place, with all others as they are.
    private static func partial(
        _ f: LuaFunction, _ inputs: [Tensor], _ name: String
    ) -> ([Int: Tensor]) throws -> Tensor {
        { given in try tensorResult(of: f, inputs.indices.map { .object(given[$0] ?? inputs[$0]) }, name) }
    }

    static func tensorResult(of function: LuaFunction, _ arguments: [LuaValue], _ name: String) throws -> Tensor {
        let results = try function.call(arguments)
        if case .object(let object)? = results.first, let tensor = object as? Tensor { return tensor }
        throw TensorError.argument(name, "the function must return a tensor, it returned \(results.first.map(\.typeName) ?? "nothing")")
    }
}
