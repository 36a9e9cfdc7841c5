import Foundation
import Testing

@testable import Plotting

@Suite struct ShapeTests {
    /// Steps of a map look equally large, and maps made for one direction grow lighter or darker throughout.
    @Test(arguments: ColorMap.all.map(\.name))
    func evenMaps(_ name: String) throws {
        let map = try #require(ColorMap.all.first { $0.name == name })
        let labs = map.colors.map { OKLab($0) }
        let steps = zip(labs, labs.dropFirst()).map { $0.distance(to: $1) }
        let mean = steps.reduce(0, +) / Double(steps.count)
        // Over 17 steps the rounding to bytes does not count; a diverging map turns in its middle.
        for i in stride(from: 0, to: 255, by: 17) where map.name != "diverging" || i != 119 { #expect(abs(labs[i].distance(to: labs[i + 17]) / 17 - mean) < 0.15 * mean, "\(i)") }
        if map.name != "diverging" {
            let up = labs[255].lightness > labs[0].lightness
            for i in stride(from: 0, to: 240, by: 15) { #expect((labs[i + 15].lightness > labs[i].lightness) == up, "\(i)") }
        }
    }

    @Test func mapEnds() {
        #expect(ColorMap.viridis.color(0) == Color(hex: 0x440154) && ColorMap.viridis.color(1) == Color(hex: 0xFDE725))
        #expect(ColorMap.viridis.color(-5) == ColorMap.viridis.color(0) && ColorMap.viridis.color(.infinity) == ColorMap.viridis.color(1))
        #expect(ColorMap.gray.color(0.5).red == ColorMap.gray.color(0.5).blue)
        _ = ColorMap.viridis.color(.nan)
    }

    /// Series are told apart by those who see no red, no green or no blue (Viénot, Brettel and Mollon 1999).
    @Test func paletteForColorBlindReaders() {
        func seen(_ color: Color, _ kind: Int) -> OKLab {
            func linear(_ v: UInt8) -> Double { pow(Double(v) / 255, 2.2) }
            let rgb = [linear(color.red), linear(color.green), linear(color.blue)]
            let rows: [[Double]] =
                kind == 0 ? [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]
                : [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]
            let out = rows.map { row in UInt8(max(0, min(255, 255 * pow(max(0, zip(row, rgb).reduce(0) { $0 + $1.0 * $1.1 }), 1 / 2.2)))) }
            return OKLab(Color(out[0], out[1], out[2]))
        }
        for kind in 0..<2 {
            for i in 0..<6 { for j in 0..<i { #expect(seen(.series(i), kind).distance(to: seen(.series(j), kind)) > 0.05, "\(i) \(j)") } }
        }
        for i in 0..<8 { for j in 0..<i { #expect(OKLab(.series(i)).distance(to: OKLab(.series(j))) > 0.09, "\(i) \(j)") } }
    }

    @Test func colorsOfTerminals() {
        #expect(Color(hex: 0xFF0000).ansi256 == 196 && Color(hex: 0).ansi256 == 16 && Color(hex: 0x808080).ansi256 == 244)
        #expect(Set((0..<6).map { Color.series($0).ansi16 }).count == 6)
    }

    @Test func colorNames() {
        #expect(Color("#0072b2") == Color.series(0) && Color("blue") == Color.series(0))
        for bad in ["", "#12345", "#1234567", "#12345g", "#+12345", "nocolor"] { #expect(Color(bad) == nil, "\(bad)") }
    }

    /// The contour of a cone is a closed circle of the right radius.
    @Test func contourOfCone() throws {
        let n = 41
        let grid = try Grid(rows: n, columns: n, values: (0..<(n * n)).map { hypot(Double($0 % n) - 20, Double($0 / n) - 20) })
        let lines = contourLines(grid, 10.5)
        #expect(lines.count == 1)
        let circle = try #require(lines.first)
        #expect(circle.first == circle.last)
        #expect(circle.allSatisfy { abs(hypot($0.x - 20, $0.y - 20) - 10.5) < 0.05 })
        #expect(contourLines(grid, 100).isEmpty && contourLines(grid, -1).isEmpty)
    }

    @Test func contourSaddle() throws {
        let lines = contourLines(try Grid(rows: 2, columns: 2, values: [1, 0, 0, 1]), 0.5)
        #expect(lines.count == 2 && lines.allSatisfy { $0.count == 2 })
    }

    @Test func bins() throws {
        #expect(try Bins([0, 1, 2, 3], count: 3).edges == [0, 1, 2, 3])
        #expect(try Bins([0, 1, 2, 3], count: 3).count([0, 1, 2, 3]) == [1, 1, 2])
        #expect(try Bins([1, 1, 2, 5]).edges == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5])
        let log = try Bins([1, 10, 100], count: 2, log: true).edges
        #expect(zip(log, [1, 10, 100]).allSatisfy { abs($0 - $1) < 1e-9 * $1 })
        #expect(try Bins([3.25, 3.25]).count([3.25, 3.25]).reduce(0, +) == 2)
        #expect(throws: PlotError.self) { try Bins([]) }
    }

    @Test func boxNumbers() throws {
        let drawing = try Boxes([[1, 2, 3, 4, 5, 6, 7, 8, 9, 100]]).draw(DrawingContext(panel: Panel(), index: 0, firstColor: 0, turned: false))
        guard case .box(let box)? = drawing.shapes.first else {
            Issue.record("no box")
            return
        }
        #expect((box.lowQuartile, box.median, box.highQuartile) == (3.25, 5.5, 7.75))
        #expect((box.lowWhisker, box.highWhisker, box.outliers) == (1, 9, [100]))
    }

    @Test func pictureRanges() throws {
        func bytes(_ floats: [Float], _ range: ClosedRange<Float>? = nil) throws -> [UInt8] {
            try Picture(floats: floats, channels: 1, height: 1, width: floats.count, range: range).pixels.map(\.red)
        }
        #expect(try bytes([0, 0.5, 1]) == [0, 128, 255])
        #expect(try bytes([0, 128, 255]) == [0, 128, 255])
        #expect(try bytes([-1, 0, 1]) == [0, 128, 255])
        #expect(try bytes([0, 1, 2], 0...2) == [0, 128, 255])
        #expect(try bytes([.nan, 1]) == [127, 255])
    }

    /// Nodes of a layer keep apart, edges lead down, and each edge has its way.
    @Test func graphLayout() throws {
        let graph = try Graph(
            nodes: (0..<30).map { .init("n\($0)") }, edges: (1..<30).map { .init($0 / 2, $0) } + [.init(0, 29), .init(29, 3), .init(7, 7)])
        let layout = GraphLayout(graph, widths: Array(repeating: 8, count: 30), gap: 2, lane: 1)
        for layer in layout.layers {
            for (a, b) in zip(layer, layer.dropFirst()) {
                let p = layout.places[a], q = layout.places[b]
                #expect(q.x - p.x >= (p.width + q.width) / 2 + 2 - 1e-6)
            }
        }
        for (edge, route) in zip(graph.edges, layout.routes) where edge.from != edge.to {
            #expect(layout.places[route[0]].node == edge.from && layout.places[route[route.count - 1]].node == edge.to)
            #expect(zip(route, route.dropFirst()).allSatisfy { abs(layout.places[$0].layer - layout.places[$1].layer) == 1 })
        }
        #expect(layout.places.allSatisfy { $0.x - $0.width / 2 >= -1e-6 && $0.x + $0.width / 2 <= layout.width + 1e-6 })
    }
}
