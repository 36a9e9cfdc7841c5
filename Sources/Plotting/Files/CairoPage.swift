import CCairo

/// The formats of picture files.
public enum PictureFormat: String, Sendable, CaseIterable {
    case png, svg, pdf

    /// By the ending of a file's name; nil for any other.
    public init?(path: String) {
        guard let dot = path.lastIndex(of: ".") else { return nil }
        self.init(rawValue: path[path.index(after: dot)...].lowercased())
    }
}

/// A rectangle on a page, in points from the top left.
struct Frame: Equatable {
    var x, y, width, height: Double

    var right: Double { x + width }
    var bottom: Double { y + height }

    func inset(left: Double, top: Double, right: Double, bottom: Double) -> Frame {
        Frame(x: x + left, y: y + top, width: width - left - right, height: height - top - bottom)
    }
}

/// A page that one draws on, and its bytes when it is done.
final class CairoPage {
    let format: PictureFormat
    private let cairo: nj_cairo
    private let surface: OpaquePointer
    private let context: OpaquePointer
    private let sink = Sink()

    private final class Sink { var bytes: [UInt8] = [] }

    private static let write: @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<UInt8>?, UInt32) -> cairo_status_t = {
        target, bytes, count in
        guard let target, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
        let sink = Unmanaged<Sink>.fromOpaque(target).takeUnretainedValue()
        sink.bytes.append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
        return CAIRO_STATUS_SUCCESS
    }

    /// A white page of that size in points; `scale` is the pixels per point of a PNG.
    init(_ format: PictureFormat, _ size: Size, scale: Double, title: String?) throws(PlotError) {
        self.format = format
        cairo = try CairoLibrary.functions()
        let target = Unmanaged.passUnretained(sink).toOpaque()
        let made: OpaquePointer?
        switch format {
        case .png:
            made = cairo.cairo_image_surface_create(
                CAIRO_FORMAT_RGB24, Int32((size.width * scale).rounded()), Int32((size.height * scale).rounded()))
        case .svg: made = cairo.cairo_svg_surface_create_for_stream(CairoPage.write, target, size.width, size.height)
        case .pdf: made = cairo.cairo_pdf_surface_create_for_stream(CairoPage.write, target, size.width, size.height)
        }
        guard let made, let context = cairo.cairo_create(made) else { throw .library("no page") }
        surface = made
        self.context = context
        try check()
        if format == .pdf, let title { cairo.cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title) }
        if format == .png { cairo.cairo_scale(context, scale, scale) }
        // The same measures in every format: no fitting of letters to pixels.
        let options = cairo.cairo_font_options_create()
        cairo.cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo.cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        cairo.cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
        cairo.cairo_set_font_options(context, options)
        cairo.cairo_font_options_destroy(options)
        cairo.cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
        source(Color(hex: 0xFFFFFF))
        cairo.cairo_paint(context)
    }

    deinit {
        cairo.cairo_destroy(context)
        cairo.cairo_surface_destroy(surface)
    }

    private func check() throws(PlotError) {
        for status in [cairo.cairo_surface_status(surface), cairo.cairo_status(context)] where status != CAIRO_STATUS_SUCCESS {
            throw .library(cairo.cairo_status_to_string(status).map { String(cString: $0) } ?? "error \(status.rawValue)")
        }
    }

    /// Ends the page.
    func finish() throws(PlotError) -> [UInt8] {
        try check()
        if format == .png {
            cairo.cairo_surface_flush(surface)
            let status = cairo.cairo_surface_write_to_png_stream(surface, CairoPage.write, Unmanaged.passUnretained(sink).toOpaque())
            guard status == CAIRO_STATUS_SUCCESS else { throw .library("PNG: error \(status.rawValue)") }
        }
        cairo.cairo_surface_finish(surface)
        try check()
        return sink.bytes
    }

    /// The pixels drawn, 0xRRGGBB row by row; for PNG pages.
    func pixels() -> (width: Int, height: Int, values: [UInt32]) {
        cairo.cairo_surface_flush(surface)
        guard format == .png, let data = cairo.cairo_image_surface_get_data(surface) else { return (0, 0, []) }
        let stride = Int(cairo.cairo_image_surface_get_stride(surface))
        let size = pixelSize
        var values: [UInt32] = []
        values.reserveCapacity(size.width * size.height)
        for row in 0..<size.height {
            UnsafeRawPointer(data + row * stride).withMemoryRebound(to: UInt32.self, capacity: size.width) { line in
                for column in 0..<size.width { values.append(line[column] & 0xFFFFFF) }
            }
        }
        return (size.width, size.height, values)
    }

    private var pixelSize: (width: Int, height: Int) = (0, 0)
    func setPixelSize(width: Int, height: Int) { pixelSize = (width, height) }

    // MARK: Paths

    private func source(_ color: Color) {
        cairo.cairo_set_source_rgba(
            context, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255, color.alpha)
    }

    /// Strokes through points; points that are not finite are gaps.
    func stroke(_ points: [Point], _ color: Color, width: Double, dash: [Double] = [], closed: Bool = false) {
        cairo.cairo_new_path(context)
        var down = false
        for point in points {
            guard point.isFinite else {
                down = false
                continue
            }
            // Cairo counts in 24 bits before the point.
            let x = max(-100_000, min(100_000, point.x)), y = max(-100_000, min(100_000, point.y))
            if down { cairo.cairo_line_to(context, x, y) } else { cairo.cairo_move_to(context, x, y) }
            down = true
        }
        if closed { cairo.cairo_close_path(context) }
        source(color)
        cairo.cairo_set_line_width(context, width)
        dash.withUnsafeBufferPointer { cairo.cairo_set_dash(context, $0.baseAddress, Int32($0.count), 0) }
        cairo.cairo_stroke(context)
    }

    func fill(_ points: [Point], _ color: Color) {
        cairo.cairo_new_path(context)
        for point in points where point.isFinite {
            cairo.cairo_line_to(context, max(-100_000, min(100_000, point.x)), max(-100_000, min(100_000, point.y)))
        }
        cairo.cairo_close_path(context)
        source(color)
        cairo.cairo_fill(context)
    }

    func fill(_ frame: Frame, _ color: Color, edge: Color? = nil, width: Double = 0.5) {
        cairo.cairo_new_path(context)
        cairo.cairo_rectangle(context, frame.x, frame.y, frame.width, frame.height)
        finishShape(color, edge, width)
    }

    func circle(_ center: Point, diameter: Double, _ color: Color?, edge: Color? = nil, width: Double = 0.5) {
        cairo.cairo_new_path(context)
        cairo.cairo_arc(context, center.x, center.y, diameter / 2, 0, 2 * Double.pi)
        finishShape(color, edge, width)
    }

    func polygon(_ points: [Point], _ color: Color?, edge: Color? = nil, width: Double = 0.5) {
        cairo.cairo_new_path(context)
        for point in points { cairo.cairo_line_to(context, point.x, point.y) }
        cairo.cairo_close_path(context)
        finishShape(color, edge, width)
    }

    private func finishShape(_ color: Color?, _ edge: Color?, _ width: Double) {
        if let color {
            source(color)
            if edge == nil { cairo.cairo_fill(context) } else { cairo.cairo_fill_preserve(context) }
        }
        if let edge {
            source(edge)
            cairo.cairo_set_line_width(context, width)
            cairo.cairo_set_dash(context, nil, 0, 0)
            cairo.cairo_stroke(context)
        }
    }

    /// Draws with everything outside of a frame left alone.
    func clipped(to frame: Frame, _ draw: () -> Void) {
        cairo.cairo_save(context)
        cairo.cairo_new_path(context)
        cairo.cairo_rectangle(context, frame.x, frame.y, frame.width, frame.height)
        cairo.cairo_clip(context)
        draw()
        cairo.cairo_restore(context)
    }

    // MARK: Pictures

    /// Draws cells over a frame: sharp, or blended into each other.
    func image(_ colors: [Color], width: Int, height: Int, in frame: Frame, smooth: Bool) {
        guard width > 0, height > 0, width <= 30_000, height <= 30_000, frame.width > 0, frame.height > 0 else { return }
        // Viewers of SVG and PDF blur enlarged pictures: enlarge sharp ones here, beyond what eyes see.
        var factor = 1
        if !smooth { factor = Int(max(1, min(64, (max(frame.width / Double(width), frame.height / Double(height)) * 2).rounded(.up)))) }
        while factor > 1 && width * height * factor * factor > 16_000_000 { factor -= 1 }
        let w = width * factor, h = height * factor
        guard let picture = cairo.cairo_image_surface_create(CAIRO_FORMAT_ARGB32, Int32(w), Int32(h)) else { return }
        defer { cairo.cairo_surface_destroy(picture) }
        guard cairo.cairo_surface_status(picture) == CAIRO_STATUS_SUCCESS, let data = cairo.cairo_image_surface_get_data(picture)
        else { return }
        let stride = Int(cairo.cairo_image_surface_get_stride(picture))
        for row in 0..<height {
            let line = UnsafeMutableRawPointer(data + row * factor * stride)
            let cells = line.assumingMemoryBound(to: UInt32.self)
            for column in 0..<width {
                let value = colors[row * width + column].premultiplied
                for x in (column * factor)..<((column + 1) * factor) { cells[x] = value }
            }
            for copy in 1..<max(2, factor) where factor > 1 { (line + copy * stride).copyMemory(from: line, byteCount: 4 * w) }
        }
        cairo.cairo_surface_mark_dirty(picture)
        cairo.cairo_save(context)
        cairo.cairo_translate(context, frame.x, frame.y)
        cairo.cairo_scale(context, frame.width / Double(w), frame.height / Double(h))
        cairo.cairo_rectangle(context, 0, 0, Double(w), Double(h))
        cairo.cairo_clip(context)
        cairo.cairo_set_source_surface(context, picture, 0, 0)
        cairo.cairo_pattern_set_filter(cairo.cairo_get_source(context), smooth ? CAIRO_FILTER_GOOD : CAIRO_FILTER_NEAREST)
        cairo.cairo_paint(context)
        cairo.cairo_restore(context)
    }

    // MARK: Text

    struct Font: Hashable {
        var size: Double
        var bold = false
    }

    private func select(_ font: Font) {
        cairo.cairo_select_font_face(
            context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, font.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
        cairo.cairo_set_font_size(context, font.size)
    }

    private var measured: [Font: [String: Double]] = [:]

    func width(_ text: String, _ font: Font) -> Double {
        if let known = measured[font]?[text] { return known }
        select(font)
        var extents = cairo_text_extents_t()
        cairo.cairo_text_extents(context, text, &extents)
        measured[font, default: [:]][text] = extents.x_advance
        return extents.x_advance
    }

    /// Writes a text with its middle height at `at`; `anchor` 0 to its right, 0.5 centred, 1 to its left.
    /// `turn` is an angle in quarter turns against the clock.
    func write(_ text: String, at: Point, _ font: Font, _ color: Color, anchor: Double = 0, turn: Double = 0) {
        guard !text.isEmpty, at.isFinite else { return }
        let length = width(text, font)
        select(font)
        source(color)
        cairo.cairo_save(context)
        cairo.cairo_translate(context, at.x, at.y)
        if turn != 0 { cairo.cairo_rotate(context, -turn * Double.pi / 2) }
        // Half the height of capitals and figures below the middle.
        cairo.cairo_move_to(context, -anchor * length, font.size * 0.36)
        cairo.cairo_show_text(context, text)
        cairo.cairo_restore(context)
    }
}

extension Color {
    /// As Cairo's pictures want it: opacity in the first byte, the others multiplied by it.
    fileprivate var premultiplied: UInt32 {
        if alpha >= 1 { return 0xFF00_0000 | UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue) }
        let alpha = max(0, alpha)
        func part(_ value: UInt8) -> UInt32 { UInt32((Double(value) * alpha).rounded()) }
        return UInt32((alpha * 255).rounded()) << 24 | part(red) << 16 | part(green) << 8 | part(blue)
    }
}
