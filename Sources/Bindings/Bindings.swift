import CKernels
import CLua
import Learning
import LuaKit
import Tensors

/// Everything Lua sees of Nightjar.
public enum Bindings {
    /// All modules in the order of the reference.
    public static var namespaces: [Namespace] {
        [tensor, linalg, autograd] + nn + optim + data + [metrics, plot, nj, help]
    }

    /// Declares all modules in a runtime and connects Lua's collector, interrupts and positions
    /// with the tensor library.
    public static func install(in runtime: Runtime) throws(LuaError) {
        runtime.followNativeMemory(UnsafePointer(nj_watched_bytes_address()))
        nj_set_interrupt_flag(njlua_interrupt_address())
        nj_set_position_source { position in
            guard let position else { return }
            _ = njlua_where_active(&position.pointee.file, &position.pointee.line)
        }
        Hint.listener = { [link = runtime.link] code, text in
            guard let runtime = link.runtime, let show = Presentation.of(runtime).hint else { return }
            show("\(nj_current_position().description.map { $0 + ": " } ?? "")\(text) [\(code)]")
        }
        try runtime.install(namespaces, parameterDocs: parameterDocs, foreignOptions: foreignOptions)
        shareModules(in: runtime)
    }

    /// Seeds every source of chance: tensors, data order, initial weights and Lua's own.
    public static func seedEverything(_ seed: Int, in runtime: Runtime) throws(LuaError) {
        Generator.shared.seed(UInt64(bitPattern: Int64(seed)))
        guard case .table(let math) = runtime[global: "math"], case .function(let randomseed) = math["randomseed"] else { return }
        try randomseed.call([.integer(seed)])
    }

    /// Lets `nj`, which is also the module "nightjar", hold the other modules, for programs that want
    /// locals only.
    private static func shareModules(in runtime: Runtime) {
        guard case .table(let nj) = runtime[global: "nj"] else { return }
        for name in ["tensor", "autograd", "nn", "optim", "data", "metrics", "plot", "help"] {
            nj[name] = runtime[global: name]
        }
        guard case .table(let package) = runtime[global: "package"], case .table(let loaded) = package["loaded"] else { return }
        loaded["nightjar"] = .table(nj)
    }
}
