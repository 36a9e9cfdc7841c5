/// An image of `height` × `width` pixels, ready to be drawn.
public struct Picture: Sendable, Equatable {
    public let width: Int
    public let height: Int
    /// Row by row from the top.
    public let pixels: [Color]
    public var title: String?

    /// From planes of bytes: `channels × height × width` values; 1 channel is gray, 3 are red, green and
    /// blue, a fourth is opacity. Throws `.argument` for other channels, `.lengths` for a wrong count.
    public init(bytes: [UInt8], channels: Int, height: Int, width: Int, title: String? = nil) throws(PlotError) {
        let area = try Picture.area(channels, height, width, count: bytes.count)
        self.init(area: area, channels: channels, height: height, width: width, title: title) { bytes[$0] }
    }

    /// From planes of numbers. `range` names black and white; by default 0 and 1 when all values lie
    /// between, else 0 and 255 when all are within and beyond 32, else the least and largest value.
    public init(
        floats: [Float], channels: Int, height: Int, width: Int, range: ClosedRange<Float>? = nil, title: String? = nil
    ) throws(PlotError) {
        let area = try Picture.area(channels, height, width, count: floats.count)
        var low = Float.infinity, high = -Float.infinity
        for value in floats where value.isFinite {
            low = min(low, value)
            high = max(high, value)
        }
        if let range {
            (low, high) = (range.lowerBound, range.upperBound)
        } else if low >= 0 && high <= 1 || low > high {
            (low, high) = (0, 1)
        } else if low >= 0 && high > 32 && high <= 255 {
            (low, high) = (0, 255)
        }
        let factor = high > low ? 255 / (high - low) : 0
        self.init(area: area, channels: channels, height: height, width: width, title: title) { index in
            let value = (floats[index] - low) * factor
            return value == value ? UInt8(max(0, min(255, value.rounded()))) : 127
        }
    }

    private static func area(_ channels: Int, _ height: Int, _ width: Int, count: Int) throws(PlotError) -> Int {
        guard channels == 1 || channels == 3 || channels == 4 else {
            throw .argument("image", "\(channels) channels; an image has 1 (gray), 3 (red, green, blue) or 4 (and opacity)")
        }
        let (area, overflow) = height.multipliedReportingOverflow(by: width)
        guard height >= 0, width >= 0, !overflow, area <= Int.max / 4, count == area * channels else {
            throw .lengths("image", "\(count) values for \(channels) channels × \(height) × \(width)")
        }
        guard area > 0 else { throw .empty("image") }
        return area
    }

    private init(area: Int, channels: Int, height: Int, width: Int, title: String?, _ byte: (Int) -> UInt8) {
        self.width = width
        self.height = height
        self.title = title
        pixels = (0..<area).map { i in
            let red = byte(i)
            if channels == 1 { return Color(red, red, red) }
            let alpha = channels == 4 ? Double(byte(3 * area + i)) / 255 : 1
            return Color(red, byte(area + i), byte(2 * area + i), alpha: alpha)
        }
    }

    /// The picture in another size: cells are means of what they cover, or the nearest pixel when enlarged.
    func resized(width newWidth: Int, height newHeight: Int) -> [Color] {
        guard newWidth != width || newHeight != height else { return pixels }
        var result: [Color] = []
        result.reserveCapacity(newWidth * newHeight)
        for row in 0..<newHeight {
            let top = row * height / newHeight, bottom = max(top + 1, (row + 1) * height / newHeight)
            for column in 0..<newWidth {
                let left = column * width / newWidth, right = max(left + 1, (column + 1) * width / newWidth)
                var r = 0, g = 0, b = 0, n = 0
                var alpha = 0.0
                for y in top..<bottom {
                    for x in left..<right {
                        let pixel = pixels[y * width + x]
                        r += Int(pixel.red)
                        g += Int(pixel.green)
                        b += Int(pixel.blue)
                        alpha += pixel.alpha
                        n += 1
                    }
                }
                result.append(Color(UInt8(r / n), UInt8(g / n), UInt8(b / n), alpha: alpha / Double(n)))
            }
        }
        return result
    }
}

/// Pictures in rows and columns, each with its title below; one picture alone is a grid of one.
public struct ImageGrid: Mark {
    public let pictures: [Picture]
    /// By default as many as make the grid about as wide as the panel.
    public var columns: Int?

    public init(_ pictures: [Picture], columns: Int? = nil) throws(PlotError) {
        guard !pictures.isEmpty else { throw .empty("images") }
        if let columns, columns < 1 { throw .argument("images", "\(columns) columns; there must be at least one") }
        self.pictures = pictures
        self.columns = columns
    }

    public init(_ picture: Picture) {
        pictures = [picture]
    }

    public func draw(_ context: DrawingContext) -> Drawing {
        var drawing = Drawing()
        drawing.content = .pictures(self)
        return drawing
    }

    /// The size of the largest picture, which all cells have.
    var cell: (width: Int, height: Int) {
        (pictures.map(\.width).max() ?? 1, pictures.map(\.height).max() ?? 1)
    }
}
