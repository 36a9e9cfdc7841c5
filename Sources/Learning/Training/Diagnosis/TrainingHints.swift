import Tensors

/// Watches a training and says, once each, what is likely wrong with it.
final class TrainingHints {
    private var said: Set<String> = []
    private let optimizer: Optimizer
    private let labels = SeenLabels(), validationLabels = SeenLabels()
    private var isFirstEpoch = true
    private var rises = 0
    private var bottom = 0.0
    /// The highest loss so far, and the highest before the rise: what stays below it is noise of the batches.
    private var highest = 0.0, peak = 0.0
    private var last = Double.infinity
    private var steps = 0

    private let firstClass: Int

    init(_ optimizer: Optimizer, _ loss: Loss) { (self.optimizer, firstClass) = (optimizer, loss.firstClass) }

    /// Before the first batch.
    func see(_ model: Module) {
        let updated = Set(optimizer.groups.flatMap { $0.parameters.map(ObjectIdentifier.init) }), learning = model.parameters.filter(\.requiresGrad)
        if !learning.isEmpty, learning.allSatisfy({ !updated.contains(ObjectIdentifier($0)) }) {
            say("N10", "the optimizer has none of the model's \(learning.count) parameters, so they will not change. Make it with model:parameters().")
        }
    }

    /// After each batch.
    func see(loss: Double, target: Tensor) throws {
        steps += 1
        if isFirstEpoch { try labels.update(target, target) }
        if !loss.isFinite {
            say("N12", "first bad value at step \(steps): the loss is \(TextProgress.significant(loss)). autograd.detect_anomaly(true) names the operation that it comes from.")
        }
        if loss > last {
            if rises == 0 { (bottom, peak) = (last, highest) }
            rises += 1
        } else { rises = 0 }
        last = loss
        highest = max(highest, loss)
        if rises >= 5, loss > 10 * bottom, loss > peak, bottom > 0 {
            say("N13", "loss rose \(rises) steps in a row (\(TextProgress.significant(bottom)) → \(TextProgress.significant(loss))). lr = \(shortNumber(optimizer.lr)) is likely too big for \(type(of: optimizer).name); nn.lr_find suggests one.")
        }
    }

    /// What looks at the validation set beside the metrics of the first epoch; nil afterwards.
    var validationWatch: (any Metric)? { isFirstEpoch ? validationLabels : nil }

    /// After each epoch.
    func see(_ history: History, validation: (any Dataset)?) {
        defer { isFirstEpoch = false }
        if isFirstEpoch, let validation, validation.count >= 8, labels.hasSeveral, let label = validationLabels.only {
            let name = validation.className(label, first: firstClass) ?? String(label)
            say("N18", "validation holds only class \"\(name)\": the data looks sorted. Use split(…, {stratify=true}).")
        }
        if let losses = history["loss"]?.suffix(5), let others = history["val_loss"]?.suffix(5), losses.count == 5, others.count == 5,
            zip(losses, losses.dropFirst()).allSatisfy({ $0 > $1 }), zip(others, others.dropFirst()).allSatisfy({ $0 < $1 }) {
            say("N19", "validation loss has risen for 4 epochs while training loss falls (\(TextProgress.significant(others.first ?? 0)) → \(TextProgress.significant(others.last ?? 0))): the model learns examples by heart. Stop earlier with nn.callbacks.EarlyStopping(), or use dropout, weight_decay or more data.")
        }
    }

    private func say(_ code: String, _ text: String) { if said.insert(code).inserted { Hint.say(code, text) } }
}

extension Dataset {
    /// The name of a class, whose number counts from `first`.
    func className(_ label: Int64, first: Int) -> String? {
        guard let classes, let i = Int(exactly: label).map({ $0 &- first }), classes.indices.contains(i) else { return nil }
        return classes[i]
    }
}

/// Whether targets are more than one class.
private final class SeenLabels: Metric {
    let name = ""
    /// The only class so far; nil before the first and where targets are no classes.
    private(set) var only: Int64?
    private(set) var hasSeveral = false

    func reset() {}
    func compute() -> Double { 0 }

    func update(_ prediction: Tensor, _ target: Tensor) throws {
        guard !hasSeveral, target.dtype == .int64, target.rank == 1 else { return }
        try target.contiguous().withElements(Int64.self) { elements in
            for label in elements where label != only {
                if only != nil {
                    (hasSeveral, only) = (true, nil)
                    return
                }
                only = label
            }
        }
    }
}
