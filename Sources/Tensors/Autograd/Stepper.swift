import CKernels

/// A backward pass that goes one operation at a time, for looking at.
///
/// When it has ended, every leaf has its gradient as after `backward()`.
public final class BackwardStepper {
    /// What one operation did with a gradient.
    public struct Step {
        /// The operation, "leaf" for a tensor that collects its gradient.
        public let name: String
        /// Where it was recorded, as "file:line".
        public let position: String?
        public let shape: [Int]
        /// What arrived for its result.
        public let gradient: Tensor?
        /// What it hands on, for each input that needs a gradient.
        public let inputs: [(name: String, shape: [Int], gradient: Tensor?)]
        public var isLeaf: Bool { name == "leaf" }
    }

    private var pass: BackwardPass
    private var isDone = false

    /// - Throws: as `backward()` does: when the tensor is not one number, or depends on nothing.
    public init(_ loss: Tensor, retainGraph: Bool = false) throws {
        let start = try loss.initialGradient(nil, "stepper")
        pass = BackwardPass(retainsGraph: retainGraph, createsGraph: false)
        try pass.begin(from: [(loss, start)])
        pass.leaveSlots()
    }

    /// Runs the next operation's rule; nil when the pass is complete.
    public func next() throws -> Step? {
        if isDone { return nil }
        var seen: Step?
        pass.observer = { node, arrived, results in
            var inputs: [(name: String, shape: [Int], gradient: Tensor?)] = []
            for (edge, gradient) in zip(node.edges, results) {
                if let edge { inputs.append((edge.node.name, edge.node.outputs[edge.output].layout.shape, gradient?.detach())) }
            }
            seen = Step(
                name: node.name, position: node.position.description, shape: node.outputs[0].layout.shape,
                gradient: arrived.first.flatMap { $0 }?.detach(), inputs: inputs)
        }
        let recording = nj_gradient_mode()
        nj_set_gradient_mode(false)
        pass.enterSlots()
        defer {
            pass.observer = nil
            pass.leaveSlots()
            nj_set_gradient_mode(recording)
        }
        do {
            isDone = try !pass.step()
        } catch {
            isDone = true
            throw error
        }
        return seen
    }
}
