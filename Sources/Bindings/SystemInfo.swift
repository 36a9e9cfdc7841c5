import CLua
import Glibc
import Learning
import LuaKit
import Tensors

/// What this machine and this build are: `nj.info()`.
final class SystemInfo: LuaObject {
    /// The processor's name, as it gives it.
    let processor: String
    /// What the processor can do that kernels make use of.
    let features: [String]
    /// Versions by library.
    let libraries: [(name: String, version: String)]
    /// Where known data sets are looked for, the first one first.
    let dataFolders: [String]

    init() {
        let lines = SystemInfo.text(of: "/proc/cpuinfo").split(separator: "\n")
        func value(_ keys: String...) -> String? {
            for line in lines {
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2 else { continue }
                let key = parts[0].split(whereSeparator: \.isWhitespace).joined(separator: " ")
                if keys.contains(key) { return parts[1].split(separator: " ").joined(separator: " ") }
            }
            return nil
        }
        processor = value("model name", "Model", "Hardware") ?? "unknown"
        let flags = Set((value("flags", "Features") ?? "").split(separator: " ").map(String.init))
        features = SystemInfo.useful.filter(flags.contains)
        libraries = [("nightjar", Bindings.version), ("lua", "\(LUA_VERSION_MAJOR).\(LUA_VERSION_MINOR).\(LUA_VERSION_RELEASE)")]
            + Tensor.libraries
        dataFolders = KnownSets.folders
    }

    private static let useful = ["sse4_2", "avx", "fma", "avx2", "avx512f", "avx512bw", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd", "sve", "bf16"]

    private static func text(of path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    private var text: String {
        var rows = [["processor", processor], ["features", features.joined(separator: " ")], ["threads", String(Threads.count)]]
        rows += libraries.map { [$0.name, $0.version] }
        rows += dataFolders.enumerated().map { [$0 == 0 ? "data folders" : "", $1] }
        return TextTable(rows).text
    }

    static var declaration: Class {
        Class(SystemInfo.self, "nj.Info", "What this machine and this build are; prints itself.", noun: "info", example: "print(nj.info().threads >= 1)", members: {
            Property("processor", "The processor's name.", of: SystemInfo.self) { $0.processor }
            Property("features", "What the processor can do that kernels make use of.", of: SystemInfo.self) { $0.features }
            Property("threads", "Threads that operations may use.", of: SystemInfo.self) { _ in Threads.count }
            Property("libraries", "Versions by library.", of: SystemInfo.self) { info in
                Dictionary(info.libraries.map { ($0.name, $0.version) }) { $1 }
            }
            Property("data_folders", "Where known data sets are looked for, the first one first.", of: SystemInfo.self) { $0.dataFolders }
            Function(raw: "__tostring", "A line for each.", Param("self", SystemInfo.self), results: [.string]) { call in
                call.push(try SystemInfo.read(call, at: 1).text)
                return 1
            }
        })
    }
}
