import LuaKit
import TestSupport
import Testing
@testable import Tensors

/// Every operation, called from Lua, against PyTorch: results and gradients, of contiguous inputs and of others.
@Suite struct OperationReferenceTests {
    @Test(arguments: OperationCase.operations)
    func agrees(_ operation: String) throws {
        let reference = try #require(OperationCase.reference), script = try OperationScript()
        for c in OperationCase.all where c.operation == operation && !c.isRefused {
            // A view of strided memory is an error, not a copy.
            for layout in operation == "view" ? ["contiguous"] : ["contiguous", "strided"] {
                do {
                    let wrong = try problem(c, layout, reference, script)
                    #expect(wrong == nil, "\(c.property), \(layout): \(c.text)")
                } catch {
                    Issue.record("\(c.property), \(layout): \(c.text): \(error)")
                }
            }
        }
    }

    private func problem(_ c: OperationCase, _ layout: String, _ reference: ReferenceNumbers, _ script: OperationScript) throws -> String? {
        let inputs = try c.inputs.map { name in
            let input = try #require(reference["in.\(name)"])
            let own = layout == "strided" ? try strided(input) : try input.clone()
            if reference["\(c.number).\(name)"] != nil { try own.setRequiresGrad(true) }
            return (name, own)
        }
        let results = try script.function(c)(inputs)
        for (i, result) in results.enumerated() {
            guard let expected = reference["\(c.number).\(i)"] else {
                // PyTorch's function has fewer results, or this is the last of them.
                return i == 0 ? "no reference" : c.operation == "linalg.lstsq" ? nil : "\(results.count) results, expected \(i)"
            }
            let isCoarse = expected.dtype == .float32
            if let wrong = try difference(result, expected, relative: isCoarse ? 2e-5 : 1e-9, absolute: isCoarse ? 1e-6 : 1e-10) {
                return "result \(i + 1): \(wrong)"
            }
        }
        if reference["\(c.number).\(results.count)"] != nil { return "only \(results.count) results" }
        let leaves = inputs.filter { $0.1.requiresGrad }
        guard !leaves.isEmpty else { return nil }
        guard results[0].requiresGrad else { return "the result has no gradient" }
        let gradients = try Tensor.gradients(of: [results[0]], withRespectTo: leaves.map(\.1), startingFrom: [weights(results[0].shape)])
        for ((name, leaf), gradient) in zip(leaves, gradients) {
            let expected = try #require(reference["\(c.number).\(name)"])
            if let wrong = try difference(gradient ?? Tensor.zeros(leaf.shape, leaf.dtype), expected, relative: 1e-8, absolute: 1e-9) {
                return "gradient of \(name): \(wrong)"
            }
        }
        return nil
    }

    /// The weights that ops.py gives a result's elements.
    private func weights(_ shape: [Int]) throws -> Tensor {
        let values = (0..<shape.reduce(1, *)).map { 0.5 + Double($0 * 37 % 101) / 101 }
        return try Tensor(values).reshape(shape)
    }

    /// Central differences in float64, of strided inputs too; of the gradients as well where those are smooth.
    @Test(arguments: OperationCase.operations)
    func gradientsAreSlopes(_ operation: String) throws {
        let reference = try #require(OperationCase.reference), script = try OperationScript()
        for c in OperationCase.all where c.operation == operation && c.order > 0 && operation != "view" {
            let names = c.inputs.filter { reference["\(c.number).\($0)"] != nil }
            let inputs = try names.map { try #require(reference["in.\($0)"]) }
            for name in c.inputs where !names.contains(name) { try script.set(name, #require(reference["in.\(name)"])) }
            let function = try script.function(c)
            do {
                let wrong = try gradientCheck(inputs, order: c.order, tolerance: 2e-5) { try function(Array(zip(names, $0)))[0] }
                #expect(wrong == nil, "\(c.property): \(c.text)")
            } catch {
                Issue.record("\(c.property): \(c.text): \(error)")
            }
        }
    }

    // MARK: Holes

    /// Functions that make, describe or change tensors otherwise than by computing: Scripts/tensor.lua is about them.
    private static let others: Set<String> = [
        "zeros", "ones", "full", "empty", "eye", "range", "linspace", "logspace", "zeros_like", "ones_like", "full_like", "rand", "randn",
        "randint", "randperm", "bernoulli", "multinomial", "normal", "rand_like", "randn_like", "manual_seed", "initial_seed", "size", "dim",
        "numel", "item", "totable", "is_contiguous", "is_floating_point", "stride", "float", "double", "long", "int", "byte", "bool", "detach",
        "set_printoptions", "backward", "zero_grad", "retain_grad", "register_hook",
    ]
    private static let fills: Set<String> = [
        "copy_", "fill_", "zero_", "squeeze_", "unsqueeze_", "t_", "transpose_", "uniform_", "normal_", "bernoulli_", "random_", "exponential_", "requires_grad_",
    ]

    /// Each operation of the registry has a case, and one for each property that its parameters imply.
    @Test func nothingIsLeftOut() throws {
        var properties: [String: Set<String>] = [:]
        for c in OperationCase.all { properties[c.operation, default: []].insert(c.property) }
        let declared = try Script().session.runtime.registry.declarations.filter { $0.kind == .function && $0.path.hasPrefix("tensor.") }
        let names = Set(declared.map { String($0.path.dropFirst("tensor.".count)) })
        for declaration in declared {
            let name = String(declaration.path.dropFirst("tensor.".count))
            if OperationReferenceTests.others.contains(name) || OperationReferenceTests.fills.contains(name) { continue }
            if name.hasSuffix("_") {
                let pure = String(name.dropLast())
                #expect(properties[pure]?.contains("in place") == true, "\(name) has no case")
                continue
            }
            guard let covered = properties[name] else {
                Issue.record("tensor.\(name) has no case")
                continue
            }
            let parameters = declaration.parameters.map(\.name)
            let isElementwise = names.contains(name + "_") && !OperationReferenceTests.fills.contains(name + "_")
            var wanted: [String] = []
            if parameters == ["input"], isElementwise { wanted = ["base", "0-d", "zero-size", "int", "bool", "nan inf", "large", "small", "in place"] }
            if parameters.prefix(2) == ["input", "other"], isElementwise {
                wanted = ["base", "broadcast", "broadcast both", "0-d", "zero-size", "int", "int float", "bool", "nan inf", "large", "ties", "in place"]
            }
            if parameters.contains("keepdim"), parameters.contains("dim"), !name.hasPrefix("linalg.") { wanted = ["negative dim", "0-d", "nan inf"] }
            for property in wanted { #expect(covered.contains(property), "tensor.\(name) has no case for \(property)") }
        }
    }
}
