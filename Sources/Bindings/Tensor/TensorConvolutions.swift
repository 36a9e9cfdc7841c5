import LuaKit
import Tensors

extension TensorFunctions {
    /// Sums and means of windows that move over sequences, pictures and volumes.
    @FunctionBuilder static var convolutions: [Function] {
        convolution("conv1d", "Sums of neighbours in a sequence, weighted by kernels that move over it.", "L", "k", input: "1, 1, 5", weight: "2, 1, 3", layer: "nn.Conv1d") {
            try Tensor.conv1d($0, $1, $2, stride: $3.stride, padding: $3.padding, dilation: $3.dilation, groups: $3.groups)
        }
        convolution("conv2d", "Sums of neighbours in a picture, weighted by kernels that move over it.", "H, W", "kH, kW", input: "1, 1, 5, 5", weight: "2, 1, 3, 3", layer: "nn.Conv2d") {
            try Tensor.conv2d($0, $1, $2, stride: $3.stride, padding: $3.padding, dilation: $3.dilation, groups: $3.groups)
        }
        convolution("conv3d", "Sums of neighbours in a volume, weighted by kernels that move through it.", "D, H, W", "kD, kH, kW", input: "1, 1, 3, 3, 3", weight: "2, 1, 2, 2, 2", layer: "nn.Conv3d") {
            try Tensor.conv3d($0, $1, $2, stride: $3.stride, padding: $3.padding, dilation: $3.dilation, groups: $3.groups)
        }
        transposed("conv_transpose1d", "The gradient of conv1d as an operation: every input spreads a kernel over a longer sequence.", "L", "k", input: "1, 2, 3", weight: "2, 1, 3", layer: "nn.ConvTranspose1d") {
            try Tensor.convTranspose1d($0, $1, $2, stride: $3.stride, padding: $3.cut, outputPadding: $3.added, groups: $3.groups, dilation: $3.dilation)
        }
        transposed("conv_transpose2d", "The gradient of conv2d as an operation: every input spreads a kernel over a larger picture.", "H, W", "kH, kW", input: "1, 2, 3, 3", weight: "2, 1, 3, 3", layer: "nn.ConvTranspose2d") {
            try Tensor.convTranspose2d($0, $1, $2, stride: $3.stride, padding: $3.cut, outputPadding: $3.added, groups: $3.groups, dilation: $3.dilation)
        }
    }

    /// The largest element or the mean of windows.
    @FunctionBuilder static var pooling: [Function] {
        largest("max_pool1d", "The largest element of each window of a sequence; on request also its position in the sequence.", "[N, C, L]", input: "1, 1, 4", layer: "nn.MaxPool1d") {
            try $0.maxPool1d($1, stride: $2.window, padding: $2.cut, dilation: $2.dilation, ceilMode: $2.ceil)
        } indices: {
            try $0.maxPool1dWithIndices($1, stride: $2.window, padding: $2.cut, dilation: $2.dilation, ceilMode: $2.ceil)
        }
        largest("max_pool2d", "The largest element of each window of a picture; on request also its position in the picture, counted row by row.", "[N, C, H, W]", input: "1, 1, 4, 4", layer: "nn.MaxPool2d") {
            try $0.maxPool2d($1, stride: $2.window, padding: $2.cut, dilation: $2.dilation, ceilMode: $2.ceil)
        } indices: {
            try $0.maxPool2dWithIndices($1, stride: $2.window, padding: $2.cut, dilation: $2.dilation, ceilMode: $2.ceil)
        }
        Function("tensor.avg_pool1d", "The mean of each window of a sequence.", Param("input", Tensor.self, shape: "[N, C, L]"), Param("kernel_size", OneOrMany<Int>.self, "size of the window"), Param("stride", OneOrMany<Int>?.self, "how far it moves; its size when left out"),
            Param("padding", OneOrMany<Int>.self, default: [0], "zeros around the input"), Param("ceil_mode", Bool.self, default: false, "whether a last window that is not full counts"), Param("count_include_pad", Bool.self, default: true, "whether padding counts in the mean"),
            returns: "tensor [N, C, L']", example: "print(tensor.rand(1, 1, 4):avg_pool1d(2))", see: ["nn.AvgPool1d"]) { (x: Tensor, kernel: OneOrMany<Int>, stride: OneOrMany<Int>?, padding: OneOrMany<Int>, ceil: Bool, includes: Bool) in
            try x.avgPool1d(kernel.values, stride: stride?.values, padding: padding.values, ceilMode: ceil, countIncludePad: includes)
        }
        Function("tensor.avg_pool2d", "The mean of each window of a picture.", Param("input", Tensor.self, shape: "[N, C, H, W]"), Param("kernel_size", OneOrMany<Int>.self, "size of the window"), Param("stride", OneOrMany<Int>?.self, "how far it moves; its size when left out"),
            Param("padding", OneOrMany<Int>.self, default: [0], "zeros around the input"), Param("ceil_mode", Bool.self, default: false, "whether a last window that is not full counts"), Param("count_include_pad", Bool.self, default: true, "whether padding counts in the mean"),
            Param("divisor_override", Int?.self, "divides the sums, in place of the number of elements"),
            returns: "tensor [N, C, H', W']", example: "print(tensor.rand(1, 1, 4, 4):avg_pool2d(2))", see: ["nn.AvgPool2d"]) { (x: Tensor, kernel: OneOrMany<Int>, stride: OneOrMany<Int>?, padding: OneOrMany<Int>, ceil: Bool, includes: Bool, divisor: Int?) in
            try x.avgPool2d(kernel.values, stride: stride?.values, padding: padding.values, ceilMode: ceil, countIncludePad: includes, divisor: divisor)
        }
        Function("tensor.adaptive_avg_pool1d", "Means of windows that share a sequence evenly, for a result of a given length.", Param("input", Tensor.self, shape: "[N, C, L]"), Param("output_size", Int.self, "length of the result"),
            returns: "tensor [N, C, output_size]", example: "print(tensor.rand(1, 1, 6):adaptive_avg_pool1d(2))", see: ["tensor.adaptive_avg_pool2d"]) { (x: Tensor, size: Int) in try x.adaptiveAvgPool1d(size) }
        Function("tensor.adaptive_avg_pool2d", "Means of windows that share each picture evenly, for a result of a given size.", Param("input", Tensor.self, shape: "[N, C, H, W]"), Param("output_size", OneOrMany<Int>.self, "one size for both dimensions, or {H', W'}"),
            returns: "tensor [N, C, H', W']", example: "print(tensor.rand(1, 1, 6, 6):adaptive_avg_pool2d(1))", see: ["tensor.avg_pool2d"]) { (x: Tensor, size: OneOrMany<Int>) in
            try x.adaptiveAvgPool2d(size.values.map { $0 })
        }
        Function("tensor.adaptive_max_pool2d", "The largest elements of windows that share each picture evenly; on request also their positions in the picture, counted row by row.", Param("input", Tensor.self, shape: "[N, C, H, W]"), Param("output_size", OneOrMany<Int>.self, "one size for both dimensions, or {H', W'}"),
            Param("return_indices", Bool.self, default: false, "whether to return positions as well"),
            returns: "tensor [N, C, H', W']; positions", example: "print(tensor.rand(1, 1, 6, 6):adaptive_max_pool2d(2))", see: ["tensor.max_pool2d"]) { (x: Tensor, size: OneOrMany<Int>, positions: Bool) -> Results in
            let (values, indices) = try x.adaptiveMaxPool2d(size.values.map { $0 })
            return positions ? Results(values, Positions(indices)) : Results(values)
        }
    }

    /// What windows have in common.
    private struct Moves {
        var stride = [1], padding: Padding = 0, dilation = [1], groups = 1
        /// The stride of a pool, nil for the window's size.
        var window: [Int]?
        /// Padding that is a number.
        var cut = [0]
        /// Padding of the output.
        var added = [0]
        var ceil = false
    }

    private static func convolution(
        _ name: String, _ summary: String, _ sizes: String, _ window: String, input: String, weight: String, layer: String,
        _ body: @escaping (Tensor, Tensor, Tensor?, Moves) throws -> Tensor
    ) -> Function {
        Function("tensor.\(name)", summary, Param("input", Tensor.self, shape: "[N, C, \(sizes)]"), Param("weight", Tensor.self, shape: "[out, C / groups, \(window)]", "one kernel for each output channel"), Param("bias", Tensor?.self, shape: "[out]", "added to each channel"),
            Param("stride", OneOrMany<Int>.self, default: [1], "how far the kernel moves"), Param("padding", PaddingChoice.self, default: PaddingChoice(padding: 0), "zeros around the input; \"same\" keeps the size"),
            Param("dilation", OneOrMany<Int>.self, default: [1], "distance between the kernel's elements"), Param("groups", Int.self, default: 1, "parts of the channels that do not mix"),
            returns: "tensor [N, out, …]", details: "The dimension N may be missing. Options take one number for all dimensions or a table with one for each.",
            example: "print(tensor.\(name)(tensor.ones(\(input)), tensor.ones(\(weight)), {padding=1}).shape[3])", see: [layer]
        ) { (x: Tensor, weight: Tensor, bias: Tensor?, stride: OneOrMany<Int>, padding: PaddingChoice, dilation: OneOrMany<Int>, groups: Int) in
            try body(x, weight, bias, Moves(stride: stride.values, padding: padding.padding, dilation: dilation.values, groups: groups))
        }
    }

    private static func transposed(
        _ name: String, _ summary: String, _ sizes: String, _ window: String, input: String, weight: String, layer: String,
        _ body: @escaping (Tensor, Tensor, Tensor?, Moves) throws -> Tensor
    ) -> Function {
        Function("tensor.\(name)", summary, Param("input", Tensor.self, shape: "[N, C, \(sizes)]"), Param("weight", Tensor.self, shape: "[C, out / groups, \(window)]", "one kernel for each input channel"), Param("bias", Tensor?.self, shape: "[out]", "added to each channel"),
            Param("stride", OneOrMany<Int>.self, default: [1], "how far apart inputs come to lie"), Param("padding", OneOrMany<Int>.self, default: [0], "what is cut off at the border"), Param("output_padding", OneOrMany<Int>.self, default: [0], "what is added at one side"),
            Param("groups", Int.self, default: 1, "parts of the channels that do not mix"), Param("dilation", OneOrMany<Int>.self, default: [1], "distance between the kernel's elements"),
            returns: "tensor [N, out, …]", example: "print(tensor.\(name)(tensor.ones(\(input)), tensor.ones(\(weight)), {stride=2}).shape[3])", see: [layer]
        ) { (x: Tensor, weight: Tensor, bias: Tensor?, stride: OneOrMany<Int>, padding: OneOrMany<Int>, added: OneOrMany<Int>, groups: Int, dilation: OneOrMany<Int>) in
            try body(x, weight, bias, Moves(stride: stride.values, dilation: dilation.values, groups: groups, cut: padding.values, added: added.values))
        }
    }

    private static func largest(
        _ name: String, _ summary: String, _ shape: String, input: String, layer: String,
        _ values: @escaping (Tensor, [Int], Moves) throws -> Tensor,
        indices: @escaping (Tensor, [Int], Moves) throws -> (values: Tensor, indices: Tensor)
    ) -> Function {
        Function("tensor.\(name)", summary, Param("input", Tensor.self, shape: shape), Param("kernel_size", OneOrMany<Int>.self, "size of the window"), Param("stride", OneOrMany<Int>?.self, "how far it moves; its size when left out"),
            Param("padding", OneOrMany<Int>.self, default: [0], "how far it may hang over the border"), Param("dilation", OneOrMany<Int>.self, default: [1], "distance between the window's elements"),
            Param("ceil_mode", Bool.self, default: false, "whether a last window that is not full counts"), Param("return_indices", Bool.self, default: false, "whether to return positions as well"),
            returns: "tensor; positions", example: "print(tensor.rand(\(input)):\(name)(2))", see: [layer]
        ) { (x: Tensor, kernel: OneOrMany<Int>, stride: OneOrMany<Int>?, padding: OneOrMany<Int>, dilation: OneOrMany<Int>, ceil: Bool, positions: Bool) -> Results in
            let moves = Moves(dilation: dilation.values, window: stride?.values, cut: padding.values, ceil: ceil)
            guard positions else { return Results(try values(x, kernel.values, moves)) }
            let found = try indices(x, kernel.values, moves)
            return Results(found.values, Positions(found.indices))
        }
    }
}
