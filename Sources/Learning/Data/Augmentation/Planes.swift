import CKernels
import Glibc
import Tensors

/// One picture while it is changed: `channels` planes of `height` rows of `width` numbers.
public struct Planes {
    public internal(set) var channels: Int
    public internal(set) var height: Int
    public internal(set) var width: Int
    public internal(set) var pixels: [Float]
    /// The value of white: 255 for pictures of bytes, else 1.
    public internal(set) var bound: Float

    var size: nj_picture_size { nj_picture_size(channels: Int64(channels), height: Int64(height), width: Int64(width)) }
    var isByte: Bool { bound == 255 }

    /// The picture as [C, H, W], uint8 or float32.
    public func tensor() throws -> Tensor {
        let numbers = try Tensor(pixels, shape: [channels, height, width])
        return isByte ? try numbers.to(.uint8) : numbers
    }

    /// Replaces the picture by a tensor [C, H, W].
    public mutating func set(_ tensor: Tensor) throws {
        guard tensor.rank == 3, tensor.shape.allSatisfy({ $0 > 0 }) else {
            throw TensorError.shapes("transforms", [tensor.shape], detail: "pictures are [C, H, W]")
        }
        (channels, height, width) = (tensor.shape[0], tensor.shape[1], tensor.shape[2])
        bound = tensor.dtype == .uint8 ? 255 : 1
        pixels = try tensor.detach().to(.float32).contiguous().withElements(Float.self) { Array($0) }
    }

    /// Replaces the picture by one of another size, which `body` fills.
    mutating func replace(height: Int, width: Int, _ body: (UnsafeMutablePointer<Float>, UnsafePointer<Float>) throws -> Void) throws {
        let count = height.multipliedReportingOverflow(by: width)
        guard !count.overflow, count.partialValue <= Int(nj_memory_limit()) / 64 / max(channels, 1) else {
            throw TensorError.outOfMemory("transforms", shape: [channels, height, width], bytes: nil)
        }
        let total = channels * count.partialValue
        let next = try [Float](unsafeUninitializedCapacity: total) { buffer, filled in
            if let base = buffer.baseAddress { try pixels.withUnsafeBufferPointer { if let source = $0.baseAddress { try body(base, source) } } }
            filled = total
        }
        (self.height, self.width, pixels) = (height, width, next)
    }
}

/// Random numbers for one picture: they follow from a seed, the pass over the data and the picture's
/// position in the set, whoever asks in which order (SplitMix64; Steele, Lea and Flood 2014).
public struct Draws {
    private var state: UInt64

    public init(seed: UInt64, pass: UInt64 = 0, position: UInt64 = 0) {
        state = seed
        for part in [pass, position] { state = next() ^ (part &* 0xD1B5_4A32_D192_ED03) }
    }

    /// 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    /// From `low` up to, not including, `high`.
    public mutating func uniform(_ low: Double = 0, _ high: Double = 1) -> Double {
        low + (high - low) * (Double(next() >> 11) * 0x1p-53)
    }

    /// A whole number in 0..<`bound`.
    public mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(max(bound, 1))).high) }

    public mutating func happens(_ probability: Double) -> Bool { uniform() < probability }
}

/// Where chance comes from in one pass over a set.
public struct Chance: Sendable {
    public var seed: UInt64
    public var pass: UInt64

    public init(seed: UInt64, pass: UInt64) {
        self.seed = seed
        self.pass = pass
    }

    /// One that the shared generator decides.
    public static func drawn() -> Chance { Chance(seed: Generator.shared.next(below: 1 << 63), pass: 0) }

    func draws(_ position: Int) -> Draws { Draws(seed: seed, pass: pass, position: UInt64(bitPattern: Int64(position))) }

    /// Another one, for a set inside of this one.
    var inner: Chance { Chance(seed: seed ^ 0xA076_1D64_78BD_642F, pass: pass) }
}

/// A normally distributed number (Box and Muller 1958).
func bell(_ draws: inout Draws) -> Double {
    (-2 * log(1 - draws.uniform())).squareRoot() * cos(2 * .pi * draws.uniform())
}
