import CKernels
import Glibc
import Tensors

/// Bytes 0..255 as floating numbers 0..1; floating pictures stay as they are.
public final class ToTensor: Augmentation {
    public override func apply(_ picture: inout Planes, _ draws: inout Draws) throws {
        guard picture.isByte else { return }
        let factor = picture.bound
        for i in picture.pixels.indices { picture.pixels[i] /= factor }
        picture.bound = 1
    }

    public override var isRandom: Bool { false }
    public override var text: String { "ToTensor()" }
}

/// Takes each channel's mean away and divides by its standard deviation; bytes become 0..1 before.
public final class Normalize: Augmentation {
    private let mean: [Double]
    private let std: [Double]

    /// - Parameters: one number for all channels, or one for each.
    public init(mean: [Double], std: [Double]) throws {
        guard !mean.isEmpty, !std.isEmpty, mean.count == std.count || mean.count == 1 || std.count == 1 else {
            throw LearningError.argument("Normalize", "mean and std must have one number for each channel, got \(mean.count) and \(std.count)")
        }
        guard std.allSatisfy({ $0 != 0 }) else { throw LearningError.argument("Normalize", "std holds 0") }
        self.mean = mean
        self.std = std
    }

    public override func apply(_ picture: inout Planes, _ draws: inout Draws) throws {
        for list in [mean, std] where list.count != 1 && list.count != picture.channels {
            throw LearningError.argument("Normalize", "\(list.count) numbers for a picture of \(picture.channels) channels")
        }
        try ToTensor().apply(&picture, &draws)
        let a = (0..<picture.channels).map { Float(mean[mean.count == 1 ? 0 : $0]) }
        let b = (0..<picture.channels).map { Float(1 / std[std.count == 1 ? 0 : $0]) }
        nj_picture_scale(&picture.pixels, picture.size, a, b)
    }

    public override var isRandom: Bool { false }
    public override var text: String {
        func list(_ values: [Double]) -> String { "{" + values.map(shortNumber).joined(separator: ", ") + "}" }
        return "Normalize(\(list(mean)), \(list(std)))"
    }
}

/// Changes brightness, contrast, saturation and hue by random amounts, in random order.
public final class ColorJitter: Augmentation {
    private let ranges: [Pair?]

    /// - Parameters: ranges of factors, and for hue of shares of the circle within -0.5...0.5.
    public init(brightness: Pair? = nil, contrast: Pair? = nil, saturation: Pair? = nil, hue: Pair? = nil) throws {
        for range in [brightness, contrast, saturation] {
            if let range, !(range.first >= 0 && range.first <= range.second && range.second.isFinite) {
                throw LearningError.argument("ColorJitter", "brightness, contrast and saturation are ranges of factors that are not negative")
            }
        }
        if let hue, !(hue.first >= -0.5 && hue.first <= hue.second && hue.second <= 0.5) {
            throw LearningError.argument("ColorJitter", "hue is a range within -0.5..0.5")
        }
        ranges = [brightness, contrast, saturation, hue]
    }

    public override func apply(_ picture: inout Planes, _ draws: inout Draws) throws {
        var order = [0, 1, 2, 3]
        for i in [3, 2, 1] { order.swapAt(i, draws.below(i + 1)) }
        let amounts = ranges.map { $0.map { Float(draws.uniform($0.first, $0.second)) } }, size = picture.size, bound = picture.bound
        for i in order {
            guard let amount = amounts[i] else { continue }
            switch i {
            case 0: nj_picture_brightness(&picture.pixels, size, amount, bound)
            case 1: nj_picture_contrast(&picture.pixels, size, amount, bound)
            case 2: nj_picture_saturation(&picture.pixels, size, amount, bound)
            default: nj_picture_hue(&picture.pixels, size, amount, bound)
            }
        }
    }

    public override var text: String { "ColorJitter()" }
}

extension Planes {
    /// Sets a rectangle, cut to the picture, to a value for each channel.
    mutating func fill(top: Int, left: Int, height: Int, width: Int, _ value: (Int) -> Float) {
        for c in 0..<channels {
            let value = value(c)
            for y in max(0, top)..<max(0, top, min(self.height, top + height)) {
                let line = (c * self.height + y) * self.width
                for x in max(0, left)..<max(0, left, min(self.width, left + width)) { pixels[line + x] = value }
            }
        }
    }
}

/// Sets random squares to a value (DeVries and Taylor 2017); they may reach over the border.
public final class Cutout: Augmentation {
    private let size: Int
    private let holes: Int
    private let value: Double

    public init(_ size: Int, holes: Int = 1, fill: Double = 0) throws {
        guard size > 0, size <= 1 << 20, holes >= 0, holes <= 10_000 else { throw LearningError.argument("Cutout", "the size must be positive and holes at most 10,000") }
        self.size = size
        self.holes = holes
        value = fill
    }

    public override func apply(_ picture: inout Planes, _ draws: inout Draws) throws {
        for _ in 0..<holes {
            let y = draws.below(picture.height), x = draws.below(picture.width)
            picture.fill(top: y - size / 2, left: x - size / 2, height: size, width: size) { _ in Float(value) }
        }
    }

    public override var text: String { "Cutout(\(size))" }
}

/// Sets a random rectangle to a value or to noise, with a probability (Zhong and others 2017).
public final class RandomErasing: Augmentation {
    private let p: Double
    private let scale: Pair
    private let ratio: Pair
    private let value: [Double]?

    /// - Parameters:
    ///   - scale: range of shares of the picture's area.
    ///   - ratio: range of height by width.
    ///   - value: one number for all channels or one for each; normally distributed noise when nil.
    public init(p: Double = 0.5, scale: Pair = Pair(0.02, 0.33), ratio: Pair = Pair(0.3, 3.3), value: [Double]? = [0]) throws {
        try checkProbability("RandomErasing", p)
        guard scale.first >= 0, scale.first <= scale.second, scale.second <= 1, ratio.first > 0, ratio.first <= ratio.second, ratio.second.isFinite else {
            throw LearningError.argument("RandomErasing", "scale must be a range within 0..1 and ratio a range of positive numbers")
        }
        guard value.map({ !$0.isEmpty }) ?? true else { throw LearningError.argument("RandomErasing", "value is empty") }
        self.p = p
        self.scale = scale
        self.ratio = ratio
        self.value = value
    }

    public override func apply(_ picture: inout Planes, _ draws: inout Draws) throws {
        guard draws.happens(p) else { return }
        if let value, value.count != 1, value.count != picture.channels {
            throw LearningError.argument("RandomErasing", "\(value.count) values for a picture of \(picture.channels) channels")
        }
        for _ in 0..<10 {
            let area = Double(picture.height * picture.width) * draws.uniform(scale.first, scale.second)
            let aspect = exp(draws.uniform(log(ratio.first), log(ratio.second)))
            let h = Int((area * aspect).squareRoot().rounded()), w = Int((area / aspect).squareRoot().rounded())
            guard h < picture.height, w < picture.width else { continue }
            let top = draws.below(picture.height - h + 1), left = draws.below(picture.width - w + 1)
            if let value {
                picture.fill(top: top, left: left, height: h, width: w) { Float(value[value.count == 1 ? 0 : $0]) }
            } else if h > 0, w > 0 {
                let noise = try normal(picture.channels * h * w, &draws), unit = picture.bound
                for c in 0..<picture.channels {
                    for y in 0..<h {
                        for x in 0..<w { picture.pixels[(c * picture.height + top + y) * picture.width + left + x] = unit * noise[(c * h + y) * w + x] }
                    }
                }
            }
            return
        }
    }

    public override var text: String { "RandomErasing{p=\(shortNumber(p))}" }
}

/// Normally distributed numbers, mean 0 and deviation 1.
private func normal(_ count: Int, _ draws: inout Draws, mean: Double = 0, deviation: Double = 1) throws -> [Float] {
    let seed = draws.next()
    return try [Float](unsafeUninitializedCapacity: count) { buffer, filled in
        guard nj_random_normal(NJ_FLOAT32, buffer.baseAddress, Int64(count), seed, 0, mean, deviation) else { throw TensorError.interrupted }
        filled = count
    }
}

/// Adds normally distributed noise; mean and sigma are in shares of white.
public final class GaussianNoise: Augmentation {
    private let mean: Double
    private let sigma: Double
    private let clips: Bool

    public init(mean: Double = 0, sigma: Double = 0.1, clips: Bool = true) throws {
        guard sigma >= 0, sigma.isFinite, mean.isFinite else { throw LearningError.argument("GaussianNoise", "sigma must not be negative, got \(shortNumber(sigma))") }
        self.mean = mean
        self.sigma = sigma
        self.clips = clips
    }

    public override func apply(_ picture: inout Planes, _ draws: inout Draws) throws {
        let unit = Double(picture.bound), count = picture.pixels.count
        let noise = try normal(count, &draws, mean: mean * unit, deviation: sigma * unit)
        nj_picture_add(&picture.pixels, noise, Int64(count), clips ? picture.bound : 0)
    }

    public override var text: String { "GaussianNoise{sigma=\(shortNumber(sigma))}" }
}
