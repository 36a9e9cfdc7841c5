import Tensors

// Layers that rearrange elements.

/// Makes several dimensions of one: [N, 12] → [N, 3, 4].
public final class Unflatten: Module {
    public let dim: Int
    public let sizes: [Int]

    public init(_ dim: Int, _ sizes: [Int]) { (self.dim, self.sizes) = (dim, sizes) }

    public override func forward(_ input: Tensor) throws -> Tensor { try input.unflatten(dim, sizes) }
    public override func makeSimilar() throws -> Module { Unflatten(dim, sizes) }
    public override var details: String { "\(dim), \(describe(sizes))" }
}

/// Gives each example another shape; the batch stays. One size may be -1.
public final class Reshape: Module {
    public let shape: [Int]

    public init(_ shape: [Int]) { self.shape = shape }

    public override func forward(_ input: Tensor) throws -> Tensor {
        guard let batch = input.shape.first else {
            throw TensorError.shapes("Reshape", [input.shape], detail: "the input needs a dimension for the batch")
        }
        return try input.reshape([batch] + shape)
    }
    public override func makeSimilar() throws -> Module { Reshape(shape) }
    public override var details: String { shape.map(String.init).joined(separator: ", ") }
}

/// Enlarges pictures [N, C, …] to a size or by a factor.
public final class Upsample: Module {
    public let size: [Int]?
    public let scale: [Double]?
    public let mode: Tensor.Interpolation
    public let alignCorners: Bool
    /// Whether the factor used is the one between the input's and the output's whole sizes.
    public let recomputesScale: Bool

    public init(
        size: [Int]? = nil, scale: [Double]? = nil, mode: Tensor.Interpolation = .nearest, alignCorners: Bool = false,
        recomputesScale: Bool = false
    ) throws {
        guard (size == nil) != (scale == nil) else { throw LearningError.argument("Upsample", "needs a size or a scale_factor") }
        for factor in scale ?? [] { try check("Upsample", "scale_factor", factor, factor > 0 && factor <= 1e6, "positive and at most 1000000") }
        for side in size ?? [] { try requirePositive("Upsample", ("size", side), atMost: 1 << 24) }
        if recomputesScale, scale == nil { throw LearningError.argument("Upsample", "recompute_scale_factor needs a scale_factor") }
        (self.size, self.scale, self.mode, self.alignCorners, self.recomputesScale) = (size, scale, mode, alignCorners, recomputesScale)
    }

    public override func forward(_ input: Tensor) throws -> Tensor {
        guard recomputesScale, let scale, input.rank > 2, scale.count == 1 || scale.count == input.rank - 2 else {
            return try input.interpolate(size: size, scale: scale, mode: mode, alignCorners: alignCorners)
        }
        let sides = input.shape.dropFirst(2).enumerated().map { i, side in Int(Double(side) * scale[scale.count == 1 ? 0 : i]) }
        return try input.interpolate(size: sides, mode: mode, alignCorners: alignCorners)
    }
    public override func makeSimilar() throws -> Module {
        try Upsample(size: size, scale: scale, mode: mode, alignCorners: alignCorners, recomputesScale: recomputesScale)
    }
    public override var details: String {
        (size.map { "size=" + brief($0) } ?? "scale_factor=" + (scale ?? []).map(shortNumber).joined(separator: ", ")) + ", mode=\(mode.rawValue)"
    }
}

/// Turns channels into space: [N, C·r², H, W] → [N, C, H·r, W·r] (Shi et al. 2016).
public final class PixelShuffle: Module {
    public let factor: Int

    public init(_ factor: Int) throws {
        self.factor = factor
        try requirePositive("PixelShuffle", ("upscale_factor", factor), atMost: 1 << 15)
    }

    public override func forward(_ input: Tensor) throws -> Tensor { try input.pixelShuffle(factor) }
    public override func makeSimilar() throws -> Module { try PixelShuffle(factor) }
    public override var details: String { String(factor) }
}

/// Adds a border to pictures: left, right, top, bottom.
public class Pad2d: Module {
    public let sizes: [Int]
    class var mode: PadMode { .constant }

    /// - Parameter sizes: one number for all sides, or left, right, top, bottom.
    public required init(_ sizes: [Int]) throws {
        self.sizes = sizes.count == 1 ? [Int](repeating: sizes[0], count: 4) : sizes
        super.init()
        guard self.sizes.count == 4, self.sizes.allSatisfy({ $0.magnitude <= 1 << 24 }) else {
            throw LearningError.argument(kind, "padding must be one number or left, right, top and bottom, got \(describe(sizes))")
        }
    }

    public override func forward(_ input: Tensor) throws -> Tensor { try input.pad(sizes, mode: type(of: self).mode) }
    public override func makeSimilar() throws -> Module { try type(of: self).init(sizes) }
    public override var details: String { brief(sizes) }
}

/// Adds a border of zeros.
public final class ZeroPad2d: Pad2d {}

/// Adds a border that mirrors the picture.
public final class ReflectionPad2d: Pad2d {
    override class var mode: PadMode { .reflect }
}
