/// Boxes with texts and arrows between them, laid out from top to bottom.
public struct Graph: Mark {
    public struct Node: Sendable, Equatable {
        /// Each line of the text stands on a line of its own.
        public var text: String
        /// Nodes of a group have a colour; nil: no colour.
        public var group: Int?

        public init(_ text: String, group: Int? = nil) {
            self.text = text
            self.group = group
        }
    }

    public struct Edge: Sendable, Equatable {
        /// Positions in `nodes`, from 0.
        public var from: Int
        public var to: Int

        public init(_ from: Int, _ to: Int) {
            self.from = from
            self.to = to
        }
    }

    public let nodes: [Node]
    public let edges: [Edge]

    /// Throws `.empty` without nodes, `.argument` for an edge to a node that does not exist.
    public init(nodes: [Node], edges: [Edge]) throws(PlotError) {
        guard !nodes.isEmpty else { throw .empty("graph") }
        guard nodes.count <= 5000 else { throw .argument("graph", "\(nodes.count) nodes; up to 5000 can be laid out") }
        for edge in edges where !nodes.indices.contains(edge.from) || !nodes.indices.contains(edge.to) {
            throw .argument("graph", "an edge from node \(edge.from) to node \(edge.to), but nodes are numbered 0 to \(nodes.count - 1)")
        }
        self.nodes = nodes
        self.edges = edges
    }

    public func draw(_ context: DrawingContext) -> Drawing {
        var drawing = Drawing()
        drawing.content = .graph(self)
        return drawing
    }
}
