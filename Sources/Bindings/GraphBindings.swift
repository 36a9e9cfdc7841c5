import LuaKit
import Plotting
import Tensors

extension AutogradFunctions {
    /// Looking at what was recorded, and at the pass back through it.
    @FunctionBuilder static var looking: [Function] {
        Function("autograd.graph", "The recorded computation of a tensor: prints as a tree of operations with shapes, and with values and gradients that are one number.", Param("input", Tensor.self),
            returns: "a graph that prints itself, with dot(), svg(path) and plot()",
            example: "local a = tensor({2}, {requires_grad=true})\nlocal loss = (a * 3 + 1) * a\nloss:backward()\nprint(autograd.graph(loss))", see: ["autograd.stepper"]) { (x: Tensor) in GraphView(try Tensors.Graph(of: x)) }
        Function("autograd.stepper", "The backward pass one operation at a time: each step says which gradient arrived and what is handed on.", Param("input", Tensor.self, "one number, such as a loss"), Param("retain_graph", Bool.self, default: false),
            returns: "a stepper: step() gives the next step or nil, and `for step in stepper do` walks all",
            details: "When all steps are done, every leaf has its gradient as after backward().",
            example: "local a = tensor({2}, {requires_grad=true})\nlocal b = tensor({3}, {requires_grad=true})\nfor step in autograd.stepper(a * b + a) do print(step) end\nprint(a.grad)", see: ["autograd.graph", "tensor.backward"]) { (x: Tensor, retain: Bool) in
            StepperView(try BackwardStepper(x, retainGraph: retain))
        }
    }
}

/// What `autograd.graph` returns.
final class GraphView: LuaObject {
    let graph: Tensors.Graph
    init(_ graph: Tensors.Graph) { self.graph = graph }

    static var declaration: Class {
        Class(GraphView.self, "autograd.Graph", "The recorded computation of a tensor; prints as a tree.", noun: "graph",
            example: "local x = tensor({2}, {requires_grad=true})\nprint(autograd.graph(x * x))", members: {
            Function("dot", "The graph in Graphviz's language.", Param("self", GraphView.self), returns: "string",
                example: "local x = tensor({2}, {requires_grad=true})\nprint(#autograd.graph(x * x):dot() > 0)") { (graph: GraphView) in graph.graph.dot }
            Function("svg", "Draws the graph into an SVG file; the file is whole or untouched.", Param("self", GraphView.self), Param("path", String.self, "a name that ends in .svg"),
                example: "local x = tensor({2}, {requires_grad=true})\nlocal path = os.tmpname() .. \".svg\"\nautograd.graph(x * x):svg(path)\nos.remove(path)") { (graph: GraphView, path: String) -> Void in
                guard path.lowercased().hasSuffix(".svg") else { throw TensorError.argument("svg", "the name must end in .svg, got \"\(path)\"") }
                try graph.draw(to: path)
            }
            GraphView.plot
            Function(raw: "__tostring", "The tree as text.", Param("self", GraphView.self), results: [.string]) { call in
                call.push(try GraphView.read(call, at: 1).graph.text)
                return 1
            }
        })
    }

    private func draw(to path: String) throws {
        do {
            let figure = Figure(Panel([try graph.mark()]))
            try figure.save(to: path)
        } catch let error as PlotError {
            throw TensorError.library("svg", error.description)
        }
    }
}

/// What `autograd.stepper` returns.
final class StepperView: LuaObject {
    private let stepper: BackwardStepper
    init(_ stepper: BackwardStepper) { self.stepper = stepper }

    static var declaration: Class {
        Class(StepperView.self, "autograd.Stepper", "A backward pass that goes one operation at a time.", noun: "stepper",
            example: "local x = tensor({2}, {requires_grad=true})\nlocal stepper = autograd.stepper(x * x)\nprint(stepper:step())", members: {
            Function("step", "Runs the next operation's gradient rule.", Param("self", StepperView.self), returns: "a step that prints itself, or nil at the end",
                example: "local x = tensor({2}, {requires_grad=true})\nprint(autograd.stepper(x * x):step().op)") { (view: StepperView) in try view.stepper.next().map(StepView.init) }
            Function("run", "Runs all operations that are left.", Param("self", StepperView.self), example: "local x = tensor({2}, {requires_grad=true})\nautograd.stepper(x * x):run()\nprint(x.grad)") { (view: StepperView) -> Void in
                while try view.stepper.next() != nil {}
            }
            Function(raw: "__call", "The next step or nil, for `for … in`.", Param("self", StepperView.self)) { call in
                guard let step = try StepperView.read(call, at: 1).stepper.next() else {
                    call.pushNil()
                    return 1
                }
                return StepView(step).push(to: call)
            }
        })
    }
}

/// One step of a backward pass.
final class StepView: LuaObject {
    private let step: BackwardStepper.Step
    init(_ step: BackwardStepper.Step) { self.step = step }

    static var declaration: Class {
        Class(StepView.self, "autograd.Step", "What one operation did with a gradient; prints itself.", noun: "step",
            example: "local x = tensor({2}, {requires_grad=true})\nlocal step = autograd.stepper(x * 3):step()\nprint(step.op, step.grad, step.inputs[1])", members: {
            Property("op", "The operation; \"leaf\" for a tensor that collects its gradient.", of: StepView.self) { $0.step.name }
            Property("shape", "Sizes of its result.", of: StepView.self) { $0.step.shape }
            Property("grad", "The gradient of its result that arrived.", of: StepView.self) { $0.step.gradient }
            Property("inputs", "The gradients it hands on, one for each input that needs one.", of: StepView.self) { $0.step.inputs.compactMap(\.gradient) }
            Property("at", "Where it was recorded, as \"file:line\".", of: StepView.self) { $0.step.position }
            Function(raw: "__tostring", "The step as text.", Param("self", StepView.self), results: [.string]) { call in
                call.push(try StepView.read(call, at: 1).text)
                return 1
            }
        })
    }

    /// Operation, where it stands, and gradients: values where they are one number.
    private var text: String {
        func shown(_ gradient: Tensor?) -> String {
            guard let gradient else { return "no gradient" }
            guard gradient.count == 1, let value = try? gradient.scalar().doubleValue else { return "gradient \(describe(gradient.shape))" }
            return "gradient " + TextTable.number(value)
        }
        var lines = ["\(step.name)  \(describe(step.shape))  \(shown(step.gradient))"]
        if step.isLeaf {
            lines[0] += ", added to its grad"
        } else if let position = step.position {
            lines[0] += "  (\(position))"
        }
        for input in step.inputs { lines.append("  → \(input.name)  \(describe(input.shape))  \(shown(input.gradient))") }
        return lines.joined(separator: "\n")
    }
}
