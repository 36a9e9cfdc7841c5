import CKernels
import Tensors

/// What stands outside of a picture.
public enum PaddingMode: String, CaseIterable, Sendable {
    case constant, edge, reflect, symmetric

    var kernel: nj_padding {
        switch self {
        case .constant: NJ_PAD_CONSTANT
        case .edge: NJ_PAD_EDGE
        case .reflect: NJ_PAD_REFLECT
        case .symmetric: NJ_PAD_SYMMETRIC
        }
    }
}

extension Planes {
    mutating func crop(top: Int, left: Int, height: Int, width: Int, _ mode: PaddingMode = .constant, fill: Float = 0) throws {
        let size = size
        try replace(height: height, width: width) { out, source in
            nj_picture_crop(out, Int64(height), Int64(width), source, size, Int64(top), Int64(left), mode.kernel, fill)
        }
    }
}

/// A window of the given size at a random place, of the picture with a border around.
public final class RandomCrop: Augmentation {
    private let size: PictureSize
    /// Left, top, right, bottom.
    private let padding: [Int]
    private let mode: PaddingMode
    private let fill: Double
    private let padsIfNeeded: Bool

    /// - Parameter padding: one number for all sides, two for left and right, top and bottom, or four:
    ///   left, top, right, bottom.
    public init(_ size: PictureSize, padding: [Int] = [0], mode: PaddingMode = .constant, fill: Double = 0, padsIfNeeded: Bool = false) throws {
        guard [1, 2, 4].contains(padding.count), padding.allSatisfy({ $0 >= 0 && $0 <= 1 << 20 }) else {
            throw LearningError.argument("RandomCrop", "padding must be 1, 2 or 4 sizes, none of them negative")
        }
        self.size = size
        self.padding = padding.count == 1 ? [padding[0], padding[0], padding[0], padding[0]] : padding.count == 2 ? padding + padding : padding
        self.mode = mode
        self.fill = fill
        self.padsIfNeeded = padsIfNeeded
    }

    public override func apply(_ picture: inout Planes, _ draws: inout Draws) throws {
        var (left, top, right, bottom) = (padding[0], padding[1], padding[2], padding[3])
        if padsIfNeeded {
            let wide = max(0, size.width - picture.width - left - right), high = max(0, size.height - picture.height - top - bottom)
            (left, right, top, bottom) = (left + wide, right + wide, top + high, bottom + high)
        }
        let height = picture.height + top + bottom, width = picture.width + left + right
        guard size.height <= height, size.width <= width else {
            throw LearningError.argument("RandomCrop", "a window of \(size.height) × \(size.width) does not fit into a picture of \(height) × \(width)"
                + ". Use padding, or pad_if_needed=true")
        }
        let y = draws.below(height - size.height + 1) - top, x = draws.below(width - size.width + 1) - left
        if y == 0, x == 0, size.height == picture.height, size.width == picture.width { return }
        try picture.crop(top: y, left: x, height: size.height, width: size.width, mode, fill: Float(fill))
    }

    public override var text: String {
        "RandomCrop(\(size.text)" + (padding.contains { $0 > 0 } ? ", {padding={" + padding.map(String.init).joined(separator: ", ") + "}}" : "") + ")"
    }
}

/// The window of the given size in the middle; what lies outside of the picture is 0.
public final class CenterCrop: Augmentation {
    private let size: PictureSize
    public init(_ size: PictureSize) { self.size = size }

    public override func apply(_ picture: inout Planes, _ draws: inout Draws) throws {
        // Rounded as torchvision does: halves to even inside of the picture, the smaller border first outside.
        func start(_ whole: Int, _ part: Int) -> Int {
            whole >= part ? Int((Double(whole - part) / 2).rounded(.toNearestOrEven)) : -((part - whole) / 2)
        }
        try picture.crop(top: start(picture.height, size.height), left: start(picture.width, size.width), height: size.height, width: size.width)
    }

    public override var isRandom: Bool { false }
    public override var text: String { "CenterCrop(\(size.text))" }
}

/// Mirrors left to right, or upside down, with a probability.
public final class RandomFlip: Augmentation {
    private let p: Double
    private let isVertical: Bool

    public init(p: Double = 0.5, isVertical: Bool = false) throws {
        try checkProbability(isVertical ? "RandomVerticalFlip" : "RandomHorizontalFlip", p)
        self.p = p
        self.isVertical = isVertical
    }

    public override func apply(_ picture: inout Planes, _ draws: inout Draws) throws {
        guard draws.happens(p) else { return }
        let size = picture.size
        try picture.replace(height: picture.height, width: picture.width) { nj_picture_flip($0, $1, size, isVertical) }
    }

    public override var text: String { "Random\(isVertical ? "Vertical" : "Horizontal")Flip(\(shortNumber(p)))" }
}

/// How pixels between pixels are found.
public enum Interpolation: String, CaseIterable, Sendable { case nearest, bilinear }

/// Brings pictures to a size.
public final class Resize: Augmentation {
    private let height: Int?
    private let width: Int?
    private let smaller: Int?
    private let interpolation: Interpolation
    private let antialias: Bool

    /// To a size.
    public init(_ size: PictureSize, interpolation: Interpolation = .bilinear, antialias: Bool = true) {
        (height, width, smaller) = (size.height, size.width, nil)
        self.interpolation = interpolation
        self.antialias = antialias
    }

    /// The smaller side to a size, the other in proportion.
    public init(smaller: Int, interpolation: Interpolation = .bilinear, antialias: Bool = true) throws {
        (height, width, self.smaller) = (nil, nil, try PictureSize("Resize", smaller, smaller).height)
        self.interpolation = interpolation
        self.antialias = antialias
    }

    public override func apply(_ picture: inout Planes, _ draws: inout Draws) throws {
        var h = height ?? 0, w = width ?? 0
        if let smaller {
            if picture.height <= picture.width {
                (h, w) = (smaller, smaller * picture.width / picture.height)
            } else {
                (h, w) = (smaller * picture.height / picture.width, smaller)
            }
        }
        if h == picture.height, w == picture.width { return }
        let size = picture.size
        try picture.replace(height: h, width: w) { out, source in
            guard nj_picture_resize(out, Int64(h), Int64(w), source, size, interpolation == .bilinear, antialias) else {
                throw TensorError.outOfMemory("Resize", shape: [h, w], bytes: nil)
            }
        }
    }

    public override var isRandom: Bool { false }
    public override var text: String { "Resize(\(smaller.map(String.init) ?? "{\(height ?? 0), \(width ?? 0)}"))" }
}
