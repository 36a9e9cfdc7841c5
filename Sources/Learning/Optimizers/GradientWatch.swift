import Tensors

/// Looks at gradients before an optimizer's steps and says when none are there (N07), or when they were added
/// to those of the step before (N06); each once.
public struct GradientWatch {
    private var hasSaid: Set<String> = []
    private var before: Leaf.Moment?

    /// Before a step.
    ///
    /// - Parameter accumulates: whether gradients are added up on purpose.
    mutating func look(at optimizer: Optimizer, accumulates: Bool) {
        let parameters = optimizer.groups.flatMap(\.parameters)
        guard let first = parameters.first(where: { $0.grad != nil }) else {
            say("N07", "opt:step() changed nothing: \(parameters.count) of \(parameters.count) parameters have no gradient. Call loss:backward() first.")
            return
        }
        if !accumulates, let before, before.isAddedTo(first) {
            say("N06", "second step without zero_grad(): gradients now add up 2 batches. Call opt:zero_grad(), or say opt:step{accumulate=true}.")
        }
    }

    /// After a step.
    mutating func remember(_ optimizer: Optimizer) {
        for group in optimizer.groups { for parameter in group.parameters where parameter.grad != nil { return before = parameter.leaf?.moment } }
        before = nil
    }

    private mutating func say(_ code: String, _ text: String) { if hasSaid.insert(code).inserted { Hint.say(code, text) } }
}

extension Optimizer {
    /// Updates as `step` does, after a look at the gradients for hints on forgotten `zeroGrad` and `backward`.
    public func watchedStep(accumulates: Bool = false) throws {
        watch.look(at: self, accumulates: accumulates)
        try step()
        watch.remember(self)
    }
}
