import CKernels
import Tensors

/// A change of pictures, mostly a random one, by which a set seems larger than it is.
///
/// Pictures are [C, H, W], [H, W] for one plane, or a batch [N, C, H, W] whose pictures are changed
/// each in its own way: uint8 with values 0..255, or floating with values 0..1.
open class Augmentation {
    public init() {}

    /// Changes one picture.
    open func apply(_ picture: inout Planes, _ draws: inout Draws) throws {}

    /// Whether it may run on any thread.
    open var isThreadSafe: Bool { true }
    /// Whether chance has a part in it.
    open var isRandom: Bool { true }
    /// How it is written in Lua.
    open var text: String { "" }

    /// Changed pictures; `draws` gives the chance of each picture by its position in the batch.
    public final func apply(to x: Tensor, draws: (Int) -> Draws) throws -> Tensor {
        guard x.dtype == .uint8 || x.dtype.isFloatingPoint else {
            throw TensorError.dtypes("transforms", [x.dtype], expected: "pictures are uint8 or floating")
        }
        guard (2...4).contains(x.rank), x.shape.allSatisfy({ $0 > 0 }) || (x.rank == 4 && x.shape[0] == 0) else {
            throw TensorError.shapes("transforms", [x.shape], detail: "pictures are [C, H, W], [H, W], or a batch [N, C, H, W]")
        }
        let isByte = x.dtype == .uint8, source = try (isByte ? x : x.to(.float32)).detach().contiguous()
        let inner = Array(x.shape.suffix(min(x.rank, 3))), count = x.rank == 4 ? x.shape[0] : 1
        if count == 0 { return x }
        let area = inner.reduce(1, *), channels = x.rank == 2 ? 1 : inner[0]
        var result: Tensor?, size: [Int] = [], bytes = false
        for i in 0..<count {
            if i % 16 == 0 { try checkInterrupt() }
            var picture = Planes(channels: channels, height: inner[inner.count - 2], width: inner[inner.count - 1],
                pixels: [Float](unsafeUninitializedCapacity: area) { buffer, filled in
                    if isByte {
                        let bytes = source.pointer.assumingMemoryBound(to: UInt8.self) + i * area
                        for k in 0..<area { buffer[k] = Float(bytes[k]) }
                    } else if let base = buffer.baseAddress {
                        base.update(from: source.pointer.assumingMemoryBound(to: Float.self) + i * area, count: area)
                    }
                    filled = area
                }, bound: isByte ? 255 : 1)
            var chance = draws(i)
            try apply(&picture, &chance)
            let shape = [picture.channels, picture.height, picture.width]
            if result == nil {
                (size, bytes) = (shape, picture.isByte)
                result = try Tensor.empty([count] + shape, bytes ? .uint8 : .float32)
            }
            guard let result, shape == size, picture.isByte == bytes else {
                throw TensorError.shapes("transforms", [size, shape], detail: "pictures of a batch come out in different sizes; bring them to one, with Resize or a crop")
            }
            Augmentation.store(picture, in: result, at: i)
        }
        guard let result else { return x }
        let output = try bytes || x.dtype == .uint8 ? result : result.to(x.dtype)
        if x.rank == 4 { return output }
        return x.rank == 2 && size[0] == 1 ? try output.reshape(Array(size[1...])) : try output.select(0, 0)
    }

    private static func store(_ picture: Planes, in result: Tensor, at i: Int) {
        let area = picture.pixels.count
        picture.pixels.withUnsafeBufferPointer { pixels in
            if picture.isByte {
                let target = result.pointer.assumingMemoryBound(to: UInt8.self) + i * area
                for k in 0..<area {
                    let value = pixels[k].rounded()
                    target[k] = value >= 255 ? 255 : value > 0 ? UInt8(value) : 0
                }
            } else if let source = pixels.baseAddress {
                (result.pointer.assumingMemoryBound(to: Float.self) + i * area).update(from: source, count: area)
            }
        }
    }
}

/// Changes one after the other.
public final class Compose: Augmentation {
    public let steps: [Augmentation]
    public init(_ steps: [Augmentation]) { self.steps = steps }

    public override func apply(_ picture: inout Planes, _ draws: inout Draws) throws {
        for step in steps { try step.apply(&picture, &draws) }
    }

    public override var isThreadSafe: Bool { steps.allSatisfy(\.isThreadSafe) }
    public override var isRandom: Bool { steps.contains(where: \.isRandom) }
    public override var text: String { "Compose{" + steps.map(\.text).joined(separator: ", ") + "}" }
}

/// A pair of sizes in pixels, or a range.
public struct Pair: Sendable {
    public let first: Double
    public let second: Double

    public init(_ first: Double, _ second: Double) {
        self.first = first
        self.second = second
    }
}

/// A picture's size: height and width, both positive.
public struct PictureSize: Sendable {
    public let height: Int
    public let width: Int

    public init(_ name: String, _ height: Int, _ width: Int) throws {
        guard height > 0, width > 0, height <= 1 << 20, width <= 1 << 20 else {
            throw LearningError.argument(name, "a size must be positive, and at most 1,048,576: \(height) × \(width)")
        }
        self.height = height
        self.width = width
    }

    var text: String { height == width ? "\(height)" : "{\(height), \(width)}" }
}

/// Refuses what is no probability.
func checkProbability(_ name: String, _ p: Double) throws {
    guard p >= 0, p <= 1 else { throw LearningError.argument(name, "the probability p must lie in 0..1, got \(shortNumber(p))") }
}
