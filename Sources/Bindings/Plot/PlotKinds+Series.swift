import LuaKit
import Plotting
import Tensors

/// One of several series: its values and the options of its own.
private struct Series {
    var x: [Double]?
    var y: [Double]
    var style: PlotArguments
    var label: String?
}

extension PlotKind {
    /// Lines, points, bars, distributions.
    static var series: [PlotKind] { [
        PlotKind(
            "line", "Lines through points: one series of y over x or over 1, 2, …, or several.",
            Param("x", [Double]?.self, "places; or several series {x, y, label=, color=, dashed=, markers=, width=}, {y, label=}"), Param("y", [Double]?.self, "values; the columns of a tensor [N, D] are series"),
            Param("label", LabelList?.self, "what the legend calls it; a table of names for the columns"), Param("color", String?.self, "a name such as \"orange\", or \"#0072B2\""), Param("dashed", Bool?.self, "whether the line is dashed"),
            Param("markers", Bool?.self, "whether each point has a mark"), Param("width", Double?.self, "of the line in files, in points"),
            details: "Values that are not finite are gaps.",
            example: "{ {{1, 4, 9}, label=\"squares\"}, {{1, 8, 27}, label=\"cubes\"}, title=\"Powers\", log=\"y\" }"
        ) { arguments in
            Panel(try series(arguments, ["label", "color", "dashed", "markers", "width"]).map { part in
                var line = try part.x.map { try Line(x: $0, y: part.y, name: part.label) } ?? Line(part.y, name: part.label)
                line.color = try part.style.color()
                line.dashed = try part.style.flag("dashed") ?? false
                line.markers = try part.style.flag("markers") ?? false
                line.width = try part.style.width() ?? line.width
                return line
            })
        },
        PlotKind(
            "scatter", "Points: one series, several, or one for each class.",
            Param("x", [Double]?.self, "places; a tensor [N, 2] of points; or several series {x, y, label=, color=, marker=, size=}"), Param("y", [Double]?.self, "values; after a tensor of points the class of each"),
            Param("label", String?.self, "what the legend calls it"), Param("color", String?.self, "a name such as \"orange\", or \"#0072B2\""), Param("marker", MarkerName?.self, "the form of the points"),
            Param("point_size", Double?.self, "diameter in files, in points"), Param("values", [Double]?.self, "numbers shown as the points' colours"), Param("colormap", String?.self, "for values: \"viridis\", \"blues\", \"diverging\" or \"gray\""),
            Param("labels", Tensor?.self, shape: "[N]", "the class of each point"), Param("classes", [String]?.self, "names of the classes"),
            example: "x, y, {classes={\"inner\", \"outer\"}}", before: "local x, y = tensor.randn(20, 2), tensor.randint(1, 2, {20})\n", panel: scatter),
        PlotKind(
            "bar", "Bars for numbers with names; several series stand side by side.",
            Param("names", [String]?.self, "names; 1, 2, … when left out"), Param("values", [Double]?.self, "heights; or several series {values, label=, color=}"), Param("labels", [String]?.self, "names, where they are not given in front"),
            Param("label", String?.self, "what the legend calls it"), Param("color", String?.self, "a name such as \"orange\", or \"#0072B2\""), Param("horizontal", Bool?.self, "whether bars lie"),
            example: "{\"cat\", \"dog\"}, {3, 5}, {ylabel=\"how many\"}", panel: bars),
        PlotKind(
            "hist", "How many values fall into each of a row of bins.",
            Param("values", [Double].self, "numbers; or several series {values, label=, color=}, which share their bins"), Param("bins", Int?.self, "number of bins; chosen from the values when left out"),
            Param("density", Bool?.self, "shares per unit in place of counts"), Param("label", String?.self, "what the legend calls it"), Param("color", String?.self, "a name such as \"orange\", or \"#0072B2\""),
            example: "tensor.randn(200), {bins=12, xlabel=\"z\"}"
        ) { arguments in
            let bins = try arguments.integer("bins", 1...100_000) ?? arguments.bins()
            return Panel(try lists(arguments, ["label", "color"]).map { part in
                var histogram = try Histogram(part.y, bins: bins, name: part.label)
                histogram.color = try part.style.color()
                histogram.density = try arguments.flag("density") ?? false
                return histogram
            }, yLabel: try arguments.flag("density") == true ? "density" : "count")
        },
        PlotKind(
            "box", "Median, quartiles, whiskers and outliers of groups of values (Tukey).",
            Param("groups", [[Double]].self, "a table of lists, the columns of a tensor [N, D], or one list"), Param("labels", [String]?.self, "names of the groups"), Param("color", String?.self, "a name such as \"orange\", or \"#0072B2\""), Param("horizontal", Bool?.self, "whether boxes lie"),
            example: "{tensor.randn(30), tensor.randn(30) + 2}, {labels={\"before\", \"after\"}}"
        ) { arguments in
            let parts = try lists(arguments, ["label"])
            let own = parts.compactMap(\.label)
            var boxes = try Boxes(parts.map(\.y), names: arguments.names("labels") ?? (own.count == parts.count ? own : nil))
            boxes.color = try arguments.color()
            boxes.horizontal = try arguments.flag("horizontal") ?? false
            return Panel([boxes])
        },
    ] }

    private static func scatter(_ arguments: PlotArguments) throws -> Panel {
        var arguments = arguments
        // Points [N, 2], perhaps with their classes.
        if case .object(let points as Tensor)? = arguments.values.first, points.rank == 2, points.count != points.shape.max() {
            guard points.shape[1] == 2 else {
                throw arguments.error("points have 2 coordinates, got \(points.luaBrief); choose two columns, such as x[\":, 1:2\"], or reduce them with data.PCA(2)")
            }
            try arguments.noMore(than: 2)
            let grid = try arguments.grid(arguments.values[0], "x")
            let columns = (0..<2).map { c in stride(from: c, to: grid.values.count, by: 2).map { grid.values[$0] } }
            if arguments.values.count == 2 { arguments.options["labels"] = arguments.values[1] }
            arguments.values = columns.map { .object((try? Tensor($0)) ?? points) }
        }
        if let labels = arguments.options["labels"], !labels.isNil {
            try arguments.noMore(than: 2)
            let x = try arguments.numbers(arguments.value(0, "x", "a list of numbers"), "x"), y = try arguments.numbers(arguments.value(1, "y", "a list of numbers"), "y")
            return Panel(try Scatter.byClass(x: x, y: y, classes: arguments.labels(labels, "labels"), names: arguments.names("classes") ?? [], base: 1))
        }
        return Panel(try series(arguments, ["label", "color", "marker", "point_size", "values", "colormap"]).map { part in
            let x = part.x ?? part.y.indices.map { Double($0 + 1) }
            var scatter = try Scatter(x: x, y: part.y, values: part.style.list("values"), name: part.label)
            scatter.color = try part.style.color()
            scatter.marker = try (part.style.choice("marker") as MarkerName?).flatMap { Marker(rawValue: $0.rawValue) }
            scatter.map = try part.style.colorMap() ?? .viridis
            scatter.size = try part.style.number("point_size")
            if let size = scatter.size, !(0.1...100).contains(size) { throw arguments.error("option 'point_size' must be 0.1..100, got \(size)") }
            return scatter
        })
    }

    private static func bars(_ arguments: PlotArguments) throws -> Panel {
        var arguments = arguments
        try arguments.noMore(than: 2)
        var names = try arguments.names("labels")
        if arguments.values.count == 2 {
            arguments.options["labels"] = arguments.values.removeFirst()
            names = try arguments.names("labels")
        }
        let horizontal = try arguments.flag("horizontal") ?? false
        return Panel(try lists(arguments, ["label", "color"]).map { part in
            var bars = try names.map { try Bars(names: $0, values: part.y, name: part.label) } ?? Bars(part.y, name: part.label)
            bars.color = try part.style.color()
            bars.horizontal = horizontal
            return bars
        })
    }

    /// Series of points: `x, y`; `y`; the columns of a tensor; a table of series, or several of them.
    private static func series(_ arguments: PlotArguments, _ names: [String]) throws -> [Series] {
        let first = try arguments.value(0, "x", "a list of numbers, a tensor, or a table of series")
        if case .table(let table) = first, arguments.holdsLists(first) {
            try arguments.noMore(than: 1)
            return try table.elements.map { try one($0, arguments, names) }
        }
        if case .table(let table) = first, table[1].text != nil { return try arguments.values.map { try one($0, arguments, names) } }
        try arguments.noMore(than: 2)
        let last = arguments.values[arguments.values.count - 1]
        let x = try arguments.values.count == 2 ? arguments.numbers(first, "x") : nil
        let labels = try arguments.columnLabels()
        if case .object(let tensor as Tensor) = last, tensor.rank == 2, tensor.count != tensor.shape.max() {
            let grid = try arguments.grid(last, "y")
            guard grid.columns <= 100 else { throw arguments.error("each column of 'y' is a series; up to 100 can be told apart, got \(tensor.luaBrief)") }
            return (0..<grid.columns).map { c in
                let column = stride(from: c, to: grid.values.count, by: grid.columns).map { grid.values[$0] }
                return Series(x: x, y: column, style: arguments, label: labels.indices.contains(c) ? labels[c] : nil)
            }
        }
        return [Series(x: x, y: try arguments.numbers(last, "y"), style: arguments, label: labels.first)]
    }

    /// A series given as `{x, y, label=}`, `{y, label=}`, `{"label", x, y}`, or just its y.
    private static func one(_ value: LuaValue, _ arguments: PlotArguments, _ names: [String]) throws -> Series {
        guard case .table(let table) = value, table[1].double == nil || table.count == 0 else {
            return Series(y: try arguments.numbers(value, "y"), style: arguments.plain)
        }
        var part = try arguments.part(table, names: names)
        var label = try part.text("label")
        if let text = part.values.first?.text {
            label = label ?? text
            part.values.removeFirst()
        }
        try part.noMore(than: 2)
        let y = try part.numbers(part.value(part.values.count - 1 == 1 ? 1 : 0, "y", "a list of numbers"), "y")
        return Series(x: try part.values.count == 2 ? part.numbers(part.values[0], "x") : nil, y: y, style: part, label: label)
    }

    /// Lists of numbers: one, the columns of a tensor, or a table of lists, each perhaps with options.
    private static func lists(_ arguments: PlotArguments, _ names: [String]) throws -> [Series] {
        let first = try arguments.value(0, "values", "a list of numbers or a tensor")
        if case .table(let table) = first, arguments.holdsLists(first) {
            return try table.elements.map { element in
                guard case .table(let inner) = element, inner[1].double == nil else { return Series(y: try arguments.numbers(element, "values"), style: arguments.plain) }
                let part = try arguments.part(inner, names: names)
                try part.noMore(than: 1)
                return Series(y: try part.numbers(part.value(0, "values", "a list of numbers"), "values"), style: part, label: try part.text("label"))
            }
        }
        if case .object(let tensor as Tensor) = first, tensor.rank == 2, tensor.count != tensor.shape.max() {
            let grid = try arguments.grid(first, "values")
            guard grid.columns <= 100 else { throw arguments.error("each column is a series; up to 100 can be told apart, got \(tensor.luaBrief)") }
            return (0..<grid.columns).map { c in Series(y: stride(from: c, to: grid.values.count, by: grid.columns).map { grid.values[$0] }, style: arguments) }
        }
        return [Series(y: try arguments.numbers(first, "values"), style: arguments, label: try arguments.text("label"))]
    }
}

/// The form of points.
enum MarkerName: String, CaseIterable, LuaOption { case circle, cross, square, triangle, plus, diamond }

/// A name, or a table of names.
typealias LabelList = OneOrMany<String>

extension PlotArguments {
    /// The same call without options, for series that have none of their own.
    fileprivate var plain: PlotArguments {
        var copy = self
        copy.options = [:]
        return copy
    }

    fileprivate func columnLabels() throws -> [String] {
        if case .table? = options["label"] { return try names("label") ?? [] }
        return try text("label").map { [$0] } ?? []
    }

    fileprivate func width() throws -> Double? {
        guard let width = try number("width") else { return nil }
        guard (0.05...50).contains(width) else { throw error("option 'width' must be 0.05..50, got \(width)") }
        return width
    }

    /// The number of bins as second value.
    fileprivate func bins() throws -> Int? {
        try noMore(than: 2)
        guard values.count == 2 else { return nil }
        guard let bins = values[1].int, (1...100_000).contains(bins) else { throw error("'bins' must be a whole number in 1..100000, got \(describe(values[1]))") }
        return bins
    }
}
