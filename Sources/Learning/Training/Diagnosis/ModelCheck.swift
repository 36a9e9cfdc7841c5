import Glibc
import Tensors

/// What trying out a model on a batch showed, before any training.
public struct ModelCheck: Sendable {
    /// Shapes of the inputs and the target of the batch.
    public internal(set) var inputShapes: [[Int]] = []
    public internal(set) var targetShape: [Int] = []
    public internal(set) var outputShape: [Int]?
    public internal(set) var initialLoss: Double?
    /// What a model that knows nothing has: ln C for C classes; nil for other losses.
    public internal(set) var expectedLoss: Double?
    /// The loss of the batch after it alone was trained on, and how many steps that took.
    public internal(set) var finalLoss: Double?
    public internal(set) var steps = 0
    public internal(set) var findings: [Finding] = []

    public var isFine: Bool { findings.isEmpty }
    /// Codes of the mistakes that were looked for.
    public static let codes = ["N01", "N02", "N03", "N04", "N05", "N09", "N10", "N12", "N14", "N15", "N16", "N17", "N18"]
}

extension Module {
    /// Tries the model on one batch: shapes, the loss at the start, whether the batch can be learnt by
    /// heart, and the usual mistakes; afterwards everything is as before.
    ///
    /// - Parameters:
    ///   - describe: the text of an error of the model or the loss, which becomes a finding.
    ///   - code: the code of the mistake that an error is, where it has one.
    /// - Throws: errors of the set, and `TensorError.interrupted`.
    public func tryOut(
        on set: any Dataset, loss: Loss, batchSize: Int = 32, maxSteps: Int = 200, describe: (any Error) -> String = { "\($0)" },
        code: (any Error) -> String? = { ModelCheck.code(of: $0) }
    ) throws -> ModelCheck {
        try requirePositive("check", ("batch_size", batchSize), ("steps", maxSteps))
        let (inputs, target) = try Trainer.parts(of: set.sample(batchSize))
        let snapshot = try Snapshot(self)
        defer { snapshot.restore() }
        var check = ModelCheck()
        check.inputShapes = inputs.map(\.shape)
        check.targetShape = target.shape
        let listener = Hint.listener
        defer { Hint.listener = listener }
        var heard: [Finding] = []
        // What is said during the attempt is a finding; the other mistakes are looked for here in any case.
        Hint.listener = { code, text in if code == "N10" { heard.append(Finding(code: code, text: text)) } }
        check.findings = try ModelCheck.inputFindings(inputs) + ModelCheck.targetFindings(target, set, loss) + structureFindings(isCrossEntropy: loss.kind == "CrossEntropyLoss")
        train()
        zeroGrad()
        let value: Tensor
        do {
            let output = try output(inputs)
            check.outputShape = output.shape
            value = try loss(output, target)
        } catch TensorError.interrupted { throw TensorError.interrupted } catch {
            check.findings.append(Finding(code: code(error), text: describe(error)))
            return check
        }
        let start = try value.scalar("check").doubleValue
        check.initialLoss = start
        try check.judge(start, loss, classes: check.outputShape.flatMap { $0.count > 1 ? $0[1] : nil })
        guard start.isFinite else { return check }
        guard value.requiresGrad else {
            check.findings.append(Finding(code: "N09", text: "the loss depends on no parameter: the path from the parameters to it was cut."))
            return check
        }
        try value.backward()
        let unused = namedParameters().filter { $0.tensor.requiresGrad && $0.tensor.grad == nil }.map(\.name)
        if !unused.isEmpty {
            check.findings.append(Finding(code: nil, text: "no gradient reaches \(unused.prefix(4).joined(separator: ", "))\(unused.count > 4 ? " and \(unused.count - 4) more" : ""): forward does not use them, or uses them without gradients."))
        }
        check.findings += try health([Tensor](inputs) + [target], loss: loss).findings
        try overfit(&check, inputs, target, loss, maxSteps)
        check.findings += heard
        return check
    }

    /// Trains on the batch alone, with dropout switched off.
    private func overfit(_ check: inout ModelCheck, _ inputs: [Tensor], _ target: Tensor, _ loss: Loss, _ maxSteps: Int) throws {
        guard let start = check.initialLoss, parameters.contains(where: \.requiresGrad) else { return }
        for case let layer as Dropout in modules { layer.isTraining = false }
        let optimizer = try Adam(parameters, lr: 0.003)
        var last = start
        let aim = check.expectedLoss == nil ? 0.1 * start : min(0.1 * start, 0.1)
        while check.steps < maxSteps, last > aim, last.isFinite {
            try checkInterrupt()
            optimizer.zeroGrad()
            let value = try loss(output(inputs), target)
            last = try value.scalar("check").doubleValue
            try value.backward()
            try optimizer.step()
            check.steps += 1
        }
        check.finalLoss = last
        if !(last <= 0.5 * start), start > 1e-3 {
            check.findings.append(Finding(code: nil, text: "one batch cannot be learnt by heart: its loss went from \(TextProgress.significant(start)) to \(TextProgress.significant(last)) in \(check.steps) steps. Look at the labels, the loss and what cuts gradients."))
        }
    }

    /// Mistakes in how layers follow each other.
    private func structureFindings(isCrossEntropy: Bool) -> [Finding] {
        var findings: [Finding] = []
        let leaves = namedModules().filter { $0.module.children.isEmpty }
        if isCrossEntropy, let last = leaves.last, last.module.kind == "Softmax", self is Sequential {
            findings.append(Finding(code: "N04", text: "cross_entropy applies log-softmax itself; the model already ends in Softmax. Remove that layer."))
        }
        for (name, module) in namedModules() {
            guard let sequence = module as? Sequential else { continue }
            let children = sequence.children.filter { !($0.module is Dropout) && $0.module.kind != "Identity" }
            for (a, b) in zip(children, children.dropFirst()) {
                if a.module is Linear, b.module is Linear {
                    findings.append(Finding(code: "N16", text: "\"\(Module.join(name, a.name))\" and \"\(Module.join(name, b.name))\" are Linear → Linear without an activation between, which equals one Linear. Add nn.ReLU()."))
                }
                if let layer = a.module as? Linear, layer.outFeatures == 1, ["Softmax", "LogSoftmax"].contains(b.module.kind) {
                    findings.append(Finding(code: "N05", text: "softmax over one value is always 1. Use Sigmoid with BCELoss, or two outputs."))
                }
            }
        }
        return findings
    }
}

extension ModelCheck {
    /// The code of the mistake that an error is, where it has one.
    public static func code(of error: any Error) -> String? {
        if error is LayerInputError { return "N01" }
        switch error as? TensorError {
        case .pairs?: return "N02"
        case .label(let name, _, _, _, _, _)?: return name.hasPrefix("embedding") ? nil : "N03"
        case .graphFreed?: return "N08"
        case .notOneNumber?, .noGraph?: return "N09"
        default: return nil
        }
    }

    /// Classes that cannot tell anything: a sample from all over the set that holds only one.
    static func targetFindings(_ target: Tensor, _ set: any Dataset, _ loss: Loss) throws -> [Finding] {
        guard target.dtype == .int64, target.rank == 1, target.count >= 8, let classes = set.classes, classes.count > 1 else { return [] }
        let labels = try target.contiguous().withElements(Int64.self) { Set($0) }
        guard labels.count == 1, let label = labels.first, let name = set.className(label, first: loss.firstClass) else { return [] }
        return [Finding(code: "N18", text: "the set holds only class \"\(name)\": the data looks sorted. Use split(…, {stratify=true}).")]
    }

    /// Mistakes in the inputs.
    static func inputFindings(_ inputs: [Tensor]) throws -> [Finding] {
        var findings: [Finding] = []
        for input in inputs where input.dtype.isFloatingPoint && input.count > 0 {
            let (low, high, sum, bad) = try input.detach().to(.float64).contiguous().withElements(Double.self) { elements in
                var low = Double.infinity, high = -Double.infinity, sum = 0.0, bad = 0
                for value in elements {
                    if value.isFinite { (low, high, sum) = (min(low, value), max(high, value), sum + value) } else { bad += 1 }
                }
                return (low, high, sum, bad)
            }
            if bad > 0 { findings.append(Finding(code: "N15", text: "\(bad) of \(input.count) inputs of the batch are NaN or infinite. Drop or impute them.")) }
            if max(abs(low), abs(high)) > 30, high > low {
                findings.append(Finding(code: "N14", text: "inputs span \(TextProgress.significant(low))..\(TextProgress.significant(high)) (mean \(TextProgress.significant(sum / Double(input.count - bad)))). Values near -1..1 train better: "
                    + (low >= 0 && high <= 255 && high > 200 ? "x / 255 or data.StandardScaler()." : "data.StandardScaler().")))
            }
        }
        return findings
    }

    /// Compares the loss at the start with that of a model that knows nothing.
    mutating func judge(_ start: Double, _ loss: Loss, classes: Int?) throws {
        guard start.isFinite else {
            findings.append(Finding(code: "N12", text: "the loss is \(TextProgress.significant(start)) before any training."))
            return
        }
        guard loss.kind == "CrossEntropyLoss" || loss.kind == "NLLLoss", loss.reduction == .mean, let classes, classes > 1 else { return }
        let expected = log(Double(classes))
        expectedLoss = expected
        if start > 2 * expected + 0.5 {
            findings.append(Finding(code: nil, text: "the loss starts at \(TextProgress.significant(start)), where knowing nothing gives ln \(classes) = \(TextProgress.significant(expected)): the first outputs are too sure. Scale the inputs, or start the last layer with smaller weights."))
        }
    }
}
