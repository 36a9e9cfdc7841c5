import Learning
import LuaKit
import Plotting
import Tensors

extension PlotKind {
    /// What models do, and how values were computed.
    static var others: [PlotKind] { [
        PlotKind(
            "decision_boundary", "The class that a model gives each place of the plane, with the points it learnt from.",
            Param("model", Module.self, "a model, or a function from points [M, 2] to scores [M, C], one score [M] or [M, 1], or int64 labels [M]"), Param("x", Tensor?.self, shape: "[N, 2]", "points"), Param("y", Tensor?.self, shape: "[N]", "their labels"),
            Param("classes", [String]?.self, "names of the classes"), Param("resolution", Int.self, default: 200, "places along each axis"),
            details: "A single score says class 2 above 0.5 where all scores lie between 0 and 1, else above 0. Without points the plane is that of xlim and ylim.",
            example: "function(p) return p:sum(2) end, x, y", before: "local x, y = tensor.randn(20, 2), tensor.randint(1, 2, {20})\n", panel: decision),
        PlotKind(
            "graph", "The recorded computation of a tensor, from its inputs down.",
            Param("loss", Tensor.self, "what was computed from tensors that require gradients, or what autograd.graph gives"),
            example: "(x * x):sum()", before: "local x = tensor({1, 2}, {requires_grad=true})\n"
        ) { arguments in
            try arguments.noMore(than: 1)
            switch try arguments.value(0, "loss", "a tensor") {
            case .object(let tensor as Tensor): return Panel([try Tensors.Graph(of: tensor).mark()])
            case .object(let view as GraphView): return Panel([try view.graph.mark()])
            case let other: throw arguments.error("'loss' must be a tensor, got \(arguments.describe(other))")
            }
        },
    ] }

    private static func decision(_ arguments: PlotArguments) throws -> Panel {
        try arguments.noMore(than: 3)
        let model = try arguments.value(0, "model", "a model or a function of points")
        let n = try arguments.integer("resolution", 2...1000) ?? 200
        var points: Grid?
        if arguments.values.count > 1, !arguments.values[1].isNil {
            let grid = try arguments.grid(arguments.values[1], "x")
            guard grid.columns == 2 else {
                throw arguments.error("'x' must be points with 2 coordinates, got \(arguments.describe(arguments.values[1])); train on two columns, such as x[\":, 1:2\"], or on data.PCA(2)")
            }
            points = grid
        }
        func column(_ c: Int) -> [Double] { points.map { grid in stride(from: c, to: grid.values.count, by: 2).map { grid.values[$0] } } ?? [] }
        func ends(_ c: Int, _ name: String) throws -> Limits {
            let given = try arguments.limits(name)
            let finite = column(c).filter(\.isFinite)
            let low = finite.min(), high = finite.max(), room = max(((high ?? 1) - (low ?? -1)) * 0.08, 1e-9)
            return Limits(given?.low ?? low.map { $0 - room } ?? -1, given?.high ?? high.map { $0 + room } ?? 1)
        }
        let x = try ends(0, "xlim"), y = try ends(1, "ylim")
        guard let x0 = x.low, let x1 = x.high, let y0 = y.low, let y1 = y.high, x0 < x1, y0 < y1, (x1 - x0).isFinite, (y1 - y0).isFinite else { throw arguments.error("the ends of the axes must be finite, the first less than the second") }
        var places: [Float] = []
        places.reserveCapacity(2 * n * n)
        for row in 0..<n {
            for column in 0..<n {
                places.append(Float(x0 + (x1 - x0) * (Double(column) + 0.5) / Double(n)))
                places.append(Float(y0 + (y1 - y0) * (Double(row) + 0.5) / Double(n)))
            }
        }
        let classes = try arguments.classes(of: model, at: Tensor(places, shape: [n * n, 2]))
        var map = try DecisionMap(rows: n, columns: n, classes: classes, x: x, y: y)
        let names = try arguments.names("classes") ?? []
        map.names = names
        if arguments.values.count > 2, points != nil {
            map = try map.with(x: column(0), y: column(1), classes: arguments.labels(arguments.values[2], "y"), names: names)
        } else if points != nil {
            map = try map.with(x: column(0), y: column(1), classes: Array(repeating: 0, count: column(0).count), names: names)
        }
        return Panel([map])
    }
}

extension PlotArguments {
    /// The class, from 0, that a model or function gives each of the points.
    fileprivate func classes(of model: LuaValue, at points: Tensor) throws -> [Int] {
        let count = points.shape[0]
        let output: Tensor
        switch model {
        case .object(let module as Module): output = try module.predict(points, batchSize: 4096)
        case .function(let function):
            let pause = GradientPause()
            defer { pause.end() }
            output = try AutogradFunctions.tensorResult(of: function, [.object(points)], path)
        default: throw error("'model' must be a model or a function of points, got \(describe(model))")
        }
        if output.rank == 2, output.shape[0] == count, output.shape[1] > 1 {
            let best = try output.detach().argmax(dim: 1).contiguous()
            return try best.withElements(Int64.self) { $0.map { Int($0) } }
        }
        guard output.count == count else { throw error("the model must give scores [M, C], one score [M] or labels [M] for \(count) points, got \(output.luaBrief)") }
        if output.dtype == .bool || !output.dtype.isFloatingPoint { return try labels(.object(output), "the model's output") }
        let scores = try output.doubles()
        let threshold = scores.allSatisfy { $0 >= 0 && $0 <= 1 } ? 0.5 : 0
        return scores.map { $0 > threshold ? 1 : 0 }
    }
}

extension Tensors.Graph {
    /// The graph as boxes and arrows; what the user made stands out.
    func mark() throws -> Plotting.Graph {
        let parts = parts
        return try Plotting.Graph(
            nodes: parts.map { Plotting.Graph.Node($0.label.onLines, group: $0.isLeaf ? 0 : nil) },
            edges: parts.enumerated().flatMap { i, part in part.inputs.map { Plotting.Graph.Edge($0, i) } })
    }
}

extension String {
    /// Parts between two blanks on lines of their own.
    fileprivate var onLines: String {
        var result = ""
        for character in self {
            if character == " ", result.hasSuffix(" ") { result.removeLast(); result += "\n" } else { result.append(character) }
        }
        return result
    }
}
