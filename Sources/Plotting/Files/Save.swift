#if canImport(Glibc)
import Glibc
#endif

extension Figure {
    /// The figure as the bytes of a picture file. `scale` is the pixels per point of a PNG: 2 is 144 dpi.
    /// Throws what the marks throw, `.argument` for sizes that are no size, `.library` without Cairo.
    public func picture(_ format: PictureFormat, scale: Double = 2) throws(PlotError) -> [UInt8] {
        let page = try drawnPage(format, scale: scale)
        var bytes = try page.finish()
        if format == .svg { bytes = titled(bytes) }
        return bytes
    }

    /// Writes the figure to a file in the format of its name's ending: `.png`, `.svg` or `.pdf`. The file
    /// appears when it is complete; an older one of that name stays until then.
    public func save(to path: String, scale: Double = 2) throws(PlotError) {
        guard let format = PictureFormat(path: path) else { throw .format(path) }
        try write(try picture(format, scale: scale), to: path)
    }

    /// Its title and those of its panels.
    var spokenTitle: String? {
        let titles = ([title] + panels.map(\.title)).compactMap { $0?.printable }.filter { !$0.isEmpty }
        return titles.isEmpty ? nil : titles.joined(separator: " · ")
    }

    /// Gives an SVG a title, which screen readers speak.
    private func titled(_ svg: [UInt8]) -> [UInt8] {
        guard let title = spokenTitle, let tag = find("<svg", in: svg), let end = svg[tag...].firstIndex(of: UInt8(ascii: ">")) else { return svg }
        var escaped = ""
        for character in title {
            switch character {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            default: escaped.append(character)
            }
        }
        return svg[...end] + Array("\n<title>\(escaped)</title>".utf8) + svg[(end + 1)...]
    }
}

private func find(_ text: String, in bytes: [UInt8]) -> Int? {
    let pattern = Array(text.utf8)
    guard bytes.count >= pattern.count else { return nil }
    return (0...(bytes.count - pattern.count)).first { bytes[$0..<($0 + pattern.count)].elementsEqual(pattern) }
}

/// Writes to a temporary file beside the target, makes sure it is on the disk, and renames it.
private func write(_ bytes: [UInt8], to path: String) throws(PlotError) {
    let temporary = "\(path).\(getpid()).tmp"
    func failed() -> PlotError {
        let reason = String(cString: strerror(errno))
        unlink(temporary)
        return .file(path, reason)
    }
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw .file(path, String(cString: strerror(errno))) }
    var done = 0
    while done < bytes.count {
        let written = bytes[done...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else {
            let error = failed()
            close(file)
            throw error
        }
        done += written
    }
    guard fsync(file) == 0 else {
        let error = failed()
        close(file)
        throw error
    }
    guard close(file) == 0, rename(temporary, path) == 0 else { throw failed() }
}
