import Glibc
import Tensors

/// Reads an IDX file (MNIST's format), plain or gzip.
///
/// Unsigned bytes become uint8, signed bytes and 16-bit numbers int32, the other types what they are.
/// - Throws: naming file and byte, when the header makes no sense or the file is shorter or longer
///   than it says.
public func loadIDX(_ path: String) throws -> Tensor {
    let source = try ByteSource(path: path)
    let magic = try source.read(4)
    guard magic[0] == 0, magic[1] == 0 else {
        throw LearningError.file(path, .offset(0), "not an IDX file: it starts with \(magic[0]), \(magic[1]) instead of 0, 0")
    }
    let types: [UInt8: (size: Int, dtype: DType)] = [
        0x08: (1, .uint8), 0x09: (1, .int32), 0x0B: (2, .int32), 0x0C: (4, .int32), 0x0D: (4, .float32), 0x0E: (8, .float64),
    ]
    guard let type = types[magic[2]] else {
        throw LearningError.file(path, .offset(2), "unknown IDX element type \(magic[2])")
    }
    let rank = Int(magic[3])
    guard rank >= 1, rank <= Layout.maximumRank else {
        throw LearningError.file(path, .offset(3), "an IDX file of \(rank) dimensions")
    }
    let header = try source.read(4 * rank)
    var shape: [Int] = [], count = 1
    for d in 0..<rank {
        let size = header[4 * d..<4 * d + 4].reduce(0) { $0 << 8 | Int($1) }
        shape.append(size)
        let product = count.multipliedReportingOverflow(by: size)
        guard !product.overflow, product.partialValue <= source.limit / type.size + 1 else {
            throw LearningError.file(path, .offset(4 + 4 * d), "the header says \(Tensors.describe(shape)), for which the file is too short")
        }
        count = product.partialValue
    }
    guard count * type.size <= source.limit else {
        throw LearningError.file(path, .offset(source.offset), "the header says \(Tensors.describe(shape)), "
            + "which takes \(count * type.size) bytes; only \(source.limit) follow")
    }
    let result = try Tensor.empty(shape, type.dtype)
    if type.dtype == .uint8 {
        try source.read(into: UnsafeMutableRawBufferPointer(start: result.pointer, count: count))
    } else {
        let bytes = try source.read(count * type.size)
        bytes.withUnsafeBytes { store($0, magic[2], in: result) }
    }
    try source.expectEnd()
    return result
}

/// Big-endian elements in the machine's order.
private func store(_ bytes: UnsafeRawBufferPointer, _ type: UInt8, in result: Tensor) {
    for i in 0..<result.count {
        switch type {
        case 0x09: result.pointer.storeBytes(of: Int32(Int8(bitPattern: bytes[i])), toByteOffset: 4 * i, as: Int32.self)
        case 0x0B:
            let value = Int16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2 * i, as: Int16.self))
            result.pointer.storeBytes(of: Int32(value), toByteOffset: 4 * i, as: Int32.self)
        case 0x0E:
            let bits = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self))
            result.pointer.storeBytes(of: bits, toByteOffset: 8 * i, as: UInt64.self)
        default:
            let bits = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self))
            result.pointer.storeBytes(of: bits, toByteOffset: 4 * i, as: UInt32.self)
        }
    }
}
