import LuaKit
import Tensors

extension TensorFunctions {
    /// Gradients of tensors; the rest is in the module `autograd`.
    @FunctionBuilder static var gradients: [Function] {
        Function("tensor.backward", "Computes the gradient with respect to every tensor that collects one, and adds it to its `grad`.",
            Param("input", Tensor.self, "one number, such as a loss; with `gradient`, any shape"), Param("gradient", Tensor?.self, "gradient of what comes after; 1 when left out"),
            Param("retain_graph", Bool?.self, "keep what a second backward needs; as create_graph when left out"),
            Param("create_graph", Bool.self, default: false, "record the computation, so that gradients can be differentiated"),
            example: "local x = tensor({3}, {requires_grad=true})\nlocal y = x * x\ny:backward()\nprint(x.grad)", see: ["autograd.grad", "tensor.zero_grad"]) { (x: Tensor, gradient: Tensor?, retain: Bool?, create: Bool) -> Void in
            try x.backward(gradient: gradient, retainGraph: retain, createGraph: create)
        }
        Function("tensor.requires_grad_", "Starts, or stops, collecting a gradient for this tensor.", Param("input", Tensor.self), Param("requires_grad", Bool.self, default: true),
            returns: "the tensor itself", example: "local w = tensor.zeros(3):requires_grad_()\nprint(w.requires_grad)") { (x: Tensor, wanted: Bool) -> Receiver in
            try x.setRequiresGrad(wanted)
            return Receiver()
        }
        Function("tensor.zero_grad", "Forgets the gradient collected so far.", Param("input", Tensor.self),
            example: "local w = tensor({2}, {requires_grad=true})\nlocal y = w * w\ny:backward()\nw:zero_grad()\nprint(w.grad)") { (x: Tensor) -> Void in x.grad = nil }
        Function("tensor.retain_grad", "Collects the gradient of a computed tensor as well.", Param("input", Tensor.self), returns: "the tensor itself",
            example: "local x = tensor({2}, {requires_grad=true})\nlocal y = x * 3\ny:retain_grad()\nlocal y = y * y\ny:backward()\nprint(y.grad)") { (x: Tensor) -> Receiver in
            try x.retainGradient()
            return Receiver()
        }
        Function("tensor.register_hook", "Calls a function with this tensor's gradient during backward; a tensor it returns replaces the gradient.",
            Param("input", Tensor.self), Param("hook", LuaFunction.self, "function(grad)"), returns: "a handle with remove()",
            example: "local x = tensor({2}, {requires_grad=true})\nx:register_hook(function(g) return g * 10 end)\nlocal y = x * x\ny:backward()\nprint(x.grad)") { (x: Tensor, hook: LuaFunction) in
            HookHandle(try x.addGradientHook { gradient in
                guard let first = try hook(Fresh(gradient.detached(unless: gradient.requiresGrad))).first, !first.isNil else { return nil }
                guard case .object(let object) = first, let replaced = object as? Tensor else {
                    throw TensorError.rule("register_hook", "the hook must return a tensor or nothing, it returned a \(first.typeName)")
                }
                return replaced
            })
        }
    }
}

extension Tensor {
    /// Another handle on the values, so that what the user does to it stays outside of the engine.
    func detached(unless hasHistory: Bool) -> Tensor { hasHistory ? self : detach() }
}

/// What `register_hook` returns.
final class HookHandle: LuaObject {
    private let hook: GradientHook
    init(_ hook: GradientHook) { self.hook = hook }
    func remove() { hook.remove() }
}
