import CKernels

extension Tensor {
    /// How `interpolate` finds values between positions.
    public enum Interpolation: String, CaseIterable, Sendable {
        case nearest
        case nearestExact = "nearest-exact"
        /// One dimension; `bilinear` two, `trilinear` three.
        case linear, bilinear, trilinear
        /// Two dimensions, Keys' cubic with a = -0.75.
        case bicubic
        /// Means of the positions that fall on each result.
        case area
    }

    /// Images `[N, C, …]` brought to another size of their spatial dimensions: `size`, or the present one
    /// times `scale`; one number for all dimensions or one for each.
    ///
    /// With `alignCorners` the first and last positions of input and result coincide; otherwise their
    /// outer edges do. With `recomputesScale` positions follow from the sizes, not from `scale`. With
    /// `antialias` the weights of "bilinear" and "bicubic" spread over all that a smaller result leaves out.
    /// As PyTorch's `interpolate`.
    public func interpolate(
        size: [Int]? = nil, scale: [Double]? = nil, mode: Interpolation = .nearest, alignCorners: Bool = false,
        recomputesScale: Bool = false, antialias: Bool = false
    ) throws(TensorError) -> Tensor {
        let name = "interpolate", spatial = rank - 2
        guard (1...3).contains(spatial) else { throw .shapes(name, [shape], detail: "the input must be [N, C, …] with 1 to 3 spatial dimensions") }
        guard dtype.isFloatingPoint else { throw .dtypes(name, [dtype], expected: "expected a floating point input") }
        let fitting: [Interpolation: Int] = [.linear: 1, .bilinear: 2, .trilinear: 3, .bicubic: 2]
        if let wanted = fitting[mode], wanted != spatial {
            throw .shapes(name, [shape], detail: "mode \"\(mode.rawValue)\" is for \(wanted) spatial dimension\(wanted == 1 ? "" : "s"), not \(spatial)")
        }
        if alignCorners, fitting[mode] == nil { throw .argument(name, "align_corners has no meaning for mode \"\(mode.rawValue)\"") }
        if antialias, mode != .bilinear, mode != .bicubic { throw .argument(name, "antialias is for the modes \"bilinear\" and \"bicubic\"") }
        let input = Array(shape.suffix(spatial))
        var output: [Int] = [], factors: [Double] = []
        switch (size, scale) {
        case (let size?, nil):
            output = try ConvolutionGeometry.numbers(name, "size", size, spatial, least: 1)
            factors = zip(input, output).map { Double($0) / Double($1) }
        case (nil, let scale?):
            guard scale.count == 1 || scale.count == spatial else { throw .argument(name, "scale_factor needs 1 or \(spatial) numbers, not \(scale.count)") }
            for d in 0..<spatial {
                let factor = scale.count == 1 ? scale[0] : scale[d]
                guard factor > 0, factor.isFinite, Double(input[d]) * factor < 1e9 else {
                    throw .argument(name, "scale_factor \(factor) is not a usable number")
                }
                output.append(Int((Double(input[d]) * factor).rounded(.down)))
                factors.append(recomputesScale ? Double(input[d]) / Double(Swift.max(output[d], 1)) : 1 / factor)
            }
        default: throw .argument(name, "needs either a size or a scale_factor")
        }
        guard !input.contains(0), !output.contains(0) else { throw .shapes(name, [shape], detail: "sizes of 0 cannot be interpolated") }
        if mode == .area {
            return spatial == 1 ? try adaptiveAvgPool1d(output[0]) : spatial == 2 ? try adaptiveAvgPool2d(output.map { $0 })
                : try resampled(name, input, output, factors, mode, alignCorners, false)
        }
        return try resampled(name, input, output, factors, mode, alignCorners, antialias)
    }

    private func resampled(
        _ name: String, _ input: [Int], _ output: [Int], _ factors: [Double], _ mode: Interpolation, _ aligned: Bool,
        _ antialias: Bool
    ) throws(TensorError) -> Tensor {
        var result = self
        for d in input.indices where input[d] != output[d] || mode != .nearest {
            let map = Resampling(input[d], output[d], mode, scale: aligned ? nil : factors[d], antialias: antialias)
            result = try result.resampled(name, d + 2, map)
        }
        return result === self ? try clone() : result
    }

    /// Applies a sparse matrix along a dimension.
    private func resampled(_ name: String, _ dim: Int, _ map: Resampling) throws(TensorError) -> Tensor {
        let channelsLast = !isContiguous && layout.isChannelsLast
        let x = channelsLast ? self : try contiguousIfNeeded()
        var size = shape
        size[dim] = map.output
        try Layout.check(size, operation: name)
        let y = try Tensor(uninitialized: channelsLast ? .channelsLast(size) : Layout(contiguous: size, operation: name), dtype, operation: name)
        var inner = shape.dropFirst(dim + 1).reduce(1, *)
        if channelsLast { inner *= shape[1] }
        let outcome = withExtendedLifetime(x) {
            map.withKernel(outer: x.count / Swift.max(inner * map.input, 1), inner: inner) { r in
                nj_resample(dtype.kernelType, &r, x.pointer, y.pointer)
            }
        }
        try finish(outcome, name, size)
        return try y.finished(name, self) { _, g in [try g.resampled(name + "_backward", dim, map.transposed())] }
    }
}

/// A sparse matrix: for each result, positions of the input and their weights.
struct Resampling: Sendable {
    let input: Int, output: Int
    private var start: [Int64] = [0]
    private var position: [Int64] = []
    private var weight: [Double] = []

    private init(input: Int, output: Int) {
        self.input = input
        self.output = output
    }

    /// - Parameter scale: input positions for each result; nil when the corners are aligned.
    init(_ input: Int, _ output: Int, _ mode: Tensor.Interpolation, scale: Double?, antialias: Bool = false) {
        self.init(input: input, output: output)
        for o in 0..<output {
            switch mode {
            case _ where antialias: spread(o, mode, scale)
            case .nearest where output == 2 * input: add(o / 2, 1)  // whatever the factor, as in PyTorch
            case .nearest: add(min(Int((Double(o) * (scale ?? 1)).rounded(.down)), input - 1), 1)
            case .nearestExact: add(min(Int(((Double(o) + 0.5) * (scale ?? 1)).rounded(.down)), input - 1), 1)
            case .area:
                let begin = o * input / output, end = ((o + 1) * input + output - 1) / output
                for i in begin..<end { add(i, 1 / Double(end - begin)) }
            case .linear, .bilinear, .trilinear:
                let at = max(place(o, scale), 0), low = min(Int(at), input - 1), part = at - Double(low)
                add(low, 1 - part)
                if low + 1 < input { add(low + 1, part) } else { weight[weight.count - 1] = 1 }
            case .bicubic:
                let at = place(o, scale), low = at.rounded(.down), t = at - low
                for k in -1...2 { add(max(0, min(Int(low) + k, input - 1)), Resampling.cubic(abs(Double(k) - t))) }
            }
            start.append(Int64(position.count))
        }
    }

    /// Weights of all positions under the filter around result `o`, which is as wide as results are apart.
    private mutating func spread(_ o: Int, _ mode: Tensor.Interpolation, _ scale: Double?) {
        let apart = scale ?? (output > 1 ? Double(input - 1) / Double(output - 1) : 0)
        let width = max(apart, 1), reach = (mode == .bicubic ? 2 : 1) * width, centre = apart * (Double(o) + 0.5)
        let first = max(Int(centre - reach + 0.5), 0), end = min(Int(centre + reach + 0.5), input)
        let weights = (first..<max(end, first)).map { i in
            let x = abs((Double(i) - centre + 0.5) / width)
            return mode == .bicubic ? Resampling.cubic(x, -0.5) : max(1 - x, 0)
        }
        let total = weights.reduce(0, +)
        for (i, w) in weights.enumerated() { add(first + i, total == 0 ? w : w / total) }
    }

    /// Where result `o` falls in the input.
    private func place(_ o: Int, _ scale: Double?) -> Double {
        if let scale { return scale * (Double(o) + 0.5) - 0.5 }
        return output > 1 ? Double(o) * Double(input - 1) / Double(output - 1) : 0
    }

    private static func cubic(_ x: Double, _ a: Double = -0.75) -> Double {
        x >= 2 ? 0 : x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    }

    private mutating func add(_ i: Int, _ w: Double) {
        position.append(Int64(i))
        weight.append(w)
    }

    /// The matrix of the gradient.
    func transposed() -> Resampling {
        var result = Resampling(input: output, output: input)
        var lists = [[(Int64, Double)]](repeating: [], count: input)
        for o in 0..<output {
            for k in Int(start[o])..<Int(start[o + 1]) { lists[Int(position[k])].append((Int64(o), weight[k])) }
        }
        for list in lists {
            for (o, w) in list {
                result.position.append(o)
                result.weight.append(w)
            }
            result.start.append(Int64(result.position.count))
        }
        return result
    }

    func withKernel(outer: Int, inner: Int, _ body: (inout nj_resampling) -> nj_outcome) -> nj_outcome {
        start.withUnsafeBufferPointer { start in
            position.withUnsafeBufferPointer { position in
                weight.withUnsafeBufferPointer { weight in
                    var r = nj_resampling(
                        outer: Int64(outer), in: Int64(input), out: Int64(output), inner: Int64(inner),
                        start: start.baseAddress, position: position.baseAddress, weight: weight.baseAddress)
                    return body(&r)
                }
            }
        }
    }
}
