import Learning
import LuaKit
import Tensors

/// How a convolution fills up the border: a number, a table of numbers, "same" or "valid".
struct PaddingChoice: LuaArgument {
    let padding: Padding

    static var luaType: LuaType { LuaType("padding", phrase: "a number, a table of numbers, \"same\" or \"valid\"", annotation: "integer|integer[]|\"same\"|\"valid\"") }
    static var tables: TableUse { .positions }

    static func read(_ call: Call, at index: Int32) throws -> PaddingChoice {
        switch call.text(at: index) {
        case "same"?: return PaddingChoice(padding: .same)
        case "valid"?: return PaddingChoice(padding: .valid)
        case nil: break
        default: throw call.mismatch(luaType, at: index)
        }
        do { return PaddingChoice(padding: .amounts(try OneOrMany<Int>.read(call, at: index).values)) } catch is Mismatch {
            throw call.mismatch(luaType, at: index)
        }
    }

    static func literal(_ value: PaddingChoice) -> String { "0" }
}

/// Padding of `nn.Conv2d{padding_mode=}`.
enum BorderMode: String, CaseIterable, LuaOption {
    case zeros, reflect, replicate, circular
    var mode: PadMode { self == .zeros ? .constant : PadMode(rawValue: rawValue) ?? .constant }
}

/// Padding of `nn.ConvTranspose2d{padding_mode=}`.
enum ZeroBorder: String, CaseIterable, LuaOption { case zeros }

extension LayerFunctions {
    /// Convolutions and what goes with them.
    @FunctionBuilder static var convolutions: [Function] {
        convolution("Conv1d", "Sums of neighbours in a sequence, weighted by a kernel that moves over it.", "[N, in, L] → [N, out, L']", input: "1, 2, 8") { try Conv1d($0, $1, $2, $3) }
        convolution("Conv2d", "Sums of neighbours in a picture, weighted by a kernel that moves over it.", "[N, in, H, W] → [N, out, H', W']", input: "1, 2, 8, 8") { try Conv2d($0, $1, $2, $3) }
        convolution("Conv3d", "Sums of neighbours in a volume, weighted by a kernel that moves through it.", "[N, in, D, H, W] → [N, out, D', H', W']", input: "1, 2, 4, 4, 4") { try Conv3d($0, $1, $2, $3) }
        transposed("ConvTranspose1d", "The gradient of a convolution as a layer: every input spreads a kernel over a longer sequence.", "[N, in, L] → [N, out, L']", input: "1, 2, 8") { try ConvTranspose1d($0, $1, $2, $3) }
        transposed("ConvTranspose2d", "The gradient of a convolution as a layer: every input spreads a kernel over a larger picture.", "[N, in, H, W] → [N, out, H', W']", input: "1, 2, 4, 4") { try ConvTranspose2d($0, $1, $2, $3) }
        largest("MaxPool1d", "The largest element of each window of a sequence.", input: "1, 2, 8") { try MaxPool1d($0, $1) }
        largest("MaxPool2d", "The largest element of each window of a picture.", input: "1, 2, 8, 8") { try MaxPool2d($0, $1) }
        average("AvgPool1d", "The mean of each window of a sequence.", input: "1, 2, 8") { try AvgPool1d($0, $1) }
        averagePool2d
    }

    /// Layers that bring their input to mean 0 and variance 1.
    @FunctionBuilder static var normalizations: [Function] {
        batch("BatchNorm1d", "Brings each feature to mean 0 and variance 1 over the batch, then scales and shifts it.", "[N, C] or [N, C, L]", input: "4, 2") { try BatchNorm1d($0, eps: $1, momentum: $2, affine: $3, trackRunningStats: $4, bias: $5) }
        batch("BatchNorm2d", "Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts it.", "[N, C, H, W]", input: "4, 2, 3, 3") { try BatchNorm2d($0, eps: $1, momentum: $2, affine: $3, trackRunningStats: $4, bias: $5) }
        batch("InstanceNorm1d", "Brings each channel of each sequence to mean 0 and variance 1.", "[N, C, L] or [C, L]", input: "4, 2, 5", instance: true) { try InstanceNorm1d($0, eps: $1, momentum: $2, affine: $3, trackRunningStats: $4, bias: $5) }
        batch("InstanceNorm2d", "Brings each channel of each picture to mean 0 and variance 1.", "[N, C, H, W] or [C, H, W]", input: "4, 2, 3, 3", instance: true) { try InstanceNorm2d($0, eps: $1, momentum: $2, affine: $3, trackRunningStats: $4, bias: $5) }
        Function("nn.LayerNorm", "Brings each example to mean 0 and variance 1 over its last dimensions, then scales and shifts.", Param("normalized_shape", OneOrMany<Int>.self, "sizes of the last dimensions"), Param("eps", Double.self, default: 1e-5, "added to the variance"), Param("elementwise_affine", Bool.self, default: true, "whether it scales and shifts"), Param("bias", Bool.self, default: true),
            returns: "module", example: "print(nn.LayerNorm(4)(tensor.rand(2, 4)).shape[2])") { (shape: OneOrMany<Int>, eps: Double, affine: Bool, bias: Bool) -> Module in
            try LayerNorm(shape.values, eps: eps, affine: affine, bias: bias)
        }
        Function("nn.RMSNorm", "Divides each example by the root of the mean of its squares, then scales.", Param("normalized_shape", OneOrMany<Int>.self, "sizes of the last dimensions"), Param("eps", Double?.self, "added to the mean of squares; the type's precision when left out"), Param("elementwise_affine", Bool.self, default: true, "whether it scales"),
            returns: "module", example: "print(nn.RMSNorm(4)(tensor.rand(2, 4)).shape[2])") { (shape: OneOrMany<Int>, eps: Double?, affine: Bool) -> Module in try RMSNorm(shape.values, eps: eps, affine: affine) }
        Function("nn.GroupNorm", "Brings groups of channels of each example to mean 0 and variance 1.", Param("num_groups", Int.self, "how many groups"), Param("num_channels", Int.self, "channels of the input"), Param("eps", Double.self, default: 1e-5, "added to the variance"), Param("affine", Bool.self, default: true, "whether it scales and shifts"), Param("bias", Bool.self, default: true, "whether it shifts, where it scales"),
            returns: "module", example: "print(nn.GroupNorm(2, 4)(tensor.rand(1, 4, 3)).shape[2])") { (groups: Int, channels: Int, eps: Double, affine: Bool, bias: Bool) -> Module in try GroupNorm(groups, channels, eps: eps, affine: affine, bias: bias) }
    }

    private static func convolution(
        _ name: String, _ summary: String, _ shapes: String, input: String, _ make: @escaping (Int, Int, [Int], ConvolutionOptions) throws -> Module
    ) -> Function {
        Function("nn.\(name)", summary, Param("in_channels", Int.self, "channels of the input"), Param("out_channels", Int.self, "channels of the output"), Param("kernel_size", OneOrMany<Int>.self, "one size, or one for each dimension"),
            Param("stride", OneOrMany<Int>.self, default: [1], "how far the kernel moves"), Param("padding", PaddingChoice.self, default: PaddingChoice(padding: 0), "zeros around the input; \"same\" keeps the size"),
            Param("dilation", OneOrMany<Int>.self, default: [1], "distance between the kernel's elements"), Param("groups", Int.self, default: 1, "parts of the channels that do not mix"), Param("bias", Bool.self, default: true), Param("padding_mode", BorderMode.self, default: .zeros, "what stands beyond the border"),
            returns: "module \(shapes)", example: "print(nn.\(name)(2, 3, 3, {padding=\"same\"})(tensor.rand(\(input))).shape[2])"
        ) { (inputs: Int, outputs: Int, kernel: OneOrMany<Int>, stride: OneOrMany<Int>, padding: PaddingChoice, dilation: OneOrMany<Int>, groups: Int, bias: Bool, border: BorderMode) -> Module in
            var options = ConvolutionOptions()
            options.stride = stride.values
            options.padding = padding.padding
            options.dilation = dilation.values
            options.groups = groups
            options.bias = bias
            options.paddingMode = border.mode
            return try make(inputs, outputs, kernel.values, options)
        }
    }

    private static func transposed(
        _ name: String, _ summary: String, _ shapes: String, input: String, _ make: @escaping (Int, Int, [Int], ConvolutionOptions) throws -> Module
    ) -> Function {
        Function("nn.\(name)", summary, Param("in_channels", Int.self, "channels of the input"), Param("out_channels", Int.self, "channels of the output"), Param("kernel_size", OneOrMany<Int>.self, "one size, or one for each dimension"),
            Param("stride", OneOrMany<Int>.self, default: [1], "how far apart inputs come to lie"), Param("padding", OneOrMany<Int>.self, default: [0], "what is cut off at the border"), Param("output_padding", OneOrMany<Int>.self, default: [0], "what is added at one side"),
            Param("groups", Int.self, default: 1, "parts of the channels that do not mix"), Param("bias", Bool.self, default: true), Param("dilation", OneOrMany<Int>.self, default: [1], "distance between the kernel's elements"), Param("padding_mode", ZeroBorder.self, default: .zeros, "only zeros are possible"),
            returns: "module \(shapes): y = layer(x[, {output_size=}])", example: "print(nn.\(name)(2, 3, 3, {stride=2})(tensor.rand(\(input))).shape[2])"
        ) { (inputs: Int, outputs: Int, kernel: OneOrMany<Int>, stride: OneOrMany<Int>, padding: OneOrMany<Int>, outputPadding: OneOrMany<Int>, groups: Int, bias: Bool, dilation: OneOrMany<Int>, _: ZeroBorder) -> Module in
            var options = ConvolutionOptions()
            options.stride = stride.values
            options.padding = .amounts(padding.values)
            options.outputPadding = outputPadding.values
            options.groups = groups
            options.bias = bias
            options.dilation = dilation.values
            return try make(inputs, outputs, kernel.values, options)
        }
    }

    private static func largest(_ name: String, _ summary: String, input: String, _ make: @escaping ([Int], PoolOptions) throws -> Module) -> Function {
        Function("nn.\(name)", summary, Param("kernel_size", OneOrMany<Int>.self, "size of the window"), Param("stride", OneOrMany<Int>?.self, "how far it moves; its size when left out"), Param("padding", OneOrMany<Int>.self, default: [0], "how far it may hang over the border"), Param("dilation", OneOrMany<Int>.self, default: [1], "distance between its elements"), Param("return_indices", Bool.self, default: false, "whether a second result says where in its plane each element was, from 1, row by row"), Param("ceil_mode", Bool.self, default: false, "whether the last window may hang over"),
            returns: "module", example: "print(nn.\(name)(2)(tensor.rand(\(input))).shape[3])") { (kernel: OneOrMany<Int>, stride: OneOrMany<Int>?, padding: OneOrMany<Int>, dilation: OneOrMany<Int>, indices: Bool, ceil: Bool) -> Module in
            var options = PoolOptions()
            options.returnsIndices = indices
            options.stride = stride?.values
            options.padding = padding.values
            options.dilation = dilation.values
            options.ceilMode = ceil
            return try make(kernel.values, options)
        }
    }

    private static func average(_ name: String, _ summary: String, input: String, _ make: @escaping ([Int], PoolOptions) throws -> Module) -> Function {
        Function("nn.\(name)", summary, windows.0, windows.1, windows.2, windows.3, windows.4,
            returns: "module", example: "print(nn.\(name)(2)(tensor.rand(\(input))).shape[3])") { (kernel: OneOrMany<Int>, stride: OneOrMany<Int>?, padding: OneOrMany<Int>, ceil: Bool, includes: Bool) -> Module in
            try make(kernel.values, averageOptions(stride, padding, ceil, includes))
        }
    }

    private static var averagePool2d: Function {
        Function("nn.AvgPool2d", "The mean of each window of a picture.", windows.0, windows.1, windows.2, windows.3, windows.4, Param("divisor_override", Int?.self, "what sums are divided by; the number of elements when left out"),
            returns: "module", example: "print(nn.AvgPool2d(2)(tensor.rand(1, 2, 8, 8)).shape[3])") { (kernel: OneOrMany<Int>, stride: OneOrMany<Int>?, padding: OneOrMany<Int>, ceil: Bool, includes: Bool, divisor: Int?) -> Module in
            if divisor == 0 { throw LearningError.argument("nn.AvgPool2d", "divisor_override must not be 0") }
            var options = averageOptions(stride, padding, ceil, includes)
            options.divisor = divisor
            return try AvgPool2d(kernel.values, options)
        }
    }

    /// What pools that average have in common.
    private static var windows: (Param<OneOrMany<Int>>, Param<OneOrMany<Int>?>, Param<OneOrMany<Int>>, Param<Bool>, Param<Bool>) {
        (Param("kernel_size", OneOrMany<Int>.self, "size of the window"), Param("stride", OneOrMany<Int>?.self, "how far it moves; its size when left out"), Param("padding", OneOrMany<Int>.self, default: [0], "zeros around the input"),
            Param("ceil_mode", Bool.self, default: false, "whether the last window may hang over"), Param("count_include_pad", Bool.self, default: true, "whether padding counts"))
    }

    private static func averageOptions(_ stride: OneOrMany<Int>?, _ padding: OneOrMany<Int>, _ ceil: Bool, _ includes: Bool) -> PoolOptions {
        var options = PoolOptions()
        (options.stride, options.padding, options.ceilMode, options.countIncludePad) = (stride?.values, padding.values, ceil, includes)
        return options
    }

    private static func batch(
        _ name: String, _ summary: String, _ shapes: String, input: String, instance: Bool = false,
        _ make: @escaping (Int, Double, Double?, Bool, Bool, Bool) throws -> Module
    ) -> Function {
        Function("nn.\(name)", summary, Param("num_features", Int.self, "channels C of the input"), Param("eps", Double.self, default: 1e-5, "added to the variance"), Param("momentum", Momentum.self, default: Momentum(share: 0.1), "share of a new batch in the running averages; false for the plain average of all batches"),
            Param("affine", Bool.self, default: !instance, "whether it scales and shifts"), Param("track_running_stats", Bool.self, default: !instance, "whether averages are kept for evaluation"), Param("bias", Bool.self, default: true, "whether it shifts, where it scales"),
            returns: "module \(shapes)", details: instance ? "Without running averages, evaluation does the same as training." : "Training normalises with the batch's own statistics, evaluation with the running averages.",
            example: "print(nn.\(name)(2)(tensor.rand(\(input))).shape[2])") { (features: Int, eps: Double, momentum: Momentum, affine: Bool, tracks: Bool, bias: Bool) -> Module in
            try make(features, eps, momentum.share, affine, tracks, bias)
        }
    }
}

/// The share of a new batch in running averages: a number, or false (PyTorch's None) for the average of all.
struct Momentum: LuaArgument {
    let share: Double?

    static var luaType: LuaType { LuaType("number|false", phrase: "a number or false", annotation: "number|false") }
    static var acceptsNil: Bool { true }

    static func read(_ call: Call, at index: Int32) throws -> Momentum {
        if call.isNil(at: index) { return Momentum(share: nil) }
        if case .boolean(false) = call.value(at: index) { return Momentum(share: nil) }
        if let number = call.number(at: index) { return Momentum(share: number) }
        throw call.mismatch(luaType, at: index)
    }

    static func literal(_ value: Momentum) -> String { value.share.map(Double.literal) ?? "false" }
}
