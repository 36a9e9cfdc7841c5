import Foundation
import Plotting
import Testing

/// Writes every kind of figure to `$NIGHTJAR_GALLERY`, for people to look at.
@Test(.enabled(if: ProcessInfo.processInfo.environment["NIGHTJAR_GALLERY"] != nil))
func writeGallery() throws {
    let folder = ProcessInfo.processInfo.environment["NIGHTJAR_GALLERY"] ?? "."
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, figure) in try Gallery.all() {
        for format in PictureFormat.allCases { try figure.save(to: "\(folder)/\(name).\(format.rawValue)") }
        for (kind, terminal) in [
            ("braille", Terminal(width: 100)), ("ascii", Terminal(width: 100, unicode: false)),
            ("color", Terminal(width: 100, colors: .truecolor)), ("color16", Terminal(width: 100, colors: .ansi16)),
            ("60", Terminal(width: 60)), ("60ascii", Terminal(width: 60, unicode: false)),
        ] {
            try figure.text(on: terminal).write(toFile: "\(folder)/\(name).\(kind).txt", atomically: true, encoding: .utf8)
        }
    }
}
