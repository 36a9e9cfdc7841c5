extension Figure {
    /// The figure as the terminal shows it best: a picture within the text where it can show one and Cairo
    /// is there, else characters (`text(on:)`).
    public func shown(on terminal: Terminal) throws(PlotError) -> String {
        guard terminal.pictures != .none, terminal.width >= 20 else { return try text(on: terminal) }
        do throws(PlotError) {
            return try inlinePicture(on: terminal)
        } catch {
            if case .library = error { return try text(on: terminal) }
            throw error
        }
    }

    private func inlinePicture(on terminal: Terminal) throws(PlotError) -> String {
        // Characters are about five points wide, ten pixels on common screens.
        let page = try drawnPage(.png, scale: 2)
        let pixels = page.pixels()
        let columns = min(terminal.width - 1, max(20, pixels.width / 10))
        switch terminal.pictures {
        case .none: return try text(on: terminal)
        case .kitty: return InlinePicture.kitty(png: try page.finish(), columns: columns)
        case .iTerm2: return InlinePicture.iTerm2(png: try page.finish(), columns: columns)
        case .sixel:
            // Sixels are the screen's own pixels: what is wider than the window is cut off.
            let room = (terminal.width - 1) * (terminal.cellWidth ?? 10)
            guard room < pixels.width else { return InlinePicture.sixel(pixels.values, width: pixels.width, height: pixels.height) }
            let small = try drawnPage(.png, scale: 2 * Double(room) / Double(pixels.width)).pixels()
            return InlinePicture.sixel(small.values, width: small.width, height: small.height)
        }
    }
}

/// Pictures within a terminal's text, each followed by a newline.
public enum InlinePicture {
    /// The kitty graphics protocol: the PNG in pieces of 4096 characters, as wide as that many columns.
    public static func kitty(png: [UInt8], columns: Int) -> String {
        let data = Array(base64(png).utf8)
        var out = "", start = 0
        while start < data.count {
            let end = min(start + 4096, data.count), more = end < data.count ? 1 : 0
            out += "\u{1B}_G" + (start == 0 ? "a=T,f=100,q=2,c=\(columns)," : "") + "m=\(more);"
            out += String(decoding: data[start..<end], as: UTF8.self) + "\u{1B}\\"
            start = end
        }
        return out + "\n"
    }

    /// iTerm2's: one sequence with the PNG.
    public static func iTerm2(png: [UInt8], columns: Int) -> String {
        "\u{1B}]1337;File=inline=1;size=\(png.count);width=\(columns);preserveAspectRatio=1:" + base64(png) + "\u{07}\n"
    }

    /// Sixel: bands of six rows; up to 256 colours, reduced to fewer bits until they suffice.
    public static func sixel(_ pixels: [UInt32], width: Int, height: Int) -> String {
        guard width > 0, height > 0, pixels.count == width * height else { return "" }
        var numbers: [UInt32: Int] = [:], colors: [UInt32] = [], mask: UInt32 = 0
        for bits in [8, 6, 5, 4, 3, 2] as [UInt32] {
            let kept = UInt32(0xFF) << (8 - bits) & 0xFF
            mask = kept << 16 | kept << 8 | kept
            (numbers, colors) = ([:], [])
            for pixel in pixels where numbers[pixel & mask] == nil {
                numbers[pixel & mask] = colors.count
                // White stays white when low bits go.
                colors.append(pixel & mask == mask ? 0xFFFFFF : pixel & mask)
                if colors.count > 256 { break }
            }
            if colors.count <= 256 { break }
        }
        var out = "\u{1B}Pq\"1;1;\(width);\(height)"
        for (i, color) in colors.enumerated() {
            func percent(_ value: UInt32) -> UInt32 { (value * 100 + 127) / 255 }
            out += "#\(i);2;\(percent(color >> 16));\(percent(color >> 8 & 255));\(percent(color & 255))"
        }
        for top in stride(from: 0, to: height, by: 6) {
            var rows: [Int: [UInt8]] = [:]
            for y in top..<min(top + 6, height) {
                for x in 0..<width {
                    guard let number = numbers[pixels[y * width + x] & mask] else { continue }
                    rows[number, default: Array(repeating: 0, count: width)][x] |= 1 << UInt8(y - top)
                }
            }
            for (i, row) in rows.sorted(by: { $0.key < $1.key }).enumerated() {
                out += (i > 0 ? "$" : "") + "#\(row.key)"
                var x = 0
                while x < width {
                    var end = x
                    while end < width && row.value[end] == row.value[x] { end += 1 }
                    let sign = String(UnicodeScalar(63 + row.value[x]))
                    out += end - x > 3 ? "!\(end - x)\(sign)" : String(repeating: sign, count: end - x)
                    x = end
                }
            }
            out += "-"
        }
        return out + "\u{1B}\\\n"
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        for i in stride(from: 0, to: bytes.count, by: 3) {
            let b = i + 1 < bytes.count ? bytes[i + 1] : 0, c = i + 2 < bytes.count ? bytes[i + 2] : 0
            let word = UInt32(bytes[i]) << 16 | UInt32(b) << 8 | UInt32(c)
            out.append(letters[Int(word >> 18)])
            out.append(letters[Int(word >> 12 & 63)])
            out.append(i + 1 < bytes.count ? letters[Int(word >> 6 & 63)] : UInt8(ascii: "="))
            out.append(i + 2 < bytes.count ? letters[Int(word & 63)] : UInt8(ascii: "="))
        }
        return String(decoding: out, as: UTF8.self)
    }
}
