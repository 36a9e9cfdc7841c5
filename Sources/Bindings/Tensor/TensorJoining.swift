import LuaKit
import Tensors

extension PadMode: LuaOption {}

extension TensorFunctions {
    /// Joining, repeating and rearranging; all of these copy.
    @FunctionBuilder static var joining: [Function] {
        Function("tensor.cat", "Joins tensors along a dimension they have already.", Param("tensors", [Tensor].self), Param("dim", Dimension.self, default: Dimension(offset: 0)),
            returns: "tensor", example: "print(tensor.cat{tensor{1, 2}, tensor{3}})", see: ["tensor.stack"]) { (tensors: [Tensor], dim: Dimension) in try Tensor.cat(tensors, dim.swift) }
        Function("tensor.stack", "Joins tensors of one shape along a new dimension.", Param("tensors", [Tensor].self), Param("dim", Dimension.self, default: Dimension(offset: 0)),
            returns: "tensor", example: "print(tensor.stack{tensor{1, 2}, tensor{3, 4}})", see: ["tensor.cat"]) { (tensors: [Tensor], dim: Dimension) in try Tensor.stack(tensors, dim.swift) }
        Function("tensor.hstack", "Joins tensors side by side: along the second dimension, vectors along the first.", Param("tensors", [Tensor].self),
            returns: "tensor", example: "print(tensor.hstack{tensor{1, 2}, tensor{3}})", see: ["tensor.vstack"]) { (tensors: [Tensor]) in try Tensor.hstack(tensors) }
        Function("tensor.vstack", "Joins tensors on top of one another; vectors become rows.", Param("tensors", [Tensor].self),
            returns: "tensor", example: "print(tensor.vstack{tensor{1, 2}, tensor{3, 4}})", see: ["tensor.hstack"]) { (tensors: [Tensor]) in try Tensor.vstack(tensors) }
        Function("tensor.meshgrid", "Coordinates of all points of a grid: one tensor for each vector of coordinates.", Param("tensors", GridAxes.self, "vectors, or a table of them"),
            Param("indexing", GridIndexing.self, default: .ij, "\"ij\": the first vector runs along dimension 1; \"xy\": along dimension 2"),
            returns: "table of tensors", example: "print(tensor.meshgrid{tensor{1, 2}, tensor{3, 4}}[1])") { (axes: GridAxes, indexing: GridIndexing) in
            try Tensor.meshgrid(axes.tensors, indexing: (axes.indexing ?? indexing).rawValue)
        }
        Function("tensor.tile", "The tensor repeated along its dimensions.", Param("input", Tensor.self), Param("dims", Sizes.self, "repetitions for each dimension"),
            returns: "tensor", example: "print(tensor{1, 2}:tile(2, 2))", see: ["tensor.repeat_interleave", "tensor.expand"]) { (x: Tensor, times: Sizes) in try x.tile(times.values) }
        Function("tensor.repeat_interleave", "Each element repeated in its place.", Param("input", Tensor.self), Param("repeats", Operand.self, "how often: one number, or a tensor with one for each position"),
            Param("dim", Dimension?.self, "the flattened tensor when left out"),
            returns: "tensor", example: "print(tensor{1, 2}:repeat_interleave(2))", see: ["tensor.tile"]) { (x: Tensor, times: Operand, dim: Dimension?) in
            switch times {
            case .tensor(let times): return try x.repeatInterleave(times, dim?.swift)
            case .scalar(let times):
                guard times.doubleValue == Double(times.intValue) else { throw TensorError.argument("repeat_interleave", "repeats must be a whole number, got \(times.doubleValue)") }
                return try x.repeatInterleave(Int(times.intValue), dim?.swift)
            }
        }
        Function("tensor.flip", "The order of elements turned round along dimensions.", Param("input", Tensor.self), Param("dims", Variadic<Dimension>.self),
            returns: "tensor", example: "print(tensor{1, 2, 3}:flip(1))") { (x: Tensor, dims: Variadic<Dimension>) in try x.flip(dims.swift) }
        Function("tensor.roll", "Elements shifted along dimensions; those that leave at the end come back at the start.", Param("input", Tensor.self), Param("shifts", OneOrMany<Int>.self),
            Param("dims", OneOrMany<Dimension>.self, default: [], "the flattened tensor when left out"),
            returns: "tensor", example: "print(tensor{1, 2, 3}:roll(1))") { (x: Tensor, shifts: OneOrMany<Int>, dims: OneOrMany<Dimension>) in try x.roll(shifts.values, dims.swift) }
        Function("tensor.pad", "The tensor with positions added around it.", Param("input", Tensor.self), Param("sizes", [Int].self, otherNames: ["pad"], "before and after the last dimension, then the one before, …"),
            Param("mode", PadMode.self, default: .constant), Param("value", Scalar.self, default: .int(0), "what constant padding holds"),
            returns: "tensor", example: "print(tensor{1, 2}:pad({1, 1}))") { (x: Tensor, sizes: [Int], mode: PadMode, value: Scalar) in try x.pad(sizes, mode: mode, value: value) }
        Function("tensor.tril", "The lower triangle of a matrix; zeros elsewhere.", Param("input", Tensor.self), Param("diagonal", Int.self, default: 0, "last diagonal kept"),
            returns: "tensor", example: "print(tensor.ones(2, 2):tril())", see: ["tensor.triu"]) { (x: Tensor, diagonal: Int) in try x.tril(diagonal) }
        Function("tensor.triu", "The upper triangle of a matrix; zeros elsewhere.", Param("input", Tensor.self), Param("diagonal", Int.self, default: 0, "first diagonal kept"),
            returns: "tensor", example: "print(tensor.ones(2, 2):triu())", see: ["tensor.tril"]) { (x: Tensor, diagonal: Int) in try x.triu(diagonal) }
        Function("tensor.diag", "A matrix with a vector on its diagonal, or the diagonal of a matrix.", Param("input", Tensor.self), Param("diagonal", Int.self, default: 0),
            returns: "tensor", example: "print(tensor{1, 2}:diag())", see: ["tensor.diagonal"]) { (x: Tensor, diagonal: Int) in try x.diag(diagonal) }
    }
}

enum GridIndexing: String, CaseIterable, LuaOption { case ij, xy }

/// The vectors of `meshgrid`, or a table of them, and the indexing when it follows as a plain argument.
struct GridAxes: LuaArgument {
    let tensors: [Tensor]
    var indexing: GridIndexing?

    static var luaType: LuaType { Variadic<Tensor>.luaType }
    static var tables: TableUse { .positions }
    static var isVariadic: Bool { true }

    static func read(_ call: Call, at index: Int32) throws -> GridAxes {
        GridAxes(tensors: try Variadic<Tensor>.read(call, at: index).values)
    }

    static func read(_ call: Call, from first: Int32, through last: Int32) throws -> GridAxes {
        guard last > first, call.text(at: last) != nil else {
            return GridAxes(tensors: try Variadic<Tensor>.read(call, from: first, through: last).values)
        }
        let axes = try Variadic<Tensor>.read(call, from: first, through: last - 1).values
        return GridAxes(tensors: axes, indexing: try GridIndexing.read(call, at: last))
    }
}
