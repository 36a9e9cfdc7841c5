import Bindings
import CKernels
import LuaKit
import Tensors

/// A runtime with everything that scripts use in it: the way for a Swift program to run them.
///
///     let session = try Session(output: { bytes in … })
///     try session.runtime.run("print(tensor{1, 2}:sum())")
public final class Session {
    /// The version of the program.
    public static let version = Bindings.version

    public let runtime: Runtime
    /// What the place that output goes to can show.
    public let presentation: Presentation

    /// Opens a session.
    ///
    /// - Parameters:
    ///   - seed: seeds the generator of random numbers, which all sessions of a process share.
    ///   - threads: how many threads operations may use, in the whole process.
    ///   - memoryLimit: the most bytes that Lua's own values may take, tensors not counted; half of the
    ///     machine's memory by default.
    ///   - presentation: what output can look like; plain text of 80 columns by default.
    ///   - output: takes what scripts print; standard output by default.
    /// - Throws: when there is no memory for it.
    public init(
        seed: Int64? = nil, threads: Int? = nil, memoryLimit: Int? = nil,
        presentation: Presentation = Presentation(), output: (([UInt8]) -> Void)? = nil
    ) throws(LuaError) {
        if let threads { Threads.count = threads }
        self.presentation = presentation
        runtime = try Runtime(Runtime.Options(
            memoryLimit: memoryLimit ?? Int(nj_memory_limit() / 2), output: output, releaseCaches: { nj_release_cached_memory() }))
        runtime.host = presentation
        try Bindings.install(in: runtime)
        if let seed { try Bindings.seedEverything(Int(seed), in: runtime) }
    }
}
