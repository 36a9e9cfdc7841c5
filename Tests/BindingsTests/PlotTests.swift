import Glibc
import Testing

/// Plots as scripts see them: shown at once, as text without control bytes, and saved.
@Suite(.serialized) struct PlotTests {
    init() { setenv("LC_ALL", "C", 1) }

    /// Each form of a call and a part of what it shows.
    static let table: [(String, [String])] = [
        ("plot.line({1, 4, 9}, {title=\"Squares\", xlabel=\"n\"})", ["Squares", "n"]),
        ("plot.line({1, 2, 3}, {10, 100, 1000}, {log=\"y\", ylabel=\"many\"})", ["many", "1000"]),
        ("plot.line({ {{1, 2}, {3, 4}, label=\"up\"}, {{2, 1}, label=\"down\"}, title=\"Both\" })", ["up", "down", "Both"]),
        ("plot.line({\"up\", tensor{1, 2}}, {\"down\", tensor{2, 1}})", ["up", "down"]),
        ("plot.line(tensor{{1, 4}, {2, 5}, {3, 6}}, {label={\"a\", \"b\"}})", ["a", "b"]),
        ("plot.scatter(tensor{{0, 1}, {1, 0}, {1, 1}}, tensor{1, 2, 2}, {classes={\"cat\", \"dog\"}})", ["cat", "dog"]),
        ("plot.scatter({1, 2}, {3, 4}, {values={5, 9}, label=\"heat\"})", ["heat", "9"]),
        ("plot.bar({\"ann\", \"bob\"}, {{{1, 2}, label=\"old\"}, {{3, 4}, label=\"new\"}})", ["ann", "bob", "old", "new"]),
        ("plot.bar(tensor{3, 1}, {labels={\"x\", \"y\"}, horizontal=true})", ["x", "y"]),
        ("plot.hist({1, 1, 2, 5}, {bins=4, xlabel=\"age\"})", ["count", "age"]),
        ("plot.heatmap(tensor{{1, 2}, {3, 4}}, {rows={\"top\", \"low\"}, numbers=true})", ["top", "low", "4"]),
        ("plot.contour(function(x, y) return x * y end, {x={-3, 3}, xlabel=\"u\"})", ["u", "-3"]),
        ("plot.images({tensor.rand(2, 2), tensor.rand(3, 2, 2)}, {labels=tensor{2, 1}, classes={\"cat\", \"dog\"}})", ["cat", "dog"]),
        ("plot.box({{1, 2, 3}, {2, 3, 9}}, {labels={\"before\", \"after\"}})", ["before", "after"]),
        ("plot.confusion(tensor{1, 2, 2}, tensor{1, 2, 1}, {classes={\"cat\", \"dog\"}})", ["predicted", "true", "cat", "dog"]),
        ("metrics.confusion_matrix(tensor{1, 2, 2}, tensor{1, 2, 1}):plot()", ["predicted"]),
        ("plot.decision_boundary(function(p) return p:sum(2) end, tensor{{0, 1}, {1, 0}}, tensor{1, 2}, {classes={\"low\", \"high\"}})", ["low", "high"]),
        ("plot.decision_boundary(nn.Linear(2, 3), nil, nil, {xlim={-2, 2}, ylim={0, 9}, resolution=9})", ["-2", "8"]),
        ("local x = tensor({2}, {requires_grad=true}) plot.graph((x * x):sum())", ["mul", "sum", "leaf"]),
        ("local _, _, _, curve = metrics.roc_curve(tensor{0.1, 0.8}, tensor{1, 2}) curve:plot()", ["ROC curve", "area 1", "guessing"]),
        ("local m = metrics.PRCurve() m:update(tensor{0.1, 0.8}, tensor{1, 2}) m:plot()", ["recall", "average precision 1"]),
        ("local s = optim.lr_scheduler.StepLR(optim.SGD(nn.Linear(1, 1):parameters(), {lr=1}), 2) s:plot(6)", ["StepLR", "learning rate"]),
        ("local set = data.TensorDataset(tensor{{1}, {2}}, tensor{{2}, {4}}) nn.Linear(1, 1):fit(set, {epochs=3, loss=\"mse\", validation=set, verbose=false}):plot()", ["loss", "training", "validation", "epoch"]),
        ("local f = plot.figure{rows=1, cols=2, title=\"Two\"} f:line({1, 2}, {title=\"left\"}) f:hist({1, 2}, {title=\"right\"})", ["Two", "left", "right"]),
        ("plot.figure{plot.line({1, 2}, {title=\"left\", show=false}), plot.line({2, 1}, {title=\"right\", show=false}), cols=2}", ["left", "right"]),
        ("local f = plot.figure{cols=2} f[2]:line({1, 2}, {title=\"right\"}) f[{1, 1}]:line({1, 2}, {title=\"left\"})", ["left", "right"]),
        ("plot.line({1, 2}, {label=\"line\", show=false}):scatter({1, 2}, {2, 1}, {label=\"points\"}):show()", ["line", "points"]),
    ]

    @Test(arguments: table.indices)
    func shows(_ index: Int) throws {
        let (text, parts) = PlotTests.table[index]
        let shown = try printed(text)
        for part in parts { #expect(shown.contains(part), "\(part) in\n\(shown)") }
        #expect(shown.utf8.allSatisfy { $0 == 10 || (32..<127).contains($0) }, "plain text")
    }

    @Test func isShownOnceAndAgainAsText() throws {
        let once = try printed("p = plot.line({1, 4, 9}, {title=\"Squares\"})")
        #expect(once.split(separator: "\n").count { $0.contains("Squares") } == 1)
        #expect(try printed("print(plot.line({1, 4, 9}, {title=\"Squares\", show=false}))") == once)
        #expect(try printed("plot.line({1, 4, 9}, {show=false}) plot.figure{cols=2}") == "")
    }

    @Test func blocksOfUnicodeWhereTheLocaleHasThem() throws {
        setenv("LC_ALL", "C.UTF-8", 1)
        defer { setenv("LC_ALL", "C", 1) }
        #expect(try printed("plot.line({1, 4, 9})").unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) })
        #expect(try printed("plot.line({1, 4, 9})").utf8.allSatisfy { $0 != 27 })
    }

    @Test(arguments: [(".png", "\u{89}PNG"), (".svg", "<?xml"), (".pdf", "%PDF")])
    func isSaved(_ ending: String, _ start: String) throws {
        let saved = try Script().run("""
            local path = os.tmpname() .. "\(ending)"
            plot.line({1, 4, 9}, {show=false, size={200, 150}}):save(path)
            local file = assert(io.open(path, "rb"))
            local text = file:read("a")
            file:close()
            os.remove(path)
            return text
            """)
        guard case .string(let bytes)? = saved.first else { throw Missing() }
        #expect(bytes.starts(with: start.unicodeScalars.map { UInt8($0.value) }))
        #expect(bytes.count > 500)
    }

    static let errors: [(String, String)] = [
        ("plot.line()", "argument 1 'x' is missing"),
        ("plot.line({})", "there are no values to draw"),
        ("plot.line({1, 2}, {1, 2, 3})", "2 x values and 3 y values; each point needs both"),
        ("plot.line({1, 2}, {titel=\"x\"})", "unknown option 'titel'. Did you mean 'title'?"),
        ("plot.line({1, 2}, {title=5})", "option 'title' must be a string, got 5"),
        ("plot.line({1, \"a\"})", "'y' must hold numbers, got the string \"a\" at position 2"),
        ("plot.line({1, 2}, {log=\"z\"})", "option 'log' must be one of \"x\", \"y\", \"xy\""),
        ("plot.line({-1, -2}, {log=\"y\"})", "positive"),
        ("plot.scatter(tensor.zeros(5, 4))", "points have 2 coordinates, got a tensor [5, 4]"),
        ("plot.hist({1, 2}, {bins=0})", "'bins' must be a whole number in 1..100000, got 0"),
        ("plot.confusion(tensor.zeros(3, 2))", "a confusion matrix is square"),
        ("plot.decision_boundary(nn.Linear(2, 2), tensor.zeros(5, 3))", "'x' must be points with 2 coordinates"),
        ("plot.figure{rows=0}", "option 'rows' must be a whole number in 1..1000, got 0"),
        ("plot.figure()[3]:line({1})", "panel 3 is out of range"),
        ("plot.line({1, 2}, {show=false}):save(\"x.bmp\")", "the name must end in .png, .svg or .pdf"),
        ("plot.boxplot()", "plot has no 'boxplot'. Did you mean plot.box?"),
        ("plot.graph(tensor{1})", "graph"),
    ]

    @Test(arguments: errors.indices)
    func refuses(_ index: Int) throws {
        let (text, message) = PlotTests.errors[index]
        let error = try #require(try Script().error(text))
        #expect(error.contains(message), "\(error)")
    }

    private struct Missing: Error {}
}
