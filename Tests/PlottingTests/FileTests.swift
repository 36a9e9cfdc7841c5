import Foundation
import FoundationXML
import Testing

@testable import Plotting

@Suite struct FileTests {
    /// A PNG's chunks are whole, its checksums right and its size that of the figure at two pixels a point.
    @Test(arguments: ["line", "heatmap", "images", "panels"])
    func png(_ kind: String) throws {
        let figure = try #require(try Gallery.all().first { $0.name == kind }).figure
        let bytes = try figure.picture(.png)
        #expect(Array(bytes.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        var at = 8, names: [String] = [], size = (0, 0)
        func number(_ i: Int) -> Int { (0..<4).reduce(0) { $0 << 8 | Int(bytes[i + $1]) } }
        while at + 12 <= bytes.count {
            let length = number(at), name = String(decoding: bytes[(at + 4)..<(at + 8)], as: UTF8.self)
            #expect(crc(bytes[(at + 4)..<(at + 8 + length)]) == UInt32(number(at + 8 + length)))
            if name == "IHDR" { size = (number(at + 8), number(at + 12)) }
            names.append(name)
            at += 12 + length
        }
        #expect(names.first == "IHDR" && names.last == "IEND" && names.contains("IDAT") && at == bytes.count)
        let page = try figure.drawnPage(.png, scale: 2).pixels()
        #expect(size == (page.width, page.height) && page.width >= 300)
    }

    private func crc(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { c, _ in c & 1 == 1 ? 0xEDB8_8320 ^ (c >> 1) : c >> 1 }
        }
    }

    /// The colours that must be seen are there, in plenty, and the margins are white.
    @Test func pixels() throws {
        let expected: [(String, [UInt32])] = [
            ("line", [0x0072B2, 0xD55E00]), ("scatter", [0x0072B2, 0x009E73]), ("bar-groups", [0x0072B2, 0xD55E00, 0x009E73]),
            ("histogram", [0x0072B2]), ("heatmap", [0x440154, 0xFDE725]), ("images", [0x000000]), ("box", [0x0072B2]),
        ]
        let all = Dictionary(uniqueKeysWithValues: try Gallery.all().map { ($0.name, $0.figure) })
        for (kind, colors) in expected {
            let page = try #require(all[kind]).drawnPage(.png, scale: 1).pixels()
            for color in colors { #expect(page.values.count { $0 == color } > 20, "\(kind) lacks \(String(color, radix: 16))") }
            let edges = page.values.prefix(page.width) + page.values.suffix(page.width)
            #expect(edges.allSatisfy { $0 == 0xFFFFFF }, "\(kind) touches the edge")
        }
    }

    /// SVG is well-formed XML with the title, the colours of the series and one path per thing drawn.
    @Test func svg() throws {
        for (kind, figure) in try Gallery.all() {
            let bytes = try figure.picture(.svg)
            let reader = ElementCounter()
            let parser = XMLParser(data: Data(bytes))
            parser.delegate = reader
            #expect(parser.parse(), "\(kind): \(parser.parserError.map { "\($0)" } ?? "")")
            #expect(reader.counts["svg"] == 1 && reader.counts["title"] == 1, "\(kind)")
            #expect(reader.title == figure.spokenTitle)
            #expect((reader.counts["use"] ?? 0) > 5, "\(kind) has text")
            if kind == "scatter" { #expect((reader.counts["path"] ?? 0) >= 90) }
            if kind == "heatmap" || kind == "image" { #expect((reader.counts["image"] ?? 0) >= 1) }
        }
        var odd = Panel([try Line([1, 2])], title: "a < b & \"c\"")
        odd.xLabel = "<&>"
        let parser = XMLParser(data: Data(try Figure(odd).picture(.svg)))
        #expect(parser.parse())
    }

    private final class ElementCounter: NSObject, XMLParserDelegate {
        var counts: [String: Int] = [:]
        var title = ""
        private var inTitle = false

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]
        ) {
            counts[name, default: 0] += 1
            inTitle = name == "title"
        }

        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) { inTitle = false }
        func parser(_ parser: XMLParser, foundCharacters text: String) { if inTitle { title += text } }
    }

    @Test func pdf() throws {
        for (kind, figure) in try Gallery.all() {
            let bytes = try figure.picture(.pdf), text = String(decoding: bytes, as: UTF8.self)
            #expect(text.hasPrefix("%PDF-1."), "\(kind)")
            #expect(text.hasSuffix("%%EOF\n"), "\(kind)")
            #expect(text.contains("/Type /Page\n") || text.contains("/Type /Page "), "\(kind)")
            #expect(text.contains("/FontFile") || text.contains("/FontDescriptor"), "\(kind) embeds its letters")
            // The table of objects is where the file says.
            let start = try #require(text.split(separator: "\n").dropLast().last.flatMap { Int($0) })
            #expect(bytes[start..<(start + 4)].elementsEqual(Array("xref".utf8)), "\(kind)")
        }
    }

    @Test func saving() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nightjar-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let figure = try Gallery.line()
        for name in ["a.png", "b.SVG", "c.d.pdf"] { try figure.save(to: "\(folder)/\(name)") }
        // What is there stays when the new picture fails.
        var broken = figure
        broken[0, 0].marks = [try Line([.nan])]
        #expect(throws: PlotError.self) { try broken.save(to: "\(folder)/a.png") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a.png", "b.SVG", "c.d.pdf"])
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/a.png")).starts(with: [0x89, 0x50]))
    }

    @Test func sizes() throws {
        var figure = try Gallery.panels()
        figure.size = Size(width: 300, height: 200)
        let page = try figure.drawnPage(.png, scale: 1).pixels()
        #expect((page.width, page.height) == (300, 200))
        for size in [Size(width: 0, height: 10), Size(width: .nan, height: 100), Size(width: 1e9, height: 1e9)] {
            figure.size = size
            #expect(throws: PlotError.self) { try figure.picture(.png) }
        }
        figure.size = Size(width: 36, height: 36)
        for (_, var small) in try Gallery.all() {
            small.size = figure.size
            _ = try small.picture(.svg)
        }
        #expect(throws: PlotError.self) { try figure.picture(.png, scale: 0) }
        #expect(throws: PlotError.self) { try figure.picture(.png, scale: .infinity) }
    }

    @Test func base64() {
        for (text, encoded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")] {
            #expect(InlinePicture.base64(Array(text.utf8)) == encoded)
        }
    }

    @Test func inlinePictures() throws {
        let figure = try Gallery.line()
        let kitty = try figure.shown(on: Terminal(width: 100, colors: .truecolor, pictures: .kitty))
        #expect(kitty.hasPrefix("\u{1B}_Ga=T,f=100,q=2,c=87,m=1;iVBORw0KGgo") && kitty.hasSuffix("\u{1B}\\\n"))
        let pieces = kitty.components(separatedBy: "\u{1B}\\").dropLast()
        #expect(pieces.allSatisfy { $0.utf8.count <= 4096 + 40 } && pieces.last?.contains("m=0;") == true)
        let iTerm = try figure.shown(on: Terminal(width: 100, colors: .truecolor, pictures: .iTerm2))
        #expect(iTerm.hasPrefix("\u{1B}]1337;File=inline=1;size=") && iTerm.hasSuffix("\u{07}\n"))
        let sixel = try figure.shown(on: Terminal(width: 60, colors: .truecolor, pictures: .sixel))
        #expect(sixel.hasPrefix("\u{1B}Pq\"1;1;590;") && sixel.hasSuffix("\u{1B}\\\n"))
        var narrow = Terminal(width: 60, colors: .truecolor, pictures: .sixel)
        narrow.cellWidth = 6
        #expect(try figure.shown(on: narrow).hasPrefix("\u{1B}Pq\"1;1;354;"))
        #expect(try figure.shown(on: Terminal(width: 80)) == figure.text(on: Terminal(width: 80)))
    }

    /// What a sixel picture says is what was put in.
    @Test func sixelPixels() {
        let width = 13, height = 9
        let pixels = (0..<(width * height)).map { [UInt32(0xFF0000), 0x00FF00, 0x0000FF, 0xFFFFFF][($0 * 7 / 5) % 4] }
        let text = InlinePicture.sixel(pixels, width: width, height: height)
        var colors: [Int: UInt32] = [:], drawn = Array(repeating: UInt32(0x123456), count: width * height)
        var x = 0, top = 0, color = 0, digits = "", i = text.index(text.startIndex, offsetBy: "\u{1B}Pq\"1;1;13;9".count)
        func take() -> Int {
            digits = ""
            while i < text.endIndex, text[i].isNumber {
                digits.append(text[i])
                i = text.index(after: i)
            }
            return Int(digits) ?? -1
        }
        while i < text.endIndex, text[i] != "\u{1B}" {
            let sign = text[i]
            i = text.index(after: i)
            var count = 1, data = sign
            switch sign {
            case "#":
                color = take()
                if text[i] == ";" {
                    var parts: [Int] = []
                    while text[i] == ";" {
                        i = text.index(after: i)
                        parts.append(take())
                    }
                    colors[color] = parts.dropFirst().reduce(0) { $0 << 8 | UInt32($1 * 255 / 100) }
                }
                continue
            case "$": x = 0; continue
            case "-": (x, top) = (0, top + 6); continue
            case "!":
                count = take()
                data = text[i]
                i = text.index(after: i)
            default: break
            }
            let bits = Int(data.asciiValue ?? 63) - 63
            for _ in 0..<count {
                for row in 0..<6 where bits >> row & 1 == 1 { drawn[(top + row) * width + x] = colors[color] ?? 0 }
                x += 1
            }
        }
        #expect(drawn == pixels)
    }
}
