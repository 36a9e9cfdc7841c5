import Tensors

/// A model and what an experiment with it may change, to be put back afterwards: parameters, buffers,
/// gradients, modes, an optimizer's state, the shared generator.
struct Snapshot {
    private let values: [(tensor: Tensor, copy: Tensor)]
    private let gradients: [(parameter: Tensor, gradient: Tensor?)]
    private let modes: [(module: Module, isTraining: Bool)]
    private let optimizer: (Optimizer, StateDict)?
    private let generator = Generator.shared.state

    init(_ model: Module, _ optimizer: Optimizer? = nil) throws {
        values = try (model.parameters + model.buffers).map { ($0, try $0.detach().clone()) }
        gradients = model.parameters.map { ($0, $0.grad) }
        modes = model.modules.map { ($0, $0.isTraining) }
        self.optimizer = try optimizer.map { ($0, try $0.stateDict().copied()) }
    }

    func restore() {
        Autograd.withoutGradients { for (tensor, copy) in values { _ = try? tensor.copy_(copy) } }
        for (parameter, gradient) in gradients { parameter.grad = gradient }
        for (module, mode) in modes where module.isTraining != mode {
            module.isTraining = mode
            module.modeChanged()
        }
        if let (optimizer, state) = optimizer { try? optimizer.loadStateDict(state) }
        Generator.shared.state = generator
    }
}

/// Something that a diagnosis found, with the code of the mistake where it has one.
public struct Finding: Equatable, Sendable {
    public let code: String?
    public let text: String
}

extension Dataset {
    /// Some examples from all over the set, as a batch.
    func sample(_ size: Int) throws -> [Tensor] {
        guard count > 0 else { throw LearningError.argument("dataset", "the set is empty") }
        let size = Swift.min(size, count)
        return try batch((0..<size).map { $0 * count / size })
    }
}
