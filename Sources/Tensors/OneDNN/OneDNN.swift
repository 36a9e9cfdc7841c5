import COneDNN

/// What Nightjar uses of oneDNN; everything that knows the library stands in this folder.
enum OneDNN {
    /// The processor.
    nonisolated(unsafe) static let engine: dnnl_engine_t? = {
        var engine: dnnl_engine_t?
        return dnnl_engine_create(&engine, dnnl_cpu, 0) == dnnl_success ? engine : nil
    }()

    static func check(_ status: dnnl_status_t, _ operation: String) throws(TensorError) {
        guard status == dnnl_success else {
            throw .library(operation, "oneDNN failed with status \(status.rawValue)")
        }
    }

    /// The library's version: `2.6.3`.
    static var version: String {
        guard let version = dnnl_version()?.pointee else { return "unknown" }
        return "\(version.major).\(version.minor).\(version.patch)"
    }
}

extension OneDNN {
    /// A compiled operation for fixed shapes, with a memory object for each of its arguments.
    final class Primitive {
        private var primitive: dnnl_primitive_t?
        private var stream: dnnl_stream_t?
        /// Set while a thread works with it; guarded by the cache.
        var isInUse = true
        private let arguments: UnsafeMutableBufferPointer<dnnl_exec_arg_t>

        /// - Parameter arguments: the role of each argument (`DNNL_ARG_…`) with its description.
        init(
            _ operation: String, arguments roles: [(Int32, Description)],
            create: (inout dnnl_primitive_t?, dnnl_engine_t?) -> dnnl_status_t
        ) throws(TensorError) {
            arguments = .allocate(capacity: roles.count)
            for (i, (role, _)) in roles.enumerated() {
                (arguments.baseAddress! + i).initialize(to: dnnl_exec_arg_t(arg: role, memory: nil))
            }
            try OneDNN.check(create(&primitive, OneDNN.engine), operation)
            try OneDNN.check(dnnl_stream_create(&stream, OneDNN.engine, UInt32(dnnl_stream_default_flags.rawValue)), operation)
            for (i, (_, description)) in roles.enumerated() {
                try OneDNN.check(nj_dnnl_memory(&arguments[i].memory, &description.value, OneDNN.engine), operation)
            }
        }

        deinit {
            for argument in arguments where argument.memory != nil { dnnl_memory_destroy(argument.memory) }
            if let primitive { dnnl_primitive_destroy(primitive) }
            if let stream { dnnl_stream_destroy(stream) }
            arguments.deallocate()
        }

        /// Runs the operation on elements at the given addresses, in the order of the arguments.
        func run(_ operation: String, _ addresses: UnsafeRawPointer?...) throws(TensorError) {
            for (i, address) in addresses.enumerated() {
                dnnl_memory_set_data_handle(arguments[i].memory, UnsafeMutableRawPointer(mutating: address))
            }
            try OneDNN.check(
                dnnl_primitive_execute(primitive, stream, Int32(arguments.count), arguments.baseAddress), operation)
        }
    }

    /// Sizes and strides of an argument.
    final class Description {
        var value = dnnl_memory_desc_t()

        init(_ operation: String, _ sizes: [Int], strides: [Int]) throws(TensorError) {
            let sizes = sizes.map { dnnl_dim_t($0) }, strides = strides.map { dnnl_dim_t($0) }
            try OneDNN.check(nj_dnnl_describe(&value, Int32(sizes.count), sizes, strides), operation)
        }

        deinit { nj_dnnl_forget(&value) }
    }
}
