/// A table of colours for numbers from 0 to 1, made of steps that look equally large.
public struct ColorMap: Sendable, Equatable {
    public let name: String
    /// 256 colours, lowest first.
    public let colors: [Color]

    /// Dark violet over teal to yellow, lighter all the way; the default of heat maps. It goes through the
    /// anchor colours of viridis (Smith and van der Walt, 2015).
    public static let viridis = ColorMap(
        "viridis", through: [0x440154, 0x3B528B, 0x21918C, 0x5EC962, 0xFDE725])
    /// White to dark blue, for counts and shares on paper.
    public static let blues = ColorMap("blues", through: [0xF7FBFF, 0xC6DBEF, 0x6BAED6, 0x2171B5, 0x08306B])
    /// Blue over white to red, for numbers around a middle.
    public static let diverging = ColorMap(
        "diverging", through: [0x2166AC, 0x92C5DE, 0xF7F7F7, 0xF4A582, 0xB2182B])
    /// Black to white.
    public static let gray = ColorMap("gray", through: [0x000000, 0xFFFFFF])

    /// All maps, for those who look one up by name.
    public static let all: [ColorMap] = [viridis, blues, diverging, gray]

    /// A map through the colours given, bent smoothly (Catmull–Rom in OKLab) and divided into 256 steps of
    /// equal distance to the eye.
    public init(_ name: String, through anchors: [UInt32]) {
        self.name = name
        let points = anchors.map { OKLab(Color(hex: $0)) }
        guard points.count > 1 else {
            colors = Array(repeating: points.first.map { Color($0) } ?? Color(hex: 0), count: 256)
            return
        }
        let fine = 1024
        var path: [OKLab] = []
        path.reserveCapacity(fine + 1)
        for i in 0...fine {
            let t = Double(i) / Double(fine) * Double(points.count - 1)
            let k = min(Int(t), points.count - 2)
            let before = points[max(0, k - 1)], after = points[min(points.count - 1, k + 2)]
            path.append(catmullRom(before, points[k], points[k + 1], after, t - Double(k)))
        }
        // Colours off the screen's range are cut: measure what is drawn.
        let shown = path.map { OKLab(linear: $0.linear) }
        var travelled = [0.0]
        for i in 1...fine { travelled.append(travelled[i - 1] + shown[i].distance(to: shown[i - 1])) }
        var table: [Color] = []
        var i = 0
        for step in 0..<256 {
            let goal = travelled[fine] * Double(step) / 255
            while i < fine - 1 && travelled[i + 1] < goal { i += 1 }
            let span = travelled[i + 1] - travelled[i]
            table.append(Color(shown[i].mixed(with: shown[i + 1], span > 0 ? (goal - travelled[i]) / span : 0)))
        }
        colors = table
    }

    /// The colour of a number from 0 to 1; numbers outside get the colour of the nearer end.
    public func color(_ value: Double) -> Color {
        guard value == value else { return Color(hex: 0xBBBBBB) }
        return colors[Int(max(0, min(255, (value * 255).rounded())))]
    }
}

private func catmullRom(_ p0: OKLab, _ p1: OKLab, _ p2: OKLab, _ p3: OKLab, _ t: Double) -> OKLab {
    func bend(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> Double {
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t * t * t)
    }
    return OKLab(
        lightness: bend(p0.lightness, p1.lightness, p2.lightness, p3.lightness),
        a: bend(p0.a, p1.a, p2.a, p3.a), b: bend(p0.b, p1.b, p2.b, p3.b))
}
