import CKernels

/// Zeros around the spatial dimensions of a convolution's input.
public enum Padding: Equatable, Sendable {
    /// None.
    case valid
    /// As many as keep the size at stride 1; an odd one goes to the end.
    case same
    /// The same number before and after; one number for all dimensions or one for each.
    case amounts([Int])
    /// Numbers before and after, for each dimension.
    case sides(before: [Int], after: [Int])
}

extension Padding: ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    public init(integerLiteral value: Int) { self = .amounts([value]) }
    public init(arrayLiteral elements: Int...) { self = .amounts(elements) }
}

/// The sizes that decide a convolution, apart from the number of images.
final class ConvolutionGeometry: Sendable {
    let groups: Int, inChannels: Int, outChannels: Int
    let input: [Int], output: [Int], window: [Int]
    let stride: [Int], dilation: [Int], before: [Int], after: [Int]
    private let numbers: [Int]

    var spatial: Int { input.count }
    var weightShape: [Int] { [outChannels, inChannels / groups] + window }
    /// Multiplications and additions for one image.
    var work: Int { output.reduce(outChannels * (inChannels / groups) * window.reduce(1, *), *) }

    init(
        groups: Int, inChannels: Int, outChannels: Int, input: [Int], output: [Int], window: [Int], stride: [Int],
        dilation: [Int], before: [Int], after: [Int]
    ) {
        self.groups = groups
        self.inChannels = inChannels
        self.outChannels = outChannels
        self.input = input
        self.output = output
        self.window = window
        self.stride = stride
        self.dilation = dilation
        self.before = before
        self.after = after
        numbers = [groups, inChannels, outChannels] + input + output + window + stride + dilation + before + after
    }

    /// Everything that a prepared primitive depends on.
    func key(batch: Int) -> [Int] { numbers + [batch] }

    /// The geometry for C kernels, with missing dimensions of size 1 in front.
    func kernel(batch: Int) -> nj_convolution {
        func filled(_ sizes: [Int], _ filler: Int) -> (Int64, Int64, Int64) {
            let all = [Int](repeating: filler, count: 3 - sizes.count) + sizes
            return (Int64(all[0]), Int64(all[1]), Int64(all[2]))
        }
        return nj_convolution(
            batch: Int64(batch), groups: Int64(groups), in_channels: Int64(inChannels / max(groups, 1)),
            out_channels: Int64(outChannels / max(groups, 1)), in: filled(input, 1), out: filled(output, 1),
            window: filled(window, 1), stride: filled(stride, 1), dilation: filled(dilation, 1), padding: filled(before, 0))
    }
}

extension ConvolutionGeometry {
    /// The geometry of a convolution of `x` `[N, C, …]` with weights `[out, C / groups, …]`.
    static func forward(
        _ name: String, _ x: [Int], _ weight: [Int], stride: [Int], padding: Padding, dilation: [Int], groups: Int
    ) throws(TensorError) -> ConvolutionGeometry {
        let spatial = weight.count - 2, window = Array(weight.dropFirst(2)), input = Array(x.dropFirst(2))
        try check(name, x, weight, channels: weight[1] * groups, groups: groups)
        guard weight[0] % groups == 0 else {
            throw .shapes(name, [x, weight], detail: "\(weight[0]) output channels cannot be split into \(groups) groups")
        }
        let stride = try numbers(name, "stride", stride, spatial, least: 1)
        let dilation = try numbers(name, "dilation", dilation, spatial, least: 1)
        let spans = zip(window, dilation).map { $1 * ($0 - 1) + 1 }
        let (before, after) = try sides(name, padding, spans: spans, stride: stride)
        var output: [Int] = []
        for d in 0..<spatial {
            let room = input[d] + before[d] + after[d] - spans[d]
            guard room >= 0 else {
                throw .shapes(name, [x, weight],
                    detail: "the window spans \(spans[d]) but the padded input has only \(input[d] + before[d] + after[d]) positions")
            }
            output.append(room / stride[d] + 1)
        }
        return ConvolutionGeometry(
            groups: groups, inChannels: x[1], outChannels: weight[0], input: input, output: output, window: window,
            stride: stride, dilation: dilation, before: before, after: after)
    }

    /// The geometry whose data gradient is the transposed convolution of `x` `[N, C, …]` with weights
    /// `[C, out / groups, …]`.
    static func transposed(
        _ name: String, _ x: [Int], _ weight: [Int], stride: [Int], padding: [Int], outputPadding: [Int], dilation: [Int],
        groups: Int
    ) throws(TensorError) -> ConvolutionGeometry {
        let spatial = weight.count - 2, window = Array(weight.dropFirst(2)), positions = Array(x.dropFirst(2))
        try check(name, x, weight, channels: weight[0], groups: groups)
        guard x[1] % groups == 0 else {
            throw .shapes(name, [x, weight], detail: "\(x[1]) input channels cannot be split into \(groups) groups")
        }
        let stride = try numbers(name, "stride", stride, spatial, least: 1)
        let dilation = try numbers(name, "dilation", dilation, spatial, least: 1)
        let padding = try numbers(name, "padding", padding, spatial, least: 0)
        let extra = try numbers(name, "output_padding", outputPadding, spatial, least: 0)
        var result: [Int] = []
        for d in 0..<spatial {
            guard extra[d] < max(stride[d], dilation[d]) else {
                throw .argument(name, "output_padding \(extra[d]) must be smaller than the stride or the dilation")
            }
            let size = (positions[d] - 1) * stride[d] - 2 * padding[d] + dilation[d] * (window[d] - 1) + extra[d] + 1
            guard size > 0 else { throw .shapes(name, [x, weight], detail: "the result would have no positions") }
            result.append(size)
        }
        let after = (0..<spatial).map { padding[$0] - extra[$0] }
        return ConvolutionGeometry(
            groups: groups, inChannels: weight[1] * groups, outChannels: x[1], input: result, output: positions,
            window: window, stride: stride, dilation: dilation, before: padding, after: after)
    }

    private static func check(
        _ name: String, _ x: [Int], _ weight: [Int], channels: Int, groups: Int
    ) throws(TensorError) {
        guard groups >= 1 else { throw .argument(name, "groups must be at least 1, not \(groups)") }
        guard x[1] == channels else {
            let share = groups == 1 ? "" : " in \(groups) groups"
            let isLast = x.last == channels
            throw .shapes(name, [x, weight], detail: "the input has \(x[1]) channels, the weight takes \(channels)\(share)",
                hint: isLast ? .text("Channels come before the spatial dimensions: [N, C, …]") : nil)
        }
        guard !weight.dropFirst(2).contains(0) else { throw .shapes(name, [x, weight], detail: "the window is empty") }
    }

    /// One number for each dimension from one or as many.
    static func numbers(_ name: String, _ what: String, _ given: [Int], _ count: Int, least: Int) throws(TensorError) -> [Int] {
        guard given.count == 1 || given.count == count else {
            throw .argument(name, "\(what) needs 1 or \(count) numbers, not \(given.count)")
        }
        let all = given.count == count ? given : [Int](repeating: given[0], count: count)
        for value in all where value < least || value > Int(Int32.max) {
            throw .argument(name, "\(what) must be at least \(least), not \(value)")
        }
        return all
    }

    private static func sides(
        _ name: String, _ padding: Padding, spans: [Int], stride: [Int]
    ) throws(TensorError) -> ([Int], [Int]) {
        switch padding {
        case .valid:
            let none = spans.map { _ in 0 }
            return (none, none)
        case .same:
            guard stride.allSatisfy({ $0 == 1 }) else { throw .argument(name, "padding \"same\" needs stride 1") }
            return (spans.map { ($0 - 1) / 2 }, spans.map { $0 - 1 - ($0 - 1) / 2 })
        case .amounts(let amounts):
            let all = try numbers(name, "padding", amounts, spans.count, least: 0)
            return (all, all)
        case .sides(let before, let after):
            return (
                try numbers(name, "padding", before, spans.count, least: 0), try numbers(name, "padding", after, spans.count, least: 0)
            )
        }
    }
}
