import CKernels
import Tensors

/// Tensors of different lengths as one, the shorter ones filled up.
///
/// - Returns: [longest, N, ...], or [N, longest, ...] with `batchFirst`.
public func padSequence(_ sequences: [Tensor], batchFirst: Bool = false, value: Scalar = .double(0)) throws -> Tensor {
    let name = "pad_sequence"
    guard let first = sequences.first else { throw LearningError.argument(name, "there are no sequences") }
    for sequence in sequences where sequence.rank == 0 || sequence.rank != first.rank || sequence.shape.dropFirst() != first.shape.dropFirst() || sequence.dtype != first.dtype {
        throw TensorError.shapes(name, [first.shape, sequence.shape], detail: "sequences have one dtype and differ in their first size alone")
    }
    let longest = sequences.map { $0.shape[0] }.max() ?? 0
    let padded = try sequences.map { sequence -> Tensor in
        let missing = longest - sequence.shape[0]
        if missing == 0 { return sequence }
        return try Tensor.cat([sequence, Tensor.full([missing] + sequence.shape.dropFirst(), value, sequence.dtype)], 0)
    }
    return try Tensor.stack(padded, batchFirst ? 0 : 1)
}

/// Windows of a long list of tokens: inputs are `block` tokens, targets the same, one further on.
public final class LanguageModelDataset: Dataset {
    public let tokens: Tensor
    public let block: Int
    public let stride: Int

    /// - Parameters:
    ///   - tokens: whole numbers [N], kept as int64.
    ///   - stride: how far each window is from the one before.
    public init(_ tokens: Tensor, block: Int, stride: Int = 1) throws {
        let name = "language_model"
        guard tokens.rank == 1 else { throw TensorError.shapes(name, [tokens.shape], detail: "tokens are one list [N]") }
        guard block > 0, stride > 0 else { throw LearningError.argument(name, "block and stride must be positive, got \(block) and \(stride)") }
        guard tokens.shape[0] > block else {
            throw LearningError.argument(name, "\(tokens.shape[0]) tokens are too few for windows of \(block) and the token after it")
        }
        self.tokens = try tokens.wholeNumbers(name, "tokens").contiguous()
        self.block = block
        self.stride = stride
    }

    public var count: Int { (tokens.shape[0] - block - 1) / stride + 1 }
    public var isThreadSafe: Bool { true }

    public func get(_ index: Int) throws -> [Tensor] { try batch([index]).map { try $0.select(0, 0) } }

    public func batch(_ indices: [Int]) throws -> [Tensor] {
        for index in indices { try check(index) }
        let source = tokens.pointer.assumingMemoryBound(to: Int64.self)
        return try [0, 1].map { shift in
            let rows = try Tensor.empty([indices.count, block], .int64)
            let target = rows.pointer.assumingMemoryBound(to: Int64.self)
            for (row, index) in indices.enumerated() { (target + row * block).update(from: source + index * stride + shift, count: block) }
            return rows
        }
    }
}

/// The text of a file, plain or gzip, without a byte-order mark.
///
/// - Parameter isLatin1: whether bytes are ISO 8859-1; else they must be UTF-8.
public func loadText(_ path: String, isLatin1: Bool = false) throws -> [UInt8] {
    var bytes = try ByteSource(path: path).readAll()
    if isLatin1 { return bytes.flatMap { $0 < 0x80 ? [$0] : [0xC0 | $0 >> 6, 0x80 | $0 & 0x3F] } }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    // The position is only looked for where there is something wrong.
    guard String(validating: bytes, as: UTF8.self) != nil else {
        var parser = Unicode.UTF8.ForwardParser(), iterator = bytes.makeIterator(), valid = 0
        while case .valid(let character) = parser.parseScalar(from: &iterator) { valid += character.count }
        throw LearningError.file(path, .offset(valid), "the text is not valid UTF-8. Say {encoding=\"latin1\"} if it is ISO 8859-1")
    }
    return bytes
}
