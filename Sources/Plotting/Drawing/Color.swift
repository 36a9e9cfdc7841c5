#if canImport(Glibc)
import Glibc
#endif

/// An opaque or translucent colour of the sRGB space.
public struct Color: Hashable, Sendable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8
    /// From 0, invisible, to 1, opaque.
    public var alpha: Double

    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8, alpha: Double = 1) {
        self.red = red
        self.green = green
        self.blue = blue
        self.alpha = alpha
    }

    /// The colour of a number such as `0x0072B2`.
    public init(hex: UInt32) {
        self.init(UInt8(hex >> 16 & 255), UInt8(hex >> 8 & 255), UInt8(hex & 255))
    }

    /// The colour of a text such as `"#0072B2"` or of one of the palette's names; nil for any other text.
    public init?(_ text: String) {
        if let index = Color.paletteNames.firstIndex(of: text) {
            self = Color.palette[index]
            return
        }
        switch text {
        case "black": self.init(hex: 0)
        case "white": self.init(hex: 0xFFFFFF)
        case "red": self.init(hex: 0xC22B26)
        default:
            guard text.first == "#", text.utf8.count == 7, text.dropFirst().allSatisfy(\.isHexDigit),
                let hex = UInt32(text.dropFirst(), radix: 16)
            else { return nil }
            self.init(hex: hex)
        }
    }

    /// The colours of series, apart from each other for colour-blind readers too, after Okabe and Ito,
    /// "Color Universal Design" (2008); the yellow is darkened so that a line of it shows on white.
    public static let palette: [Color] = [
        Color(hex: 0x0072B2), Color(hex: 0xD55E00), Color(hex: 0x009E73), Color(hex: 0xCC79A7),
        Color(hex: 0xE69F00), Color(hex: 0x56B4E9), Color(hex: 0x7A5BA8), Color(hex: 0x7F7F7F),
    ]

    /// The names by which `init(_:)` knows the palette, in order.
    public static let paletteNames = ["blue", "orange", "green", "pink", "yellow", "sky", "purple", "gray"]

    /// The colour of the series with that number: the palette's, then these darker, then lighter.
    public static func series(_ index: Int) -> Color {
        let color = palette[index % palette.count]
        switch index / palette.count % 3 {
        case 0: return color
        case 1: return color.mixed(with: Color(hex: 0), 0.35)
        default: return color.mixed(with: Color(hex: 0xFFFFFF), 0.4)
        }
    }

    /// The same colour, translucent.
    public func opacity(_ alpha: Double) -> Color { Color(red, green, blue, alpha: alpha) }

    /// The colour mixed with another, in the proportion given (0: itself, 1: the other), evenly to the eye.
    public func mixed(with other: Color, _ amount: Double) -> Color {
        Color(OKLab(self).mixed(with: OKLab(other), amount))
    }

    /// Lightness as the eye sees it, 0 for black to 1 for white.
    public var lightness: Double { OKLab(self).lightness }

    /// Black or white, whichever can be read on this colour.
    var readable: Color { lightness > 0.62 ? Color(hex: 0) : Color(hex: 0xFFFFFF) }
}

/// A colour in a space where distances are what the eye sees
/// (Björn Ottosson, "A perceptual color space for image processing", 2020).
struct OKLab {
    var lightness: Double
    var a: Double
    var b: Double

    init(lightness: Double, a: Double, b: Double) {
        self.lightness = lightness
        self.a = a
        self.b = b
    }

    init(_ color: Color) {
        func linear(_ value: UInt8) -> Double {
            let v = Double(value) / 255
            return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)
        }
        self.init(linear: (linear(color.red), linear(color.green), linear(color.blue)))
    }

    /// From intensities of light, 0 to 1.
    init(linear light: (red: Double, green: Double, blue: Double)) {
        let (r, g, b) = light
        let l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
        let m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
        let s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
        lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s
        a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s
        self.b = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
    }

    /// Intensities of light, 0 to 1: what lies beyond is cut, as a screen does.
    var linear: (red: Double, green: Double, blue: Double) {
        func cube(_ x: Double) -> Double { x * x * x }
        func cut(_ x: Double) -> Double { max(0, min(1, x)) }
        let l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b)
        let m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b)
        let s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b)
        return (
            cut(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s), cut(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
            cut(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)
        )
    }

    func mixed(with other: OKLab, _ t: Double) -> OKLab {
        OKLab(
            lightness: lightness + (other.lightness - lightness) * t, a: a + (other.a - a) * t, b: b + (other.b - b) * t)
    }

    func distance(to other: OKLab) -> Double {
        let dl = lightness - other.lightness, da = a - other.a, db = b - other.b
        return (dl * dl + da * da + db * db).squareRoot()
    }

    var chroma: Double { (a * a + b * b).squareRoot() }
    /// In turns, 0 ..< 1.
    var hue: Double {
        let turn = atan2(b, a) / (2 * Double.pi)
        return turn < 0 ? turn + 1 : turn
    }
}

extension Color {
    /// The nearest colour that a screen can show.
    init(_ lab: OKLab) {
        let light = lab.linear
        func byte(_ v: Double) -> UInt8 {
            let encoded = v <= 0.0031308 ? 12.92 * v : 1.055 * pow(v, 1 / 2.4) - 0.055
            return UInt8(max(0, min(255, (encoded * 255).rounded())))
        }
        self.init(byte(light.red), byte(light.green), byte(light.blue))
    }
}
