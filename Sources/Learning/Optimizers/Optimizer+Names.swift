import Tensors

extension Optimizer {
    /// All kinds of optimizers. A new one is a row here.
    public static let kinds: [Optimizer.Type] = [
        SGD.self, Adam.self, AdamW.self, NAdam.self, RAdam.self, Adamax.self, Adagrad.self, Adadelta.self, RMSprop.self,
        Rprop.self, LBFGS.self, Lion.self, Lamb.self,
    ]

    /// An optimizer by the name that `fit` takes: "sgd", "adam".
    public static func named(_ name: String, _ parameters: [Tensor], options: [String: Double] = [:]) throws -> Optimizer {
        guard let kind = kinds.first(where: { $0.name.lowercased() == name.lowercased() }) else {
            throw LearningError.argument("optimizer", "there is no optimizer named \"\(name)\"; there are "
                + kinds.map { "\"\($0.name.lowercased())\"" }.joined(separator: ", "))
        }
        return try kind.init(groups: [(parameters, [:])], options: options)
    }
}
