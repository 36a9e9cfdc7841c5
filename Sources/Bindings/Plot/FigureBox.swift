import Glibc
import Learning
import LuaKit
import Plotting

/// A figure, as Lua holds it.
final class FigureBox: LuaObject {
    var figure: Figure { didSet { changes += 1 } }
    /// How often it was changed, and when it was last shown.
    private var changes = 0
    private var shown: (entry: Int, changes: Int)?

    init(_ figure: Figure) { self.figure = figure }

    var luaBrief: String { "a figure" }

    /// The panels that hold nothing yet, by number from 0.
    private var empty: [Int] { (0..<(figure.rows * figure.columns)).filter { self[$0].marks.isEmpty } }
    var isFull: Bool { empty.isEmpty }
    /// The next empty panel, or the last.
    var next: Int { empty.first ?? figure.rows * figure.columns - 1 }

    /// The panel with that number from 0, row by row.
    subscript(index: Int) -> Panel {
        get { figure[index / figure.columns, index % figure.columns] }
        set { figure[index / figure.columns, index % figure.columns] = newValue }
    }

    /// Adds what a panel holds to the one with that number; all or nothing.
    func draw(_ drawn: Panel, _ arguments: PlotArguments, at index: Int) throws {
        var panel = self[index]
        panel.marks += drawn.marks
        panel.title = drawn.title ?? panel.title
        panel.xLabel = drawn.xLabel ?? panel.xLabel
        panel.yLabel = drawn.yLabel ?? panel.yLabel
        panel.equalUnits = panel.equalUnits || drawn.equalUnits
        if drawn.xLimits != Limits() { panel.xLimits = drawn.xLimits }
        if drawn.yLimits != Limits() { panel.yLimits = drawn.yLimits }
        if drawn.xScale == .log { panel.xScale = .log }
        if drawn.yScale == .log { panel.yScale = .log }
        try arguments.apply(to: &panel)
        // What cannot be drawn is refused here, where its line is known.
        _ = try Figure(panel).text(on: Plotting.Terminal(width: 40, unicode: false))
        self[index] = panel
    }

    /// Writes the figure where output goes.
    func show(in runtime: Runtime) throws {
        let presentation = Presentation.of(runtime)
        runtime.write(try figure.shown(on: presentation.terminal))
        shown = (presentation.entry, changes)
    }

    /// Gives the figure to Lua, shown or not.
    func handedOver(to call: Call, show isShown: Bool) throws -> Int32 {
        if isShown { try show(in: call.runtime) }
        return push(to: call)
    }

    /// Whether the figure as it is was shown since that entry of the prompt began.
    func wasShown(inEntry entry: Int) -> Bool { shown.map { $0 == (entry, changes) } ?? false }

    static var declaration: Class {
        Class(
            FigureBox.self, "plot.Figure", "Panels with axes, shown as text and saved as pictures.", noun: "figure",
            details: "figure:line(…) and the like draw into the next empty panel, or over what is in the only one; figure[2] and figure[{row, column}] are panels with the same functions. "
                + "A figure of several panels is shown when the last of them is drawn, and whenever show() is called.",
            example: "local figure = plot.figure{rows=1, cols=2, title=\"Two\"}\nfigure:line({1, 4, 9})\nfigure:hist({1, 2, 2, 3})",
            index: { call in
                guard let box = call.object(at: 1, as: FigureBox.self), call.text(at: 2) == nil else { return false }
                call.push(object: PanelBox(box, try box.place(call)))
                return true
            },
            foreignNames: ["savefig": "save", "plot": "line", "imshow": "heatmap", "subplot": "Figure", "add_subplot": "Figure"],
            members: {
                PlotKind.all.map(\.method)
                Function("save", "Writes the figure to a file whose name ends in .png, .svg or .pdf.", Param("self", FigureBox.self), Param("path", String.self), Param("scale", Double.self, default: 2, "pixels to a point in .png"),
                    returns: "the figure", example: "local path = os.tmpname() .. \".svg\"\nplot.line({1, 4, 9}, {show=false}):save(path)\nos.remove(path)") { (call: Call, box: FigureBox, path: String, scale: Double) -> FigureBox in
                    guard scale > 0.05, scale <= 20 else { throw LearningError.argument("save", "scale must be 0.05..20, got \(scale)") }
                    try box.figure.save(to: path, scale: scale)
                    return box
                }
                Function("show", "Shows the figure.", Param("self", FigureBox.self), returns: "the figure", example: "plot.line({1, 4, 9}, {show=false}):show()") { (call: Call, box: FigureBox) -> FigureBox in
                    try box.show(in: call.runtime)
                    return box
                }
                Function(raw: "__tostring", "The figure as text.", Param("self", FigureBox.self), results: [.string]) { call in
                    var text = try FigureBox.read(call, at: 1).figure.text(on: Presentation.of(call.runtime).terminal)
                    if text.hasSuffix("\n") { text.removeLast() }
                    call.push(text)
                    return 1
                }
                Function(raw: "__len", "Number of panels.", Param("self", FigureBox.self), results: [.integer]) { call in
                    let figure = try FigureBox.read(call, at: 1).figure
                    call.push(figure.rows * figure.columns)
                    return 1
                }
            })
    }

    /// The panel that `figure[i]` or `figure[{row, column}]` means, from 0.
    private func place(_ call: Call) throws -> Int {
        if case .table(let table) = call.value(at: 2), table.count == 2, let row = table[1].int, let column = table[2].int {
            guard (1...figure.rows).contains(row), (1...figure.columns).contains(column) else {
                throw LearningError.argument("plot.Figure", "there is no panel {\(row), \(column)}: the figure has \(figure.rows) rows and \(figure.columns) columns")
            }
            return (row - 1) * figure.columns + column - 1
        }
        return try Position.read(call, at: 2).resolve(count: figure.rows * figure.columns, "panel")
    }
}

/// One panel of a figure.
final class PanelBox: LuaObject {
    let figure: FigureBox
    let index: Int

    init(_ figure: FigureBox, _ index: Int) { (self.figure, self.index) = (figure, index) }

    static var declaration: Class {
        Class(PanelBox.self, "plot.Panel", "One panel of a figure, with a function for each kind of plot.", noun: "panel",
            example: "local figure = plot.figure{rows=1, cols=2}\nfigure[1]:line({1, 4, 9})\nfigure[2]:hist({1, 2, 2, 3})", members: {
                PlotKind.all.map(\.panelMethod)
            })
    }
}

extension Presentation {
    /// What text is drawn for: the environment says which characters and pictures it can show.
    var terminal: Plotting.Terminal {
        let names = ["LC_ALL", "LC_CTYPE", "LANG", "TERM", "COLORTERM", "NO_COLOR", "TMUX", "TERM_PROGRAM", "KITTY_WINDOW_ID"]
        var environment: [String: String] = [:]
        for name in names { environment[name] = getenv(name).map { String(cString: $0) } }
        var terminal = Plotting.Terminal.detect(environment: environment, isTerminal: isTerminal, width: width(), height: isTerminal ? height() : 0)
        var size = winsize()
        if terminal.pictures == .sixel, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_xpixel >= size.ws_col {
            terminal.cellWidth = Int(size.ws_xpixel / size.ws_col)
        }
        if !usesColor { (terminal.colors, terminal.pictures) = (.none, .none) }
        return terminal
    }

    /// Whether a value is a figure that this entry of the prompt has shown already.
    public func hasShown(_ value: LuaValue) -> Bool {
        guard case .object(let figure as FigureBox) = value else { return false }
        return figure.wasShown(inEntry: entry)
    }
}
