import COneDNN

/// What Nightjar uses of oneDNN; everything that knows the library stands in this folder.
enum OneDNN {
    /// The library's version: `2.6.3`.
    static var version: String {
        guard let version = dnnl_version()?.pointee else { return "unknown" }
        return "\(version.major).\(version.minor).\(version.patch)"
    }
}
