import CFormats
import CKernels
import Tensors

/// What pictures are turned into when they are read.
public enum PictureChannels: String, CaseIterable, Sendable {
    case auto, gray, rgb, rgba

    var count: Int? {
        switch self {
        case .auto: nil
        case .gray: 1
        case .rgb: 3
        case .rgba: 4
        }
    }
}

/// Reads a picture, uint8 [C, H, W], from a PNG, JPEG or PNM file; the content decides which.
///
/// - Parameter channels: `.auto` gives 1 for gray, 3 for colour, 4 where there is opacity.
/// - Throws: naming the file, when it is damaged or too large.
public func loadImage(_ path: String, channels: PictureChannels = .auto) throws -> Tensor {
    let bytes = try readFile(path)
    var image = nj_image()
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) || bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
        let isPNG = bytes[0] == 0x89
        if isPNG { try checkChunks(path, bytes) }
        // Packed data unpack to a multiple of their size: deflate to 1032 times, of pixels of one bit as
        // bytes of four channels; JPEG's blocks of 64 pixels take a bit at least.
        let ratio = isPNG ? 1032 * 32 : 64 * 8 * 3
        let most = min(Int(nj_memory_limit()) / 8, bytes.count.multipliedReportingOverflow(by: ratio).partialValue + 1024)
        let isRead = bytes.withUnsafeBytes { isPNG ? nj_png_read($0.baseAddress, $0.count, most, &image) : nj_jpeg_read($0.baseAddress, $0.count, most, &image) }
        guard isRead else { throw LearningError.file(path, nil, "the picture cannot be read: \(message(&image.message))") }
        defer { nj_image_free(&image) }
        guard let pixels = image.pixels else { throw LearningError.file(path, nil, "the picture has no pixels") }
        return try planes(UnsafePointer(pixels), Int(image.width), Int(image.height), Int(image.channels), channels)
    }
    guard bytes.count > 2, bytes[0] == UInt8(ascii: "P"), (0x31...0x36).contains(bytes[1]) else {
        throw LearningError.file(path, .offset(0), "this is no PNG, JPEG or PNM file")
    }
    let picture = try PNMReader(path: path, bytes: bytes).read()
    return try picture.pixels.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { throw LearningError.file(path, nil, "the picture has no pixels") }
        return try planes(base, picture.width, picture.height, picture.channels, channels)
    }
}

/// Refuses a PNG file that does not go on to its last chunk, which libpng does not ask for.
private func checkChunks(_ path: String, _ bytes: [UInt8]) throws {
    var place = 8
    while place + 12 <= bytes.count {
        let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
        guard length <= bytes.count - place - 12 else { break }
        if bytes[place + 4..<place + 8].elementsEqual("IEND".utf8) { return }
        place += 12 + length
    }
    throw LearningError.file(path, .offset(min(place, bytes.count)), "the picture cannot be read: the file ends too early")
}

private func message(_ text: inout (some Any)) -> String {
    withUnsafeBytes(of: &text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}

/// Pixels side by side as planes, with the channels wanted.
private func planes(_ pixels: UnsafePointer<UInt8>, _ width: Int, _ height: Int, _ channels: Int, _ wanted: PictureChannels) throws -> Tensor {
    let area = width * height, count = wanted.count ?? (channels == 2 ? 4 : channels)
    let result = try Tensor.empty([count, height, width], .uint8)
    let target = result.pointer.assumingMemoryBound(to: UInt8.self), hasColor = channels >= 3
    for c in 0..<count {
        let plane = target + c * area
        if c == 3 {
            let hasAlpha = channels == 2 || channels == 4
            for i in 0..<area { plane[i] = hasAlpha ? pixels[i * channels + channels - 1] : 255 }
        } else if count == 1, hasColor {
            // Brightness as a screen weighs it (Rec. 601), in whole numbers as Pillow does.
            for i in 0..<area {
                let p = pixels + i * channels, sum = 19595 * Int(p[0]) + 38470 * Int(p[1]) + 7471 * Int(p[2])
                plane[i] = UInt8((sum + 0x8000) >> 16)
            }
        } else {
            let source = hasColor ? c : 0
            for i in 0..<area { plane[i] = pixels[i * channels + source] }
        }
    }
    return result
}

/// Writes a picture, uint8 or floating 0..1, [C, H, W] or [H, W], as the ending of the path says: png,
/// jpg, jpeg, pgm, ppm or pnm. The old file, if any, stays until the new one is whole.
public func saveImage(_ path: String, _ picture: Tensor, quality: Int = 90) throws {
    let name = "save_image"
    guard picture.rank == 2 || picture.rank == 3, picture.count > 0 else {
        throw TensorError.shapes(name, [picture.shape], detail: "a picture is [C, H, W] or [H, W]")
    }
    guard picture.dtype == .uint8 || picture.dtype.isFloatingPoint else { throw TensorError.dtypes(name, [picture.dtype], expected: "pictures are uint8, or floating with values 0..1") }
    guard (1...100).contains(quality) else { throw LearningError.argument(name, "quality must lie in 1..100, got \(quality)") }
    let shape = picture.rank == 2 ? [1] + picture.shape : picture.shape, area = shape[1] * shape[2], channels = shape[0]
    let format = (path.split(separator: ".").last.map(String.init) ?? "").lowercased()
    let allowed: [String: [Int]] = ["png": [1, 2, 3, 4], "jpg": [1, 3], "jpeg": [1, 3], "pgm": [1], "ppm": [3], "pnm": [1, 3]]
    guard let counts = allowed[format], path.contains(".") else {
        throw LearningError.argument(name, "\(path): the name must end in .png, .jpg, .jpeg, .pgm, .ppm or .pnm")
    }
    guard counts.contains(channels), shape[1] <= 1 << 24, shape[2] <= 1 << 24 else {
        throw TensorError.shapes(name, [picture.shape], detail: "a .\(format) file holds \(counts.map(String.init).joined(separator: " or ")) channels")
    }
    var bytes = [UInt8](repeating: 0, count: picture.count)
    let source = try picture.detach().to(picture.dtype == .uint8 ? .uint8 : .float32).contiguous()
    for c in 0..<channels {
        for i in 0..<area {
            if source.dtype == .uint8 {
                bytes[i * channels + c] = source.pointer.load(fromByteOffset: c * area + i, as: UInt8.self)
            } else {
                let value = source.pointer.load(fromByteOffset: 4 * (c * area + i), as: Float.self)
                guard value >= -0.001, value <= 1.001 else {
                    throw LearningError.argument(name, "a floating picture has values 0..1, got \(value). Divide by 255, or use :byte()")
                }
                bytes[i * channels + c] = UInt8(max(0, min(255, (value * 255).rounded())))
            }
        }
    }
    try writeFile(path) { writer in
        if format.hasPrefix("p"), format != "png" {
            try writer.write("\(channels == 1 ? "P5" : "P6")\n\(shape[2]) \(shape[1])\n255\n")
            try bytes.withUnsafeBytes { try writer.write($0) }
            return
        }
        try bytes.withUnsafeMutableBufferPointer { buffer in
            var image = nj_image()
            (image.width, image.height, image.channels, image.pixels) = (Int32(shape[2]), Int32(shape[1]), Int32(channels), buffer.baseAddress)
            var encoded: UnsafeMutablePointer<UInt8>?, count = 0
            var problem = [CChar](repeating: 0, count: 256)
            let isDone = format == "png" ? nj_png_write(&image, &encoded, &count, &problem) : nj_jpeg_write(&image, Int32(quality), &encoded, &count, &problem)
            guard isDone, let encoded else {
                throw LearningError.file(path, nil, "the picture cannot be written: \(String(decoding: problem.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))")
            }
            defer { nj_bytes_free(encoded) }
            try writer.write(UnsafeRawBufferPointer(start: encoded, count: count))
        }
    }
}

/// The PNM formats: bits, grays or colours, as text (P1 to P3) or bytes (P4 to P6).
private struct PNMReader {
    let path: String
    let bytes: [UInt8]

    private func fail(_ offset: Int, _ text: String) -> LearningError { .file(path, .offset(offset), text) }

    func read() throws -> (pixels: [UInt8], width: Int, height: Int, channels: Int) {
        let kind = Int(bytes[1] - 0x30), channels = kind == 3 || kind == 6 ? 3 : 1, isBits = kind == 1 || kind == 4
        var place = 2
        let width = try number(&place), height = try number(&place), most = isBits ? 1 : try number(&place)
        guard width > 0, height > 0 else { throw fail(place, "the picture has no pixels") }
        guard (1...65535).contains(most) else { throw fail(place, "the greatest value must lie in 1..65535, not \(most)") }
        let area = width.multipliedReportingOverflow(by: height), count = area.partialValue.multipliedReportingOverflow(by: channels)
        // As text every value takes a byte at least.
        guard !area.overflow, !count.overflow, count.partialValue / 8 <= bytes.count else { throw fail(place, "the header says \(width) × \(height) pixels, for which the file is too short") }
        let total = count.partialValue
        var pixels = [UInt8](repeating: 0, count: total)
        func byte(_ value: Int) -> UInt8 { UInt8((min(value, most) * 255 + most / 2) / most) }
        if kind <= 3 {
            for i in 0..<total {
                if isBits {
                    skipSpace(&place)
                    guard place < bytes.count, bytes[place] == 0x30 || bytes[place] == 0x31 else { throw fail(place, "expected 0 or 1") }
                    pixels[i] = bytes[place] == 0x31 ? 0 : 255
                    place += 1
                } else {
                    let value = try number(&place)
                    guard value <= most else { throw fail(place, "\(value) is greater than the greatest value, \(most)") }
                    pixels[i] = byte(value)
                }
            }
            skipSpace(&place)
            guard place == bytes.count else { throw fail(place, "the file goes on, although its header says that it ends here") }
            return (pixels, width, height, channels)
        }
        // One white space character, then the bytes.
        guard place < bytes.count, isSpace(bytes[place]) else { throw fail(place, "the file ends in its header") }
        place += 1
        let line = isBits ? (width + 7) / 8 : width * channels * (most > 255 ? 2 : 1)
        let needed = line.multipliedReportingOverflow(by: height)
        guard !needed.overflow, bytes.count - place == needed.partialValue else {
            throw fail(place, "\(width) × \(height) pixels take \(needed.partialValue) bytes, \(bytes.count - place) follow")
        }
        for i in 0..<total {
            if isBits {
                let row = i / width, column = i % width
                pixels[i] = bytes[place + row * line + column / 8] >> (7 - column % 8) & 1 == 1 ? 0 : 255
            } else if most > 255 {
                pixels[i] = byte(Int(bytes[place + 2 * i]) << 8 | Int(bytes[place + 2 * i + 1]))
            } else {
                pixels[i] = most == 255 ? bytes[place + i] : byte(Int(bytes[place + i]))
            }
        }
        return (pixels, width, height, channels)
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private func skipSpace(_ place: inout Int) {
        while place < bytes.count, isSpace(bytes[place]) || bytes[place] == UInt8(ascii: "#") {
            if bytes[place] == UInt8(ascii: "#") { while place < bytes.count, bytes[place] != 0x0A { place += 1 } } else { place += 1 }
        }
    }

    private func number(_ place: inout Int) throws -> Int {
        skipSpace(&place)
        let start = place
        while place < bytes.count, (0x30...0x39).contains(bytes[place]) { place += 1 }
        guard place - start <= 9, let value = Int(String(decoding: bytes[start..<place], as: UTF8.self)) else { throw fail(start, "expected a number") }
        return value
    }
}
