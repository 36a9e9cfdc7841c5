import LuaKit
import Tensors

extension TensorFunctions {
    /// Picking elements by position or mask, and putting them back.
    @FunctionBuilder static var picking: [Function] {
        Function("tensor.index_select", "Chosen positions of a dimension.", Param("input", Tensor.self), Param("dim", Dimension.self), Param("index", Indices.self, "a vector of positions"),
            returns: "tensor", example: "print(tensor{{1, 2}, {3, 4}}:index_select(2, tensor{2}))", see: ["tensor.gather"]) { (x: Tensor, dim: Dimension, index: Indices) in try x.indexSelect(dim.swift, index.tensor) }
        Function("tensor.gather", "For each place, the element at the position along a dimension that `index` holds there.", Param("input", Tensor.self), Param("dim", Dimension.self), Param("index", LuaIndices.self),
            returns: "tensor of index's shape", example: "print(tensor{{1, 2}, {3, 4}}:gather(2, tensor{{1}, {2}}))", see: ["tensor.scatter", "tensor.take_along"]) { (x: Tensor, dim: Dimension, index: LuaIndices) in try x.gather(dim.swift, index.tensor, from: LuaIndices.first) }
        Function("tensor.take_along", "Like gather, with other dimensions broadcast; over the flattened tensor without `dim`.", Param("input", Tensor.self), Param("index", Indices.self, otherNames: ["indices"]), Param("dim", Dimension?.self),
            returns: "tensor", example: "local x = tensor{{3, 1}, {2, 4}}\nprint(x:take_along(x:argsort(2), 2))", see: ["tensor.gather"]) { (x: Tensor, index: Indices, dim: Dimension?) in try x.takeAlong(index.tensor, dim?.swift) }
        Function("tensor.take", "Elements at positions of the flattened tensor.", Param("input", Tensor.self), Param("index", Indices.self),
            returns: "tensor of index's shape", example: "print(tensor{{1, 2}, {3, 4}}:take(tensor{1, 4}))") { (x: Tensor, index: Indices) in try x.take(index.tensor) }
        scattering("scatter", "Puts elements of `src`, or one number, at the positions along a dimension that `index` holds.") { x, dim, index, source, inPlace in
            switch source {
            case .tensor(let source): try x.scatter(dim, index, source, from: LuaIndices.first, inPlace: inPlace)
            case .scalar(let value): try x.scatter(dim, index, value, from: LuaIndices.first, inPlace: inPlace)
            }
        }
        scattering("scatter_add", "Adds elements of `src` at the positions along a dimension that `index` holds.") { x, dim, index, source, inPlace in
            switch source {
            case .tensor(let source): try x.scatterAdd(dim, index, source, from: LuaIndices.first, inPlace: inPlace)
            case .scalar: try x.scatterAdd(dim, index, source.tensor(beside: x).expand(index.shape), from: LuaIndices.first, inPlace: inPlace)
            }
        }
        Family.forms("index_add", "Adds slices of `source` at chosen positions of a dimension.", example: "tensor.zeros(3, 2)", "1, tensor{1, 3}, tensor.ones(2, 2)", see: ["tensor.index_select"]) { form in
            Function(form.path, form.summary, Param("input", Tensor.self), Param("dim", Dimension.self), Param("index", Indices.self), Param("source", Tensor.self), Param("alpha", Scalar.self, default: .int(1)),
                returns: form.returns(), example: form.example, see: form.see) { (x: Tensor, dim: Dimension, index: Indices, source: Tensor, alpha: Scalar) in
                Outcome(try x.indexAdd(dim.swift, index.tensor, source, alpha: alpha, inPlace: form.inPlace), form)
            }
        }
        rows("index_copy", "Replaces slices at chosen positions of a dimension by those of `source`.") { try $0.indexCopy($1, $2, $3, inPlace: $4) }
        Function("tensor.masked_select", "The elements where a mask is true, as a vector.", Param("input", Tensor.self), Param("mask", Tensor.self, "bool, broadcast with input"),
            returns: "tensor [n]", example: "local x = tensor{1, -2, 3}\nprint(x:masked_select(x:gt(0)))", see: ["tensor.masked_fill", "tensor.where"]) { (x: Tensor, mask: Tensor) in try x.maskedSelect(mask) }
        Function("tensor.masked_fill", "A value wherever a mask is true.", Param("input", Tensor.self), Param("mask", Tensor.self), Param("value", Operand.self),
            returns: "tensor", example: "local x = tensor{1, -2, 3}\nprint(x:masked_fill(x:lt(0), 0))", see: ["tensor.where"]) { (x: Tensor, mask: Tensor, value: Operand) in try maskedFill(x, mask, value, false) }
        Function("tensor.masked_fill_", "In place: a value wherever a mask is true.", Param("input", Tensor.self), Param("mask", Tensor.self), Param("value", Operand.self),
            returns: "the tensor itself", example: "local x = tensor{1, -2, 3}\nprint(x:masked_fill_(x:lt(0), 0))") { (x: Tensor, mask: Tensor, value: Operand) -> Receiver in
            _ = try maskedFill(x, mask, value, true)
            return Receiver()
        }
        Function("tensor.nonzero", "Positions of the elements that are not zero, one row each.", Param("input", Tensor.self), Param("as_tuple", Bool.self, default: false, "whether a table with a vector for each dimension is wanted, as indexing takes it"), returns: "tensor [n, dimensions] of int64, or a table of vectors",
            example: "local x = tensor{{0, 1}, {2, 0}}\nprint(x:nonzero())\nprint(x[x:nonzero{as_tuple=true}])", see: ["tensor.where"]) { (x: Tensor, separate: Bool) -> Results in
            let positions = try x.rank == 0 && separate ? x.reshape([1]).nonzero() : x.nonzero()
            return separate ? Results([try positions.add(1).unbind(1)] as [any LuaResult]) : Results(Positions(positions))
        }
    }

    private static func maskedFill(_ x: Tensor, _ mask: Tensor, _ value: Operand, _ inPlace: Bool) throws -> Tensor {
        switch value {
        case .tensor(let value): try x.maskedFill(mask, value, inPlace: inPlace)
        case .scalar(let value): try x.maskedFill(mask, value, inPlace: inPlace)
        }
    }

    private static func scattering(
        _ name: String, _ summary: String, _ body: @escaping (Tensor, Int, Tensor, Operand, Bool) throws -> Tensor
    ) -> [Function] {
        let example = "print(tensor.zeros(1, 3):\(name)(2, tensor{{1, 3}}, tensor{{5, 6}}))"
        return [
            Function("tensor.\(name)", summary, Param("input", Tensor.self), Param("dim", Dimension.self), Param("index", LuaIndices.self), Param("src", Operand.self, otherNames: ["value"]),
                returns: "tensor", example: example, see: ["tensor.gather"]) { (x: Tensor, dim: Dimension, index: LuaIndices, source: Operand) in
                try body(x, dim.swift, index.tensor, source, false)
            },
            Function("tensor.\(name)_", "In place: " + summary, Param("input", Tensor.self), Param("dim", Dimension.self), Param("index", LuaIndices.self), Param("src", Operand.self, otherNames: ["value"]),
                returns: "the tensor itself", example: example.replacing(name, with: name + "_"), see: ["tensor.\(name)"]) { (x: Tensor, dim: Dimension, index: LuaIndices, source: Operand) -> Receiver in
                _ = try body(x, dim.swift, index.tensor, source, true)
                return Receiver()
            },
        ]
    }

    private static func rows(
        _ name: String, _ summary: String, _ body: @escaping (Tensor, Int, Tensor, Tensor, Bool) throws -> Tensor
    ) -> [Function] {
        let example = "print(tensor.zeros(3, 2):\(name)(1, tensor{1, 3}, tensor.ones(2, 2)))"
        return [
            Function("tensor.\(name)", summary, Param("input", Tensor.self), Param("dim", Dimension.self), Param("index", Indices.self), Param("source", Tensor.self),
                returns: "tensor", example: example, see: ["tensor.index_select"]) { (x: Tensor, dim: Dimension, index: Indices, source: Tensor) in
                try body(x, dim.swift, index.tensor, source, false)
            },
            Function("tensor.\(name)_", "In place: " + summary, Param("input", Tensor.self), Param("dim", Dimension.self), Param("index", Indices.self), Param("source", Tensor.self),
                returns: "the tensor itself", example: example.replacing(name, with: name + "_"), see: ["tensor.\(name)"]) { (x: Tensor, dim: Dimension, index: Indices, source: Tensor) -> Receiver in
                _ = try body(x, dim.swift, index.tensor, source, true)
                return Receiver()
            },
        ]
    }
}

extension String {
    /// The text with each occurrence of a part replaced.
    func replacing(_ part: String, with other: String) -> String {
        var result = "", rest = Substring(self)
        while !rest.isEmpty {
            if rest.hasPrefix(part) {
                result += other
                rest = rest.dropFirst(part.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result
    }
}
