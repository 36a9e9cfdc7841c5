import Glibc
import Learning
import Tensors

/// Readers of files, by the name that `scripts/fuzz` gives in FUZZ: whatever bytes they get, they read
/// them or throw an error that says why not.
let readers: [String: @Sendable (String) throws -> Void] = [
    "csv": { _ = try readCSV($0) },
    "jsonl": { _ = try readJSONL($0) },
    "idx": { _ = try loadIDX($0) },
    "safetensors": { _ = try loadSafetensors($0) },
    "transform": { _ = try Transform.load($0) },
    "npy": { _ = try loadNPY($0) },
    "npz": { _ = try loadNPZ($0) },
    "image": { _ = try loadImage($0) },
    "tokenizer": { path in
        let tokenizer = try Tokenizer.load(path)
        _ = try tokenizer.decode(tokenizer.encode(Array("some words".utf8)))
    },
]

/// The reader that was asked for, and the file it reads, in memory.
let chosen: (read: @Sendable (String) throws -> Void, path: String) = {
    let name = getenv("FUZZ").map { String(cString: $0) } ?? ""
    guard let read = readers[name] else {
        print("FUZZ must be one of " + readers.keys.sorted().joined(separator: ", "))
        exit(2)
    }
    return (read, "/dev/shm/nightjar-fuzz.\(getpid())")
}()

/// libFuzzer's loop, in the place of a main function.
@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutableRawPointer,
    _ test: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

@_cdecl("Fuzz_main")
public func fuzzMain(_ count: CInt, _ arguments: UnsafeMutableRawPointer) -> CInt {
    var count = count, arguments = arguments
    return withUnsafeMutablePointer(to: &arguments) { runDriver(&count, $0) { bytes, count in fuzz(bytes, count) } }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let file = open(chosen.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard file >= 0, write(file, bytes, count) == count, close(file) == 0 else { return 0 }
    do { try chosen.read(chosen.path) } catch is LearningError {} catch is TensorError {} catch {
        fatalError("an error of another kind: \(error)")
    }
    return 0
}
