import Glibc
import Learning
import Tensors
import Testing

/// Numbers that PyTorch computed; see the scripts in Reference/.
struct Reference: Sendable {
    nonisolated(unsafe) let tensors: StateDict
    let orders: [String: String]
    let prefix: String

    init(_ file: String, _ name: String, path: String = #filePath) throws {
        let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
        let file = try loadSafetensors("\(folder)/Reference/\(file).safetensors")
        tensors = file.tensors
        orders = Dictionary(uniqueKeysWithValues: file.metadata.map { ($0.key, $0.value) })
        prefix = name + "."
    }

    subscript(part: String) -> Tensor? { tensors[prefix + part] }

    func get(_ part: String, _ dtype: DType? = nil) throws -> Tensor {
        let tensor = try #require(self[part], "no \(prefix)\(part) in the reference")
        guard let dtype, tensor.dtype.isFloatingPoint else { return tensor }
        return try tensor.to(dtype)
    }

    /// Names that were kept in order.
    func order(_ what: String) -> [String] { (orders[prefix + what] ?? "").split(separator: ",").map(String.init) }

    /// The parts whose names begin so, without the beginning.
    func parts(_ start: String) -> [(name: String, tensor: Tensor)] {
        tensors.entries.filter { $0.name.hasPrefix(prefix + start) }
            .map { (String($0.name.dropFirst(prefix.count + start.count)), $0.tensor) }
    }
}

/// What a comparison with PyTorch's float64 numbers allows.
func tolerance(_ dtype: DType) -> Double { dtype == .float64 ? 1e-10 : 2e-5 }

/// Expects the same shape and, relative to the larger of 1 and the number, the same numbers.
func expectClose(
    _ tensor: Tensor?, _ expected: Tensor, _ tolerance: Double, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let tensor = try #require(tensor, "\(what) is missing", sourceLocation: sourceLocation)
    guard tensor.shape == expected.shape else {
        Issue.record("\(what): shape \(tensor.shape), expected \(expected.shape)", sourceLocation: sourceLocation)
        return
    }
    let a = try numbers(tensor), b = try numbers(expected)
    for i in a.indices where !(abs(a[i] - b[i]) <= tolerance * max(1, abs(b[i]))) && !(a[i].isNaN && b[i].isNaN) && a[i] != b[i] {
        Issue.record("\(what)[\(i)]: \(a[i]), expected \(b[i])", sourceLocation: sourceLocation)
        return
    }
}

/// The elements in row-major order.
func numbers(_ tensor: Tensor) throws -> [Double] {
    try tensor.detach().to(.float64).contiguous().withElements(Double.self) { Array($0) }
}

/// The very bits of all elements.
func bits(_ tensors: [Tensor]) throws -> [[UInt8]] {
    try tensors.map { tensor in
        let tensor = try tensor.detach().contiguous()
        return Array(UnsafeRawBufferPointer(start: tensor.pointer, count: tensor.count * tensor.dtype.size))
    }
}

/// A folder that is removed at the end.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/nightjar-test-XXXXXX".utf8CString)
        let made = try template.withUnsafeMutableBufferPointer { buffer in
            try mkdtemp(#require(buffer.baseAddress)).map { String(cString: $0) }
        }
        path = try #require(made)
    }

    deinit {
        for name in (try? names()) ?? [] { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = "\(path)/\(name)"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try #require(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        return file
    }

    func names() throws -> [String] {
        let folder = try #require(opendir(path))
        defer { closedir(folder) }
        var result: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name.0) { String(cString: $0) }
            if name != "." && name != ".." { result.append(name) }
        }
        return result
    }
}
