import Glibc
import Tensors

/// What the layers of a transformer have in common.
public struct TransformerOptions {
    public var feedforward = 2048
    public var dropout = 0.1
    /// What stands between the two linear layers.
    public var activation = FeedForwardActivation.named("relu")
    public var eps = 1e-5
    public var batchFirst = false
    /// Whether parts are normalised before (and not after) they are applied.
    public var normFirst = false
    public var bias = true

    public init() {}

    /// Applies the activation, which is the last child of the layer if it is a module.
    func apply(_ x: Tensor, in layer: Module) throws -> Tensor {
        switch activation {
        case .named(let name): name == "gelu" ? try x.gelu() : try x.relu()
        case .function(let function): try function(x)
        case .module(let module): try (layer.children.last?.module ?? module)(x)
        }
    }

    /// Registers the activation if it is a module, as the layer's last child.
    func register(in layer: Module) { if case .module(let module) = activation { layer.register(module, "activation") } }

    func check(_ operation: String) throws {
        if case .named(let name) = activation, name != "relu", name != "gelu" {
            throw LearningError.argument(operation, "activation must be \"relu\", \"gelu\", a function or a module, got \"\(name)\"")
        }
        try requirePositive(operation, ("dim_feedforward", feedforward))
    }
}

/// What transformer layers apply between their two linear layers.
public enum FeedForwardActivation: ExpressibleByStringLiteral {
    /// "relu" or "gelu".
    case named(String)
    case function((Tensor) throws -> Tensor)
    case module(Module)

    public init(stringLiteral name: String) { self = .named(name) }
}

/// Self-attention and a network of two layers, each with a residual and a normalisation (Vaswani et
/// al. 2017).
public final class TransformerEncoderLayer: Module {
    public let dimension: Int
    public let heads: Int
    public let options: TransformerOptions

    public init(_ dimension: Int, _ heads: Int, _ options: TransformerOptions = TransformerOptions()) throws {
        (self.dimension, self.heads, self.options) = (dimension, heads, options)
        super.init()
        try options.check("TransformerEncoderLayer")
        register(try MultiheadAttention(
            dimension, heads, dropout: options.dropout, bias: options.bias, batchFirst: options.batchFirst), "self_attn")
        register(try Linear(dimension, options.feedforward, bias: options.bias), "linear1")
        register(try Dropout(options.dropout), "dropout")
        register(try Linear(options.feedforward, dimension, bias: options.bias), "linear2")
        register(try LayerNorm([dimension], eps: options.eps, bias: options.bias), "norm1")
        register(try LayerNorm([dimension], eps: options.eps, bias: options.bias), "norm2")
        register(try Dropout(options.dropout), "dropout1")
        register(try Dropout(options.dropout), "dropout2")
        options.register(in: self)
    }

    /// Masks as `MultiheadAttention` takes them.
    public func run(_ x: Tensor, mask: Tensor? = nil, keyPaddingMask: Tensor? = nil, isCausal: Bool = false) throws -> Tensor {
        try observed([x]) { [try compute(x, mask, keyPaddingMask, isCausal)] }[0]
    }

    public override func forward(_ input: Tensor) throws -> Tensor { try compute(input, nil, nil, false) }

    private func compute(_ x: Tensor, _ mask: Tensor?, _ padding: Tensor?, _ isCausal: Bool) throws -> Tensor {
        func attend(_ x: Tensor) throws -> Tensor {
            guard let attention = child(0) as? MultiheadAttention else { return try child(0)(x) }
            return try child(6)(attention.attend(
                x, x, x, keyPaddingMask: padding, attentionMask: mask, isCausal: isCausal, needsWeights: false).output)
        }
        func feed(_ x: Tensor) throws -> Tensor {
            try child(7)(child(3)(child(2)(options.apply(child(1)(x), in: self))))
        }
        if options.normFirst {
            let y = try x.add(attend(child(4)(x)))
            return try y.add(feed(child(5)(y)))
        }
        let y = try child(4)(x.add(attend(x)))
        return try child(5)(y.add(feed(y)))
    }

    public override func makeSimilar() throws -> Module { try TransformerEncoderLayer(dimension, heads, options) }
    public override var details: String { "\(dimension), \(heads)" }
}

/// Self-attention, attention over an encoder's output, and a network of two layers (Vaswani et al. 2017).
public final class TransformerDecoderLayer: Module {
    public let dimension: Int
    public let heads: Int
    public let options: TransformerOptions

    public init(_ dimension: Int, _ heads: Int, _ options: TransformerOptions = TransformerOptions()) throws {
        (self.dimension, self.heads, self.options) = (dimension, heads, options)
        super.init()
        try options.check("TransformerDecoderLayer")
        for name in ["self_attn", "multihead_attn"] {
            register(try MultiheadAttention(
                dimension, heads, dropout: options.dropout, bias: options.bias, batchFirst: options.batchFirst), name)
        }
        register(try Linear(dimension, options.feedforward, bias: options.bias), "linear1")
        register(try Dropout(options.dropout), "dropout")
        register(try Linear(options.feedforward, dimension, bias: options.bias), "linear2")
        for name in ["norm1", "norm2", "norm3"] { register(try LayerNorm([dimension], eps: options.eps, bias: options.bias), name) }
        for name in ["dropout1", "dropout2", "dropout3"] { register(try Dropout(options.dropout), name) }
        options.register(in: self)
    }

    /// The masks of what is decoded and of what the encoder gave, as `MultiheadAttention` takes them.
    public struct Masks {
        public var target: Tensor?
        public var memory: Tensor?
        public var targetPadding: Tensor?
        public var memoryPadding: Tensor?
        public var isCausal = false
        public var memoryIsCausal = false

        public init() {}
    }

    /// Decodes `x` with an encoder's output.
    public func run(_ x: Tensor, _ memory: Tensor, _ masks: Masks = Masks()) throws -> Tensor {
        try observed([x, memory]) { [try compute(x, memory, masks)] }[0]
    }

    /// What is decoded, and the encoder's output.
    public override func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        guard inputs.count == 2 else { throw LearningError.argument(kind, "takes a target and an encoder's output, got \(inputs.count) inputs") }
        return [try compute(inputs[0], inputs[1], Masks())]
    }

    private func compute(_ x: Tensor, _ memory: Tensor, _ masks: Masks) throws -> Tensor {
        func attend(_ index: Int, _ x: Tensor, _ keys: Tensor, _ mask: Tensor?, _ padding: Tensor?, _ isCausal: Bool) throws -> Tensor {
            guard let attention = child(index) as? MultiheadAttention else {
                throw LearningError.argument(kind, "child \(index) must be a MultiheadAttention")
            }
            return try child(8 + index)(attention.attend(
                x, keys, keys, keyPaddingMask: padding, attentionMask: mask, isCausal: isCausal, needsWeights: false).output)
        }
        func own(_ x: Tensor) throws -> Tensor { try attend(0, x, x, masks.target, masks.targetPadding, masks.isCausal) }
        func cross(_ x: Tensor) throws -> Tensor { try attend(1, x, memory, masks.memory, masks.memoryPadding, masks.memoryIsCausal) }
        func feed(_ x: Tensor) throws -> Tensor { try child(10)(child(4)(child(3)(options.apply(child(2)(x), in: self)))) }
        if options.normFirst {
            var y = try x.add(own(child(5)(x)))
            y = try y.add(cross(child(6)(y)))
            return try y.add(feed(child(7)(y)))
        }
        var y = try child(5)(x.add(own(x)))
        y = try child(6)(y.add(cross(y)))
        return try child(7)(y.add(feed(y)))
    }

    public override func makeSimilar() throws -> Module { try TransformerDecoderLayer(dimension, heads, options) }
    public override var details: String { "\(dimension), \(heads)" }
}

/// Several copies of an encoder layer, one after the other, and a last normalisation if there is one.
public final class TransformerEncoder: Module {
    public init(_ layer: TransformerEncoderLayer, _ count: Int, norm: Module? = nil) throws {
        super.init()
        try requirePositive("TransformerEncoder", ("num_layers", count), atMost: mostLayers)
        register(ModuleList(try (0..<count).map { _ in try layer.clone() }), "layers")
        if let norm { register(norm, "norm") }
    }

    public func run(_ x: Tensor, mask: Tensor? = nil, keyPaddingMask: Tensor? = nil, isCausal: Bool = false) throws -> Tensor {
        try observed([x]) { [try compute(x, mask, keyPaddingMask, isCausal)] }[0]
    }

    public override func forward(_ input: Tensor) throws -> Tensor { try compute(input, nil, nil, false) }

    private func compute(_ x: Tensor, _ mask: Tensor?, _ padding: Tensor?, _ isCausal: Bool) throws -> Tensor {
        var y = x
        for (_, layer) in child(0).children {
            if let layer = layer as? TransformerEncoderLayer {
                y = try layer.run(y, mask: mask, keyPaddingMask: padding, isCausal: isCausal)
            } else {
                y = try layer(y)
            }
        }
        return children.count > 1 ? try child(1)(y) : y
    }

    private init(children: [(name: String, module: Module)]) {
        super.init()
        for (name, module) in children { register(module, name) }
    }

    public override func makeSimilar() throws -> Module { TransformerEncoder(children: children) }
}

/// Several copies of a decoder layer, one after the other, and a last normalisation if there is one.
public final class TransformerDecoder: Module {
    public init(_ layer: TransformerDecoderLayer, _ count: Int, norm: Module? = nil) throws {
        super.init()
        try requirePositive("TransformerDecoder", ("num_layers", count), atMost: mostLayers)
        register(ModuleList(try (0..<count).map { _ in try layer.clone() }), "layers")
        if let norm { register(norm, "norm") }
    }

    private init(children: [(name: String, module: Module)]) {
        super.init()
        for (name, module) in children { register(module, name) }
    }

    public func run(_ x: Tensor, _ memory: Tensor, _ masks: TransformerDecoderLayer.Masks = .init()) throws -> Tensor {
        try observed([x, memory]) { [try compute(x, memory, masks)] }[0]
    }

    /// What is decoded, and the encoder's output.
    public override func forward(_ inputs: [Tensor]) throws -> [Tensor] {
        guard inputs.count == 2 else { throw LearningError.argument(kind, "takes a target and an encoder's output, got \(inputs.count) inputs") }
        return [try compute(inputs[0], inputs[1], .init())]
    }

    private func compute(_ x: Tensor, _ memory: Tensor, _ masks: TransformerDecoderLayer.Masks) throws -> Tensor {
        var y = x
        for (_, layer) in child(0).children {
            if let layer = layer as? TransformerDecoderLayer {
                y = try layer.run(y, memory, masks)
            } else {
                y = try layer([y, memory])[0]
            }
        }
        return children.count > 1 ? try child(1)(y) : y
    }

    public override func makeSimilar() throws -> Module { TransformerDecoder(children: children) }
}

/// Adds sines and cosines that tell positions apart (Vaswani et al. 2017).
///
/// Shapes: [T, N, dim], or [N, T, dim] with `batchFirst`, or [T, dim] → the same.
public final class PositionalEncoding: Module {
    public let dimension: Int
    public let longest: Int
    public let dropout: Double
    public let batchFirst: Bool

    public init(_ dimension: Int, maxLength: Int = 5000, dropout: Double = 0, batchFirst: Bool = false) throws {
        (self.dimension, longest, self.dropout, self.batchFirst) = (dimension, maxLength, dropout, batchFirst)
        super.init()
        try requirePositive("PositionalEncoding", ("dim", dimension), ("max_len", maxLength))
        try check("PositionalEncoding", "dropout", dropout, (0...1).contains(dropout), "between 0 and 1")
        let table = try Tensor.zeros([maxLength, dimension])
        try table.withElements(Float.self) { elements in
            for column in 0..<dimension {
                let rate = exp(-log(10000) * Double(column / 2 * 2) / Double(dimension))
                for t in 0..<maxLength {
                    let angle = Double(t) * rate
                    elements[t * dimension + column] = Float(column % 2 == 0 ? sin(angle) : cos(angle))
                }
            }
        }
        register(buffer: table, "pe", isPersistent: false)
    }

    public override func forward(_ input: Tensor) throws -> Tensor {
        guard input.rank == 2 || input.rank == 3, input.shape.last == dimension else {
            throw TensorError.shapes(kind, [input.shape], detail: "the input must be \(batchFirst ? "[N, T, \(dimension)]" : "[T, N, \(dimension)]")")
        }
        let steps = input.shape[batchFirst && input.rank == 3 ? 1 : 0]
        guard steps <= longest, let table = buffer(0) else {
            throw TensorError.shapes(kind, [input.shape], detail: "\(steps) steps are more than max_len, \(longest)")
        }
        var part = try table.narrow(0, 0, steps)
        if input.rank == 3, !batchFirst { part = try part.unsqueeze(1) }
        return try input.add(part.to(input.dtype)).dropout(dropout, training: isTraining)
    }

    public override func makeSimilar() throws -> Module {
        try PositionalEncoding(dimension, maxLength: longest, dropout: dropout, batchFirst: batchFirst)
    }
    public override var details: String { "\(dimension), max_len=\(longest)" }
}
