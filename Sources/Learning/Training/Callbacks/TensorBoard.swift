import CKernels
import Glibc

/// Writes the values of each epoch, and of each batch where wanted, as event files that TensorBoard
/// reads.
public final class TensorBoard: Callback {
    private let folder: String
    private let isPerBatch: Bool
    private var file: EventFile?
    private var steps = 0

    public init(_ folder: String = "runs", isPerBatch: Bool = false) { (self.folder, self.isPerBatch) = (folder, isPerBatch) }

    public override func onTrainBegin(_ state: TrainingState) throws { file = try EventFile(folder: folder) }

    public override func onBatchEnd(_ state: TrainingState) throws {
        steps += 1
        if isPerBatch { try file?.write([("batch_loss", state.batchLoss)], step: steps) }
    }

    public override func onEpochEnd(_ state: TrainingState) throws {
        try file?.write(state.values + [("lr", state.lr)], step: state.epoch + 1)
    }

    public override func onTrainEnd(_ state: TrainingState) { file = nil }
    public override func stateDict() throws -> StateDict { try StateDict(numbers: ["steps": Double(steps)]) }
    public override func loadStateDict(_ state: StateDict) throws { steps = Int(try state.numbers()["steps"] ?? 0) }
}

/// An event file: records framed as in TFRecord (length, CRC of it, data, CRC of that), each a
/// protobuf message `Event` with a `Summary` of scalars.
final class EventFile {
    private let file: LogFile

    /// Makes a new file in a folder, which is made too if need be.
    init(folder: String) throws {
        try makeFolder(folder)
        var host = [CChar](repeating: 0, count: 256)
        gethostname(&host, 255)
        let name = host.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        file = try LogFile("\(folder)/events.out.tfevents.\(time(nil)).\(name).\(getpid()).\(nj_next_number())", appends: false)
        try write(Protobuf().double(1, EventFile.now()).text(3, "brain.Event:2"))
    }

    func write(_ values: [(name: String, value: Double)], step: Int) throws {
        var summary = Protobuf()
        for (name, value) in values { summary = summary.message(1, Protobuf().text(1, name).float(2, Float(value))) }
        try write(Protobuf().double(1, EventFile.now()).integer(2, step).message(5, summary))
    }

    private func write(_ event: Protobuf) throws {
        let length = littleEndian(UInt64(event.bytes.count))
        try file.write(length + littleEndian(EventFile.maskedCRC(length)) + event.bytes + littleEndian(EventFile.maskedCRC(event.bytes)))
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// CRC-32C (Castagnoli), turned and shifted as TFRecord wants it.
    static func maskedCRC(_ bytes: [UInt8]) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 0 ? 0 : 0x82F6_3B78) }
        }
        crc = ~crc
        return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
    }
}

/// A protobuf message under construction.
private struct Protobuf {
    private(set) var bytes: [UInt8] = []

    private func adding(_ field: Int, wire: Int, _ content: [UInt8]) -> Protobuf {
        Protobuf(bytes: bytes + varint(UInt64(field << 3 | wire)) + content)
    }

    private func varint(_ value: UInt64) -> [UInt8] {
        var rest = value, result: [UInt8] = []
        while rest > 127 {
            result.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return result + [UInt8(rest)]
    }

    func integer(_ field: Int, _ value: Int) -> Protobuf { adding(field, wire: 0, varint(UInt64(bitPattern: Int64(value)))) }
    func double(_ field: Int, _ value: Double) -> Protobuf { adding(field, wire: 1, littleEndian(value.bitPattern)) }
    func float(_ field: Int, _ value: Float) -> Protobuf { adding(field, wire: 5, littleEndian(value.bitPattern)) }
    func text(_ field: Int, _ value: String) -> Protobuf { adding(field, wire: 2, varint(UInt64(value.utf8.count)) + Array(value.utf8)) }
    func message(_ field: Int, _ value: Protobuf) -> Protobuf { adding(field, wire: 2, varint(UInt64(value.bytes.count)) + value.bytes) }
}

private func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

/// Makes a folder and those around it, where they are missing.
func makeFolder(_ path: String) throws {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw LearningError.file(path, nil, "this is no name for a folder") }
    for end in path.indices.dropFirst() where path[end] == "/" { mkdir(String(path[..<end]), 0o777) }
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw systemError(path, "cannot make the folder") }
}
