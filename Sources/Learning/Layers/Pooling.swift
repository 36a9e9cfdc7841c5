import Tensors

/// How a window moves over the input in pooling.
public struct PoolOptions: Sendable {
    /// The window's size when nil.
    public var stride: [Int]?
    public var padding = [0]
    public var dilation = [1]
    /// Lets the last window hang over the border.
    public var ceilMode = false
    /// Whether padding counts in averages.
    public var countIncludePad = true
    /// What averages divide by in place of the number of elements.
    public var divisor: Int?
    /// Whether the positions of largest elements are a second output.
    public var returnsIndices = false

    public init() {}
}

/// Makes one element of each window: its largest, or its average.
public class Pool: Module {
    public let kernel: [Int]
    public let options: PoolOptions

    public required init(_ kernel: [Int], _ options: PoolOptions = PoolOptions()) throws {
        (self.kernel, self.options) = (kernel, options)
        super.init()
        guard !kernel.isEmpty, kernel.allSatisfy({ $0 > 0 }) else {
            throw LearningError.argument(kind, "kernel_size must be positive, got \(describe(kernel))")
        }
    }

    public convenience init(_ kernel: Int, stride: Int? = nil, padding: Int = 0) throws {
        var options = PoolOptions()
        (options.stride, options.padding) = (stride.map { [$0] }, [padding])
        try self.init([kernel], options)
    }

    public override func makeSimilar() throws -> Module { try type(of: self).init(kernel, options) }
    public override var details: String { brief(kernel) + (options.stride.map { ", stride=" + brief($0) } ?? "") }
}

/// Largest elements of windows; with `returnsIndices` and where in its plane each was, row by row.
public class MaxPool: Pool {
    func indexed(_ input: Tensor) throws -> (values: Tensor, indices: Tensor) { (input, input) }

    public override func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        guard options.returnsIndices, inputs.count == 1 else { return try super.forward(inputs) }
        let (values, indices) = try indexed(inputs[0])
        return [values, indices]
    }
}

/// Largest elements of windows in [N, C, L].
public final class MaxPool1d: MaxPool {
    override func indexed(_ input: Tensor) throws -> (values: Tensor, indices: Tensor) {
        try input.maxPool1dWithIndices(kernel, stride: options.stride, padding: options.padding, dilation: options.dilation, ceilMode: options.ceilMode)
    }
    public override func forward(_ input: Tensor) throws -> Tensor {
        try input.maxPool1d(kernel, stride: options.stride, padding: options.padding, dilation: options.dilation, ceilMode: options.ceilMode)
    }
}

/// Largest elements of windows in [N, C, H, W].
public final class MaxPool2d: MaxPool {
    override func indexed(_ input: Tensor) throws -> (values: Tensor, indices: Tensor) {
        try input.maxPool2dWithIndices(kernel, stride: options.stride, padding: options.padding, dilation: options.dilation, ceilMode: options.ceilMode)
    }
    public override func forward(_ input: Tensor) throws -> Tensor {
        try input.maxPool2d(kernel, stride: options.stride, padding: options.padding, dilation: options.dilation, ceilMode: options.ceilMode)
    }
}

/// Averages of windows in [N, C, L].
public final class AvgPool1d: Pool {
    public override func forward(_ input: Tensor) throws -> Tensor {
        try input.avgPool1d(
            kernel, stride: options.stride, padding: options.padding, ceilMode: options.ceilMode, countIncludePad: options.countIncludePad)
    }
}

/// Averages of windows in [N, C, H, W].
public final class AvgPool2d: Pool {
    public override func forward(_ input: Tensor) throws -> Tensor {
        try input.avgPool2d(
            kernel, stride: options.stride, padding: options.padding, ceilMode: options.ceilMode, countIncludePad: options.countIncludePad,
            divisor: options.divisor)
    }
}

/// Windows that share each plane evenly, whatever its size: any size → `size`; nil keeps a side.
public class AdaptivePool: Module {
    public let size: [Int?]
    /// Whether the positions of largest elements are a second output.
    public var returnsIndices = false
    /// Number of dimensions of a plane.
    class var spatial: Int { 2 }

    public required init(_ size: [Int?]) throws {
        self.size = size
        super.init()
        let spatial = type(of: self).spatial
        guard size.count == spatial || size.count == 1, size.allSatisfy({ (0...1 << 24).contains($0 ?? 1) }) else {
            throw LearningError.argument(kind, "output_size must be \(spatial == 1 ? "a number" : "one number or \(spatial)"), got \(details)")
        }
    }

    public override func makeSimilar() throws -> Module {
        let copy = try type(of: self).init(size)
        copy.returnsIndices = returnsIndices
        return copy
    }

    public override func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        guard returnsIndices, inputs.count == 1 else { return try super.forward(inputs) }
        let (values, indices) = try indexed(inputs[0])
        return [values, indices]
    }

    func indexed(_ input: Tensor) throws -> (values: Tensor, indices: Tensor) { (input, input) }
    public override var details: String { size.map { $0.map(String.init) ?? "nil" }.joined(separator: ", ") }
}

/// Averages over windows that share each plane evenly.
public final class AdaptiveAvgPool2d: AdaptivePool {
    public override func forward(_ input: Tensor) throws -> Tensor { try input.adaptiveAvgPool2d(size) }
}

/// Largest elements of windows that share each plane evenly.
public final class AdaptiveMaxPool2d: AdaptivePool {
    public override func forward(_ input: Tensor) throws -> Tensor { try input.adaptiveMaxPool2d(size).values }
    override func indexed(_ input: Tensor) throws -> (values: Tensor, indices: Tensor) { try input.adaptiveMaxPool2d(size) }
}

/// Averages over windows that share each sequence evenly.
public final class AdaptiveAvgPool1d: AdaptivePool {
    override class var spatial: Int { 1 }
    public override func forward(_ input: Tensor) throws -> Tensor { try size[0].map(input.adaptiveAvgPool1d) ?? input }
}

/// Largest elements of windows that share each sequence evenly.
public final class AdaptiveMaxPool1d: AdaptivePool {
    override class var spatial: Int { 1 }
    public override func forward(_ input: Tensor) throws -> Tensor { try indexed(input).values }
    override func indexed(_ input: Tensor) throws -> (values: Tensor, indices: Tensor) { try input.adaptiveMaxPool1d(size[0] ?? input.shape.last ?? 0) }
}
