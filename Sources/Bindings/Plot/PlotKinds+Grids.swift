import Learning
import LuaKit
import Plotting
import Tensors

extension PlotKind {
    /// Numbers in rows and columns, and pictures.
    static var grids: [PlotKind] { [
        PlotKind(
            "heatmap", "A colour for each number of a matrix; row 1 is at the top.",
            Param("values", Tensor.self, shape: "[rows, columns]", "a tensor or a table of rows"), Param("colormap", String?.self, "\"viridis\", \"blues\", \"diverging\" or \"gray\""),
            Param("limits", [Double]?.self, "numbers that get the first and last colours, {low, high}"), Param("numbers", Bool?.self, "whether numbers are written in the cells"),
            Param("scale", ColorScale?.self, "how numbers become colours"), Param("rows", [String]?.self, "names of the rows"), Param("columns", [String]?.self, "names of the columns"), Param("label", String?.self, "beside the scale of colours"),
            example: "tensor{{1, 0.2}, {0.2, 1}}, {rows={\"a\", \"b\"}, columns={\"a\", \"b\"}, numbers=true}"
        ) { arguments in
            try arguments.noMore(than: 1)
            let grid = try arguments.grid(arguments.value(0, "values", "a tensor [rows, columns]"), "values")
            var map = HeatMap(grid)
            map.map = try arguments.colorMap() ?? .viridis
            map.limits = try arguments.limits("limits") ?? Limits()
            map.numbers = try arguments.flag("numbers") ?? false
            map.scale = try (arguments.choice("scale") as ColorScale?) == .log ? .log : .linear
            map.rowNames = try arguments.cellNames("rows", grid.rows)
            map.columnNames = try arguments.cellNames("columns", grid.columns)
            map.label = try arguments.text("label")
            return Panel([map])
        },
        PlotKind(
            "image", "A picture: gray, or red, green and blue.",
            Param("image", Tensor.self, shape: "[H, W] or [C, H, W]", "C is 1, 3 or 4; bytes, or numbers from 0 to 1"), Param("range", [Double]?.self, "numbers that are black and white, {low, high}; 0 and 1, 0 and 255, or least and largest when left out"),
            example: "tensor.rand(1, 8, 8)"
        ) { arguments in
            try arguments.noMore(than: 1)
            return Panel([ImageGrid(try arguments.picture(arguments.value(0, "image", "a tensor [H, W] or [C, H, W]"), "image", title: nil))])
        },
        PlotKind(
            "images", "Pictures side by side, each with its label.",
            Param("images", Tensor.self, shape: "[N, C, H, W] or [N, H, W]", "or a table of pictures"), Param("labels", Tensor?.self, shape: "[N]", "names, or class labels"), Param("classes", [String]?.self, "names of the classes"),
            Param("columns", Int?.self, "pictures in a row"), Param("count", Int.self, default: 64, "the most that are shown"), Param("range", [Double]?.self, "numbers that are black and white, {low, high}"),
            example: "tensor.rand(4, 1, 6, 6), {labels={\"a\", \"b\", \"c\", \"d\"}, columns=4}", panel: images),
        PlotKind(
            "contour", "Lines of equal value of a function of x and y.",
            Param("values", Tensor.self, shape: "[rows, columns]", "values, row 1 at the low end of y; or a function f(x, y) of two numbers"), Param("x", [Double]?.self, "ends of x, {low, high}, or the place of each column"), Param("y", [Double]?.self, "ends of y, or the place of each row"),
            Param("levels", [Double]?.self, "values of the lines; about eight round ones when left out"), Param("filled", Bool.self, default: true, "colours between the lines"), Param("colormap", String?.self, "\"viridis\", \"blues\", \"diverging\" or \"gray\""), Param("label", String?.self, "beside the scale of colours"),
            details: "x, y, values is understood too, as other libraries order them.",
            example: "function(x, y) return x^2 + 3 * y^2 end, {x={-2, 2}, y={-1, 1}}", panel: contour),
        PlotKind(
            "confusion", "A confusion matrix: true classes down, predicted ones across, each row shaded by its shares.",
            Param("matrix", Tensor.self, "counts [C, C], what metrics.confusion_matrix gives, or predictions"), Param("targets", Tensor?.self, shape: "[N]", "after predictions: the true labels"),
            Param("classes", [String]?.self, "names of the classes"), Param("normalized", Bool?.self, "shares of each true class in per cent in place of counts"),
            example: "tensor{1, 2, 2, 1}, tensor{1, 2, 1, 1}, {classes={\"cat\", \"dog\"}}", panel: confusion),
    ] }

    private static func images(_ arguments: PlotArguments) throws -> Panel {
        try arguments.noMore(than: 2)
        let first = try arguments.value(0, "images", "a tensor [N, C, H, W] or [N, H, W]")
        let most = try arguments.integer("count", 1...2000) ?? 64
        var pictures: [LuaValue]
        switch first {
        case .object(let tensor as Tensor):
            guard tensor.rank == 3 || tensor.rank == 4 else { throw arguments.error("'images' must be [N, C, H, W] or [N, H, W], got \(tensor.luaBrief)") }
            pictures = try (0..<min(most, tensor.shape[0])).map { .object(try tensor.detach().select(0, $0)) }
        case .table(let table): pictures = (0..<min(most, table.count)).map { table[$0 + 1] }
        default: throw arguments.error("'images' must be a tensor or a table of pictures, got \(arguments.describe(first))")
        }
        var titles: [String]?
        if let given = arguments.values.count == 2 ? arguments.values[1] : arguments.options["labels"], !given.isNil {
            if case .table(let table) = given, table[1].text != nil {
                titles = table.elements.map { $0.text ?? "" }
            } else {
                let classes = try arguments.names("classes") ?? []
                titles = try arguments.labels(given, "labels").map { classes.indices.contains($0) ? classes[$0] : "\($0 + 1)" }
            }
        }
        if let titles, titles.count < pictures.count { throw arguments.error("\(titles.count) labels for \(pictures.count) pictures") }
        let grid = try pictures.enumerated().map { i, picture in try arguments.picture(picture, "images", title: titles?[i]) }
        return Panel([try ImageGrid(grid, columns: arguments.integer("columns", 1...1000))])
    }

    private static func contour(_ arguments: PlotArguments) throws -> Panel {
        var arguments = arguments
        try arguments.noMore(than: 3)
        // x, y, values, as other libraries order them.
        if arguments.values.count == 3, arguments.isGrid(arguments.values[2]) { arguments.values = [arguments.values[2], arguments.values[0], arguments.values[1]] }
        for (i, name) in ["x", "y"].enumerated() where arguments.values.count > i + 1 { arguments.options[name] = arguments.values[i + 1] }
        func ends(_ name: String, _ limits: String) throws -> Limits? {
            guard let places = try arguments.list(name) else { return try arguments.limits(limits) }
            guard let low = places.first, let high = places.last, places.count > 1 else { throw arguments.error("'\(name)' must be two ends or more") }
            return Limits(low, high)
        }
        let x = try ends("x", "xlim"), y = try ends("y", "ylim")
        let first = try arguments.value(0, "values", "a tensor [rows, columns] or a function")
        var contour: Contour
        if case .function(let function) = first {
            let x = x ?? Limits(-1, 1), y = y ?? Limits(-1, 1), n = 100
            func place(_ limits: Limits, _ i: Int) -> Double { (limits.low ?? 0) + ((limits.high ?? 1) - (limits.low ?? 0)) * Double(i) / Double(n - 1) }
            let values = try (0..<(n * n)).map { i -> Double in
                let result = try function.call([.number(place(x, i % n)), .number(place(y, i / n))]).first ?? .nil
                if case .object(let tensor as Tensor) = result, let number = tensor.luaNumber?.double { return number }
                guard let number = result.double else { throw arguments.error("the function must return a number, it returned \(arguments.describe(result))") }
                return number
            }
            contour = try Contour(Grid(rows: n, columns: n, values: values), x: x, y: y)
        } else {
            let grid = try arguments.grid(first, "values")
            contour = try Contour(grid, x: x ?? Limits(1, Double(grid.columns)), y: y ?? Limits(1, Double(grid.rows)))
        }
        contour.levels = try arguments.list("levels")
        contour.filled = try arguments.flag("filled") ?? true
        contour.map = try arguments.colorMap() ?? .viridis
        contour.label = try arguments.text("label")
        return Panel([contour])
    }

    private static func confusion(_ arguments: PlotArguments) throws -> Panel {
        try arguments.noMore(than: 2)
        let first = try arguments.value(0, "matrix", "counts [C, C], or predictions before targets")
        let names = try arguments.names("classes")
        var grid: Grid, found: [String]?
        if arguments.values.count == 2 {
            guard case .object(let predictions as Tensor) = first, case .object(let targets as Tensor) = arguments.values[1] else {
                throw arguments.error("predictions and targets must be tensors, got \(arguments.describe(first)) and \(arguments.describe(arguments.values[1]))")
            }
            let measure = Metrics.confusionMatrix(classes: names.map { Array($0.indices) }, names: names)
            guard case .confusion(let matrix) = try MetricBox(measure, .classes).result(of: predictions, targets).value else { throw arguments.error("there is no matrix") }
            let box = ConfusionBox(matrix)
            (grid, found) = (try box.grid, box.names)
        } else if case .object(let box as ConfusionBox) = first {
            (grid, found) = (try box.grid, box.names)
        } else {
            grid = try arguments.grid(first, "matrix")
        }
        var mark = try Plotting.ConfusionMatrix(grid, names: names ?? found)
        mark.normalized = try arguments.flag("normalized") ?? false
        return Panel([mark], xLabel: "predicted", yLabel: "true")
    }
}

/// How numbers become colours.
enum ColorScale: String, CaseIterable, LuaOption { case linear, log }

extension ConfusionBox {
    var grid: Grid {
        get throws { try Grid(rows: matrix.classes.count, columns: matrix.classes.count, values: matrix.counts.flatMap { $0.map { Double($0) } }) }
    }
}

extension PlotArguments {
    fileprivate func cellNames(_ name: String, _ count: Int) throws -> [String]? {
        guard let names = try names(name) else { return nil }
        guard names.count == count else { throw error("option '\(name)' has \(names.count) names for \(count) \(name)") }
        return names
    }

    fileprivate func isGrid(_ value: LuaValue) -> Bool {
        if case .object(let tensor as Tensor) = value { return tensor.rank == 2 }
        return holdsLists(value)
    }

    /// A picture [H, W] or [C, H, W].
    func picture(_ value: LuaValue, _ name: String, title: String?) throws -> Picture {
        guard case .object(let tensor as Tensor) = value else {
            let grid = try grid(value, name)
            return try Picture(floats: grid.values.map { Float($0) }, channels: 1, height: grid.rows, width: grid.columns, range: range(), title: title)
        }
        guard tensor.rank == 2 || tensor.rank == 3 else { throw error("a picture is [H, W] or [C, H, W], got \(tensor.luaBrief)") }
        let shape = tensor.rank == 2 ? [1] + tensor.shape : tensor.shape
        if tensor.dtype == .uint8, try range() == nil {
            let bytes = try tensor.detach().contiguous().withElements(UInt8.self) { Array($0) }
            return try Picture(bytes: bytes, channels: shape[0], height: shape[1], width: shape[2], title: title)
        }
        let floats = try tensor.detach().to(.float32).contiguous().withElements(Float.self) { Array($0) }
        return try Picture(floats: floats, channels: shape[0], height: shape[1], width: shape[2], range: range(), title: title)
    }

    private func range() throws -> ClosedRange<Float>? {
        guard let limits = try limits("range") else { return nil }
        guard let low = limits.low, let high = limits.high, low < high, low.isFinite, high.isFinite else { throw error("option 'range' must be {low, high} with low < high") }
        return Float(low)...Float(high)
    }
}
