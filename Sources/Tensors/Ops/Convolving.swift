import CKernels

// The three products that a convolution and its gradients are made of. Each is linear in both of
// its operands, and the gradients of each are the other two, so that they can be differentiated any
// number of times.

extension Tensor {
    /// `y = x * w (+ bias)`.
    static func convolve(
        _ name: String, _ x: Tensor, _ w: Tensor, _ bias: Tensor?, _ g: ConvolutionGeometry
    ) throws(TensorError) -> Tensor {
        let y = try emptyImages(name, x.shape[0], g.outChannels, g.output, x.dtype)
        try Convolver(name, .forward, g).run(x: x, w: w, y: y, bias: bias)
        let inputs = bias.map { [x, w, $0] } ?? [x, w]
        guard Autograd.isRecording(inputs) else { return y }
        return try y.recorded(name, inputs, saving: [.input(0), .input(1)]) { node, gy in
            let x = try node.saved(0), w = try node.saved(1)
            let gx = node.needs(0) ? try spreadOut(name + "_backward", gy, w, g) : nil
            if bias == nil { return [gx, node.needs(1) ? try correlate(name + "_backward", x, gy, g) : nil] }
            if node.needs(1), node.needs(2), !node.isDifferentiatingTwice {
                let gw = try Tensor(uninitialized: g.weightShape, gy.dtype, operation: name)
                let gb = try Tensor(uninitialized: [g.outChannels], gy.dtype, operation: name)
                try Convolver(name, .weights, g).run(x: x, w: gw, y: gy, bias: gb)
                return [gx, gw, gb]
            }
            return [
                gx, node.needs(1) ? try correlate(name + "_backward", x, gy, g) : nil,
                node.needs(2) ? try gy.sum([0] + (2..<gy.rank)) : nil,
            ]
        }
    }

    /// The gradient of a convolution's input from that of its result, which is also the transposed
    /// convolution of `y`.
    static func spreadOut(_ name: String, _ y: Tensor, _ w: Tensor, _ g: ConvolutionGeometry) throws(TensorError) -> Tensor {
        let x = try emptyImages(name, y.shape[0], g.inChannels, g.input, y.dtype)
        try Convolver(name, .data, g).run(x: x, w: w, y: y, bias: nil)
        return try x.finished(name, y, w, saving: [.input(0), .input(1)]) { node, gx in
            let y = try node.saved(0), w = try node.saved(1)
            return [
                node.needs(0) ? try convolve(name + "_backward", gx, w, nil, g) : nil,
                node.needs(1) ? try correlate(name + "_backward", gx, y, g) : nil,
            ]
        }
    }

    /// The gradient of a convolution's weights from its input and the gradient of its result.
    static func correlate(_ name: String, _ x: Tensor, _ y: Tensor, _ g: ConvolutionGeometry) throws(TensorError) -> Tensor {
        let w = try Tensor(uninitialized: g.weightShape, x.dtype, operation: name)
        try Convolver(name, .weights, g).run(x: x, w: w, y: y, bias: nil)
        return try w.finished(name, x, y, saving: [.input(0), .input(1)]) { node, gw in
            let x = try node.saved(0), y = try node.saved(1)
            return [
                node.needs(0) ? try spreadOut(name + "_backward", y, gw, g) : nil,
                node.needs(1) ? try convolve(name + "_backward", x, gw, nil, g) : nil,
            ]
        }
    }

    /// Images for a kernel to fill: channels-last where oneDNN computes them.
    private static func emptyImages(
        _ name: String, _ batch: Int, _ channels: Int, _ sizes: [Int], _ dtype: DType
    ) throws(TensorError) -> Tensor {
        let shape = [batch, channels] + sizes
        try Layout.check(shape, operation: name)
        return try Tensor(uninitialized: dtype == .float32 ? .channelsLast(shape) : Layout(contiguous: shape, operation: name), dtype, operation: name)
    }
}

/// Carries one of the products out: float32 by oneDNN, float64 by kernels of our own, both in pieces
/// that notice an interrupt soon.
private struct Convolver {
    let name: String
    let kind: OneDNN.ConvolutionKind
    let geometry: ConvolutionGeometry
    /// Multiplications between two looks at the interrupt flag.
    private static let stretch = 1 << 32

    init(_ name: String, _ kind: OneDNN.ConvolutionKind, _ geometry: ConvolutionGeometry) {
        self.name = name
        self.kind = kind
        self.geometry = geometry
    }

    /// `kind` names the operand that is written; a bias is read in the forward pass, and written
    /// beside the weights.
    func run(x: Tensor, w: Tensor, y: Tensor, bias: Tensor?) throws(TensorError) {
        if x.count == 0 || w.count == 0 || y.count == 0 { return try runEmpty(x, w, y, bias) }
        let weights = kind == .weights || w.isContiguous ? w : try w.contiguousCopy()
        let bias = try bias.map { (b) throws(TensorError) in b.isContiguous ? b : try b.contiguousCopy() }
        if x.dtype == .float64 { return try runDirect(x, weights, y, bias) }
        let x = try x.channelsLast(), y = try y.channelsLast(), batch = x.shape[0]
        let piece = max(1, min(batch, Convolver.stretch / max(geometry.work, 1)))
        if piece == batch { return try step(x, weights, y, bias) }
        var at = 0
        while at < batch {
            if nj_interrupted() { throw .interrupted }
            let n = min(piece, batch - at)
            let xs = x.images(at, n), ys = y.images(at, n)
            if kind == .weights, at > 0 {
                let part = try Tensor(uninitialized: weights.shape, .float32, operation: name)
                let more = try bias.map { (b) throws(TensorError) in try Tensor(uninitialized: b.shape, .float32, operation: name) }
                try step(xs, part, ys, more)
                try weights.accumulateSequentially(part)
                if let bias, let more { try bias.accumulateSequentially(more) }
            } else {
                try step(xs, weights, ys, bias)
            }
            at += n
        }
    }

    private func step(_ x: Tensor, _ w: Tensor, _ y: Tensor, _ bias: Tensor?) throws(TensorError) {
        let convolution = try OneDNN.Convolution.prepared(kind, geometry, batch: x.shape[0], bias: bias != nil)
        try convolution.run(x: x, w: w, y: y, bias: bias, keeping: kind == .forward && !nj_gradient_mode())
    }

    private func runDirect(_ x: Tensor, _ w: Tensor, _ y: Tensor, _ bias: Tensor?) throws(TensorError) {
        let x = try kind == .data ? x : x.contiguousIfNeeded(), y = try kind == .forward ? y : y.contiguousIfNeeded()
        var c = geometry.kernel(batch: x.shape[0])
        let type = x.dtype.kernelType
        let outcome = withExtendedLifetime((x, y, w)) {
            switch kind {
            case .forward: nj_convolve(type, &c, x.pointer, w.pointer, bias?.pointer, y.pointer)
            case .data: nj_convolve_data(type, &c, y.pointer, w.pointer, x.pointer)
            case .weights: nj_convolve_weights(type, &c, y.pointer, x.pointer, w.pointer)
            }
        }
        try finish(outcome, name, y.shape)
        if kind == .weights, let bias { try bias.copyElements(from: y.detach().sum([0] + (2..<y.rank))) }
    }

    /// With nothing to add up, results are zero, or the bias.
    private func runEmpty(_ x: Tensor, _ w: Tensor, _ y: Tensor, _ bias: Tensor?) throws(TensorError) {
        switch kind {
        case .forward:
            try y.fillElements(0)
            if let bias { try y.copyElements(from: bias.detach().reshape([bias.count] + geometry.output.map { _ in 1 })) }
        case .data: try x.fillElements(0)
        case .weights:
            try w.fillElements(0)
            if let bias { try bias.copyElements(from: y.detach().sum([0] + (2..<y.rank))) }
        }
    }
}

extension Layout {
    /// A layout of images `[N, C, …]` with the channels of a position side by side.
    static func channelsLast(_ shape: [Int]) -> Layout {
        var strides = shape, step = shape[1]
        strides[1] = 1
        for d in (2..<shape.count).reversed() {
            strides[d] = step
            step *= shape[d]
        }
        strides[0] = step
        return Layout(shape: shape, strides: strides)
    }

    /// Whether images lie channels-last; true of others that look the same, such as one channel.
    var isChannelsLast: Bool {
        guard rank >= 3, count > 0 else { return false }
        var step = shape[1]
        if shape[1] != 1, strides[1] != 1 { return false }
        for d in (2..<rank).reversed() {
            if shape[d] != 1, strides[d] != step { return false }
            step *= shape[d]
        }
        return shape[0] == 1 || strides[0] == step
    }
}

extension Tensor {
    /// The images channels-last, copied unless they are; records nothing.
    func channelsLast() throws(TensorError) -> Tensor { layout.isChannelsLast ? self : try denseCopy(.channelsLast(shape)) }

    /// The elements in row-major order, copied unless they are; records nothing.
    func contiguousIfNeeded() throws(TensorError) -> Tensor { isContiguous ? self : try contiguousCopy() }

    /// Some images of a batch; records nothing.
    fileprivate func images(_ start: Int, _ count: Int) -> Tensor {
        Tensor(sharing: self, layout: Layout(shape: [count] + shape.dropFirst(), strides: strides), offset: offset + start * strides[0])
    }
}

/// Throws what a long kernel ended with, if it did not come to its end.
func finish(_ outcome: nj_outcome, _ name: String, _ shape: [Int]) throws(TensorError) {
    switch outcome {
    case NJ_STOPPED: throw .interrupted
    case NJ_NO_MEMORY: throw .outOfMemory(name, shape: shape, bytes: nil)
    default: return
    }
}
