import Foundation
import Testing

@testable import Plotting

@Suite struct RobustnessTests {
    static let nan = Double.nan, inf = Double.infinity, huge = Double.greatestFiniteMagnitude, tiny = Double.leastNonzeroMagnitude
    /// Values that have broken plots before.
    static let values: [[Double]] = [
        [], [0], [1], [nan], [inf, -inf], [nan, 1, nan], [1, 1, 1], [0, 0], [-1, -2, -3], [1e300, 1e-300], [-huge, huge], [huge, huge],
        [tiny, 2 * tiny], [1e16, 1e16 + 2], [0, 2000 * tiny], [1, nan, inf, 2], [0, 1, 10, 1000], [-5, 5], [1e-9, 1 + 1e-9],
    ]

    private static func marks(_ v: [Double]) -> [() throws -> [any Mark]] {
        let x = v.indices.map(Double.init)
        return [
            { [try Line(v)] }, { [try Line(x: v, y: v)] }, { [try Scatter(x: v, y: v)] }, { [try Scatter(x: x, y: v, values: v)] },
            { [try Band(x: x, low: v, high: v.reversed())] }, { [try Bars(v)] }, { [try Bars(v), try Bars(v.reversed())] },
            { [try Histogram(v)] }, { [try Histogram(v, bins: 7)] }, { [try Histogram(v), try Histogram(x)] },
            { [HeatMap(try Grid(rows: 1, columns: v.count, values: v))] },
            {
                var map = HeatMap(try Grid(rows: v.count, columns: 1, values: v))
                map.scale = .log
                map.numbers = true
                return [map]
            }, { [try Contour(Grid(rows: 2, columns: v.count, values: v + v.reversed()))] },
            { [try Boxes([v])] }, { [try Boxes([v, v, []])] }, { [try ConfusionMatrix(Grid(rows: 1, columns: v.count, values: v))] },
            { [Rule(.horizontal(v.first ?? 0)), try Line(v)] }, { [Note("here", at: Point(v.first ?? 0, v.last ?? 0))] },
            { [ImageGrid(try Picture(floats: v.map(Float.init), channels: 1, height: 1, width: v.count))] },
        ]
    }

    /// Each kind with each set of values, on each scale, either draws or throws a `PlotError`.
    @Test(arguments: values, [(Scale.linear, Scale.linear), (.log, .linear), (.linear, .log), (.log, .log)])
    func anything(_ values: [Double], _ scales: (Scale, Scale)) throws {
        for make in Self.marks(values) {
            do {
                var panel = Panel(try make(), title: "t", xLabel: "x", yLabel: "y")
                (panel.xScale, panel.yScale) = scales
                let figure = Figure(panel)
                _ = try figure.text(on: Terminal(width: 40))
                _ = try figure.text(on: Terminal(width: 30, colors: .truecolor))
                // Slow in debug builds; the scales in between differ little.
                if scales.0 == scales.1 { _ = try figure.picture(.svg) }
            } catch let error as PlotError {
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test(arguments: [Limits(0, 1), Limits(-1e300, 1e300), Limits(5, nil), Limits(nil, -5), Limits(1e-300, 2e-300), Limits(1, 1), Limits(nan, 2), Limits(2, 1)])
    func anyLimits(_ limits: Limits) throws {
        for make in Self.marks([1, 2, 5, 3]) {
            do {
                var panel = Panel(try make())
                (panel.xLimits, panel.yLimits) = (limits, limits)
                _ = try Figure(panel).text(on: Terminal(width: 50))
                _ = try Figure(panel).text(on: Terminal(width: 50, colors: .truecolor))
                _ = try Figure(panel).picture(.svg)
            } catch is PlotError {}
        }
    }

    @Test func manyPoints() throws {
        let n = 200_000
        let y = (0..<n).map { sin(Double($0) / 3000) + 0.1 * sin(Double($0)) }
        let figure = Figure(Panel([try Line(y)]))
        #expect(try figure.picture(.svg).count < 400_000)
        _ = try figure.text(on: Terminal(width: 80))
    }

    static let errors: [(@Sendable () throws -> Any, String)] = [
        ({ try Line(x: [1, 2], y: [1]) }, "line: 2 x values and 1 y values; each point needs both"),
        ({ try Line([]) }, "line: there are no values to draw"),
        ({ try Scatter(x: [1], y: [1], values: []) }, "scatter: 0 values to colour 1 points"),
        ({ try Bars(names: ["a"], values: [1, 2]) }, "bar: 1 names and 2 values"),
        ({ try Histogram([1], bins: 0) }, "hist: 0 bins; there must be 1 to 100000"),
        ({ try Grid(rows: 2, columns: 2, values: [1]) }, "grid: 1 values for 2 rows × 2 columns"),
        ({ try Grid(rows: Int.max, columns: 4, values: [1]) }, "grid: 1 values for 9223372036854775807 rows × 4 columns"),
        ({ try Contour(Grid(rows: 1, columns: 1, values: [1])) }, "contour: 1 × 1 values; lines need at least 2 × 2"),
        (
            { try Contour(Grid(rows: 2, columns: 2, values: [1, 2, 3, 4]), x: Limits(3, 3)) },
            "x limits: 3.0 to 3.0 is not a range; the first must be less than the second, both finite"
        ),
        ({ try ConfusionMatrix(Grid(rows: 1, columns: 2, values: [1, 2])) }, "confusion: 1 rows and 2 columns; a confusion matrix is square"),
        (
            { try Picture(bytes: [1, 2], channels: 2, height: 1, width: 1) },
            "image: 2 channels; an image has 1 (gray), 3 (red, green, blue) or 4 (and opacity)"
        ),
        ({ try Picture(bytes: [1], channels: 3, height: 1, width: 1) }, "image: 1 values for 3 channels × 1 × 1"),
        ({ try Graph(nodes: [.init("a")], edges: [.init(0, 1)]) }, "graph: an edge from node 0 to node 1, but nodes are numbered 0 to 0"),
        ({ try Figure(rows: 0, columns: 1) }, "figure: 0 rows × 1 columns: there must be at least one of each and at most 1000 panels"),
        ({ try Figure(Panel([Line([.nan])], title: "A")).text(on: Terminal()) }, "\"A\": there is no finite value to draw along x"),
        (
            {
                var panel = Panel([try Line([-1, 0])])
                panel.yScale = .log
                return try Figure(panel).text(on: Terminal())
            }, "no value is positive, which a logarithmic axis needs"
        ),
        ({ try Figure(Panel([Line([1])])).save(to: "/tmp/figure.gif") }, "cannot tell the format of \"/tmp/figure.gif\": the name must end in .png, .svg or .pdf"),
        ({ try Figure(Panel([Line([1])])).save(to: "/nowhere/figure.svg") }, "cannot write \"/nowhere/figure.svg\": No such file or directory"),
    ]

    @Test(arguments: errors)
    func messages(_ make: @Sendable () throws -> Any, _ expected: String) {
        do {
            _ = try make()
            Issue.record("nothing was thrown")
        } catch {
            #expect("\(error)" == expected)
        }
    }
}

@Suite struct GraphTests {
    @Test func largeGraphsAreListed() throws {
        let n = 1000
        let graph = try Graph(
            nodes: (0..<n).map { .init("node \($0 + 1)") }, edges: (1..<n).map { .init($0 / 3, $0) } + (5..<n).map { .init($0 - 5, $0) })
        let text = try Figure(Panel([graph])).text(on: Terminal(width: 60))
        #expect(text.hasPrefix("   1  node 1 → "))
        #expect(text.split(separator: "\n").count == n)
        #expect(throws: PlotError.self) { try Figure(Panel([graph])).picture(.svg) }
    }

    @Test func cyclesLoopsAndLongChains() throws {
        let loop = try Graph(nodes: ["a", "b", "c"].map { .init($0) }, edges: [.init(0, 1), .init(1, 2), .init(2, 0), .init(1, 1)])
        let text = try Figure(Panel([loop])).text(on: Terminal(width: 40))
        #expect(text.contains("▲") && text.contains("▼"))
        let chain = try Graph(nodes: (0..<500).map { .init("\($0)") }, edges: (1..<500).map { .init($0 - 1, $0) })
        #expect(try Figure(Panel([chain])).text(on: Terminal(width: 40)).contains("│ 499 │"))
    }
}
