import Tensors

/// How a convolution treats the border.
public struct ConvolutionOptions: Sendable {
    /// One number for all dimensions, or one for each.
    public var stride = [1]
    public var padding = Padding.amounts([0])
    public var dilation = [1]
    public var groups = 1
    public var bias = true
    /// What stands beyond the border: zeros (`constant`) or the input itself.
    public var paddingMode = PadMode.constant
    /// For transposed convolutions: what is added to one side of the result.
    public var outputPadding = [0]

    public init() {}
}

/// Sums of neighbours weighted by a kernel that moves over the input.
///
/// Shapes: [N, in, …] → [N, out, …]. Parameters: `weight` [out, in/groups, kernel…], or [in, out/groups,
/// kernel…] when transposed, and `bias` [out]; uniform in ±1/√(inputs of one output).
public class Convolution: Module {
    public let inChannels: Int
    public let outChannels: Int
    public let kernel: [Int]
    public let options: ConvolutionOptions
    /// Number of dimensions the kernel moves in.
    class var spatial: Int { 2 }
    class var isTransposed: Bool { false }

    /// - Parameter kernel: one size for all dimensions, or one for each.
    public required init(
        _ inChannels: Int, _ outChannels: Int, _ kernel: [Int], _ options: ConvolutionOptions = ConvolutionOptions()
    ) throws {
        let spatial = type(of: self).spatial, isTransposed = type(of: self).isTransposed
        let name = String(describing: type(of: self))
        (self.inChannels, self.outChannels, self.options) = (inChannels, outChannels, options)
        self.kernel = kernel.count == 1 ? [Int](repeating: kernel[0], count: spatial) : kernel
        super.init()
        try requirePositive(name, ("in_channels", inChannels), ("out_channels", outChannels), ("groups", options.groups))
        for (argument, sizes) in [("kernel_size", self.kernel), ("stride", options.stride), ("dilation", options.dilation)] {
            guard sizes.count == spatial || sizes.count == 1, sizes.allSatisfy({ $0 > 0 && $0 <= 1 << 30 }) else {
                throw LearningError.argument(name, "\(argument) must be one positive number or \(spatial), got \(describe(sizes))")
            }
        }
        guard inChannels % options.groups == 0, outChannels % options.groups == 0 else {
            throw LearningError.argument(name, "\(inChannels) and \(outChannels) channels cannot be split into \(options.groups) groups")
        }
        let shape = (isTransposed ? [inChannels, outChannels / options.groups] : [outChannels, inChannels / options.groups]) + self.kernel
        let weight = try Tensor.zeros(shape)
        try register(parameter: Initialize.kaimingUniform(weight, a: 5.0.squareRoot()), "weight")
        let inputs = try Initialize.fans(of: weight, name).in, bound = 1 / Double(max(inputs, 1)).squareRoot()
        try register(parameter: options.bias ? Initialize.uniform(Tensor.zeros([outChannels]), -bound, bound) : nil, "bias")
    }

    /// With one kernel size for all dimensions.
    public convenience init(_ inChannels: Int, _ outChannels: Int, _ kernel: Int, stride: Int = 1, padding: Padding = 0, bias: Bool = true) throws {
        var options = ConvolutionOptions()
        (options.stride, options.padding, options.bias) = ([stride], padding, bias)
        try self.init(inChannels, outChannels, [kernel], options)
    }

    func convolve(_ input: Tensor, _ weight: Tensor, _ padding: Padding) throws -> Tensor { input }

    public override func forward(_ input: Tensor) throws -> Tensor {
        let weight = try required("weight"), axis = input.rank - type(of: self).spatial - 1
        guard axis == 1 || axis == 0, input.shape[axis] == inChannels else { throw misfit(input.shape) }
        guard options.paddingMode != .constant, !type(of: self).isTransposed, let border = border else {
            return try convolve(input, weight, options.padding)
        }
        return try convolve(input.pad(border, mode: options.paddingMode), weight, 0)
    }

    private func misfit(_ shape: [Int]) -> LayerInputError {
        let spatial = type(of: self).spatial, sides = [["L"], ["H", "W"], ["D", "H", "W"]][spatial - 1].joined(separator: ", ")
        var text = "takes [N, \(inChannels), \(sides)] but got \(describe(shape))."
        if shape.count == spatial + 2, shape.last == inChannels {
            text += " The channels come last: x:movedim(-1, 2)."
        } else if shape.count == spatial + 1, inChannels == 1 {
            text += " Add a dimension for the channel: x:unsqueeze(2)."
        } else if spatial == 2, shape.count == 2, shape[1] > 0, shape[1] % inChannels == 0 {
            let side = Int(Double(shape[1] / inChannels).squareRoot().rounded())
            if side * side * inChannels == shape[1] {
                let sizes = [inChannels, side, side]
                text += " \(shape[1]) = \(product(sizes)): put nn.Reshape(\(sizes.map(String.init).joined(separator: ", "))) before it."
            }
        }
        return LayerInputError(self, text)
    }

    /// The padding as `pad` takes it, last dimension first; nil for none.
    private var border: [Int]? {
        let spatial = type(of: self).spatial
        func each(_ values: [Int]) -> [Int] { values.count == 1 ? [Int](repeating: values[0], count: spatial) : values }
        switch options.padding {
        case .valid: return nil
        case .amounts(let amounts): return each(amounts).reversed().flatMap { [$0, $0] }
        case .sides(let before, let after): return zip(each(before), each(after)).reversed().flatMap { [$0, $1] }
        case .same:
            return zip(kernel, each(options.dilation)).reversed().flatMap { size, dilation in
                let total = dilation * (size - 1)
                return [total / 2, total - total / 2]
            }
        }
    }

    public override func makeSimilar() throws -> Module { try type(of: self).init(inChannels, outChannels, kernel, options) }

    public override var details: String {
        var parts = ["\(inChannels), \(outChannels)", "kernel_size=" + brief(kernel)]
        if options.stride.contains(where: { $0 != 1 }) { parts.append("stride=" + brief(options.stride)) }
        switch options.padding {
        case .amounts(let amounts) where amounts.contains { $0 != 0 }: parts.append("padding=" + brief(amounts))
        case .same: parts.append("padding=same")
        default: break
        }
        if options.groups != 1 { parts.append("groups=\(options.groups)") }
        return parts.joined(separator: ", ")
    }

    public override func multiplyAdds(inputs: [Tensor], outputs: [Tensor]) -> Int {
        let perPlace = parameter(0).map { $0.count / max($0.shape[0], 1) } ?? 0
        return ((type(of: self).isTransposed ? inputs.first?.count : outputs.first?.count) ?? 0) * perPlace
    }
}

/// Sizes of which all are equal as one number.
func brief(_ sizes: [Int]) -> String {
    Set(sizes).count == 1 ? String(sizes[0]) : "(" + sizes.map(String.init).joined(separator: ", ") + ")"
}

/// Convolution of [N, in, L] (LeCun et al. 1989).
public final class Conv1d: Convolution {
    override class var spatial: Int { 1 }
    override func convolve(_ input: Tensor, _ weight: Tensor, _ padding: Padding) throws -> Tensor {
        try Tensor.conv1d(input, weight, parameter(1), stride: options.stride, padding: padding, dilation: options.dilation, groups: options.groups)
    }
}

/// Convolution of pictures [N, in, H, W] (LeCun et al. 1989).
public final class Conv2d: Convolution {
    override func convolve(_ input: Tensor, _ weight: Tensor, _ padding: Padding) throws -> Tensor {
        try Tensor.conv2d(input, weight, parameter(1), stride: options.stride, padding: padding, dilation: options.dilation, groups: options.groups)
    }
}

/// Convolution of volumes [N, in, D, H, W].
public final class Conv3d: Convolution {
    override class var spatial: Int { 3 }
    override func convolve(_ input: Tensor, _ weight: Tensor, _ padding: Padding) throws -> Tensor {
        try Tensor.conv3d(input, weight, parameter(1), stride: options.stride, padding: padding, dilation: options.dilation, groups: options.groups)
    }
}

/// The gradient of a convolution as a layer: it enlarges (Zeiler et al. 2010).
public class TransposedConvolution: Convolution {
    override class var isTransposed: Bool { true }

    func convolve(_ input: Tensor, _ weight: Tensor, _ padding: Padding, _ outputPadding: [Int]) throws -> Tensor { input }

    override func convolve(_ input: Tensor, _ weight: Tensor, _ padding: Padding) throws -> Tensor {
        try convolve(input, weight, padding, options.outputPadding)
    }

    /// The output with sides of one's own choice, of those that a convolution would shrink to the input's.
    public func run(_ input: Tensor, outputSize: [Int]) throws -> Tensor {
        try observed([input]) {
            let spatial = type(of: self).spatial, sides = input.shape.suffix(spatial)
            guard input.rank > spatial, outputSize.count == spatial || outputSize.count == input.rank else {
                throw LearningError.argument(kind, "output_size must be \(spatial) numbers, got \(describe(outputSize))")
            }
            func each(_ values: [Int], _ i: Int) -> Int { values[values.count == 1 ? 0 : i] }
            let amounts = try amounts(options.padding)
            guard amounts.count == spatial || amounts.count == 1, amounts.allSatisfy({ $0 >= 0 && $0 <= 1 << 30 }) else {
                throw LearningError.argument(kind, "padding must be one number or \(spatial), got \(describe(amounts))")
            }
            let added = try zip(sides, outputSize.suffix(spatial)).enumerated().map { i, pair in
                let stride = each(options.stride, i)
                let least = (pair.0 - 1) * stride - 2 * each(amounts, i) + each(options.dilation, i) * (kernel[i] - 1) + 1
                guard pair.1 >= least, pair.1 < least + stride else {
                    throw LearningError.argument(kind, "output_size \(pair.1) of dimension \(i + 1) must be \(least)..\(least + stride - 1) for an input of \(pair.0)")
                }
                return pair.1 - least
            }
            return [try convolve(input, required("weight"), options.padding, added)]
        }[0]
    }

    /// Amounts on all sides alike; other paddings have no meaning here.
    func amounts(_ padding: Padding) throws -> [Int] {
        switch padding {
        case .amounts(let amounts): return amounts
        case .valid: return [0]
        default: throw LearningError.argument(kind, "padding must be numbers")
        }
    }
}

/// Transposed convolution of [N, in, L].
public final class ConvTranspose1d: TransposedConvolution {
    override class var spatial: Int { 1 }
    override func convolve(_ input: Tensor, _ weight: Tensor, _ padding: Padding, _ outputPadding: [Int]) throws -> Tensor {
        try Tensor.convTranspose1d(
            input, weight, parameter(1), stride: options.stride, padding: amounts(padding), outputPadding: outputPadding,
            groups: options.groups, dilation: options.dilation)
    }
}

/// Transposed convolution of [N, in, H, W].
public final class ConvTranspose2d: TransposedConvolution {
    override func convolve(_ input: Tensor, _ weight: Tensor, _ padding: Padding, _ outputPadding: [Int]) throws -> Tensor {
        try Tensor.convTranspose2d(
            input, weight, parameter(1), stride: options.stride, padding: amounts(padding), outputPadding: outputPadding,
            groups: options.groups, dilation: options.dilation)
    }
}
