import LuaKit
import Tensors

extension TensorFunctions {
    /// New shapes; views of the same memory where possible.
    @FunctionBuilder static var shapes: [Function] {
        Function("tensor.reshape", "The same elements in another shape: a view where memory allows, a copy otherwise.",
            Param("input", Tensor.self), Param("shape", Sizes.self, "sizes; one may be -1, it is worked out"),
            returns: "tensor", example: "print(tensor.range(1, 6):reshape(2, 3))", see: ["tensor.view", "tensor.flatten"]) { (x: Tensor, shape: Sizes) in try x.reshape(shape.values) }
        Function("tensor.view", "The same memory in another shape; an error where that needs a copy.",
            Param("input", Tensor.self), Param("shape", Sizes.self, "sizes; one may be -1"),
            returns: "tensor", example: "print(tensor.range(1, 6):view(3, -1).shape[2])", see: ["tensor.reshape"]) { (x: Tensor, shape: Sizes) in try x.view(shape.values) }
        Function("tensor.flatten", "Several dimensions as one.", Param("input", Tensor.self),
            Param("start_dim", Dimension.self, default: Dimension(offset: 0)), Param("end_dim", Dimension.self, default: Dimension(offset: -1)),
            returns: "tensor", example: "print(tensor.zeros(2, 3, 4):flatten(2).shape[2])", see: ["tensor.unflatten"]) { (x: Tensor, first: Dimension, last: Dimension) in
            try x.flatten(first.swift, last.swift)
        }
        Function("tensor.unflatten", "One dimension as several.", Param("input", Tensor.self), Param("dim", Dimension.self), Param("sizes", Sizes.self),
            returns: "tensor", example: "print(tensor.zeros(2, 6):unflatten(2, 3, 2).shape[3])", see: ["tensor.flatten"]) { (x: Tensor, dim: Dimension, sizes: Sizes) in
            try x.unflatten(dim.swift, sizes.values)
        }
        Function("tensor.squeeze", "A view without dimensions of size 1, all of them or those named.", Param("input", Tensor.self), Param("dim", OneOrMany<Dimension>?.self),
            returns: "tensor", example: "print(#tensor.zeros(1, 3, 1):squeeze().shape)", see: ["tensor.unsqueeze"]) { (x: Tensor, dim: OneOrMany<Dimension>?) in try x.squeeze(dim?.swift) }
        Function("tensor.squeeze_", "In place: without dimensions of size 1.", Param("input", Tensor.self), Param("dim", OneOrMany<Dimension>?.self),
            returns: "the tensor itself", example: "local x = tensor.zeros(1, 3)\nx:squeeze_()\nprint(x:dim())") { (x: Tensor, dim: OneOrMany<Dimension>?) -> Receiver in
            _ = try x.squeeze(dim?.swift, inPlace: true)
            return Receiver()
        }
        Function("tensor.unsqueeze", "A view with a new dimension of size 1.", Param("input", Tensor.self), Param("dim", Dimension.self, "where the new dimension stands"),
            returns: "tensor", example: "print(tensor{1, 2}:unsqueeze(2).shape[2])", see: ["tensor.squeeze"]) { (x: Tensor, dim: Dimension) in try x.unsqueeze(dim.swift) }
        Function("tensor.unsqueeze_", "In place: with a new dimension of size 1.", Param("input", Tensor.self), Param("dim", Dimension.self),
            returns: "the tensor itself", example: "local x = tensor{1, 2}\nx:unsqueeze_(1)\nprint(x:dim())") { (x: Tensor, dim: Dimension) -> Receiver in
            _ = try x.unsqueeze(dim.swift, inPlace: true)
            return Receiver()
        }
        Function("tensor.t", "A matrix with rows and columns exchanged, as a view.", Param("input", Tensor.self), returns: "tensor",
            example: "print(tensor{{1, 2, 3}}:t())", see: ["tensor.transpose", "tensor.permute"]) { (x: Tensor) in try x.t() }
        Function("tensor.t_", "In place: rows and columns exchanged.", Param("input", Tensor.self), returns: "the tensor itself",
            example: "local x = tensor{{1, 2, 3}}\nx:t_()\nprint(#x)") { (x: Tensor) -> Receiver in
            _ = try x.t(inPlace: true)
            return Receiver()
        }
        exchanged("transpose", "A view with two dimensions exchanged.")
        exchanged("swapaxes", "A view with two dimensions exchanged; another name for transpose.", "axis")
        Function("tensor.transpose_", "In place: two dimensions exchanged.", Param("input", Tensor.self), Param("dim0", Dimension.self), Param("dim1", Dimension.self),
            returns: "the tensor itself", example: "local x = tensor.zeros(2, 3)\nx:transpose_(1, 2)\nprint(#x)") { (x: Tensor, a: Dimension, b: Dimension) -> Receiver in
            _ = try x.transpose(a.swift, b.swift, inPlace: true)
            return Receiver()
        }
        Function("tensor.permute", "A view with the dimensions in another order.", Param("input", Tensor.self), Param("dims", Variadic<Dimension>.self, "the old dimension for each new place"),
            returns: "tensor", example: "print(tensor.zeros(2, 3, 4):permute(3, 1, 2).shape[1])", see: ["tensor.transpose", "tensor.movedim"]) { (x: Tensor, dims: Variadic<Dimension>) in try x.permute(dims.swift) }
        Function("tensor.movedim", "A view with dimensions moved to other places; the others keep their order.", Param("input", Tensor.self),
            Param("source", OneOrMany<Dimension>.self), Param("destination", OneOrMany<Dimension>.self),
            returns: "tensor", example: "print(tensor.zeros(2, 3, 4):movedim(1, 3).shape[3])") { (x: Tensor, from: OneOrMany<Dimension>, to: OneOrMany<Dimension>) in
            try x.movedim(from.swift, to.swift)
        }
        Function("tensor.expand", "A view whose dimensions of size 1 repeat to fill a shape.", Param("input", Tensor.self), Param("shape", Sizes.self, otherNames: ["size"], "-1 keeps a size"),
            returns: "tensor", example: "print(tensor{{1}, {2}}:expand(2, 3))", see: ["tensor.tile", "tensor.broadcast_to"]) { (x: Tensor, shape: Sizes) in try x.expand(shape.values) }
        Function("tensor.expand_as", "A view whose dimensions of size 1 repeat to fill another tensor's shape.", Param("input", Tensor.self), Param("other", Tensor.self),
            returns: "tensor", example: "print(tensor{{1}, {2}}:expand_as(tensor.zeros(2, 2)))") { (x: Tensor, other: Tensor) in try x.expand(other.shape) }
        Function("tensor.broadcast_to", "A view repeated to fill a shape, as in broadcasting.", Param("input", Tensor.self), Param("shape", Sizes.self, otherNames: ["size"]),
            returns: "tensor", example: "print(tensor{1, 2}:broadcast_to(2, 2))", see: ["tensor.expand"]) { (x: Tensor, shape: Sizes) in try x.broadcast(to: shape.values) }
        Function("tensor.narrow", "A view of part of a dimension.", Param("input", Tensor.self), Param("dim", Dimension.self), Param("start", Position.self, "first position"), Param("length", Int.self),
            returns: "tensor", example: "print(tensor.range(1, 5):narrow(1, 2, 3))", see: ["tensor.select"]) { (x: Tensor, dim: Dimension, start: Position, length: Int) in
            try x.narrow(dim.swift, start.swift, length)
        }
        Function("tensor.select", "A view at one position of a dimension, which disappears.", Param("input", Tensor.self), Param("dim", Dimension.self), Param("index", Position.self),
            returns: "tensor", example: "print(tensor{{1, 2}, {3, 4}}:select(2, 1))", see: ["tensor.narrow"]) { (x: Tensor, dim: Dimension, index: Position) in try x.select(dim.swift, index.swift) }
        Function("tensor.diagonal", "A view of a diagonal.", Param("input", Tensor.self), Param("offset", Int.self, default: 0),
            Param("dim1", Dimension.self, default: Dimension(offset: 0)), Param("dim2", Dimension.self, default: Dimension(offset: 1)),
            returns: "tensor", example: "print(tensor{{1, 2}, {3, 4}}:diagonal())", see: ["tensor.diag"]) { (x: Tensor, offset: Int, a: Dimension, b: Dimension) in
            try x.diagonal(offset, a.swift, b.swift)
        }
        Function("tensor.unfold", "A view of windows that slide along a dimension.", Param("input", Tensor.self), Param("dim", Dimension.self), Param("size", Int.self), Param("step", Int.self),
            returns: "tensor", example: "print(tensor.range(1, 5):unfold(1, 2, 1))") { (x: Tensor, dim: Dimension, size: Int, step: Int) in try x.unfold(dim.swift, size, step) }
        Function("tensor.unbind", "The slices along a dimension, as a table of views.", Param("input", Tensor.self), Param("dim", Dimension.self, default: Dimension(offset: 0)),
            returns: "table of tensors", example: "print(#tensor.zeros(3, 2):unbind())", see: ["tensor.split"]) { (x: Tensor, dim: Dimension) in try x.unbind(dim.swift) }
        Function("tensor.split", "Parts of a dimension, each of one size or of the sizes given, as a table of views.", Param("input", Tensor.self),
            Param("split_size_or_sections", OneOrMany<Int>.self, "size of the parts, or a table of sizes"), Param("dim", Dimension.self, default: Dimension(offset: 0)),
            returns: "table of tensors", example: "print(#tensor.zeros(5):split(2))", see: ["tensor.chunk"]) { (x: Tensor, size: OneOrMany<Int>, dim: Dimension) in
            size.values.count == 1 ? try x.split(size.values[0], dim.swift) : try x.split(size.values, dim.swift)
        }
        Function("tensor.chunk", "A dimension in a number of parts as even as possible, as a table of views.", Param("input", Tensor.self), Param("chunks", Int.self), Param("dim", Dimension.self, default: Dimension(offset: 0)),
            returns: "table of tensors", example: "print(#tensor.zeros(5):chunk(2))", see: ["tensor.split"]) { (x: Tensor, chunks: Int, dim: Dimension) in try x.chunk(chunks, dim.swift) }
    }

    private static func exchanged(_ name: String, _ summary: String, _ word: String = "dim") -> Function {
        Function("tensor.\(name)", summary, Param("input", Tensor.self), Param("\(word)0", Dimension.self, "one dimension"), Param("\(word)1", Dimension.self, "the other"),
            returns: "tensor", example: "print(tensor.zeros(2, 3, 4):\(name)(1, 3).shape[1])", see: ["tensor.permute"]) { (x: Tensor, a: Dimension, b: Dimension) in
            try x.transpose(a.swift, b.swift)
        }
    }
}
