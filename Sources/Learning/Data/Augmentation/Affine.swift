import CKernels
import Glibc
import Tensors

/// Turns, moves, scales and shears pictures around their middle by random amounts.
public final class RandomAffine: Augmentation {
    public struct Amounts {
        /// Degrees to turn clockwise.
        public var degrees = Pair(0, 0)
        /// The largest moves across and down, as shares of width and height.
        public var translate: Pair?
        public var scale: Pair?
        /// Degrees to shear along x, and along y.
        public var shear: [Pair] = []

        public init() {}
    }

    private let name: String
    private let amounts: Amounts
    private let interpolation: Interpolation
    private let fill: Double

    public init(_ amounts: Amounts, interpolation: Interpolation = .nearest, fill: Double = 0, name: String = "RandomAffine") throws {
        func check(_ isGood: Bool, _ text: String) throws { if !isGood { throw LearningError.argument(name, text) } }
        let d = amounts.degrees
        try check(d.first.isFinite && d.second.isFinite && d.first <= d.second, "degrees must be a range that rises")
        if let t = amounts.translate { try check((0...1).contains(t.first) && (0...1).contains(t.second), "translate takes shares in 0..1") }
        if let s = amounts.scale { try check(s.first > 0 && s.first <= s.second && s.second.isFinite, "scale must be a range of positive numbers") }
        for s in amounts.shear { try check(s.first <= s.second && abs(s.first) < 90 && abs(s.second) < 90, "shear must be ranges within -90..90") }
        self.name = name
        self.amounts = amounts
        self.interpolation = interpolation
        self.fill = fill
    }

    public override func apply(_ picture: inout Planes, _ draws: inout Draws) throws {
        let angle = draws.uniform(amounts.degrees.first, amounts.degrees.second)
        var (tx, ty) = (0.0, 0.0)
        if let most = amounts.translate {
            tx = (draws.uniform(-1, 1) * most.first * Double(picture.width)).rounded()
            ty = (draws.uniform(-1, 1) * most.second * Double(picture.height)).rounded()
        }
        let scale = amounts.scale.map { draws.uniform($0.first, $0.second) } ?? 1
        let shear = amounts.shear.map { draws.uniform($0.first, $0.second) }
        try picture.transform(angle: angle, translate: (tx, ty), scale: scale, shear: (shear.first ?? 0, shear.count > 1 ? shear[1] : 0),
            interpolation, fill: fill)
    }

    public override var text: String { "\(name)({\(shortNumber(amounts.degrees.first)), \(shortNumber(amounts.degrees.second))})" }
}

extension Planes {
    /// Turned clockwise by degrees, moved by pixels, scaled and sheared around the middle: every pixel comes
    /// from where the inverse matrix says.
    mutating func transform(
        angle: Double, translate: (x: Double, y: Double), scale: Double, shear: (x: Double, y: Double),
        _ interpolation: Interpolation, fill: Double
    ) throws {
        let turn = angle * .pi / 180, sx = shear.x * .pi / 180, sy = shear.y * .pi / 180
        let a = cos(turn - sy) / cos(sy), b = -cos(turn - sy) * tan(sx) / cos(sy) - sin(turn)
        let c = sin(turn - sy) / cos(sy), d = -sin(turn - sy) * tan(sx) / cos(sy) + cos(turn)
        var m = [d / scale, -b / scale, 0, -c / scale, a / scale, 0]
        m[2] = -m[0] * translate.x - m[1] * translate.y
        m[5] = -m[3] * translate.x - m[4] * translate.y
        let size = size
        try replace(height: height, width: width) { nj_picture_map($0, $1, size, m, interpolation == .bilinear, Float(fill)) }
    }
}
