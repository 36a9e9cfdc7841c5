import CKernels
import COneDNN

/// What Nightjar uses of oneDNN; everything that knows the library stands in this folder.
enum OneDNN {
    /// The library's version: `2.6.3`.
    static var version: String {
        guard let version = dnnl_version()?.pointee else { return "unknown" }
        return "\(version.major).\(version.minor).\(version.patch)"
    }
}

extension Tensor {
    /// The libraries that operations stand on, with their versions; that of linear algebra is opened now.
    public static var libraries: [(name: String, version: String)] {
        [("onednn", OneDNN.version), ("lapack", nj_lapack_version().map { String(cString: $0) } ?? "not found")]
    }
}
