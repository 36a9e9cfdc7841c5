import CLua
import Learning
import LuaKit
import Plotting

extension Bindings {
    /// The module `plot`.
    static var plot: Namespace {
        Namespace(
            "plot", "Figures, shown as text at once and saved as pictures.",
            details: "Each function takes tensors or tables, then options, shows its figure and returns it; figure:save(\"name.png\"), .svg or .pdf draws the same for print. "
                + "{show=false} only makes it. Functions of a figure add to it: plot.line(x, y, {show=false}):scatter(x, z):show().",
            example: "plot.line({1, 4, 9, 16}, {title=\"Squares\", xlabel=\"n\"})",
            foreignNames: [
                "plot": "line", "imshow": "image", "matshow": "heatmap", "pcolormesh": "heatmap", "histogram": "hist", "boxplot": "box", "barh": "bar", "bars": "bar", "lines": "line",
                "subplots": "figure", "subplot": "figure", "imagesc": "heatmap", "contourf": "contour", "confusion_matrix": "confusion", "points": "scatter", "show": "figure", "loglog": "line",
                "semilogy": "line", "semilogx": "line", "savefig": "figure", "heat_map": "heatmap", "violin": "box",
            ]
        ) {
            PlotKind.all.map(\.function)
            figureFunction
            FigureBox.declaration
            PanelBox.declaration
        }
    }

    private static var figureFunction: Function {
        let parameters = Function(
            raw: "", "", Param("rows", Int.self, default: 1, "panels below each other"), Param("cols", Int.self, default: 1, "panels side by side"), Param("title", String?.self, "above all panels")
        ) { _ in 0 }.declaration.parameters + PlotKind.figureOptions
        let names = parameters.map(\.name)
        var function = Function(
            raw: "plot.figure", "A figure of several panels, which figure:line(…) and the like fill one after the other; figures in the table are its first panels.",
            results: [FigureBox.luaType], returns: "figure", details: "It is shown as soon as its last panel is drawn.",
            example: "local figure = plot.figure{rows=1, cols=2, title=\"Powers\"}\nfigure:line({1, 4, 9}, {title=\"squares\"})\nfigure:line({1, 8, 27}, {title=\"cubes\"})", see: ["plot.Figure", "plot.Figure:save"]
        ) { call in
            let arguments = try PlotArguments(call, "plot.figure", names: names)
            var given: [LuaValue] = []
            for value in arguments.values {
                if case .table(let table) = value { given += table.elements } else { given.append(value) }
            }
            let numbers = given.compactMap(\.int)
            if !numbers.isEmpty, numbers.count != given.count || numbers.count > 2 || !numbers.allSatisfy((1...1000).contains) {
                throw arguments.error("takes numbers of rows and columns, each 1..1000, or figures")
            }
            let panels = try given.filter { $0.int == nil }.flatMap { value -> [Panel] in
                guard case .object(let box as FigureBox) = value else { throw arguments.error("panels must be figures, got \(arguments.describe(value))") }
                return (0..<(box.figure.rows * box.figure.columns)).map { box[$0] }
            }
            let rows = try arguments.integer("rows", 1...1000) ?? numbers.first, columns = try arguments.integer("cols", 1...1000) ?? (numbers.count > 1 ? numbers[1] : nil)
            let across = columns ?? max(1, (panels.count + (rows ?? 1) - 1) / (rows ?? 1)), down = rows ?? max(1, (panels.count + across - 1) / across)
            let box = FigureBox(try Figure(rows: down, columns: across, title: arguments.text("title")))
            guard panels.count <= down * across else { throw arguments.error("\(panels.count) panels do not fit \(down) rows and \(across) columns") }
            for (i, panel) in panels.enumerated() { box[i] = panel }
            box.figure.size = try arguments.size()
            return try box.handedOver(to: call, show: (arguments.flag("show") ?? true) && !panels.isEmpty && box.isFull)
        }
        function.declaration.parameters = parameters
        return function
    }
}
