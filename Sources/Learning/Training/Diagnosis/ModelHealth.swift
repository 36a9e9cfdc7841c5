import Tensors

/// What goes on inside a model: statistics of each layer's outputs, weights, gradients and updates
/// for one batch, with what looks wrong.
public struct ModelHealth: Sendable {
    public struct Layer: Sendable {
        /// "0.attn"; empty for the model itself.
        public let name: String
        public let kind: String
        /// Of the outputs; nil without data.
        public internal(set) var mean: Double?
        public internal(set) var std: Double?
        /// Shares of the units that gave 0 for every example, and of outputs at an end of a tanh or sigmoid.
        public internal(set) var dead: Double?
        public internal(set) var saturated: Double?
        /// Of the parameters.
        public internal(set) var weightStd: Double?
        public internal(set) var gradientStd: Double?
        /// Deviation of the gradient by that of the weights.
        public internal(set) var gradientRatio: Double?
        /// Deviation of an optimizer step's changes by that of the weights; near 0.001 is usual.
        public internal(set) var updateRatio: Double?
    }

    public internal(set) var layers: [Layer] = []
    public internal(set) var findings: [Finding] = []
    /// Number of examples that went through the model; 0 without data.
    public internal(set) var examples = 0
    public internal(set) var loss: Double?

    /// Codes of the mistakes that were looked for.
    public static let codes = ["N12", "N17"]
}

extension Module {
    /// Statistics of the parameters and of the gradients they have.
    public func health() throws -> ModelHealth {
        var health = ModelHealth(), recorder = HealthRecorder(self)
        try recorder.addParameters()
        health.layers = recorder.layers
        health.findings = recorder.findings(examples: 0)
        return health
    }

    /// The same for a batch from all over a set.
    public func health(on set: any Dataset, loss: Loss, optimizer: Optimizer? = nil, batchSize: Int = 256) throws -> ModelHealth {
        try requirePositive("health", ("batch_size", batchSize))
        return try health(set.sample(batchSize), loss: loss, optimizer: optimizer)
    }

    /// Runs a batch forward and backward in training mode, and a step of the optimizer if there is
    /// one; afterwards everything is as before.
    public func health(_ batch: [Tensor], loss: Loss, optimizer: Optimizer? = nil) throws -> ModelHealth {
        let snapshot = try Snapshot(self, optimizer)
        defer { snapshot.restore() }
        train()
        zeroGrad()
        let (inputs, target) = try Trainer.parts(of: batch)
        let recorder = HealthRecorder(self)
        let value = try recorder.watching { try loss(output(inputs), target) }
        var health = ModelHealth()
        health.loss = try value.scalar("health").doubleValue
        if value.requiresGrad { try value.backward() }
        let weights = try parameters.map { try $0.detach().clone() }
        try optimizer?.step()
        try recorder.addParameters(before: optimizer == nil ? nil : weights)
        health.layers = recorder.layers
        health.examples = target.shape.first ?? 1
        health.findings = recorder.findings(examples: health.examples)
        if let loss = health.loss, !loss.isFinite { health.findings.insert(Finding(code: "N12", text: "the loss is \(loss)"), at: 0) }
        return health
    }
}

/// Collects the statistics of a model's innermost modules.
private final class HealthRecorder {
    private let model: Module
    private(set) var layers: [ModelHealth.Layer] = []
    private let modules: [Module]
    private var positions: [ObjectIdentifier: Int] = [:]
    /// Units by layer: how many, and how many of them are dead.
    private var units: [Int: (dead: Int, count: Int)] = [:]
    private var failure: (any Error)?

    init(_ model: Module) {
        self.model = model
        let named = model.namedModules().filter { $0.module.children.isEmpty || !$0.module.ownParameters.isEmpty }
        modules = named.map(\.module)
        for (i, entry) in named.enumerated() {
            positions[ObjectIdentifier(entry.module)] = i
            layers.append(ModelHealth.Layer(name: entry.name, kind: entry.module.kind))
        }
    }

    func watching<R>(_ body: () throws -> R) throws -> R {
        let hooks = modules.map { module in
            module.addForwardHook { [unowned self] module, _, outputs in
                if let output = outputs.first { try self.add(module, output) }
                return nil
            }
        }
        defer { for hook in hooks { hook.remove() } }
        return try body()
    }

    private func add(_ module: Module, _ output: Tensor) throws {
        guard let i = positions[ObjectIdentifier(module)], output.dtype.isFloatingPoint, output.rank > 0, output.count > 0 else { return }
        // Channels of pictures are units; elsewhere the last dimension counts them.
        let axis = output.rank > 3 || module is Convolution || module is BatchNorm ? 1 : output.rank - 1
        let rows = try output.detach().to(.float32).transpose(0, axis).contiguous()
        let count = rows.shape[0], width = rows.count / max(count, 1)
        guard width > 0 else { return }
        let isRectifier = ["ReLU", "ReLU6"].contains(module.kind)
        let ends: (Float, Float)? = module.kind == "Tanh" ? (-0.97, 0.97) : module.kind == "Sigmoid" ? (0.03, 0.97) : nil
        var sum = 0.0, squares = 0.0, dead = 0, saturated = 0
        try rows.withElements(Float.self) { elements in
            for unit in 0..<count {
                var isZero = true
                for j in unit * width..<(unit + 1) * width {
                    let value = elements[j]
                    sum += Double(value)
                    squares += Double(value) * Double(value)
                    if value != 0 { isZero = false }
                    if let ends, value < ends.0 || value > ends.1 { saturated += 1 }
                }
                if isZero { dead += 1 }
            }
        }
        let n = Double(count * width), mean = sum / n
        layers[i].mean = mean
        layers[i].std = max(squares / n - mean * mean, 0).squareRoot()
        if isRectifier {
            layers[i].dead = Double(dead) / Double(count)
            units[i] = (dead, count)
        }
        if ends != nil { layers[i].saturated = Double(saturated) / n }
    }

    /// Adds what parameters and their gradients say; with the values before a step, updates too.
    func addParameters(before: [Tensor]? = nil) throws {
        let old = before.map { Dictionary(zip(model.parameters.map(ObjectIdentifier.init), $0)) { a, _ in a } }
        for (i, module) in modules.enumerated() {
            // The largest parameter speaks for the layer: the weight, not the bias.
            guard let weight = module.ownParameters.map(\.tensor).max(by: { $0.count < $1.count }), weight.count > 0 else { continue }
            let values = old?[ObjectIdentifier(weight)] ?? weight.detach()
            let scale = try HealthRecorder.deviation(values)
            layers[i].weightStd = scale
            if let gradient = weight.grad {
                let std = try HealthRecorder.deviation(gradient)
                layers[i].gradientStd = std
                if scale > 0 { layers[i].gradientRatio = std / scale }
            }
            if let before = old?[ObjectIdentifier(weight)], scale > 0 {
                layers[i].updateRatio = try HealthRecorder.deviation(weight.detach().sub(before)) / scale
            }
        }
    }

    /// The deviation, or the size where there is only one element.
    private static func deviation(_ tensor: Tensor) throws -> Double {
        let values = try tensor.detach().to(.float64).contiguous()
        return try values.withElements(Double.self) { elements in
            let mean = elements.count > 1 ? elements.reduce(0, +) / Double(elements.count) : 0
            return (elements.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(elements.count)).squareRoot()
        }
    }

    func findings(examples: Int) -> [Finding] {
        var findings: [Finding] = []
        for (i, layer) in layers.enumerated() {
            let place = layer.name.isEmpty ? layer.kind : "\(layer.kind) \"\(layer.name)\""
            if let units = units[i], units.dead * 10 > units.count, examples >= 16 {
                findings.append(Finding(code: "N17", text: "\(units.dead) of \(units.count) units of \(place) gave 0 for all \(examples) examples; they cannot learn. Lower lr, or Kaiming init."))
            }
            if let share = layer.saturated, share > 0.5, examples >= 16 {
                findings.append(Finding(code: "N17", text: "\(TextProgress.fixed(share * 100, 0)) % of the outputs of \(place) are at its ends, where it has no slope. Scale down the inputs or the weights before it."))
            }
            if let std = layer.std, !std.isFinite { findings.append(Finding(code: "N12", text: "the outputs of \(place) are not all finite")) }
            if let std = layer.gradientStd, !std.isFinite { findings.append(Finding(code: "N12", text: "the gradient of \(place) is not finite")) }
            if let ratio = layer.updateRatio, ratio > 0.1 {
                findings.append(Finding(code: nil, text: "one step changes \(place) by \(TextProgress.significant(ratio)) of its size; 0.001 is usual. Lower lr."))
            }
        }
        let slopes = layers.compactMap { layer in layer.gradientStd.map { (layer.name, $0) } }
        if let first = slopes.first, let last = slopes.last, slopes.count > 2, first.1 > 0, last.1 > 0 {
            if first.1 < last.1 * 1e-4 {
                findings.append(Finding(code: nil, text: "gradients vanish: \(TextProgress.significant(first.1)) in \"\(first.0)\" against \(TextProgress.significant(last.1)) in \"\(last.0)\". Try ReLU, BatchNorm or Residual."))
            } else if first.1 > last.1 * 1e4 {
                findings.append(Finding(code: nil, text: "gradients explode: \(TextProgress.significant(first.1)) in \"\(first.0)\" against \(TextProgress.significant(last.1)) in \"\(last.0)\". Try nn.utils.clip_grad_norm_ or BatchNorm."))
            }
        }
        return findings
    }
}
