import Plotting

#if canImport(Glibc)
import Glibc
#endif

/// Numbers that look random and are the same everywhere.
struct Draws {
    var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func uniform() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 33) / Double(1 << 31)
    }

    mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + uniform() } }
}

/// One figure of each kind, by name.
enum Gallery {
    static func all() throws -> [(name: String, figure: Figure)] {
        [
            ("line", try line()), ("line-one", try lineOne()), ("line-log", try lineLog()), ("gaps", try gaps()),
            ("scatter", try scatter()), ("scatter-values", try scatterValues()), ("bar", try bar()),
            ("bar-groups", try barGroups()), ("bar-names", try barNames()), ("histogram", try histogram()),
            ("histograms", try histograms()), ("heatmap", try heatMap()), ("heatmap-numbers", try heatMapNumbers()),
            ("contour", try contour()), ("contour-lines", try contourLines()), ("decision", try decision()), ("box", try box()),
            ("confusion", try confusion()), ("image", try image()), ("images", try images()), ("graph", try graph()),
            ("panels", try panels()), ("band", try band()), ("many", try many()), ("bars-below", try barsBelow()),
            ("histogram-log", try histogramLog()), ("attention", try attention()), ("letters", try letters()), ("small", try small()),
        ]
    }

    static func band() throws -> Figure {
        let x = (0...50).map { Double($0) * 20 }, mean = x.map { 1 - exp(-$0 / 250) * 0.8 }
        let spread = x.map { 0.03 + 0.1 * exp(-$0 / 400) }
        var panel = Panel(
            [
                try Line(x: x, y: mean, name: "mean of 5 runs"),
                try Band(x: x, low: zip(mean, spread).map { $0 - $1 }, high: zip(mean, spread).map { $0 + $1 }, name: "± deviation"),
                Rule(.horizontal(0.9), name: "human"), Rule(.vertical(400)), Note("schedule drops", at: Point(415, 0.35)),
            ], title: "A band, two rules and a note", xLabel: "step", yLabel: "accuracy")
        panel.yLimits = Limits(0, 1.1)
        return Figure(panel)
    }

    static func many() throws -> Figure {
        let x = (0...60).map { Double($0) / 10 }
        let lines = try (0..<11).map { k in try Line(x: x, y: x.map { sin($0 + Double(k) * 0.4) * (1 + Double(k) / 5) }, name: "series number \(k + 1)") }
        return Figure(Panel(lines, title: "A title which goes on for so long that no line of a small terminal can hold it all, nor a page"))
    }

    static func barsBelow() throws -> Figure {
        let names = (1...20).map { "feature \($0)" }
        var a = try Bars(names: names, values: (1...20).map { -Double($0 * 7 % 13) - 0.5 }, name: "first")
        a.horizontal = true
        let b = try Bars(names: names, values: (1...20).map { Double($0 * 5 % 7) - 3 }, name: "second")
        return Figure(Panel([a, b], title: "Below zero", yLabel: "effect"))
    }

    static func histogramLog() throws -> Figure {
        var draws = Draws(12)
        var panel = Panel([try Histogram((0..<5000).map { _ in exp(1.4 * draws.normal()) })], title: "Gradient norms", xLabel: "norm", yLabel: "count")
        panel.xScale = .log
        panel.yScale = .log
        return Figure(panel)
    }

    static func attention() throws -> Figure {
        let n = 160
        let values = (0..<(n * n)).map { i -> Double in i % n <= i / n ? exp(-Double(i / n - i % n) / 12) + 0.2 * sin(Double(i % n) / 3) : .nan }
        return Figure(Panel([HeatMap(try Grid(rows: n, columns: n, values: values))], title: "160 × 160 with missing cells"))
    }

    static func letters() throws -> Figure {
        let names = (0..<26).map { String(UnicodeScalar(UInt8(65 + $0))) }
        var draws = Draws(13)
        let values = (0..<676).map { i in i / 26 == i % 26 ? 200 + (draws.uniform() * 90).rounded() : (draws.uniform() * draws.uniform() * 9).rounded() }
        return Figure(
            Panel([try ConfusionMatrix(Grid(rows: 26, columns: 26, values: values), names: names)], title: "Letters", xLabel: "predicted", yLabel: "true"))
    }

    static func small() throws -> Figure {
        var figure = try Figure(rows: 3, columns: 3, title: "Nine panels")
        for k in 0..<8 {
            let x = (0...40).map { Double($0) / 4 }
            figure[k / 3, k % 3] = Panel([try Line(x: x, y: x.map { sin($0 * Double(k + 1) / 3) * pow(10, Double(k - 3)) })], title: "layer \(k + 1)")
        }
        figure[1, 1] = try heatMap().panels[0]
        return figure
    }

    static func line() throws -> Figure {
        var draws = Draws(1)
        let train = (1...40).map { 2.2 * exp(-Double($0) / 9) + 0.08 + 0.02 * draws.normal() }
        let test = (1...40).map { 2.1 * exp(-Double($0) / 8) + 0.24 + 0.006 * Double($0) + 0.03 * draws.normal() }
        return Figure(
            Panel(
                [try Line(train, name: "training"), try Line(test, name: "validation"), Rule(.horizontal(0.25), name: "target")],
                title: "Loss over epochs", xLabel: "epoch", yLabel: "cross-entropy"))
    }

    static func lineOne() throws -> Figure {
        let x = (0...200).map { Double($0) / 200 * 4 * Double.pi }
        return Figure(Panel([try Line(x: x, y: x.map { sin($0) * exp(-$0 / 8) })], title: "A damped wave", xLabel: "t"))
    }

    static func lineLog() throws -> Figure {
        let x = (0...60).map { pow(10, -5 + Double($0) / 12) }
        var panel = Panel(
            [try Line(x: x, y: x.map { 2.3 / (1 + $0 * 3e3) + 0.02 + pow($0 * 4, 4) })], title: "Learning rate finder",
            xLabel: "learning rate", yLabel: "loss")
        panel.xScale = .log
        panel.yScale = .log
        return Figure(panel)
    }

    static func gaps() throws -> Figure {
        let y: [Double] = [1, 2, .nan, 4, 3, .infinity, 5, .nan, 2, 2.5, 3, -.infinity, 1]
        return Figure(Panel([try Line(y, name: "with gaps")], title: "Missing values"))
    }

    static func scatter() throws -> Figure {
        var draws = Draws(3)
        var x: [Double] = [], y: [Double] = [], c: [Int] = []
        for (i, center) in [(5.0, 3.4), (5.9, 2.8), (6.6, 3.0)].enumerated() {
            for _ in 0..<30 {
                x.append(center.0 + 0.35 * draws.normal())
                y.append(center.1 + 0.3 * draws.normal())
                c.append(i)
            }
        }
        let series = try Scatter.byClass(x: x, y: y, classes: c, names: ["setosa", "versicolor", "virginica"])
        return Figure(Panel(series, title: "Iris", xLabel: "sepal length (cm)", yLabel: "sepal width (cm)"))
    }

    static func scatterValues() throws -> Figure {
        var draws = Draws(4)
        let x = (0..<600).map { _ in draws.normal() }, y = x.map { 0.6 * $0 + 0.7 * draws.normal() }
        return Figure(
            Panel([try Scatter(x: x, y: y, values: zip(x, y).map { $0 + $1 }, name: "sum")], title: "600 points", xLabel: "x", yLabel: "y"))
    }

    static func bar() throws -> Figure {
        Figure(
            Panel(
                [try Bars(names: ["a", "b", "c", "d", "e", "f"], values: [3.2, 5.1, -1.4, 4, 0.3, 2])], title: "Bars", xLabel: "class",
                yLabel: "change"))
    }

    static func barGroups() throws -> Figure {
        let names = ["precision", "recall", "F1"]
        return Figure(
            Panel(
                [
                    try Bars(names: names, values: [0.91, 0.84, 0.87], name: "forest"),
                    try Bars(names: names, values: [0.88, 0.92, 0.90], name: "network"),
                    try Bars(names: names, values: [0.71, 0.65, 0.68], name: "baseline"),
                ], title: "Three models", yLabel: "score"))
    }

    static func barNames() throws -> Figure {
        let names = [
            "worst concave points", "worst perimeter", "mean concave points", "worst radius", "worst area", "mean perimeter",
            "mean radius", "area error",
        ]
        return Figure(
            Panel(
                [try Bars(names: names, values: [0.142, 0.131, 0.11, 0.098, 0.087, 0.05, 0.046, 0.031])],
                title: "Importance of features", yLabel: "share"))
    }

    static func histogram() throws -> Figure {
        var draws = Draws(5)
        return Figure(
            Panel([try Histogram((0..<2000).map { _ in 170 + 9 * draws.normal() })], title: "Heights", xLabel: "cm", yLabel: "count"))
    }

    static func histograms() throws -> Figure {
        var draws = Draws(6)
        var a = try Histogram((0..<800).map { _ in draws.normal() }, name: "before")
        var b = try Histogram((0..<1200).map { _ in 1.5 + 0.6 * draws.normal() }, name: "after")
        a.density = true
        b.density = true
        return Figure(Panel([a, b], title: "Activations", xLabel: "value", yLabel: "density"))
    }

    static func heatMap() throws -> Figure {
        let values = (0..<12).flatMap { r in (0..<24).map { c in sin(Double(r) / 3) * cos(Double(c) / 4) } }
        var map = HeatMap(try Grid(rows: 12, columns: 24, values: values))
        map.label = "attention"
        return Figure(Panel([map], title: "Heat map", xLabel: "key", yLabel: "query"))
    }

    static func heatMapNumbers() throws -> Figure {
        let names = ["mpg", "cyl", "disp", "hp", "wt"]
        let values: [Double] = [
            1, -0.78, -0.81, -0.78, -0.83, -0.78, 1, 0.95, 0.84, 0.90, -0.81, 0.95, 1, 0.90, 0.93, -0.78, 0.84, 0.90, 1, 0.86, -0.83,
            0.90, 0.93, 0.86, 1,
        ]
        var map = HeatMap(try Grid(rows: 5, columns: 5, values: values))
        map.numbers = true
        map.map = .diverging
        map.limits = Limits(-1, 1)
        map.rowNames = names
        map.columnNames = names
        map.label = "correlation"
        return Figure(Panel([map], title: "Correlations"))
    }

    private static func hills(_ n: Int) throws -> Grid {
        try Grid(
            rows: n, columns: n,
            values: (0..<n).flatMap { r in
                (0..<n).map { c in
                    let x = Double(c) / Double(n - 1) * 6 - 3, y = Double(r) / Double(n - 1) * 6 - 3
                    return 3 * (1 - x) * (1 - x) * exp(-x * x - (y + 1) * (y + 1))
                        - 10 * (x / 5 - x * x * x - pow(y, 5)) * exp(-x * x - y * y) - exp(-(x + 1) * (x + 1) - y * y) / 3
                }
            })
    }

    static func contour() throws -> Figure {
        var contour = try Contour(hills(50), x: Limits(-3, 3), y: Limits(-3, 3))
        contour.label = "loss"
        let path = try Line(x: [-2.2, -1.2, -0.4, 0.1, 0.2, 0.23], y: [0.4, -0.1, -0.7, -1.2, -1.5, -1.62], name: "descent")
        var marked = path
        marked.markers = true
        marked.color = Color(hex: 0xD55E00)
        return Figure(Panel([contour, marked], title: "Loss surface", xLabel: "w₁", yLabel: "w₂"))
    }

    static func contourLines() throws -> Figure {
        var contour = try Contour(hills(30), x: Limits(-3, 3), y: Limits(-3, 3))
        contour.filled = false
        return Figure(Panel([contour], title: "Contour lines"))
    }

    static func decision() throws -> Figure {
        var draws = Draws(7)
        let n = 120
        let classes = (0..<n).flatMap { r in
            (0..<n).map { c -> Int in
                let x = Double(c) / Double(n - 1) * 5 - 2, y = Double(r) / Double(n - 1) * 3 - 1
                return y > 0.4 + 0.7 * cos(x * 1.6) ? 0 : 1
            }
        }
        var x: [Double] = [], y: [Double] = [], labels: [Int] = []
        for i in 0..<120 {
            let t = Double.pi * draws.uniform(), upper = i % 2 == 0
            x.append((upper ? cos(t) : 1 - cos(t)) + 0.12 * draws.normal())
            y.append((upper ? sin(t) : 0.5 - sin(t)) + 0.12 * draws.normal())
            labels.append(upper ? 0 : 1)
        }
        let map = try DecisionMap(rows: n, columns: n, classes: classes, x: Limits(-2, 3), y: Limits(-1, 2))
            .with(x: x, y: y, classes: labels, names: ["upper moon", "lower moon"])
        return Figure(Panel([map], title: "Decision boundary", xLabel: "x₁", yLabel: "x₂"))
    }

    static func box() throws -> Figure {
        var draws = Draws(8)
        let groups = [(4.9, 0.35), (5.9, 0.5), (6.6, 0.62)].map { m, s in (0..<60).map { _ in m + s * draws.normal() } }
        return Figure(
            Panel([try Boxes(groups, names: ["setosa", "versicolor", "virginica"])], title: "Sepal length", yLabel: "cm"))
    }

    static func confusion() throws -> Figure {
        let names = ["T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
        var draws = Draws(9)
        var values = (0..<100).map { _ in (draws.uniform() * draws.uniform() * 30).rounded() }
        for i in 0..<10 { values[11 * i] = 850 + (draws.uniform() * 100).rounded() }
        values[6] = 121
        values[60] = 143
        return Figure(
            Panel(
                [try ConfusionMatrix(Grid(rows: 10, columns: 10, values: values), names: names)], title: "Fashion-MNIST", xLabel: "predicted",
                yLabel: "true"))
    }

    static func digit(_ k: Int, size n: Int = 28) throws -> Picture {
        let values = (0..<(n * n)).map { i -> Float in
            let x = (Float(i % n) - Float(n) / 2 + 0.5) / Float(n) * 2, y = (Float(i / n) - Float(n) / 2 + 0.5) / Float(n) * 2
            let r = (x * x + y * y * (1 + 0.2 * Float(k))).squareRoot()
            return max(0, 1 - abs(r - 0.55 + 0.03 * Float(k)) * 6)
        }
        return try Picture(floats: values, channels: 1, height: n, width: n, title: "class \(k)")
    }

    static func image() throws -> Figure {
        let n = 32
        var planes = Array(repeating: UInt8(0), count: 3 * n * n)
        for y in 0..<n {
            for x in 0..<n {
                planes[y * n + x] = UInt8(x * 8)
                planes[n * n + y * n + x] = UInt8(y * 8)
                planes[2 * n * n + y * n + x] = UInt8(128 + 100 * sin(Double(x * y) / 40))
            }
        }
        return Figure(Panel([ImageGrid(try Picture(bytes: planes, channels: 3, height: n, width: n))], title: "An image"))
    }

    static func images() throws -> Figure {
        var pictures: [Picture] = []
        for k in 0..<10 { pictures.append(try digit(k)) }
        return Figure(Panel([try ImageGrid(pictures, columns: 5)], title: "First ten"))
    }

    static func graph() throws -> Figure {
        let nodes = [
            "input\n[32, 64]", "Linear\n64 → 128", "ReLU", "Linear\n128 → 64", "add", "LayerNorm", "Linear\n64 → 10", "loss",
        ]
        let groups = [nil, 0, 1, 0, nil, 2, 0, nil]
        return Figure(
            Panel(
                [
                    try Graph(
                        nodes: zip(nodes, groups).map { .init($0, group: $1) },
                        edges: [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4), (4, 5), (5, 6), (6, 7)].map { .init($0.0, $0.1) })
                ], title: "A residual block"))
    }

    static func panels() throws -> Figure {
        var figure = try Figure(rows: 2, columns: 2, title: "One run")
        figure[0, 0] = try line().panels[0]
        figure[0, 1] = try histogram().panels[0]
        figure[1, 0] = try scatter().panels[0]
        figure[1, 1] = try lineLog().panels[0]
        return figure
    }
}
