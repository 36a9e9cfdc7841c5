import LuaKit
import Tensors

/// A function made of Swift code and the Lua functions it calls, which live in its user table.
final class Closure: LuaObject {
    fileprivate let body: (Call, LuaTable) throws -> Int32
    /// Lua values on their way to the user table.
    private var owned: [String: LuaValue]

    /// `body` finds this closure at 1 on the stack, its arguments behind, and what it owns in the table.
    init(owning owned: [String: LuaValue], _ body: @escaping (Call, LuaTable) throws -> Int32) {
        self.owned = owned
        self.body = body
    }

    static var declaration: Class {
        Class(Closure.self, "autograd.Function", "A function made by autograd.func or autograd.value_and_grad; call it like any other.", noun: "function",
            example: "local f = autograd.value_and_grad(function(x) return x:sum() end)\nprint(f(tensor{1, 2}))",
            didPush: { closure, anchors in
                for (name, value) in closure.owned { anchors.keep(value, name) }
                closure.owned = [:]
            }, members: {
                Function(raw: "__call", "Calls the function.", Param("self", Closure.self)) { call in
                    let closure = try Closure.read(call, at: 1)
                    guard let table = call.runtime.userTable(of: closure) else {
                        throw TensorError.argument("call", "this function was closed")
                    }
                    return try closure.body(call, table)
                }
            })
    }
}

/// Operations whose forward and backward are Lua functions.
enum CustomFunction {
    /// A function that runs `forward` without recording, and records `backward` as its rule.
    static func make(_ definition: LuaTable) throws -> Closure {
        let name = definition["name"].text ?? "func"
        return Closure(owning: [
            "forward": try function("forward", definition), "backward": try function("backward", definition),
        ]) { call, owned in
            guard case .function(let forward) = owned["forward"], case .function(let backward) = owned["backward"] else { return 0 }
            return try apply(call, name, forward, backward)
        }
    }

    private static func function(_ name: String, _ definition: LuaTable) throws -> LuaValue {
        guard case .function = definition[name] else {
            throw TensorError.argument("func", "the definition needs a function '\(name)', got \(definition[name].typeName)")
        }
        return definition[name]
    }

    private static func apply(_ call: Call, _ name: String, _ forward: LuaFunction, _ backward: LuaFunction) throws -> Int32 {
        let context = LuaValue.table(call.runtime.makeTable())
        var inputs: [Tensor] = [], arguments = [context]
        for i in 1..<call.argumentCount {
            if let tensor = call.object(at: i + 1, as: Tensor.self) { inputs.append(tensor) }
            arguments.append(call.value(at: i + 1))
        }
        let results = try Autograd.withoutGradients { try forward.call(arguments) }
        var outputs: [Tensor] = []
        for result in results {
            guard case .object(let object) = result, let tensor = object as? Tensor else {
                throw TensorError.argument(name, "forward must return tensors, it returned a \(result.typeName)")
            }
            // An input handed through gets a history of its own.
            outputs.append(inputs.contains { $0 === tensor } ? tensor.detach() : tensor)
        }
        let kinds = outputs.map { ($0.shape, $0.dtype) }
        try Tensor.recordCustom(name, inputs, results: outputs) { gradients in
            let given = try zip(gradients, kinds).map { gradient, kind in
                LuaValue.object(try gradient ?? Tensor.zeros(kind.0, kind.1))
            }
            let returned = try backward.call([context] + given)
            let needed = inputs.lastIndex(where: \.requiresGrad).map { $0 + 1 } ?? 0
            guard returned.count >= needed, returned.dropFirst(inputs.count).allSatisfy(\.isNil) else {
                throw TensorError.rule(name, "backward must return one gradient for each of \(inputs.count) tensor inputs (nil for one that needs none), it returned \(returned.count)")
            }
            return try inputs.indices.map { i in
                guard i < returned.count, !returned[i].isNil else { return nil }
                guard case .object(let object) = returned[i], let gradient = object as? Tensor else {
                    throw TensorError.rule(name, "backward must return one gradient for each of \(inputs.count) tensor inputs; result \(i + 1) is a \(returned[i].typeName)")
                }
                return gradient
            }
        }
        try call.makeRoom(outputs.count + 4)
        for output in outputs { call.push(new: output) }
        return Int32(outputs.count)
    }
}

/// The value of a function and its gradients with respect to all tensor arguments.
enum ValueAndGradient {
    static func make(_ f: LuaFunction) -> Closure {
        Closure(owning: ["f": .function(f)]) { call, owned in
            guard case .function(let f) = owned["f"] else { return 0 }
            return try apply(call, f)
        }
    }

    private static func apply(_ call: Call, _ f: LuaFunction) throws -> Int32 {
        var arguments: [LuaValue] = [], leaves: [Tensor] = []
        for i in 1..<call.argumentCount {
            if let tensor = call.object(at: i + 1, as: Tensor.self), tensor.dtype.isFloatingPoint {
                let leaf = try Autograd.leaf(tensor)
                leaves.append(leaf)
                arguments.append(.object(leaf))
            } else {
                arguments.append(call.value(at: i + 1))
            }
        }
        guard !leaves.isEmpty else {
            throw TensorError.argument("value_and_grad", "none of the arguments is a floating point tensor")
        }
        let value = try AutogradFunctions.tensorResult(of: f, arguments, "value_and_grad")
        let gradients = try Tensor.gradients(of: [value], withRespectTo: leaves)
        try call.makeRoom(gradients.count + 4)
        call.push(new: value.detach())
        for (gradient, leaf) in zip(gradients, leaves) {
            call.push(new: try gradient ?? Tensor.zeros(leaf.shape, leaf.dtype))
        }
        return Int32(gradients.count) + 1
    }
}
