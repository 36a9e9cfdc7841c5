import LuaKit
import Plotting
import Tensors

/// A row of the table of plots: from it come the function `plot.line` and the method `figure:line`.
struct PlotKind {
    let name: String
    let summary: String
    let parameters: [Parameter]
    let details: String
    /// Arguments of an example, and what stands before it.
    let arguments: String
    let before: String
    /// What the arguments draw; titles and axes are added from the options.
    let panel: (PlotArguments) throws -> Panel

    init<each A: LuaArgument>(
        _ name: String, _ summary: String, _ parameters: repeat Param<each A>, details: String = "", example: String, before: String = "",
        panel: @escaping (PlotArguments) throws -> Panel
    ) {
        self.name = name
        self.summary = summary
        self.parameters = Function(raw: "", "", repeat each parameters) { _ in 0 }.declaration.parameters
        self.details = details
        arguments = example
        self.before = before
        self.panel = panel
    }

    static var all: [PlotKind] { series + grids + others }

    /// What every plot takes.
    private static var panelOptions: [Parameter] { Function(
        raw: "", "", Param("title", String?.self, "above the axes"), Param("xlabel", String?.self, "below the axes"), Param("ylabel", String?.self, "beside the axes"),
        Param("log", LogAxes?.self, "axes that are logarithmic"),
        Param("xlim", [Double]?.self, "ends of the x axis, {low, high}"), Param("ylim", [Double]?.self, "ends of the y axis, {low, high}"),
        Param("legend", LegendPlace?.self, "where names are explained; false: nowhere"), Param("grid", Bool?.self, "faint lines at the ticks, in files"),
        Param("equal", Bool?.self, "whether a unit is as long on both axes, in files")
    ) { _ in 0 }.declaration.parameters }
    static var figureOptions: [Parameter] { Function(
        raw: "", "", Param("show", Bool.self, default: true, "whether it is shown at once"), Param("size", [Double]?.self, "width and height of a file in points, 72 to an inch")
    ) { _ in 0 }.declaration.parameters }

    /// `plot.line(…)`: draws and shows a figure of one panel.
    var function: Function {
        let all = parameters + PlotKind.panelOptions + PlotKind.figureOptions, names = all.map(\.name)
        var function = Function(
            raw: "plot.\(name)", summary, results: [FigureBox.luaType], returns: "figure", details: details,
            example: before + "plot.\(name)(\(arguments))", see: ["plot.figure", "plot.Figure:save"]
        ) { call in
            let arguments = try PlotArguments(call, "plot.\(name)", names: names)
            let box = FigureBox(Figure())
            try box.draw(panel(arguments), arguments, at: 0)
            box.figure.size = try arguments.size()
            return try box.handedOver(to: call, show: arguments.flag("show") ?? true)
        }
        function.declaration.parameters = all
        return function
    }

    /// `figure:line(…)`: draws into the next empty panel, or over what is in the only one.
    var method: Function {
        method(FigureBox.self, before + "local figure = plot.figure()\nfigure:\(name)(\(arguments))\nfigure:show()") { ($0, $0.next) }
    }

    /// `figure[1]:line(…)`.
    var panelMethod: Function {
        method(PanelBox.self, before + "local figure = plot.figure{rows=1, cols=2}\nfigure[2]:\(name)(\(arguments))\nfigure:show()") { ($0.figure, $0.index) }
    }

    private func method<Box: LuaObject>(_ type: Box.Type, _ example: String, _ place: @escaping (Box) -> (FigureBox, Int)) -> Function {
        let shared = parameters + PlotKind.panelOptions, names = shared.map(\.name)
        var function = Function(raw: name, "In a panel: \(summary.prefix(1).lowercased())\(summary.dropFirst())", Param("self", Box.self), results: [FigureBox.luaType], returns: "the figure", details: details, example: example, see: ["plot.\(name)"]) { call in
            let (box, index) = place(try Box.read(call, at: 1))
            let arguments = try PlotArguments(call, "plot.\(name)", from: 2, names: names), wasFull = box.isFull
            try box.draw(panel(arguments), arguments, at: index)
            return try box.handedOver(to: call, show: !wasFull && box.isFull && box.figure.rows * box.figure.columns > 1)
        }
        function.declaration.parameters += shared
        return function
    }
}

/// Which axes are logarithmic.
enum LogAxes: String, CaseIterable, LuaOption { case x, y, xy }

/// Where a legend stands.
enum LegendPlace: String, CaseIterable, LuaOption {
    case automatic, none, top_left, top_right, bottom_left, bottom_right, outside

    var legend: Legend {
        switch self {
        case .automatic: .automatic
        case .none: .hidden
        case .top_left: .topLeft
        case .top_right: .topRight
        case .bottom_left: .bottomLeft
        case .bottom_right: .bottomRight
        case .outside: .outside
        }
    }
}

extension PlotArguments {
    /// Sets what the options say of title and axes.
    func apply(to panel: inout Panel) throws {
        if let title = try text("title") { panel.title = title }
        if let label = try text("xlabel") { panel.xLabel = label }
        if let label = try text("ylabel") { panel.yLabel = label }
        if let limits = try limits("xlim") { panel.xLimits = limits }
        if let limits = try limits("ylim") { panel.yLimits = limits }
        if let grid = try flag("grid") { panel.grid = grid }
        if let equal = try flag("equal") { panel.equalUnits = equal }
        if let log: LogAxes = try choice("log") {
            if log != .y { panel.xScale = .log }
            if log != .x { panel.yScale = .log }
        }
        if case .boolean(let isShown)? = options["legend"] {
            panel.legend = isShown ? .automatic : .hidden
        } else if let place: LegendPlace = try choice("legend") {
            panel.legend = place.legend
        }
    }

    func size() throws -> Size? {
        guard let sides = try list("size") else { return nil }
        guard sides.count == 2, sides.allSatisfy({ $0 >= 36 && $0 <= 7200 }) else { throw error("option 'size' must be {width, height} in points, each 36..7200") }
        return Size(width: sides[0], height: sides[1])
    }

    func choice<T: LuaOption>(_ name: String) throws -> T? {
        guard let value = options[name], !value.isNil else { return nil }
        if let choice = value.text.flatMap({ T(rawValue: $0) }) { return choice }
        throw error("option '\(name)' must be \(T.luaType.phrase), got \(describe(value))")
    }
}
