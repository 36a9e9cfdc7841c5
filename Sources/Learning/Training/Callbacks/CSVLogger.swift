import Glibc

/// Writes the values of each epoch as a line of a CSV file, at once.
public final class CSVLogger: Callback {
    private let path: String
    private let separator: String
    private let appends: Bool
    private var file: LogFile?
    private var names: [String] = []

    public init(_ path: String, separator: String = ",", appends: Bool = false) {
        (self.path, self.separator, self.appends) = (path, separator, appends)
    }

    public override func onTrainBegin(_ state: TrainingState) throws {
        file = try LogFile(path, appends: appends || state.epoch > 0)
        names = []
    }

    public override func onEpochEnd(_ state: TrainingState) throws {
        guard let file else { return }
        let values = state.values + [("lr", state.lr)]
        if names.isEmpty {
            names = values.map(\.name)
            if file.wasEmpty { try file.write(Array((["epoch"] + names).joined(separator: separator).utf8) + [10]) }
        }
        let cells = names.map { name in values.first { $0.name == name }.map { shortNumber($0.value) } ?? "" }
        try file.write(Array(([String(state.epoch + 1)] + cells).joined(separator: separator).utf8) + [10])
    }

    public override func onTrainEnd(_ state: TrainingState) { file = nil }
}

/// A file that grows line by line; it is closed with the object.
final class LogFile {
    private let path: String
    private let descriptor: Int32
    /// Whether nothing was in it when it was opened.
    let wasEmpty: Bool

    /// - Throws: when the file cannot be opened for writing.
    init(_ path: String, appends: Bool) throws {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw LearningError.file(path, nil, "this is no name for a file") }
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (appends ? 0 : O_TRUNC), 0o666)
        guard descriptor >= 0 else { throw systemError(path, "cannot write") }
        var status = stat()
        wasEmpty = fstat(descriptor, &status) == 0 && status.st_size == 0
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count, let base = bytes.baseAddress {
                let written = Glibc.write(descriptor, base + start, bytes.count - start)
                if written < 0 {
                    if errno == EINTR { continue }
                    throw systemError(path, "cannot write")
                }
                start += written
            }
        }
    }
}
