import Learning
import LuaKit
import Tensors

/// One side of an adaptive pool's output: a number, or false to keep the input's.
struct OutputSide: LuaArgument {
    let size: Int?

    static var luaType: LuaType { LuaType("integer|false", phrase: "an integer, or false to keep the size", annotation: "integer|false") }

    static func read(_ call: Call, at index: Int32) throws -> OutputSide {
        if case .boolean(false) = call.value(at: index) { return OutputSide(size: nil) }
        guard let size = call.integer(at: index) else { throw call.mismatch(luaType, at: index) }
        return OutputSide(size: size)
    }
}

extension LayerFunctions {
    /// Layers that rearrange elements.
    @FunctionBuilder static var shapes: [Function] {
        Function("nn.Unflatten", "One dimension as several: the inverse of Flatten.", Param("dim", Dimension.self), Param("unflattened_size", OneOrMany<Int>.self, "sizes of the new dimensions; one may be -1"),
            returns: "module", example: "print(nn.Unflatten(2, {3, 4})(tensor.zeros(5, 12)).shape[3])", see: ["nn.Flatten", "nn.Reshape"]) { (dim: Dimension, sizes: OneOrMany<Int>) -> Module in Unflatten(dim.swift, sizes.values) }
        Function("nn.Reshape", "Gives each example another shape; the first dimension, which counts examples, stays.", Param("shape", Sizes.self, "sizes of an example's dimensions; one may be -1"),
            returns: "module", example: "print(nn.Reshape(1, 28, 28)(tensor.zeros(5, 784)).shape[3])", see: ["nn.Flatten", "nn.Unflatten"]) { (shape: Sizes) -> Module in Reshape(shape.values) }
        Function("nn.Upsample", "Enlarges sequences, pictures or volumes to a size or by a factor.", Param("size", OneOrMany<Int>?.self, "the output's sides"), Param("scale_factor", OneOrMany<Double>?.self, "how many times larger, in place of size"),
            Param("mode", Tensor.Interpolation.self, default: .nearest, "how values between positions are found"), Param("align_corners", Bool?.self, "whether corners of input and output lie on each other, for the modes that go between values"), Param("recompute_scale_factor", Bool.self, default: false, "whether the factor follows from the whole size it leads to"),
            returns: "module [N, C, ...]", example: "print(nn.Upsample({scale_factor=2})(tensor.zeros(1, 1, 2, 3)).shape[4])", see: ["nn.ConvTranspose2d", "nn.PixelShuffle"]) { (size: OneOrMany<Int>?, scale: OneOrMany<Double>?, mode: Tensor.Interpolation, align: Bool?, recomputes: Bool) -> Module in
            if align != nil, [.nearest, .nearestExact, .area].contains(mode) { throw LearningError.argument("nn.Upsample", "align_corners is for the modes that go between values: linear, bilinear, bicubic, trilinear") }
            return try Upsample(size: size?.values, scale: scale?.values, mode: mode, alignCorners: align ?? false, recomputesScale: recomputes)
        }
        Function("nn.PixelShuffle", "Turns channels into space: [N, C·r², H, W] → [N, C, H·r, W·r] (Shi et al. 2016).", Param("upscale_factor", Int.self, "r"),
            returns: "module", example: "print(nn.PixelShuffle(2)(tensor.zeros(1, 8, 3, 3)).shape[3])", see: ["nn.Upsample"]) { (factor: Int) -> Module in try PixelShuffle(factor) }
        Function("nn.ZeroPad2d", "Adds a border of zeros to pictures.", Param("padding", OneOrMany<Int>.self, "one number, or left, right, top and bottom"),
            returns: "module [N, C, H, W]", example: "print(nn.ZeroPad2d(1)(tensor.ones(1, 1, 2, 2)).shape[4])", see: ["nn.ReflectionPad2d"]) { (sizes: OneOrMany<Int>) -> Module in try ZeroPad2d(sizes.values) }
        Function("nn.ReflectionPad2d", "Adds a border that mirrors the picture.", Param("padding", OneOrMany<Int>.self, "one number, or left, right, top and bottom"),
            returns: "module [N, C, H, W]", example: "print(nn.ReflectionPad2d(1)(tensor.ones(1, 1, 2, 2)).shape[4])", see: ["nn.ZeroPad2d"]) { (sizes: OneOrMany<Int>) -> Module in try ReflectionPad2d(sizes.values) }
    }

    /// Pools whose windows follow from the size of their output.
    @FunctionBuilder static var adaptivePools: [Function] {
        adaptive("AdaptiveAvgPool1d", "The means of windows that share a sequence evenly, whatever its length.", "[N, C, L] → [N, C, size]", "2", input: "1, 2, 7") { try AdaptiveAvgPool1d($0) }
        adaptive("AdaptiveAvgPool2d", "The means of windows that share a picture evenly, whatever its size.", "[N, C, H, W] → [N, C, H', W']", "{2, 3}", input: "1, 2, 7, 8") { try AdaptiveAvgPool2d($0) }
        adaptiveMax("AdaptiveMaxPool1d", "The largest elements of windows that share a sequence evenly, whatever its length.", "[N, C, L] → [N, C, size]", "2", input: "1, 2, 7") { try AdaptiveMaxPool1d($0) }
        adaptiveMax("AdaptiveMaxPool2d", "The largest elements of windows that share a picture evenly, whatever its size.", "[N, C, H, W] → [N, C, H', W']", "{2, 3}", input: "1, 2, 7, 8") { try AdaptiveMaxPool2d($0) }
    }

    private static func adaptiveMax(
        _ name: String, _ summary: String, _ shapes: String, _ argument: String, input: String, _ make: @escaping ([Int?]) throws -> AdaptivePool
    ) -> Function {
        Function("nn.\(name)", summary, Param("output_size", OneOrMany<OutputSide>.self, "one size, or one for each dimension; false keeps the input's"), Param("return_indices", Bool.self, default: false, "whether a second result says where in its plane each element was, from 1, row by row"),
            returns: "module \(shapes)", example: "print(nn.\(name)(\(argument))(tensor.rand(\(input))).shape[3])") { (size: OneOrMany<OutputSide>, indices: Bool) -> Module in
            let pool = try make(size.values.map(\.size))
            pool.returnsIndices = indices
            return pool
        }
    }

    private static func adaptive(
        _ name: String, _ summary: String, _ shapes: String, _ argument: String, input: String, _ make: @escaping ([Int?]) throws -> Module
    ) -> Function {
        Function("nn.\(name)", summary, Param("output_size", OneOrMany<OutputSide>.self, "one size, or one for each dimension; false keeps the input's"),
            returns: "module \(shapes)", example: "print(nn.\(name)(\(argument))(tensor.rand(\(input))).shape[3])") { (size: OneOrMany<OutputSide>) -> Module in try make(size.values.map(\.size)) }
    }
}
